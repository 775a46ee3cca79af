use super::*;
use crate::ecs_agent::{
    AgentConnections, AgentContainer, AgentLog, AgentProxySetting, AgentUnit, ConnectionScope,
    EcsAgent, Introspection, LoggedHost,
};
use crate::findings::tests::{address, codes, healthy, host, known, plan_with, surroundings, well};
use crate::findings::{Code, Judgement, judge};
use crate::observation::TcpOutcome;
use crate::plan::{AgentPlan, AgentWish, Selection};
use crate::status::Status;
use crate::surroundings::{Absence, AbsenceReason, Fact, LaunchType, Source};

const CONTROL: &str = "ecs-a.us-east-1.amazonaws.com";
const NOW: &str = "2026-11-21T12:00:00Z";
const HOURS_AGO: &str = "2026-11-21T06:00:00Z";

fn absent<T>(reason: AbsenceReason) -> Fact<T> {
    Fact::missing(Absence::new(Source::PROCESSES, reason, "the reason"))
}

/// An agent as ecs-init runs it, connected through the endpoints.
fn well_agent() -> EcsAgent {
    EcsAgent {
        introspection: known(Introspection {
            url: "http://127.0.0.1:51678".to_owned(),
            version: Some("Amazon ECS Agent - v1.105.1 (*a8b3e7d3)".to_owned()),
            cluster: Some("lab".to_owned()),
            container_instance_arn: Some(
                "arn:aws:ecs:us-east-1:123456789012:container-instance/lab/0a1b".to_owned(),
            ),
        }),
        container: known(AgentContainer {
            state: "running".to_owned(),
            image: "amazon/amazon-ecs-agent:latest".to_owned(),
            started_at: Some(HOURS_AGO.to_owned()),
            ..AgentContainer::default()
        }),
        unit: known(AgentUnit {
            name: "ecs.service".to_owned(),
            active_state: "active".to_owned(),
            sub_state: "running".to_owned(),
            file_state: Some("enabled".to_owned()),
            ..AgentUnit::default()
        }),
        connections: known(connections(&["10.0.1.102", "10.0.2.103"])),
        ..EcsAgent::default()
    }
}

fn connections(peers: &[&str]) -> AgentConnections {
    AgentConnections {
        scope: ConnectionScope::Agent,
        peers: peers.iter().map(|peer| peer.parse().unwrap()).collect(),
        looks: 1,
    }
}

fn run_at(
    launch_type: LaunchType,
    agent: EcsAgent,
    change: impl Fn(&mut Observations),
) -> Judgement {
    let surroundings = Surroundings { launch_type: known(launch_type), ..surroundings() };
    let mut plan = plan_with(&Selection::default());
    plan.ecs_agent = Some(AgentPlan {
        place: match launch_type {
            LaunchType::ContainerInstance | LaunchType::External => AgentPlace::Here,
            LaunchType::FargateTask => AgentPlace::OutOfSight,
            LaunchType::Ec2Task => AgentPlace::Around,
            LaunchType::Ec2Instance => AgentPlace::Perhaps,
        },
        reason: "the reason".to_owned(),
        asked_for: false,
    });
    let mut seen = healthy(&plan);
    for (name, last) in [(CONTROL, 102), ("ecs-t.us-east-1.amazonaws.com", 103)] {
        let both = [1, 2].map(|zone| well(&format!("10.0.{zone}.{last}")));
        *of(&mut seen, name) = host(name, both.into());
    }
    seen.started_at = NOW.to_owned();
    seen.ecs_agent = Some(agent);
    change(&mut seen);
    judge(&surroundings, &plan, &seen)
}

fn of<'o>(seen: &'o mut Observations, name: &str) -> &'o mut crate::observation::HostObservation {
    seen.hosts.iter_mut().find(|host| host.host == name).unwrap()
}

fn run(agent: EcsAgent) -> Judgement {
    run_at(LaunchType::ContainerInstance, agent, |_| {})
}

/// The codes of a run with this change to a well agent.
fn found(change: impl Fn(&mut EcsAgent)) -> Vec<Code> {
    let mut agent = well_agent();
    change(&mut agent);
    codes(&run(agent))
}

fn check(judgement: &Judgement) -> &EcsAgentCheck {
    judgement.ecs_agent.as_ref().unwrap()
}

#[test]
fn an_agent_that_was_not_come_to_does_not_pass_where_it_has_to_be() {
    let without = |launch_type| run_at(launch_type, well_agent(), |seen| seen.ecs_agent = None);
    let judgement = without(LaunchType::ContainerInstance);
    assert_eq!(
        (judgement.status, codes(&judgement)),
        (Status::Unknown, vec![Code::DeadlineReached])
    );
    assert_eq!(check(&judgement).codes, [Code::DeadlineReached]);
    let judgement = without(LaunchType::Ec2Task);
    assert_eq!((judgement.status, codes(&judgement)), (Status::Pass, vec![]));
}

#[test]
fn an_agent_on_the_endpoints_passes() {
    let judgement = run(well_agent());
    assert_eq!((judgement.status, codes(&judgement)), (Status::Pass, vec![]));
    let check = check(&judgement);
    assert_eq!((check.status, check.connection), (Status::Pass, AgentConnection::Private));
    assert_eq!(check.shape, Some(AgentShape::SupervisedContainer));
    assert_eq!(check.version.unwrap().to_string(), "1.105.1");
    assert_eq!(check.started_at.as_deref(), Some(HOURS_AGO));
    assert_eq!(check.unit_state.as_deref(), Some("active (running)"));
    assert_eq!(check.peers[0].service.as_deref(), Some("ecs-agent"));
}

#[test]
fn versions_below_the_first_fail_on_ec2_only() {
    for (version, fails) in [("v1.25.0", true), ("v1.25.1", false), ("v1.100.0", false)] {
        let mut agent = well_agent();
        agent.introspection = known(Introspection {
            version: Some(format!("Amazon ECS Agent - {version} (*a8b3e7d3)")),
            ..well_agent().introspection.value().unwrap().clone()
        });
        let expected = if fails { vec![Code::EcsAgentTooOld] } else { vec![] };
        assert_eq!(codes(&run(agent.clone())), expected, "{version}");
        let external = run_at(LaunchType::External, agent, |_| {});
        assert!(!codes(&external).contains(&Code::EcsAgentTooOld));
    }
}

#[test]
fn a_version_that_is_not_told_is_taken_from_the_image_or_unknown() {
    let hidden = |agent: &mut EcsAgent| {
        let told = agent.introspection.value().unwrap().clone();
        agent.introspection = known(Introspection { version: None, ..told });
    };
    assert_eq!(found(hidden), [Code::EcsAgentUnseen]);
    let tagged = found(|agent| {
        hidden(agent);
        let container = agent.container.value().unwrap().clone();
        let image = "amazon/amazon-ecs-agent:v1.20.0".to_owned();
        agent.container = known(AgentContainer { image, ..container });
    });
    assert_eq!(tagged, [Code::EcsAgentTooOld]);
}

#[test]
fn public_connections_are_stale_only_beside_endpoints() {
    let public = |agent: &mut EcsAgent| agent.connections = known(connections(&["52.94.228.12"]));
    assert_eq!(found(public), [Code::EcsAgentStale]);
    let mut agent = well_agent();
    public(&mut agent);
    let judgement = run_at(LaunchType::ContainerInstance, agent, |seen| {
        *of(seen, CONTROL) = host(CONTROL, vec![well("52.94.228.12")]);
    });
    assert!(!codes(&judgement).contains(&Code::EcsAgentStale), "{judgement:?}");
    assert_eq!(check(&judgement).connection, AgentConnection::Public);
    assert_eq!(check(&judgement).status, Status::Unknown, "the endpoints have failed already");
}

#[test]
fn a_missing_connection_is_said_once() {
    let none = |agent: &mut EcsAgent| agent.connections = known(connections(&[]));
    assert_eq!(found(none), [Code::EcsAgentDisconnected]);
    let unregistered = found(|agent| {
        none(agent);
        let told = agent.introspection.value().unwrap().clone();
        agent.introspection = known(Introspection { container_instance_arn: None, ..told });
    });
    assert_eq!(unregistered, [Code::EcsAgentNotRegistered]);
    let young = found(|agent| {
        none(agent);
        let container = agent.container.value().unwrap().clone();
        let started_at = Some("2026-11-21T11:59:30Z".to_owned());
        agent.container = known(AgentContainer { started_at, ..container });
    });
    assert_eq!(young, [Code::EcsAgentStarting]);
}

#[test]
fn an_agent_that_waits_for_ecs_is_told_from_one_that_starts() {
    let deaf = || EcsAgent {
        introspection: absent(AbsenceReason::Refused),
        connections: known(connections(&[])),
        ..well_agent()
    };
    let ecs = "ecs.us-east-1.amazonaws.com";
    let blocked = run_at(LaunchType::ContainerInstance, deaf(), |seen| {
        *of(seen, ecs) = host(ecs, vec![address("10.0.1.101", TcpOutcome::TimedOut, None)]);
    });
    assert_eq!(codes(&blocked), [Code::ConnectTimeout, Code::EcsAgentNotListening]);
    assert_eq!(codes(&run(deaf())), [Code::EcsAgentNotRegistered]);
}

#[test]
fn what_refuses_in_a_container_is_not_the_host() {
    let in_container = found(|agent| {
        agent.introspection = absent(AbsenceReason::Refused);
        agent.connections = absent(AbsenceReason::NotFound);
        agent.process = absent(AbsenceReason::NotFound);
        let container = agent.container.value().unwrap().clone();
        agent.container = known(AgentContainer { pid: Some(4711), ..container });
    });
    assert_eq!(in_container, [Code::EcsAgentUnseen]);
}

#[test]
fn an_agent_that_does_not_run_fails_where_it_has_to() {
    let stopped = || EcsAgent {
        introspection: absent(AbsenceReason::Refused),
        container: absent(AbsenceReason::NotFound),
        unit: known(AgentUnit {
            name: "ecs.service".to_owned(),
            active_state: "inactive".to_owned(),
            sub_state: "dead".to_owned(),
            result: Some("success".to_owned()),
            ..AgentUnit::default()
        }),
        connections: absent(AbsenceReason::NotFound),
        ..EcsAgent::default()
    };
    let judgement = run(stopped());
    assert_eq!(
        (judgement.status, codes(&judgement)),
        (Status::Fail, vec![Code::EcsAgentNotRunning])
    );
    let around = run_at(LaunchType::Ec2Task, stopped(), |_| {});
    assert_eq!(around.status, Status::Warn);
    let perhaps = run_at(LaunchType::Ec2Instance, stopped(), |_| {});
    assert_eq!((perhaps.status, codes(&perhaps)), (Status::Pass, vec![]));
    assert_eq!(check(&perhaps).status, Status::Skip);
    let booting = run(EcsAgent { boot_unfinished: known(true), ..stopped() });
    assert_eq!((booting.status, codes(&booting)), (Status::Pass, vec![Code::EcsAgentStarting]));
    assert_eq!(check(&booting).status, Status::Unknown);
}

#[test]
fn a_container_without_its_unit_is_told() {
    let ended = found(|agent| {
        let unit = agent.unit.value().unwrap().clone();
        agent.unit = known(AgentUnit { active_state: "inactive".to_owned(), ..unit });
    });
    assert_eq!(ended, [Code::EcsAgentUnsupervised]);
    let mut by_hand = well_agent();
    by_hand.unit = absent(AbsenceReason::NotFound);
    let judgement = run(by_hand);
    assert_eq!(codes(&judgement), []);
    assert_eq!(check(&judgement).shape, Some(AgentShape::HandRunContainer));
    assert_eq!(check(&judgement).supervision, Supervision::Nobody);
}

#[test]
fn a_proxy_counts_unless_no_proxy_names_every_host() {
    let setting = |name: &str, value: &str| AgentProxySetting {
        place: "/etc/ecs/ecs.config".to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let with = |settings: &[(&str, &str)], peers: &[&str]| {
        let mut agent = well_agent();
        agent.proxy = settings.iter().map(|(name, value)| setting(name, value)).collect();
        agent.connections = known(connections(peers));
        run(agent)
    };
    let proxy = ("HTTP_PROXY", "http://***@10.0.9.9:3128");
    let proxied = with(&[proxy], &[]);
    assert_eq!((proxied.status, codes(&proxied)), (Status::Fail, vec![Code::EcsAgentProxied]));
    assert_eq!(check(&proxied).connection, AgentConnection::Unknown, "not disconnected");
    let local = "169.254.169.254,169.254.170.2,/var/run/docker.sock";
    let partly = format!("{local},ecs.us-east-1.amazonaws.com");
    let partly = ("NO_PROXY", partly.as_str());
    assert_eq!(codes(&with(&[proxy, partly], &[])), [Code::EcsAgentProxied]);
    let all = format!("{local},.amazonaws.com");
    let all = ("NO_PROXY", all.as_str());
    assert_eq!(codes(&with(&[proxy, all], &["10.0.1.102"])), []);
    let unknown_to_go = ("ALL_PROXY", "http://10.0.9.9:3128");
    assert_eq!(codes(&with(&[unknown_to_go], &["10.0.1.102"])), []);
    let later = with(&[proxy], &["10.0.1.102"]);
    assert_eq!((later.status, codes(&later)), (Status::Warn, vec![Code::EcsAgentProxied]));
}

#[test]
fn the_log_is_heard_where_connections_are_not_seen() {
    let logged = |host: &str, at: &str| {
        let control = Some(LoggedHost { host: host.to_owned(), at: Some(at.to_owned()) });
        known(AgentLog { control, ..AgentLog::default() })
    };
    let unseen = |host: &str, at: &str| {
        let host = host.to_owned();
        let at = at.to_owned();
        found(move |agent| {
            agent.connections = absent(AbsenceReason::NotPermitted);
            agent.log = logged(&host, &at);
        })
    };
    let after = "2026-11-21T06:00:10Z";
    assert_eq!(
        unseen("ecs-a-3.us-east-1.amazonaws.com", after),
        [Code::EcsAgentNumberedHost, Code::EcsAgentUnseen]
    );
    assert_eq!(
        unseen("ecs-a-3.us-east-1.amazonaws.com", "2026-11-21T05:59:59Z"),
        [Code::EcsAgentUnseen],
        "an agent before this one wrote it"
    );
    assert_eq!(
        unseen("ecs-a.us-west-2.amazonaws.com", after),
        [Code::EcsAgentOtherRegion, Code::EcsAgentUnseen]
    );
    assert_eq!(unseen(CONTROL, after), [Code::EcsAgentUnseen]);
    let stale = found(|agent| {
        agent.connections = known(connections(&["52.94.228.12"]));
        agent.log = logged("ecs-a-3.us-east-1.amazonaws.com", after);
    });
    assert_eq!(stale, [Code::EcsAgentStale], "said once");
}

#[test]
fn what_cannot_be_seen_from_a_task_never_fails() {
    let judgement = run_at(LaunchType::FargateTask, EcsAgent::default(), |_| {});
    assert_eq!((judgement.status, codes(&judgement)), (Status::Pass, vec![]));
    assert_eq!(check(&judgement).status, Status::Unknown);
    assert_eq!(check(&judgement).why.as_deref(), Some("the reason"));
    let task = EcsAgent { connections: absent(AbsenceReason::NotTold), ..well_agent() };
    let judgement = run_at(LaunchType::Ec2Task, task, |_| {});
    assert_eq!((judgement.status, codes(&judgement)), (Status::Pass, vec![]));
    assert_eq!(check(&judgement).status, Status::Unknown);
}

#[test]
fn nothing_seen_at_all_is_unknown() {
    let judgement = run(EcsAgent::default());
    assert_eq!(codes(&judgement), [Code::EcsAgentUnseen]);
    assert_eq!(check(&judgement).status, Status::Unknown);
}

#[test]
fn what_is_not_known_counts_where_the_agent_was_asked_for() {
    let mut plan = plan_with(&Selection { ecs_agent: AgentWish::AskedFor, ..Selection::default() });
    plan.ecs_agent = Some(AgentPlan {
        place: AgentPlace::OutOfSight,
        reason: "the reason".to_owned(),
        asked_for: true,
    });
    assert_eq!(judge(&surroundings(), &plan, &healthy(&plan)).status, Status::Unknown);
}
