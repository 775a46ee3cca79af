//! The Docker Engine of the lab.

use libtest_mimic::Trial;
use vpce_lab::{Agent, Container, Docker, DockerBehaviour, Lab, Run, Vpc};

use crate::{client, client_in, ec2, said, trial};

const INSPECT: &str = "docker GET /v1.44/containers/ecs-agent/json";
const RESTART: &str = "docker POST /v1.44/containers/ecs-agent/restart?t=10";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("docker_tells_its_version_and_speaks_no_other", versions),
        trial("docker_inspects_the_container", inspected),
        trial("docker_tells_its_settings", settings),
        trial("docker_restarts_the_agent", restart),
        trial("docker_ends_the_unit_with_the_agent", restart_under_a_unit),
        trial("docker_misbehaves", misbehaves),
        trial("docker_without_rights", without_rights),
        trial("docker_absent", absent),
    ]
}

/// A machine whose agent was started by hand.
fn by_hand() -> Vpc {
    let docker = Docker { container: Some(Container::default()), ..Docker::default() };
    Vpc { agent: Some(Agent::default()), docker: Some(docker), systemd: None, ..ec2() }
}

fn versions() {
    let mut vpc = by_hand();
    let docker = vpc.docker.as_mut().unwrap();
    (docker.api_version, docker.min_api_version) = ("1.52".into(), "1.44".into());
    let told = client(
        vpc,
        &[
            "docker GET /version",
            "docker GET /v1.43/containers/ecs-agent/json",
            "docker GET /v1.53/containers/ecs-agent/json",
            "docker GET /v1.52/containers/ecs-agent/json",
            "docker GET /containers/ecs-agent/json",
        ],
    );
    assert!(told[0].contains(r#"\"ApiVersion\":\"1.52\""#), "{}", told[0]);
    assert!(told[1].contains("400 Bad Request") && told[1].contains("too old"), "{}", told[1]);
    assert!(told[2].contains("400 Bad Request") && told[2].contains("too new"), "{}", told[2]);
    assert!(told[3].contains("200 OK") && told[4].contains("200 OK"), "{told:?}");
}

fn inspected() {
    let mut vpc = by_hand();
    let container = vpc.docker.as_mut().unwrap().container.as_mut().unwrap();
    container.env = vec!["HTTP_PROXY=http://10.0.9.9:3128".into()];
    container.restart_policy = "always".into();
    let running = client(vpc.clone(), &[INSPECT]).remove(0);
    for words in [
        r#"\"Status\":\"running\""#,
        r#"\"Name\":\"always\""#,
        r#"[\"HTTP_PROXY=http://10.0.9.9:3128\"]"#,
        r#"\"Name\":\"/ecs-agent\""#,
    ] {
        assert!(running.contains(words), "{words}: {running}");
    }
    assert!(!running.contains(r#"\"Pid\":0"#), "{running}");

    vpc.agent.as_mut().unwrap().running = false;
    let exited = client(vpc.clone(), &[INSPECT]).remove(0);
    assert!(exited.contains(r#"\"Status\":\"exited\""#), "{exited}");
    assert!(exited.contains(r#"\"Pid\":0"#), "{exited}");

    let container = vpc.docker.as_mut().unwrap().container.as_mut().unwrap();
    (container.state, container.exit_code) = (Some("restarting".into()), 5);
    let restarting = client(vpc.clone(), &[INSPECT]).remove(0);
    assert!(restarting.contains(r#"\"Status\":\"restarting\""#), "{restarting}");
    assert!(restarting.contains(r#"\"ExitCode\":5"#), "{restarting}");

    vpc.docker.as_mut().unwrap().container = None;
    let missing = client(vpc, &[INSPECT]).remove(0);
    assert!(missing.contains("404 Not Found"), "{missing}");
}

fn settings() {
    let mut vpc = by_hand();
    let docker = vpc.docker.as_mut().unwrap();
    docker.info.insert("HttpsProxy".into(), "http://proxy:3128".into());
    let told = client(vpc.clone(), &["docker GET /v1.44/info"]).remove(0);
    assert!(told.contains(r#"\"HttpsProxy\":\"http://proxy:3128\""#), "{told}");
    assert!(told.contains(r#"\"NoProxy\":\"\""#), "{told}");
    vpc.docker.as_mut().unwrap().tells_info = false;
    let refused = client(vpc, &["docker GET /info"]).remove(0);
    assert!(refused.contains("500 Internal Server Error"), "{refused}");
}

fn restart() {
    let told = client(by_hand(), &[INSPECT, RESTART, INSPECT, "agent 127.0.0.1"]);
    assert!(told[1].contains("204 No Content"), "{}", told[1]);
    assert_ne!(told[0], told[2], "the process is another one");
    assert!(told[2].contains(r#"\"Status\":\"running\""#), "{}", told[2]);
    assert!(told[3].contains("200 OK"), "{}", told[3]);
}

fn restart_under_a_unit() {
    let told = client(ec2(), &[RESTART, INSPECT, "agent 127.0.0.1"]);
    assert!(told[0].contains("204 No Content"), "{}", told[0]);
    assert!(told[1].contains(r#"\"Status\":\"exited\""#), "{}", told[1]);
    assert_eq!(told[2], "connect: connection refused");
    // What the documentation says, and what comes of it: an agent that no unit watches.
    let told = client(
        ec2(),
        &[
            "docker POST /v1.44/containers/ecs-agent/stop",
            "docker POST /v1.44/containers/ecs-agent/start",
            "agent 127.0.0.1",
        ],
    );
    assert!(told[2].contains("200 OK"), "{told:?}");
}

fn misbehaves() {
    use DockerBehaviour as Be;
    let expected = [
        (Be::Silent, "0 bytes open"),
        (Be::Garbage, "this is not HTTP"),
        (Be::Endless, "1048576 bytes endless"),
        (Be::Error, "500 Internal Server Error"),
    ];
    for (behaviour, words) in expected {
        let mut vpc = by_hand();
        vpc.docker.as_mut().unwrap().behaviour = behaviour;
        let told = client(vpc, &["docker GET /version"]).remove(0);
        assert!(told.contains(words), "{behaviour:?}: {told}");
    }
}

fn without_rights() {
    let mut lab = Lab::new(by_hand());
    if lab.user_namespace {
        // Loudly: a test that cannot run has not passed.
        panic!("only root can run the program as another user");
    }
    lab.uid = Some(12_345);
    assert_eq!(client_in(&lab, &["docker GET /version"]), ["connect: permission denied"]);
    let docker = lab.vpc.docker.as_mut().unwrap();
    docker.gid = 12_345;
    assert!(client_in(&lab, &["docker GET /version"])[0].contains("200 OK"));
    assert_eq!(said(&lab, "stat -c '%a %g' /var/run/docker.sock"), "660 12345");
}

fn absent() {
    let vpc = Vpc { docker: None, ..ec2() };
    assert_eq!(client(vpc, &["docker GET /version"]), ["connect: entity not found"]);
    let lab = Lab::new(by_hand());
    let program = std::env::current_exe().unwrap();
    let run = Run::with_args(["client", "docker", "GET", "/_ping"]);
    let outcomes = lab.run(program, &[run, Run::with_args(["client", "agent", "127.0.0.1"])]);
    let calls: Vec<_> = outcomes.unwrap().into_iter().map(|outcome| outcome.calls).collect();
    assert_eq!(calls, [vec!["GET /_ping".to_owned()], Vec::new()]);
}
