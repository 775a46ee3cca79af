//! The ECS agent, and the endpoints that it needs.

use std::time::Instant;

use super::{Failure, check};
use crate::cli::{CheckArgs, FailOn};
use crate::exit_code::Exit;
use crate::render;

/// What the agent talks to. Source: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints".
const ECS_SERVICES: [&str; 3] = ["ecs", "ecs-agent", "ecs-telemetry"];

pub(super) fn run(mut args: CheckArgs, started: Instant) -> Result<Exit, Failure> {
    if args.selection.only.is_empty() {
        args.selection.only = ECS_SERVICES.map(str::to_owned).into();
    }
    args.selection.ecs_agent = true;
    let report = check::report(&args, started)?;
    check::write(render::agent_status, &report, &args, started);
    Ok(Exit::of_verdict(report.status, args.fail_on == FailOn::Warn))
}
