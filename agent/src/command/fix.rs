//! What would mend what is found here, or what a saved report found. Nothing is executed.

use std::time::Instant;

use vpce_probes::fix::Fix;

use super::{Failure, observed, request, saved_report};
use crate::cli::FixArgs;
use crate::exit_code::Exit;
use crate::{output, render};

pub(super) fn run(args: &FixArgs, started: Instant) -> Result<Exit, Failure> {
    let catalog = request::catalog()?;
    let services: Vec<&str> =
        catalog.services.iter().map(|service| service.name.as_str()).collect();
    request::known("service", &services, &args.selection.service)?;
    let report = match &args.report {
        Some(file) => saved_report::load(file)?,
        None => {
            let runtime = request::runtime()?;
            let report = runtime.block_on(observed::report(&args.look, &args.selection, started));
            runtime.shutdown_background();
            report?
        }
    };
    let fix = Fix::of(&report, &catalog, &args.selection.service)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    output::write_until(render::fix(&fix, args.format), started + args.look.deadline);
    Ok(Exit::Pass)
}
