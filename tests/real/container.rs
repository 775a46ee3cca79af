//! The watch as a container `FROM scratch`, whose health a real Docker Engine asks for.

use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Scene;
use crate::endpoints;
use crate::engine::{Engine, USUAL_AGENT};
use crate::image;
use crate::machine::Tree;
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[("container::health_of_a_watch", health)];

/// What the image is built of, on the machine.
const CONTEXT: &str = "/usr/share/watch";

/// The container, and its image.
const NAME: &str = "watch";

/// As little as a container can have, in the network of the machine.
const RUN: [&str; 11] = [
    "run",
    "--detach",
    "--name",
    NAME,
    "--network",
    "host",
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
];

const SETTINGS: [&str; 5] = [
    "VPCE_PROBE_CA_FILE=/ca.pem",
    "VPCE_PROBE_ONLY=ecs,ecs-agent,ecs-telemetry",
    "VPCE_PROBE_INTERVAL=1s",
    "VPCE_PROBE_DEADLINE=900ms",
    "VPCE_PROBE_FAIL_AFTER=1",
];

/// Docker gives a container ten times as long before it kills it.
const QUICK: Duration = Duration::from_secs(1);

fn health() -> Result<(), Failed> {
    endpoints::create()?;
    let tree = Tree::new(USUAL_AGENT)?;
    image::write_context_of_a_watch(&tree.folder(CONTEXT))?;
    let machine = tree.boot()?;
    let engine = &machine.engine;
    let build = ["DOCKER_BUILDKIT=0", "docker", "build", "--quiet", "--tag", NAME, CONTEXT];
    machine.place.run("env", &build)?;
    let settings = SETTINGS.iter().flat_map(|setting| ["--env", setting]);
    engine.docker(&RUN.into_iter().chain(settings).chain([NAME]).collect::<Vec<_>>())?;
    plays(engine).map_err(|failed| explain(engine, &failed))
}

fn plays(engine: &Engine) -> Result<(), Failed> {
    becomes(engine, "healthy", "healthy: pass: ")?;
    endpoints::remove()?;
    becomes(engine, "unhealthy", "unhealthy: fail: ")?;
    endpoints::create()?;
    becomes(engine, "healthy", "healthy: pass: ")?;
    ends_well(engine)
}

/// Docker comes to that verdict, by a line that says why.
fn becomes(engine: &Engine, wanted: &str, start: &str) -> Result<(), Failed> {
    until(&format!("the container is {wanted}"), || {
        let health: Value =
            serde_json::from_str(&inspect(engine, "json .State.Health").ok()?).ok()?;
        let is_so = health.get("Status")? == wanted;
        let last = health.get("Log")?.as_array()?.last()?;
        let output = last.get("Output")?.as_str()?;
        let is_one_line = output.ends_with('\n') && output.lines().count() == 1;
        (is_so && is_one_line && output.starts_with(start)).then_some(())
    })
}

/// It obeys, as the first process of its container, and is not killed.
fn ends_well(engine: &Engine) -> Result<(), Failed> {
    let started = Instant::now();
    engine.docker(&["stop", NAME])?;
    let took = started.elapsed();
    let code = inspect(engine, ".State.ExitCode")?;
    match code == "0" && took < QUICK {
        true => Ok(()),
        false => Err(format!("stopped in {took:?} with {code}").into()),
    }
}

fn inspect(engine: &Engine, what: &str) -> Result<String, Failed> {
    engine.docker(&["inspect", "--format", &format!("{{{{{what}}}}}"), NAME])
}

fn explain(engine: &Engine, failed: &Failed) -> Failed {
    let why = failed.message().unwrap_or_default();
    let health = inspect(engine, "json .State").unwrap_or_default();
    let logs = engine.docker(&["logs", NAME]).unwrap_or_default();
    format!("{why}\n{health}\n{logs}").into()
}
