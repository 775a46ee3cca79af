//! One line of the agent's log, in any of its forms.
//!
//! They differ in where the address stands, and not in the words: behind them in the oldest form, in
//! the message of later ones, in a field of its own in logfmt or JSON today. Sources:
//! amazon-ecs-agent, `ecs-agent/wsclient/client.go`, `ecs-agent/api/ecs/client/ecs_client.go`,
//! `ecs-agent/logger/log.go`.

use crate::ecs_agent::LoggedHost;
use crate::timestamp::{parse_rfc3339, rfc3339};

const CONNECTING: &str = "Establishing a Websocket connection";
const FROM_CACHE: &str = "Using cached DiscoverPollEndpoint";
const FROM_EXPIRED_CACHE: &str = "Using cached-but-expired endpoint";

/// What a line tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Event {
    /// The agent connects to this host.
    Connecting { host: LoggedHost, telemetry: bool },
    /// It takes the host of the control plane from what it was told before.
    Discovered(LoggedHost),
    /// It does so although that is too old, because it cannot ask.
    ExpiredCache { host: Option<LoggedHost>, at: Option<String> },
}

/// None for a line that tells nothing of connections.
pub(super) fn read_line(line: &str) -> Option<Event> {
    if line.contains(CONNECTING) {
        let host = logged(line, first_host(line)?);
        let telemetry = host.host.starts_with("ecs-t");
        Some(Event::Connecting { host, telemetry })
    } else if line.contains(FROM_CACHE) {
        Some(Event::Discovered(logged(line, discovered_host(line)?)))
    } else if line.contains(FROM_EXPIRED_CACHE) {
        let host = discovered_host(line).map(|host| logged(line, host));
        Some(Event::ExpiredCache { host, at: moment(line) })
    } else {
        None
    }
}

fn logged(line: &str, host: String) -> LoggedHost {
    LoggedHost { host, at: moment(line) }
}

/// The host of the first address in a text.
fn first_host(text: &str) -> Option<String> {
    ["https://", "wss://"].iter().find_map(|scheme| {
        let (_, address) = text.split_once(scheme)?;
        host_of(address)
    })
}

/// The host of `endpoint`; not of `telemetryEndpoint` and others.
fn discovered_host(line: &str) -> Option<String> {
    ["endpoint=", "\"endpoint\":"].iter().find_map(|key| {
        let (_, value) = line.split_once(key)?;
        let value = value.trim_start_matches([' ', '"', '\\']);
        host_of(value.strip_prefix("https://").unwrap_or(value))
    })
}

/// The host name at the beginning of an address without its scheme. Nothing else of the address is
/// kept: its query names the cluster and the container instance.
fn host_of(address: &str) -> Option<String> {
    let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c)));
    let host = address.get(..end.unwrap_or(address.len()))?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_name = host.len() <= 253 && host.contains('.') && host.split('.').all(is_label);
    is_name.then(|| host.to_ascii_lowercase())
}

/// `time=2026-05-04T06:13:02Z`, `"time":"2026-05-04T06:13:02Z"`, or the first word.
fn moment(line: &str) -> Option<String> {
    let behind = |key: &str| line.split_once(key).map(|(_, rest)| rest);
    let text = behind("\"time\":").or_else(|| behind("time=")).unwrap_or(line);
    let text = text.trim_start_matches([' ', '"']);
    let end = text.find([' ', '"', ',', '\t']).unwrap_or(text.len());
    parse_rfc3339(text.get(..end)?).map(rfc3339)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(host: &str) -> LoggedHost {
        LoggedHost { host: host.to_owned(), at: Some("2026-05-04T06:13:02Z".to_owned()) }
    }

    #[test]
    fn every_form_names_its_host() {
        for line in [
            r#"level=info time=2026-05-04T06:13:02Z msg="Establishing a Websocket connection" url="https://ecs-a-1.us-east-1.amazonaws.com/ws?agentHash=a8b3e7d3&cluster=prod""#,
            r#"level=info time=2026-05-04T06:13:02Z msg="Establishing a Websocket connection to https://ecs-a-1.us-east-1.amazonaws.com/ws?agentHash=a8b3e7d3&cluster=prod" module=client.go"#,
            r#"{"level":"info","time":"2026-05-04T06:13:02Z","msg":"Establishing a Websocket connection","url":"https://ecs-a-1.us-east-1.amazonaws.com/ws?cluster=prod"}"#,
            r#"{"url": "https://ecs-a-1.us-east-1.amazonaws.com/acs/1/ws?cluster=prod", "time": "2026-05-04T06:13:02Z", "msg": "Establishing a Websocket connection"}"#,
            "2026-05-04T06:13:02Z [INFO] Establishing a Websocket connection to https://ecs-a-1.us-east-1.amazonaws.com/ws?cluster=prod",
            "2026-05-04T08:13:02.123+02:00 [INFO] Establishing a Websocket connection to wss://ECS-A-1.us-east-1.amazonaws.com:443/ws",
        ] {
            let host = at("ecs-a-1.us-east-1.amazonaws.com");
            let expected = Event::Connecting { host, telemetry: false };
            assert_eq!(read_line(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn telemetry_is_told_apart() {
        let line = "2026-05-04T06:13:02Z [INFO] Establishing a Websocket connection to https://ecs-t-1.cn-north-1.amazonaws.com.cn/ws?cluster=prod";
        let host = at("ecs-t-1.cn-north-1.amazonaws.com.cn");
        assert_eq!(read_line(line), Some(Event::Connecting { host, telemetry: true }));
    }

    #[test]
    fn what_was_discovered_is_the_control_plane() {
        for line in [
            r#"level=info time=2026-05-04T06:13:02Z msg="Using cached DiscoverPollEndpoint" telemetryEndpoint="https://ecs-t.us-east-1.amazonaws.com" endpoint="https://ecs-a.us-east-1.amazonaws.com/acs/1/""#,
            r#"level=info time=2026-05-04T06:13:02Z msg="Using cached DiscoverPollEndpoint. endpoint=https://ecs-a.us-east-1.amazonaws.com/ telemetryEndpoint=https://ecs-t.us-east-1.amazonaws.com/ containerInstanceARN=arn:aws:ecs" module=client.go"#,
            r#"{"level":"info","time":"2026-05-04T06:13:02Z","msg":"Using cached DiscoverPollEndpoint","telemetryEndpoint":"https://ecs-t.us-east-1.amazonaws.com","endpoint":"https://ecs-a.us-east-1.amazonaws.com"}"#,
        ] {
            let expected = Event::Discovered(at("ecs-a.us-east-1.amazonaws.com"));
            assert_eq!(read_line(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn an_expired_answer_is_an_event_even_without_a_host() {
        let line = r#"level=info time=2026-05-04T06:13:02Z msg="Error calling DiscoverPollEndpoint. Using cached-but-expired endpoint as a fallback." endpoint="https://ecs-a-3.us-east-1.amazonaws.com/""#;
        let at_last = Some("2026-05-04T06:13:02Z".to_owned());
        let host = Some(at("ecs-a-3.us-east-1.amazonaws.com"));
        assert_eq!(read_line(line), Some(Event::ExpiredCache { host, at: at_last }));
        let bare = "[INFO] Error calling DiscoverPollEndpoint. Using cached-but-expired endpoint as a fallback.";
        assert_eq!(read_line(bare), Some(Event::ExpiredCache { host: None, at: None }));
    }

    #[test]
    fn what_looks_like_no_host_is_none() {
        for rest in
            ["", "https://", "https://localhost/ws", "https://-a.b/", "https://a..b/", "ftp://a.b/"]
        {
            assert_eq!(read_line(&format!("{CONNECTING} to {rest}")), None, "{rest}");
        }
        assert_eq!(read_line("2026-05-04T06:13:02Z [INFO] Connected to ACS endpoint"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in "(Establishing a Websocket connection|Using cached DiscoverPollEndpoint|time=|endpoint=|https://|[a-z.\"]{1,5}|\\PC)*"
        ) {
            let _ = read_line(&text);
        }
    }
}
