//! Says in one line whether this place is healthy: what the watch knows, or what is seen now.

use std::time::{Duration, Instant};

use super::{Failure, observed, request};
use crate::cli::{FailOn, HealthArgs};
use crate::exit_code::Exit;
use crate::health::{Asked, Told, ask};
use crate::{output, render};

/// A watch that runs answers within milliseconds.
const LONGEST_SILENCE: Duration = Duration::from_secs(1);

pub(super) fn run(args: &HealthArgs, started: Instant) -> Exit {
    let end = started + args.look.deadline;
    output::ends_at(end);
    let told = told(args, started).unwrap_or_else(|failure| Told::unhealthy(&failure.message));
    let exit = told.exit();
    output::write_until(told.line + "\n", end);
    exit
}

fn told(args: &HealthArgs, started: Instant) -> Result<Told, Failure> {
    let look = &args.look;
    let fail_on_warn = look.fail_on == FailOn::Warn;
    let limit = LONGEST_SILENCE.min(look.deadline / 2);
    let runtime = request::runtime()?;
    let nobody = match runtime.block_on(ask(&args.socket.socket, limit)) {
        Asked::Answer(answer) => return Ok(answer.judged(fail_on_warn)),
        Asked::Silent => {
            let words = format!("the watch does not answer within {limit:?}");
            return Ok(Told::unhealthy(&words));
        }
        Asked::Nobody(why) => why,
    };
    let report = runtime.block_on(observed::report(look, &args.selection, started));
    runtime.shutdown_background();
    let report = report?;
    let is_healthy = Exit::of_verdict(report.status, fail_on_warn) == Exit::Pass;
    Ok(Told::new(is_healthy, &format!("{} (checked now: {nobody})", render::line(&report))))
}
