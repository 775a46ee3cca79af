//! The story that the program is for: endpoints are created while the agent runs.

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::Machine;
use crate::probe::{Probe, Said};

pub(crate) const SCENES: &[Scene] = &[
    ("story::agent_that_no_unit_owns", hand_run),
    ("story::agent_of_a_unit", supervised),
    ("story::after_the_documented_pair", after_the_documented_pair),
];

fn hand_run() -> Result<(), Failed> {
    let Machine { engine, place, .. } = &Machine::by_hand(USUAL_AGENT)?;
    endpoints::create()?;
    let before = engine.agent(".State.StartedAt")?;
    let said = goes_from_stale_to_private(Probe::at(*place), || engine.agent(".State.StartedAt"))?;
    said.holds(0, &[("/action/way", "docker")])?;
    match engine.agent(".State.StartedAt")? {
        after if after == before => Err("the agent was not restarted".into()),
        _ => Ok(()),
    }
}

fn supervised() -> Result<(), Failed> {
    let machine = Machine::with_unit(USUAL_AGENT)?;
    endpoints::create()?;
    let said =
        goes_from_stale_to_private(Probe::at(machine.place), || machine.engine.agent(".Id"))?;
    said.holds(0, &[("/action/way", "systemd"), ("/action/unit", "ecs.service")])?;
    is_active(&machine)
}

fn after_the_documented_pair() -> Result<(), Failed> {
    endpoints::create()?;
    let machine = Machine::with_unit(USUAL_AGENT)?;
    machine.engine.docker(&["stop", "ecs-agent"])?;
    machine.unit_becomes("inactive")?;
    machine.engine.docker(&["start", "ecs-agent"])?;
    machine.engine.agent_is_ready(2)?;
    let probe = Probe::at(machine.place);
    let said = probe.check()?;
    if !said.finds("VPCE152") {
        return Err(said.fails("no VPCE152"));
    }
    let restarted = probe.restart(&[])?;
    restarted.holds(0, &[("/action/way", "systemd"), ("/outcome", "verified")])?;
    is_active(&machine)?;
    probe.check()?.holds(0, &[("/status", "pass")])
}

/// Stale; restarted once and verified; nothing more to do; healthy. Returns what the restart said.
fn goes_from_stale_to_private(
    probe: Probe,
    which_agent: impl Fn() -> Result<String, Failed>,
) -> Result<Said, Failed> {
    let stale = probe.check()?;
    stale.holds(1, &[("/ecs_agent/connection", "public")])?;
    if !stale.finds("VPCE145") {
        return Err(stale.fails("no VPCE145"));
    }
    let restarted = probe.restart(&["--if-needed"])?;
    restarted.holds(0, &[("/decision", "act"), ("/outcome", "verified")])?;
    restarted.holds(0, &[("/before/connection", "public"), ("/after/connection", "private")])?;
    let agent = which_agent()?;
    let again = probe.restart(&["--if-needed"])?;
    again.holds(0, &[("/decision", "nothing-to-do")])?;
    if which_agent()? != agent {
        return Err(again.fails("restarted a second time"));
    }
    probe.check()?.holds(0, &[("/status", "pass"), ("/ecs_agent/connection", "private")])?;
    Ok(restarted)
}

fn is_active(machine: &Machine) -> Result<(), Failed> {
    match machine.unit("ActiveState")?.as_str() {
        "active" => Ok(()),
        other => Err(format!("ecs.service is {other}").into()),
    }
}
