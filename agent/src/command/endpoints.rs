//! Which endpoints are needed here, and why.

use vpce_probes::report::PlanReport;

use super::{Failure, request, task_definition};
use crate::cli::EndpointsArgs;
use crate::exit_code::Exit;
use crate::{output, render};

/// Longest wait for a metadata service.
const METADATA_LIMIT: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) fn run(args: &EndpointsArgs) -> Result<Exit, Failure> {
    let environment = request::environment();
    let catalog = request::catalog()?;
    let mut selection = request::selection(&catalog, &args.selection, &args.names, &environment)?;
    selection.task =
        task_definition::needs(&catalog, args.selection.task_definition.as_deref(), None)?;
    // With the Region given, nothing leaves this machine.
    let limit = args.place.region.is_none().then_some(METADATA_LIMIT);
    let runtime = request::runtime()?;
    let outside = request::outside(&args.place, environment, limit);
    let surroundings = runtime.block_on(request::surroundings(&catalog, &args.place, &outside));
    runtime.shutdown_background();
    let kind_is_assumed = surroundings.launch_type.value().is_none()
        && selection.profiles.is_empty()
        && selection.task.profile.is_none();
    let mut plan = request::plan_for(&catalog, &surroundings, selection)?;
    if kind_is_assumed {
        plan.notes.push(
            "The kind of place is not known: an EC2 container instance was assumed. --launch-type or --profile says otherwise."
                .to_owned(),
        );
    }
    if plan.partition.is_none() && plan.endpoints.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            match surroundings.region.value() {
                Some(region) => format!("{region} belongs to no known partition"),
                None => "the Region is not known: give it with --region".to_owned(),
            },
        ));
    }
    let text =
        if args.json { render::json(&PlanReport::new(plan)) } else { render::plan_table(&plan) };
    output::write(&text);
    Ok(Exit::Pass)
}
