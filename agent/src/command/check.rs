//! The main job: check the endpoints that this place needs.

use std::time::Instant;

use vpce_probes::report::Report;

use super::{Failure, observed, request};
use crate::cli::{CheckArgs, FailOn, LookArgs, OutputArgs, SelectionArgs};
use crate::exit_code::Exit;
use crate::render::Exposition;
use crate::{output, render, textfile};

pub(super) fn run(args: &CheckArgs, started: Instant) -> Result<Exit, Failure> {
    let mut metrics = None;
    let rendered = |report, output: &OutputArgs| {
        metrics = args.textfile.as_ref().map(|_| render::metrics(&report, None, Exposition::Text));
        render::report(&report, output)
    };
    let exit = look(&args.look, &args.selection, rendered, started)?;
    if let (Some(path), Some(metrics)) = (&args.textfile, metrics) {
        let left = (started + args.look.deadline).saturating_duration_since(Instant::now());
        if let Err(error) = textfile::write_within(left, path, metrics) {
            output::complain(&format!("{} cannot be written: {error}", path.display()));
        }
    }
    Ok(exit)
}

/// Looks, judges, and writes the report within the deadline.
pub(super) fn look(
    args: &LookArgs,
    selection: &SelectionArgs,
    rendered: impl FnOnce(Report, &OutputArgs) -> String,
    started: Instant,
) -> Result<Exit, Failure> {
    let end = started + args.deadline;
    output::ends_at(end);
    let runtime = request::runtime()?;
    let report = runtime.block_on(observed::report(args, selection, started));
    runtime.shutdown_background();
    let report = report?;
    let status = report.status;
    let text = rendered(report, &args.output);
    output::write_until(text, end);
    Ok(Exit::of_verdict(status, args.fail_on == FailOn::Warn))
}
