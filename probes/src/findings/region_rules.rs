//! Rules about what a task uses of another Region than its own.

use super::advice::is_outside;
use super::finding::{ENDPOINTS, Words};
use super::host_view::{AddressView, HostView, list};
use super::tcp_rules::says_nothing_for_sure;
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::plan::{Endpoint, Plan, Reason};
use crate::status::Severity;
use crate::surroundings::{Source, Surroundings};

/// Lines that a finding names.
const SHOWN: usize = 3;

/// A name of another Region that leads out of the VPC. Private addresses are as they should be: a
/// cross-Region endpoint, or one that is reached by peering.
pub(super) fn judge(
    surroundings: &Surroundings,
    plan: &Plan,
    view: &HostView<'_>,
) -> Option<Finding> {
    let region = view.endpoint.region.as_deref().filter(|_| leads_out(surroundings, view))?;
    let here = plan.region.as_deref().unwrap_or("this Region");
    let this_place = match surroundings.region.source() == Some(&Source::OPTION) {
        true => format!("{here} was given as the Region of this place"),
        false => format!("this place is in {here}"),
    };
    let used = view.in_use();
    let (severity, way) = way(&used);
    let what = what(view.endpoint);
    let public = used.iter().filter(|it| it.class == AddressClass::Public).map(|it| &it.address);
    Some(Finding::of_host(
        view,
        Code::OtherRegion,
        severity,
        Words::new(
            format!("{} (public)", list(public)),
            format!(
                "{}{}, and {this_place}. An endpoint serves one Region: those for {here} do not serve {region}, and the name resolves to a public address. {way}.",
                what.is_there(region),
                lines(&view.endpoint.reasons),
            ),
            format!("{} {}", what.moved(here), way_there(view.endpoint, region)),
        ),
    ))
}

/// Whether a name of another Region has public addresses only, where that is not as it should be.
pub(super) fn leads_out(surroundings: &Surroundings, view: &HostView<'_>) -> bool {
    let used = view.in_use();
    view.endpoint.region.is_some()
        && !is_outside(surroundings)
        && used.iter().any(|address| address.class == AddressClass::Public)
        && !used.iter().any(|address| address.class.is_private())
}

fn way(used: &[&AddressView<'_>]) -> (Severity, &'static str) {
    if used.iter().any(|address| address.works()) {
        (Severity::Warn, "It answers: the traffic leaves the VPC through a NAT or internet gateway")
    } else if used.iter().any(|address| address.connects()) {
        (Severity::Warn, "It can be reached from here, but the TLS handshake does not complete")
    } else if used.iter().all(|address| address.is_unfinished()) {
        (Severity::Unknown, "Whether it answers is not known")
    } else if used.iter().any(|address| says_nothing_for_sure(address)) {
        (
            Severity::Unknown,
            "It did not answer, but the wait was too short to be sure, or this machine could not ask",
        )
    } else {
        (
            Severity::Fail,
            "It does not answer either: this subnet has no way out, or a rule drops the connection",
        )
    }
}

/// Kinds of things that are in a Region.
#[derive(Clone, Copy)]
enum What<'e> {
    Image,
    Log,
    Secret,
    Parameter,
    Other(&'e str),
}

fn what(endpoint: &Endpoint) -> What<'_> {
    let is_of_layers = endpoint.label.as_deref().is_some_and(|label| label.starts_with("layers"));
    match endpoint.service.as_str() {
        "ecr.api" | "ecr.dkr" => What::Image,
        "s3" if is_of_layers => What::Image,
        "logs" => What::Log,
        "secretsmanager" => What::Secret,
        "ssm" => What::Parameter,
        other => What::Other(other),
    }
}

impl What<'_> {
    fn is_there(self, region: &str) -> String {
        match self {
            Self::Image => format!("The image is in {region}"),
            Self::Log => format!("The log goes to {region}"),
            Self::Secret => format!("The secret is in {region}"),
            Self::Parameter => format!("The parameter is in {region}"),
            Self::Other(service) => format!("{service} of {region} is asked for"),
        }
    }

    fn moved(self, here: &str) -> String {
        match self {
            Self::Image => format!(
                "Replicate the image to {here} (Amazon ECR replication), and name that repository in the task definition."
            ),
            Self::Log => format!("Write the log to a log group in {here} (awslogs-region)."),
            Self::Secret => {
                format!("Replicate the secret to {here}, and name the ARN of the replica.")
            }
            Self::Parameter => format!("Keep the parameter in {here} too, and name that one."),
            Self::Other(service) => format!("Use {service} of {here}."),
        }
    }
}

/// Source: AWS PrivateLink Guide, "Cross-Region enabled AWS services".
fn way_there(endpoint: &Endpoint, region: &str) -> String {
    if endpoint.cross_region {
        format!(
            "Or create the interface {ENDPOINTS} in this VPC with {region} as its service Region and private DNS names enabled: AWS lists ecr.api, ecr.dkr, s3, kms and ecs among the services that have such cross-Region endpoints. Or keep a NAT gateway for it."
        )
    } else {
        format!(
            "AWS lists no cross-Region endpoint for {}. Or keep a NAT gateway for it, or forward the name to an endpoint in a VPC of {region} that is reached by peering or a transit gateway.",
            endpoint.service
        )
    }
}

/// The lines of the task that ask, in brackets, the first few by name. The caller's options name no
/// Region of their own, and an error text that names one is no line of the task.
fn lines(reasons: &[Reason]) -> String {
    let of_task = reasons.iter().filter(|reason| reason.is_of_task());
    let lines: Vec<_> = of_task.map(|reason| reason.who.as_str()).collect();
    let shown = lines.iter().take(SHOWN).copied().collect::<Vec<_>>().join("; ");
    match lines.len().saturating_sub(SHOWN) {
        _ if lines.is_empty() => String::new(),
        0 => format!(" ({shown})"),
        more => format!(" ({shown} and {more} more)"),
    }
}

#[cfg(test)]
mod tests {
    use crate::findings::tests::{address, host, known, surroundings, well};
    use crate::findings::{Code, Finding, judge};
    use crate::observation::{AddressObservation, Observations, TcpOutcome, TlsOutcome};
    use crate::plan::{Place, Profile, Selection, plan};
    use crate::status::Severity;
    use crate::surroundings::{LaunchType, Surroundings};

    /// The findings about a log in eu-west-1 whose name leads to this address.
    fn findings(surroundings: &Surroundings, seen: AddressObservation) -> Vec<Finding> {
        let mut selection = Selection { only: vec!["logs".to_owned()], ..Selection::default() };
        selection.task.feature("task definition: x", Some("eu-west-1".to_owned()), "logs");
        let place = Place {
            region: Some("us-east-1".to_owned()),
            profile: Some(Profile::Fargate),
            ..Place::default()
        };
        let plan = plan(&crate::catalog::Catalog::builtin().unwrap(), &place, &selection);
        let name = "logs.eu-west-1.amazonaws.com";
        let seen = vec![host(name, vec![seen])];
        let observations = Observations { hosts: seen, ..Observations::default() };
        let findings = judge(surroundings, &plan, &observations).findings;
        findings
            .into_iter()
            .filter(|finding| finding.hosts.iter().any(|host| host == name))
            .collect()
    }

    fn told(surroundings: &Surroundings, seen: AddressObservation) -> Vec<(Code, Severity)> {
        let findings = findings(surroundings, seen);
        findings.iter().map(|finding| (finding.code, finding.severity)).collect()
    }

    #[test]
    fn what_leads_out_weighs_what_comes_of_it() {
        use Severity::{Fail, Unknown, Warn};
        let dead = || address("52.0.0.1", TcpOutcome::TimedOut, None);
        let mut brief = dead();
        brief.tcp.elapsed_ms = 400.0;
        let stalled = address("52.0.0.1", TcpOutcome::Connected, Some(TlsOutcome::Stalled));
        let told = |seen| told(&surroundings(), seen);
        assert_eq!(told(well("52.0.0.1")), [(Code::OtherRegion, Warn)]);
        assert_eq!(told(dead()), [(Code::OtherRegion, Fail)]);
        assert_eq!(told(brief), [(Code::OtherRegion, Unknown)]);
        assert_eq!(told(stalled), [(Code::HandshakeStalled, Fail), (Code::OtherRegion, Warn)]);
        assert_eq!(told(well("10.0.1.5")), []);
        let silent = address("10.0.1.5", TcpOutcome::TimedOut, None);
        assert_eq!(told(silent), [(Code::ConnectTimeout, Fail)]);
    }

    #[test]
    fn outside_aws_public_addresses_are_right() {
        let outside = Surroundings { launch_type: known(LaunchType::External), ..surroundings() };
        assert_eq!(told(&outside, well("52.0.0.1")), []);
        let dead = address("52.0.0.1", TcpOutcome::TimedOut, None);
        assert_eq!(told(&outside, dead), [(Code::NoWayOut, Severity::Fail)]);
    }

    #[test]
    fn a_region_that_was_given_is_not_claimed_to_be_that_of_this_place() {
        let given = Surroundings { region: known("us-east-1".to_owned()), ..surroundings() };
        let findings = findings(&given, well("52.0.0.1"));
        assert!(findings[0].meaning.contains("was given as the Region"), "{findings:?}");
        // The line alone, although --only asks for the service too.
        assert!(findings[0].meaning.contains("(task definition: x)"), "{findings:?}");
    }
}
