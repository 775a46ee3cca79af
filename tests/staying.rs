//! Commands that stay, in a VPC that changes meanwhile.
//!
//! Each test is a lab of its own whose program is this executable again: inside, a scene starts the
//! program under test, changes the VPC around it, and holds what it tells against what is expected.

// This is a test: it may panic, and tells people on stderr.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::env;

use libtest_mimic::{Arguments, Failed, Trial};
use vpce_lab::{Lab, Run, Vpc};

#[path = "staying/emf.rs"]
mod emf;
#[path = "harness/emf_rules.rs"]
mod emf_rules;
#[path = "staying/events.rs"]
mod events;
#[path = "staying/health.rs"]
mod health;
#[path = "staying/log.rs"]
mod log;
#[path = "staying/memory.rs"]
mod memory;
#[path = "staying/metrics.rs"]
mod metrics;
#[path = "staying/notify.rs"]
mod notify;
#[path = "staying/program.rs"]
mod program;
#[path = "staying/serve.rs"]
mod serve;
#[path = "staying/shared_file.rs"]
mod shared_file;
#[path = "staying/signals.rs"]
mod signals;
#[path = "staying/story.rs"]
mod story;
#[path = "staying/wait.rs"]
mod wait;
#[path = "staying/wait_ends.rs"]
mod wait_ends;
#[path = "staying/web.rs"]
mod web;
#[path = "staying/world.rs"]
mod world;

/// Says to the inside what is to be played there.
const SCENE: &str = "--scene";

/// What is played, by name: the VPC around it, and what happens in it.
type Scene = (&'static str, fn() -> Result<Vpc, Failed>, fn() -> Result<(), Failed>);

const SCENES: &[&[Scene]] = &[
    events::SCENES,
    metrics::SCENES,
    emf::SCENES,
    log::SCENES,
    notify::SCENES,
    wait::SCENES,
    wait_ends::SCENES,
    health::SCENES,
    memory::SCENES,
    signals::SCENES,
    serve::SCENES,
    shared_file::SCENES,
    story::SCENES,
];

fn main() {
    vpce_lab::enter_if_asked();
    if let Some(name) = env::args().skip_while(|arg| arg != SCENE).nth(1) {
        std::process::exit(play(&name));
    }
    let trials = scenes().map(|scene| Trial::test(scene.0, move || host(scene))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn scenes() -> impl Iterator<Item = Scene> {
    SCENES.iter().flat_map(|scenes| scenes.iter().copied())
}

/// Outside: a lab, and in it the scene.
fn host((name, vpc, _): Scene) -> Result<(), Failed> {
    let mut lab = Lab::new(vpc()?);
    lab.limit = program::LIMIT;
    let run = Run::with_args([SCENE, name]).and_env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let outcomes = lab.run(env::current_exe()?, &[run])?;
    match outcomes.first() {
        Some(outcome) if outcome.exit == Some(0) => Ok(()),
        Some(outcome) if outcome.hung => Err(format!("hung\n{}", outcome.stderr).into()),
        other => Err(other.map_or_else(|| "no outcome".to_owned(), |o| o.stderr.clone()).into()),
    }
}

/// Inside: plays the scene and says what went wrong.
fn play(name: &str) -> i32 {
    let scene = scenes().find(|scene| scene.0 == name);
    let played = scene.ok_or_else(|| "there is no such scene".into()).and_then(|scene| scene.2());
    match played {
        Ok(()) => 0,
        Err(failed) => {
            eprintln!("{}", failed.message().unwrap_or("failed"));
            1
        }
    }
}
