//! Scenario files: a base VPC, what is wrong with it, and what must be reported.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

use crate::error::LabError;
use crate::merge;
use crate::vpc::Vpc;

/// A VPC with something wrong in it, and what the program must say about it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file's name without its ending.
    pub name: String,
    /// What is wrong, in an operator's words.
    pub about: String,
    /// The name of the base VPC.
    pub base: String,
    /// The base VPC with the scenario's changes.
    pub vpc: Vpc,
    /// How the program is run.
    pub run: RunOptions,
    /// What must come out.
    pub expect: Expect,
}

/// How the program is run in a scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOptions {
    /// Appended to the program's arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Added to the environment of the VPC.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Run as this user and group instead of root.
    #[serde(default)]
    pub uid: Option<u32>,
    /// Run with a root file system that cannot be written.
    #[serde(default)]
    pub read_only_root: bool,
    /// Run as in a container: the program sees no process but its own.
    #[serde(default)]
    pub own_processes: bool,
}

/// What the program must report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The exit code.
    pub exit: i32,
    /// The report's status.
    pub status: String,
    /// Exactly the set of finding codes.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Texts that the human report contains.
    #[serde(default)]
    pub contains: Vec<String>,
    /// Texts that no output ever holds.
    #[serde(default)]
    pub never: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    about: String,
    base: String,
    #[serde(default)]
    vpc: Table,
    #[serde(default)]
    run: RunOptions,
    expect: Expect,
}

impl Scenario {
    /// Loads a scenario; its base VPC is `../vpcs/BASE.toml`, seen from the scenario's directory.
    ///
    /// # Errors
    /// When a file cannot be read, holds an unknown key or word, or contradicts itself.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LabError> {
        let path = path.as_ref();
        let text = read(path)?;
        let file: ScenarioFile = toml::from_str(&text).map_err(|source| parse(path, source))?;

        let tests = path.parent().and_then(Path::parent).unwrap_or(Path::new(".."));
        let base_path = tests.join("vpcs").join(format!("{}.toml", file.base));
        let mut table = read_table(&base_path)?;
        // Checked on its own first, so that a fault is blamed on the right file.
        Vpc::from_table(table.clone(), &base_path)?;
        merge::merge(&mut table, file.vpc);
        let vpc = Vpc::from_table(table, path)?;

        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(Self {
            name: name.unwrap_or_default(),
            about: file.about,
            base: file.base,
            vpc,
            run: file.run,
            expect: file.expect,
        })
    }

    /// Loads the repository's scenario of that name.
    ///
    /// # Errors
    /// As [`Scenario::load`], or when there is none.
    pub fn named(name: &str) -> Result<Self, LabError> {
        let path = scenarios_dir().join(format!("{name}.toml"));
        if !path.exists() {
            return Err(LabError::NoScenario(name.to_owned()));
        }
        Self::load(path)
    }
}

/// Loads all scenarios of the repository, sorted by name.
///
/// # Errors
/// When the directory cannot be read or any scenario is faulty.
pub fn load_all() -> Result<Vec<Scenario>, LabError> {
    load_dir(scenarios_dir())
}

/// Loads all scenarios of a directory, sorted by name.
///
/// # Errors
/// When the directory cannot be read or any scenario is faulty.
pub fn load_dir(dir: impl AsRef<Path>) -> Result<Vec<Scenario>, LabError> {
    let dir = dir.as_ref();
    let fault = |source| LabError::Read { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(Scenario::load).collect()
}

/// Where the repository's scenarios are.
#[must_use]
pub fn scenarios_dir() -> PathBuf {
    tests_dir().join("scenarios")
}

/// Where the repository's base VPCs are.
#[must_use]
pub fn vpcs_dir() -> PathBuf {
    tests_dir().join("vpcs")
}

fn tests_dir() -> PathBuf {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR"));
    lab.parent().unwrap_or(lab).to_owned()
}

pub(crate) fn read_table(path: &Path) -> Result<Table, LabError> {
    toml::from_str(&read(path)?).map_err(|source| parse(path, source))
}

fn read(path: &Path) -> Result<String, LabError> {
    fs::read_to_string(path).map_err(|source| LabError::Read { path: path.to_owned(), source })
}

fn parse(path: &Path, source: toml::de::Error) -> LabError {
    LabError::Parse { path: path.to_owned(), source: Box::new(source) }
}
