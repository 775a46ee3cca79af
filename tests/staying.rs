//! Commands that stay, in a VPC that changes meanwhile.
//!
//! Each test is a lab of its own whose program is this executable again: inside, a scene starts the
//! program under test, changes the VPC around it, and holds what it tells against what is expected.

// This is a test: it may panic, and tells people on stderr.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use vpce_lab::{Lab, Vpc};

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
#[path = "harness/scene.rs"]
mod scene;
#[path = "staying/serve.rs"]
mod serve;
#[path = "staying/shared_file.rs"]
mod shared_file;
#[path = "staying/signals.rs"]
mod signals;
#[path = "staying/story.rs"]
mod story;
#[path = "harness/until.rs"]
mod until;
#[path = "staying/wait.rs"]
mod wait;
#[path = "staying/wait_ends.rs"]
mod wait_ends;
#[path = "staying/web.rs"]
mod web;
#[path = "staying/world.rs"]
mod world;

/// A scene that takes longer hangs. What it waits for has a limit of its own ([`until::LIMIT`]), and
/// says so.
const LIMIT: Duration = Duration::from_secs(300);

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
    if let Some(name) = scene::asked() {
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
    lab.limit = LIMIT;
    scene::host(&lab, name)
}

/// Inside: plays the scene and says what went wrong.
fn play(name: &str) -> i32 {
    let scene = scenes().find(|scene| scene.0 == name);
    scene::tell(scene.ok_or_else(|| "there is no such scene".into()).and_then(|scene| scene.2()))
}
