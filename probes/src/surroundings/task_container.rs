//! The containers of a task, as the task metadata tell them.
//!
//! Source: amazon-ecs-agent, `ecs-agent/tmds/handlers/v2/response.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// More containers than a task ever has: ten of its own, and what Amazon ECS adds.
pub(super) const MAX_CONTAINERS: usize = 64;

/// Longer than any name of a container or an image, or any ARN.
pub(super) const MAX_TEXT: usize = 1024;

/// The options of a log driver that say where the log goes.
const LOG_OPTIONS: [&str; 2] = ["awslogs-region", "awslogs-endpoint"];

/// One container of a task.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskContainer {
    /// Its name in the task definition; Amazon ECS adds some of its own.
    pub name: String,
    /// Its image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// `NORMAL`, or what Amazon ECS has it for: `CNI_PAUSE`, ...
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Log driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_driver: Option<String>,
    /// Where the log goes: `awslogs-region`, `awslogs-endpoint`. Other options are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub log_options: BTreeMap<String, String>,
}

impl TaskContainer {
    /// What the task document tells of a container; `None` when it has no name.
    pub(super) fn read(document: &Value) -> Option<Self> {
        let text = |key: &str| {
            let text = document.get(key)?.as_str()?;
            (text.len() <= MAX_TEXT).then(|| text.to_owned())
        };
        let options = document.get("LogOptions");
        let option = |name: &str| {
            let value = options?.get(name)?.as_str().filter(|value| value.len() <= MAX_TEXT)?;
            Some((name.to_owned(), without_user(value)))
        };
        Some(Self {
            name: text("Name")?,
            image: text("Image"),
            kind: text("Type"),
            log_driver: text("LogDriver"),
            log_options: LOG_OPTIONS.into_iter().filter_map(option).collect(),
        })
    }
}

/// `https://user:secret@logs.corp.example` becomes `https://***@logs.corp.example`.
fn without_user(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('@') => (format!("{scheme}://"), rest),
        _ => (String::new(), value),
    };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}***@{place}"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_of_use_is_kept() {
        let read = TaskContainer::read(&json!({
            "Name": "web", "Image": "nginx", "Type": "NORMAL", "LogDriver": "awslogs",
            "LogOptions": {"awslogs-region": "eu-west-1", "awslogs-group": "g", "tag": 7},
        }));
        let read = read.unwrap();
        assert_eq!(read.log_options.len(), 1);
        assert_eq!(read.log_options["awslogs-region"], "eu-west-1");
        assert_eq!(TaskContainer::read(&json!({"Name": 7})), None);
        let own = TaskContainer::read(&json!({
            "Name": "web", "LogOptions": {"awslogs-endpoint": "https://user:p@ss@logs.corp.example/x"},
        }));
        let own = own.unwrap();
        assert_eq!(own.log_options["awslogs-endpoint"], "https://***@logs.corp.example/x");
        let long = TaskContainer::read(&json!({"Name": "web", "Image": "x".repeat(MAX_TEXT + 1)}));
        assert_eq!(long.unwrap().image, None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*") {
            let _ = TaskContainer::read(&json!({"Name": text, "LogOptions": text}));
        }
    }
}
