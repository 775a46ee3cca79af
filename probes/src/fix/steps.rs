//! From what a report found to steps in order.

use std::collections::BTreeSet;

use super::cause::{Cause, causes, is_optional};
use super::remedy::Remedy;
use super::{Gateway, Id, InterfaceEndpoint, OpenSecurityGroups, Step};
use crate::catalog::{Catalog, EndpointKind};
use crate::ecs_agent::ECS_SERVICES;
use crate::findings::{Finding, custom_resolvers};
use crate::observation::{LookupOutcome, SeparateAnswer};
use crate::plan::{Endpoint, Place, Profile, Selection, plan};
use crate::report::Report;
use crate::status::Severity;
use crate::surroundings::ResolverKind;

/// Services whose endpoints are created first, in this order: agents that run already move to the
/// endpoints one after the other.
/// Source: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints (AWS PrivateLink)".
const FIRST: [&str; 6] = ["ecs-agent", "ecs-telemetry", "ecs", "ecr.api", "ecr.dkr", "s3"];

/// The steps as they are found, by kind.
pub(super) struct Steps<'r> {
    report: &'r Report,
    region: &'r Id,
    /// When not empty: only what is about these services.
    services: &'r [String],
    missing: Vec<(usize, Step)>,
    silent: OpenSecurityGroups,
    /// Host names whose trouble a step mends.
    mended: BTreeSet<String>,
    optional: Vec<String>,
    by_hand: Vec<String>,
    hop_limit: Vec<String>,
    restart: Vec<String>,
}

impl<'r> Steps<'r> {
    pub(super) fn of(
        report: &'r Report,
        catalog: &Catalog,
        services: &'r [String],
        region: &'r Id,
    ) -> Self {
        let mut steps = Self {
            report,
            region,
            services,
            missing: Vec::new(),
            silent: OpenSecurityGroups { service_names: Vec::new(), seen: Vec::new() },
            mended: BTreeSet::new(),
            optional: Vec::new(),
            by_hand: Vec::new(),
            hop_limit: Vec::new(),
            restart: Vec::new(),
        };
        for cause in causes(report) {
            steps.add_cause(&cause);
        }
        for service in services {
            steps.add_unchecked(catalog, service);
        }
        for finding in &report.findings {
            steps.add_finding(finding);
        }
        steps.add_restart();
        steps
    }

    /// What needs a person first; then what is there already, and what is created; then the rest.
    pub(super) fn in_order(mut self) -> Vec<Step> {
        self.missing.sort_by_key(|(rank, _)| *rank);
        let mut steps = Vec::new();
        steps.extend(self.resolver_first().map(Step::Advice));
        steps.extend(self.only_ipv6().map(Step::Advice));
        if !self.silent.service_names.is_empty() {
            steps.push(Step::OpenSecurityGroups(self.silent));
        }
        let is_interface = |step: &Step| matches!(step, Step::CreateInterfaceEndpoint(_));
        if self.missing.iter().any(|(_, step)| is_interface(step)) {
            steps.extend([Step::EnableVpcDns, Step::CreateSecurityGroup]);
        }
        let mut before: Option<Id> = None;
        for (_, mut step) in self.missing {
            if let Step::CreateInterfaceEndpoint(endpoint) = &mut step
                && ECS_SERVICES.contains(&endpoint.service.as_str())
            {
                endpoint.after = before.replace(endpoint.service.clone());
            }
            steps.push(step);
        }
        if !self.hop_limit.is_empty() {
            steps.push(Step::RaiseHopLimit(self.hop_limit));
        }
        steps.extend(self.by_hand.into_iter().chain(self.optional).map(Step::Advice));
        if !self.restart.is_empty() {
            steps.push(Step::RestartAgents(self.restart));
        }
        steps
    }

    fn is_wanted(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|wanted| wanted == service)
    }

    fn is_wanted_host(&self, host: &String) -> bool {
        let mut endpoints = self.report.plan.endpoints.iter();
        endpoints.any(|endpoint| endpoint.hosts.contains(host) && self.is_wanted(&endpoint.service))
    }

    fn add_cause(&mut self, cause: &Cause<'r>) {
        let endpoint = cause.endpoint;
        if !self.is_wanted(&endpoint.service) {
            return;
        }
        if is_optional(endpoint) && self.services.is_empty() {
            let reasons: Vec<&str> =
                endpoint.reasons.iter().map(|reason| reason.text.as_str()).collect();
            self.optional.push(format!(
                "Optional, and left out: {}. {} To have it as well: vpce-probe fix --service {}.",
                endpoint.endpoint_service_name.as_deref().unwrap_or(&endpoint.service),
                reasons.join(" "),
                endpoint.service,
            ));
            return;
        }
        let Some((service, service_name)) = self.names(endpoint) else { return };
        let seen = cause.seen.clone();
        match cause.remedy {
            Remedy::InterfaceEndpoint => {
                let after = None;
                let endpoint = InterfaceEndpoint { service, service_name, after, seen };
                self.add_missing(Step::CreateInterfaceEndpoint(endpoint));
            }
            Remedy::GatewayEndpoint => {
                self.add_missing(Step::RouteToGateway(Gateway { service, service_name, seen }));
            }
            Remedy::SecurityGroup => {
                if !self.silent.service_names.contains(&service_name) {
                    self.silent.service_names.push(service_name);
                }
                self.silent.seen.extend(seen);
            }
            Remedy::HopLimit | Remedy::AgentRestart | Remedy::ByHand => return,
        }
        self.mended.extend(cause.hosts.iter().map(|host| (*host).to_owned()));
    }

    /// The names of an endpoint of this Region, as far as they are names.
    fn names(&self, endpoint: &Endpoint) -> Option<(Id, Id)> {
        let service_name = Id::service_name(endpoint.endpoint_service_name.as_ref()?, self.region)?;
        Some((Id::service(&endpoint.service)?, service_name))
    }

    /// Adds a step, once for each endpoint: several plans of one service lead to the same one.
    fn add_missing(&mut self, step: Step) {
        let known = self.missing.iter_mut().find_map(|(_, known)| match (known, &step) {
            (Step::CreateInterfaceEndpoint(known), Step::CreateInterfaceEndpoint(new)) => {
                (known.service == new.service).then_some((&mut known.seen, &new.seen))
            }
            (Step::RouteToGateway(known), Step::RouteToGateway(new)) => {
                (known.service == new.service).then_some((&mut known.seen, &new.seen))
            }
            _ => None,
        });
        if let Some((seen, more)) = known {
            seen.extend(more.iter().cloned());
            return;
        }
        let rank = match &step {
            Step::CreateInterfaceEndpoint(InterfaceEndpoint { service, .. })
            | Step::RouteToGateway(Gateway { service, .. }) => {
                FIRST.iter().position(|first| *first == service.as_str())
            }
            _ => None,
        };
        self.missing.push((rank.unwrap_or(FIRST.len()), step));
    }

    /// A service that the caller names, and the report does not know.
    fn add_unchecked(&mut self, catalog: &Catalog, service: &str) {
        let mut planned = self.report.plan.endpoints.iter();
        if planned.any(|endpoint| endpoint.service == service && endpoint.region.is_none()) {
            return;
        }
        let only = vec![service.to_owned()];
        let selection = Selection { only, ..Selection::default() };
        let place = Place {
            region: self.report.plan.region.clone(),
            partition: self.report.plan.partition.clone(),
            ..Place::of(&self.report.surroundings)
        };
        let planned = plan(catalog, &place, &selection);
        let seen =
            vec![format!("{service}: asked for by the caller; the report has no check of it")];
        for endpoint in &planned.endpoints {
            let Some((service, service_name)) = self.names(endpoint) else { continue };
            let seen = seen.clone();
            self.add_missing(match endpoint.kind {
                Some(EndpointKind::Gateway) => {
                    Step::RouteToGateway(Gateway { service, service_name, seen })
                }
                _ => Step::CreateInterfaceEndpoint(InterfaceEndpoint {
                    service,
                    service_name,
                    after: None,
                    seen,
                }),
            });
        }
    }

    fn add_finding(&mut self, finding: &Finding) {
        let is_about_wanted = finding.services.iter().any(|service| self.is_wanted(service));
        if finding.severity < Severity::Warn || !(self.services.is_empty() || is_about_wanted) {
            return;
        }
        let is_mended = match Remedy::of(finding.code) {
            Remedy::InterfaceEndpoint | Remedy::SecurityGroup | Remedy::GatewayEndpoint => {
                let mut hosts = finding.hosts.iter().filter(|host| self.is_wanted_host(host));
                hosts.all(|host| self.mended.contains(host))
            }
            Remedy::HopLimit => {
                self.hop_limit.push(format!("{}: {}", finding.code, finding.seen));
                true
            }
            Remedy::AgentRestart => {
                self.restart.push(format!("{}: {}", finding.code, finding.seen));
                true
            }
            Remedy::ByHand => false,
        };
        if !is_mended && !self.is_told_by_another(finding) {
            self.by_hand.push(format!("{}: {}. {}", finding.code, finding.seen, finding.change));
        }
    }

    /// Whether all there is to change is what another finding says, which is advice of its own.
    fn is_told_by_another(&self, finding: &Finding) -> bool {
        self.report.findings.iter().any(|other| {
            other.severity >= Severity::Warn && finding.change == format!("Follow {}.", other.code)
        })
    }

    /// Agents that run keep the public hosts that ECS named to them.
    fn add_restart(&mut self) {
        let creates_for_agent = self.missing.iter().any(|(_, step)| match step {
            Step::CreateInterfaceEndpoint(new) => ECS_SERVICES.contains(&new.service.as_str()),
            _ => false,
        });
        // AWS runs the agents of Fargate.
        let has_agents = self.report.plan.profiles.contains(&Profile::Ec2);
        if self.restart.is_empty() && creates_for_agent && has_agents {
            let words = "Agents that run keep the public hosts that ECS named to them.";
            self.restart.push(words.to_owned());
        }
    }

    /// Where another resolver than Amazon's is asked, an endpoint may be there and not be seen, unless
    /// Amazon's answered as well.
    fn resolver_first(&self) -> Option<String> {
        let mut separately =
            self.report.observations.hosts.iter().flat_map(|host| &host.separately);
        if separately.any(is_answer_of_amazon) {
            return None;
        }
        let custom = custom_resolvers(&self.report.surroundings)?;
        let suffix = self.report.surroundings.dns_suffix.value()?;
        (!self.missing.is_empty()).then(|| {
            format!(
                "First of all: this machine asks {custom}, which is not the Amazon-provided resolver, and only that one knows the private names of endpoints. Add a conditional forwarder for {suffix} there, which leads to the Amazon-provided resolver (from outside the VPC: to an inbound endpoint of Route 53 Resolver), and check again. Endpoints may be there already."
            )
        })
    }

    /// Endpoints get IPv4 addresses unless something else is asked for.
    fn only_ipv6(&self) -> Option<String> {
        let subnets = self.report.surroundings.subnet_cidrs.value()?;
        let only_ipv6 = !subnets.is_empty() && subnets.iter().all(|subnet| subnet.addr().is_ipv6());
        (!self.missing.is_empty() && only_ipv6).then(|| {
            "This subnet has only IPv6: give the endpoints the IP address type ipv6 (or dualstack, in subnets that have both families), which is not set below.".to_owned()
        })
    }
}

fn is_answer_of_amazon(answer: &SeparateAnswer) -> bool {
    let outcome = &answer.attempt.outcome;
    answer.kind == ResolverKind::Amazon
        && !outcome.asks_the_next()
        && *outcome != LookupOutcome::NotFinished
}
