//! What a task definition asks for, read from the JSON that people have at hand.

mod container;
mod fields;
mod log_configuration;
mod secrets;
mod service;
mod volumes;

use serde_json::Value;
use thiserror::Error;

use self::fields::{field, items, part, text};
use crate::catalog::Catalog;
use crate::plan::demand::TASK_DEFINITION;
use crate::plan::{Profile, TaskNeeds};

/// Larger than any task definition: Amazon ECS takes 64 KiB.
/// Source: Amazon ECS Developer Guide, "Amazon ECS service quotas".
pub const MAX_BYTES: u64 = 1024 * 1024;

/// More than any list in a task definition, or in an answer of the API, holds.
const MAX_ITEMS: usize = 200;

/// Why a text is no task definition.
#[derive(Debug, Error)]
pub enum TaskDefinitionError {
    /// Not JSON at all.
    #[error(
        "not JSON: {0}; expected is the definition as Amazon ECS holds it, also where it is written in CloudFormation or Terraform: aws ecs describe-task-definition --task-definition NAME | vpce-probe --task-definition -"
    )]
    Syntax(#[from] serde_json::Error),
    /// JSON, but of something else.
    #[error(
        "no task definition: expected is what aws ecs describe-task-definition, describe-services or describe-tasks prints, what register-task-definition takes, or a list of container definitions; of a template or a state, take what was deployed: aws ecs describe-task-definition --task-definition NAME | vpce-probe --task-definition -"
    )]
    OtherForm,
    /// A list with more entries than any real one has.
    #[error("{0} has more than {MAX_ITEMS} entries")]
    TooMany(&'static str),
}

/// What the task asks for that a text describes: a task definition, container definitions, services
/// or tasks, as the API, the AWS CLI, CloudFormation and Terraform write them. What is still to be
/// filled in, such as `${AWS::Region}`, is not guessed but told as unread.
///
/// # Errors
/// When the text is none of that.
pub fn task_definition(catalog: &Catalog, json: &str) -> Result<TaskNeeds, TaskDefinitionError> {
    let document: Value = serde_json::from_str(json.trim_start_matches('\u{feff}'))?;
    let mut needs = TaskNeeds::default();
    if let Value::Array(list) = &document {
        if list.is_empty() || !list.iter().all(is_container) {
            return Err(TaskDefinitionError::OtherForm);
        }
        container::add_all(&mut needs, catalog, Some(&document))?;
        return Ok(needs);
    }
    let (mut has_definition, mut has_others) = (false, false);
    for name in ["services", "tasks"] {
        if let Some(list @ Value::Array(_)) = field(&document, name) {
            has_others = true;
            for one in items(Some(list), name)? {
                service::add(&mut needs, catalog, one)?;
            }
        }
    }
    let inner = ["taskDefinition", "properties"]
        .into_iter()
        .filter_map(|name| field(&document, name))
        .find(|value| value.is_object())
        .unwrap_or(&document);
    if field(inner, "containerDefinitions").is_some() {
        has_definition = true;
        add_definition(&mut needs, catalog, inner)?;
    }
    if service::is_one(inner) {
        has_others = true;
        service::add(&mut needs, catalog, inner)?;
    }
    match (has_definition, has_others) {
        (false, false) => return Err(TaskDefinitionError::OtherForm),
        (false, true) => needs.note(NO_DEFINITION.to_owned()),
        (true, _) => {}
    }
    Ok(needs)
}

/// Source: Amazon ECS API Reference, "Service", "Task".
const NO_DEFINITION: &str = "task definition: what describes services or tasks does not hold the secrets and the logs of their containers, nor the images of services. Give their task definition too: aws ecs describe-task-definition --task-definition NAME.";

fn is_container(value: &Value) -> bool {
    field(value, "image").is_some() || field(value, "name").is_some()
}

fn add_definition(
    needs: &mut TaskNeeds,
    catalog: &Catalog,
    definition: &Value,
) -> Result<(), TaskDefinitionError> {
    let containers = field(definition, "containerDefinitions");
    // Terraform keeps them as text.
    let written = containers.and_then(Value::as_str).and_then(|it| serde_json::from_str(it).ok());
    let containers = written.as_ref().or(containers);
    let why = match containers.and_then(Value::as_array) {
        None => Some("not a list"),
        Some(list) if list.is_empty() => Some("empty"),
        Some(_) => None,
    };
    if let Some(why) = why {
        needs.unread(&format!("{TASK_DEFINITION}: containerDefinitions"), why, &[]);
    }
    container::add_all(needs, catalog, containers)?;
    volumes::add_all(needs, definition)?;
    if is_for_windows(definition) {
        needs.note(WINDOWS_LAYERS.to_owned());
    }
    needs.profile = needs.profile.or(only_profile(definition)?);
    Ok(())
}

fn is_for_windows(definition: &Value) -> bool {
    part(definition, "runtimePlatform")
        .and_then(|platform| text(platform, "operatingSystemFamily"))
        .is_some_and(|family| family.to_ascii_lowercase().starts_with("windows"))
}

/// Source: Amazon ECR User Guide, "Considerations for Amazon ECR VPC endpoints".
const WINDOWS_LAYERS: &str = "task definition: runtimePlatform is Windows, and layers of its base images can come from Microsoft, where no VPC endpoint leads, unless they were pushed to Amazon ECR too.";

/// The kind of place that the definition is for, where it allows only one.
fn only_profile(definition: &Value) -> Result<Option<Profile>, TaskDefinitionError> {
    let all = items(field(definition, "requiresCompatibilities"), "requiresCompatibilities")?;
    Ok(match all {
        [one] => one.as_str().and_then(profile_of),
        _ => None,
    })
}

/// The profile of a launch type.
fn profile_of(launch_type: &str) -> Option<Profile> {
    match launch_type {
        "FARGATE" => Some(Profile::Fargate),
        "EC2" => Some(Profile::Ec2),
        "EXTERNAL" => Some(Profile::External),
        _ => None,
    }
}

/// The name that a part gives itself, or `otherwise`.
fn name_of<'v>(value: &'v Value, key: &str, otherwise: &'v str) -> &'v str {
    text(value, key).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests;
