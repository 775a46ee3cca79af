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
    let shipped = || Ok::<_, Failed>(TaskDefinition::shipped("ec2-daemon.json")?.with(&QUICKLY));
    let daemon = Container::start(&machine.engine, "daemon", &shipped()?)?;
    sees_connections_of(&daemon, "agent")?;
    // What the definition asks for beyond the rights of the image is not asked for in vain.
    let elsewhere = [("VPCE_PROBE_LISTEN", "127.0.0.1:9111"), ("VPCE_PROBE_SOCKET", "@less")];
    let less = shipped()?.with(&elsewhere).without_added_rights();
    sees_connections_of(&Container::start(&machine.engine, "less", &less)?, "network")?;
    plays(&daemon).map_err(|failed| daemon.fails(failed.message().unwrap_or_default()))
}

fn plays(daemon: &Container<'_>) -> Result<(), Failed> {
    until("it is healthy", || page("/healthz").ok()?.starts_with("HTTP/1.1 200 ").then_some(()))?;
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
    daemon.is_small()?;
    daemon.stops_well()
}

/// The agent's connections, told from those of others or not, and all else that there is to be seen of it.
fn sees_connections_of(container: &Container<'_>, scope: &str) -> Result<(), Failed> {
    let (_, said) = container.also_runs(&["--json"])?;
    let report: Value = serde_json::from_str(&said)?;
    let seen = &report["observations"]["ecs_agent"];
    let parts = ["introspection", "process", "container", "log"];
    let all = parts.iter().all(|part| seen[part].get("value").is_some());
    let is_private = report["ecs_agent"]["connection"] == "private";
    match all && is_private && seen["connections"]["value"]["scope"] == scope {
        true => Ok(()),
        false => Err(container.fails(&format!("{scope} is not what is seen: {seen:#}"))),
    }
}

/// What is served there.
fn page(path: &str) -> Result<String, Failed> {
    let mut stream = TcpStream::connect_timeout(&SERVED.parse()?, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
