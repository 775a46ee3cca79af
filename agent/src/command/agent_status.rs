//! The ECS agent first, then everything that is checked.

use std::time::Instant;

use super::{Failure, check};
use crate::cli::{FailOn, LookArgs};
use crate::exit_code::Exit;
use crate::render;

pub(super) fn run(look: &LookArgs, started: Instant) -> Result<Exit, Failure> {
    let args = look.check();
    let report = check::report(&args, started)?;
    check::write(render::agent_status, &report, &args, started);
    Ok(Exit::of_verdict(report.status, args.fail_on == FailOn::Warn))
}
