use proptest::prelude::*;

use super::*;
use crate::catalog::{Expectation, Need};

pub(super) fn catalog() -> Catalog {
    Catalog::builtin().unwrap()
}

pub(super) fn place(region: &str, profile: Profile) -> Place {
    Place {
        region: Some(region.to_owned()),
        account: Some("123456789012".to_owned()),
        profile: Some(profile),
        ..Place::default()
    }
}

fn plan_of(place: &Place, selection: &Selection) -> Plan {
    plan(&catalog(), place, selection)
}

pub(super) fn titles(plan: &Plan) -> Vec<String> {
    plan.endpoints.iter().map(Endpoint::title).collect()
}

fn endpoint<'p>(plan: &'p Plan, title: &str) -> &'p Endpoint {
    plan.endpoints.iter().find(|endpoint| endpoint.title() == title).unwrap()
}

fn with_features(features: &[&str]) -> Selection {
    Selection {
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        ..Selection::default()
    }
}

#[test]
fn a_container_instance_needs_the_three_ecs_endpoints_and_images() {
    let made = plan_of(&place("us-east-1", Profile::Ec2), &Selection::default());
    assert_eq!(
        titles(&made),
        ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "s3 (layers)"]
    );
    assert!(made.endpoints.iter().all(|endpoint| endpoint.need == Need::Required));
    assert_eq!(endpoint(&made, "ecs-agent").hosts, ["ecs-a.us-east-1.amazonaws.com"]);
    assert_eq!(endpoint(&made, "ecr.api").hosts, ["api.ecr.us-east-1.amazonaws.com"]);
    let dkr = endpoint(&made, "ecr.dkr");
    assert_eq!(dkr.hosts, ["123456789012.dkr.ecr.us-east-1.amazonaws.com"]);
    assert_eq!(
        dkr.private_dns,
        ["dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com"]
    );
    let layers = endpoint(&made, "s3 (layers)");
    assert_eq!(layers.expectation, Expectation::Gateway);
    assert_eq!(layers.hosts.len(), 2, "us-east-1 has two forms of the bucket's name");
}

#[test]
fn fargate_needs_no_ecs_endpoints_and_the_image_api_only_since_1_4() {
    let mut fargate = place("eu-west-1", Profile::Fargate);
    assert_eq!(
        titles(&plan_of(&fargate, &Selection::default())),
        ["ecr.api", "ecr.dkr", "s3 (layers)"]
    );
    fargate.platform_version = Some("1.3.0".to_owned());
    assert_eq!(titles(&plan_of(&fargate, &Selection::default())), ["ecr.dkr", "s3 (layers)"]);
    fargate.platform_version = Some("1.4.0".to_owned());
    assert!(titles(&plan_of(&fargate, &Selection::default())).contains(&"ecr.api".to_owned()));
    fargate.platform_version = Some("LATEST".to_owned());
    assert!(titles(&plan_of(&fargate, &Selection::default())).contains(&"ecr.api".to_owned()));
}

#[test]
fn a_managed_instance_needs_ec2messages_nowhere_and_may_have_it_in_older_regions() {
    let older = plan_of(&place("us-east-1", Profile::Ssm), &Selection::default());
    assert_eq!(endpoint(&older, "ec2messages").need, Need::Optional);
    assert_eq!(endpoint(&older, "ssmmessages").need, Need::Required);
    let newer = plan_of(&place("mx-central-1", Profile::Ssm), &Selection::default());
    assert!(!titles(&newer).contains(&"ec2messages".to_owned()));
}

fn ssm_buckets(region: &str) -> Vec<String> {
    let made = plan_of(&place(region, Profile::Ssm), &Selection::default());
    assert_eq!(endpoint(&made, "s3").hosts.len(), 1, "the service by its own name as well");
    let buckets = endpoint(&made, "s3 (ssm buckets)");
    assert_eq!((buckets.need, buckets.expectation), (Need::Recommended, Expectation::Gateway));
    buckets.hosts.iter().filter_map(|host| Some(host.split_once(".s3.")?.0.to_owned())).collect()
}

#[test]
fn the_buckets_of_systems_manager_have_the_names_of_their_region() {
    assert_eq!(
        ssm_buckets("us-east-1"),
        [
            "amazon-ssm-us-east-1",
            "aws-ssm-us-east-1",
            "patch-baseline-snapshot-us-east-1",
            "aws-patch-manager-us-east-1-1970c647d"
        ]
    );
    assert_eq!(
        ssm_buckets("me-south-1"),
        [
            "amazon-ssm-me-south-1",
            "aws-ssm-me-south-1",
            "patch-baseline-snapshot-me-south-1-uduvl7q8",
            "aws-patch-manager-me-south-1-a53fc9dce"
        ]
    );
    for region in ["cn-north-1", "eu-north-9", "us-gov-west-1"] {
        assert_eq!(ssm_buckets(region).len(), 3, "{region}: no suffix is known, none is invented");
    }
    let china = plan_of(&place("cn-north-1", Profile::Ssm), &Selection::default());
    assert_eq!(
        endpoint(&china, "s3 (ssm buckets)").hosts[0],
        "amazon-ssm-cn-north-1.s3.cn-north-1.amazonaws.com.cn"
    );
}

#[test]
fn the_bucket_of_layers_keeps_its_plain_names() {
    let layers = |region: &str, selection: &Selection| {
        endpoint(&plan_of(&place(region, Profile::Ec2), selection), "s3 (layers)").hosts.clone()
    };
    let usual = Selection::default();
    assert_eq!(
        layers("us-east-1", &usual),
        [
            "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com",
            "prod-us-east-1-starport-layer-bucket.s3.amazonaws.com"
        ]
    );
    assert_eq!(
        layers("cn-north-1", &usual),
        ["prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn"]
    );
    let other = Selection { fips: true, dual_stack: true, ..Selection::default() };
    assert_eq!(layers("us-east-1", &other), layers("us-east-1", &usual));
}

#[test]
fn newer_regions_say_that_all_three_are_a_must() {
    let reason = |region: &str| {
        let made = plan_of(&place(region, Profile::Ec2), &Selection::default());
        endpoint(&made, "ecs").reasons.iter().map(|reason| reason.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(reason("us-east-1").len(), 1);
    assert_eq!(reason("ca-west-1").len(), 1);
    assert_ne!(reason("us-east-1"), reason("ca-west-1"));
}

#[test]
fn features_add_what_they_need_and_say_so() {
    let made = plan_of(
        &place("us-east-1", Profile::Fargate),
        &with_features(&["logs", "secrets", "exec", "service-connect"]),
    );
    for title in ["logs", "secretsmanager", "ssmmessages", "ecs-agent"] {
        assert!(titles(&made).contains(&title.to_owned()), "{title}");
    }
    let kms = endpoint(&made, "kms");
    assert_eq!(kms.need, Need::Optional);
    let who: Vec<_> = kms.reasons.iter().map(|reason| reason.who.as_str()).collect();
    assert!(who.contains(&"feature secrets") && who.contains(&"feature exec"), "{who:?}");
}

#[test]
fn every_reason_from_the_catalog_names_its_document() {
    let catalog = catalog();
    let selection = Selection {
        profiles: Profile::ALL.to_vec(),
        features: catalog.features().into_iter().map(str::to_owned).collect(),
        ..Selection::default()
    };
    for region in ["us-east-1", "mx-central-1", "cn-north-1", "us-gov-west-1"] {
        for endpoint in plan(&catalog, &place(region, Profile::Ec2), &selection).endpoints {
            for reason in &endpoint.reasons {
                let source = reason.source.as_ref().unwrap();
                assert!(!source.url.is_empty(), "{}", endpoint.service);
            }
        }
    }
}

#[test]
fn the_caller_adds_narrows_and_leaves_out() {
    let here = place("us-east-1", Profile::Ec2);
    let add = Selection { services: vec!["kms".to_owned()], ..Selection::default() };
    assert_eq!(endpoint(&plan_of(&here, &add), "kms").need, Need::Required);
    let only = Selection { only: vec!["ecs".to_owned(), "sts".to_owned()], ..Selection::default() };
    assert_eq!(titles(&plan_of(&here, &only)), ["ecs", "sts"]);
    let skip = Selection { skip: vec!["s3".to_owned()], ..Selection::default() };
    assert!(!titles(&plan_of(&here, &skip)).contains(&"s3 (layers)".to_owned()));
    let host = Selection { hosts: vec!["vault.corp".to_owned()], ..Selection::default() };
    let made = plan_of(&here, &host);
    assert_eq!(made.endpoints.last().unwrap().hosts, ["vault.corp"]);
    assert_eq!(made.endpoints.last().unwrap().expectation, Expectation::Private);
}

#[test]
fn the_agent_can_be_left_out_without_its_endpoints() {
    let agent = |place| AgentPlan { place, reason: "Because.".to_owned(), asked_for: false };
    let with = |agent| Place { ecs_agent: Some(agent), ..place("us-east-1", Profile::Ec2) };
    let here = with(agent(AgentPlace::Here));
    let made = |ecs_agent| plan_of(&here, &Selection { ecs_agent, ..Selection::default() });
    let (usual, without) = (made(AgentWish::Usual), made(AgentWish::LeftOut));
    assert_eq!(titles(&usual), titles(&without));
    assert!(usual.ecs_agent.is_some_and(|planned| !planned.asked_for) && usual.notes.is_empty());
    assert!(without.ecs_agent.is_none() && without.notes[0].contains("The ECS agent"));
    assert!(made(AgentWish::AskedFor).ecs_agent.is_some_and(|planned| planned.asked_for));
    // Nobody would have looked at it there.
    let left_out = Selection { ecs_agent: AgentWish::LeftOut, ..Selection::default() };
    let without_ecs = Selection { only: vec!["s3".to_owned()], ..left_out.clone() };
    for plan in
        [plan_of(&with(agent(AgentPlace::OutOfSight)), &left_out), plan_of(&here, &without_ecs)]
    {
        assert_eq!((plan.ecs_agent, plan.notes), (None, Vec::new()));
    }
}

#[test]
fn names_follow_the_partition() {
    let china = plan_of(&place("cn-north-1", Profile::Ec2), &Selection::default());
    assert_eq!(endpoint(&china, "ecs").hosts, ["ecs.cn-north-1.amazonaws.com.cn"]);
    let created = |title| endpoint(&china, title).endpoint_service_name.clone().unwrap();
    assert_eq!(created("ecs"), "com.amazonaws.cn-north-1.ecs");
    assert_eq!(created("ecr.api"), "cn.com.amazonaws.cn-north-1.ecr.api");
    let iso = plan_of(&place("us-iso-east-1", Profile::Ec2), &Selection::default());
    assert_eq!(endpoint(&iso, "ecs").hosts, ["ecs.us-iso-east-1.c2s.ic.gov"]);
    let sovereign = plan_of(&place("eusc-de-east-1", Profile::Ec2), &Selection::default());
    assert_eq!(
        endpoint(&sovereign, "ecr.dkr").endpoint_service_name.as_deref(),
        Some("eu.amazonaws.eusc-de-east-1.ecr.dkr")
    );
    assert!(endpoint(&sovereign, "ecs").hosts[0].ends_with(".amazonaws.eu"));
}

#[test]
fn a_region_of_tomorrow_works_and_is_marked() {
    let made = plan_of(&place("eu-north-9", Profile::Ec2), &Selection::default());
    assert_eq!(made.endpoints.len(), 6);
    assert!(!made.region_listed);
    let unknown = plan_of(&place("moon-base-1", Profile::Ec2), &Selection::default());
    assert!(unknown.endpoints.is_empty() && unknown.partition.is_none());
    let told = Place { partition: Some("aws".to_owned()), ..place("moon-base-1", Profile::Ec2) };
    assert_eq!(plan_of(&told, &Selection::default()).endpoints.len(), 6);
}

#[test]
fn fips_names_are_used_where_they_exist_and_never_invented() {
    let fips = Selection { fips: true, ..Selection::default() };
    let made = plan_of(&place("us-east-1", Profile::Ec2), &fips);
    assert_eq!(endpoint(&made, "ecs").hosts, ["ecs-fips.us-east-1.amazonaws.com"]);
    assert_eq!(
        endpoint(&made, "ecs").endpoint_service_name.as_deref(),
        Some("com.amazonaws.us-east-1.ecs-fips")
    );
    assert_eq!(
        endpoint(&made, "ecr.dkr").hosts,
        ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com"]
    );
    let agent = endpoint(&made, "ecs-agent");
    assert_eq!(agent.hosts, ["ecs-a.us-east-1.amazonaws.com"]);
    assert!(agent.notes[0].contains("No FIPS name"), "{:?}", agent.notes);
    let elsewhere = plan_of(&place("eu-west-1", Profile::Ec2), &fips);
    assert_eq!(endpoint(&elsewhere, "ecs").hosts, ["ecs.eu-west-1.amazonaws.com"]);
}

#[test]
fn dual_stack_names_differ_in_form() {
    let dual = Selection { dual_stack: true, ..Selection::default() };
    let made = plan_of(&place("us-east-1", Profile::Ec2), &dual);
    assert_eq!(endpoint(&made, "ecs").hosts, ["ecs.us-east-1.api.aws"]);
    assert_eq!(endpoint(&made, "ecr.api").hosts, ["ecr.us-east-1.api.aws"]);
    let dkr = endpoint(&made, "ecr.dkr");
    assert_eq!(dkr.hosts, ["123456789012.dkr-ecr.us-east-1.on.aws"]);
    assert_eq!(dkr.expectation, Expectation::Reachable, "AWS documents disagree about it");
}

#[test]
fn without_an_account_any_label_below_the_wildcard_serves() {
    let anonymous = Place { account: None, ..place("us-east-1", Profile::Ec2) };
    let made = plan_of(&anonymous, &Selection::default());
    let dkr = endpoint(&made, "ecr.dkr");
    assert_eq!(dkr.hosts, ["example.dkr.ecr.us-east-1.amazonaws.com"]);
    assert!(dkr.notes[0].contains("account id is not known"));
}

fn side_names(plan: &Plan) -> Vec<(&str, SideNameKind)> {
    plan.side_names.iter().map(|side| (side.host.as_str(), side.kind)).collect()
}

#[test]
fn side_names_show_how_zones_were_made() {
    let made = plan_of(&place("us-east-1", Profile::Ec2), &Selection::default());
    assert_eq!(
        side_names(&made),
        [
            ("ecs-agent.us-east-1.amazonaws.com", SideNameKind::EndpointService),
            ("ecs-a-1.us-east-1.amazonaws.com", SideNameKind::Numbered),
            ("ecs-telemetry.us-east-1.amazonaws.com", SideNameKind::EndpointService),
            ("ecs-t-1.us-east-1.amazonaws.com", SideNameKind::Numbered),
            ("ecr.api.us-east-1.amazonaws.com", SideNameKind::EndpointService),
            ("dkr.ecr.us-east-1.amazonaws.com", SideNameKind::Apex),
            ("ecr.dkr.us-east-1.amazonaws.com", SideNameKind::EndpointService),
        ]
    );
    assert_eq!(made.side_names[5].of_host, "123456789012.dkr.ecr.us-east-1.amazonaws.com");
    assert_eq!(made.side_names[5].of_service, "ecr.dkr");
}

#[test]
fn outside_aws_and_for_other_variants_of_names_no_side_name_is_invented() {
    let outside = plan_of(&place("us-east-1", Profile::External), &Selection::default());
    assert_eq!(side_names(&outside), []);
    let fips = Selection {
        fips: true,
        dual_stack: true,
        services: vec!["kms".to_owned(), "elasticfilesystem".to_owned(), "monitoring".to_owned()],
        only: vec!["ecs".to_owned(), "ecr.dkr".to_owned(), "s3".to_owned()],
        ..Selection::default()
    };
    let made = plan_of(&place("us-east-1", Profile::Ec2), &fips);
    assert_eq!(side_names(&made), [], "they are the names of other hosts, or of none");
}

#[test]
fn without_a_region_only_given_names_are_left() {
    let nowhere = Place { profile: Some(Profile::Ec2), ..Place::default() };
    let host = Selection { hosts: vec!["vault.corp".to_owned()], ..Selection::default() };
    assert_eq!(titles(&plan_of(&nowhere, &host)), ["host"]);
}

pub(super) fn any_selection() -> impl Strategy<Value = Selection> {
    let catalog = catalog();
    let features: Vec<String> = catalog.features().into_iter().map(str::to_owned).collect();
    let services: Vec<String> = catalog.services.iter().map(|s| s.name.clone()).collect();
    let some = |of: &[String]| proptest::sample::subsequence(of.to_vec(), 0..=3);
    (
        some(&features),
        some(&services),
        some(&services),
        proptest::sample::subsequence(Profile::ALL.to_vec(), 0..=2),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(features, services, skip, profiles, fips, dual_stack)| Selection {
            features,
            services,
            skip,
            profiles,
            fips,
            dual_stack,
            ..Selection::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn plans_are_deterministic_and_well_formed(
        selection in any_selection(),
        region in proptest::sample::select(vec!["us-east-1", "eu-west-9", "cn-north-1", "us-gov-east-1", "eusc-de-east-1"]),
        profile in proptest::sample::select(Profile::ALL.to_vec()),
    ) {
        let catalog = catalog();
        let here = place(region, profile);
        let made = plan(&catalog, &here, &selection);
        prop_assert_eq!(&made, &plan(&catalog, &here, &selection));
        for endpoint in &made.endpoints {
            prop_assert!(!endpoint.hosts.is_empty() && !endpoint.reasons.is_empty());
            prop_assert!(!selection.skip.contains(&endpoint.service));
            let strongest = endpoint.reasons.iter().map(|reason| reason.need).max();
            prop_assert_eq!(Some(endpoint.need), strongest);
            for host in &endpoint.hosts {
                prop_assert!(!host.contains(['{', '}']), "{}", host);
            }
        }
        for service in selection.services.iter().filter(|name| !selection.skip.contains(name)) {
            prop_assert!(made.endpoints.iter().any(|endpoint| endpoint.service == *service));
        }
    }

    #[test]
    fn adding_a_feature_never_takes_an_endpoint_away(selection in any_selection()) {
        let here = place("us-east-1", Profile::Ec2);
        let before = titles(&plan_of(&here, &selection));
        let mut more = selection.clone();
        more.features.push("xray".to_owned());
        let after = titles(&plan_of(&here, &more));
        for title in before {
            prop_assert!(after.contains(&title), "{}", title);
        }
    }
}
