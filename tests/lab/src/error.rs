//! What can go wrong with the lab itself. None of it ever counts as a test that passed.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::check::Fault;

/// Why a lab could not be described or built.
#[derive(Debug, Error)]
pub enum LabError {
    /// The repository has no scenario of that name.
    #[error("there is no scenario {0}: --list shows them all")]
    NoScenario(String),
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not TOML, or holds an unknown key or word.
    #[error("{}: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What the parser says, with the key.
        source: Box<toml::de::Error>,
    },
    /// A file contradicts itself.
    #[error("{}: {fault}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The key and what is wrong with it.
        fault: Fault,
    },
    /// The VPC given in code contradicts itself.
    #[error("the VPC: {0}")]
    InvalidVpc(#[from] Fault),
    /// A program that the lab starts is not installed.
    #[error("`{tool}` is not installed (Debian package {package})")]
    MissingTool {
        /// The program.
        tool: String,
        /// The Debian package that brings it.
        package: String,
    },
    /// The inside cannot be started.
    #[error("cannot start the lab: {0}")]
    Start(#[source] io::Error),
    /// The kernel does not give this user its own namespaces.
    #[error("no namespaces for the lab: {why}. {advice}")]
    NoNamespaces {
        /// What `unshare` says.
        why: String,
        /// What to change.
        advice: String,
    },
    /// The inside ended without a result.
    #[error("the lab ended without a result ({status}): {stderr}")]
    NoResult {
        /// How it ended.
        status: String,
        /// What it said.
        stderr: String,
    },
    /// The inside could not be set up.
    #[error("in the lab: {0}")]
    Inside(#[from] Trouble),
}

/// Why the inside of a lab could not be set up. It crosses a process boundary, hence plain texts.
#[derive(Clone, Debug, Error, Serialize, Deserialize)]
pub enum Trouble {
    /// A program that the lab starts is not installed.
    #[error("`{tool}` is not installed (Debian package {package})")]
    MissingTool {
        /// The program.
        tool: String,
        /// The Debian package that brings it.
        package: String,
    },
    /// A program that the lab starts failed.
    #[error("`{tool}` failed: {stderr}")]
    ToolFailed {
        /// The program.
        tool: String,
        /// What it said.
        stderr: String,
    },
    /// The path of the VPC cannot be made.
    #[error(
        "cannot make the path to the VPC: {0}. It needs a TUN device: /dev/net/tun, and a user \
         that may read and write it"
    )]
    NoPath(String),
    /// A file cannot be written, or a setting not made.
    #[error("cannot write {path}: {why}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// A server cannot listen.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Address, port and protocol.
        address: String,
        /// Why not.
        why: String,
    },
    /// A certificate cannot be made.
    #[error("cannot make the certificate for {names}: {why}")]
    Certificate {
        /// Its names.
        names: String,
        /// Why not.
        why: String,
    },
    /// This process is not the first of a namespace, so what it changed would be the machine's.
    #[error("not in a lab: this process has not been started by one")]
    NotInside,
    /// A further process of the lab does not do its part.
    #[error("cannot start {what}: {why}")]
    Process {
        /// Which one.
        what: String,
        /// Why not.
        why: String,
    },
    /// The job from outside is not readable.
    #[error("cannot read the job: {0}")]
    Job(String),
    /// The program under test cannot be started.
    #[error("cannot run {program}: {why}")]
    Program {
        /// The program.
        program: String,
        /// Why not.
        why: String,
    },
    /// Another user needs a lab that real root has made.
    #[error("running as uid {0} needs a lab made by root, outside a user namespace")]
    OtherUser(u32),
}
