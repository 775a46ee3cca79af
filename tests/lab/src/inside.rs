//! The inside of the lab: builds the VPC around this process, then runs the program in it.

use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::authority::Authority;
use crate::error::Trouble;
use crate::lab::{Job, Outcome};
use crate::machine::Machine;
use crate::relay::Relay;
use crate::{file_systems, network, owned, program, servers};

/// The exit code for a lab that could not be built (sysexits: internal error).
const NOT_BUILT: i32 = 70;

/// Takes the job from standard input and writes the outcomes as the last line of standard output.
pub(crate) fn run_all() -> i32 {
    let result = read_job().and_then(|job| {
        let inside = build(&job)?;
        inside.runtime.block_on(async {
            let mut outcomes = Vec::new();
            for run in &job.runs {
                inside.begin();
                outcomes.push(program::run(&job, run, &inside.machine).await?);
            }
            Ok::<Vec<Outcome>, Trouble>(outcomes)
        })
    });
    let told = serde_json::to_string(&result)
        .map_err(io::Error::from)
        .and_then(|line| writeln!(io::stdout().lock(), "{line}"));
    if told.is_ok() { 0 } else { NOT_BUILT }
}

/// Runs the program of the job on this process's own terminal; returns its exit code.
pub(crate) fn run_attached(job: &str) -> i32 {
    let result = serde_json::from_str(job).map_err(|why| Trouble::Job(why.to_string()));
    let result = result.and_then(|job: Job| {
        let inside = build(&job)?;
        inside.begin();
        inside.runtime.block_on(program::run_attached(&job))
    });
    result.unwrap_or_else(|trouble| {
        let _ = writeln!(io::stderr().lock(), "vpce-lab: {trouble}");
        NOT_BUILT
    })
}

fn read_job() -> Result<Job, Trouble> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|why| Trouble::Job(why.to_string()))?;
    // This is process 1 of the lab: when it ends with the outside, everything in the lab does.
    thread::spawn(|| {
        let _ = io::stdin().lock().read(&mut [0]);
        std::process::exit(NOT_BUILT);
    });
    serde_json::from_str(&line).map_err(|why| Trouble::Job(why.to_string()))
}

/// What keeps the VPC alive.
struct Inside {
    runtime: Runtime,
    machine: Arc<Machine>,
    relay: Option<Relay>,
}

impl Inside {
    /// From now on the path is as the VPC has it.
    fn begin(&self) {
        if let Some(relay) = &self.relay {
            relay.begin();
        }
    }
}

fn build(job: &Job) -> Result<Inside, Trouble> {
    if std::process::id() != 1 {
        return Err(Trouble::NotInside);
    }
    if let (Some(uid), true) = (job.uid, job.user_namespace) {
        return Err(Trouble::OtherUser(uid));
    }
    let mut authority = Authority::new(job.vpc.authority, job.vpc.true_time())?;
    let servers = owned::servers(&job.vpc);
    file_systems::set_up(&job.vpc, &authority.pem())?;
    let relay = network::set_up(&job.vpc, &servers)?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Trouble::Job(format!("no runtime: {why}")))?;
    let machine = runtime.block_on(async {
        servers::start(&job.vpc, &servers, &mut authority).await?;
        Machine::start(&job.vpc, &servers).await
    })?;
    if job.read_only_root {
        file_systems::make_root_read_only(&job.vpc)?;
    }
    Ok(Inside { runtime, machine, relay })
}
