//! What the engine tells of a container.
//!
//! Source: Docker Engine API, `GET /containers/{id}/json`.

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::ecs_agent::proxies::proxies_among;
use crate::ecs_agent::short::short;
use crate::ecs_agent::{AgentContainer, AgentProxySetting};
use crate::timestamp::rfc3339;

/// The document, as far as it is read. Only the id is needed: engines that imitate Docker's leave
/// some of the rest out.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Inspected {
    id: String,
    #[serde(default)]
    image: Option<String>,
    #[serde(default)]
    restart_count: Option<u64>,
    #[serde(default)]
    state: State,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    host_config: HostConfig,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct State {
    status: Option<String>,
    running: bool,
    pid: Option<i64>,
    exit_code: Option<i64>,
    started_at: Option<String>,
    health: Option<Health>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Health {
    status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    image: Option<String>,
    env: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    network_mode: Option<String>,
    restart_policy: Option<RestartPolicy>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RestartPolicy {
    name: Option<String>,
}

impl Inspected {
    pub(super) fn told(self) -> (AgentContainer, Vec<AgentProxySetting>) {
        let state = self.state;
        let environment = self.config.env.unwrap_or_default();
        let settings = environment.iter().filter_map(|setting| setting.split_once('='));
        let proxy = proxies_among("environment of container ecs-agent", settings);
        let word = if state.running { "running" } else { "unknown" };
        let word_of_state =
            state.status.as_deref().and_then(short).unwrap_or_else(|| word.to_owned());
        let policy = self
            .host_config
            .restart_policy
            .and_then(|policy| policy.name.as_deref().and_then(short));
        let container = AgentContainer {
            id: short(&self.id).unwrap_or_default(),
            image: self.config.image.as_deref().and_then(short).unwrap_or_default(),
            image_id: self.image.as_deref().and_then(short),
            pid: state.pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
            started_at: state.started_at.as_deref().and_then(moment),
            exit_code: state.exit_code.filter(|_| !state.running && word_of_state != "created"),
            state: word_of_state,
            restart_count: self.restart_count,
            restart_policy: Some(policy.unwrap_or_else(|| "no".to_owned())),
            network_mode: self.host_config.network_mode.as_deref().and_then(short),
            health: state
                .health
                .and_then(|health| health.status.as_deref().and_then(short))
                .filter(|health| health != "none"),
        };
        (container, proxy)
    }
}

/// `0001-01-01T00:00:00Z` stands for never.
fn moment(text: &str) -> Option<String> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    (moment.year() > 1).then(|| rfc3339(moment))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn told(document: Value) -> (AgentContainer, Vec<AgentProxySetting>) {
        serde_json::from_value::<Inspected>(document).unwrap().told()
    }

    fn running() -> Value {
        json!({
            "Id": "0123456789abcdef", "Image": "sha256:aa11", "Name": "/ecs-agent", "RestartCount": 2,
            "State": {
                "Status": "running", "Running": true, "Pid": 4711, "ExitCode": 0,
                "StartedAt": "2026-11-21T21:10:55.123456789Z", "Health": {"Status": "healthy", "Log": []}
            },
            "Config": {
                "Image": "amazon/amazon-ecs-agent:latest",
                "Env": ["ECS_CLUSTER=blue", "HTTP_PROXY=http://user:pw@proxy.corp:3128", "BROKEN"]
            },
            "HostConfig": {"NetworkMode": "host", "RestartPolicy": {"Name": "", "MaximumRetryCount": 0}}
        })
    }

    #[test]
    fn a_running_agent_is_read() {
        let (container, proxy) = told(running());
        assert_eq!(container.id, "0123456789abcdef");
        assert_eq!(container.image, "amazon/amazon-ecs-agent:latest");
        assert_eq!(container.image_id.as_deref(), Some("sha256:aa11"));
        assert_eq!((container.state.as_str(), container.pid), ("running", Some(4711)));
        assert_eq!(container.started_at.as_deref(), Some("2026-11-21T21:10:55Z"));
        assert_eq!((container.exit_code, container.restart_count), (None, Some(2)));
        assert_eq!(container.restart_policy.as_deref(), Some("no"));
        assert_eq!(container.network_mode.as_deref(), Some("host"));
        assert_eq!(container.health.as_deref(), Some("healthy"));
        assert_eq!(proxy.len(), 1);
        assert_eq!(proxy[0].value, "http://***@proxy.corp:3128");
        assert_eq!(proxy[0].place, "environment of container ecs-agent");
    }

    #[test]
    fn an_ended_agent_has_no_process_and_an_exit_code() {
        let mut document = running();
        document["State"] = json!({
            "Status": "exited", "Running": false, "Pid": 0, "ExitCode": 137,
            "StartedAt": "0001-01-01T00:00:00Z"
        });
        let (container, _) = told(document);
        assert_eq!((container.pid, container.exit_code), (None, Some(137)));
        assert_eq!((container.started_at, container.health), (None, None));
    }

    #[test]
    fn what_an_engine_leaves_out_is_missing() {
        let (container, proxy) = told(json!({"Id": "x", "Config": {"Env": null}}));
        assert_eq!((container.state.as_str(), container.pid), ("unknown", None));
        assert!(proxy.is_empty() && container.image.is_empty());
        assert!(serde_json::from_value::<Inspected>(json!({"State": {}})).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*", pid in any::<i64>()) {
            let _ = moment(&text);
            let mut document = running();
            document["State"]["Pid"] = json!(pid);
            document["State"]["Status"] = json!(text);
            document["Config"]["Env"] = json!([text]);
            let _ = told(document);
        }
    }
}
