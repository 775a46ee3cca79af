//! Metrics of each endpoint's host names.

use vpce_probes::findings::EndpointCheck;
use vpce_probes::observation::HostObservation;
use vpce_probes::report::Report;
use vpce_probes::status::Status;

use super::encoder::{Encoder, Family, Kind};
use super::{one_or_zero, seconds};
use crate::render::measured::{
    STATUSES, certificate_end, connect_ms, handshake_ms, in_use, is_private, is_success, resolve_ms,
};

const SUCCESS: Family = Family(
    "vpce_probe_success",
    Kind::Gauge,
    "Displays whether or not the endpoint does its work; absent where that is not known",
);

const STATUS: Family =
    Family("vpce_probe_status", Kind::Gauge, "Displays the status of the endpoint");

const DURATION: Family = Family(
    "vpce_probe_duration_seconds",
    Kind::Gauge,
    "Returns how long each phase took for the slowest address; absent where it did not complete",
);

const PRIVATE: Family = Family(
    "vpce_probe_private",
    Kind::Gauge,
    "Displays whether or not all addresses of a name that should be private are",
);

const ADDRESSES: Family = Family(
    "vpce_probe_addresses",
    Kind::Gauge,
    "How many addresses of the name clients here use, by where they lie seen from this VPC",
);

const CERTIFICATE_END: Family = Family(
    "vpce_probe_cert_expiry_timestamp_seconds",
    Kind::Gauge,
    "Returns earliest expiry of the presented certificates in unixtime",
);

type Phase = (&'static str, fn(&HostObservation) -> Option<f64>);

const PHASES: [Phase; 3] =
    [("resolve", resolve_ms), ("connect", connect_ms), ("tls", handshake_ms)];

pub(super) fn add(page: &mut Encoder, report: &Report) {
    for check in &report.checks {
        if let Some(success) = is_success(check) {
            let need = ("need", check.need.word());
            page.add(&SUCCESS, &with(check, need), one_or_zero(success));
        }
    }
    for check in &report.checks {
        let labels = with(check, ("status", check.status.word()));
        page.states(&STATUS, &labels, STATUSES.into_iter().map(Status::word));
    }
    for check in &report.checks {
        for (phase, took) in PHASES {
            if let Some(took) = seen(report, check).and_then(took) {
                page.add(&DURATION, &with(check, ("phase", phase)), seconds(took));
            }
        }
    }
    for check in &report.checks {
        if let Some(private) = is_private(check) {
            page.add(&PRIVATE, &of(check), one_or_zero(private));
        }
    }
    for check in &report.checks {
        for address in in_use(check) {
            let class = address.class;
            let count = in_use(check).filter(|other| other.class == class).count();
            // Further addresses of the same class add nothing: the series is there.
            page.add(&ADDRESSES, &with(check, ("class", class.word())), count as f64);
        }
    }
    for check in &report.checks {
        if let Some(end) = seen(report, check).and_then(certificate_end) {
            page.add(&CERTIFICATE_END, &of(check), end as f64);
        }
    }
}

fn of(check: &EndpointCheck) -> [(&str, &str); 2] {
    [("service", &check.service), ("host", &check.host)]
}

fn with<'a>(check: &'a EndpointCheck, label: (&'a str, &'a str)) -> [(&'a str, &'a str); 3] {
    let [service, host] = of(check);
    [service, host, label]
}

fn seen<'a>(report: &'a Report, check: &EndpointCheck) -> Option<&'a HostObservation> {
    report.observations.host(&check.host)
}
