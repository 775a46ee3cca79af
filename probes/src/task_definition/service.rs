//! Services and tasks: what they switch on for the tasks that they are made of.
//!
//! Sources: Amazon ECS API Reference, "Service", "CreateService", "Task".

use serde_json::Value;

use super::fields::{field, is_true, items, part, text};
use super::{TaskDefinitionError, container, log_configuration, profile_of};
use crate::catalog::Catalog;
use crate::plan::TaskNeeds;
use crate::plan::demand::{TASK_DEFINITION, line_of};

/// Whether this is the description of a service or a task.
pub(super) fn is_one(value: &Value) -> bool {
    ["serviceName", "taskArn", "enableExecuteCommand", "serviceConnectConfiguration"]
        .into_iter()
        .any(|name| field(value, name).is_some())
}

pub(super) fn add(
    needs: &mut TaskNeeds,
    catalog: &Catalog,
    one: &Value,
) -> Result<(), TaskDefinitionError> {
    let line = match (text(one, "serviceName"), text(one, "taskArn")) {
        (Some(name), _) => line_of(TASK_DEFINITION, "service", name),
        (None, Some(arn)) => {
            line_of(TASK_DEFINITION, "task", arn.rsplit('/').next().unwrap_or_default())
        }
        (None, None) => format!("{TASK_DEFINITION}, service"),
    };
    if is_true(one, "enableExecuteCommand") {
        needs.feature(&format!("{line}: enableExecuteCommand"), None, "exec");
    }
    // Which of several deployments counts, the newest says.
    let deployments = items(field(one, "deployments"), "deployments")?;
    let connect = part(one, "serviceConnectConfiguration").or_else(|| {
        deployments.first().and_then(|newest| part(newest, "serviceConnectConfiguration"))
    });
    if let Some(connect) = connect.filter(|connect| is_true(connect, "enabled")) {
        let line = format!("{line}: serviceConnectConfiguration");
        needs.feature(&line, None, "service-connect");
        if let Some(log) = part(connect, "logConfiguration") {
            log_configuration::add(needs, &line, log)?;
        }
    }
    for running in items(field(one, "containers"), "containers")? {
        if let Some(name) = text(running, "name").filter(|name| !is_added_by_ecs(name)) {
            let line = line_of(TASK_DEFINITION, "container", name);
            container::add_image(needs, catalog, &line, running);
        }
    }
    needs.profile = needs.profile.or(text(one, "launchType").and_then(profile_of));
    add_platform(needs, one);
    Ok(())
}

fn is_added_by_ecs(name: &str) -> bool {
    name.starts_with("ecs-service-connect-")
}

/// Versions of the Windows platform are counted apart, and need what the newest of Linux needs.
fn add_platform(needs: &mut TaskNeeds, one: &Value) {
    let is_windows = text(one, "platformFamily")
        .is_some_and(|family| family.to_ascii_lowercase().starts_with("windows"));
    if !is_windows && needs.platform_version.is_none() {
        needs.platform_version = text(one, "platformVersion")
            .filter(|version| version.len() <= 16 && *version != "LATEST")
            .map(str::to_owned);
    }
}
