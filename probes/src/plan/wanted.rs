//! The endpoints that a place and a caller want, with the reasons.

use super::egress_check::{egress_checks, is_wanted_for};
use super::endpoint::{add_reason, asked_for};
use super::host_names::Names;
use super::{EgressCheck, Endpoint, Place, Profile, Reason, Selection};
use crate::catalog::{Catalog, LaunchDate, NeedRule, Service};

pub(super) struct Wanted<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) place: &'a Place,
    pub(super) selection: &'a Selection,
    pub(super) profiles: &'a [Profile],
    pub(super) names: &'a Names<'a>,
}

impl Wanted<'_> {
    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
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
    pub(super) fn egress_checks(&self, endpoints: &[Endpoint]) -> Option<Vec<EgressCheck>> {
        let endpoint = endpoints.iter().find(|endpoint| is_wanted_for(endpoint))?;
        let service = self.catalog.service(&endpoint.service)?;
        self.selection.check_egress.then(|| egress_checks(service, self.names))
    }

    /// What the caller names is required, whatever else is known of it: `--service` adds the
    /// service by its own names, `--only` asks for what is planned of it.
    fn add_what_was_asked_for(&self, service: &Service, of_service: &mut Vec<Endpoint>) {
        if self.selection.only.contains(&service.name) {
            let mut of_here =
                of_service.iter_mut().filter(|endpoint| endpoint.region.is_none()).peekable();
            let is_planned = of_here.peek().is_some();
            for endpoint in of_here {
                add_reason(endpoint, asked_for("--only", &service.purpose));
            }
            if !is_planned {
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

    pub(super) fn in_force(&self, rule: &NeedRule) -> bool {
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

    pub(super) fn reason(&self, rule: &NeedRule, who: String) -> Reason {
        Reason {
            who,
            need: rule.need,
            text: rule.reason.clone(),
            source: self.catalog.document(&rule.source).cloned(),
        }
    }

    pub(super) fn endpoint(
        &self,
        service: &Service,
        rule: Option<&NeedRule>,
        reason: Reason,
    ) -> Endpoint {
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

/// `1.4.0` as three numbers; `None` for anything else, such as `LATEST`.
fn version_numbers(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}
