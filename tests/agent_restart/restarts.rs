//! Restarts that are done, and what comes of them.

use libtest_mimic::Trial;
use vpce_lab::{AfterRestart, DockerBehaviour, Server, Systemd, Vpc};

use crate::attacker::beside;
use crate::runs::{CONTROL, Restarted, SYSTEMD, TELEMETRY, all, ec2, one, restart, script, stale};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("restart::stale_agent_from_start_to_end", from_start_to_end),
        trial("restart::hand_run_container_through_docker", hand_run),
        trial("restart::container_that_only_stopped_is_started", only_stopped),
        trial("restart::unit_that_ended_is_started_again", unit_ended),
        trial("restart::agent_that_stays_stale_is_not_verified", stays_stale),
        trial("restart::disconnected_agent", disconnected),
        trial("restart::during_boot_is_left_to_systemd", during_boot),
        trial("restart::container_without_its_unit", without_its_unit),
        trial("restart::outside_aws", outside_aws),
        trial("restart::left_stopped_by_an_earlier_run", left_stopped),
        trial("restart::two_at_once", two_at_once),
        trial("restart::fifty_runs_of_a_timer", fifty_runs),
        trial("restart::hostile_task_beside_a_healthy_agent", hostile_beside_healthy),
        trial("restart::hostile_task_in_the_place_of_the_agent", hostile_instead),
    ]
}

/// The endpoints are created while the agent runs on public addresses.
fn from_start_to_end() {
    let mut vpc = ec2();
    for (host, address) in [
        ("ecs.us-east-1.amazonaws.com", "52.94.228.101"),
        (CONTROL, "52.94.228.102"),
        (TELEMETRY, "52.94.228.103"),
    ] {
        let name = vpc.names.get_mut(host).unwrap();
        name.later = Some(name.addresses.clone());
        name.addresses = vec![address.parse().unwrap()];
    }
    let check = || script("exec \"$1\" --json");
    let story = all(
        vpc,
        &[
            restart("--if-needed"),
            script("touch /run/vpce-lab/later; exec \"$1\" --json"),
            restart("--if-needed"),
            restart("--if-needed"),
            check(),
        ],
    );
    let [before, stale, restarted, again, after] = &story[..] else { panic!() };
    assert_eq!(before.came_out(), (0, "nothing-to-do", ""));
    assert_eq!((stale.exit, codes(&stale.report)), (Some(1), vec!["VPCE145".to_owned()]));
    assert_eq!(restarted.came_out(), (0, "act", "verified"), "{}", restarted.log);
    assert_eq!(restarted.acts, [SYSTEMD]);
    assert_eq!(restarted.report["before"]["connection"], "public");
    assert_eq!(restarted.report["after"]["connection"], "private");
    assert_eq!(restarted.report["findings"][0]["code"], "VPCE145");
    assert_eq!(again.came_out(), (0, "nothing-to-do", ""));
    assert_eq!((before.acts.len(), stale.acts.len(), again.acts.len()), (0, 0, 0));
    assert_eq!((after.exit, after.report["status"].as_str()), (Some(0), Some("pass")));
}

fn codes(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

fn hand_run() {
    let vpc = Vpc { systemd: None, ..stale() };
    let [restarted, again] = &all(vpc, &[restart("--if-needed"), restart("--if-needed")])[..]
    else {
        panic!()
    };
    assert_eq!(restarted.came_out(), (0, "act", "verified"), "{}", restarted.log);
    let [request] = &restarted.acts[..] else { panic!("{:?}", restarted.acts) };
    assert!(request.starts_with("POST /v1.44/containers/"), "{request}");
    assert!(request.ends_with("/restart?t=10"), "{request}");
    assert_eq!(restarted.report["action"]["way"], "docker");
    assert_eq!(again.came_out(), (0, "nothing-to-do", ""));
}

/// The engine stops it, and fails to start it.
fn only_stopped() {
    let mut vpc = Vpc { systemd: None, ..stale() };
    vpc.docker.as_mut().unwrap().behaviour = DockerBehaviour::StopsOnly;
    let restarted = one(vpc, restart("--if-needed"));
    assert_eq!(restarted.came_out(), (0, "act", "verified"), "{}", restarted.log);
    let [stopped, started] = &restarted.acts[..] else { panic!("{:?}", restarted.acts) };
    assert!(stopped.ends_with("/restart?t=10"), "{stopped}");
    assert!(started.starts_with("POST ") && started.ends_with("/start"), "{started}");
    assert_eq!(restarted.report["started_unit_again"], true);
    let seen = restarted.report["seen"].as_str().unwrap();
    assert!(seen.contains("HTTP status 500: cannot start the container"), "{seen}");
    assert!(seen.ends_with("Its container had ended, and was started again."), "{seen}");
}

fn unit_ended() {
    for into in [AfterRestart::Inactive, AfterRestart::Failed] {
        let mut vpc = stale();
        vpc.systemd.as_mut().unwrap().after_restart = into;
        let restarted = one(vpc, restart("--if-needed"));
        assert_eq!(restarted.came_out(), (0, "act", "verified"), "{}", restarted.log);
        assert_eq!(restarted.acts, [SYSTEMD, "systemctl start --no-block ecs.service"]);
        assert_eq!(restarted.report["started_unit_again"], true);
        assert!(restarted.report["seen"].as_str().unwrap().contains("started again"));
    }
}

/// Such as one behind a transparent proxy: each start leads to a public address again.
fn stays_stale() {
    let mut vpc = ec2();
    vpc.agent.as_mut().unwrap().connect = vec!["52.94.228.102".to_owned()];
    let quick = "--if-needed --verify-timeout 2s";
    let runs = [
        restart(quick),
        restart(quick),
        restart(&format!("{quick} --force")),
        restart(&format!("{quick} --restart-interval 0s")),
    ];
    let [first, second, forced, later] = &all(vpc, &runs)[..] else { panic!() };
    assert_eq!(first.came_out(), (1, "act", "not-verified"));
    assert_eq!(first.report["after"]["connection"], "public");
    assert_eq!(second.refused(), (1, "too-soon"));
    let why = second.report["reason"].as_str().unwrap();
    assert!(why.ends_with("so that it is done at most once in 30 min."), "{why}");
    assert_eq!(forced.refused(), (1, "too-soon"));
    assert_eq!((second.acts.len(), forced.acts.len()), (0, 0));
    assert_eq!(later.came_out(), (1, "act", "not-verified"));
    assert_eq!(later.acts, [SYSTEMD]);
}

/// An agent that just started gets its time, and any other a second look.
fn disconnected() {
    let mut vpc = ec2();
    let agent = vpc.agent.as_mut().unwrap();
    agent.connect = Vec::new();
    agent.age_s = 0;
    vpc.docker.as_mut().unwrap().container.as_mut().unwrap().started_at = None;
    let quick = || restart("--if-needed --verify-timeout 1s");
    assert_eq!(one(vpc.clone(), quick()).came_out(), (0, "nothing-to-do", ""));
    let container = vpc.docker.as_mut().unwrap().container.as_mut().unwrap();
    container.started_at = Some("2026-05-04T06:13:02Z".to_owned());
    let looks = || restart("--if-needed --dry-run");
    let [looked, old] = &all(vpc, &[looks(), quick()])[..] else { panic!() };
    assert_eq!((looked.came_out(), looked.looks), ((0, "act", ""), 2));
    assert_eq!(old.came_out(), (1, "act", "not-verified"), "{}", old.log);
    assert_eq!(old.report["after"]["connection"], "disconnected");
    let stale = one(stale(), looks());
    assert_eq!((stale.came_out(), stale.looks), ((0, "act", ""), 1));
}

fn during_boot() {
    let mut vpc = stale();
    let units = &mut vpc.systemd.as_mut().unwrap().units;
    let last = units.get_mut("cloud-final.service").unwrap();
    last.insert("ActiveState".to_owned(), "activating".to_owned());
    last.insert("SubState".to_owned(), "start".to_owned());
    let queued = one(vpc, restart("--if-needed"));
    assert_eq!(queued.came_out(), (0, "act", "queued"), "{}", queued.log);
    assert_eq!(queued.acts, ["systemctl restart --no-block ecs.service"]);
    assert_eq!(queued.report["status"], "warn");
}

/// What docker stop and docker start leave behind.
fn without_its_unit() {
    let mut vpc = stale();
    let unit = vpc.systemd.as_mut().unwrap().units.get_mut("ecs.service").unwrap();
    unit.insert("ActiveState".to_owned(), "inactive".to_owned());
    unit.insert("SubState".to_owned(), "dead".to_owned());
    let restarted = one(vpc, restart("--if-needed"));
    assert_eq!(restarted.came_out(), (0, "act", "verified"), "{}", restarted.log);
    assert_eq!(restarted.acts, [SYSTEMD]);
}

fn outside_aws() {
    let vpc = Vpc::base("external").unwrap();
    let [needed, asked] = &all(vpc, &[restart("--if-needed"), restart("")])[..] else { panic!() };
    assert_eq!(needed.came_out(), (0, "nothing-to-do", ""));
    assert_eq!(asked.came_out(), (0, "act", "verified"), "{}", asked.log);
}

/// An agent that does not run after a restart that nobody saw help was not stopped on purpose.
fn left_stopped() {
    let mut vpc = Vpc { systemd: Some(Systemd::default()), ..ec2() };
    vpc.agent.as_mut().unwrap().running = false;
    // The agent was started between the two.
    let (earlier, later) = ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let after = |at: &str, outcome: &str| {
        let record =
            format!(r#"{{"schema":1,"attempts":[{{"at":"{at}","action":"x"{outcome}}}]}}"#);
        script(&format!(
            "mkdir -p /run/vpce-probe && echo '{record}' >/run/vpce-probe/agent-restart.json && \
             exec \"$1\" agent restart --if-needed --restart-interval 0s --json"
        ))
    };
    let verified = r#","outcome":"verified""#;
    for outcome in ["", r#","outcome":"not-verified""#] {
        let runs = [after(later, verified), after(earlier, outcome), after(later, outcome)];
        let [helped, stopped_since, in_vain] = &all(vpc.clone(), &runs)[..] else { panic!() };
        for run in [helped, stopped_since] {
            assert_eq!(run.came_out(), (0, "nothing-to-do", ""));
            assert_eq!(run.report["status"], "warn");
        }
        assert_eq!(in_vain.came_out(), (0, "act", "verified"), "{}", in_vain.log);
        assert_eq!(in_vain.report["action"]["way"], "docker");
    }
}

/// One acts. The others find it locked: it has written its record down, and sees no private
/// connection before they have ended.
fn two_at_once() {
    let mut vpc = ec2();
    let agent = vpc.agent.as_mut().unwrap();
    agent.connect = vec!["a.moves.example".to_owned(), "t.moves.example".to_owned()];
    for (host, like, address) in [
        ("a.moves.example", CONTROL, "52.94.228.102"),
        ("t.moves.example", TELEMETRY, "52.94.228.103"),
    ] {
        let mut name = vpc.names[like].clone();
        name.later = Some(name.addresses);
        name.addresses = vec![address.parse().unwrap()];
        vpc.names.insert(host.to_owned(), name);
    }
    let beside = "\"$1\" agent restart >/run/first & \
                  for _ in $(seq 600); do \
                  test -e /run/vpce-probe/agent-restart.json && break; sleep 0.1; done; \
                  \"$1\" agent restart >/run/second; second=$?; \
                  \"$1\" agent restart --if-needed >/run/third; third=$?; \
                  touch /run/vpce-lab/later; systemctl restart ecs.service; \
                  wait $!; echo \"[$?, $second, $third]\"";
    let ran = one(vpc, script(beside));
    assert_eq!(ran.report, serde_json::json!([0, 1, 0]), "{}", ran.log);
    assert_eq!(ran.acts, [SYSTEMD, SYSTEMD], "the program's, and that of the test");
    assert_eq!(ran.log.matches("decision=act ").count(), 1, "{}", ran.log);
    assert_eq!(ran.log.matches("outcome=verified").count(), 1, "{}", ran.log);
    assert_eq!(ran.log.matches("decision=refused kind=busy").count(), 1, "{}", ran.log);
    assert_eq!(ran.log.matches("Another vpce-probe (pid ").count(), 2, "{}", ran.log);
}

/// An agent that stays stale is not restarted over and over, whoever comes first, and whoever lies
/// beside it.
fn fifty_runs() {
    let mut vpc = ec2();
    vpc.agent.as_mut().unwrap().connect = vec!["52.94.228.102".to_owned()];
    let fifty = "for round in $(seq 10); do for run in $(seq 5); do \
                 \"$1\" agent restart --if-needed --verify-timeout 100ms >/dev/null & \
                 runs=\"$runs $!\"; done; wait $runs; done";
    let ran = one(vpc, script(&format!("{}{fifty}", beside())));
    let restarts = ran.acts.iter().filter(|act| *act == SYSTEMD).count();
    assert_eq!(restarts, 1, "{:?}\n{}", ran.acts, ran.log);
    assert_eq!(ran.log.matches("decision=").count(), 50);
    // Others come while it is done, or while the new agent is on its way.
    let too_soon = ran.log.matches("kind=too-soon").count();
    assert!((1..=49).contains(&too_soon), "{too_soon} of 50 came too soon");
}

/// Five runs beside the attacker: what they decided, and what was done.
fn hostile(mut vpc: Vpc) -> Restarted {
    let public = "52.94.228.102".parse().unwrap();
    vpc.servers.insert(public, Server::default());
    let five = "for run in $(seq 5); do \
                \"$1\" agent restart --if-needed --verify-timeout 100ms >/dev/null; done";
    let ran = one(vpc, script(&format!("{}{five}", beside())));
    assert_eq!(ran.log.matches("decision=").count(), 5, "{}", ran.log);
    ran
}

/// With a container that Docker knows, and without.
fn hostile_beside_healthy() {
    for vpc in [ec2(), Vpc { docker: None, ..ec2() }] {
        let ran = hostile(vpc);
        assert_eq!(ran.acts, [""; 0], "{}", ran.log);
        assert_eq!(ran.log.matches("The agent is connected to the endpoints").count(), 5);
    }
}

/// An agent that was stopped stays stopped, whoever answers in its place.
fn hostile_instead() {
    let mut vpc = ec2();
    vpc.agent.as_mut().unwrap().running = false;
    let unit = vpc.systemd.as_mut().unwrap().units.get_mut("ecs.service").unwrap();
    unit.insert("ActiveState".to_owned(), "inactive".to_owned());
    unit.insert("SubState".to_owned(), "dead".to_owned());
    let without_docker = Vpc { docker: None, ..vpc.clone() };
    for vpc in [vpc, without_docker] {
        let ran = hostile(vpc);
        assert_eq!(ran.acts, [""; 0], "{}", ran.log);
        let why = "The agent does not run, and may have been stopped on purpose";
        assert_eq!(ran.log.matches(why).count(), 5, "{}", ran.log);
    }
}
