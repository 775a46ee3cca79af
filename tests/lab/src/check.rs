//! What must hold in a VPC beyond the types of its keys.

use std::path::{Component, Path};

use thiserror::Error;

use crate::behaviour::{AgentNetwork, DnsBehaviour};
use crate::host::Agent;
use crate::vpc::{DnsName, VPC_VIEW, Vpc};
use crate::{file_systems, imds, owned, path};

/// A key whose value makes no sense.
#[derive(Debug, Error, PartialEq)]
#[error("{key}: {why}")]
pub struct Fault {
    /// Where.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

fn fault<T>(key: impl Into<String>, why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { key: key.into(), why: why.into() })
}

/// Finds the first thing that makes no sense.
pub(crate) fn check(vpc: &Vpc) -> Result<(), Fault> {
    if vpc.instance.is_empty() {
        return fault("instance", "needs at least one address");
    }
    for path in vpc.files.keys().chain(vpc.odd_files.keys()) {
        check_file(path)?;
    }
    for (name, entry) in &vpc.names {
        check_name(name, entry)?;
    }
    if let Some(path) = &vpc.path {
        path::check(path)?;
    }
    if let Some(agent) = &vpc.agent {
        check_agent(agent)?;
    }
    // What is owned is local, and no route is asked for it.
    let owned = owned::on_lo(vpc, &owned::servers(vpc));
    if let Some(address) = vpc.routes.keys().find(|address| owned.contains(address)) {
        return fault(format!("routes.{address:?}"), "somebody in the lab owns this address");
    }
    if let Some(service) = &vpc.imds {
        for (path, text) in &service.raw {
            if imds::from_hex(text).is_none() {
                return fault(format!("imds.raw.{path:?}"), "is not hexadecimal");
            }
        }
    }
    Ok(())
}

fn check_file(path: &str) -> Result<(), Fault> {
    let tidy = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    let of_the_lab =
        file_systems::FOLDERS.iter().any(|top| Path::new(path).starts_with(top) && path != *top);
    if tidy && of_the_lab {
        return Ok(());
    }
    let folders = file_systems::FOLDERS.join(", ");
    fault(format!("files.{path:?}"), format!("only files below {folders} belong to the lab"))
}

fn check_agent(agent: &Agent) -> Result<(), Fault> {
    let behind = agent.network == AgentNetwork::Gateway;
    let has_network = !agent.connect.is_empty() || !agent.stale.is_empty();
    if behind && (has_network || agent.listen.is_some() || agent.register.is_some()) {
        return fault("agent.network", "behind the gateway its connections are not in the lab");
    }
    Ok(())
}

fn check_name(name: &str, entry: &DnsName) -> Result<(), Fault> {
    let key = format!("names.{name:?}");
    let labels = name.strip_prefix("*.").unwrap_or(name);
    if labels.is_empty() || labels.contains('*') || labels.ends_with('.') {
        return fault(key, "must be a name without a final dot, `*.` only in front");
    }
    if name.chars().any(char::is_uppercase) {
        return fault(key, "must be in lower case");
    }
    if [Some(entry.behaviour), entry.aaaa].contains(&Some(DnsBehaviour::Refuse)) {
        return fault(key, "`refuse` is a behaviour of resolvers, not of names");
    }
    if entry.views.contains_key(VPC_VIEW) {
        return fault(key, "the view \"vpc\" is what `addresses` holds");
    }
    Ok(())
}
