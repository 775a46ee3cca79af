//! Restarts of the ECS agent, by the unmodified program in simulated VPCs whose systemd and Docker
//! Engine really restart an agent.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use libtest_mimic::{Arguments, Trial};

#[path = "agent_restart/attacker.rs"]
mod attacker;
#[path = "agent_restart/decisions.rs"]
mod decisions;
#[path = "agent_restart/restarts.rs"]
mod restarts;
#[path = "agent_restart/rights.rs"]
mod rights;
#[path = "agent_restart/runs.rs"]
mod runs;

fn main() {
    vpce_lab::enter_if_asked();
    attacker::attack_if_asked();
    let arguments = Arguments::from_args();
    let trials = [restarts::trials(), decisions::trials(), rights::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit();
}

/// A test by the name of its function. It fails by panicking.
fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}
