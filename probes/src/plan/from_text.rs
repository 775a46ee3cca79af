//! What an error text implies, for a check of just that.

use super::endpoint::{asked_for, named_host};
use super::host_names::Names;
use super::{Endpoint, Plan, Selection, TaskNeeds};
use crate::catalog::{Catalog, EndpointKind, Expectation};

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
    /// The service that it belongs to, where that is known.
    pub service: Option<String>,
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
        // What the task that this runs in needs beside that is not asked.
        Selection { only, task: TaskNeeds::default(), ..selection.clone() }
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
                plan.endpoints.push(endpoint(catalog, selection, &named, here.as_deref()));
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
            service: Some(service.name.clone()),
            region: Some(region.to_owned()),
            expectation: Expectation::Reachable,
        };
        names.of(service, None).hosts.into_iter().map(named).collect()
    }
}

fn endpoint(
    catalog: &Catalog,
    selection: &Selection,
    named: &NamedInText,
    here: Option<&str>,
) -> Endpoint {
    let host = Endpoint {
        expectation: named.expectation,
        reasons: vec![asked_for("--check", "It stands in the error text, or is implied by it.")],
        ..named_host(&named.name)
    };
    let Some(region) = named.region.as_deref().filter(|of| Some(*of) != here) else { return host };
    let note = format!(
        "A name of {region}: whether an endpoint here covers it is not known, so only that it answers is checked."
    );
    let abroad = Endpoint { expectation: Expectation::Reachable, notes: vec![note], ..host };
    let service = named.service.as_deref().and_then(|name| catalog.service(name));
    match (service, catalog.partition_of(region), here) {
        (Some(service), Some(partition), Some(here)) => {
            let names = Names { catalog, region, partition, account: None, selection };
            Endpoint {
                service: service.name.clone(),
                label: Some(region.to_owned()),
                region: Some(region.to_owned()),
                cross_region: service.cross_region
                    && catalog.partition_of(here).is_some_and(|home| home.name == partition.name),
                endpoint_service_name: Some(names.endpoint_service_name(service, false)),
                kind: Some(EndpointKind::Interface),
                ..abroad
            }
        }
        _ => abroad,
    }
}
