//! The host names of a service in one Region, in the variant that the caller wants.

use super::Selection;
use crate::catalog::{Catalog, Expectation, Fips, NeedRule, Service};
use crate::region::Partition;

/// Any label works below the registry's wildcard name.
const ANY_ACCOUNT: &str = "example";

pub(super) struct Names<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) region: &'a str,
    pub(super) partition: &'a Partition,
    pub(super) account: Option<&'a str>,
    pub(super) selection: &'a Selection,
}

/// Names chosen for a service, with what had to be said about the choice.
pub(super) struct Chosen {
    pub(super) hosts: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Whether the names are those of FIPS endpoints that differ from the plain ones.
    pub(super) fips: bool,
    /// What these names should resolve to, where it differs from the service's.
    pub(super) expectation: Option<Expectation>,
}

struct Variant<'a> {
    hosts: &'a [String],
    note: Option<&'a str>,
    fips: bool,
    expectation: Option<Expectation>,
}

impl Names<'_> {
    pub(super) fn of(&self, service: &Service, rule: Option<&NeedRule>) -> Chosen {
        let mut notes = Vec::new();
        if let Some(hosts) = rule.and_then(|rule| rule.hosts.as_ref()) {
            let extra = rule.and_then(|rule| rule.extra_hosts.get(self.region));
            let hosts = self.fill_all(hosts.iter().chain(extra.into_iter().flatten()));
            if self.selection.fips || self.selection.dual_stack {
                notes.push(
                    "AWS chooses these names itself: checked in their plain form.".to_owned(),
                );
            }
            return Chosen { hosts, notes, fips: false, expectation: None };
        }
        let variant = self.variant(service, &mut notes);
        notes.extend(variant.note.map(str::to_owned));
        if self.account.is_none() && variant.hosts.iter().any(|host| host.contains("{account}")) {
            notes.push(format!(
                "The account id is not known: checked as {ANY_ACCOUNT}, which the same wildcard answers."
            ));
        }
        let extra = service.extra_hosts.get(self.region);
        let hosts = self.fill_all(variant.hosts.iter().chain(extra.into_iter().flatten()));
        if service.verified.as_deref() == Some("inferred") {
            notes.push(
                "No AWS document states the private DNS names; they were inferred.".to_owned(),
            );
        }
        Chosen { hosts, notes, fips: variant.fips, expectation: variant.expectation }
    }

    pub(super) fn endpoint_service_name(&self, service: &Service, fips: bool) -> String {
        let prefix = service
            .service_prefix_regions
            .get(self.region)
            .or_else(|| service.service_prefix.get(&self.partition.name))
            .map_or("com.amazonaws", String::as_str);
        let name = service
            .fips
            .as_ref()
            .filter(|_| fips)
            .and_then(|fips| fips.endpoint_service.as_deref())
            .unwrap_or(&service.name);
        format!("{prefix}.{}.{name}", self.region)
    }

    /// The names, each once. A name whose word is not known in the Region is left out.
    pub(super) fn fill_all<'t>(
        &self,
        patterns: impl IntoIterator<Item = &'t String>,
    ) -> Vec<String> {
        let mut filled: Vec<String> = Vec::new();
        for name in patterns.into_iter().filter_map(|pattern| self.fill(pattern)) {
            if !filled.contains(&name) {
                filled.push(name);
            }
        }
        filled
    }

    /// A name in the Region: `SERVICE.REGION.SUFFIX`.
    pub(super) fn regional(&self, first: &str) -> String {
        format!("{first}.{}.{}", self.region, self.partition.suffix)
    }

    fn fill(&self, pattern: &str) -> Option<String> {
        let mut name = pattern.to_owned();
        for (placeholder, words) in &self.catalog.region_words {
            let placeholder = format!("{{{placeholder}}}");
            if name.contains(&placeholder) {
                name = name.replace(&placeholder, words.word(self.region)?);
            }
        }
        Some(
            name.replace("{region}", self.region)
                .replace("{suffix}", &self.partition.suffix)
                .replace("{dual_stack_suffix}", &self.partition.dual_stack_suffix)
                .replace("{account}", self.account.unwrap_or(ANY_ACCOUNT)),
        )
    }

    fn variant<'s>(&self, service: &'s Service, notes: &mut Vec<String>) -> Variant<'s> {
        let plain = Variant { hosts: &service.hosts, note: None, fips: false, expectation: None };
        match (self.selection.fips, self.selection.dual_stack) {
            (false, false) => plain,
            (true, false) => self.fips(service.fips.as_ref(), "FIPS", plain, notes),
            (true, true) => {
                self.fips(service.fips_dual_stack.as_ref(), "dual-stack FIPS", plain, notes)
            }
            (false, true) => match &service.dual_stack {
                Some(dual) if dual.partitions.contains(&self.partition.name) => Variant {
                    hosts: &dual.hosts,
                    note: dual.note.as_deref(),
                    fips: false,
                    expectation: dual.expectation,
                },
                _ => unknown_variant("dual-stack", plain, notes),
            },
        }
    }

    fn fips<'s>(
        &self,
        fips: Option<&'s Fips>,
        kind: &str,
        plain: Variant<'s>,
        notes: &mut Vec<String>,
    ) -> Variant<'s> {
        let in_list = |list: &[String]| list.iter().any(|region| region == self.region);
        match fips {
            Some(fips) if in_list(&fips.regions) => Variant {
                hosts: &fips.hosts,
                note: fips.note.as_deref(),
                fips: true,
                expectation: fips.expectation,
            },
            Some(fips) if in_list(&fips.plain_regions) => {
                notes.push(format!("In {} the plain name is the FIPS endpoint.", self.region));
                plain
            }
            _ => unknown_variant(kind, plain, notes),
        }
    }
}

fn unknown_variant<'s>(kind: &str, plain: Variant<'s>, notes: &mut Vec<String>) -> Variant<'s> {
    notes
        .push(format!("No {kind} name is known for this service here: checked by its plain name."));
    plain
}
