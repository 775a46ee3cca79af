//! The ECS agent and the watch on real parts: systemd and a Docker Engine, on a machine in the network
//! of the lab.
//!
//! Each test is a lab of its own whose program is this executable again: it boots the machine
//! inside, and everything ends with the lab.

// This is a test: it may panic, and tells people on stderr.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use vpce_lab::Lab;

#[path = "real/boot.rs"]
mod boot;
#[path = "real/cloud_init.rs"]
mod cloud_init;
#[path = "real/command.rs"]
mod command;
#[path = "real/container.rs"]
mod container;
#[path = "real/daemon.rs"]
mod daemon;
#[path = "harness/emf_rules.rs"]
mod emf_rules;
#[path = "real/endpoints.rs"]
mod endpoints;
#[path = "real/engine.rs"]
mod engine;
#[path = "real/engine_api.rs"]
mod engine_api;
#[path = "real/fargate.rs"]
mod fargate;
#[path = "real/file_systems.rs"]
mod file_systems;
#[path = "real/gate.rs"]
mod gate;
#[path = "real/image.rs"]
mod image;
#[path = "real/limits.rs"]
mod limits;
#[path = "real/machine.rs"]
mod machine;
#[path = "real/package.rs"]
mod package;
#[path = "real/packager.rs"]
mod packager;
#[path = "real/parts.rs"]
mod parts;
#[path = "real/probe.rs"]
mod probe;
#[path = "real/raw_facts.rs"]
mod raw_facts;
#[path = "harness/scene.rs"]
mod scene;
#[path = "real/service.rs"]
mod service;
#[path = "real/shipped_image.rs"]
mod shipped_image;
#[path = "real/story.rs"]
mod story;
#[path = "real/task_definition.rs"]
mod task_definition;
#[path = "real/timers.rs"]
mod timers;
#[path = "real/unit.rs"]
mod unit;
#[path = "harness/until.rs"]
mod until;
#[path = "real/user_data.rs"]
mod user_data;

/// A machine that boots and an agent that is restarted many times take their time on two cores.
const LIMIT: Duration = Duration::from_secs(110);

/// What is played, by name.
type Scene = (&'static str, fn() -> Result<(), Failed>);

const SCENES: &[&[Scene]] = &[
    raw_facts::SCENES,
    story::SCENES,
    limits::SCENES,
    boot::SCENES,
    service::SCENES,
    timers::SCENES,
    gate::SCENES,
    shipped_image::SCENES,
    daemon::SCENES,
    fargate::SCENES,
    user_data::SCENES,
    package::SCENES,
];

fn main() {
    vpce_lab::enter_if_asked();
    image::become_the_agent_if_asked();
    if let Some(name) = scene::asked() {
        std::process::exit(play(&name));
    }
    let mut arguments = Arguments::from_args();
    // Each of them starts a whole machine.
    arguments.test_threads = Some(1);
    let trials = scenes().map(|(name, _)| Trial::test(name, move || host(name))).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn scenes() -> impl Iterator<Item = Scene> {
    SCENES.iter().flat_map(|scenes| scenes.iter().copied())
}

/// Outside: a lab, and in it the scene.
fn host(name: &str) -> Result<(), Failed> {
    parts::all_there()?;
    if !parts::is_root()? {
        return parts::again_as_root(name);
    }
    let mut lab = Lab::new(endpoints::vpc_of(name)?);
    lab.limit = LIMIT;
    lab.user_namespace = false;
    scene::host(&lab, name)
}

/// Inside: plays the scene and says what went wrong.
fn play(name: &str) -> i32 {
    let scene = scenes().find(|(known, _)| *known == name);
    let played = scene.ok_or_else(|| "there is no such scene".into()).and_then(|(_, play)| {
        let _own_place = file_systems::OwnPlace::set_up()?;
        play()
    });
    scene::tell(played)
}
