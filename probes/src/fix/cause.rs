//! Why one endpoint does not work, as far as an endpoint can mend it.

use super::remedy::{Remedy, are_explained_otherwise};
use crate::address_class::AddressClass;
use crate::catalog::{EndpointKind, Expectation, Need};
use crate::findings::{Code, EndpointCheck};
use crate::plan::Endpoint;
use crate::report::Report;
use crate::status::Status;

/// What is wrong with one endpoint of the plan.
pub(super) struct Cause<'r> {
    pub(super) endpoint: &'r Endpoint,
    pub(super) remedy: Remedy,
    /// One line for each host name that shows it.
    pub(super) seen: Vec<String>,
    /// Those host names.
    pub(super) hosts: Vec<&'r str>,
}

/// The endpoints of the report that something can be done about, whatever they are needed for. What
/// passes is not among them.
pub(super) fn causes(report: &Report) -> Vec<Cause<'_>> {
    report.plan.endpoints.iter().filter_map(|endpoint| cause(report, endpoint)).collect()
}

fn cause<'r>(report: &'r Report, endpoint: &'r Endpoint) -> Option<Cause<'r>> {
    let checks = || {
        report.checks.iter().filter(|check| {
            check.service == endpoint.service && endpoint.hosts.contains(&check.host)
        })
    };
    // The first that applies is the cause: without an endpoint its security group says nothing.
    let remedies = [Remedy::InterfaceEndpoint, Remedy::SecurityGroup, Remedy::GatewayEndpoint];
    remedies.into_iter().find_map(|remedy| {
        let code_of = |check: &EndpointCheck| {
            let mut codes = check.codes.iter().copied();
            codes.find(|code| Remedy::of(*code) == remedy)
        };
        let shown: Vec<(&EndpointCheck, Code)> = checks()
            .filter(|check| !are_explained_otherwise(&check.codes))
            // A wait that was too short shows nothing; an address is what it is.
            .filter(|check| remedy == Remedy::InterfaceEndpoint || check.status != Status::Unknown)
            .filter_map(|check| Some((check, code_of(check)?)))
            .collect();
        let can_mend = match remedy {
            Remedy::GatewayEndpoint => {
                endpoint.kind == Some(EndpointKind::Gateway)
                    && endpoint.expectation == Expectation::Gateway
            }
            _ => endpoint.expectation == Expectation::Private,
        };
        (can_mend && !shown.is_empty()).then(|| Cause {
            endpoint,
            remedy,
            seen: shown.iter().map(|(check, code)| seen(check, *code, remedy)).collect(),
            hosts: shown.iter().map(|(check, _)| check.host.as_str()).collect(),
        })
    })
}

/// Whether the endpoint is left to the caller: nothing that this place does needs it, as far as known.
pub(super) fn is_optional(endpoint: &Endpoint) -> bool {
    endpoint.need == Need::Optional
}

/// `VPCE101 ecs-t.us-east-1.amazonaws.com: 52.94.228.103 (public)`
fn seen(check: &EndpointCheck, code: Code, remedy: Remedy) -> String {
    let addresses: Vec<String> = check
        .addresses
        .iter()
        .map(|address| match address.class {
            // Where an endpoint's address belongs.
            AddressClass::InSubnet | AddressClass::InVpc => address.address.to_string(),
            class => format!("{} ({})", address.address, class.word()),
        })
        .collect();
    let result = match remedy {
        Remedy::InterfaceEndpoint => "",
        _ => ": no answer on port 443",
    };
    format!("{code} {}: {}{result}", check.host, addresses.join(", "))
}
