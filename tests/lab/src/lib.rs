//! A whole simulated VPC in one Linux network namespace.
//!
//! The lab gives the unmodified `vpce-probe` everything it meets in a real VPC:
//! the resolver, the instance and task metadata services, and every endpoint's
//! address with a TLS server on port 443. All of it lives in its own network,
//! mount and process namespace: no packet leaves, no file stays behind.
//!
//! Whatever hosts a lab calls [`enter_if_asked`] on the first line of `main`,
//! because the inside of the lab is the same executable started again:
//!
//! ```no_run
//! fn main() -> Result<(), vpce_lab::LabError> {
//!     vpce_lab::enter_if_asked();
//!     let mut vpc = vpce_lab::Vpc::base("ec2")?;
//!     vpc.imds = None;
//!     let runs = [vpce_lab::Run::with_args(["--json"])];
//!     let outcomes = vpce_lab::Lab::new(vpc).run("target/debug/vpce-probe", &runs)?;
//!     assert!(outcomes.iter().all(|o| o.exit == Some(1)));
//!     Ok(())
//! }
//! ```

mod age;
mod agent_process;
mod authority;
mod authority_chain;
mod behaviour;
mod check;
mod dns_answer;
mod dns_forgery;
mod dns_server;
mod docker_engine;
mod enter;
mod error;
mod file_systems;
mod foreign;
mod host;
mod http;
mod imds;
mod inside;
mod lab;
mod later;
mod machine;
mod merge;
mod network;
mod odd_file;
mod owned;
mod pace;
mod packet;
mod packet_too_big;
mod path;
mod path_fate;
mod path_network;
mod program;
mod relay;
mod scenario;
mod servers;
mod systemctl;
mod systemd;
mod task_metadata;
mod tls_server;
mod tools;
mod vpc;
mod zone;

pub use behaviour::{
    AfterRestart, AgentAnswer, AgentNetwork, AuthorityKind, CertificateKind, DeadEnd, DnsBehaviour,
    DockerBehaviour, FileForm, ImdsBehaviour, SystemdBehaviour, TaskMetadataBehaviour,
    TlsBehaviour, UnknownWord,
};
pub use check::Fault;
pub use enter::enter_if_asked;
pub use error::{LabError, Trouble};
pub use host::{Agent, Container, Docker, Systemd};
pub use lab::{Lab, Outcome, Run};
pub use odd_file::OddFile;
pub use path::NetworkPath;
pub use scenario::{Expect, RunOptions, Scenario, load_all, load_dir, scenarios_dir, vpcs_dir};
pub use vpc::{DnsName, Imds, Resolver, Server, TaskMetadata, Vpc};
