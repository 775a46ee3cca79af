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
