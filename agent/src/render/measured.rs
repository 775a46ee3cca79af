//! What metrics say of one host name, read off the finished report. What was not observed is none:
//! neither a success nor a failure, and no duration of zero.

use vpce_probes::address_class::AddressClass;
use vpce_probes::catalog::{Expectation, Need};
use vpce_probes::findings::{AddressCheck, EndpointCheck};
use vpce_probes::observation::{
    HostObservation, Lookup, LookupOutcome, TcpOutcome, TlsObservation, TlsOutcome,
};
use vpce_probes::status::Status;
use vpce_probes::timestamp::parse_rfc3339;

/// Every status, in the order in which metrics show them.
pub(super) const STATUSES: [Status; 5] =
    [Status::Pass, Status::Warn, Status::Unknown, Status::Fail, Status::Skip];

/// Longest text from outside in a metric, in bytes.
const LONGEST: usize = 255;

/// Whether the endpoint does its work. A required one that only needs a look does; one that is less
/// than required is never worse than `warn`, so that `warn` means there that it does not.
pub(super) fn is_success(check: &EndpointCheck) -> Option<bool> {
    match check.status {
        Status::Pass => Some(true),
        Status::Warn => Some(check.need == Need::Required),
        Status::Fail => Some(false),
        Status::Skip | Status::Unknown => None,
    }
}

/// Whether all addresses that a client would use are private, where they should be.
pub(super) fn is_private(check: &EndpointCheck) -> Option<bool> {
    let mut classes = in_use(check).map(|address| address.class).peekable();
    if check.expectation != Expectation::Private || classes.peek().is_none() {
        return None;
    }
    classes
        .try_fold(Some(true), |so_far, class| match class {
            AddressClass::Unknown => Ok(None),
            class if class.is_private() => Ok(so_far),
            _ => Err(Some(false)),
        })
        .unwrap_or_else(|decided| decided)
}

/// The addresses that clients here use.
pub(super) fn in_use(check: &EndpointCheck) -> impl Iterator<Item = &AddressCheck> {
    check.addresses.iter().filter(|address| address.status != Status::Skip)
}

/// How long the resolvers needed to tell a client, in milliseconds.
pub(super) fn resolve_ms(seen: &HostObservation) -> Option<f64> {
    slowest(
        seen.lookups
            .iter()
            .filter(|lookup| is_told(lookup))
            .map(|lookup| lookup.attempts.iter().map(|attempt| attempt.elapsed_ms).sum()),
    )
}

fn is_told(lookup: &Lookup) -> bool {
    use LookupOutcome::{Answered, NoData, NoSuchName};
    matches!(lookup.outcome(), Some(Answered { .. } | NoSuchName | NoData))
}

/// How long the slowest address needed to connect, in milliseconds.
pub(super) fn connect_ms(seen: &HostObservation) -> Option<f64> {
    let tcp = seen.addresses.iter().map(|address| &address.tcp);
    slowest(tcp.filter(|tcp| tcp.outcome == TcpOutcome::Connected).map(|tcp| tcp.elapsed_ms))
}

/// How long the slowest handshake took, in milliseconds.
pub(super) fn handshake_ms(seen: &HostObservation) -> Option<f64> {
    let tls = handshakes(seen);
    slowest(tls.filter(|tls| tls.outcome == TlsOutcome::Completed).map(|tls| tls.elapsed_ms))
}

/// When the first of the presented certificates ends, in seconds since 1970.
pub(super) fn certificate_end(seen: &HostObservation) -> Option<i64> {
    let ends = handshakes(seen).flat_map(|tls| &tls.chain);
    ends.filter_map(|certificate| unix_time(&certificate.not_after)).min()
}

fn handshakes(seen: &HostObservation) -> impl Iterator<Item = &TlsObservation> {
    seen.addresses.iter().filter_map(|address| address.tls.as_ref())
}

fn slowest(times: impl Iterator<Item = f64>) -> Option<f64> {
    times.reduce(f64::max)
}

/// Seconds since 1970.
pub(super) fn unix_time(rfc3339: &str) -> Option<i64> {
    parse_rfc3339(rfc3339).map(|moment| moment.unix_timestamp())
}

/// A text from outside, printable and of bounded length.
pub(super) fn bounded(text: &str) -> String {
    // Printable text is ASCII: it can be cut anywhere.
    let mut text = vpce_probes::printable::printable(text);
    text.truncate(LONGEST);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::test_reports::healthy;

    /// The first check, of an endpoint that should be private, with what was seen of it.
    fn one() -> (EndpointCheck, HostObservation) {
        let report = healthy();
        let check = report.checks[0].clone();
        let seen = report.observations.host(&check.host).unwrap().clone();
        assert_eq!((check.expectation, check.addresses.len()), (Expectation::Private, 2));
        (check, seen)
    }

    #[test]
    fn only_what_is_known_is_a_success_or_none() {
        let (mut check, _) = one();
        let mut success = |need, status| {
            (check.need, check.status) = (need, status);
            is_success(&check)
        };
        for need in [Need::Required, Need::Recommended, Need::Optional] {
            assert_eq!(success(need, Status::Pass), Some(true));
            assert_eq!(success(need, Status::Fail), Some(false));
            assert_eq!(success(need, Status::Unknown), None);
            assert_eq!(success(need, Status::Skip), None);
            assert_eq!(success(need, Status::Warn), Some(need == Need::Required));
        }
    }

    #[test]
    fn private_are_only_names_all_of_whose_addresses_are() {
        use AddressClass::{InSubnet, InVpc, PrivateElsewhere, Public, Unknown, Unusable};
        let (mut check, _) = one();
        let mut private = |first, second| {
            (check.addresses[0].class, check.addresses[1].class) = (first, second);
            is_private(&check)
        };
        assert_eq!(private(InSubnet, InVpc), Some(true));
        assert_eq!(private(PrivateElsewhere, Public), Some(false));
        assert_eq!(private(Unusable, InVpc), Some(false));
        assert_eq!(private(Unknown, InVpc), None);
        assert_eq!(private(InVpc, Unknown), None);
        assert_eq!(private(Unknown, Public), Some(false));
        check.addresses[1].status = Status::Skip;
        check.addresses[0].class = InVpc;
        assert_eq!(is_private(&check), Some(true), "what nobody uses does not count");
        check.expectation = Expectation::Gateway;
        assert_eq!(is_private(&check), None);
        (check.expectation, check.addresses) = (Expectation::Private, Vec::new());
        assert_eq!(is_private(&check), None);
    }

    #[test]
    fn a_wait_in_vain_is_no_duration() {
        let (_, mut seen) = one();
        let measured = |seen: &HostObservation| {
            [resolve_ms(seen), connect_ms(seen), handshake_ms(seen)].map(|took| took.is_some())
        };
        assert_eq!(measured(&seen), [true, true, true]);
        for lookup in &mut seen.lookups {
            for attempt in &mut lookup.attempts {
                attempt.outcome = LookupOutcome::TimedOut;
            }
        }
        for address in &mut seen.addresses {
            address.tls.as_mut().unwrap().outcome = TlsOutcome::Stalled;
        }
        assert_eq!(measured(&seen), [false, true, false]);
        assert!(certificate_end(&seen).is_some(), "it was presented, whatever came after");
        for address in &mut seen.addresses {
            address.tcp.outcome = TcpOutcome::TimedOut;
            address.tls = None;
        }
        assert_eq!(measured(&seen), [false, false, false]);
        assert_eq!(certificate_end(&seen), None);
    }

    #[test]
    fn the_slowest_address_and_the_first_end_count() {
        let (_, mut seen) = one();
        seen.addresses[1].tcp.elapsed_ms = 123.0;
        assert_eq!(connect_ms(&seen), Some(123.0));
        let chain = &mut seen.addresses[1].tls.as_mut().unwrap().chain;
        chain.last_mut().unwrap().not_after = "2026-11-22T00:00:00Z".to_owned();
        assert_eq!(certificate_end(&seen), unix_time("2026-11-22T00:00:00Z"));
    }
}
