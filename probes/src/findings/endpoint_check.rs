//! The result for each host name of each endpoint.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::deadline_rules::is_unfinished;
use super::host_view::{AddressView, HostView};
use super::{Code, Finding, S3Path};
use crate::address_class::AddressClass;
use crate::catalog::{Expectation, Need};
use crate::plan::titled;
use crate::status::Status;

/// The result for one host name of one endpoint.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointCheck {
    /// The service: `s3`.
    pub service: String,
    /// What tells two endpoints of one service apart: `layers`.
    pub label: Option<String>,
    /// Heading under which reports show it.
    pub group: String,
    /// The host name.
    pub host: String,
    /// How much it is needed.
    pub need: Need,
    /// What the name should resolve to.
    pub expectation: Expectation,
    /// The result. An optional endpoint that does not work is `warn` here, and never changes the
    /// verdict of the run.
    pub status: Status,
    /// One entry for each address that a client would use.
    pub addresses: Vec<AddressCheck>,
    /// From the start of the lookup to the end of the last handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<f64>,
    /// Which way connections take, for names of Amazon S3 that were reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<S3Path>,
    /// The findings about it.
    pub codes: Vec<Code>,
}

impl EndpointCheck {
    /// Whether it is an optional endpoint that does not work: worth knowing, and no warning.
    pub fn is_note(&self) -> bool {
        self.need == Need::Optional && self.status == Status::Warn
    }

    /// What it makes of the verdict of the run.
    pub fn in_the_verdict(&self) -> Status {
        match (self.need, self.status) {
            (Need::Required, Status::Skip) => Status::Unknown,
            (Need::Required, status) => status,
            (Need::Recommended, Status::Pass) | (Need::Optional, _) => Status::Pass,
            (Need::Recommended, _) => Status::Warn,
        }
    }

    /// The service with its label: `s3 (layers)`.
    pub fn title(&self) -> String {
        titled(&self.service, self.label.as_deref())
    }
}

/// The result for one address.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressCheck {
    /// The address.
    pub address: IpAddr,
    /// What kind of address it is.
    pub class: AddressClass,
    /// `pass` when the handshake completed, `skip` when clients here never use it.
    pub status: Status,
    /// What came of connecting, in a few words.
    pub result: String,
}

/// The results, in the order of the plan. Takes findings as the rules made them, one for a name.
pub(super) fn checks(
    views: &[HostView<'_>],
    findings: &[Finding],
    path: impl Fn(&HostView<'_>) -> Option<S3Path>,
) -> Vec<EndpointCheck> {
    let checked = |view| EndpointCheck { path: path(view), ..check(view, findings) };
    views.iter().map(checked).collect()
}

fn check(view: &HostView<'_>, findings: &[Finding]) -> EndpointCheck {
    let about: Vec<&Finding> = findings.iter().filter(|finding| finding.is_about(view)).collect();
    let addresses: Vec<AddressCheck> = view.addresses.iter().map(address_check).collect();
    let mut status =
        about.iter().map(|finding| finding.severity.status()).fold(Status::Pass, Status::worst);
    let works = view.in_use().iter().any(|address| address.works());
    if status == Status::Pass && !works {
        let tried = view.observed.is_some_and(|seen| !seen.addresses.is_empty());
        status = match (view.endpoint.need, tried) {
            (Need::Optional, _) => Status::Warn,
            (_, true) => Status::Unknown,
            (_, false) => Status::Skip,
        };
    }
    let is_troubled = about.iter().any(|finding| !is_mere_news(finding.code));
    if view.endpoint.need == Need::Optional && status == Status::Pass && is_troubled {
        status = Status::Warn;
    }
    if status != Status::Fail && is_unfinished(view) {
        status = Status::Unknown;
    }
    let mut codes: Vec<Code> = about.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    EndpointCheck {
        service: view.endpoint.service.clone(),
        label: view.endpoint.label.clone(),
        group: view.endpoint.group.clone(),
        host: view.host.to_owned(),
        need: view.endpoint.need,
        expectation: view.endpoint.expectation,
        status,
        addresses,
        elapsed_ms: view.observed.map(|seen| seen.elapsed_ms),
        path: None,
        codes,
    }
}

/// Whether an optional endpoint can be well all the same.
fn is_mere_news(code: Code) -> bool {
    matches!(code, Code::PinnedName | Code::CertificateEnding | Code::S3PathUnknown)
}

fn address_check(view: &AddressView<'_>) -> AddressCheck {
    let status = if view.works() {
        Status::Pass
    } else if view.out_of_use {
        Status::Skip
    } else if view.is_unfinished() {
        Status::Unknown
    } else {
        Status::Fail
    };
    AddressCheck { address: view.address, class: view.class, status, result: view.words() }
}
