//! One endpoint of the plan, and why it is in it.

use serde::{Deserialize, Serialize};

use super::demand::{TASK_DEFINITION, TASK_METADATA};
use crate::catalog::{Document, EndpointKind, Expectation, Need};

/// One endpoint of the plan.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Endpoint {
    /// The service: `ecs`, `ecr.dkr`, ...; `host` for a name given by `--host`.
    pub service: String,
    /// What tells two endpoints of one service apart: `layers`.
    pub label: Option<String>,
    /// The Region, where it is another one than the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Whether an interface endpoint of this VPC can lead to the service in that other Region.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cross_region: bool,
    /// Heading under which reports show it.
    pub group: String,
    /// The name under which the endpoint is created: `com.amazonaws.us-east-1.ecs`.
    pub endpoint_service_name: Option<String>,
    /// Interface or gateway endpoint.
    pub kind: Option<EndpointKind>,
    /// What its names should resolve to.
    pub expectation: Expectation,
    /// How much it is needed.
    pub need: Need,
    /// Why, with the documents.
    pub reasons: Vec<Reason>,
    /// The host names to check.
    pub hosts: Vec<String>,
    /// The private DNS names that the endpoint owns. Empty: not verified.
    pub private_dns: Vec<String>,
    /// What a person should know about this endpoint.
    pub notes: Vec<String>,
}

impl Endpoint {
    /// The service with its label: `s3 (layers)`.
    pub fn title(&self) -> String {
        titled(&self.service, self.label.as_deref())
    }
}

/// A service with its label: `s3 (layers)`.
pub(crate) fn titled(service: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("{service} ({label})"),
        None => service.to_owned(),
    }
}

/// Why an endpoint is in the plan.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// Who needs it: `profile ec2`, `feature logs`, `option --service`.
    pub who: String,
    /// How much.
    pub need: Need,
    /// Why, in one sentence.
    pub text: String,
    /// The document it comes from, unless the user asked for it.
    pub source: Option<Document>,
}

impl Reason {
    /// Whether a line of a task definition or of the task metadata asks.
    pub fn is_of_task(&self) -> bool {
        [TASK_DEFINITION, TASK_METADATA].iter().any(|document| self.who.starts_with(document))
    }
}

pub(super) fn add_reason(endpoint: &mut Endpoint, reason: Reason) {
    endpoint.need = endpoint.need.max(reason.need);
    endpoint.reasons.push(reason);
}

pub(super) fn asked_for(option: &str, purpose: &str) -> Reason {
    Reason {
        who: format!("option {option}"),
        need: Need::Required,
        text: format!("Asked for by the caller. {purpose}").trim_end().to_owned(),
        source: None,
    }
}

pub(super) fn named_host(host: &str) -> Endpoint {
    Endpoint {
        service: "host".to_owned(),
        label: None,
        region: None,
        cross_region: false,
        group: "Other names".to_owned(),
        endpoint_service_name: None,
        kind: None,
        expectation: Expectation::Private,
        need: Need::Required,
        reasons: vec![asked_for("--host", "")],
        hosts: vec![host.to_owned()],
        private_dns: Vec::new(),
        notes: Vec::new(),
    }
}
