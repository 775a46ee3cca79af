//! What `agent status`, `agent restart`, `explain --check` and `fix` tell a person, word for word.

use libtest_mimic::{Failed, Trial};
use vpce_lab::{Lab, Run, Scenario};

use crate::times::without_times;
use crate::under_test;

/// The name of the kept text, the scenario, the arguments, and the exit code.
const KEPT: [(&str, &str, &[&str], i32); 14] = [
    ("agent-status", "agent-stale", &["agent", "status"], 1),
    ("agent-status-of-a-healthy-one", "healthy-ec2", &["agent", "status"], 0),
    ("agent-status-on-fargate", "healthy-fargate", &["agent", "status"], 1),
    ("agent-restart", "agent-stale", &["agent", "restart", "--if-needed"], 0),
    ("agent-restart-not-needed", "healthy-ec2", &["agent", "restart", "--if-needed"], 0),
    ("agent-restart-refused", "agent-blocked-by-the-ecs-endpoint", &["agent", "restart"], 1),
    ("fix-cli", "ecs-telemetry-missing", &["fix"], 0),
    ("fix-terraform", "ecs-telemetry-missing", &["fix", "--format", "terraform"], 0),
    ("fix-cloudformation", "ecs-telemetry-missing", &["fix", "--format", "cloudformation"], 0),
    ("fix-of-a-security-group", "security-group-drops-443", &["fix"], 0),
    ("fix-of-a-gateway", "fargate-s3-gateway-missing", &["fix"], 0),
    ("fix-of-nothing", "healthy-fargate", &["fix"], 0),
    ("explain-and-check", "ecs-telemetry-missing", &["explain", "--check", TELEMETRY], 1),
    ("explain-another-region", "explain-check-of-another-region", SECRET_ABROAD, 0),
];

/// A line of an ECS agent's log.
const TELEMETRY: &str = "Error connecting to TCS: websocket client: unable to dial \
    ecs-t.us-east-1.amazonaws.com response: : dial tcp 52.94.228.103:443: i/o timeout";

/// The stopped reason of a task that reads a secret of another Region.
const SECRET_ABROAD: &[&str] = &[
    "explain",
    "--check",
    "unable to retrieve secret from asm: failed to fetch secret \
     arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf from secrets manager: \
     RequestCanceled: request context canceled caused by: context deadline exceeded",
];

/// A trial for each text.
pub(crate) fn trials() -> Vec<Trial> {
    let trial =
        |(name, scenario, args, exit): (&'static str, &'static str, &'static [&str], i32)| {
            Trial::test(format!("told::{name}"), move || told(name, scenario, args, exit))
        };
    KEPT.map(trial).into()
}

fn told(name: &str, scenario: &str, args: &[&str], exit: i32) -> Result<(), Failed> {
    let scenario = Scenario::named(scenario)?;
    let run = Run::with_args(args.iter().copied());
    let outcomes = Lab::of(&scenario).run(under_test::program(), &[run])?;
    let outcome = outcomes.first().ok_or("the lab lost the run")?;
    if outcome.exit != Some(exit) {
        return Err(format!("expected exit {exit}: {outcome:?}").into());
    }
    let told = without_times(&without_moments(&outcome.stdout));
    insta::with_settings!({ snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, told);
    });
    Ok(())
}

/// The text without moments such as `2026-11-21T12:00:00Z`, which differ from run to run.
fn without_moments(text: &str) -> String {
    let is_moment = |word: &str| {
        word.len() == 20 && word.ends_with('Z') && word.contains('T') && word.starts_with("20")
    };
    let words = text.split_inclusive([' ', '\n', ',', ')']);
    words
        .map(|word| match word.strip_suffix([' ', '\n', ',', ')']) {
            Some(bare) if is_moment(bare) => word.replace(bare, "(some moment)"),
            _ => word.to_owned(),
        })
        .collect()
}
