//! What an error text implies, for a check of just that.

use super::endpoint::{asked_for, named_host};
use super::host_names::Names;
use super::{Endpoint, Plan, Selection};
use crate::catalog::{Catalog, Expectation};

/// What an error text implies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FromText {
    /// Services, with the Region where the text names one.
    pub services: Vec<(String, Option<String>)>,
    /// Host names that are checked by themselves, unless the plan has them in any case.
    pub hosts: Vec<NamedInText>,
}

/// A host name in an error text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedInText {
    /// The name.
    pub name: String,
    /// The Region in it.
    pub region: Option<String>,
    /// What it should resolve to, where it is of this place's Region.
    pub expectation: Expectation,
}

impl FromText {
    /// The selection with only the services that are meant in this place's Region.
    pub(super) fn narrowed(&self, selection: &Selection, region: Option<&str>) -> Selection {
        let of_here =
            self.services.iter().filter(|(_, of)| of.is_none() || of.as_deref() == region);
        let only = of_here.map(|(service, _)| service.clone()).collect();
        Selection { only, ..selection.clone() }
    }

    /// Adds the names that the plan does not hold yet, and those of services in other Regions.
    pub(super) fn add_names(&self, catalog: &Catalog, selection: &Selection, plan: &mut Plan) {
        let here = plan.region.clone();
        let elsewhere = self.services.iter().flat_map(|(service, region)| match region {
            Some(region) if here.as_ref() != Some(region) => {
                self.names_elsewhere(catalog, selection, service, region)
            }
            _ => Vec::new(),
        });
        for named in self.hosts.iter().cloned().chain(elsewhere) {
            if !plan.endpoints.iter().any(|endpoint| endpoint.hosts.contains(&named.name)) {
                plan.endpoints.push(endpoint(named, here.as_deref()));
            }
        }
    }

    /// The names of a service in another Region, unless the text itself names a host there.
    fn names_elsewhere(
        &self,
        catalog: &Catalog,
        selection: &Selection,
        service: &str,
        region: &str,
    ) -> Vec<NamedInText> {
        let is_named = self.hosts.iter().any(|host| host.region.as_deref() == Some(region));
        let known = catalog.service(service).zip(catalog.partition_of(region));
        let Some((service, partition)) = known.filter(|_| !is_named) else { return Vec::new() };
        let names = Names { catalog, region, partition, account: None, selection };
        let named = |name| NamedInText {
            name,
            region: Some(region.to_owned()),
            expectation: Expectation::Reachable,
        };
        names.of(service, None).hosts.into_iter().map(named).collect()
    }
}

fn endpoint(named: NamedInText, here: Option<&str>) -> Endpoint {
    let is_of_here = named.region.is_none() || named.region.as_deref() == here;
    let mut notes = Vec::new();
    let expectation = if is_of_here { named.expectation } else { Expectation::Reachable };
    if let Some(region) = named.region.filter(|_| !is_of_here) {
        notes.push(format!(
            "A name of {region}: whether an endpoint here covers it is not known, so only that it answers is checked."
        ));
    }
    Endpoint {
        expectation,
        reasons: vec![asked_for("--check", "It stands in the error text, or is implied by it.")],
        notes,
        ..named_host(&named.name)
    }
}
