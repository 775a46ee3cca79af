//! The VPC: first without some of its endpoints, then with them.

use std::fs;
use std::net::IpAddr;

use libtest_mimic::Failed;
use vpce_lab::{Scenario, Vpc};

/// From when there is this file on, the endpoints are there.
const CREATED: &str = "/run/vpce-lab/later";

/// Where that scene is played.
pub(crate) fn vpc_of(scene: &str) -> Result<Vpc, Failed> {
    match scene.split("::").next() {
        Some("fargate") => fargate(),
        Some("ec2_task") => ec2_task(),
        _ => ec2(),
    }
}

/// The VPC of the scenarios, whose names of ECS lead to public addresses until the endpoints are
/// created. Its agent, engine and systemd are the real parts' business.
fn ec2() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("ec2")?;
    vpc.agent = None;
    vpc.docker = None;
    vpc.systemd = None;
    if let Some(imds) = &mut vpc.imds {
        imds.documents.extend(role());
    }
    let hosts = ["ecs", "ecs-a", "ecs-t"].map(|name| format!("{name}.us-east-1.amazonaws.com"));
    lacks(vpc, &hosts)
}

/// The same, with the metadata of a task of network mode host.
fn ec2_task() -> Result<Vpc, Failed> {
    let mut vpc = ec2()?;
    let task = Scenario::named("agent-around-a-host-mode-task")?.vpc;
    vpc.task_metadata = task.task_metadata;
    vpc.env.extend(task.env);
    Ok(vpc)
}

/// A task on Fargate, without the endpoint that its log goes to.
fn fargate() -> Result<Vpc, Failed> {
    lacks(Vpc::base("fargate")?, &["logs.us-east-1.amazonaws.com".to_owned()])
}

/// The names lead to public addresses until the endpoints are created.
fn lacks(mut vpc: Vpc, hosts: &[String]) -> Result<Vpc, Failed> {
    for (number, host) in (101..).zip(hosts) {
        let name = vpc.names.get_mut(host).ok_or("the base has other names")?;
        let public = IpAddr::from([52, 94, 228, number]);
        name.later = Some(std::mem::replace(&mut name.addresses, vec![public]));
    }
    Ok(vpc)
}

/// The credentials of the instance's role, as its metadata tell them.
fn role() -> [(String, String); 2] {
    let place = "meta-data/iam/security-credentials/";
    let credentials = r#"{
  "Code" : "Success",
  "LastUpdated" : "2026-05-04T06:12:31Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "AKIDLAB",
  "SecretAccessKey" : "SecretOf/The+Lab",
  "Token" : "TokenOfTheLab/+==",
  "Expiration" : "2026-05-04T12:12:31Z"
}"#;
    [(place.to_owned(), "lab".to_owned()), (format!("{place}lab"), credentials.to_owned())]
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
