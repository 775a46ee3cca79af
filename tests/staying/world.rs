//! The VPC around a scene, and how it breaks and heals.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use vpce_lab::{Scenario, Vpc};

/// As long as there is this file, the names of [`breakable`] are public.
const BROKEN: &str = "/run/vpce-lab/later";

/// The VPC of a Fargate task. It is healthy until [`break_names`] is called.
pub(crate) fn breakable() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    let name = vpc.names.get_mut(BREAKABLE_HOST).ok_or("the base has other names")?;
    name.later = Some(vec![IpAddr::from([52, 94, 228, 101])]);
    Ok(vpc)
}

/// The VPC of a scenario.
pub(crate) fn vpc_of(scenario: &str) -> Result<Vpc, Failed> {
    Ok(Scenario::named(scenario)?.vpc)
}

/// The host name that [`break_names`] makes public.
pub(crate) const BREAKABLE_HOST: &str = "api.ecr.us-east-1.amazonaws.com";

/// Takes the private DNS names of the ecr.api endpoint away: its host name is public from now on.
pub(crate) fn break_names() -> Result<(), Failed> {
    fs::create_dir_all("/run/vpce-lab")?;
    Ok(fs::write(BROKEN, "")?)
}

/// Gives them back.
pub(crate) fn heal_names() -> Result<(), Failed> {
    Ok(fs::remove_file(BROKEN)?)
}

/// Runs a tool of the system, which has to succeed: `nft`, `kill`, `ip`.
pub(crate) fn run(tool: &str, args: &[&str]) -> Result<(), Failed> {
    let output = Command::new(tool).args(args).stdin(Stdio::null()).output();
    let output = output.map_err(|why: io::Error| format!("cannot run {tool}: {why}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{tool} {} ended with {}: {said}", args.join(" "), output.status).into())
}
