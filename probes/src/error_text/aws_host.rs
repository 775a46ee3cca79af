//! Which endpoint a host name belongs to: the catalog's names, read backwards.

use super::hosts::{HostKind, NamedHost};
use crate::catalog::{Catalog, Service};
use crate::numbered_host::numbered_service;
use crate::region::Partition;

/// What the dual-stack names of registries end in.
const ON_AWS: &str = "on.aws";

/// The endpoint of a name in lower case; `None` where it is not one of AWS.
pub(super) fn aws_host(catalog: &Catalog, name: &str) -> Option<NamedHost> {
    let labels: Vec<&str> = name.split('.').collect();
    let (partition, region) = place(catalog, name, &labels)?;
    let found = |kind, service: Option<&str>, meaning: &str| NamedHost {
        name: name.to_owned(),
        kind,
        service: service.map(str::to_owned),
        region: region.map(str::to_owned),
        meaning: meaning.to_owned(),
    };
    if let Some(service) = region.and_then(|region| {
        catalog.services.iter().find(|service| {
            patterns(catalog, service, region)
                .any(|pattern| is_of(pattern, name, region, partition))
        })
    }) {
        let kind = if service.name == "s3" { HostKind::Bucket } else { HostKind::Endpoint };
        return Some(found(kind, Some(&service.name), ""));
    }
    if let (Some(own), Some(region)) = (of_one_endpoint(&labels, region), region) {
        let usual = format!("{own}.{region}.{}", partition.suffix);
        let service = aws_host(catalog, &usual).and_then(|host| host.service);
        return Some(found(
            HostKind::SingleEndpoint,
            service.as_deref(),
            "the name of one endpoint alone: it resolves to private addresses from anywhere, which does not prove that this place can reach them",
        ));
    }
    if let Some(service) = labels.first().and_then(|first| numbered_service(first)) {
        return Some(found(
            HostKind::Numbered,
            Some(service),
            "a numbered host, which is public and belongs to no endpoint: ECS names it to agents whose call did not come through the ecs endpoint",
        ));
    }
    if is_s3(&labels) {
        let meaning = if region.is_none() {
            "a name without a Region: a gateway endpoint carries it where the bucket is in the same Region; whether an interface endpoint covers it is not documented"
        } else {
            ""
        };
        return Some(found(HostKind::Bucket, Some("s3"), meaning));
    }
    let first = *labels.first()?;
    match region {
        None if first == "sts" => Some(found(
            HostKind::Global,
            Some("sts"),
            "the global name, which the sts endpoint never covers: use the Regional one (AWS_STS_REGIONAL_ENDPOINTS=regional)",
        )),
        None => None,
        Some(_) if first.starts_with("fs-") || labels.contains(&"efs") => Some(found(
            HostKind::MountTarget,
            None,
            "a mount target of Amazon EFS in the VPC itself, port 2049: no VPC endpoint is involved",
        )),
        Some(_) if first == "ecr" => Some(found(
            HostKind::NotCovered,
            Some("ecr.api"),
            "the old name of the Amazon ECR API, which the ecr.api endpoint does not cover: use api.ecr",
        )),
        // Names of services end in their Region and the suffix; those of what people make there, such
        // as NAME.REGION.rds.amazonaws.com, do not.
        Some(region) if !ends_in_region(name, region, partition) => Some(found(
            HostKind::Resource,
            None,
            "a load balancer, a database or another thing that is no API of AWS: no VPC endpoint is involved, as far as its name tells",
        )),
        Some(_) => Some(found(
            HostKind::OtherService,
            None,
            "a service of AWS that vpce-probe does not know by name",
        )),
    }
}

/// The partition of a name, and its Region where it holds one.
fn place<'c, 'n>(
    catalog: &'c Catalog,
    name: &str,
    labels: &[&'n str],
) -> Option<(&'c Partition, Option<&'n str>)> {
    let ends_in = |suffix: &str| {
        name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
    };
    let is_at_home = |partition: &Partition| {
        ends_in(&partition.suffix) || ends_in(&partition.dual_stack_suffix) || ends_in(ON_AWS)
    };
    // The old form of S3 has the Region behind a hyphen: s3-us-west-2.
    let regions = labels.iter().map(|label| label.strip_prefix("s3-").unwrap_or(label));
    for region in regions {
        if let Some(partition) = catalog.partition_of(region).filter(|found| is_at_home(found)) {
            return Some((partition, Some(region)));
        }
    }
    let partition = catalog.partitions.iter().find(|partition| ends_in(&partition.suffix))?;
    Some((partition, labels.iter().find_map(|label| region_of_layers(label))))
}

fn ends_in_region(name: &str, region: &str, partition: &Partition) -> bool {
    let suffixes = [partition.suffix.as_str(), &partition.dual_stack_suffix, ON_AWS];
    suffixes.iter().any(|suffix| name.ends_with(&format!(".{region}.{suffix}")))
}

/// The Region in the name of the bucket that holds the image layers.
fn region_of_layers(label: &str) -> Option<&str> {
    label.strip_prefix("prod-")?.strip_suffix("-starport-layer-bucket")
}

fn patterns<'c>(
    catalog: &'c Catalog,
    service: &'c Service,
    region: &str,
) -> impl Iterator<Item = &'c String> {
    let variants = [
        service.dual_stack.as_ref().map(|variant| &variant.hosts),
        service.fips.as_ref().map(|variant| &variant.hosts),
        service.fips_dual_stack.as_ref().map(|variant| &variant.hosts),
        service.extra_hosts.get(region),
    ];
    let needs = catalog.needs.iter().filter(|need| need.service == service.name);
    let of_needs = needs.flat_map(|need| &need.hosts).flatten();
    service
        .hosts
        .iter()
        .chain(&service.private_dns)
        .chain(variants.into_iter().flatten().flatten())
        .chain(of_needs)
}

/// Whether a name is one of a pattern, whose account and wildcard stand for any label.
fn is_of(pattern: &str, name: &str, region: &str, partition: &Partition) -> bool {
    let filled = pattern
        .replace("{region}", region)
        .replace("{suffix}", &partition.suffix)
        .replace("{dual_stack_suffix}", &partition.dual_stack_suffix);
    let mut wanted = filled.split('.');
    let mut labels = name.split('.');
    loop {
        match (wanted.next(), labels.next()) {
            (None, None) => return true,
            (Some("*" | "{account}"), Some(_)) => {}
            (Some(pattern), Some(label)) if pattern == label => {}
            _ => return false,
        }
    }
}

/// The labels between `vpce-...` and the Region: `api.ecr`.
fn of_one_endpoint(labels: &[&str], region: Option<&str>) -> Option<String> {
    let own = labels.iter().position(|label| label.starts_with("vpce-"))?;
    let until = labels.iter().position(|label| Some(*label) == region)?;
    let between = labels.get(own + 1..until)?;
    (labels.contains(&"vpce") && !between.is_empty()).then(|| between.join("."))
}

fn is_s3(labels: &[&str]) -> bool {
    labels.iter().any(|label| *label == "s3" || label.starts_with("s3-"))
}

#[cfg(test)]
mod tests;
