//! A wrong clock, and the certificates that it makes look bad.

use time::{Duration, OffsetDateTime};

use super::finding::Words;
use super::host_view::{AddressView, HostView};
use super::{Code, Finding};
use crate::observation::{Observations, TlsOutcome};
use crate::status::Severity;
use crate::surroundings::{LaunchType, Surroundings};
use crate::timestamp::parse_rfc3339;

/// AWS refuses signed requests whose time is further off than this.
/// Source: AWS General Reference, "Signature Version 4": requests expire after five minutes.
const MAX_CLOCK_OFFSET_S: f64 = 300.0;

/// Certificates that must seem outside their validity, and no other valid, before the clock is
/// suspected without having been measured.
const SUSPICIOUS_CERTIFICATES: usize = 3;

/// What is known of this machine's clock.
pub(super) struct Clock {
    /// How far it is ahead, in seconds, when that is more than AWS accepts.
    off_by_s: Option<f64>,
    /// The time by the other clock, when this one is off.
    other: Option<OffsetDateTime>,
    /// Nothing measured the clock, and every certificate seems to be outside its validity.
    suspect: bool,
    /// The clock is that of a host nobody here can log in to.
    on_fargate: bool,
}

impl Clock {
    pub(super) fn new(
        surroundings: &Surroundings,
        observations: &Observations,
        views: &[HostView<'_>],
    ) -> Self {
        let measured = surroundings.clock_offset_ms.value().map(|offset| offset / 1000.0);
        let off_by_s = measured.filter(|offset| offset.abs() > MAX_CLOCK_OFFSET_S);
        let other = off_by_s
            .zip(parse_rfc3339(&observations.started_at))
            .and_then(|(offset, here)| here.checked_sub(Duration::saturating_seconds_f64(offset)));
        let judged: Vec<_> = views
            .iter()
            .flat_map(HostView::in_use)
            .filter_map(AddressView::tls_outcome)
            .filter(|outcome| **outcome == TlsOutcome::Completed || is_about_time(outcome))
            .collect();
        let suspect = measured.is_none()
            && judged.len() >= SUSPICIOUS_CERTIFICATES
            && judged.iter().all(|outcome| is_about_time(outcome));
        let on_fargate = surroundings.launch_type.value() == Some(&LaunchType::FargateTask);
        Self { off_by_s, other, suspect, on_fargate }
    }

    /// Whether it is known to be wrong.
    pub(super) fn is_off(&self) -> bool {
        self.off_by_s.is_some()
    }

    /// Whether a certificate only seems to be outside its validity because this clock is wrong.
    pub(super) fn explains(&self, address: &AddressView<'_>) -> bool {
        if !address.tls_outcome().is_some_and(is_about_time) {
            return false;
        }
        let leaf = address.seen.tls.as_ref().and_then(|tls| tls.chain.first());
        let valid_by_other_clock = self.other.zip(leaf).is_some_and(|(other, leaf)| {
            parse_rfc3339(&leaf.not_before).is_some_and(|begin| begin <= other)
                && parse_rfc3339(&leaf.not_after).is_some_and(|end| other <= end)
        });
        self.suspect || valid_by_other_clock
    }
}

/// The clock is one finding, whatever it spoils.
pub(super) fn judge(clock: &Clock, views: &[HostView<'_>]) -> Option<Finding> {
    let seen = match clock.off_by_s {
        Some(offset) => format!("this machine's clock is {} the metadata service's", far(offset)),
        None if clock.suspect => "every certificate seems to be outside its validity".to_owned(),
        None => return None,
    };
    let spoilt: Vec<&HostView<'_>> = views
        .iter()
        .filter(|view| view.in_use().iter().any(|address| clock.explains(address)))
        .collect();
    let meaning = match (clock.suspect, spoilt.is_empty()) {
        (true, _) => {
            "The clock of this machine is the likely cause: then AWS also refuses its signed requests, and the endpoints themselves may be well."
        }
        (false, false) => {
            "That is why certificates seem expired or not valid yet. AWS also refuses signed requests whose time is more than five minutes off. The endpoints themselves may be well."
        }
        (false, true) => "AWS refuses signed requests whose time is more than five minutes off.",
    };
    let change = if clock.on_fargate {
        "The clock is that of the host, which AWS looks after: start the task again, and tell AWS Support if it stays wrong."
    } else {
        "Set the clock: run chrony with the Amazon Time Sync Service (169.254.169.123), and check that it is synchronised (chronyc tracking)."
    };
    let finding =
        Finding::general(Code::ClockOff, Severity::Fail, Words::new(seen, meaning, change));
    let services = spoilt.iter().map(|view| view.endpoint.service.clone()).collect();
    let hosts = spoilt.iter().map(|view| view.host.to_owned()).collect();
    Some(Finding { services, hosts, ..finding })
}

fn is_about_time(outcome: &TlsOutcome) -> bool {
    matches!(outcome, TlsOutcome::Expired | TlsOutcome::NotYetValid)
}

fn far(offset_s: f64) -> String {
    let (amount, side) = (offset_s.abs(), if offset_s > 0.0 { "ahead of" } else { "behind" });
    if amount >= 172_800.0 {
        format!("{:.0} days {side}", amount / 86_400.0)
    } else if amount >= 7_200.0 {
        format!("{:.0} hours {side}", amount / 3_600.0)
    } else {
        format!("{:.0} minutes {side}", amount / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::{Fact, Source};

    #[test]
    fn no_offset_is_too_large() {
        let observations = Observations {
            started_at: "2026-05-04T06:14:02Z".to_owned(),
            ..Observations::default()
        };
        for offset in [1e30, -1e30, f64::MAX, f64::INFINITY, f64::NAN] {
            let clock_offset_ms = Fact::known(offset, Source::INSTANCE_METADATA);
            let surroundings = Surroundings { clock_offset_ms, ..Surroundings::default() };
            let clock = Clock::new(&surroundings, &observations, &[]);
            assert_eq!(clock.other, None, "{offset}");
        }
    }

    #[test]
    fn offsets_read_well() {
        assert_eq!(far(400.0), "7 minutes ahead of");
        assert_eq!(far(-7_200.0), "2 hours behind");
        assert_eq!(far(-63_072_000.0), "730 days behind");
    }
}
