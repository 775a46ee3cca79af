use std::collections::BTreeSet;

use super::*;

#[test]
fn every_reference_inside_the_catalog_holds() {
    let catalog = Catalog::builtin().unwrap();
    let services: BTreeSet<_> = catalog.services.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(services.len(), catalog.services.len(), "service names are unique");
    for service in &catalog.services {
        assert!(catalog.document(&service.source).is_some(), "{}", service.name);
        assert!(!service.hosts.is_empty(), "{}", service.name);
        for partition in service.service_prefix.keys() {
            assert!(catalog.partition(partition).is_some(), "{}: {partition}", service.name);
        }
        for region in service.service_prefix_regions.keys().chain(service.extra_hosts.keys()) {
            assert!(catalog.partition_of(region).is_some(), "{}: {region}", service.name);
        }
    }
    for partition in &catalog.partitions {
        assert!(catalog.document(&partition.source).is_some(), "{}", partition.name);
    }
    for (placeholder, words) in &catalog.region_words {
        assert!(catalog.document(&words.source).is_some(), "{placeholder}");
        for region in words.regions.keys() {
            let partition = catalog.partition_of(region).unwrap();
            assert!(partition.lists(region), "{placeholder}: {region}");
        }
    }
    for need in &catalog.needs {
        assert!(services.contains(need.service.as_str()), "{}", need.service);
        assert!(catalog.document(&need.source).is_some(), "{}: {}", need.service, need.source);
        assert!(need.profile.is_some() != need.feature.is_some(), "{}", need.service);
        assert!(need.reason.ends_with('.'), "{}", need.reason);
    }
}

#[test]
fn placeholders_are_known() {
    let catalog = Catalog::builtin().unwrap();
    let of_services = catalog.services.iter().flat_map(|service| {
        let variants = [&service.fips, &service.fips_dual_stack];
        let fips = variants.into_iter().flatten().flat_map(|fips| &fips.hosts);
        let dual = service.dual_stack.iter().flat_map(|dual| &dual.hosts);
        service.hosts.iter().chain(&service.private_dns).chain(fips).chain(dual)
    });
    let of_needs = catalog.needs.iter().flat_map(|need| need.hosts.iter().flatten());
    for host in of_services.chain(of_needs) {
        let words = catalog.region_words.keys().map(String::as_str);
        let bare = ["account", "region", "suffix", "dual_stack_suffix"]
            .into_iter()
            .chain(words)
            .fold(host.clone(), |name, word| name.replace(&format!("{{{word}}}"), ""));
        assert!(!bare.contains(['{', '}', ' ']), "{host}");
    }
}

#[test]
fn all_services_the_product_names_are_there() {
    let catalog = Catalog::builtin().unwrap();
    for name in [
        "ecs",
        "ecs-agent",
        "ecs-telemetry",
        "ecr.api",
        "ecr.dkr",
        "s3",
        "logs",
        "ssm",
        "ssmmessages",
        "ec2messages",
        "ec2",
        "kms",
        "secretsmanager",
        "sts",
        "monitoring",
        "guardduty-data",
        "elasticfilesystem",
        "xray",
        "servicediscovery",
        "data-servicediscovery",
        "cloudformation",
    ] {
        assert!(catalog.service(name).is_some(), "{name}");
    }
    assert_eq!(catalog.partitions.len(), 8);
}
