//! The line of one check.

use std::fmt::Write;

use vpce_probes::address_class::AddressClass;
use vpce_probes::catalog::Expectation;
use vpce_probes::findings::{AddressCheck, Code, EndpointCheck, S3Path};
use vpce_probes::status::Status;

use super::page::Page;
use super::style::mark;

/// Addresses that a line shows.
const SHOWN: usize = 4;

/// Host names are padded to this many columns at most.
const HOST_COLUMNS: usize = 46;

/// How wide the columns are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    service: usize,
    host: usize,
}

impl Columns {
    /// Wide enough for these checks.
    pub(super) fn of(checks: &[EndpointCheck]) -> Self {
        let widest = |width: fn(&EndpointCheck) -> usize| checks.iter().map(width).max();
        Self {
            service: widest(|check| check.title().len()).unwrap_or_default(),
            host: widest(|check| check.host.len()).unwrap_or_default().min(HOST_COLUMNS),
        }
    }

    /// `  ok    ecs   ecs.us-east-1.amazonaws.com   10.0.1.101 10.0.2.101   3 ms`
    ///
    /// Findings that stand above already are named at its end.
    pub(super) fn line(self, check: &EndpointCheck, told: &[&str], page: &mut Page) {
        let mut line = format!(
            "  {:service$}  {:host$}  {}",
            check.title(),
            check.host,
            addresses(check),
            service = self.service,
            host = self.host,
        );
        if let Some(elapsed) = check.elapsed_ms.filter(|_| !check.addresses.is_empty()) {
            // Writing to a String cannot fail.
            let _ = write!(line, "  {elapsed:.0} ms");
        }
        if !told.is_empty() {
            let _ = write!(line, "  ({} above)", told.join(", "));
        }
        page.marked_line("  ", mark(check.status, check.is_note()), &line);
    }
}

fn addresses(check: &EndpointCheck) -> String {
    if check.addresses.is_empty() {
        return "no address".to_owned();
    }
    let all_work = check.addresses.iter().all(|address| address.status != Status::Fail);
    let mut words: Vec<String> =
        check.addresses.iter().take(SHOWN).map(|address| one(check, address, all_work)).collect();
    if check.addresses.len() > SHOWN {
        words.push(format!("+{} more", check.addresses.len() - SHOWN));
    }
    let separator = if all_work { " " } else { ", " };
    let mut text = words.join(separator);
    match check.path.as_ref().and_then(S3Path::words) {
        Some(path) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "  {path}");
        }
        None if check.status == Status::Pass && check.expectation == Expectation::Gateway => {
            let is_private = check.addresses.iter().all(|address| address.class.is_private());
            text.push_str(if is_private { "  reachable" } else { "  gateway expected, reachable" });
        }
        None => {}
    }
    text
}

fn one(check: &EndpointCheck, address: &AddressCheck, all_work: bool) -> String {
    let kind = match (address.class, check.expectation) {
        (AddressClass::Public, Expectation::Private) => " (public)",
        (AddressClass::Public, _) if check.codes.contains(&Code::OtherRegion) => " (public)",
        (AddressClass::Unusable, _) => " (unusable)",
        // Without the VPC's ranges every private address is of this class.
        (AddressClass::PrivateElsewhere, _) if check.codes.contains(&Code::PrivateElsewhere) => {
            " (elsewhere)"
        }
        _ => "",
    };
    let result = match address.status {
        Status::Pass if all_work => String::new(),
        Status::Pass => " ok".to_owned(),
        Status::Skip => " unused".to_owned(),
        _ => format!(" {}", address.result),
    };
    format!("{}{kind}{result}", address.address)
}
