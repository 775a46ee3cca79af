//! One container definition.
//!
//! Source: Amazon ECS API Reference, "ContainerDefinition".

use serde_json::Value;

use super::fields::{field, is_true, items, text};
use super::secrets::{add_credentials, add_secrets};
use super::{TaskDefinitionError, log_configuration, name_of};
use crate::catalog::{Catalog, Need};
use crate::plan::demand::{OF_IMAGES, TASK_DEFINITION, line_of};
use crate::plan::{ServiceAsk, TaskNeeds};

pub(super) fn add_all(
    needs: &mut TaskNeeds,
    catalog: &Catalog,
    list: Option<&Value>,
) -> Result<(), TaskDefinitionError> {
    for container in items(list, "containerDefinitions")? {
        add(needs, catalog, container)?;
    }
    Ok(())
}

fn add(
    needs: &mut TaskNeeds,
    catalog: &Catalog,
    container: &Value,
) -> Result<(), TaskDefinitionError> {
    let line = line_of(TASK_DEFINITION, "container", name_of(container, "name", "without name"));
    add_image(needs, catalog, &line, container);
    if let Some(credentials) = field(container, "repositoryCredentials") {
        add_credentials(needs, &line, credentials);
    }
    if let Some(log) = field(container, "logConfiguration") {
        log_configuration::add(needs, &line, log)?;
    }
    add_secrets(needs, &line, "secrets", field(container, "secrets"))?;
    let files = items(field(container, "environmentFiles"), "environmentFiles")?;
    if !files.is_empty() {
        needs.service(&format!("{line}: environmentFiles"), None, ENVIRONMENT_FILES);
    }
    if let Some(options) =
        field(container, "firelensConfiguration").and_then(|it| field(it, "options"))
        && text(options, "config-file-type") == Some("s3")
    {
        needs.service(&format!("{line}: firelensConfiguration"), None, ROUTER_CONFIGURATION);
    }
    if field(container, "linuxParameters").is_some_and(|it| is_true(it, "initProcessEnabled")) {
        needs.service(&format!("{line}: initProcessEnabled"), None, PERHAPS_EXEC);
    }
    Ok(())
}

pub(super) fn add_image(needs: &mut TaskNeeds, catalog: &Catalog, line: &str, container: &Value) {
    let line = format!("{line}: image");
    match field(container, "image") {
        Some(Value::String(image)) => needs.image(catalog, &line, image),
        Some(_) => needs.unread(&line, "an expression, not a plain value", OF_IMAGES),
        None => needs.unread(&line, "not there", OF_IMAGES),
    }
}

const ENVIRONMENT_FILES: ServiceAsk = ServiceAsk {
    service: "s3",
    need: Need::Required,
    text: "Amazon ECS fetches the environment files from Amazon S3 before the container starts; their bucket's Region does not stand in its ARN, so this Region is assumed.",
    document: "s3-gateway",
};

const ROUTER_CONFIGURATION: ServiceAsk = ServiceAsk {
    service: "s3",
    need: Need::Required,
    text: "The FireLens router fetches its configuration from Amazon S3; its bucket's Region does not stand in its ARN, so this Region is assumed.",
    document: "s3-gateway",
};

const PERHAPS_EXEC: ServiceAsk = ServiceAsk {
    service: "ssmmessages",
    need: Need::Optional,
    text: "Only used if ECS Exec is on, which the service or the task says and not the task definition; initProcessEnabled is what AWS advises for it.",
    document: "ecs-exec",
};
