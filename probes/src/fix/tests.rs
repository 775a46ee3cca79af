use std::net::IpAddr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::findings::{Code, Finding};
use crate::observation::{HostObservation, Observations};
use crate::plan::{Place, Plan, Profile, Selection, plan};
use crate::status::Severity;
use crate::surroundings::{
    Absence, AbsenceReason, Fact, LaunchType, ResolverAddress, ResolverKind, ResolverSettings,
    Source, SourceReport, Surroundings,
};

const SILENT: &str = "timed-out";

fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, Source::INSTANCE_METADATA)
}

fn surroundings() -> Surroundings {
    Surroundings {
        launch_type: known(LaunchType::ContainerInstance),
        region: known("us-east-1".to_owned()),
        dns_suffix: known("amazonaws.com".to_owned()),
        vpc_id: known("vpc-0abc1234def567890".to_owned()),
        vpc_cidrs: known(vec!["10.0.0.0/16".parse().unwrap()]),
        vpc_ranges_told: true,
        subnet_cidrs: known(vec!["10.0.1.0/24".parse().unwrap()]),
        resolvers: asks("10.0.0.2", ResolverKind::Amazon),
        ..Surroundings::default()
    }
}

fn asks(address: &str, kind: ResolverKind) -> Fact<ResolverSettings> {
    let servers = vec![ResolverAddress { address: address.parse().unwrap(), kind }];
    known(ResolverSettings { servers, timeout_ms: 5000.0, attempts: 2, use_tcp: false })
}

fn catalog() -> Catalog {
    Catalog::builtin().unwrap()
}

fn planned(profile: Profile, selection: &Selection) -> Plan {
    let place =
        Place { region: Some("us-east-1".to_owned()), profile: Some(profile), ..Place::default() };
    plan(&catalog(), &place, selection)
}

/// One host name with one address.
fn seen(name: &str, address: &str, tcp: &str) -> HostObservation {
    let tls = (tcp == "connected").then(|| json!({ "outcome": "completed", "elapsed_ms": 1.0 }));
    let mut seen = json!({ "address": address, "tcp": { "outcome": tcp, "elapsed_ms": 1500.0 } });
    if let Some(mut tls) = tls {
        tls["chain"] = json!([]);
        seen["tls"] = tls;
    }
    let answer: IpAddr = address.parse().unwrap();
    let outcome = json!({
        "server": "10.0.0.2", "outcome": "answered", "addresses": [answer], "chain": [],
        "ttl_ms": 60_000.0, "elapsed_ms": 1.0
    });
    serde_json::from_value(json!({
        "host": name, "pinned": [], "lookups": [{ "record": "A", "attempts": [outcome] }],
        "addresses": [seen], "elapsed_ms": 2.0
    }))
    .unwrap()
}

/// A report in which these names lead to an address and behave so, and all others are well.
fn report(plan: Plan, troubles: &[(&str, &str, &str)]) -> Report {
    let hosts = plan
        .endpoints
        .iter()
        .flat_map(|endpoint| endpoint.hosts.iter().map(move |h| (endpoint, h)));
    let hosts = hosts
        .map(|(endpoint, host)| match troubles.iter().find(|(name, ..)| host.starts_with(name)) {
            Some((_, address, tcp)) => seen(host, address, tcp),
            None if endpoint.service == "s3" => seen(host, "52.216.1.1", "connected"),
            None => seen(host, "10.0.1.5", "connected"),
        })
        .collect();
    Report::new(surroundings(), plan, Observations { hosts, ..Observations::default() })
}

fn ec2(troubles: &[(&str, &str, &str)]) -> Report {
    report(planned(Profile::Ec2, &Selection::default()), troubles)
}

fn steps(report: &Report, services: &[&str]) -> Vec<Step> {
    let services: Vec<String> = services.iter().map(|service| (*service).to_owned()).collect();
    Fix::of(report, &catalog(), &services).unwrap().steps
}

/// The steps in one word each.
fn words(steps: &[Step]) -> Vec<String> {
    let word = |step: &Step| match step {
        Step::Advice(_) => "advice".to_owned(),
        Step::OpenSecurityGroups(open) => {
            let names = open.service_names.iter().map(|name| format!(" {name}"));
            format!("open{}", names.collect::<String>()).replace(" com.amazonaws.us-east-1.", " ")
        }
        Step::EnableVpcDns => "dns".to_owned(),
        Step::CreateSecurityGroup => "group".to_owned(),
        Step::CreateInterfaceEndpoint(new) => match &new.after {
            Some(after) => format!("{} after {after}", new.service),
            None => new.service.to_string(),
        },
        Step::RouteToGateway(gateway) => format!("route {}", gateway.service),
        Step::RaiseHopLimit(_) => "hops".to_owned(),
        Step::RestartAgents(_) => "restart".to_owned(),
    };
    steps.iter().map(word).collect()
}

const PUBLIC_ECS: [(&str, &str, &str); 3] = [
    ("ecs.", "52.94.1.1", SILENT),
    ("ecs-a.", "52.94.1.2", SILENT),
    ("ecs-t.", "52.94.1.3", SILENT),
];

#[test]
fn nothing_is_done_about_what_passes() {
    assert_eq!(words(&steps(&ec2(&[]), &[])), [""; 0]);
}

#[test]
fn the_endpoints_of_the_agent_come_first_and_in_order() {
    let mut troubles = PUBLIC_ECS.to_vec();
    troubles.extend([("api.ecr", "52.94.1.4", "connected"), ("prod-", "52.216.1.1", SILENT)]);
    let steps = steps(&ec2(&troubles), &[]);
    let wanted = [
        "dns",
        "group",
        "ecs-agent",
        "ecs-telemetry after ecs-agent",
        "ecs after ecs-telemetry",
        "ecr.api",
        "route s3",
        "restart",
    ];
    assert_eq!(words(&steps), wanted);
    let Step::CreateInterfaceEndpoint(agent) = &steps[2] else { panic!("{steps:?}") };
    assert_eq!(agent.service_name.as_str(), "com.amazonaws.us-east-1.ecs-agent");
    assert_eq!(agent.seen, ["VPCE101 ecs-a.us-east-1.amazonaws.com: 52.94.1.2 (public)"]);
}

#[test]
fn silence_of_private_addresses_is_a_matter_of_the_security_group() {
    let report = ec2(&[("ecs.", "10.0.1.9", SILENT), ("api.ecr", "10.0.2.9", SILENT)]);
    assert_eq!(words(&steps(&report, &[])), ["open ecs ecr.api"]);
    let elsewhere = ec2(&[("ecs.", "192.168.7.9", SILENT)]);
    assert!(words(&steps(&elsewhere, &[])).iter().all(|word| word == "advice"));
    let refused = ec2(&[("ecs.", "10.0.1.9", "refused")]);
    assert_eq!(words(&steps(&refused, &[])), ["advice"]);
}

#[test]
fn a_zone_that_lacks_a_name_nobody_asks_for_does_not_hide_a_security_group() {
    let report = ec2(&[("example.dkr", "10.0.1.9", SILENT)]);
    let mut observations = report.observations;
    observations.side_names = report
        .plan
        .side_names
        .iter()
        .map(|side| {
            let attempt =
                json!({ "server": "10.0.0.2", "outcome": "no-such-name", "elapsed_ms": 1.0 });
            let lookup = json!({ "record": "A", "attempts": [attempt] });
            serde_json::from_value(json!({ "host": side.host, "lookup": lookup })).unwrap()
        })
        .collect();
    let report = Report::new(report.surroundings, report.plan, observations);
    assert!(report.findings.iter().any(|finding| finding.code == Code::IncompleteZone));
    assert!(words(&steps(&report, &[])).contains(&"open ecr.dkr".to_owned()));
}

#[test]
fn a_wait_that_was_too_short_opens_nothing() {
    let mut report = ec2(&[("ecs.", "10.0.1.9", SILENT)]);
    for host in &mut report.observations.hosts {
        host.addresses.iter_mut().for_each(|seen| seen.tcp.elapsed_ms = 300.0);
    }
    let report = Report::new(report.surroundings, report.plan, report.observations);
    let steps = steps(&report, &[]);
    assert_eq!(words(&steps), ["advice"]);
    assert!(matches!(&steps[0], Step::Advice(text) if text.contains("VPCE110")), "{steps:?}");
}

#[test]
fn only_the_wanted_services_are_fixed_and_unknown_ones_added() {
    let report = ec2(&PUBLIC_ECS);
    assert_eq!(words(&steps(&report, &["ecs"])), ["dns", "group", "ecs", "restart"]);
    assert_eq!(words(&steps(&report, &["ecr.api"])), [""; 0]);
    let steps = steps(&report, &["kms"]);
    assert_eq!(words(&steps), ["dns", "group", "kms"]);
    let Step::CreateInterfaceEndpoint(kms) = &steps[2] else { panic!("{steps:?}") };
    assert_eq!(kms.service_name.as_str(), "com.amazonaws.us-east-1.kms");
    assert!(kms.seen[0].contains("no check of it"), "{kms:?}");
}

#[test]
fn another_resolver_comes_before_everything() {
    let mut report = ec2(&PUBLIC_ECS);
    report.surroundings.resolvers = asks("10.8.0.2", ResolverKind::Other);
    let report = Report::new(report.surroundings, report.plan, report.observations);
    let all = steps(&report, &[]);
    let first = "this machine asks 10.8.0.2";
    assert!(matches!(&all[0], Step::Advice(text) if text.contains(first)), "{all:?}");
    assert_eq!(words(&all)[1..3], ["dns", "group"]);
    let mut unconcerned = ec2(&[("ecs.", "10.0.1.9", SILENT)]);
    unconcerned.surroundings.resolvers = asks("10.8.0.2", ResolverKind::Other);
    assert_eq!(words(&steps(&unconcerned, &[])), ["open ecs"]);
}

#[test]
fn a_subnet_with_only_ipv6_needs_endpoints_of_that_family() {
    let mut report = ec2(&PUBLIC_ECS);
    report.surroundings.subnet_cidrs = known(vec!["2600:1f18:aaaa:bb01::/64".parse().unwrap()]);
    let all = steps(&report, &[]);
    assert!(matches!(&all[0], Step::Advice(text) if text.contains("only IPv6")), "{all:?}");
}

#[test]
fn optional_services_are_only_mentioned() {
    let selection = Selection { features: vec!["secrets".to_owned()], ..Selection::default() };
    let report = report(planned(Profile::Ec2, &selection), &[("kms.", "52.94.1.1", SILENT)]);
    let mentioned = steps(&report, &[]);
    assert_eq!(words(&mentioned), ["advice"]);
    assert!(matches!(&mentioned[0], Step::Advice(text) if text.contains("fix --service kms")));
    assert_eq!(words(&steps(&report, &["kms"])), ["dns", "group", "kms"]);
}

#[test]
fn agents_of_fargate_are_not_restarted() {
    let selection =
        Selection { features: vec!["service-connect".to_owned()], ..Selection::default() };
    let plan = planned(Profile::Fargate, &selection);
    let report = report(plan, &[("ecs-a.", "52.94.1.2", SILENT)]);
    assert_eq!(words(&steps(&report, &[])), ["dns", "group", "ecs-agent"]);
}

#[test]
fn pinned_names_need_another_hosts_file_and_no_endpoint() {
    let mut report = ec2(&[("ecs.", "10.0.1.5", "connected")]);
    let pinned = report.observations.hosts.iter_mut().find(|host| host.host.starts_with("ecs."));
    let pinned = pinned.unwrap();
    let public = seen("ecs.us-east-1.amazonaws.com", "52.94.1.1", SILENT);
    pinned.pinned = vec!["52.94.1.1".parse().unwrap()];
    pinned.addresses = public.addresses;
    let report = Report::new(report.surroundings, report.plan, report.observations);
    let steps = steps(&report, &[]);
    assert!(words(&steps).iter().all(|word| word == "advice"), "{steps:?}");
    assert!(!steps.is_empty());
}

#[test]
fn too_few_hops_of_an_instance_are_raised() {
    let mut report = ec2(&[]);
    let source = Source::INSTANCE_METADATA;
    let trouble = Absence::new(source.clone(), AbsenceReason::HopLimit, "silent");
    let troubles = vec![trouble];
    report.surroundings.sources =
        vec![SourceReport { source, answered: false, troubles, elapsed_ms: 1.0 }];
    report.surroundings.vpc_cidrs = Fact::default();
    let report = Report::new(report.surroundings, report.plan, report.observations);
    assert!(words(&steps(&report, &[])).contains(&"hops".to_owned()));
}

#[test]
fn without_a_region_there_is_no_fix() {
    let mut report = ec2(&[]);
    report.plan.region = None;
    assert_eq!(Fix::of(&report, &catalog(), &[]), Err(FixError::RegionUnknown));
    for bad in ["us-east-1; reboot", "moon"] {
        report.plan.region = Some(bad.to_owned());
        let error = Fix::of(&report, &catalog(), &[]).unwrap_err();
        assert_eq!(error, FixError::PartitionUnknown(bad.to_owned()));
    }
}

#[test]
fn names_of_other_forms_or_regions_are_no_steps() {
    for name in ["com.amazonaws.eu-west-1.ecs", "$(reboot)", "com.amazonaws.us-east-1.x\ny", ""] {
        let mut report = ec2(&[("ecs.", "52.94.1.1", SILENT)]);
        let of_ecs = report.plan.endpoints.iter_mut().find(|endpoint| endpoint.service == "ecs");
        of_ecs.unwrap().endpoint_service_name = Some(name.to_owned());
        let report = Report::new(report.surroundings, report.plan, report.observations);
        let words = words(&steps(&report, &[]));
        assert!(words.iter().all(|word| word == "advice" || word == "restart"), "{words:?}");
        assert!(words.contains(&"advice".to_owned()), "{name}");
    }
}

#[test]
fn a_service_of_another_region_is_not_the_one_that_the_caller_names() {
    let mut selection = Selection::default();
    selection.task.feature("task definition: x", Some("eu-west-1".to_owned()), "logs");
    let abroad = report(planned(Profile::Ec2, &selection), &[]);
    assert_eq!(words(&steps(&abroad, &["logs"])), ["dns", "group", "logs"]);
}

proptest! {
    /// Whatever a saved report says, no id of a fix is anything but an id.
    #[test]
    fn a_saved_report_cannot_smuggle_anything_into_a_step(
        evil in "[ -~\\n\u{e9}]{0,20}", field in 0..7usize
    ) {
        let mut saved: Value = serde_json::to_value(ec2(&PUBLIC_ECS)).unwrap();
        let fact = json!({ "value": evil, "source": "option" });
        match field {
            0 => saved["surroundings"]["vpc_id"] = fact,
            1 => saved["surroundings"]["subnet_id"] = fact,
            2 => saved["surroundings"]["instance_id"] = fact,
            3 => saved["surroundings"]["availability_zone"] = fact,
            4 => saved["surroundings"]["security_group_ids"] =
                json!({ "value": [evil], "source": "option" }),
            5 => saved["plan"]["endpoints"][0]["endpoint_service_name"] = json!(evil),
            _ => saved["plan"]["endpoints"][0]["service"] = json!(evil),
        }
        let report = Report::from_saved(&saved.to_string()).unwrap();
        let fix = Fix::of(&report, &catalog(), &[]).unwrap();
        let place = &fix.place;
        let mut ids: Vec<&Id> = place.security_groups.iter().collect();
        ids.extend([&place.vpc, &place.subnet, &place.instance, &place.zone].into_iter().flatten());
        for step in &fix.steps {
            if let Step::CreateInterfaceEndpoint(new) = step {
                ids.extend([&new.service, &new.service_name].into_iter().chain(&new.after));
            }
        }
        for id in ids {
            prop_assert!(id.as_str().bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte)
            }), "{id}");
        }
    }
}

#[test]
fn what_only_refers_to_another_finding_is_no_advice() {
    let finding = |code, change: &str| Finding {
        code,
        severity: Severity::Warn,
        seen: "x".to_owned(),
        meaning: String::new(),
        change: change.to_owned(),
        services: Vec::new(),
        hosts: Vec::new(),
    };
    let mut report = ec2(&[]);
    let refers = || finding(Code::NoSuchName, "Follow VPCE022.");
    report.findings = vec![finding(Code::NotForwarded, "Forward it."), refers()];
    assert_eq!(words(&steps(&report, &[])), ["advice"]);
    report.findings = vec![refers()];
    assert_eq!(words(&steps(&report, &[])), ["advice"], "the other one is not there");
    report.findings.clear();
    assert!(steps(&report, &[]).is_empty());
}
