//! From the command line and the environment to what the library is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use vpce_probes::catalog::Catalog;
use vpce_probes::plan::{Place, Plan, Profile, Selection, TaskNeeds, plan, running_task};
use vpce_probes::surroundings::{Outside, Overrides, Surroundings, detect};

use super::Failure;
use crate::cli::{NameArgs, PlaceArgs, SelectionArgs};
use crate::exit_code::Exit;

/// The environment, as far as it is text.
pub(super) fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

pub(super) fn catalog() -> Result<Catalog, Failure> {
    Catalog::builtin().map_err(|error| Failure::new(Exit::Internal, error.to_string()))
}

/// What the caller wants checked.
pub(super) fn selection(
    catalog: &Catalog,
    args: &SelectionArgs,
    names: &NameArgs,
    environment: &BTreeMap<String, String>,
) -> Result<Selection, Failure> {
    let is_true =
        |name: &str| environment.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let services: Vec<&str> =
        catalog.services.iter().map(|service| service.name.as_str()).collect();
    known("service", &services, args.service.iter().chain(&args.only).chain(&args.skip))?;
    known("feature", &catalog.features(), &args.feature)?;
    Ok(Selection {
        profiles: args.profile.iter().copied().map(Profile::from).collect(),
        features: args.feature.clone(),
        task: TaskNeeds::default(),
        services: args.service.clone(),
        only: args.only.clone(),
        skip: args.skip.clone(),
        hosts: args.host.clone(),
        check_egress: args.check_egress,
        ecs_agent: args.ecs_agent,
        // The variables that every AWS SDK reads.
        // Source: AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints".
        fips: names.fips || is_true("AWS_USE_FIPS_ENDPOINT"),
        dual_stack: names.dual_stack || is_true("AWS_USE_DUALSTACK_ENDPOINT"),
        from_text: args.from_text.clone(),
    })
}

/// Refuses a name that the catalog does not know.
pub(super) fn known<'a>(
    what: &str,
    names: &[&str],
    given: impl IntoIterator<Item = &'a String>,
) -> Result<(), Failure> {
    match given.into_iter().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(Failure::new(
            Exit::Usage,
            format!("there is no {what} {name}; known are {}", names.join(", ")),
        )),
    }
}

/// Where to look. The metadata services are asked only when there is a limit for them.
pub(super) fn outside(
    args: &PlaceArgs,
    environment: BTreeMap<String, String>,
    limit: Option<Duration>,
) -> Outside {
    let mut outside = Outside::usual(environment);
    match limit {
        Some(limit) => {
            outside.imds_limit = limit;
            outside.task_metadata_limit = limit;
        }
        None => outside.ask_services = false,
    }
    if let Some(endpoint) = &args.imds_endpoint {
        outside.imds_endpoints = vec![endpoint.clone()];
    }
    outside
}

/// Finds out where this is, as far as the caller did not say.
pub(super) async fn surroundings(
    catalog: &Catalog,
    args: &PlaceArgs,
    outside: &Outside,
) -> Surroundings {
    let overrides = Overrides {
        region: args.region.clone(),
        account: args.account.clone(),
        vpc_cidrs: args.vpc_cidr.clone(),
        launch_type: args.launch_type.map(Into::into),
        platform_version: args.platform_version.clone(),
    };
    detect(catalog, outside, &overrides).await
}

/// The plan for these surroundings.
pub(super) fn plan_for(
    catalog: &Catalog,
    surroundings: &Surroundings,
    mut selection: Selection,
) -> Result<Plan, Failure> {
    // The agent's own configuration: its calls decide whether this machine can work.
    selection.fips |= surroundings.ecs_agent_fips.value() == Some(&true);
    selection.dual_stack |= surroundings.ecs_agent_ipv6_only.value() == Some(&true);
    selection.task = selection.task.and(running_task(catalog, surroundings));
    let made = plan(catalog, &Place::of_task(surroundings, &selection.task), &selection);
    if made.endpoints.is_empty() && made.region.is_some() && made.partition.is_some() {
        let message = "--only and --skip leave nothing to check";
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(made)
}

/// A runtime for one thread: checking waits, it does not compute.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot start: {error}")))
}
