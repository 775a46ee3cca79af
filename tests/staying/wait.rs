//! Waiting in a VPC whose endpoints come, come half, or never come.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use vpce_lab::{Scenario, Server, TlsBehaviour, Vpc};

use crate::Scene;
use crate::program::{Ended, Program};
use crate::world::{break_names, breakable, heal_names, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

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
    ("wait::not_for_another_region_than_this", instance, another_region),
    ("wait::not_for_a_region_of_no_partition", without_metadata, no_partition),
    ("wait::not_for_a_log_of_another_region", log_abroad, abroad),
    ("wait::not_for_what_cannot_be_read", breakable, unusable),
    ("wait::ends_at_a_signal", breakable, signals),
    ("wait::ends_at_a_signal_as_the_first_process", breakable, first_process),
    ("wait::turns_on_a_terminal", breakable, on_a_terminal),
    ("wait::ends_at_a_signal_before_it_knows_anything", silent_resolver, signal_at_once),
];

fn instance() -> Result<Vpc, Failed> {
    Ok(Vpc::base("ec2")?)
}

/// A container instance whose agent was not started.
fn instance_without_agent() -> Result<Vpc, Failed> {
    Ok(Scenario::named("agent-never-started")?.vpc)
}

/// Nothing tells where this is.
fn without_metadata() -> Result<Vpc, Failed> {
    Ok(Vpc { imds: None, ..Vpc::base("ec2")? })
}

/// One of the two addresses of ecr.api refuses connections: works, and warns.
fn dead_address() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    let refuses = Server { behaviour: TlsBehaviour::Refuse, ..Server::default() };
    vpc.servers.insert("10.0.2.104".parse()?, refuses);
    Ok(vpc)
}

fn log_abroad() -> Result<Vpc, Failed> {
    Ok(Scenario::named("log-in-another-region")?.vpc)
}

fn silent_resolver() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    for resolver in vpc.resolvers.values_mut() {
        resolver.behaviour = vpce_lab::DnsBehaviour::Silent;
    }
    Ok(vpc)
}

const NOT_YET: &str = "ecr.api does not pass yet: VPCE101 The name resolves to public addresses.";

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
    let [_, missing, over] = &log[..] else { panic!("{ended:#?}") };
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
    let limit = Duration::from_millis(1200 + 50);
    let mut took = Vec::new();
    // Others use this machine too: one run in time shows what the program needs.
    for _ in 0..5 {
        let ended = Program::run("wait --timeout 1200ms --json")?;
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
    wait.log_with("VPCE010 No DNS resolver is configured.")?;
    fs::rename("/etc/resolv.conf.later", "/etc/resolv.conf")?;
    wait.log_with("No more: VPCE010")?;
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

/// Ends long before the limit of the scene, which is far below this timeout.
const LONG: &str = "wait --timeout 60m --json";

fn another_region() -> Result<(), Failed> {
    let ended = Program::run(&format!("{LONG} --region us-west-2"))?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE006 Different Regions are named. (us-west-2 (option)");
    // What one check says alone is not believed.
    said(&ended, "checks=2");
    assert_eq!(report(&ended)?["status"], "fail");
    Ok(())
}

fn no_partition() -> Result<(), Failed> {
    let ended = Program::run(&format!("{LONG} --region xx-lab-1"))?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE003 The Region belongs to no known partition.");
    assert_eq!(report(&ended)?["status"], "unknown");
    Ok(())
}

fn abroad() -> Result<(), Failed> {
    let ended = Program::run(LONG)?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE133 The task uses something of another Region.");
    Ok(())
}

fn unusable() -> Result<(), Failed> {
    fs::write("/run/task.json", "{")?;
    for (args, exit) in [
        ("--only ecs-telemetri", 64),
        ("--feature telemetry", 64),
        ("--only s3 --skip s3", 64),
        ("--task-definition /run/task.json", 78),
        ("--task-definition /run/absent.json", 78),
    ] {
        let ended = Program::run(&format!("{LONG} {args}"))?;
        assert_eq!((ended.exit, &ended.stdout), (Some(exit), &Vec::new()), "{args}: {ended:#?}");
        assert!(!ended.stderr.is_empty(), "{args}");
    }
    Ok(())
}

fn signals() -> Result<(), Failed> {
    break_names()?;
    // Others use this machine too: one quick end shows what the program needs.
    let mut took = Vec::new();
    for name in ["TERM", "INT", "TERM", "INT", "TERM"] {
        let mut wait = Program::start(LONG)?;
        wait.log_with(NOT_YET)?;
        wait.signal(name)?;
        let ended = wait.ended()?;
        assert_eq!(
            (ended.exit, &report(&ended)?["status"]),
            (Some(1), &json!("fail")),
            "{ended:#?}"
        );
        said(&ended, "Ended by a signal");
        took.push(ended.took);
    }
    let least = took.iter().min().ok_or("no end")?;
    assert!(least.as_millis() < 100, "{took:?}");
    Ok(())
}

/// The kernel gives the first process of a container no signal that it does not catch.
fn first_process() -> Result<(), Failed> {
    break_names()?;
    let mut unshare = Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--", PROGRAM])
        .args(LONG.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stderr = BufReader::new(unshare.stderr.take().ok_or("no stderr")?);
    let mut line = String::new();
    while !line.contains(NOT_YET) {
        line.clear();
        assert!(stderr.read_line(&mut line)? > 0, "it ended");
    }
    let id = unshare.id();
    let first = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
    run("kill", &["-s", "TERM", first.trim()])?;
    let output = unshare.wait_with_output()?;
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(report["status"], "fail");
    Ok(())
}

/// Back to the begin of the line, and nothing on it.
const CLEAR: &str = "\r\u{1b}[K";

fn on_a_terminal() -> Result<(), Failed> {
    break_names()?;
    let told = terminal("xterm")?;
    assert!(told.contains(CLEAR) && told.contains(" s left: ecr.api"), "{told:?}");
    let is_logged = |line: &&str| line.contains(" INFO ") || line.contains(" WARN ");
    let logged: Vec<&str> = told.lines().filter(is_logged).collect();
    assert_eq!(logged.len(), 3, "{told:?}");
    for line in logged {
        let seen = line.rsplit(CLEAR).next().unwrap_or(line);
        assert!(!seen.contains('\u{1b}') && seen.starts_with("20"), "{line:?}");
    }
    let dumb = terminal("dumb")?;
    assert!(dumb.contains(NOT_YET) && !dumb.contains('\u{1b}'), "{dumb:?}");
    Ok(())
}

/// What a terminal of this kind is sent.
fn terminal(kind: &str) -> Result<String, Failed> {
    let wait = format!("{PROGRAM} wait --timeout 3s --short --color never");
    let output = Command::new("script")
        .args(["-qec", &wait, "/dev/null"])
        .env("TERM", kind)
        .stdin(Stdio::null())
        .output()?;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn signal_at_once() -> Result<(), Failed> {
    let mut wait = Program::start(&format!("{LONG} --deadline 60m"))?;
    wait.log_with("Waiting until")?;
    wait.signal("TERM")?;
    let ended = wait.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(1), 0), "{ended:#?}");
    Ok(())
}

fn report(ended: &Ended) -> Result<Value, Failed> {
    match &ended.stdout[..] {
        [line] => serde_json::from_str(line).map_err(|why| format!("{why}: {line}").into()),
        other => Err(format!("no report, or several: {other:#?}\n{:#?}", ended.stderr).into()),
    }
}

#[track_caller]
fn said(ended: &Ended, words: &str) {
    assert!(ended.stderr.iter().any(|line| line.contains(words)), "{words}: {:#?}", ended.stderr);
}
