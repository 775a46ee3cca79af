//! What a watch tells of a VPC that breaks and heals.

use std::fs;
use std::process::Command;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use vpce_lab::Vpc;

use crate::Scene;
use crate::program::Program;
use crate::world::{BREAKABLE_HOST, break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[
    ("events::a_vpc_that_breaks_and_heals", breakable, breaks_and_heals),
    ("events::one_check_changes_no_verdict", breakable, one_check),
    ("events::another_resolver", healthy, another_resolver),
    ("events::a_first_check_that_makes_no_sense", healthy, no_sense),
    ("events::a_certificate_authority_that_changes", healthy, another_authority),
    ("events::a_task_definition_that_changes", healthy, another_task_definition),
];

/// Checks only when told to, as the interval is that long.
const BY_HAND: &str = "watch --interval 60m --fail-after 2 --recover-after 2";

fn healthy() -> Result<Vpc, Failed> {
    Ok(Vpc::base("fargate")?)
}

fn breaks_and_heals() -> Result<(), Failed> {
    let mut watch =
        Program::start("watch --interval 2s --deadline 2s --fail-after 2 --recover-after 1")?;
    let first = watch.json()?;
    assert_eq!((&first["from"], &first["to"]), (&json!(null), &json!("pass")), "{first}");
    assert_eq!((&first["checks"], &first["previous_ms"]), (&json!(1), &json!(null)), "{first}");
    let place = &first["place"];
    assert_eq!(
        (&place["region"], &place["launch_type"]),
        (&json!("us-east-1"), &json!("fargate-task"))
    );
    assert!(place["task_arn"].as_str().is_some_and(|arn| arn.contains(":task/lab/")), "{first}");
    break_names()?;
    let broken = watch.json()?;
    assert_eq!((&broken["from"], &broken["to"]), (&json!("pass"), &json!("fail")), "{broken}");
    assert_eq!((&broken["healthy"], &broken["checks"]), (&json!(false), &json!(2)), "{broken}");
    let finding = &broken["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["hosts"]),
        (&json!("VPCE101"), &json!([BREAKABLE_HOST]))
    );
    assert!(broken["since"].as_str() <= broken["at"].as_str(), "{broken}");
    assert!(broken["previous_ms"].as_f64().is_some_and(|held| held > 0.0), "{broken}");
    heal_names()?;
    let healed = watch.json()?;
    assert_eq!((&healed["from"], &healed["to"]), (&json!("fail"), &json!("pass")), "{healed}");
    assert_eq!((&healed["healthy"], &healed["since"]), (&json!(true), &healed["at"]), "{healed}");
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 3), "{ended:?}");
    for line in [first, broken, healed] {
        assert_as_published(&line)?;
    }
    Ok(())
}

fn assert_as_published(event: &Value) -> Result<(), Failed> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/event.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let problems: Vec<String> =
        validator.iter_errors(event).map(|problem| problem.to_string()).collect();
    assert!(problems.is_empty(), "{problems:#?}\n{event}");
    Ok(())
}

fn one_check() -> Result<(), Failed> {
    let mut watch = Program::start(&format!("{BY_HAND} --log-level debug"))?;
    let first = watch.json()?;
    assert_eq!(first["to"], "pass", "{first}");
    let check = |watch: &mut Program| {
        watch.signal("HUP")?;
        watch.log_with("Checked")
    };
    watch.log_with("Checked")?;
    for _ in 0..3 {
        break_names()?;
        check(&mut watch)?;
        heal_names()?;
        check(&mut watch)?;
    }
    break_names()?;
    check(&mut watch)?;
    check(&mut watch)?;
    let broken = watch.json()?;
    assert_eq!((&broken["from"], &broken["to"]), (&json!("pass"), &json!("fail")), "{broken}");
    assert_eq!(broken["checks"], 2, "{broken}");
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.stdout.len(), 2, "the others changed no verdict");
    Ok(())
}

/// Every check reads resolv.conf anew.
fn another_resolver() -> Result<(), Failed> {
    let mut watch =
        Program::start("watch --interval 2s --deadline 2s --fail-after 1 --recover-after 1")?;
    assert_eq!(watch.json()?["to"], "pass");
    let path = "/etc/resolv.conf";
    let before = fs::read_to_string(path)?;
    fs::write(path, "nameserver 10.0.1.101\n")?;
    let broken = watch.json()?;
    assert_eq!((&broken["from"], &broken["healthy"]), (&json!("pass"), &json!(false)), "{broken}");
    fs::write(path, before)?;
    assert_eq!(watch.json()?["to"], "pass");
    Ok(())
}

/// What is wrong at first is wrong for ever.
fn no_sense() -> Result<(), Failed> {
    for (args, exit, words) in [
        ("watch --only s3 --skip s3", 64, "nothing to check"),
        ("watch --task-definition /etc/none", 78, "/etc/none"),
        ("watch --service none", 64, "no service none"),
    ] {
        let ended = Program::run(args)?;
        assert_eq!((ended.exit, ended.stdout.len()), (Some(exit), 0), "{ended:?}");
        assert!(ended.stderr.iter().any(|line| line.contains(words)), "{ended:?}");
    }
    Ok(())
}

/// A file that cannot be used any more leaves in force what it said before; one that says something
/// else takes effect at SIGHUP, and no earlier.
fn another_authority() -> Result<(), Failed> {
    let file = "/run/authorities.pem";
    let good = fs::read_to_string("/etc/vpce-lab/ca.pem")?;
    fs::write(file, &good)?;
    let mut watch = Program::start(&format!("{BY_HAND} --ca-file {file} --recover-after 1"))?;
    assert_eq!(watch.json()?["to"], "pass");
    fs::write(file, "no certificate")?;
    watch.signal("HUP")?;
    let told = watch.log_with("stays in force")?;
    assert!(told.contains(file), "{told}");
    fs::remove_file(file)?;
    watch.signal("HUP")?;
    watch.log_with("stays in force")?;
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 1), "{ended:?}");
    let env = [("VPCE_PROBE_CA_FILE", ""), ("AWS_CA_BUNDLE", file)];
    let mut watch = Program::start_with(&format!("{BY_HAND} --recover-after 1"), &env)?;
    assert_eq!(watch.json()?["to"], "fail");
    fs::write(file, good)?;
    watch.signal("HUP")?;
    let trusted = watch.json()?;
    assert_eq!(
        (&trusted["from"], &trusted["healthy"]),
        (&json!("fail"), &json!(true)),
        "{trusted}"
    );
    Ok(())
}

fn another_task_definition() -> Result<(), Failed> {
    let file = "/run/task.json";
    let definition = |secret: &str| {
        let container = json!({ "name": "app", "image": "app", "secrets": [{ "name": "KEY", "valueFrom": secret }] });
        json!({ "family": "app", "containerDefinitions": [container] }).to_string()
    };
    let of =
        |region: &str| format!("arn:aws:secretsmanager:{region}:123456789012:secret:key-a1b2c3");
    fs::write(file, definition(&of("us-east-1")))?;
    let mut watch = Program::start(&format!("{BY_HAND} --task-definition {file} --fail-after 1"))?;
    let first = watch.json()?;
    assert_eq!(first["to"], "pass", "{first}");
    // Nothing answers there.
    fs::write(file, definition(&of("eu-west-1")))?;
    watch.signal("HUP")?;
    let broken = watch.json()?;
    assert_eq!((&broken["from"], &broken["healthy"]), (&json!("pass"), &json!(false)), "{broken}");
    // What came by standard input is gone.
    let mut shell = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_vpce-probe");
    shell.args(["-c", &format!("exec {program} {BY_HAND} --task-definition - < {file}")]);
    let mut watch = Program::start_by(shell)?;
    assert_eq!(watch.json()?["healthy"], false);
    fs::write(file, definition(&of("us-east-1")))?;
    watch.signal("HUP")?;
    let told = watch.log_with("stays in force")?;
    assert!(told.contains("standard input cannot be read again"), "{told}");
    Ok(())
}
