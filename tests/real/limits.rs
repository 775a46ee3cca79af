//! What keeps restarts from doing harm: one at a time, few of them, and none that is left half-done.

use std::thread;
use std::time::Instant;

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::{Engine, USUAL_AGENT};
use crate::machine::Machine;
use crate::probe::{Probe, Said};
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[
    ("limits::killed_while_it_restarts_through_docker", killed_with_docker),
    ("limits::killed_while_it_restarts_through_systemd", killed_with_systemd),
    ("limits::two_at_once", two_at_once),
    ("limits::many_at_once", many_at_once),
    ("limits::fifty_runs_of_a_timer", fifty_runs),
];

/// Keeps to public addresses, however often it is restarted.
const STAYS_STALE: &str = "STAND_IN_CONNECT=52.94.228.102,52.94.228.103\n";

/// At so many moments of a restart the program is killed.
const MOMENTS: u32 = 10;

/// Restarts as often as it is asked to.
const AT_ONCE: [&str; 2] = ["--restart-interval", "0s"];

fn killed_with_docker() -> Result<(), Failed> {
    endpoints::create()?;
    let machine = Machine::by_hand(USUAL_AGENT)?;
    killed_at_every_moment(&machine, || agent_answers(&machine))
}

fn killed_with_systemd() -> Result<(), Failed> {
    endpoints::create()?;
    let machine = Machine::with_unit(USUAL_AGENT)?;
    killed_at_every_moment(&machine, || {
        machine.unit("ActiveState").ok().filter(|state| state == "active")?;
        machine.systemctl(&["list-jobs"]).ok().filter(|jobs| jobs.starts_with("No jobs"))?;
        agent_answers(&machine)
    })
}

/// Kills a restart after each tenth of the time that a whole one takes.
fn killed_at_every_moment(machine: &Machine, runs: impl Fn() -> Option<()>) -> Result<(), Failed> {
    let probe = Probe::at(machine.place);
    let started = Instant::now();
    probe.restart(&AT_ONCE)?.holds(0, &[("/outcome", "verified")])?;
    let whole = started.elapsed();
    for moment in 0..MOMENTS {
        // Ten starts in a few seconds are more than systemd lets pass.
        machine.systemctl(&["reset-failed"])?;
        let restart = probe.start_restart(&AT_ONCE)?;
        thread::sleep(whole * moment / MOMENTS);
        probe.kill(restart)?;
        // What was on its way goes on, and has come to its end by now.
        thread::sleep(whole);
        until(&format!("the agent runs after a kill at {moment}/{MOMENTS}"), &runs)?;
    }
    probe.restart(&AT_ONCE)?.holds(0, &[("/outcome", "verified")])
}

fn agent_answers(machine: &Machine) -> Option<()> {
    machine.engine.agent(".State.Status").ok().filter(|state| state == "running")?;
    let probe = Probe::at(machine.place).check().ok()?;
    (probe.word("/ecs_agent/connection") == "private").then_some(())
}

fn two_at_once() -> Result<(), Failed> {
    endpoints::create()?;
    let Machine { engine, place, .. } = &Machine::by_hand(STAYS_STALE)?;
    let probe = Probe::at(*place);
    // It has restarted the agent, and waits in vain for private connections.
    let first = probe.start_restart(&["--verify-timeout", "60s"])?;
    engine.agent_is_ready(2)?;
    let refused = [("/decision", "refused"), ("/refusal/kind", "busy")];
    says_who(&probe.restart(&[])?, 1, &refused)?;
    let nothing = [("/decision", "nothing-to-do"), ("/status", "warn")];
    says_who(&probe.restart(&["--if-needed"])?, 0, &nothing)?;
    probe.kill(first)?;
    was_restarted(engine, 1)
}

/// Ends so, and names the one that is at it.
fn says_who(said: &Said, exit: i32, words: &[(&str, &str)]) -> Result<(), Failed> {
    said.holds(exit, words)?;
    match said.word("/reason").starts_with("Another vpce-probe (pid ") {
        true => Ok(()),
        false => Err(said.fails("who restarts the agent is not told")),
    }
}

fn many_at_once() -> Result<(), Failed> {
    endpoints::create()?;
    let Machine { engine, place, .. } = &Machine::by_hand(USUAL_AGENT)?;
    let probe = Probe::at(*place);
    let all = (0..4).map(|_| probe.start_restart(&[])).collect::<Result<Vec<_>, _>>()?;
    let mut acted = 0;
    for one in all {
        let said = Said::of(&one.wait_with_output()?)?;
        match (said.word("/decision"), said.word("/refusal/kind")) {
            ("act", _) => {
                said.holds(0, &[("/outcome", "verified")])?;
                acted += 1;
            }
            ("refused", "busy" | "too-soon") => said.holds(1, &[])?,
            _ => return Err(said.fails("neither acted nor said why not")),
        }
    }
    if acted != 1 {
        return Err(format!("{acted} of them have acted").into());
    }
    was_restarted(engine, 1)
}

fn fifty_runs() -> Result<(), Failed> {
    endpoints::create()?;
    let Machine { engine, place, .. } = &Machine::by_hand(STAYS_STALE)?;
    let probe = Probe::at(*place);
    let as_a_timer = ["--if-needed", "--verify-timeout", "1s"];
    probe.restart(&as_a_timer)?.holds(1, &[("/decision", "act"), ("/outcome", "not-verified")])?;
    for _ in 1..50 {
        let refused = [("/decision", "refused"), ("/refusal/kind", "too-soon")];
        probe.restart(&as_a_timer)?.holds(1, &refused)?;
    }
    was_restarted(engine, 1)
}

/// The agent has come up so many times after the first.
fn was_restarted(engine: &Engine, times: usize) -> Result<(), Failed> {
    engine.agent_is_ready(times + 1)?;
    let seen = engine.times_ready()?;
    if seen == times + 1 {
        return Ok(());
    }
    Err(format!("the agent came up {seen} times, not {}", times + 1).into())
}
