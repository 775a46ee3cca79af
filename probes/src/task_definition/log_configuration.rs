//! Where a container's log goes.
//!
//! Sources: Amazon ECS API Reference, "LogConfiguration"; Amazon ECS Developer Guide, "Send Amazon
//! ECS logs to an AWS service or AWS Partner" (FireLens).

use serde_json::Value;

use super::TaskDefinitionError;
use super::fields::{field, text};
use super::secrets::add_secrets;
use crate::catalog::Need;
use crate::plan::running_task::{OF_LOGS, add_log};
use crate::plan::{ServiceAsk, TaskNeeds};
use crate::region;

pub(super) fn add(
    needs: &mut TaskNeeds,
    line: &str,
    log: &Value,
) -> Result<(), TaskDefinitionError> {
    add_secrets(needs, line, "secretOptions", field(log, "secretOptions"))?;
    let options = field(log, "options").unwrap_or(&Value::Null);
    match field(log, "logDriver") {
        Some(Value::String(driver)) if driver == "awslogs" => add_awslogs(needs, line, options),
        Some(Value::String(driver)) if driver == "awsfirelens" => {
            add_firelens(needs, line, options);
        }
        // The others write to places of the caller's own.
        Some(Value::String(_)) | None => {}
        Some(_) => {
            needs.unread(
                &format!("{line}: logDriver"),
                "an expression, not a plain value",
                OF_LOGS,
            );
        }
    }
    Ok(())
}

fn add_awslogs(needs: &mut TaskNeeds, line: &str, options: &Value) {
    for name in ["awslogs-region", "awslogs-endpoint"] {
        if field(options, name).is_some_and(|value| !value.is_string()) {
            return needs.unread(
                &format!("{line}: {name}"),
                "an expression, not a plain value",
                OF_LOGS,
            );
        }
    }
    add_log(needs, line, text(options, "awslogs-region"), text(options, "awslogs-endpoint"));
}

/// The options are those of an output plugin of Fluent Bit, and its name says which.
fn add_firelens(needs: &mut TaskNeeds, line: &str, options: &Value) {
    let who = format!("{line}: log driver awsfirelens");
    let Some(output) = text(options, "name") else {
        return needs.note(format!(
            "{who}: where the log goes stands in the router's own configuration, which is not read."
        ));
    };
    let ask = match output {
        "cloudwatch" | "cloudwatch_logs" => LOGS,
        "s3" => BUCKET,
        other => {
            return needs.note(format!(
                "{who}: the log goes to {}, whose names are not checked; --service and --host add some.",
                other.chars().take(64).collect::<String>()
            ));
        }
    };
    match field(options, "region") {
        None => needs.service(&who, None, ask),
        Some(Value::String(region)) if region::is_well_formed(region) => {
            needs.service(&who, Some(region.clone()), ask);
        }
        Some(_) => needs.unread(
            &format!("{who}, region"),
            "not the plain name of a Region",
            &["logs", "s3"],
        ),
    }
}

const LOGS: ServiceAsk = ServiceAsk {
    service: "logs",
    need: Need::Required,
    text: "The FireLens router sends the container's log to CloudWatch Logs here; without the endpoint or a route to the internet, it does not arrive.",
    document: "logs-vpc-endpoints",
};

const BUCKET: ServiceAsk = ServiceAsk {
    service: "s3",
    need: Need::Required,
    text: "The FireLens router writes the container's log to a bucket here; without a path to Amazon S3 it does not arrive.",
    document: "s3-gateway",
};
