//! Through whom the agent is restarted.

use super::decision::{Action, Refusal, RefusalKind};
use super::need::denied_of;
use crate::ecs_agent::EcsAgent;
use crate::findings::{EcsAgentCheck, Supervision};
use crate::report::Report;

/// The time that an agent has to end. Source: Docker's own default for `docker restart`.
const GRACE_S: u64 = 10;

/// The one way of restarting that leaves the agent running.
///
/// ecs-init takes an agent that ends well for one that was stopped on purpose, and ends with it:
/// restarted through Docker, the agent of a unit is gone afterwards. So only an agent that is known
/// to have no unit is restarted through Docker. A unit that has ended beside a container that runs
/// is restarted too: it sets up more than the container.
/// Source: amazon-ecs-agent, `ecs-init/engine/engine.go`, `StartSupervised`.
pub(super) fn of(report: &Report, check: &EcsAgentCheck) -> Result<Action, Refusal> {
    let seen = report.observations.ecs_agent.as_ref();
    match &check.supervision {
        Supervision::Unit { name } => Ok(through_systemd(seen, name)),
        Supervision::Nobody => through_docker(seen),
        Supervision::Unknown { why, not_permitted } => {
            let of_engine = seen.and_then(|agent| denied_of(&agent.container));
            let of_systemd = not_permitted.then(|| why.trim_end_matches('.').to_owned());
            let denied: Vec<String> = of_systemd.into_iter().chain(of_engine).collect();
            Err(match denied.is_empty() {
                true => owner_unknown(why),
                false => Refusal::not_permitted(&denied),
            })
        }
    }
}

fn through_systemd(seen: Option<&EcsAgent>, unit: &str) -> Action {
    // Where it is not known whether the boot is finished, waiting for it could be a deadlock.
    let boot_finished = seen.and_then(|agent| agent.boot_unfinished.value()) == Some(&false);
    Action::Systemd { unit: unit.to_owned(), block: boot_finished }
}

fn through_docker(seen: Option<&EcsAgent>) -> Result<Action, Refusal> {
    let supervisor = seen.and_then(|agent| agent.process.value()?.ecs_init_pid);
    if let Some(pid) = supervisor {
        return Err(owner_unknown(&format!(
            "no unit of systemd does, but ecs-init (pid {pid}) supervises it"
        )));
    }
    if let Some(container) = seen.and_then(|agent| agent.container.value()) {
        return Ok(Action::Docker { container: container.id.clone(), grace_s: GRACE_S });
    }
    if let Some(denied) = seen.and_then(|agent| denied_of(&agent.container)) {
        return Err(Refusal::not_permitted(&[denied]));
    }
    Err(Refusal::new(
        RefusalKind::OwnerUnknown,
        "The agent is neither a container of the Docker Engine that is asked here nor owned by a unit of systemd.",
        "Restart it the way it was started.",
    ))
}

fn owner_unknown(why: &str) -> Refusal {
    Refusal::new(
        RefusalKind::OwnerUnknown,
        format!(
            "It is not known who owns the agent: {}. Restarted through Docker, an agent that is supervised would be gone.",
            why.trim_end_matches('.')
        ),
        "Run vpce-probe agent restart on the instance itself, or restart the service of ecs-init there: sudo systemctl restart ecs.",
    )
}
