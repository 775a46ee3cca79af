//! Which endpoints this place needs, and why. Pure: no clock, no network, no environment.

mod agent_place;
pub(crate) mod demand;
mod demanded;
mod egress_check;
mod from_text;
mod host_names;
mod profile;
pub(crate) mod running_task;
mod selection;
mod side_names;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::agent_place::{AgentPlace, AgentPlan};
pub use self::demand::{Ask, Demand, ForeignImage, ServiceAsk, TaskNeeds, UnreadLine};
pub use self::egress_check::EgressCheck;
pub use self::from_text::{FromText, NamedInText};
pub use self::profile::{Profile, profile_of};
pub use self::running_task::running_task;
pub use self::selection::Selection;
pub use self::side_names::{SideName, SideNameKind};

use self::agent_place::agent_plan;
use self::demand::{TASK_DEFINITION, TASK_METADATA};
use self::egress_check::{egress_checks, is_wanted_for};
use self::host_names::Names;
use crate::catalog::{
    Catalog, Document, EndpointKind, Expectation, LaunchDate, Need, NeedRule, Service,
};
use crate::surroundings::Surroundings;

/// The endpoints to check.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The Region, if it is known.
    pub region: Option<String>,
    /// The partition, if the Region belongs to a known one.
    pub partition: Option<String>,
    /// Whether the Region was known when this program was built. A newer one works all the same.
    pub region_listed: bool,
    /// The profiles that the needs come from.
    pub profiles: Vec<Profile>,
    /// The features that the needs come from.
    pub features: Vec<String>,
    /// The endpoints, in the order in which reports show them.
    pub endpoints: Vec<Endpoint>,
    /// Names that no client asks for, and that show how a zone was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_names: Vec<SideName>,
    /// Connections that are made only to learn whether there is another way out; absent when the
    /// caller does not ask for them, or nothing here depends on it. There are none in a partition
    /// of one Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_checks: Option<Vec<EgressCheck>>,
    /// Whether the ECS agent is looked at; absent when its service is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_agent: Option<AgentPlan>,
    /// What a person should know about this plan.
    pub notes: Vec<String>,
    /// Images of the task that come from registries without VPC endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_images: Vec<ForeignImage>,
    /// Lines about the task that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<UnreadLine>,
}

impl Plan {
    /// Every host name that is looked up and connected to, without repetition.
    pub fn host_names(&self) -> Vec<&str> {
        let of_endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.hosts);
        let of_egress = self.egress_checks.iter().flatten().map(|check| &check.host);
        let mut names: Vec<&str> = Vec::new();
        for name in of_endpoints.chain(of_egress) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

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

/// What is known of the place that the plan is for.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The Region.
    pub region: Option<String>,
    /// The partition's name, where the metadata told it.
    pub partition: Option<String>,
    /// The account id: twelve digits.
    pub account: Option<String>,
    /// The kind of place.
    pub profile: Option<Profile>,
    /// The Fargate platform version: `1.4.0`.
    pub platform_version: Option<String>,
    /// Where the ECS agent is.
    pub ecs_agent: Option<AgentPlan>,
}

impl Place {
    /// The place that the surroundings describe.
    pub fn of(surroundings: &Surroundings) -> Self {
        Self {
            region: surroundings.region.value().cloned(),
            partition: surroundings.partition.value().cloned(),
            account: surroundings.account_id.value().cloned(),
            profile: Some(profile_of(surroundings)),
            platform_version: surroundings.platform_version.value().cloned(),
            ecs_agent: Some(agent_plan(surroundings)),
        }
    }

    /// The same, completed with what the definition of a task tells: the kind of place where the
    /// surroundings do not know theirs, and the platform version.
    pub fn of_task(surroundings: &Surroundings, task: &TaskNeeds) -> Self {
        let mut place = Self::of(surroundings);
        if surroundings.launch_type.value().is_none() {
            place.profile = task.profile.or(place.profile);
        }
        place.platform_version = place.platform_version.or_else(|| task.platform_version.clone());
        place
    }
}

/// Makes the plan for a place. The same input always gives the same plan.
pub fn plan(catalog: &Catalog, place: &Place, selection: &Selection) -> Plan {
    let from_text = selection.from_text.as_ref();
    let narrowed = from_text.map(|text| text.narrowed(selection, place.region.as_deref()));
    let selection = narrowed.as_ref().unwrap_or(selection);
    let profiles = selection.profiles_or(place.profile);
    let mut features = selection.features.clone();
    features.extend(selection.task.features());
    let mut seen = BTreeSet::new();
    features.retain(|feature| seen.insert(feature.clone()));
    let partition = place
        .region
        .as_deref()
        .and_then(|region| catalog.partition_of(region))
        .or_else(|| place.partition.as_deref().and_then(|name| catalog.partition(name)));
    let mut made = Plan {
        region: place.region.clone(),
        partition: partition.map(|partition| partition.name.clone()),
        region_listed: partition
            .zip(place.region.as_deref())
            .is_some_and(|(partition, region)| partition.lists(region)),
        profiles: profiles.clone(),
        features,
        endpoints: Vec::new(),
        side_names: Vec::new(),
        egress_checks: None,
        ecs_agent: place
            .ecs_agent
            .clone()
            .filter(|_| selection.admits("ecs-agent"))
            .map(|planned| AgentPlan { asked_for: selection.ecs_agent, ..planned }),
        notes: selection.task.notes.clone(),
        foreign_images: Vec::new(),
        unread: selection.task.unread_in(catalog),
    };
    if selection.admits("ecr.dkr") {
        made.foreign_images.clone_from(&selection.task.foreign_images);
    }
    if let (Some(region), Some(partition)) = (place.region.as_deref(), partition) {
        let account = place.account.as_deref();
        let names = Names { catalog, region, partition, account, selection };
        let wanted = Wanted { catalog, place, selection, profiles: &profiles, names: &names };
        made.endpoints = wanted.endpoints();
        made.side_names = side_names::of(&made.endpoints, &names);
        made.egress_checks = wanted.egress_checks(&made.endpoints);
    }
    made.endpoints.extend(selection.hosts.iter().map(|host| named_host(host)));
    if let Some(text) = from_text {
        text.add_names(catalog, selection, &mut made);
    }
    made
}

struct Wanted<'a> {
    catalog: &'a Catalog,
    place: &'a Place,
    selection: &'a Selection,
    profiles: &'a [Profile],
    names: &'a Names<'a>,
}

impl Wanted<'_> {
    fn endpoints(&self) -> Vec<Endpoint> {
        let mut endpoints = Vec::new();
        for service in &self.catalog.services {
            if !self.selection.admits(&service.name) {
                continue;
            }
            let mut of_service: Vec<Endpoint> = Vec::new();
            for rule in self.catalog.needs.iter().filter(|rule| rule.service == service.name) {
                let Some(who) = self.who(rule) else { continue };
                let reason = self.reason(rule, who);
                match of_service.iter_mut().find(|endpoint| endpoint.label == rule.label) {
                    Some(endpoint) => add_reason(endpoint, reason),
                    None => of_service.push(self.endpoint(service, Some(rule), reason)),
                }
            }
            self.add_what_the_task_asks_for(service, &mut of_service);
            self.add_what_was_asked_for(service, &mut of_service);
            endpoints.append(&mut of_service);
        }
        endpoints
    }

    /// Control connections, where the caller wants them and the path of an endpoint depends on them.
    fn egress_checks(&self, endpoints: &[Endpoint]) -> Option<Vec<EgressCheck>> {
        let endpoint = endpoints.iter().find(|endpoint| is_wanted_for(endpoint))?;
        let service = self.catalog.service(&endpoint.service)?;
        self.selection.check_egress.then(|| egress_checks(service, self.names))
    }

    /// What the caller names is required, whatever else is known of it: `--service` adds the
    /// service by its own names, `--only` asks for what is planned of it.
    fn add_what_was_asked_for(&self, service: &Service, of_service: &mut Vec<Endpoint>) {
        if self.selection.only.contains(&service.name) {
            for endpoint in of_service.iter_mut() {
                add_reason(endpoint, asked_for("--only", &service.purpose));
            }
            if of_service.is_empty() {
                of_service.push(self.endpoint(
                    service,
                    None,
                    asked_for("--only", &service.purpose),
                ));
            }
        }
        if self.selection.services.contains(&service.name) {
            let reason = asked_for("--service", &service.purpose);
            match of_service.iter_mut().find(|endpoint| endpoint.label.is_none()) {
                Some(endpoint) => add_reason(endpoint, reason),
                None => of_service.push(self.endpoint(service, None, reason)),
            }
        }
    }

    /// Who of this run has the need that a rule states, if anybody has.
    fn who(&self, rule: &NeedRule) -> Option<String> {
        if !self.in_force(rule) {
            return None;
        }
        if let Some(feature) = &rule.feature {
            return self.selection.features.contains(feature).then(|| format!("feature {feature}"));
        }
        let profile = rule.profile.as_deref()?;
        self.profiles
            .iter()
            .any(|wanted| wanted.word() == profile)
            .then(|| format!("profile {profile}"))
    }

    fn in_force(&self, rule: &NeedRule) -> bool {
        let older = self.names.partition.launched_before_2023_12_23(self.names.region);
        let date = match rule.regions {
            None => true,
            Some(LaunchDate::Older) => older,
            Some(LaunchDate::Newer) => !older,
        };
        let version = self.place.platform_version.as_deref().and_then(version_numbers);
        let bound = |text: &Option<String>| text.as_deref().and_then(version_numbers);
        // An unknown platform version counts as a current one: older ones are long retired.
        let platform = match (version, bound(&rule.min_platform), bound(&rule.max_platform)) {
            (None, _, None) | (_, None, None) => true,
            (None, _, Some(_)) => false,
            (Some(version), minimum, maximum) => {
                minimum.is_none_or(|minimum| version >= minimum)
                    && maximum.is_none_or(|maximum| version <= maximum)
            }
        };
        date && platform
    }

    fn reason(&self, rule: &NeedRule, who: String) -> Reason {
        Reason {
            who,
            need: rule.need,
            text: rule.reason.clone(),
            source: self.catalog.document(&rule.source).cloned(),
        }
    }

    fn endpoint(&self, service: &Service, rule: Option<&NeedRule>, reason: Reason) -> Endpoint {
        let chosen = self.names.of(service, rule);
        Endpoint {
            service: service.name.clone(),
            label: rule.and_then(|rule| rule.label.clone()),
            region: None,
            cross_region: false,
            group: service.group.clone(),
            endpoint_service_name: Some(self.names.endpoint_service_name(service, chosen.fips)),
            kind: Some(service.kind),
            expectation: rule
                .and_then(|rule| rule.expectation)
                .or(chosen.expectation)
                .unwrap_or(service.expectation),
            need: reason.need,
            reasons: vec![reason],
            hosts: chosen.hosts,
            private_dns: self.names.fill_all(&service.private_dns),
            notes: chosen.notes,
        }
    }
}

fn add_reason(endpoint: &mut Endpoint, reason: Reason) {
    endpoint.need = endpoint.need.max(reason.need);
    endpoint.reasons.push(reason);
}

fn asked_for(option: &str, purpose: &str) -> Reason {
    Reason {
        who: format!("option {option}"),
        need: Need::Required,
        text: format!("Asked for by the caller. {purpose}").trim_end().to_owned(),
        source: None,
    }
}

fn named_host(host: &str) -> Endpoint {
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

/// `1.4.0` as three numbers; `None` for anything else, such as `LATEST`.
fn version_numbers(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests;
