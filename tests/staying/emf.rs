//! What a watch tells CloudWatch.

use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::Scene;
use crate::emf_rules::document;
use crate::program::Program;
use crate::world::{break_names, breakable, heal_names, vpc_of};

pub(crate) const SCENES: &[Scene] = &[
    ("emf::a_vpc_that_breaks_and_heals", breakable, breaks_and_heals),
    ("emf::rules::agent_stale", || vpc_of("agent-stale"), keeps_the_rules),
    ("emf::rules::all_features", || vpc_of("healthy-with-all-features"), keeps_the_rules),
    ("emf::rules::china", || vpc_of("healthy-china"), keeps_the_rules),
    (
        "emf::rules::metadata_garbage",
        || vpc_of("task-metadata-with-terminal-escapes"),
        keeps_the_rules,
    ),
    ("emf::rules::resolver_silent", || vpc_of("resolver-silent"), keeps_the_rules),
    ("emf::rules::region_unknown", || vpc_of("outside-aws-without-region"), keeps_the_rules),
];

/// The next document of a whole check, and after it that of the service that breaks.
fn check(watch: &mut Program) -> Result<(Value, Value), Failed> {
    let whole = next(watch, |document| document["Service"].is_null())?;
    let service = next(watch, |document| document["Service"] == "ecr.api")?;
    Ok((whole, service))
}

fn next(watch: &mut Program, is_it: impl Fn(&Value) -> bool) -> Result<Value, Failed> {
    loop {
        let document = document(&watch.line()?)?;
        if is_it(&document) {
            return Ok(document);
        }
    }
}

fn breaks_and_heals() -> Result<(), Failed> {
    let mut watch =
        Program::start("watch --emf --interval 2s --deadline 2s --fail-after 2 --recover-after 1")?;
    let told = |whole: &Value, service: &Value| {
        json!([whole["Healthy"], whole["Failed"], whole["Status"], service["Success"]])
    };
    let (pass, fail) = (json!([1, 0, "pass", 1]), json!([0, 1, "fail", 0]));
    let failed_once = json!([1, 1, "fail", 0]);
    let mut seen: Vec<Value> = Vec::new();
    // A change is made after a check has ended, and each check tells: none can be missed.
    for (change, until) in [(None, &pass), (Some(true), &fail), (Some(false), &pass)] {
        match change {
            Some(true) => break_names()?,
            Some(false) => heal_names()?,
            None => {}
        }
        loop {
            let (whole, service) = check(&mut watch)?;
            let told = told(&whole, &service);
            let is_reached = told == *until;
            if seen.last() != Some(&told) {
                seen.push(told);
            }
            if is_reached {
                break;
            }
        }
    }
    assert_eq!(seen, [pass.clone(), failed_once, fail, pass]);
    tells_nothing_else(watch)
}

fn keeps_the_rules() -> Result<(), Failed> {
    let mut watch = Program::start("watch --emf --interval 1h")?;
    let first = document(&watch.line()?)?;
    assert!(first["Service"].is_null() && first["Healthy"].is_number(), "{first}");
    let has_region = first["Region"].is_string();
    let dimensions = &first["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
    assert_eq!(*dimensions, if has_region { json!([["Region"]]) } else { json!([[]]) });
    tells_nothing_else(watch)
}

/// What is on stdout and not a document makes CloudWatch ignore the line.
fn tells_nothing_else(watch: Program) -> Result<(), Failed> {
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    for line in &ended.stdout {
        document(line)?;
    }
    Ok(())
}
