//! A restart from user-data, while cloud-init's final stage runs, which the agent's unit waits for.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[
    ("boot::user_data_before_the_agent_has_started", before_the_agent),
    ("boot::user_data_beside_a_stale_agent", beside_a_stale_agent),
];

/// Ends only when the restart that it asks for has ended.
const CLOUD_FINAL: &str = include_str!("machine/cloud-final.service");
const UNIT: &str = "etc/systemd/system/cloud-final.service";

fn before_the_agent() -> Result<(), Failed> {
    endpoints::create()?;
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    tree.write(UNIT, 0o644, CLOUD_FINAL)?;
    tree.starts_at_boot("cloud-final.service")?;
    tree.starts_at_boot("ecs.service")?;
    // Up is a machine whose start-up has ended, so that a deadlock would be one here.
    let machine = tree.boot()?;
    is_queued(&machine)?;
    machine.engine.agent_is_ready(1)?;
    machine.unit_becomes("active")
}

fn beside_a_stale_agent() -> Result<(), Failed> {
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    tree.write(UNIT, 0o644, CLOUD_FINAL)?;
    tree.starts_at_boot("ecs.service")?;
    let machine = tree.boot()?;
    machine.engine.agent_is_ready(1)?;
    endpoints::create()?;
    let stale = machine.engine.agent(".Id")?;
    machine.place.run("timeout", &["60", "systemctl", "start", "cloud-final.service"])?;
    is_queued(&machine)?;
    until("another agent", || (machine.engine.agent(".Id").ok()? != stale).then_some(()))?;
    machine.engine.agent_is_ready(1)?;
    machine.unit_becomes("active")
}

/// The restart stood in line when the program in user-data had its last word.
fn is_queued(machine: &Machine) -> Result<(), Failed> {
    let said = machine.place.run("cat", &["/run/user-data.json"])?;
    let report: Value = serde_json::from_str(&said)?;
    match report.get("outcome").and_then(Value::as_str) {
        Some("queued") => Ok(()),
        _ => Err(format!("not queued: {report:#}").into()),
    }
}
