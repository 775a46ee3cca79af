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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::judge;
    use crate::findings::tests::{host, plan_with, surroundings, well};
    use crate::plan::Selection;
    use crate::status::Status;
    use crate::surroundings::{Fact, Source, Surroundings};

    fn leaf(not_after: &str) -> Certificate {
        Certificate {
            subject: String::new(),
            issuer: "O=Amazon, CN=Amazon RSA 2048 M02".to_owned(),
            names: Vec::new(),
            not_before: "2026-01-01T00:00:00Z".to_owned(),
            not_after: not_after.to_owned(),
            sha256: String::new(),
        }
    }

    #[test]
    fn an_end_within_two_weeks_is_told_once_and_changes_nothing() {
        let selection = Selection {
            features: vec!["exec".to_owned()],
            only: vec!["ecs".to_owned(), "kms".to_owned()],
            ..Selection::default()
        };
        let plan = plan_with(&selection);
        let run = |not_after: &str, offset_ms: f64| {
            let hosts = plan.host_names().into_iter().map(|name| {
                let mut seen = well("10.0.1.5");
                seen.tls.as_mut().unwrap().chain.push(leaf(not_after));
                host(name, vec![seen])
            });
            let started_at = "2026-11-01T00:00:00Z".to_owned();
            let observations =
                Observations { started_at, hosts: hosts.collect(), ..Observations::default() };
            let clock_offset_ms = Fact::known(offset_ms, Source::INSTANCE_METADATA);
            let place = Surroundings { clock_offset_ms, ..surroundings() };
            judge(&place, &plan, &observations)
        };
        let soon = run("2026-11-14T23:59:59Z", 0.0);
        let found: Vec<_> = soon.findings.iter().map(|finding| finding.code).collect();
        assert_eq!((soon.status, found.as_slice()), (Status::Pass, &[Code::CertificateEnding][..]));
        assert_eq!(soon.findings[0].hosts.len(), 2);
        assert!(soon.checks.iter().all(|check| check.status == Status::Pass), "optional ones too");
        assert!(run("2026-11-15T00:00:01Z", 0.0).findings.is_empty());
        let by_a_wrong_clock = run("2026-11-14T23:59:59Z", 3_600_000.0);
        assert!(by_a_wrong_clock.findings.iter().all(|one| one.code == Code::ClockOff));
    }
}
