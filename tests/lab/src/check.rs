//! What must hold in a VPC beyond the types of its keys.

use std::path::{Component, Path};

use thiserror::Error;

use crate::behaviour::DnsBehaviour;
use crate::imds;
use crate::vpc::{DnsName, VPC_VIEW, Vpc};

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
    for path in vpc.files.keys() {
        check_file(path)?;
    }
    for (name, entry) in &vpc.names {
        check_name(name, entry)?;
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
    if tidy && Path::new(path).starts_with("/etc") && path != "/etc" {
        return Ok(());
    }
    fault(format!("files.{path:?}"), "only files below /etc belong to the lab")
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
