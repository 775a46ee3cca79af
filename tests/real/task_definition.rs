//! The shipped task definitions, and what the Docker Engine is told of a container in them: what the ECS
//! agent would tell it.

use std::env;
use std::fs;
use std::path::Path;

use libtest_mimic::Failed;
use serde_json::{Map, Value, json};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/task-definitions");

/// The container that this program is, in each of them.
const NAME: &str = "vpce-probe";

/// What ECS sets, and the lab has for the task.
const OF_ECS: [&str; 3] = ["ECS_CONTAINER_METADATA_URI_V4", "AWS_EXECUTION_ENV", "AWS_REGION"];

/// All that the lab needs beside what is shipped.
const CA_FILE: &str = "/etc/vpce-lab/ca.pem";

/// Keys of a container that ECS acts on by itself, or that say what it has beside others. The lab has no
/// Amazon CloudWatch, so that all containers log as Docker does.
const FOR_ECS: [&str; 8] = [
    "name",
    "essential",
    "dependsOn",
    "startTimeout",
    "restartPolicy",
    "portMappings",
    "logConfiguration",
    "cpu",
];

/// The same of a task.
const OF_A_TASK: [&str; 10] = [
    "family",
    "requiresCompatibilities",
    "networkMode",
    "pidMode",
    "cpu",
    "memory",
    "runtimePlatform",
    "executionRoleArn",
    "volumes",
    "containerDefinitions",
];

/// One of them.
pub(crate) struct TaskDefinition {
    task: Value,
    container: Map<String, Value>,
}

impl TaskDefinition {
    /// The shipped one of that name.
    pub(crate) fn shipped(name: &str) -> Result<Self, Failed> {
        let text = fs::read_to_string(Path::new(SHIPPED).join(name))?;
        let task: Value = serde_json::from_str(&text)?;
        only(&task, &OF_A_TASK)?;
        let containers = list(&task["containerDefinitions"]);
        let own = containers.iter().find(|container| container["name"] == NAME);
        let own = own.and_then(Value::as_object).ok_or("the program is no container of it")?;
        Ok(Self { container: own.clone(), task })
    }

    /// With this environment as well, or instead.
    pub(crate) fn with(mut self, settings: &[(&str, &str)]) -> Self {
        let environment = self.container.entry("environment").or_insert_with(|| json!([]));
        if let Some(environment) = environment.as_array_mut() {
            environment.retain(|known| settings.iter().all(|(name, _)| known["name"] != *name));
            environment
                .extend(settings.iter().map(|(name, value)| json!({"name": name, "value": value})));
        }
        self
    }

    /// With a health that is looked at often.
    pub(crate) fn impatient(mut self) -> Self {
        if let Some(check) = self.container.get_mut("healthCheck") {
            check["interval"] = json!(1);
            check["retries"] = json!(1);
        }
        self
    }

    /// With no right beyond what the image has.
    pub(crate) fn without_added_rights(mut self) -> Self {
        if let Some(parameters) = self.container.get_mut("linuxParameters") {
            parameters["capabilities"]["add"] = Value::Null;
        }
        self
    }

    /// The container for the Docker Engine. Fails on what it does not know, so that nothing that is
    /// shipped goes untried.
    pub(crate) fn container(&self) -> Result<Value, Failed> {
        let mut host = json!({
            "NetworkMode": network(&self.task["networkMode"])?,
            "PidMode": self.task["pidMode"].as_str().unwrap_or_default(),
            "Binds": [format!("{CA_FILE}:/ca.pem:ro")],
        });
        let mut container = json!({ "Env": ["VPCE_PROBE_CA_FILE=/ca.pem"] });
        for (key, value) in &self.container {
            match key.as_str() {
                "image" => container["Image"] = value.clone(),
                "command" => container["Cmd"] = value.clone(),
                "user" => container["User"] = value.clone(),
                "environment" => add(&mut container["Env"], environment(value)),
                "healthCheck" => container["Healthcheck"] = health_check(value),
                "memory" => host["Memory"] = json!(number(value) * 1024 * 1024),
                "readonlyRootFilesystem" => host["ReadonlyRootfs"] = value.clone(),
                "linuxParameters" => {
                    only(value, &["capabilities"])?;
                    host["CapDrop"] = value["capabilities"]["drop"].clone();
                    host["CapAdd"] = value["capabilities"]["add"].clone();
                }
                "mountPoints" => add(&mut host["Binds"], self.binds(value)?),
                known if FOR_ECS.contains(&known) => {}
                other => return Err(format!("{other} is not tried out").into()),
            }
        }
        add(&mut container["Env"], of_ecs());
        container["HostConfig"] = host;
        Ok(container)
    }

    fn binds(&self, mount_points: &Value) -> Result<Vec<String>, Failed> {
        let volumes = list(&self.task["volumes"]);
        let bind = |mount: &Value| {
            let volume = volumes.iter().find(|volume| volume["name"] == mount["sourceVolume"])?;
            let source = volume["host"]["sourcePath"].as_str()?;
            let rights = if mount["readOnly"] == true { "ro" } else { "rw" };
            Some(format!("{source}:{}:{rights}", mount["containerPath"].as_str()?))
        };
        let binds: Option<Vec<_>> = list(mount_points).iter().map(bind).collect();
        Ok(binds.ok_or("a mount point has no volume of the host")?)
    }
}

/// Fails on a key that nothing here acts on.
fn only(value: &Value, known: &[&str]) -> Result<(), Failed> {
    let mut keys = value.as_object().into_iter().flat_map(Map::keys);
    match keys.find(|key| !known.contains(&key.as_str())) {
        Some(other) => Err(format!("{other} is not tried out").into()),
        None => Ok(()),
    }
}

/// The network of the machine is the task's own in the lab.
fn network(mode: &Value) -> Result<&'static str, Failed> {
    match mode.as_str() {
        Some("awsvpc" | "host") => Ok("host"),
        _ => Err(format!("the network mode {mode} is not tried out").into()),
    }
}

fn environment(pairs: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list(pairs).iter().map(|pair| text(&pair["name"]) + "=" + &text(&pair["value"])).collect()
}

/// The lab has given it to this process.
fn of_ecs() -> Vec<String> {
    let set = |name: &&str| Some(format!("{name}={}", env::var(name).ok()?));
    OF_ECS.iter().filter_map(set).collect()
}

fn health_check(check: &Value) -> Value {
    let nanoseconds = |key: &str| number(&check[key]) * 1_000_000_000;
    json!({
        "Test": check["command"],
        "Interval": nanoseconds("interval"),
        "Timeout": nanoseconds("timeout"),
        "StartPeriod": nanoseconds("startPeriod"),
        "Retries": check["retries"],
    })
}

fn add(to: &mut Value, more: Vec<String>) {
    if let Some(all) = to.as_array_mut() {
        all.extend(more.into_iter().map(Value::from));
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
