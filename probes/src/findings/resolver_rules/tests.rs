use crate::findings::tests::{ECS, address, codes, known, plan_with, surroundings};
use crate::findings::{Code, Judgement, judge};
use crate::observation::{
    HostObservation, Lookup, LookupAttempt, LookupOutcome, Observations, Record, SeparateAnswer,
    TcpOutcome, TlsOutcome,
};
use crate::plan::Selection;
use crate::surroundings::{ResolverAddress, ResolverKind, ResolverSettings};

fn answered(addresses: &[&str]) -> LookupOutcome {
    let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
    LookupOutcome::Answered { addresses, chain: Vec::new(), ttl_ms: 60_000.0 }
}

/// A run in which the configured resolver and another one say this of the name of ecs.
fn said_by_two(
    configured: ResolverAddress,
    clients: LookupOutcome,
    other: ResolverAddress,
    others: LookupOutcome,
    works: bool,
) -> Judgement {
    let tls = if works { TlsOutcome::Completed } else { TlsOutcome::Stalled };
    let addresses = match &clients {
        LookupOutcome::Answered { addresses, .. } => addresses.clone(),
        _ => Vec::new(),
    };
    let addresses = addresses
        .iter()
        .map(|ip| address(&ip.to_string(), TcpOutcome::Connected, Some(tls.clone())))
        .collect();
    let attempt = |server, outcome| LookupAttempt { server, outcome, elapsed_ms: 1.0 };
    let seen = HostObservation {
        host: ECS.to_owned(),
        lookups: vec![
            Lookup { record: Record::A, attempts: vec![attempt(configured.address, clients)] },
            Lookup {
                record: Record::Aaaa,
                attempts: vec![attempt(configured.address, LookupOutcome::NoData)],
            },
        ],
        separately: vec![SeparateAnswer {
            record: Record::A,
            kind: other.kind,
            attempt: attempt(other.address, others),
        }],
        addresses,
        ..HostObservation::default()
    };
    let mut here = surroundings();
    let mut servers = vec![configured];
    if other.kind != ResolverKind::Amazon {
        servers.push(other);
    }
    here.resolvers =
        known(ResolverSettings { servers, timeout_ms: 5000.0, attempts: 2, use_tcp: false });
    let only = Selection { only: vec!["ecs".to_owned()], ..Selection::default() };
    let plan = plan_with(&only);
    judge(&here, &plan, &Observations { hosts: vec![seen], ..Observations::default() })
}

fn resolver(text: &str, kind: ResolverKind) -> ResolverAddress {
    ResolverAddress { address: text.parse().unwrap(), kind }
}

#[test]
fn resolvers_are_compared_by_what_their_answers_mean() {
    let public = || answered(&["52.94.1.1"]);
    let private = || answered(&["10.0.1.5", "10.0.2.5"]);
    let elsewhere = || answered(&["192.168.0.1"]);
    let nothing = || LookupOutcome::NoSuchName;
    let (not_forwarded, disagree) = (Some(Code::NotForwarded), Some(Code::ResolversDisagree));
    let custom = || resolver("10.0.3.53", ResolverKind::Other);
    for (clients, others, of_amazon, of_second) in [
        (public(), private(), not_forwarded, disagree),
        (nothing(), private(), not_forwarded, disagree),
        (LookupOutcome::ServerFailure, private(), not_forwarded, None),
        (LookupOutcome::NoData, private(), not_forwarded, disagree),
        (LookupOutcome::TimedOut, private(), None, None),
        (LookupOutcome::Refused, private(), None, None),
        (private(), public(), None, disagree),
        (private(), nothing(), None, disagree),
        (private(), LookupOutcome::TimedOut, None, None),
        (private(), LookupOutcome::ServerFailure, None, None),
        (private(), LookupOutcome::NotFinished, None, None),
        (private(), private(), None, None),
        (private(), answered(&["10.0.2.5"]), None, None),
        (private(), answered(&["10.0.3.5"]), None, None),
        (private(), answered(&["2600:1f18::5"]), None, disagree),
        (private(), elsewhere(), disagree, disagree),
        (elsewhere(), private(), disagree, disagree),
        (public(), answered(&["52.94.1.2"]), None, None),
        (public(), nothing(), None, None),
        (nothing(), nothing(), None, None),
        (public(), answered(&["127.0.0.1"]), None, None),
    ] {
        for (other, expected) in [
            (resolver("169.254.169.253", ResolverKind::Amazon), of_amazon),
            (resolver("10.0.4.53", ResolverKind::Other), of_second),
        ] {
            let judged =
                said_by_two(custom(), clients.clone(), other.clone(), others.clone(), true);
            let found: Vec<_> = codes(&judged)
                .into_iter()
                .filter(|code| [Code::NotForwarded, Code::ResolversDisagree].contains(code))
                .collect();
            let case = format!("{clients:?} beside {others:?} of {:?}", other.kind);
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{case}");
        }
    }
}

#[test]
fn other_addresses_in_this_vpc_count_when_those_in_use_do_not_work() {
    for (works, expected) in [(true, false), (false, true)] {
        let judged = said_by_two(
            resolver("10.0.3.53", ResolverKind::Other),
            answered(&["10.0.1.77"]),
            resolver("169.254.169.253", ResolverKind::Amazon),
            answered(&["10.0.1.5"]),
            works,
        );
        assert_eq!(codes(&judged).contains(&Code::ResolversDisagree), expected);
    }
}

#[test]
fn a_stub_is_told_from_a_resolver_of_your_own() {
    for (text, kind, says) in [
        ("10.0.3.53", ResolverKind::Other, "In 10.0.3.53, add a conditional forwarder"),
        ("127.0.0.53", ResolverKind::Stub, "stub of systemd-resolved"),
        ("127.0.0.11", ResolverKind::Stub, "stub of Docker"),
        ("127.0.0.1", ResolverKind::Stub, "a resolver on this machine"),
    ] {
        let judged = said_by_two(
            resolver(text, kind),
            answered(&["52.94.1.1"]),
            resolver("169.254.169.253", ResolverKind::Amazon),
            answered(&["10.0.1.5"]),
            true,
        );
        assert_eq!(codes(&judged), [Code::NotForwarded, Code::PublicAddress]);
        let change = &judged.findings[0].change;
        assert!(change.contains(says) && change.contains("amazonaws.com"), "{change}");
        assert_eq!(judged.findings[1].change, "Follow VPCE022.");
    }
}
