//! The lab as its users see it: a VPC, the program's runs in it, what came out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::LabError;
use crate::scenario::Scenario;
use crate::vpc::Vpc;
use crate::{check, enter};

/// After this long a program hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A VPC that a program can be run in.
#[derive(Clone, Debug)]
pub struct Lab {
    /// What is simulated.
    pub vpc: Vpc,
    /// Run the program as this user and group.
    pub uid: Option<u32>,
    /// Run the program with a root file system that cannot be written.
    pub read_only_root: bool,
    /// Run the program as in a container: it sees no process but its own.
    pub own_processes: bool,
    /// When a program counts as hung and is killed.
    pub limit: Duration,
    /// Measure the memory that the program takes up, by `time` of the system.
    pub measured: bool,
    /// Build it in a user namespace; root does without unless `VPCE_LAB_USER_NAMESPACE=1`.
    pub user_namespace: bool,
}

/// One run of the program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its arguments.
    pub args: Vec<String>,
    /// Added to the environment of the VPC.
    pub env: BTreeMap<String, String>,
}

/// What came out of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The exit code; none when a signal ended the program.
    pub exit: Option<i32>,
    /// The signal that ended the program.
    pub signal: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// How long it ran.
    pub wall_ms: f64,
    /// Whether it was killed for running past the limit.
    pub hung: bool,
    /// The most memory that it took up at once, in KiB, where that is measured.
    pub peak_kib: Option<u64>,
    /// What was asked of systemd and the Docker Engine meanwhile, in order:
    /// `systemctl restart ecs.service`, `GET /v1.44/containers/ecs-agent/json`.
    pub calls: Vec<String>,
}

/// What the outside tells the inside.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) vpc: Vpc,
    pub(crate) program: PathBuf,
    pub(crate) runs: Vec<Run>,
    pub(crate) uid: Option<u32>,
    pub(crate) read_only_root: bool,
    pub(crate) own_processes: bool,
    pub(crate) limit: Duration,
    pub(crate) measured: bool,
    pub(crate) user_namespace: bool,
}

impl Run {
    /// A run with these arguments.
    pub fn with_args(args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { args: args.into_iter().map(Into::into).collect(), env: BTreeMap::new() }
    }

    /// The same run with one more environment variable.
    #[must_use]
    pub fn and_env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }
}

impl Scenario {
    /// A run with these arguments, then the scenario's own, in the scenario's environment.
    pub fn run_with(&self, args: impl IntoIterator<Item = impl Into<String>>) -> Run {
        let mut run = Run::with_args(args);
        run.args.extend(self.run.args.iter().cloned());
        run.env.clone_from(&self.run.env);
        run
    }
}

impl Lab {
    /// A lab with this VPC, root as its user and 30 seconds as its limit.
    #[must_use]
    pub fn new(vpc: Vpc) -> Self {
        Self {
            vpc,
            uid: None,
            read_only_root: false,
            own_processes: false,
            limit: LIMIT,
            measured: false,
            user_namespace: enter::wants_user_namespace(),
        }
    }

    /// A lab as the scenario wants it.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let mut lab = Self::new(scenario.vpc.clone());
        lab.uid = scenario.run.uid;
        lab.read_only_root = scenario.run.read_only_root;
        lab.own_processes = scenario.run.own_processes;
        lab
    }

    /// Builds the VPC, runs the program once for each run, one after the other, takes it down.
    ///
    /// # Errors
    /// When the VPC makes no sense or cannot be built; never for what the program does.
    pub fn run(&self, program: impl AsRef<Path>, runs: &[Run]) -> Result<Vec<Outcome>, LabError> {
        enter::run(&self.job(program.as_ref(), runs.to_vec())?)
    }

    /// Builds the VPC and runs the program in the place of this process, on its terminal and
    /// with its exit code. Returns only when that is not possible.
    #[must_use]
    pub fn become_program(&self, program: impl AsRef<Path>, run: Run) -> LabError {
        match self.job(program.as_ref(), vec![run]) {
            Ok(job) => enter::replace_process(&job),
            Err(error) => error,
        }
    }

    fn job(&self, program: &Path, runs: Vec<Run>) -> Result<Job, LabError> {
        check::check(&self.vpc)?;
        // The program starts in `/`; a name without a slash is searched for in PATH.
        let program = match program.components().count() {
            0 | 1 => program.to_owned(),
            _ => std::path::absolute(program).map_err(LabError::Start)?,
        };
        Ok(Job {
            vpc: self.vpc.clone(),
            program,
            runs,
            uid: self.uid,
            read_only_root: self.read_only_root,
            own_processes: self.own_processes,
            limit: self.limit,
            measured: self.measured,
            user_namespace: self.user_namespace,
        })
    }
}
