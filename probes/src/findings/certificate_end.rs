//! Certificates that end soon. AWS renews its own: this is news, and never a verdict.

use time::{Duration, OffsetDateTime};

use super::clock_rules::Clock;
use super::finding::Words;
use super::host_view::{AddressView, HostView};
use super::{Code, Finding};
use crate::observation::{Certificate, Observations};
use crate::status::Severity;
use crate::timestamp::parse_rfc3339;

/// What ends within this time is told. Certificates of AWS are renewed weeks before their end.
const SOON: Duration = Duration::days(14);

/// Certificates that are shown; all of their names are listed.
const SHOWN: usize = 3;

/// One finding for all names.
pub(super) fn judge(
    clock: &Clock,
    observations: &Observations,
    views: &[HostView<'_>],
) -> Option<Finding> {
    let now = parse_rfc3339(&observations.started_at)?;
    if clock.is_off() {
        return None;
    }
    let ending: Vec<(&HostView<'_>, Vec<&Certificate>)> = views
        .iter()
        .map(|view| (view, ending_of(view, now)))
        .filter(|(_, ending)| !ending.is_empty())
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for leaf in ending.iter().flat_map(|(_, ending)| ending) {
        let words = format!("valid until {}, issued by {}", leaf.not_after, leaf.issuer);
        if !seen.contains(&words) {
            seen.push(words);
        }
    }
    seen.sort();
    let more = seen.len().saturating_sub(SHOWN);
    seen.truncate(SHOWN);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let finding = Finding::general(
        Code::CertificateEnding,
        Severity::Info,
        Words::new(
            format!("{}{more}", seen.join("; ")),
            "The certificate is good, and ends within two weeks. AWS renews its own in time. Any other is that of a TLS inspection or proxy of yours, as the issuer tells, and yours to renew.",
            "Nothing, where the issuer is Amazon or another public authority. Otherwise see that what answers in place of AWS gets its next certificate in time.",
        ),
    );
    let services = ending.iter().map(|(view, _)| view.endpoint.service.clone()).collect();
    let hosts: Vec<String> = ending.iter().map(|(view, _)| view.host.to_owned()).collect();
    (!hosts.is_empty()).then_some(Finding { services, hosts, ..finding })
}

fn ending_of<'a>(view: &HostView<'a>, now: OffsetDateTime) -> Vec<&'a Certificate> {
    view.in_use()
        .into_iter()
        .filter(|address| address.works())
        .filter_map(AddressView::leaf)
        .filter(|leaf| parse_rfc3339(&leaf.not_after).is_some_and(|end| end - now < SOON))
        .collect()
}
