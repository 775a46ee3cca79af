//! The shipped task definitions for Fargate: a gate, a sidecar, and a task of its own.

use libtest_mimic::Failed;

use crate::Scene;
use crate::container::Container;
use crate::emf_rules;
use crate::endpoints;
use crate::engine::{Engine, USUAL_AGENT};
use crate::machine::Tree;
use crate::shipped_image::{self, Builder};
use crate::task_definition::TaskDefinition;

pub(crate) const SCENES: &[Scene] = &[("fargate::shipped_task_definitions", all)];

/// In the time of a test.
const QUICKLY: [(&str, &str); 3] = [
    ("VPCE_PROBE_INTERVAL", "1s"),
    ("VPCE_PROBE_DEADLINE", "900ms"),
    ("VPCE_PROBE_FAIL_AFTER", "1"),
];

fn all() -> Result<(), Failed> {
    let tree = Tree::new(USUAL_AGENT)?;
    shipped_image::write_source(&tree)?;
    let machine = tree.boot()?;
    shipped_image::build(&machine, Builder::Older)?;
    let engine = &machine.engine;
    gate(engine)?;
    sidecar(engine)?;
    endpoints::remove()?;
    task_of_its_own(engine)
}

/// What depends on it starts when the endpoint is there, and not before.
fn gate(engine: &Engine) -> Result<(), Failed> {
    let shipped = || TaskDefinition::shipped("fargate-gate.json");
    let too_late = shipped()?.with(&[("VPCE_PROBE_TIMEOUT", "1s")]);
    Container::start(engine, "gate-too-late", &too_late)?.ends_with("1")?;
    let gate = Container::start(engine, "gate", &shipped()?)?;
    gate.says("VPCE101")?;
    endpoints::create()?;
    gate.ends_with("0")
}

fn sidecar(engine: &Engine) -> Result<(), Failed> {
    let shipped = TaskDefinition::shipped("fargate-sidecar.json")?;
    let sidecar = Container::start(engine, "sidecar", &shipped.with(&QUICKLY).impatient())?;
    sidecar.becomes("healthy", "healthy: pass: ")?;
    endpoints::remove()?;
    sidecar.becomes("unhealthy", "unhealthy: fail: ")?;
    endpoints::create()?;
    sidecar.becomes("healthy", "healthy: pass: ")?;
    sidecar.is_small()?;
    sidecar.stops_well()?;
    // The log driver would carry every line to CloudWatch, and nothing else may be among them.
    let stdout = sidecar.stdout()?;
    let documents = stdout.lines().map(emf_rules::document).collect::<Result<Vec<_>, _>>()?;
    match documents.len() >= 3 {
        true => Ok(()),
        false => Err(sidecar.fails("three verdicts and fewer documents")),
    }
}

/// Without a log of its own in AWS, its exit code is what it tells.
fn task_of_its_own(engine: &Engine) -> Result<(), Failed> {
    let shipped = || TaskDefinition::shipped("probe-task.json");
    let broken = Container::start(engine, "task-broken", &shipped()?)?;
    broken.ends_with("1")?;
    broken.says("VPCE101")?;
    // As the README says, one service at a time tells which it is.
    let elsewhere = shipped()?.with(&[("VPCE_PROBE_ONLY", "secretsmanager")]);
    Container::start(engine, "task-of-one", &elsewhere)?.ends_with("0")?;
    endpoints::create()?;
    let healthy = Container::start(engine, "task-healthy", &shipped()?)?;
    healthy.ends_with("0")?;
    healthy.says("Fargate task")
}
