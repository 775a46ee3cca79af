//! Whose certificate it is, as far as its names tell.

use super::host_view::HostView;
use crate::observation::Certificate;
use crate::plan::{Endpoint, Plan};
use crate::region::is_well_formed;

/// The service and the Region that a certificate is for.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Owner {
    /// The service, or the labels that stand for it where the plan has no such service.
    pub(super) service: String,
    pub(super) region: String,
    /// The Region of the name that led to the certificate, where the service is the same and the
    /// Region another.
    pub(super) instead_of: Option<String>,
}

/// `None` where no name of the certificate is like that of an AWS service in a Region, where the
/// names are of several of them, and where they are of this service here.
pub(super) fn owner(certificate: &Certificate, view: &HostView<'_>, plan: &Plan) -> Option<Owner> {
    let own = Regional::of(view.host)?;
    let names: Vec<Regional<'_>> = certificate
        .names
        .iter()
        .filter_map(|name| Regional::of(name))
        .filter(|name| name.suffix == own.suffix && !name.service_words().is_empty())
        .collect();
    let region = names.first()?.region;
    if names.iter().any(|name| name.region != region) {
        return None;
    }
    let told = |service: String, instead_of: Option<&str>| Owner {
        service,
        region: region.to_owned(),
        instead_of: instead_of.map(str::to_owned),
    };
    let is_own = |name: &&Regional<'_>| name.is_of(&own) || name.is_one_of(view.endpoint);
    if let Some(name) = names.iter().find(is_own) {
        let service = name.planned(plan).map_or_else(|| name.service_words(), str::to_owned);
        return (region != own.region).then(|| told(service, Some(own.region)));
    }
    let mut services: Vec<String> = Vec::new();
    for service in names.iter().filter_map(|name| name.planned(plan)) {
        if !services.iter().any(|known| known == service) {
            services.push(service.to_owned());
        }
    }
    match (services.pop(), services.is_empty(), names.as_slice()) {
        (Some(service), true, _) => Some(told(service, None)),
        (None, _, [name]) => Some(told(name.service_words(), None)),
        _ => None,
    }
}

/// A name of the form `<labels>.<region>.<suffix>`.
struct Regional<'n> {
    labels: Vec<&'n str>,
    region: &'n str,
    suffix: Vec<&'n str>,
}

impl<'n> Regional<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let parts: Vec<&str> = name.split('.').collect();
        // The last one: a bucket's name can read like a Region too.
        let at = parts.iter().rposition(|part| is_well_formed(part))?;
        let (labels, rest) = parts.split_at(at);
        let (region, suffix) = rest.split_first()?;
        Some(Self { labels: labels.to_vec(), region, suffix: suffix.to_vec() })
    }

    /// Whether the names are those of one service, in whatever Region.
    fn is_of(&self, other: &Self) -> bool {
        self.suffix == other.suffix
            && self.labels.len() == other.labels.len()
            && self.labels.iter().zip(&other.labels).enumerate().all(|(index, (one, another))| {
                one.eq_ignore_ascii_case(another) || (index == 0 && *one == "*")
            })
    }

    fn is_one_of(&self, endpoint: &Endpoint) -> bool {
        let names = endpoint.hosts.iter().chain(&endpoint.private_dns);
        names.filter_map(|name| Regional::of(name)).any(|name| self.is_of(&name))
    }

    fn planned<'p>(&self, plan: &'p Plan) -> Option<&'p str> {
        let planned = plan.endpoints.iter().filter(|endpoint| endpoint.kind.is_some());
        let mut same = planned.filter(|endpoint| self.is_one_of(endpoint));
        same.next().map(|endpoint| endpoint.service.as_str())
    }

    /// The labels in front of the Region: `dkr.ecr`.
    fn service_words(&self) -> String {
        let labels = self.labels.iter().filter(|label| **label != "*");
        labels.copied().collect::<Vec<_>>().join(".")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::findings::tests::plan_with;
    use crate::plan::Selection;

    fn told(host: &str, names: &[&str]) -> Option<(String, String, bool)> {
        let plan = plan_with(&Selection::default());
        let endpoint = plan.endpoints.iter().find(|one| one.hosts.iter().any(|own| own == host));
        let endpoint = endpoint.unwrap();
        let view = HostView {
            endpoint,
            host,
            observed: None,
            addresses: Vec::new(),
            side_names: Vec::new(),
        };
        let certificate = Certificate {
            subject: String::new(),
            issuer: String::new(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            not_before: String::new(),
            not_after: String::new(),
            sha256: String::new(),
        };
        owner(&certificate, &view, &plan)
            .map(|owner| (owner.service, owner.region, owner.instead_of.is_some()))
    }

    fn is(service: &str, region: &str, is_other_region: bool) -> Option<(String, String, bool)> {
        Some((service.to_owned(), region.to_owned(), is_other_region))
    }

    #[test]
    fn names_tell_service_and_region() {
        let agent = "ecs-a.us-east-1.amazonaws.com";
        let registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
        let layers = "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com";
        let other = "*.dkr.ecr.eu-west-1.amazonaws.com";
        assert_eq!(
            told(agent, &["ecs-a.eu-west-1.amazonaws.com"]),
            is("ecs-agent", "eu-west-1", true)
        );
        assert_eq!(
            told(agent, &["ecs-t.us-east-1.amazonaws.com"]),
            is("ecs-telemetry", "us-east-1", false)
        );
        assert_eq!(told(agent, &[other]), is("ecr.dkr", "eu-west-1", false));
        assert_eq!(told(registry, &["x.example", other]), is("ecr.dkr", "eu-west-1", true));
        assert_eq!(
            told(registry, &["dkr.ecr.eu-west-1.amazonaws.com"]),
            is("ecr.dkr", "eu-west-1", true)
        );
        assert_eq!(
            told(
                layers,
                &["s3.eu-west-1.amazonaws.com", "*.s3.eu-west-1.amazonaws.com", "s3.amazonaws.com"]
            ),
            is("s3", "eu-west-1", true)
        );
        assert_eq!(
            told(agent, &["kms.eu-west-1.amazonaws.com"]),
            is("kms", "eu-west-1", false),
            "the plan does not have to know the service"
        );
        for names in [
            &["somebody-else.example"][..],
            &[],
            &["ecs-a.cn-north-1.amazonaws.com.cn"],
            &["*.us-east-1.amazonaws.com"],
            &["ecs-a.my-site-1.example.com"],
            &["ecs-a.us-east-1.amazonaws.com"],
            &["ecs.us-east-1.amazonaws.com", "ecs.eu-west-1.amazonaws.com"],
            &["ecs.us-east-1.amazonaws.com", "ecs-t.us-east-1.amazonaws.com"],
        ] {
            assert_eq!(told(agent, names), None, "{names:?}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read_without_panic(name in "[a-z0-9.*-]{0,40}") {
            let _ = told("ecs-a.us-east-1.amazonaws.com", &[name.as_str()]);
        }
    }
}
