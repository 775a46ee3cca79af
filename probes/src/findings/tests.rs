use std::net::IpAddr;

use proptest::prelude::*;

use super::*;
use crate::catalog::{Catalog, Need};
use crate::observation::{
    AddressObservation, HostObservation, Lookup, LookupAttempt, LookupOutcome, Record,
    TcpObservation, TcpOutcome, TlsObservation, TlsOutcome,
};
use crate::observe::MAX_ADDRESSES;
use crate::plan::{Place, Profile, Selection, plan};
use crate::status::Severity;
use crate::surroundings::{
    Fact, LaunchType, ResolverAddress, ResolverKind, ResolverSettings, Source,
};

pub(super) fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, Source::OPTION)
}

pub(super) fn surroundings() -> Surroundings {
    let resolver =
        ResolverAddress { address: "10.0.0.2".parse().unwrap(), kind: ResolverKind::Amazon };
    Surroundings {
        launch_type: known(LaunchType::ContainerInstance),
        region: Fact::known("us-east-1".to_owned(), Source::INSTANCE_METADATA),
        vpc_cidrs: known(vec!["10.0.0.0/16".parse().unwrap()]),
        subnet_cidrs: known(vec!["10.0.1.0/24".parse().unwrap()]),
        resolvers: known(ResolverSettings {
            servers: vec![resolver],
            timeout_ms: 5000.0,
            attempts: 2,
            use_tcp: false,
        }),
        ..Surroundings::default()
    }
}

pub(super) fn plan_with(selection: &Selection) -> Plan {
    let place = Place {
        region: Some("us-east-1".to_owned()),
        account: Some("123456789012".to_owned()),
        profile: Some(Profile::Ec2),
        ..Place::default()
    };
    plan(&Catalog::builtin().unwrap(), &place, selection)
}

fn lookup(record: Record, outcome: LookupOutcome) -> Lookup {
    let server = "10.0.0.2".parse().unwrap();
    Lookup { record, attempts: vec![LookupAttempt { server, outcome, elapsed_ms: 1.0 }] }
}

pub(super) fn address(
    address: &str,
    tcp: TcpOutcome,
    tls: Option<TlsOutcome>,
) -> AddressObservation {
    AddressObservation {
        address: address.parse().unwrap(),
        tcp: TcpObservation { outcome: tcp, elapsed_ms: 1500.0, attempts: None },
        tls: tls.map(|outcome| TlsObservation {
            outcome,
            elapsed_ms: 1.0,
            version: None,
            trusted_by: None,
            chain: Vec::new(),
        }),
    }
}

pub(super) fn well(text: &str) -> AddressObservation {
    address(text, TcpOutcome::Connected, Some(TlsOutcome::Completed))
}

pub(super) fn host(name: &str, addresses: Vec<AddressObservation>) -> HostObservation {
    let ips: Vec<IpAddr> = addresses.iter().map(|seen| seen.address).collect();
    let a = LookupOutcome::Answered { addresses: ips, chain: Vec::new(), ttl_ms: 60_000.0 };
    HostObservation {
        host: name.to_owned(),
        lookups: vec![lookup(Record::A, a), lookup(Record::Aaaa, LookupOutcome::NoData)],
        addresses,
        ..HostObservation::default()
    }
}

/// A run in which every name of the plan is well.
pub(super) fn healthy(plan: &Plan) -> Observations {
    let names = plan.endpoints.iter().flat_map(|endpoint| &endpoint.hosts);
    let hosts = names.map(|name| host(name, vec![well("10.0.1.5"), well("10.0.2.5")])).collect();
    Observations { hosts, ..Observations::default() }
}

pub(super) fn with(name: &str, seen: HostObservation) -> (Plan, Observations) {
    let plan = plan_with(&Selection::default());
    let mut observations = healthy(&plan);
    *observations.hosts.iter_mut().find(|host| host.host == name).unwrap() = seen;
    (plan, observations)
}

pub(super) fn codes(judgement: &Judgement) -> Vec<Code> {
    judgement.findings.iter().map(|finding| finding.code).collect()
}

pub(super) const ECS: &str = "ecs.us-east-1.amazonaws.com";

#[test]
fn a_healthy_run_passes_without_findings() {
    let plan = plan_with(&Selection::default());
    let judgement = judge(&surroundings(), &plan, &healthy(&plan));
    assert_eq!((judgement.status, codes(&judgement)), (Status::Pass, vec![]));
    assert!(judgement.checks.iter().all(|check| check.status == Status::Pass));
}

#[test]
fn nothing_observed_is_unknown_and_never_passes() {
    let plan = plan_with(&Selection::default());
    let judgement = judge(&surroundings(), &plan, &Observations::default());
    assert_eq!(judgement.status, Status::Unknown);
    assert_eq!(codes(&judgement), [Code::DeadlineReached]);
    assert!(judgement.checks.iter().all(|check| check.status == Status::Unknown));
}

#[test]
fn more_addresses_than_are_tried_are_no_matter_of_time() {
    let untried = |last| address(&format!("10.0.1.{last}"), TcpOutcome::NotFinished, None);
    for (count, is_of_time) in [(MAX_ADDRESSES, true), (MAX_ADDRESSES + 1, false)] {
        let (plan, seen) = with(ECS, host(ECS, (1..=count).map(untried).collect()));
        let judgement = judge(&surroundings(), &plan, &seen);
        assert_eq!(codes(&judgement), [Code::DeadlineReached]);
        let says_so = judgement.findings.iter().any(|found| found.change.contains("--deadline"));
        assert_eq!(says_so, is_of_time, "{count}");
    }
}

#[test]
fn each_tcp_outcome_has_its_code() {
    let detail = || "x".to_owned();
    for (outcome, code) in [
        (TcpOutcome::TimedOut, Code::ConnectTimeout),
        (TcpOutcome::Refused, Code::ConnectRefused),
        (TcpOutcome::Reset, Code::ConnectReset),
        (TcpOutcome::Unreachable { detail: detail() }, Code::ConnectUnreachable),
        (TcpOutcome::NotPermitted { detail: detail() }, Code::ConnectBlocked),
        (TcpOutcome::LocalError { detail: detail() }, Code::ConnectBlocked),
        (TcpOutcome::NotFinished, Code::DeadlineReached),
    ] {
        let dead = || address("10.0.1.5", outcome.clone(), None);
        let (plan, seen) = with(ECS, host(ECS, vec![dead()]));
        assert_eq!(codes(&judge(&surroundings(), &plan, &seen)), [code], "{outcome:?}");
        if !matches!(code, Code::DeadlineReached | Code::ConnectReset) {
            let (plan, seen) = with(ECS, host(ECS, vec![dead(), well("10.0.2.5")]));
            let judgement = judge(&surroundings(), &plan, &seen);
            assert_eq!(codes(&judgement), [Code::SomeAddressesDead], "{outcome:?}");
            assert_eq!(judgement.status, Status::Warn);
        }
    }
}

#[test]
fn each_tls_outcome_has_its_code() {
    let detail = || "x".to_owned();
    for (outcome, code) in [
        (TlsOutcome::NameMismatch, Code::CertificateName),
        (TlsOutcome::Expired, Code::CertificateExpired),
        (TlsOutcome::NotYetValid, Code::CertificateNotYetValid),
        (TlsOutcome::UnknownIssuer, Code::CertificateIssuer),
        (TlsOutcome::Stalled, Code::HandshakeStalled),
        (TlsOutcome::Alert { alert: detail() }, Code::HandshakeAlert),
        (TlsOutcome::Closed, Code::NotTls),
        (TlsOutcome::Reset, Code::ConnectReset),
        (TlsOutcome::NotTls { detail: detail() }, Code::NotTls),
        (TlsOutcome::BadCertificate { detail: detail() }, Code::HandshakeFailed),
        (TlsOutcome::Failed { detail: detail() }, Code::HandshakeFailed),
        (TlsOutcome::NotFinished, Code::DeadlineReached),
    ] {
        let bad = address("10.0.1.5", TcpOutcome::Connected, Some(outcome.clone()));
        let (plan, seen) = with(ECS, host(ECS, vec![bad]));
        let judgement = judge(&surroundings(), &plan, &seen);
        assert_eq!(codes(&judgement), [code], "{outcome:?}");
        assert!(matches!(judgement.status, Status::Fail | Status::Unknown));
    }
}

#[test]
fn each_lookup_outcome_has_its_code() {
    let detail = || "x".to_owned();
    for (outcome, code) in [
        (LookupOutcome::NoSuchName, Code::NoSuchName),
        (LookupOutcome::NoData, Code::NoAddress),
        (
            LookupOutcome::Answered { addresses: Vec::new(), chain: Vec::new(), ttl_ms: 1.0 },
            Code::NoAddress,
        ),
        (LookupOutcome::ServerFailure, Code::ServerFailure),
        (LookupOutcome::Refused, Code::ResolverRefuses),
        (LookupOutcome::TimedOut, Code::ResolverTimeout),
        (LookupOutcome::Unreachable { detail: detail() }, Code::ResolverUnreachable),
        (LookupOutcome::Malformed { detail: detail() }, Code::AnswerUnusable),
        (LookupOutcome::Unusable { detail: detail() }, Code::AnswerUnusable),
        (LookupOutcome::OtherCode { code: detail() }, Code::AnswerUnusable),
        (LookupOutcome::NotFinished, Code::DeadlineReached),
    ] {
        let lookups =
            vec![lookup(Record::A, outcome.clone()), lookup(Record::Aaaa, outcome.clone())];
        let seen = HostObservation { host: ECS.to_owned(), lookups, ..HostObservation::default() };
        let (plan, seen) = with(ECS, seen);
        let judgement = judge(&surroundings(), &plan, &seen);
        assert_eq!(codes(&judgement), [code], "{outcome:?}");
    }
}

#[test]
fn a_recommended_endpoint_only_warns_and_an_optional_one_only_notes() {
    for (need, severity, status) in [
        (Need::Required, Severity::Fail, Status::Fail),
        (Need::Recommended, Severity::Warn, Status::Warn),
        (Need::Optional, Severity::Info, Status::Pass),
    ] {
        let (mut plan, seen) =
            with(ECS, host(ECS, vec![address("10.0.1.5", TcpOutcome::Refused, None)]));
        plan.endpoints[0].need = need;
        let judgement = judge(&surroundings(), &plan, &seen);
        assert_eq!(judgement.findings[0].severity, severity);
        assert_eq!(judgement.status, status);
        assert_ne!(judgement.checks[0].status, Status::Pass, "it was seen not to work");
    }
}

#[test]
fn the_three_ecs_endpoints_are_judged_as_a_set() {
    let (plan, seen) = with(ECS, host(ECS, vec![well("52.94.228.103")]));
    let judgement = judge(&surroundings(), &plan, &seen);
    let mut found = codes(&judgement);
    found.sort();
    assert_eq!(found, [Code::PublicAddress, Code::EcsEndpointsPartial]);
    let all_public = plan.endpoints.iter().flat_map(|endpoint| &endpoint.hosts);
    let hosts = all_public.map(|name| host(name, vec![well("52.94.228.103")])).collect();
    let judgement =
        judge(&surroundings(), &plan, &Observations { hosts, ..Observations::default() });
    assert!(!codes(&judgement).contains(&Code::EcsEndpointsPartial));
}

#[test]
fn ipv6_addresses_are_of_no_use_to_a_machine_without_ipv6() {
    let unreachable = TcpOutcome::Unreachable { detail: "x".to_owned() };
    let (plan, seen) =
        with(ECS, host(ECS, vec![well("10.0.1.5"), address("2600:1f18::5", unreachable, None)]));
    let judgement = judge(&surroundings(), &plan, &seen);
    assert_eq!(codes(&judgement), []);
    assert_eq!(judgement.checks[0].addresses[1].status, Status::Skip);
}

#[test]
fn one_cause_of_many_names_is_one_finding() {
    let plan = plan_with(&Selection::default());
    let mut seen = healthy(&plan);
    for host in &mut seen.hosts {
        host.addresses.clear();
        host.lookups = vec![lookup(Record::A, LookupOutcome::TimedOut)];
    }
    let judgement = judge(&surroundings(), &plan, &seen);
    assert_eq!(codes(&judgement), [Code::ResolverTimeout]);
    assert_eq!(judgement.findings[0].hosts.len(), seen.hosts.len());
}

#[test]
fn a_run_that_checked_nothing_does_not_pass() {
    let selection = Selection { skip: vec!["s3".to_owned()], ..Selection::default() };
    let mut plan = plan_with(&selection);
    plan.endpoints.clear();
    let judgement = judge(&surroundings(), &plan, &Observations::default());
    assert_eq!(judgement.status, Status::Unknown);
}

#[test]
fn a_connection_without_a_handshake_does_not_pass() {
    let connected = address("10.0.1.5", TcpOutcome::Connected, None);
    let (plan, seen) = with(ECS, host(ECS, vec![connected]));
    let judgement = judge(&surroundings(), &plan, &seen);
    assert_eq!(judgement.status, Status::Unknown);
}

fn any_tcp() -> impl Strategy<Value = TcpOutcome> {
    proptest::sample::select(vec![
        TcpOutcome::Connected,
        TcpOutcome::Refused,
        TcpOutcome::Reset,
        TcpOutcome::TimedOut,
        TcpOutcome::NotFinished,
        TcpOutcome::Unreachable { detail: "x".to_owned() },
        TcpOutcome::NotPermitted { detail: "x".to_owned() },
    ])
}

fn any_tls() -> impl Strategy<Value = TlsOutcome> {
    proptest::sample::select(vec![
        TlsOutcome::Completed,
        TlsOutcome::Expired,
        TlsOutcome::NotYetValid,
        TlsOutcome::UnknownIssuer,
        TlsOutcome::Stalled,
        TlsOutcome::Closed,
        TlsOutcome::NotFinished,
    ])
}

fn any_address() -> impl Strategy<Value = AddressObservation> {
    let ip = proptest::sample::select(vec![
        "10.0.1.5",
        "10.0.2.5",
        "192.168.0.1",
        "52.94.1.1",
        "127.0.0.1",
        "2600:1f18::5",
    ]);
    (ip, any_tcp(), any_tls()).prop_map(|(ip, tcp, tls)| {
        let tls = (tcp == TcpOutcome::Connected).then_some(tls);
        address(ip, tcp, tls)
    })
}

pub(super) fn any_run() -> impl Strategy<Value = (Plan, Observations)> {
    let plan = plan_with(&Selection::default());
    let names: Vec<String> =
        plan.endpoints.iter().flat_map(|endpoint| endpoint.hosts.clone()).collect();
    let hosts =
        proptest::collection::vec(proptest::collection::vec(any_address(), 0..4), names.len());
    hosts.prop_map(move |addresses| {
        let hosts =
            names.iter().zip(addresses).map(|(name, addresses)| host(name, addresses)).collect();
        (plan.clone(), Observations { hosts, ..Observations::default() })
    })
}

proptest! {
    #[test]
    fn the_verdict_is_the_worst_of_its_parts((plan, seen) in any_run()) {
        let judgement = judge(&surroundings(), &plan, &seen);
        let worst = judgement
            .findings
            .iter()
            .fold(Status::Pass, |worst, finding| worst.worst(finding.severity.status()));
        prop_assert_eq!(judgement.status, worst, "every check that is not well has a finding");
        for check in &judgement.checks {
            prop_assert_eq!(judgement.status.worst(check.status), judgement.status);
            let some_works = check.addresses.iter().any(|address| address.status == Status::Pass);
            prop_assert!(check.status != Status::Pass || some_works, "{:?}", check);
        }
        prop_assert_eq!(&judgement, &judge(&surroundings(), &plan, &seen));
    }

    #[test]
    fn taking_an_observation_away_never_makes_a_run_pass(
        (plan, seen) in any_run(), index in any::<proptest::sample::Index>(),
    ) {
        let before = judge(&surroundings(), &plan, &seen).status;
        let mut less = seen.clone();
        less.hosts.remove(index.index(seen.hosts.len()));
        let after = judge(&surroundings(), &plan, &less).status;
        prop_assert_eq!(after.worst(Status::Unknown), after, "what was taken away is needed");
        prop_assert!(before != Status::Fail || after != Status::Warn);
    }
}
