//! The endpoints that a task asks for, in its own Region and in others.

use super::endpoint::add_reason;
use super::host_names::Names;
use super::wanted::Wanted;
use super::{Ask, Demand, Endpoint, Profile, Reason};
use crate::catalog::{EndpointKind, Expectation, NeedRule, Service};

/// What tells the registry's dual-stack names from its plain ones.
const DUAL_STACK: &str = "dual-stack";

/// The feature whose needs are those of an image of Amazon ECR.
const IMAGES: &str = "images";

const REGISTRY: &str = "ecr.dkr";

impl Wanted<'_> {
    pub(super) fn add_what_the_task_asks_for(
        &self,
        service: &Service,
        of_service: &mut Vec<Endpoint>,
    ) {
        for demand in &self.selection.task.demands {
            match demand.region.as_deref().filter(|region| *region != self.names.region) {
                None => self.add_demand(service, demand, None, of_service),
                Some(region) => {
                    let Some(partition) = self.catalog.partition_of(region) else { continue };
                    let names = Names { region, partition, ..*self.names };
                    let there = Wanted { names: &names, ..*self };
                    there.add_demand(service, demand, Some(self.names), of_service);
                }
            }
        }
        if service.name == REGISTRY {
            for endpoint in of_service {
                self.name_the_registries(service, endpoint);
            }
        }
    }

    /// `home` is what this place itself is called by, when the demand is for another Region.
    fn add_demand(
        &self,
        service: &Service,
        demand: &Demand,
        home: Option<&Names<'_>>,
        of_service: &mut Vec<Endpoint>,
    ) {
        for (rule, reason) in self.asked(service, demand) {
            let mut made = self.endpoint(service, rule, reason);
            if service.name == REGISTRY && is_dual_stack(&demand.ask) {
                made.label = Some(DUAL_STACK.to_owned());
            }
            if let Some(home) = home {
                self.move_abroad(service, home, &mut made);
            }
            if self.is_outside() {
                made.expectation = Expectation::Reachable;
            }
            let same = of_service
                .iter_mut()
                .find(|other| other.label == made.label && other.region == made.region);
            match same {
                Some(known) => made.reasons.into_iter().for_each(|why| add_reason(known, why)),
                None => of_service.push(made),
            }
        }
    }

    /// What a demand asks of a service, with the rule that says which names.
    fn asked<'s>(
        &'s self,
        service: &'s Service,
        demand: &'s Demand,
    ) -> Vec<(Option<&'s NeedRule>, Reason)> {
        let feature = match &demand.ask {
            Ask::Service(ask) if ask.service == service.name => {
                let reason = Reason {
                    who: demand.who.clone(),
                    need: ask.need,
                    text: ask.text.to_owned(),
                    source: self.catalog.document(ask.document).cloned(),
                };
                return vec![(None, reason)];
            }
            Ask::Service(_) => return Vec::new(),
            Ask::Feature(feature) => *feature,
            Ask::Image { .. } => IMAGES,
        };
        let rules = self.catalog.needs.iter().filter(|rule| {
            rule.service == service.name
                && rule.feature.as_deref() == Some(feature)
                && self.in_force(rule)
        });
        rules.map(|rule| (Some(rule), self.reason(rule, demand.who.clone()))).collect()
    }

    /// An endpoint of another Region than this place's: its names need only lead somewhere.
    fn move_abroad(&self, service: &Service, home: &Names<'_>, endpoint: &mut Endpoint) {
        let region = self.names.region;
        endpoint.label = Some(match endpoint.label.take() {
            Some(label) => format!("{label}, {region}"),
            None => region.to_owned(),
        });
        endpoint.region = Some(region.to_owned());
        endpoint.cross_region =
            service.cross_region && home.partition.name == self.names.partition.name;
        endpoint.kind = Some(EndpointKind::Interface);
        endpoint.expectation = Expectation::Reachable;
    }

    /// Outside AWS public addresses are right, as the catalog has it for the agent's own needs.
    fn is_outside(&self) -> bool {
        self.profiles == [Profile::External]
    }

    /// The registry is asked by the names that stand in the images, whatever the caller's wishes for
    /// all others.
    fn name_the_registries(&self, service: &Service, endpoint: &mut Endpoint) {
        let region = endpoint.region.as_deref().unwrap_or(self.names.region);
        let is_dual_stack = endpoint.label.as_deref().is_some_and(|it| it.starts_with(DUAL_STACK));
        let mut hosts: Vec<String> = Vec::new();
        for demand in &self.selection.task.demands {
            if let Ask::Image { host, dual_stack } = &demand.ask
                && demand.region.as_deref() == Some(region)
                && *dual_stack == is_dual_stack
                && !hosts.contains(host)
            {
                hosts.push(host.clone());
            }
        }
        if hosts.is_empty() {
            return;
        }
        endpoint.hosts = hosts;
        endpoint.notes.clear();
        let dual_stack = service.dual_stack.as_ref().filter(|_| is_dual_stack);
        endpoint.notes.extend(dual_stack.and_then(|names| names.note.clone()));
        if endpoint.region.is_none() && !self.is_outside() {
            endpoint.expectation =
                dual_stack.and_then(|names| names.expectation).unwrap_or(service.expectation);
        }
    }
}

fn is_dual_stack(ask: &Ask) -> bool {
    matches!(ask, Ask::Image { dual_stack: true, .. })
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, Expectation, Need};
    use crate::plan::{Endpoint, Place, Plan, Profile, Selection, TaskNeeds, plan};

    fn plan_of(needs: impl Fn(&mut TaskNeeds, &Catalog), change: impl Fn(&mut Selection)) -> Plan {
        let catalog = Catalog::builtin().unwrap();
        let mut selection = Selection::default();
        needs(&mut selection.task, &catalog);
        change(&mut selection);
        let place = Place {
            region: Some("us-east-1".to_owned()),
            account: Some("123456789012".to_owned()),
            profile: Some(Profile::Fargate),
            ..Place::default()
        };
        plan(&catalog, &place, &selection)
    }

    fn with_images(images: &[&str], change: impl Fn(&mut Selection)) -> Plan {
        let add = |needs: &mut TaskNeeds, catalog: &Catalog| {
            images.iter().for_each(|image| needs.image(catalog, image, image));
        };
        plan_of(add, change)
    }

    fn titles(plan: &Plan) -> Vec<String> {
        plan.endpoints.iter().map(Endpoint::title).collect()
    }

    fn endpoint<'p>(plan: &'p Plan, title: &str) -> &'p Endpoint {
        plan.endpoints.iter().find(|endpoint| endpoint.title() == title).unwrap()
    }

    #[test]
    fn the_registry_is_planned_for_the_accounts_of_the_images() {
        let [one, other] = ["111111111111", "222222222222"]
            .map(|account| format!("{account}.dkr.ecr.us-east-1.amazonaws.com"));
        let images = [format!("{one}/a:1"), format!("{other}/b:1"), format!("{one}/c:1")];
        let made = with_images(&images.each_ref().map(String::as_str), |_| {});
        assert_eq!(titles(&made), ["ecr.api", "ecr.dkr", "s3 (layers)"]);
        let registry = endpoint(&made, "ecr.dkr");
        assert_eq!(registry.hosts, [one, other]);
        assert_eq!(registry.reasons.len(), 4, "the profile and three images");
        assert_eq!(registry.expectation, Expectation::Private);
    }

    #[test]
    fn an_image_of_another_region_brings_that_regions_endpoints() {
        let image = "210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/app";
        let made = with_images(&[image], |_| {});
        let abroad = endpoint(&made, "ecr.dkr (cn-north-1)");
        assert_eq!(abroad.hosts, ["210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn"]);
        assert_eq!(abroad.region.as_deref(), Some("cn-north-1"));
        let name = abroad.endpoint_service_name.as_deref();
        assert_eq!(name, Some("cn.com.amazonaws.cn-north-1.ecr.dkr"));
        assert!(!abroad.cross_region, "not from one partition to another");
        let made = with_images(&["210987654321.dkr.ecr.eu-west-1.amazonaws.com/app"], |_| {});
        let layers = endpoint(&made, "s3 (layers, eu-west-1)");
        assert_eq!(
            layers.hosts,
            ["prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"]
        );
        assert_eq!(layers.expectation, Expectation::Reachable);
        assert!(layers.cross_region && layers.need == Need::Required);
        let own = endpoint(&made, "ecr.dkr");
        assert_eq!(own.hosts, ["123456789012.dkr.ecr.us-east-1.amazonaws.com"]);
    }

    #[test]
    fn names_in_images_count_whatever_names_the_caller_wishes() {
        let image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app";
        let made = with_images(&[image], |selection| selection.dual_stack = true);
        let registry = endpoint(&made, "ecr.dkr");
        assert_eq!(registry.hosts, ["123456789012.dkr.ecr.us-east-1.amazonaws.com"]);
        assert_eq!(registry.expectation, Expectation::Private);
        let image = "123456789012.dkr-ecr.us-east-1.on.aws/app";
        let made = with_images(&[image], |_| {});
        let dual_stack = endpoint(&made, "ecr.dkr (dual-stack)");
        assert_eq!(dual_stack.hosts, ["123456789012.dkr-ecr.us-east-1.on.aws"]);
        assert_eq!(dual_stack.expectation, Expectation::Reachable);
        assert!(!dual_stack.notes.is_empty());
    }

    #[test]
    fn a_demand_is_for_its_region_and_keeps_to_the_selection() {
        let secrets = |needs: &mut TaskNeeds, _: &Catalog| {
            needs.feature("a", None, "secrets");
            needs.feature("b", Some("us-east-1".to_owned()), "secrets");
            needs.feature("c", Some("eu-west-1".to_owned()), "secrets");
            needs.feature("d", Some("moon-base-1".to_owned()), "secrets");
        };
        let made = plan_of(secrets, |selection| selection.skip = vec!["kms".to_owned()]);
        let own = endpoint(&made, "secretsmanager");
        let who: Vec<_> = own.reasons.iter().map(|reason| reason.who.as_str()).collect();
        assert_eq!(who, ["a", "b"]);
        assert_eq!(endpoint(&made, "secretsmanager (eu-west-1)").reasons[0].who, "c");
        assert!(titles(&made).iter().all(|title| !title.contains("kms")));
        assert_eq!(made.features, ["secrets"]);
        assert_eq!(made.unread.len(), 1, "a Region of no partition: {:?}", made.unread);
        let only = plan_of(secrets, |selection| selection.only = vec!["logs".to_owned()]);
        assert_eq!(titles(&only), ["logs"]);
        assert!(only.unread.is_empty(), "it is not about logs: {:?}", only.unread);
        let elsewhere = |needs: &mut TaskNeeds, _: &Catalog| {
            needs.feature("c", Some("eu-west-1".to_owned()), "secrets");
        };
        let only =
            plan_of(elsewhere, |selection| selection.only = vec!["secretsmanager".to_owned()]);
        assert_eq!(titles(&only), ["secretsmanager (eu-west-1)", "secretsmanager"]);
        let who = |title| endpoint(&only, title).reasons.iter().map(|reason| reason.who.as_str());
        assert_eq!(who("secretsmanager (eu-west-1)").collect::<Vec<_>>(), ["c"]);
        assert_eq!(who("secretsmanager").collect::<Vec<_>>(), ["option --only"]);
    }
}
