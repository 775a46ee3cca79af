use super::*;
use crate::plan::{Place, Selection, plan};

#[test]
fn hosts_lead_to_their_services() {
    let catalog = Catalog::builtin().unwrap();
    for (name, kind, service, region) in [
        ("ecs.us-east-1.amazonaws.com", HostKind::Endpoint, Some("ecs"), Some("us-east-1")),
        (
            "ecs-a.eu-north-9.amazonaws.com",
            HostKind::Endpoint,
            Some("ecs-agent"),
            Some("eu-north-9"),
        ),
        (
            "ecs-a-12.us-east-1.amazonaws.com",
            HostKind::Numbered,
            Some("ecs-agent"),
            Some("us-east-1"),
        ),
        (
            "ecs-t-1.cn-north-1.amazonaws.com.cn",
            HostKind::Numbered,
            Some("ecs-telemetry"),
            Some("cn-north-1"),
        ),
        (
            "api.ecr.us-gov-west-1.amazonaws.com",
            HostKind::Endpoint,
            Some("ecr.api"),
            Some("us-gov-west-1"),
        ),
        ("ecr.us-east-1.amazonaws.com", HostKind::NotCovered, Some("ecr.api"), Some("us-east-1")),
        ("ecr.us-east-1.api.aws", HostKind::Endpoint, Some("ecr.api"), Some("us-east-1")),
        (
            "ecr-fips.us-east-1.amazonaws.com",
            HostKind::Endpoint,
            Some("ecr.api"),
            Some("us-east-1"),
        ),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            HostKind::Endpoint,
            Some("ecr.dkr"),
            Some("eu-west-1"),
        ),
        (
            "123456789012.dkr-ecr.eu-west-1.on.aws",
            HostKind::Endpoint,
            Some("ecr.dkr"),
            Some("eu-west-1"),
        ),
        (
            "prod-eu-west-2-starport-layer-bucket.s3.eu-west-2.amazonaws.com",
            HostKind::Bucket,
            Some("s3"),
            Some("eu-west-2"),
        ),
        (
            "prod-us-east-1-starport-layer-bucket.s3.amazonaws.com",
            HostKind::Bucket,
            Some("s3"),
            Some("us-east-1"),
        ),
        (
            "my.bucket.s3.dualstack.us-east-1.amazonaws.com",
            HostKind::Bucket,
            Some("s3"),
            Some("us-east-1"),
        ),
        ("s3-us-west-2.amazonaws.com", HostKind::Bucket, Some("s3"), Some("us-west-2")),
        ("s3.amazonaws.com", HostKind::Bucket, Some("s3"), None),
        ("sts.amazonaws.com", HostKind::Global, Some("sts"), None),
        (
            "vpce-0a1b2c3d4e5f67890-abcdefgh.api.ecr.us-east-1.vpce.amazonaws.com",
            HostKind::SingleEndpoint,
            Some("ecr.api"),
            Some("us-east-1"),
        ),
        (
            "vpce-0a1b2c3d4e5f67890-abcdefgh-us-east-1a.ecs-a.us-east-1.vpce.amazonaws.com",
            HostKind::SingleEndpoint,
            Some("ecs-agent"),
            Some("us-east-1"),
        ),
        (
            "bucket.vpce-0a1b2c3d4e5f67890-abcdefgh.s3.us-east-1.vpce.amazonaws.com",
            HostKind::SingleEndpoint,
            Some("s3"),
            Some("us-east-1"),
        ),
        ("fs-00000000.efs.us-east-1.amazonaws.com", HostKind::MountTarget, None, Some("us-east-1")),
        ("states.us-east-1.amazonaws.com", HostKind::OtherService, None, Some("us-east-1")),
        ("x.execute-api.us-east-1.amazonaws.com", HostKind::OtherService, None, Some("us-east-1")),
        ("db.x1.us-east-1.rds.amazonaws.com", HostKind::Resource, None, Some("us-east-1")),
        ("web-1.us-east-1.elb.amazonaws.com", HostKind::Resource, None, Some("us-east-1")),
        (
            "ecs.eusc-de-east-1.amazonaws.eu",
            HostKind::Endpoint,
            Some("ecs"),
            Some("eusc-de-east-1"),
        ),
    ] {
        let host = aws_host(&catalog, name).unwrap_or_else(|| panic!("{name}"));
        let seen = (host.kind, host.service.as_deref(), host.region.as_deref());
        assert_eq!(seen, (kind, service, region), "{name}");
    }
    for name in [
        "example.com",
        "ecs-tasks.amazonaws.com",
        "amazonaws.com",
        "docs.aws.amazon.com",
        "ecs.us-east-1.amazonaws.com.example.com",
        "ecs.us-west-1a.amazonaws.com.evil",
        "906554764568.dkr.ecr.us-west-2.amazon.aws.com",
    ] {
        assert_eq!(aws_host(&catalog, name), None, "{name}");
    }
}

#[test]
fn every_usual_name_of_every_service_leads_back_to_it() {
    let catalog = Catalog::builtin().unwrap();
    let all = catalog.services.iter().map(|service| service.name.clone()).collect();
    let selection = Selection { services: all, ..Selection::default() };
    for region in catalog.partitions.iter().flat_map(|partition| &partition.regions) {
        let place = Place { region: Some(region.clone()), ..Place::default() };
        for endpoint in plan(&catalog, &place, &selection).endpoints {
            for name in &endpoint.hosts {
                let host = aws_host(&catalog, name);
                let seen = host.as_ref().and_then(|host| host.service.as_deref());
                assert_eq!(seen, Some(endpoint.service.as_str()), "{name}");
                assert_eq!(host.unwrap().region.as_deref(), Some(region.as_str()), "{name}");
            }
        }
    }
}
