//! What the ways of restarting do to an agent, by themselves. The program's choice rests on this.

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::{Engine, USUAL_AGENT};
use crate::machine::Machine;
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[
    ("facts::docker_restart_of_an_agent_that_no_unit_owns", hand_run),
    ("facts::systemctl_restart_keeps_the_unit", systemctl_restart),
    ("facts::documented_pair_ends_the_unit", documented_pair),
    ("facts::docker_restart_ends_the_unit", docker_restart),
    ("facts::a_killed_agent_comes_back", killed),
];

const PUBLIC: [&str; 2] = ["52.94.228.102", "52.94.228.103"];

fn hand_run() -> Result<(), Failed> {
    let Machine { engine, .. } = &Machine::by_hand(USUAL_AGENT)?;
    same(&engine.agent_peers()?, &PUBLIC)?;
    endpoints::create()?;
    same(&engine.agent_peers()?, &PUBLIC)?;
    engine.docker(&["restart", "--time", "10", "ecs-agent"])?;
    engine.agent_is_ready(2)?;
    is_private(engine)?;
    same(&[engine.agent(".State.Status")?], &["running"])
}

fn systemctl_restart() -> Result<(), Failed> {
    let machine = Machine::with_unit(USUAL_AGENT)?;
    same(&machine.engine.agent_peers()?, &PUBLIC)?;
    endpoints::create()?;
    let before = machine.engine.agent(".Id")?;
    machine.systemctl(&["restart", "ecs.service"])?;
    // ecs-init creates the container anew.
    until("another container", || (machine.engine.agent(".Id").ok()? != before).then_some(()))?;
    machine.engine.agent_is_ready(1)?;
    is_private(&machine.engine)?;
    same(&[machine.unit("ActiveState")?], &["active"])
}

fn documented_pair() -> Result<(), Failed> {
    let machine = Machine::with_unit(USUAL_AGENT)?;
    machine.engine.docker(&["stop", "ecs-agent"])?;
    has_ended(&machine)?;
    machine.engine.docker(&["start", "ecs-agent"])?;
    machine.engine.agent_is_ready(2)?;
    // The agent runs, and nobody supervises it.
    same(&[machine.engine.agent(".State.Status")?], &["running"])?;
    has_ended(&machine)
}

fn docker_restart() -> Result<(), Failed> {
    let machine = Machine::with_unit(USUAL_AGENT)?;
    machine.engine.docker(&["restart", "--time", "10", "ecs-agent"])?;
    has_ended(&machine)
}

fn killed() -> Result<(), Failed> {
    let machine = Machine::with_unit(USUAL_AGENT)?;
    let before = machine.engine.agent(".Id")?;
    machine.engine.docker(&["kill", "ecs-agent"])?;
    until("another container", || (machine.engine.agent(".Id").ok()? != before).then_some(()))?;
    machine.engine.agent_is_ready(1)?;
    same(&[machine.unit("ActiveState")?], &["active"])
}

/// The unit has ended well, which systemd takes as no reason to start it again.
fn has_ended(machine: &Machine) -> Result<(), Failed> {
    machine.unit_becomes("inactive")?;
    let seen = [machine.unit("SubState")?, machine.unit("Result")?, machine.unit("NRestarts")?];
    same(&seen, &["dead", "success", "0"])
}

fn is_private(engine: &Engine) -> Result<(), Failed> {
    let peers = engine.agent_peers()?;
    if peers.len() == 2 && peers.iter().all(|peer| peer.starts_with("10.0.")) {
        return Ok(());
    }
    Err(format!("connected to {peers:?}").into())
}

fn same(seen: &[impl AsRef<str>], wanted: &[&str]) -> Result<(), Failed> {
    if seen.iter().map(AsRef::as_ref).eq(wanted.iter().copied()) {
        return Ok(());
    }
    let seen: Vec<&str> = seen.iter().map(AsRef::as_ref).collect();
    Err(format!("seen {seen:?}, not {wanted:?}").into())
}
