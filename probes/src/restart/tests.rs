//! The table of decisions.

mod case;

use std::time::Duration;

use self::case::*;
use super::*;
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::ecs_agent::AgentProcess;
use crate::ecs_agent::ECS_SERVICES;
use crate::findings::{AddressCheck, AgentConnection, AgentPeer, AgentShape, Code, Supervision};
use crate::status::Status;
use crate::surroundings::{Fact, Source};

#[test]
fn what_is_out_of_sight_stays_as_it_is() {
    for kind in [Some(LaunchType::FargateTask), Some(LaunchType::Ec2Task), None] {
        let case = Case::stale().placed(AgentPlace::OutOfSight, kind);
        assert_eq!(case.decided(&PLAIN), "out-of-sight");
        assert_eq!(case.decided(&FORCED), "out-of-sight");
        assert_eq!(case.decided(&IF_NEEDED), "nothing");
    }
}

#[test]
fn a_place_without_an_agent_has_nothing_to_restart() {
    for place in [AgentPlace::Here, AgentPlace::Perhaps, AgentPlace::Around] {
        let case = Case::stale().placed(place, None).seeing(|seen| *seen = nowhere());
        assert_eq!(case.decided(&PLAIN), "no-agent");
        assert_eq!(case.decided(&FORCED), "no-agent");
        let answers = Case(case.0.clone())
            .connected(AgentConnection::Unknown, &[Code::EcsAgentAnswerUnusable]);
        assert_ne!(answers.decided(&PLAIN), "no-agent");
        assert_eq!(case.decided(&IF_NEEDED), "nothing");
        let missed =
            Case(case.0.clone()).connected(AgentConnection::Unknown, &[Code::EcsAgentNotRunning]);
        assert_eq!(missed.decided(&IF_NEEDED), UNWELL);
        let denied = case.seeing(|seen| seen.container = denied("socket /run/x, group 998"));
        assert_eq!(denied.decided(&PLAIN), "not-permitted");
        assert_eq!(denied.decided(&IF_NEEDED), "not-permitted");
    }
    let mut unplanned = Case::stale();
    unplanned.0.plan.ecs_agent = None;
    unplanned.0.ecs_agent = None;
    assert_eq!(unplanned.decided(&PLAIN), "no-agent");
}

#[test]
fn what_was_not_looked_at_is_not_missing() {
    let mut late = Case::stale().with(|check| check.why = Some("there was no time.".to_owned()));
    late.0.observations.ecs_agent = None;
    let why = "The ECS agent was not looked at: there was no time.";
    let Decision::Refused(refusal) = decide(&late.0, &PLAIN, &Ok(None)) else { panic!() };
    assert_eq!(refusal.why, why);
    let nothing = Decision::NothingToDo { why: why.to_owned(), is_well: false };
    assert_eq!(decide(&late.0, &IF_NEEDED, &Ok(None)), nothing);
}

#[test]
fn bottlerocket_is_left_alone() {
    let case = Case::stale().with(|check| check.shape = Some(AgentShape::HostBinary));
    for wish in [PLAIN, FORCED, IF_NEEDED, FORCED_IF_NEEDED] {
        assert_eq!(case.decided(&wish), "host-binary");
    }
    let well = case.connected(AgentConnection::Private, &[]);
    assert_eq!(well.decided(&PLAIN), "host-binary");
    assert_eq!(well.decided(&IF_NEEDED), "nothing");
}

#[test]
fn only_a_stale_or_disconnected_agent_needs_it() {
    use AgentConnection::{Disconnected, Mixed, Private, Public, Unknown};
    for (connection, codes, expected) in [
        (Public, &[Code::EcsAgentStale][..], SYSTEMD),
        (Mixed, &[Code::EcsAgentStale], SYSTEMD),
        (Disconnected, &[Code::EcsAgentDisconnected], SYSTEMD),
        (Public, &[], UNWELL),
        (Mixed, &[], UNWELL),
        (Private, &[], "nothing"),
        (Private, &[Code::EcsAgentTooOld, Code::EcsAgentNumberedHost], UNWELL),
        (Unknown, &[Code::EcsAgentUnseen], UNWELL),
        (Disconnected, &[Code::EcsAgentNotRunning], UNWELL),
        (Unknown, &[Code::EcsAgentNotRunning], UNWELL),
        (Disconnected, &[Code::EcsAgentNotListening], UNWELL),
        (Disconnected, &[Code::EcsAgentStarting], "nothing"),
        (Disconnected, &[Code::EcsAgentNotRegistered], UNWELL),
        (Disconnected, &[], UNWELL),
        (Unknown, &[Code::EcsAgentProxied], UNWELL),
        (Unknown, &[Code::EcsAgentAnswerUnusable], UNWELL),
    ] {
        let case = Case::stale().connected(connection, codes);
        assert_eq!(case.decided(&IF_NEEDED), expected, "{connection:?} {codes:?}");
        assert_eq!(case.decided(&FORCED_IF_NEEDED), expected, "{connection:?} {codes:?}");
        assert_eq!(case.decided(&PLAIN), SYSTEMD, "{connection:?} {codes:?}");
    }
}

#[test]
fn only_a_missing_connection_is_confirmed() {
    use AgentConnection::{Disconnected, Mixed, Private};
    let confirmed = |codes: &[Code], wish: &Wish| {
        let case = Case::stale().connected(Disconnected, codes);
        is_to_be_confirmed(&case.0, wish, &decide(&case.0, wish, &Ok(None)))
    };
    let disconnected = [Code::EcsAgentTooOld, Code::EcsAgentDisconnected];
    assert!(confirmed(&disconnected, &IF_NEEDED));
    assert!(confirmed(&disconnected, &FORCED_IF_NEEDED));
    assert!(!confirmed(&disconnected, &PLAIN), "it was asked for");
    assert!(!confirmed(&[Code::EcsAgentStale], &IF_NEEDED));
    assert!(!confirmed(&[Code::EcsAgentStale, Code::EcsAgentDisconnected], &IF_NEEDED));
    let refused = Case::stale()
        .connected(Mixed, &disconnected)
        .gate("ecs", |check| check.status = Status::Fail);
    let decision = decide(&refused.0, &IF_NEEDED, &Ok(None));
    assert!(!is_to_be_confirmed(&refused.0, &IF_NEEDED, &decision), "nothing is done anyway");
    let well = Case::stale().connected(Private, &[]);
    let decision = decide(&well.0, &IF_NEEDED, &Ok(None));
    assert!(!is_to_be_confirmed(&well.0, &IF_NEEDED, &decision));
}

#[test]
fn outside_aws_public_addresses_are_right() {
    let external = |connection, codes: &[Code]| {
        Case::stale()
            .placed(AgentPlace::Here, Some(LaunchType::External))
            .connected(connection, codes)
            .decided(&IF_NEEDED)
    };
    assert_eq!(external(AgentConnection::Public, &[]), "nothing");
    assert_eq!(external(AgentConnection::Mixed, &[]), "nothing");
    let disconnected = [Code::EcsAgentDisconnected];
    assert_eq!(external(AgentConnection::Disconnected, &disconnected), SYSTEMD);
}

#[test]
fn missing_rights_are_told_from_what_nobody_knows() {
    let unknown = || Case::stale().connected(AgentConnection::Unknown, &[]);
    let why = |case: Case, wish| match decide(&case.0, &wish, &Ok(None)) {
        Decision::Refused(refusal) => refusal.why,
        other => panic!("{other:?}"),
    };
    let no_descriptors = unknown().seeing(|seen| seen.connections = denied("/proc/7/fd"));
    assert_eq!(no_descriptors.decided(&IF_NEEDED), "not-permitted");
    assert_eq!(why(no_descriptors, IF_NEEDED), "Rights are missing: /proc/7/fd.");
    let no_socket = unknown().seeing(|seen| seen.container = denied("/run/docker.sock of 998"));
    assert_eq!(no_socket.decided(&IF_NEEDED), "not-permitted");
    // What is not needed is not asked for.
    let well = Case::stale()
        .connected(AgentConnection::Private, &[])
        .seeing(|seen| seen.container = denied("/run/docker.sock of 998"));
    assert_eq!(well.decided(&IF_NEEDED), "nothing");
    assert_eq!(well.decided(&PLAIN), SYSTEMD);
}

#[test]
fn the_endpoints_have_to_be_there_unless_forced() {
    let public = address("52.94.1.1", AddressClass::Public, Status::Pass);
    for service in ECS_SERVICES {
        for status in [Status::Fail, Status::Unknown, Status::Skip, Status::Warn] {
            let case = Case::stale().gate(service, |check| {
                check.status = status;
                check.addresses = vec![public.clone()];
                check.codes = vec![Code::PublicAddress];
            });
            assert_eq!(case.decided(&PLAIN), "endpoints-not-ready", "{service} {status:?}");
            assert_eq!(case.decided(&IF_NEEDED), "endpoints-not-ready");
            assert_eq!(case.decided(&FORCED), format!("{SYSTEMD} over 1"));
            assert_eq!(case.decided(&FORCED_IF_NEEDED), format!("{SYSTEMD} over 1"));
        }
        let mut unchecked = Case::stale();
        unchecked.0.checks.retain(|check| check.service != service);
        assert_eq!(unchecked.decided(&PLAIN), "endpoints-not-ready");
    }
    let mut none = Case::stale();
    none.0.checks.clear();
    assert_eq!(none.decided(&FORCED), format!("{SYSTEMD} over 3"));
}

#[test]
fn the_refusal_names_what_to_fix() {
    let case = Case::stale().gate("ecs-telemetry", |check| {
        check.status = Status::Fail;
        check.codes = vec![Code::PublicAddress, Code::NoWayOut];
    });
    let Decision::Refused(refusal) = decide(&case.0, &PLAIN, &Ok(None)) else { panic!() };
    assert_eq!(
        refusal.why,
        "An agent that is restarted now may not come back: ecs-telemetry ecs-telemetry.example is fail (VPCE101, VPCE115)."
    );
    assert!(
        refusal.instead.starts_with("Fix VPCE101, VPCE115 first (vpce-probe explain VPCE101).")
    );
}

#[test]
fn a_warning_about_something_else_is_no_trouble() {
    let warned = |addresses: Vec<AddressCheck>, expectation| {
        Case::stale()
            .gate("ecs", |check| {
                check.status = Status::Warn;
                check.addresses = addresses;
                check.expectation = expectation;
            })
            .decided(&PLAIN)
    };
    let good = || address("10.0.1.5", AddressClass::InVpc, Status::Pass);
    let dead = address("10.0.1.6", AddressClass::InVpc, Status::Fail);
    let public = |status| address("52.94.1.1", AddressClass::Public, status);
    let private = Expectation::Private;
    assert_eq!(warned(vec![good(), dead.clone()], private), SYSTEMD);
    assert_eq!(warned(vec![good(), public(Status::Skip)], private), SYSTEMD);
    assert_eq!(warned(vec![good(), public(Status::Pass)], private), "endpoints-not-ready");
    assert_eq!(warned(vec![dead], private), "endpoints-not-ready");
    assert_eq!(warned(vec![], private), "endpoints-not-ready");
    assert_eq!(warned(vec![good()], Expectation::Reachable), "endpoints-not-ready");
}

#[test]
fn one_attempt_in_an_interval() {
    let case = Case::stale();
    for wish in [PLAIN, IF_NEEDED, FORCED, FORCED_IF_NEEDED] {
        assert_eq!(case.decided_after(&wish, &ago(0)), "too-soon");
        assert_eq!(case.decided_after(&wish, &ago(899)), "too-soon");
        assert_eq!(case.decided_after(&wish, &ago(900)), SYSTEMD);
        let shorter = Wish { interval: Duration::from_secs(60), ..wish };
        assert_eq!(case.decided_after(&shorter, &ago(61)), SYSTEMD);
        let none = Wish { interval: Duration::ZERO, ..wish };
        assert_eq!(case.decided_after(&none, &ago(0)), SYSTEMD);
    }
    let well = Case::stale().connected(AgentConnection::Private, &[]);
    assert_eq!(well.decided_after(&IF_NEEDED, &ago(0)), "nothing");
}

#[test]
fn an_agent_that_a_restart_in_vain_left_stopped_is_brought_back() {
    let stopped = Case::stale().connected(AgentConnection::Unknown, &[Code::EcsAgentNotRunning]);
    let in_vain = |seconds, in_vain| {
        let last = ago(seconds).unwrap().map(|last| LastAttempt { in_vain, ..last });
        stopped.decided_after(&IF_NEEDED, &Ok(last))
    };
    assert_eq!(in_vain(1800, 1), SYSTEMD);
    assert_eq!(in_vain(1799, 1), "too-soon");
    assert_eq!(in_vain(3600, 2), SYSTEMD);
    assert_eq!(in_vain(3599, 2), "too-soon");
    assert_eq!(stopped.decided_after(&IF_NEEDED, &ago(900)), UNWELL);
    // It came back after that restart, and somebody stopped it later.
    for (started_at, decided) in [
        (Some("2026-11-21T20:58:59Z"), SYSTEMD),
        (Some("2026-11-21T20:59:00Z"), UNWELL),
        (None, SYSTEMD),
    ] {
        let stopped = Case::stale()
            .connected(AgentConnection::Unknown, &[Code::EcsAgentNotRunning])
            .with(|check| check.started_at = started_at.map(str::to_owned));
        let last = ago(1800).unwrap().map(|last| LastAttempt { in_vain: 1, ..last });
        assert_eq!(stopped.decided_after(&IF_NEEDED, &Ok(last)), decided, "{started_at:?}");
    }
    let well = Case::stale().connected(AgentConnection::Private, &[]);
    let last = ago(900).unwrap().map(|last| LastAttempt { in_vain: 1, ..last });
    assert_eq!(well.decided_after(&IF_NEEDED, &Ok(last)), "nothing");
}

#[test]
fn without_a_history_nothing_is_restarted() {
    let damaged = || Err(Refusal::new(RefusalKind::StateDamaged, "It is damaged.", "Look at it."));
    for wish in [PLAIN, IF_NEEDED, FORCED] {
        assert_eq!(Case::stale().decided_after(&wish, &damaged()), "state-damaged");
    }
    let well = Case::stale().connected(AgentConnection::Private, &[]);
    assert_eq!(well.decided_after(&IF_NEEDED, &damaged()), "nothing");
}

#[test]
fn a_unit_is_restarted_through_systemd() {
    let boot = |unfinished: Fact<bool>| {
        Case::stale().seeing(|seen| seen.boot_unfinished = unfinished).decided(&PLAIN)
    };
    let no_block = "systemctl restart --no-block ecs.service";
    assert_eq!(boot(Fact::known(false, Source::SYSTEMD)), SYSTEMD);
    assert_eq!(boot(Fact::known(true, Source::SYSTEMD)), no_block);
    assert_eq!(boot(missing()), no_block);
    // Docker stop and start left the container without its unit.
    let codes = [Code::EcsAgentStale, Code::EcsAgentUnsupervised];
    let orphan = Case::stale().connected(AgentConnection::Public, &codes);
    assert_eq!(orphan.decided(&IF_NEEDED), SYSTEMD);
}

#[test]
fn docker_restarts_only_what_has_no_unit() {
    let hand_run = || Case::stale().hand_run().seeing(|seen| seen.unit = missing());
    assert_eq!(hand_run().decided(&IF_NEEDED), DOCKER);
    let no_container = hand_run().seeing(|seen| seen.container = missing());
    assert_eq!(no_container.decided(&PLAIN), "owner-unknown");
    let denied_container = hand_run().seeing(|seen| seen.container = denied("socket"));
    assert_eq!(denied_container.decided(&PLAIN), "not-permitted");
    let supervised = hand_run().seeing(|seen| {
        let process = AgentProcess { pid: 7, ecs_init_pid: Some(6), ..AgentProcess::default() };
        seen.process = Fact::known(process, Source::PROCESSES);
    });
    assert_eq!(supervised.decided(&PLAIN), "owner-unknown");
    let why = "systemd cannot be asked".to_owned();
    let unknown = |not_permitted| {
        Case::stale().supervised(Supervision::Unknown { why: why.clone(), not_permitted })
    };
    assert_eq!(unknown(false).decided(&PLAIN), "owner-unknown");
    assert_eq!(unknown(false).decided(&FORCED), "owner-unknown");
    assert_eq!(unknown(true).decided(&PLAIN), "not-permitted");
    let denied_socket = unknown(false).seeing(|seen| seen.container = denied("socket"));
    assert_eq!(denied_socket.decided(&PLAIN), "not-permitted");
}

#[test]
fn verified_is_registered_and_connected_as_it_should_be() {
    use AgentConnection::{Disconnected, Mixed, Private, Public, Unknown};
    let verified = |case: Case| is_verified(&case.0);
    for connection in [Public, Mixed, Disconnected, Unknown] {
        assert!(!verified(Case::stale().connected(connection, &[])), "{connection:?}");
    }
    assert!(verified(Case::stale().connected(Private, &[])));
    let unregistered = |check: &mut EcsAgentCheck| check.container_instance_arn = None;
    assert!(!verified(Case::stale().connected(Private, &[]).with(unregistered)));
    let external = |connection, service: &str| {
        let peer = AgentPeer {
            address: "52.94.1.1".parse().unwrap(),
            class: AddressClass::Public,
            service: Some(service.to_owned()),
        };
        Case::stale()
            .placed(AgentPlace::Here, Some(LaunchType::External))
            .connected(connection, &[])
            .with(|check| check.peers = vec![peer])
    };
    assert!(verified(external(Public, "ecs-agent")));
    assert!(!verified(external(Public, "ecs-telemetry")));
    assert!(!verified(external(Disconnected, "ecs-agent")));
}

#[test]
fn a_restart_report_says_what_was_decided() {
    let case = Case::stale();
    let decision = decide(&case.0, &IF_NEEDED, &Ok(None));
    let mut report = RestartReport::new(Some(&case.0), decision, false);
    assert_eq!((report.status, report.decision), (Status::Pass, DecisionWord::Act));
    assert!(report.reason.contains("public addresses"), "{}", report.reason);
    assert_eq!(report.before, case.0.ecs_agent);
    report.ended(Outcome::Queued, "Waits.");
    assert_eq!(report.status, Status::Warn);
    report.ended(Outcome::NotVerified, "Public.");
    assert_eq!(report.status, Status::Fail);
    let busy = Refusal::new(RefusalKind::Busy, "Another.", "Wait.");
    let refused = RestartReport::new(None, Decision::Refused(busy.clone()), true);
    assert_eq!((refused.status, refused.refusal), (Status::Fail, Some(busy)));
    let nothing = |is_well| {
        RestartReport::new(None, Decision::NothingToDo { why: "x.".into(), is_well }, true)
    };
    assert_eq!((nothing(true).status, nothing(false).status), (Status::Pass, Status::Warn));
    for report in [report, nothing(true)] {
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<RestartReport>(&text).unwrap(), report);
        let word = serde_json::to_value(report.decision).unwrap();
        assert_eq!(word, report.decision.word());
    }
}
