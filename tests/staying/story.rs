//! A VPC that breaks and heals while a watch runs: everybody who is told of it is told the same.

use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::Scene;
use crate::program::Program;
use crate::until::until;
use crate::web::{ADDRESS, get};
use crate::world::{break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[
    ("story::events_metrics_pages_and_health", breakable, told_by_all),
    ("story::embedded_metrics_and_health", breakable, told_to_cloudwatch),
];

const WATCH: &str = "watch --interval 2s --deadline 2s --fail-after 2 --recover-after 2";

/// Where the metrics are written to.
const TEXTFILE: &str = "/run/vpce-probe.prom";

fn told_by_all() -> Result<(), Failed> {
    let mut watch = Program::start(&format!("{WATCH} --listen {ADDRESS} --textfile {TEXTFILE}"))?;
    let told = |watch: &mut Program, from: Value, to: &str, changes: u32| {
        let event = watch.json()?;
        assert_eq!((&event["from"], &event["to"]), (&from, &json!(to)), "{event}");
        everybody_says(to == "pass", changes)
    };
    told(&mut watch, json!(null), "pass", 0)?;
    break_names()?;
    told(&mut watch, json!("pass"), "fail", 1)?;
    heal_names()?;
    told(&mut watch, json!("fail"), "pass", 2)?;
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 3), "{ended:?}");
    Ok(())
}

/// The event comes before the pages are new, so each is waited for; what it says then is exact.
fn everybody_says(is_healthy: bool, changes: u32) -> Result<(), Failed> {
    let status = if is_healthy { 200 } else { 503 };
    let page = until("the page says so", || {
        get("/healthz", "").ok().filter(|page| page.status == status)
    })?;
    assert_eq!(page.body.contains("VPCE101"), !is_healthy, "{page:?}");
    assert_eq!(get("/livez", "")?.status, 200);
    // The file is written beside the checks, and so may come a moment later.
    let text = until("the file as the page is", || {
        let page = get("/metrics", "").ok()?;
        std::fs::read_to_string(TEXTFILE).ok().filter(|written| *written == page.body)
    })?;
    assert_eq!(value(&text, "vpce_probe_healthy"), f64::from(u8::from(is_healthy)), "{text}");
    assert_eq!(value(&text, "vpce_probe_verdict_changes_total"), f64::from(changes), "{text}");
    let report: Value = serde_json::from_str(&get("/report", "")?.body)?;
    assert_eq!(report["status"], if is_healthy { "pass" } else { "fail" });
    let kept = get("/report/failure", "")?;
    assert_eq!(kept.status, if changes == 0 { 404 } else { 200 });
    health_says(is_healthy)
}

fn told_to_cloudwatch() -> Result<(), Failed> {
    let mut watch = Program::start(&format!("{WATCH} --emf"))?;
    healthy_becomes(&mut watch, 1)?;
    health_says(true)?;
    break_names()?;
    healthy_becomes(&mut watch, 0)?;
    health_says(false)?;
    heal_names()?;
    healthy_becomes(&mut watch, 1)?;
    health_says(true)?;
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    let mut transitions: Vec<Value> =
        ended.stdout.iter().filter_map(|line| healthy(line)).collect();
    transitions.dedup();
    assert_eq!(transitions, [json!(1), json!(0), json!(1)]);
    assert!(ended.stdout.iter().all(|line| line.starts_with('{') && line.len() < 16 * 1024));
    Ok(())
}

fn healthy_becomes(watch: &mut Program, wanted: u8) -> Result<(), Failed> {
    loop {
        if healthy(&watch.line()?) == Some(json!(wanted)) {
            return Ok(());
        }
    }
}

/// What a document of the whole says; those of services do not.
fn healthy(line: &str) -> Option<Value> {
    serde_json::from_str::<Value>(line).ok()?.get("Healthy").cloned()
}

/// The watch is asked: a check of its own would say the same only by chance, while the verdict has
/// not settled.
fn health_says(is_healthy: bool) -> Result<(), Failed> {
    let (exit, word) = if is_healthy { (0, "healthy: ") } else { (1, "unhealthy: ") };
    let said = until("health says so", || {
        Program::run("health").ok().filter(|said| said.exit == Some(exit))
    })?;
    assert_eq!(said.stdout.len(), 1, "{said:?}");
    assert!(said.stdout.iter().all(|line| line.starts_with(word)), "{said:?}");
    assert_eq!(said.stderr, [""; 0]);
    Ok(())
}

/// The value of a metric without labels.
fn value(text: &str, metric: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(f64::NAN)
}
