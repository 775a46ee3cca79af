//! The shipped task definition of a daemon on container instances.

use std::io::{Read, Write};
use std::net::TcpStream;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Scene;
use crate::container::Container;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::Tree;
use crate::shipped_image::{self, Builder};
use crate::task_definition::TaskDefinition;
use crate::until::{LIMIT, until};

pub(crate) const SCENES: &[Scene] = &[("ec2_task::shipped_daemon", daemon)];

/// In the time of a test.
const QUICKLY: [(&str, &str); 3] = [
    ("VPCE_PROBE_INTERVAL", "1s"),
    ("VPCE_PROBE_DEADLINE", "900ms"),
    ("VPCE_PROBE_FAIL_AFTER", "1"),
];

/// Where the definition has it listen.
const SERVED: &str = "127.0.0.1:9110";

fn daemon() -> Result<(), Failed> {
    endpoints::create()?;
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    shipped_image::write_source(&tree)?;
    let machine = tree.boot()?;
    machine.systemctl(&["enable", "--now", "ecs.service"])?;
    machine.engine.agent_is_ready(1)?;
    shipped_image::build(&machine, Builder::Older)?;
    let shipped = TaskDefinition::shipped("ec2-daemon.json")?.with(&QUICKLY);
    let daemon = Container::start(&machine.engine, "daemon", &shipped)?;
    plays(&daemon).map_err(|failed| daemon.fails(failed.message().unwrap_or_default()))
}

fn plays(daemon: &Container<'_>) -> Result<(), Failed> {
    until("it is healthy", || page("/healthz").ok()?.starts_with("HTTP/1.1 200 ").then_some(()))?;
    sees_the_agent(daemon)?;
    let metrics = page("/metrics")?;
    for line in ["vpce_probe_healthy 1", "vpce_probe_ecs_agent_connection{state=\"private\"} 1"] {
        if !metrics.lines().any(|known| known == line) {
            return Err(format!("no {line} in {metrics}").into());
        }
    }
    endpoints::remove()?;
    until("it is not healthy", || {
        page("/healthz").ok()?.starts_with("HTTP/1.1 503 ").then_some(())
    })?;
    daemon.says("VPCE101")?;
    // By its own socket: the unit of the instance has the usual one.
    let (code, said) = daemon.also_runs(&["health"])?;
    if code != Some(1) || !said.starts_with("unhealthy: fail: ") {
        return Err(format!("health ended with {code:?} and {said}").into());
    }
    daemon.stops_well()
}

/// Its connections are the agent's own, not those of any program of root.
fn sees_the_agent(daemon: &Container<'_>) -> Result<(), Failed> {
    let (_, said) = daemon.also_runs(&["--json"])?;
    let report: Value = serde_json::from_str(&said)?;
    let x = format!(
        "{:#}\n{:#}\n{:#}",
        report["ecs_agent"], report["findings"], report["surroundings"]["ecs_agent"]
    );
    Err(x.into())
}

/// What is served there.
fn page(path: &str) -> Result<String, Failed> {
    let mut stream = TcpStream::connect(SERVED)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
