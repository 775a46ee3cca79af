use super::*;
use crate::findings::tests::{codes, healthy, known, plan_with, surroundings};
use crate::findings::{Code, Judgement, judge};
use crate::plan::Selection;
use crate::status::{Severity, Status};

const LOGS: &str = "logs.us-east-1.amazonaws.com";

fn run(launch_type: LaunchType, settings: &[(&str, &str)]) -> Judgement {
    run_with(launch_type, &["logs"], settings)
}

fn run_with(launch_type: LaunchType, services: &[&str], settings: &[(&str, &str)]) -> Judgement {
    let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let surroundings = Surroundings {
        launch_type: known(launch_type),
        proxy: ProxySettings { settings: settings.collect() },
        ..surroundings()
    };
    let selection = Selection {
        services: services.iter().map(|one| (*one).to_owned()).collect(),
        ..Selection::default()
    };
    let plan = plan_with(&selection);
    judge(&surroundings, &plan, &healthy(&plan))
}

fn in_task(settings: &[(&str, &str)]) -> Judgement {
    run(LaunchType::Ec2Task, settings)
}

/// The way of this environment to CloudWatch Logs.
fn way(settings: &[(&str, &str)]) -> ProxyWay {
    let judgement = in_task(settings);
    let check = judgement.proxies.first().unwrap();
    assert_eq!(check.client, ProxyClient::Environment);
    check.hosts.iter().find(|host| host.host == LOGS).unwrap().way
}

#[test]
fn without_a_proxy_there_is_nothing_to_tell() {
    for settings in [&[][..], &[("NO_PROXY", "*")], &[("/etc/ecs/ecs.config HTTP_PROXY", "x:1")]] {
        let judgement = in_task(settings);
        assert_eq!((judgement.proxies, judgement.status), (vec![], Status::Pass), "{settings:?}");
    }
}

#[test]
fn each_kind_of_program_asks_for_its_own_variables() {
    let proxy = ("HTTPS_PROXY", "http://proxy:1");
    for (settings, expected) in [
        (&[proxy][..], ProxyWay::Proxy),
        (&[("https_proxy", "http://proxy:1")], ProxyWay::Proxy),
        (&[("HTTP_PROXY", "http://proxy:1")], ProxyWay::Direct),
        (&[("ALL_PROXY", "http://proxy:1")], ProxyWay::Differs),
        (&[proxy, ("NO_PROXY", ".amazonaws.com")], ProxyWay::Direct),
        (&[proxy, ("NO_PROXY", "*.amazonaws.com")], ProxyWay::Differs),
        (&[proxy, ("NO_PROXY", ".amazonaws.com"), ("no_proxy", "x")], ProxyWay::Differs),
        (&[proxy, ("NO_PROXY", "*"), ("no_proxy", "*")], ProxyWay::Direct),
    ] {
        assert_eq!(way(settings), expected, "{settings:?}");
    }
}

#[test]
fn what_programs_agree_on_weighs_more() {
    let severity = |settings: &[(&str, &str)]| {
        let findings = in_task(settings).findings;
        findings.iter().find(|one| one.code == Code::ProxyPastEndpoints).map(|one| one.severity)
    };
    assert_eq!(severity(&[("HTTPS_PROXY", "proxy:1")]), Some(Severity::Warn));
    assert_eq!(severity(&[("all_proxy", "proxy:1")]), Some(Severity::Info));
    assert_eq!(severity(&[("HTTP_PROXY", "proxy:1")]), None);
    let judgement = run_with(
        LaunchType::Ec2Task,
        &["logs", "ssm"],
        &[("HTTPS_PROXY", "proxy:1"), ("NO_PROXY", "*.us-east-1.amazonaws.com:443,ssm.x")],
    );
    assert_eq!(codes(&judgement), [Code::ProxyPastEndpoints]);
    let both = run_with(
        LaunchType::Ec2Task,
        &["logs", "ssm"],
        &[("HTTPS_PROXY", "proxy:1"), ("NO_PROXY", "logs.us-east-1.amazonaws.com:443")],
    );
    let told: Vec<_> = both.findings.iter().map(|one| (one.severity, one.seen.as_str())).collect();
    assert_eq!(told[0].0, Severity::Warn);
    assert!(told[0].1.ends_with("does not name ssm.us-east-1.amazonaws.com"), "{told:?}");
    assert!(told[1].1.contains("counts for logs.us-east-1.amazonaws.com"), "{told:?}");
}

#[test]
fn what_a_proxy_cannot_reach_depends_on_the_place() {
    let missing = |kind: LaunchType, settings: &[(&str, &str)]| {
        run(kind, settings).proxies.first().map(|check| check.missing.join(",")).unwrap()
    };
    let proxy = ("http_proxy", "http://proxy:1");
    assert_eq!(missing(LaunchType::FargateTask, &[proxy]), "169.254.170.2");
    assert_eq!(missing(LaunchType::Ec2Task, &[proxy]), "169.254.169.254,169.254.170.2");
    assert_eq!(missing(LaunchType::Ec2Instance, &[proxy]), "169.254.169.254");
    assert_eq!(missing(LaunchType::External, &[proxy]), "");
    let named = ("NO_PROXY", "169.254.0.0/16");
    assert_eq!(missing(LaunchType::Ec2Task, &[proxy, named]), "");
    // Metadata are asked over plain HTTP.
    assert_eq!(missing(LaunchType::Ec2Task, &[("HTTPS_PROXY", "http://proxy:1")]), "");
}

fn settings(of: &[(&str, &str)]) -> Vec<AgentProxySetting> {
    let setting = |(name, value): &(&str, &str)| AgentProxySetting {
        place: "/etc/ecs/ecs.config".to_owned(),
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    of.iter().map(setting).collect()
}

fn on_instance(agent: &EcsAgent) -> Vec<ProxyCheck> {
    let (plan, surroundings) = (plan_with(&Selection::default()), surroundings());
    let observations = healthy(&plan);
    let views = HostView::of_plan(&surroundings, &plan, &observations);
    checks(&surroundings, Some(agent), &views)
}

#[test]
fn the_docker_engine_pulls_over_https_and_only_images() {
    let with = |of: &[(&str, &str)]| {
        on_instance(&EcsAgent { docker_proxy: settings(of), ..EcsAgent::default() })
    };
    let [check] = with(&[("HTTPS_PROXY", "proxy:1")]).try_into().unwrap();
    assert_eq!(check.client, ProxyClient::DockerEngine);
    assert!(check.hosts.iter().all(|host| host.way == ProxyWay::Proxy));
    let names: Vec<_> = check.hosts.iter().map(|host| host.host.as_str()).collect();
    assert!(names.contains(&"123456789012.dkr.ecr.us-east-1.amazonaws.com"), "{names:?}");
    assert!(!names.contains(&"api.ecr.us-east-1.amazonaws.com"), "{names:?}");
    let [check] = with(&[("HTTP_PROXY", "proxy:1")]).try_into().unwrap();
    assert!(
        check.hosts.iter().all(|host| host.way == ProxyWay::Direct) && check.missing.is_empty()
    );
}

#[test]
fn the_agent_adds_what_it_needs_unless_no_proxy_is_set() {
    let with = |of: &[(&str, &str)]| {
        on_instance(&EcsAgent { proxy: settings(of), ..EcsAgent::default() }).remove(0)
    };
    let proxy = ("HTTP_PROXY", "proxy:1");
    assert!(with(&[proxy]).missing.is_empty());
    assert!(with(&[proxy]).hosts.iter().all(|host| host.way == ProxyWay::Proxy));
    let named = with(&[proxy, ("NO_PROXY", "169.254.170.2,/var/run/docker.sock,amazonaws.com")]);
    assert_eq!(named.missing, ["169.254.169.254"]);
    assert!(named.hosts.iter().all(|host| host.matched.as_deref() == Some("amazonaws.com")));
    assert_eq!(with(&[proxy, ("NO_PROXY", "x")]).missing.len(), 3);
    assert!(
        on_instance(&EcsAgent { proxy: settings(&[("ALL_PROXY", "x:1")]), ..EcsAgent::default() })
            .is_empty()
    );
}

#[test]
fn where_there_is_no_endpoint_the_proxy_may_be_the_only_way() {
    let judgement = in_task(&[("HTTPS_PROXY", "proxy:1")]);
    assert_eq!(codes(&judgement), [Code::ProxyPastEndpoints]);
    let surroundings = Surroundings {
        launch_type: known(LaunchType::Ec2Task),
        proxy: ProxySettings {
            settings: [("HTTPS_PROXY".to_owned(), "proxy:1".to_owned())].into(),
        },
        ..surroundings()
    };
    let plan = plan_with(&Selection { only: vec!["logs".to_owned()], ..Selection::default() });
    let mut observations = healthy(&plan);
    let public = crate::findings::tests::well("3.236.94.214");
    *observations.hosts.first_mut().unwrap() = crate::findings::tests::host(LOGS, vec![public]);
    let judgement = judge(&surroundings, &plan, &observations);
    assert!(!codes(&judgement).contains(&Code::ProxyPastEndpoints));
    assert_eq!(judgement.proxies[0].hosts[0].way, ProxyWay::Proxy);
}
