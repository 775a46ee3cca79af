//! The VPC: first without the three ECS endpoints, then with them.

use std::fs;
use std::net::IpAddr;

use libtest_mimic::Failed;
use vpce_lab::Vpc;

/// From when there is this file on, the endpoints are there.
const CREATED: &str = "/run/vpce-lab/later";

/// The VPC of the scenarios, whose names of ECS lead to public addresses until the endpoints are
/// created. Its agent, engine and systemd are the real parts' business.
pub(crate) fn vpc() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("ec2")?;
    vpc.agent = None;
    vpc.docker = None;
    vpc.systemd = None;
    for (number, service) in (101..).zip(["ecs", "ecs-a", "ecs-t"]) {
        let host = format!("{service}.us-east-1.amazonaws.com");
        let name = vpc.names.get_mut(&host).ok_or("the base has other names")?;
        let public = IpAddr::from([52, 94, 228, number]);
        name.later = Some(std::mem::replace(&mut name.addresses, vec![public]));
    }
    Ok(vpc)
}

/// Creates the endpoints.
pub(crate) fn create() -> Result<(), Failed> {
    fs::create_dir_all("/run/vpce-lab")?;
    Ok(fs::write(CREATED, "")?)
}

/// Takes them away again.
pub(crate) fn remove() -> Result<(), Failed> {
    Ok(fs::remove_file(CREATED)?)
}
