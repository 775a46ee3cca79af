//! Holds runs against the deadline, on machines that do other work too.

use std::fs::File;
use std::io;
use std::path::Path;

use libtest_mimic::Failed;
use vpce_lab::{Lab, Outcome, Run};

/// What the program may take beyond its deadline.
pub(crate) const GRACE_MS: f64 = 50.0;

/// Further runs that a late program gets.
const CHANCES: usize = 4;

/// Runs a program that has to end within some time, which the outcome may tell. A late run is
/// repeated while no other lab runs: a program that waits for something too long is late each time,
/// one that only had to wait for the processor is not.
pub(crate) fn run(
    lab: &Lab,
    program: &str,
    run: &Run,
    limit_ms: impl Fn(&Outcome) -> f64,
) -> Result<Outcome, Failed> {
    let once = || -> Result<Outcome, Failed> {
        Ok(lab.run(program, std::slice::from_ref(run))?.pop().ok_or("the lab lost the run")?)
    };
    let mut outcome = {
        let _turn = Turn::beside_others()?;
        once()?
    };
    for _ in 0..CHANCES {
        if outcome.wall_ms <= limit_ms(&outcome) {
            return Ok(outcome);
        }
        let _turn = Turn::alone()?;
        outcome = once()?;
    }
    let limit = limit_ms(&outcome);
    if outcome.wall_ms <= limit {
        return Ok(outcome);
    }
    Err(format!("ran {:.0} ms, {limit:.0} ms at most were promised: {outcome:?}", outcome.wall_ms)
        .into())
}

/// The right to run, held until it is dropped. Files are the locks, as each test may be a process
/// of its own.
struct Turn {
    _running: File,
}

impl Turn {
    fn beside_others() -> io::Result<Self> {
        let (gate, running) = locks()?;
        gate.lock()?;
        running.lock_shared()?;
        Ok(Self { _running: running })
    }

    /// Whoever waits for this keeps the gate shut, so that its turn comes.
    fn alone() -> io::Result<Self> {
        let (gate, running) = locks()?;
        gate.lock()?;
        running.lock()?;
        Ok(Self { _running: running })
    }
}

fn locks() -> io::Result<(File, File)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let open = |name: &str| {
        File::options().create(true).truncate(false).write(true).open(folder.join(name))
    };
    Ok((open("gate.lock")?, open("running.lock")?))
}
