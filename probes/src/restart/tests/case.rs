//! What a decision is made about, and the decision in a word.

use std::time::Duration;

use super::super::*;
use crate::address_class::AddressClass;
use crate::catalog::{Expectation, Need as NeedOf};
use crate::ecs_agent::{
    AgentContainer, AgentProcess, AgentUnit, ECS_SERVICES, EcsAgent, Introspection,
};
use crate::findings::{
    AddressCheck, AgentConnection, AgentShape, Code, EndpointCheck, Supervision,
};
use crate::observation::Observations;
use crate::plan::{AgentPlan, Plan};
use crate::status::Status;
use crate::surroundings::{Absence, AbsenceReason, Fact, Source, Surroundings};

pub(super) const PLAIN: Wish =
    Wish { if_needed: false, force: false, interval: Duration::from_secs(900) };
pub(super) const IF_NEEDED: Wish = Wish { if_needed: true, ..PLAIN };
pub(super) const FORCED: Wish = Wish { force: true, ..PLAIN };
pub(super) const FORCED_IF_NEEDED: Wish = Wish { force: true, ..IF_NEEDED };

/// A container instance with three good endpoints, whose stale agent runs under `ecs.service`.
pub(super) struct Case(pub(super) Report);

impl Case {
    pub(super) fn stale() -> Self {
        let observations = Observations {
            started_at: "2026-11-21T21:00:00Z".to_owned(),
            ecs_agent: Some(seen()),
            ..Observations::default()
        };
        let plan = Plan {
            ecs_agent: Some(AgentPlan {
                place: AgentPlace::Here,
                reason: "Here.".to_owned(),
                asked_for: false,
            }),
            ..Plan::default()
        };
        let mut report = Report::new(Surroundings::default(), plan, observations);
        report.checks = ECS_SERVICES.iter().map(|service| endpoint(service)).collect();
        report.ecs_agent = Some(EcsAgentCheck {
            status: Status::Fail,
            shape: Some(AgentShape::SupervisedContainer),
            supervision: Supervision::Unit { name: "ecs.service".to_owned() },
            version: None,
            cluster: None,
            container_instance_arn: Some("arn".to_owned()),
            image: None,
            started_at: Some("2026-11-21T09:00:00Z".to_owned()),
            unit_state: None,
            restarts: None,
            connection: AgentConnection::Public,
            peers: Vec::new(),
            why: None,
            codes: vec![Code::EcsAgentStale],
        });
        Self(report)
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut EcsAgentCheck)) -> Self {
        change(self.0.ecs_agent.as_mut().unwrap());
        self
    }

    pub(super) fn seeing(mut self, change: impl FnOnce(&mut EcsAgent)) -> Self {
        change(self.0.observations.ecs_agent.as_mut().unwrap());
        self
    }

    pub(super) fn connected(self, connection: AgentConnection, codes: &[Code]) -> Self {
        self.with(|check| {
            check.connection = connection;
            check.codes = codes.to_vec();
            check.status = match connection {
                AgentConnection::Private if codes.is_empty() => Status::Pass,
                _ => Status::Fail,
            };
        })
    }

    pub(super) fn placed(mut self, place: AgentPlace, kind: Option<LaunchType>) -> Self {
        self.0.plan.ecs_agent =
            Some(AgentPlan { place, reason: "Because.".to_owned(), asked_for: false });
        if let Some(kind) = kind {
            self.0.surroundings.launch_type = Fact::known(kind, Source::OPTION);
        }
        self
    }

    pub(super) fn supervised(self, supervision: Supervision) -> Self {
        self.with(|check| check.supervision = supervision)
    }

    pub(super) fn hand_run(self) -> Self {
        self.supervised(Supervision::Nobody)
            .with(|check| check.shape = Some(AgentShape::HandRunContainer))
    }

    pub(super) fn gate(mut self, service: &str, change: impl FnOnce(&mut EndpointCheck)) -> Self {
        change(self.0.checks.iter_mut().find(|check| check.service == service).unwrap());
        self
    }

    /// The decision in one word, with what follows from it.
    pub(super) fn decided(&self, wish: &Wish) -> String {
        self.decided_after(wish, &Ok(None))
    }

    pub(super) fn decided_after(
        &self,
        wish: &Wish,
        last: &Result<Option<LastAttempt>, Refusal>,
    ) -> String {
        match decide(&self.0, wish, last) {
            Decision::NothingToDo { why, is_well } => {
                assert!(why.ends_with('.'), "{why}");
                if is_well { "nothing".to_owned() } else { "nothing, but not well".to_owned() }
            }
            Decision::Refused(refusal) => {
                assert!(
                    refusal.why.ends_with('.') && refusal.instead.ends_with('.'),
                    "{refusal:?}"
                );
                refusal.kind.word().to_owned()
            }
            Decision::Act { action, overridden } if overridden.is_empty() => action.to_string(),
            Decision::Act { action, overridden } => format!("{action} over {}", overridden.len()),
        }
    }
}

pub(super) fn seen() -> EcsAgent {
    let process = AgentProcess { pid: 7, ..AgentProcess::default() };
    let container = AgentContainer { id: "0123456789abcdef".to_owned(), ..Default::default() };
    let unit = AgentUnit { name: "ecs.service".to_owned(), ..AgentUnit::default() };
    EcsAgent {
        introspection: Fact::known(Introspection::default(), Source::INTROSPECTION),
        container: Fact::known(container, Source::DOCKER),
        unit: Fact::known(unit, Source::SYSTEMD),
        process: Fact::known(process, Source::PROCESSES),
        boot_unfinished: Fact::known(false, Source::SYSTEMD),
        ..EcsAgent::default()
    }
}

pub(super) fn denied<T>(detail: &str) -> Fact<T> {
    Fact::missing(Absence::new(Source::DOCKER, AbsenceReason::NotPermitted, detail))
}

pub(super) fn nowhere() -> EcsAgent {
    EcsAgent { container: missing(), unit: missing(), ..EcsAgent::default() }
}

pub(super) fn missing<T>() -> Fact<T> {
    Fact::missing(Absence::new(Source::DOCKER, AbsenceReason::NotFound, "none"))
}

pub(super) fn endpoint(service: &str) -> EndpointCheck {
    EndpointCheck {
        service: service.to_owned(),
        label: None,
        group: String::new(),
        host: format!("{service}.example"),
        need: NeedOf::Required,
        expectation: Expectation::Private,
        status: Status::Pass,
        addresses: vec![address("10.0.1.5", AddressClass::InVpc, Status::Pass)],
        elapsed_ms: None,
        path: None,
        codes: Vec::new(),
    }
}

pub(super) fn address(address: &str, class: AddressClass, status: Status) -> AddressCheck {
    AddressCheck { address: address.parse().unwrap(), class, status, result: String::new() }
}

pub(super) fn ago(seconds: u64) -> Result<Option<LastAttempt>, Refusal> {
    let at = "2026-11-21T20:59:00Z".to_owned();
    Ok(Some(LastAttempt { at, ago: Duration::from_secs(seconds), in_vain: 0 }))
}

pub(super) const UNWELL: &str = "nothing, but not well";
pub(super) const SYSTEMD: &str = "systemctl restart ecs.service";
pub(super) const DOCKER: &str = "docker restart -t 10 0123456789ab";
