//! Waiting in a VPC whose endpoints come, come half, or come too late.

use std::fs;
use std::time::Duration;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use vpce_lab::{DnsBehaviour, Server, TlsBehaviour, Vpc};

use crate::Scene;
use crate::program::{Ended, Program};
use crate::world::{break_names, breakable, heal_names, run, vpc_of};

pub(crate) const SCENES: &[Scene] = &[
    ("wait::until_an_endpoint_is_created", breakable, created),
    ("wait::for_an_endpoint_that_answers_late", breakable, answers_late),
    ("wait::until_the_time_is_over", breakable, time_over),
    ("wait::never_longer_than_it_may", silent_resolver, never_longer),
    ("wait::with_less_time_than_a_check", breakable, little_time),
    ("wait::without_the_ecs_agent", instance_without_agent, without_agent),
    ("wait::until_the_instance_metadata_answer", instance, metadata_later),
    ("wait::until_there_is_a_resolver", instance, resolver_later),
    ("wait::only_for_what_is_asked", breakable, only),
    ("wait::where_warnings_count", dead_address, warnings),
];

pub(crate) fn instance() -> Result<Vpc, Failed> {
    Ok(Vpc::base("ec2")?)
}

/// A container instance whose agent was not started.
fn instance_without_agent() -> Result<Vpc, Failed> {
    vpc_of("agent-never-started")
}

/// One of the two addresses of ecr.api refuses connections: works, and warns.
fn dead_address() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    let refuses = Server { behaviour: TlsBehaviour::Refuse, ..Server::default() };
    vpc.servers.insert("10.0.2.104".parse()?, refuses);
    Ok(vpc)
}

pub(crate) fn silent_resolver() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    for resolver in vpc.resolvers.values_mut() {
        resolver.behaviour = DnsBehaviour::Silent;
    }
    Ok(vpc)
}

pub(crate) const NOT_YET: &str =
    "ecr.api does not pass yet: VPCE101 The name resolves to public addresses.";

fn created() -> Result<(), Failed> {
    break_names()?;
    let mut wait = Program::start_with("wait --timeout 50s", &[("TERM", "xterm")])?;
    let mut said = vec![wait.log_with("")?, wait.log_with("")?];
    heal_names()?;
    said.push(wait.log_with("")?);
    let ended = wait.ended()?;
    said.extend(ended.stderr);
    let expected = [
        "Waiting until what is required passes, for at most 50 s",
        NOT_YET,
        "ecr.api passes now",
        "What is required passes",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (line, expected) in said.iter().zip(expected) {
        assert!(line.contains(expected), "{expected}: {said:#?}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line:?}");
    }
    for field in ["service=ecr.api", "host=api.ecr.us-east-1.amazonaws.com", "from=fail", "to=pass"]
    {
        assert!(said[2].contains(field), "{field}: {}", said[2]);
    }
    assert_eq!(ended.exit, Some(0));
    assert!(ended.stdout.iter().any(|line| line.starts_with("PASS")), "{:#?}", ended.stdout);
    Ok(())
}

/// As endpoints do for half a minute: private names, and nobody behind the addresses.
fn answers_late() -> Result<(), Failed> {
    break_names()?;
    run("nft", &["add table inet late"])?;
    run("nft", &["add chain inet late out { type filter hook output priority 0; }"])?;
    run("nft", &["add rule inet late out ip daddr { 10.0.1.104, 10.0.2.104 } drop"])?;
    let mut wait = Program::start("wait --timeout 50s --json")?;
    wait.log_with(NOT_YET)?;
    heal_names()?;
    wait.log_with("ecr.api does not pass for another reason: VPCE110")?;
    run("nft", &["delete table inet late"])?;
    wait.log_with("ecr.api passes now")?;
    let ended = wait.ended()?;
    assert_eq!((ended.exit, &report(&ended)?["status"]), (Some(0), &json!("pass")));
    Ok(())
}

fn time_over() -> Result<(), Failed> {
    break_names()?;
    let ended = Program::run("wait --timeout 3s --json --log-format json")?;
    assert_eq!(ended.exit, Some(1));
    let report = report(&ended)?;
    assert_eq!(report["status"], "fail");
    assert_eq!(report["findings"][0]["code"], "VPCE101");
    let log: Vec<Value> = ended.stderr.iter().flat_map(|line| serde_json::from_str(line)).collect();
    let [_, missing, over] = &log[..] else { return Err(format!("{ended:#?}").into()) };
    assert_eq!(
        (&missing["service"], &missing["to"], &missing["code"]),
        (&json!("ecr.api"), &json!("fail"), &json!("VPCE101"))
    );
    assert_eq!(over["message"], "The time is over, and this does not pass: ecr.api");
    assert!(over["checks"].as_u64() >= Some(2), "{over}");
    // The report is the last one.
    let began = report["started_at"].as_str().ok_or("no time")?;
    assert!(Some(began) > missing["at"].as_str(), "{began}: {missing}");
    Ok(())
}

/// Nobody answers, so every check takes all of its time.
fn never_longer() -> Result<(), Failed> {
    let limit = Duration::from_millis(3000 + 50);
    let mut took = Vec::new();
    // Others use this machine too: one run in time shows what the program needs.
    for _ in 0..5 {
        let ended = Program::run("wait --timeout 3s --json")?;
        assert_eq!((ended.exit, &report(&ended)?["status"]), (Some(1), &json!("fail")));
        took.push(ended.took);
        if ended.took <= limit {
            return Ok(());
        }
    }
    Err(format!("{took:?}").into())
}

fn little_time() -> Result<(), Failed> {
    let well = Program::run("wait --timeout 2s --deadline 4s --json")?;
    assert_eq!((well.exit, &report(&well)?["status"]), (Some(0), &json!("pass")));
    break_names()?;
    let broken = Program::run("wait --timeout 500ms --deadline 4s --json")?;
    assert_eq!((broken.exit, &report(&broken)?["status"]), (Some(1), &json!("fail")));
    Ok(())
}

fn without_agent() -> Result<(), Failed> {
    let check = Program::run("--json")?;
    assert_eq!((check.exit, &report(&check)?["findings"][0]["code"]), (Some(1), &json!("VPCE141")));
    let ended = Program::run("wait --timeout 50s --json")?;
    let report = report(&ended)?;
    assert_eq!((ended.exit, &report["status"]), (Some(0), &json!("pass")), "{ended:#?}");
    assert_eq!((&report["ecs_agent"], &report["plan"]["ecs_agent"]), (&json!(null), &json!(null)));
    assert!(report["plan"]["notes"].to_string().contains("The ECS agent was not looked at"));
    let services: Vec<&str> = report["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|it| it["service"].as_str())
        .collect();
    for service in ["ecs", "ecs-agent", "ecs-telemetry"] {
        assert!(services.contains(&service), "{services:?}");
    }
    Ok(())
}

fn metadata_later() -> Result<(), Failed> {
    run("nft", &["add table inet boot"])?;
    run("nft", &["add chain inet boot out { type filter hook output priority 0; }"])?;
    run("nft", &["add rule inet boot out ip daddr 169.254.169.254 drop"])?;
    let mut wait = Program::start("wait --timeout 50s --json")?;
    wait.log_with("VPCE001 The Region is not known.")?;
    run("nft", &["delete table inet boot"])?;
    wait.log_with("No more: VPCE001 The Region is not known.")?;
    let ended = wait.ended()?;
    let report = report(&ended)?;
    assert_eq!((ended.exit, &report["status"]), (Some(0), &json!("pass")));
    assert_eq!(report["surroundings"]["region"]["value"], "us-east-1");
    Ok(())
}

fn resolver_later() -> Result<(), Failed> {
    fs::rename("/etc/resolv.conf", "/etc/resolv.conf.later")?;
    let mut wait = Program::start("wait --timeout 50s --json")?;
    wait.log_with("ecs does not pass yet: VPCE010 No DNS resolver is configured.")?;
    fs::rename("/etc/resolv.conf.later", "/etc/resolv.conf")?;
    wait.log_with("ecs passes now")?;
    assert_eq!(wait.ended()?.exit, Some(0));
    Ok(())
}

fn only() -> Result<(), Failed> {
    break_names()?;
    let ended = Program::run("wait --timeout 50s --only ecr.dkr,s3 --short")?;
    assert_eq!(ended.exit, Some(0), "{ended:#?}");
    let waits = Program::run("wait --timeout 600ms --only ecr.api,s3 --short")?;
    assert_eq!(waits.exit, Some(1), "{waits:#?}");
    Ok(())
}

fn warnings() -> Result<(), Failed> {
    let ended = Program::run("wait --timeout 50s --json")?;
    assert_eq!((ended.exit, &report(&ended)?["status"]), (Some(0), &json!("warn")));
    let waits = Program::run("wait --timeout 2s --fail-on warn --json")?;
    assert_eq!((waits.exit, &report(&waits)?["status"]), (Some(1), &json!("warn")));
    said(&waits, "ecr.api does not pass yet: VPCE112");
    said(&waits, "The time is over");
    Ok(())
}

pub(crate) fn report(ended: &Ended) -> Result<Value, Failed> {
    match &ended.stdout[..] {
        [line] => serde_json::from_str(line).map_err(|why| format!("{why}: {line}").into()),
        other => Err(format!("no report, or several: {other:#?}\n{:#?}", ended.stderr).into()),
    }
}

#[track_caller]
pub(crate) fn said(ended: &Ended, words: &str) {
    assert!(ended.stderr.iter().any(|line| line.contains(words)), "{words}: {:#?}", ended.stderr);
}
