//! The main job: check the endpoints that this place needs.

use std::time::{Duration, Instant};

use vpce_probes::report::Report;

use super::{Failure, observed, request};
use crate::cli::{CheckArgs, FailOn, OutputArgs};
use crate::exit_code::Exit;
use crate::{output, render};

/// Time past the deadline after which the output is given up.
const OUTPUT_GRACE: Duration = Duration::from_millis(25);

pub(super) fn run(args: &CheckArgs, started: Instant) -> Result<Exit, Failure> {
    let report = report(args, started)?;
    write(render::report, &report, args, started);
    Ok(Exit::of_verdict(report.status, args.fail_on == FailOn::Warn))
}

/// Checks, and judges.
pub(super) fn report(args: &CheckArgs, started: Instant) -> Result<Report, Failure> {
    let runtime = request::runtime()?;
    let report = runtime.block_on(observed::report(args, started));
    runtime.shutdown_background();
    report
}

/// Writes a report within the deadline.
pub(super) fn write(
    rendered: fn(&Report, &OutputArgs) -> String,
    report: &Report,
    args: &CheckArgs,
    started: Instant,
) {
    let text = rendered(report, &args.output);
    output::write_until(text, started + args.deadline + OUTPUT_GRACE);
}
