//! Tests that are played inside a lab, by this executable again.

use std::env;

use libtest_mimic::Failed;
use vpce_lab::{Lab, Run};

/// Says to the inside what is to be played there.
pub(crate) const SCENE: &str = "--scene";

/// What is to be played here, inside.
pub(crate) fn asked() -> Option<String> {
    env::args().skip_while(|arg| arg != SCENE).nth(1)
}

/// Outside: the scene in that lab.
pub(crate) fn host(lab: &Lab, name: &str) -> Result<(), Failed> {
    let run = Run::with_args([SCENE, name]).and_env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let outcomes = lab.run(env::current_exe()?, &[run])?;
    match outcomes.first() {
        Some(outcome) if outcome.exit == Some(0) => Ok(()),
        Some(outcome) if outcome.hung => Err(format!("hung\n{}", outcome.stderr).into()),
        other => Err(other.map_or_else(|| "no outcome".to_owned(), |o| o.stderr.clone()).into()),
    }
}

/// Inside: says what went wrong; the exit code.
pub(crate) fn tell(played: Result<(), Failed>) -> i32 {
    match played {
        Ok(()) => 0,
        Err(failed) => {
            eprintln!("{}", failed.message().unwrap_or("failed"));
            1
        }
    }
}
