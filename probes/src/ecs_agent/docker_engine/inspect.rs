//! What the engine tells of a container.
//!
//! Source: Docker Engine API, `GET /containers/{id}/json`.

use serde_json::Value;

use crate::ecs_agent::proxies::proxies_among;
use crate::ecs_agent::short::short;
use crate::ecs_agent::{AgentContainer, AgentProxySetting, CONTAINER_ENVIRONMENT};
use crate::timestamp::{parse_rfc3339, rfc3339};

/// The container, and the proxy settings in its environment. None without an id; engines that imitate
/// Docker's leave some of the rest out.
pub(super) fn told_of(document: &Value) -> Option<(AgentContainer, Vec<AgentProxySetting>)> {
    let text = |path: &str| document.pointer(path).and_then(Value::as_str).and_then(short);
    let running = document.pointer("/State/Running").and_then(Value::as_bool) == Some(true);
    let word = if running { "running" } else { "unknown" };
    let state = text("/State/Status").unwrap_or_else(|| word.to_owned());
    let number = |path: &str| document.pointer(path).and_then(Value::as_i64);
    let pid = number("/State/Pid").and_then(|pid| u32::try_from(pid).ok());
    let exit_code = number("/State/ExitCode").filter(|_| !running && state != "created");
    let container = AgentContainer {
        id: text("/Id")?,
        image: text("/Config/Image").unwrap_or_default(),
        image_id: text("/Image"),
        pid: pid.filter(|pid| *pid > 0),
        started_at: text("/State/StartedAt").and_then(|text| moment(&text)),
        exit_code,
        state,
        restart_count: number("/RestartCount").and_then(|count| u64::try_from(count).ok()),
        restart_policy: Some(text("/HostConfig/RestartPolicy/Name").unwrap_or("no".to_owned())),
        network_mode: text("/HostConfig/NetworkMode"),
        health: text("/State/Health/Status").filter(|health| health != "none"),
    };
    let environment = document.pointer("/Config/Env").and_then(Value::as_array);
    let settings = environment.into_iter().flatten();
    let settings = settings.filter_map(|setting| setting.as_str()?.split_once('='));
    Some((container, proxies_among(CONTAINER_ENVIRONMENT, settings)))
}

/// `0001-01-01T00:00:00Z` stands for never.
fn moment(text: &str) -> Option<String> {
    let moment = parse_rfc3339(text)?;
    (moment.year() > 1).then(|| rfc3339(moment))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn told(document: &Value) -> (AgentContainer, Vec<AgentProxySetting>) {
        told_of(document).unwrap()
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
        let (container, proxy) = told(&running());
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
        let (container, _) = told(&document);
        assert_eq!((container.pid, container.exit_code), (None, Some(137)));
        assert_eq!((container.started_at, container.health), (None, None));
    }

    #[test]
    fn what_an_engine_leaves_out_is_missing() {
        let (container, proxy) = told(&json!({"Id": "x", "Config": {"Env": null}}));
        assert_eq!((container.state.as_str(), container.pid), ("unknown", None));
        assert!(proxy.is_empty() && container.image.is_empty());
        for no_container in [json!({"State": {}}), json!({"Id": 7}), json!([]), json!(null)] {
            assert_eq!(told_of(&no_container), None, "{no_container}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*", pid in any::<i64>()) {
            let _ = moment(&text);
            let mut document = running();
            document["State"]["Pid"] = json!(pid);
            document["State"]["Status"] = json!(text);
            document["Config"]["Env"] = json!([text]);
            let _ = told(&document);
        }
    }
}
