//! Runs the unmodified program in every simulated VPC, and holds its report against what the
//! scenario expects.

// This is a test: it may panic, and tells people on stderr.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "harness/checked.rs"]
mod checked;
#[path = "harness/fixes.rs"]
mod fixes;
#[path = "harness/held_up.rs"]
mod held_up;
#[path = "harness/in_time.rs"]
mod in_time;
#[path = "harness/removal.rs"]
mod removal;
#[path = "harness/story.rs"]
mod story;
#[path = "harness/times.rs"]
mod times;
#[path = "harness/told.rs"]
mod told;
#[path = "harness/under_test.rs"]
mod under_test;

use checked::Checked;
use times::without_times;
use vpce_lab::{Lab, Run, Scenario};

/// Scenarios whose report for a person is kept, word for word.
const KEPT_REPORTS: [&str; 9] = [
    "healthy-ec2",
    "ecs-telemetry-missing",
    "security-group-drops-443",
    "custom-resolver-without-forwarding",
    "tls-inspection",
    "fargate-s3-gateway-missing",
    "agent-stale",
    "agent-blocked-by-the-ecs-endpoint",
    "agent-unsupervised",
];

fn main() {
    vpce_lab::enter_if_asked();
    let arguments = Arguments::from_args();
    let scenarios = match vpce_lab::load_all() {
        Ok(scenarios) => scenarios,
        Err(error) => {
            eprintln!("the scenarios cannot be read: {error}");
            std::process::exit(1);
        }
    };
    let mut trials = vec![coverage(&scenarios), without_root()];
    for scenario in scenarios {
        let name = format!("scenario::{}", scenario.name);
        trials.push(Trial::test(name, move || run(&scenario)));
    }
    trials.extend(removal::trials());
    trials.extend(held_up::trials());
    trials.extend(told::trials());
    trials.extend(story::trials());
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(scenario: &Scenario) -> Result<(), Failed> {
    let checked = Checked::run(scenario)?;
    checked.holds_what_it_expects(&scenario.expect)?;
    fixes::hold_what_is_expected(scenario, checked.printed())?;
    if KEPT_REPORTS.contains(&scenario.name.as_str()) {
        // Not the saved report, which says in its header that it is one.
        let usual = scenario.run_with([""; 0]);
        let outcomes = Lab::of(scenario).run(under_test::program(), &[usual])?;
        let human = without_times(&outcomes.first().ok_or("the lab lost the run")?.stdout);
        insta::assert_snapshot!(scenario.name.as_str(), human);
    }
    Ok(())
}

/// The lab works for people who are not root, in a user namespace of its own.
fn without_root() -> Trial {
    Trial::test("lab_without_root", || {
        let mut lab = Lab::of(&Scenario::named("healthy-ec2")?);
        lab.user_namespace = true;
        let checked = Checked::run_in(&lab, &Run::with_args(["--json"]))?;
        match checked.exit() {
            Some(0) => Ok(()),
            _ => Err(checked.shown().into()),
        }
    })
}

/// Every code has a scenario that produces it; the explanations are held against the codes in the
/// library's own tests.
fn coverage(scenarios: &[Scenario]) -> Trial {
    let produced: Vec<String> =
        scenarios.iter().flat_map(|scenario| scenario.expect.codes.clone()).collect();
    let names: Vec<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    Trial::test("every_code_has_a_scenario", move || {
        let missing: Vec<&str> = vpce_probes::findings::Code::ALL
            .iter()
            .map(|code| code.word())
            .filter(|code| !produced.iter().any(|produced| produced == code))
            .collect();
        if !missing.is_empty() {
            return Err(format!("no scenario produces {}", missing.join(", ")).into());
        }
        match KEPT_REPORTS.iter().find(|kept| !names.iter().any(|name| name == *kept)) {
            Some(kept) => Err(format!("there is no scenario {kept}").into()),
            None => Ok(()),
        }
    })
}
