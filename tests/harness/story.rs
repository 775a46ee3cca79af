//! The story of a stale agent, from start to end: endpoints are created while it runs on public
//! addresses, which is reported, mended once, and then done with.

use libtest_mimic::{Failed, Trial};
use vpce_lab::{Container, Lab, Outcome, Run, Vpc};

use crate::under_test;

/// From this moment on the endpoints are there.
const CREATE: &str = "touch /run/vpce-lab/later";

/// A trial for each way to run the agent.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("story::agent_under_a_unit", || {
            let calls = story(before_the_endpoints()?)?;
            is(&calls, &["systemctl restart ecs.service"])
        }),
        Trial::test("story::agent_started_by_hand", || {
            let mut vpc = before_the_endpoints()?;
            vpc.systemd.as_mut().ok_or("no systemd")?.units.clear();
            vpc.docker.as_mut().ok_or("no Docker")?.container = Some(Container::default());
            let calls = story(vpc)?;
            match calls.as_slice() {
                [call] if call.starts_with("POST ") && call.contains("/restart") => Ok(()),
                _ => Err(format!("not one restart through Docker: {calls:?}").into()),
            }
        }),
    ]
}

/// A VPC whose names of ECS lead to public addresses, until its endpoints are created.
fn before_the_endpoints() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("ec2")?;
    for (number, service) in (101..).zip(["ecs", "ecs-a", "ecs-t"]) {
        let host = format!("{service}.us-east-1.amazonaws.com");
        let name = vpc.names.get_mut(&host).ok_or("the base has other names")?;
        let public = std::net::IpAddr::from([52, 94, 228, number]);
        name.later = Some(std::mem::replace(&mut name.addresses, vec![public]));
    }
    Ok(vpc)
}

/// Runs it; returns what was asked for that changes something.
fn story(vpc: Vpc) -> Result<Vec<String>, Failed> {
    let steps = [
        r#""$1" --short"#.to_owned(),
        format!(r#"{CREATE} && exec "$1" --short"#),
        r#"exec "$1" agent restart --if-needed"#.to_owned(),
        r#"exec "$1" agent restart --if-needed"#.to_owned(),
        r#"exec "$1" --short"#.to_owned(),
    ];
    let runs =
        steps.map(|script| Run::with_args(["-c", script.as_str(), "sh", &under_test::program()]));
    let outcomes = Lab::new(vpc).run("/bin/sh", &runs)?;
    let [before, stale, restart, again, after] = outcomes.as_slice() else {
        return Err("the lab lost a run".into());
    };
    says(before, 1, "VPCE101")?;
    says(stale, 1, "VPCE145")?;
    says(restart, 0, "verified")?;
    says(again, 0, "nothing to do")?;
    says(after, 0, "PASS")?;
    let looks = |call: &&String| call.starts_with("systemctl show") || call.starts_with("GET ");
    let calls = outcomes.iter().flat_map(|outcome| outcome.calls.iter());
    Ok(calls.filter(|call| !looks(call)).map(|call| without_options(call)).collect())
}

/// What was asked for, whatever the options were.
fn without_options(call: &str) -> String {
    call.split(' ').filter(|word| !word.starts_with('-')).collect::<Vec<_>>().join(" ")
}

fn says(outcome: &Outcome, exit: i32, words: &str) -> Result<(), Failed> {
    if outcome.exit == Some(exit) && outcome.stdout.contains(words) {
        return Ok(());
    }
    Err(format!("expected {exit} and {words:?}: {outcome:?}").into())
}

fn is(calls: &[String], wanted: &[&str]) -> Result<(), Failed> {
    if calls == wanted {
        return Ok(());
    }
    Err(format!("asked for {calls:?}, not {wanted:?}").into())
}
