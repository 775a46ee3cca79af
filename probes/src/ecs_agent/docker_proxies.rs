//! Proxy settings of the Docker Engine, which pulls the images.
//!
//! Sources: Docker documentation, "Daemon proxy configuration"; Amazon ECS Developer Guide, "HTTP proxy
//! configuration" (`/etc/sysconfig/docker`).

use std::path::Path;

use serde_json::Value;

use super::proxies::{drop_ins_of, proxies_among, text};
use super::unit_environment::settings;
use super::{AgentProxySetting, EcsAgentOutside};
use crate::bounded_json;

/// The unit of the engine.
pub(super) const UNIT: &str = "docker.service";

/// The place of settings that only the engine itself tells.
const TOLD: &str = "docker info";

/// The keys of `daemon.json` and of `GET /info`, and the variables that they stand for.
const KEYS: [(&str, &str, &str); 3] = [
    ("HTTP_PROXY", "http-proxy", "HttpProxy"),
    ("HTTPS_PROXY", "https-proxy", "HttpsProxy"),
    ("NO_PROXY", "no-proxy", "NoProxy"),
];

/// What the files set, those first that win: `daemon.json`, then the `EnvironmentFile` of the unit. The
/// drop-ins of the unit come last, and apart: they are part of what systemd tells.
pub(super) fn of_files(
    outside: &EcsAgentOutside,
) -> (Vec<AgentProxySetting>, Vec<AgentProxySetting>) {
    let (config, environment) = (&outside.docker_config, &outside.docker_environment);
    let found = of_texts((config, &text(config)), (environment, &text(environment)));
    (found, drop_ins_of(UNIT, outside))
}

/// The same of two files, each a place and its text.
pub(super) fn of_texts(
    config: (&Path, &str),
    environment: (&Path, &str),
) -> Vec<AgentProxySetting> {
    let mut found = Vec::new();
    let daemon = bounded_json::parse(config.1).unwrap_or_default();
    if let Some(proxies) = daemon.get("proxies") {
        let values = KEYS.map(|(name, key, _)| (name, proxies.get(key)));
        found.extend(of_values(&config.0.display().to_string(), values));
    }
    let settings: Vec<_> = environment.1.lines().flat_map(of_line).collect();
    let settings = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    found.extend(proxies_among(&environment.0.display().to_string(), settings));
    found
}

/// `KEY=VALUE`, in quotes perhaps. What stands behind `export` was for the shells of old: systemd passes
/// it over, and of an engine without systemd only its own word counts.
/// Source: `systemd.exec(5)`, "EnvironmentFile=".
fn of_line(line: &str) -> Vec<(String, String)> {
    let is_passed_over = line.trim_start().starts_with(['#', ';']) || line.contains("export ");
    if is_passed_over { Vec::new() } else { settings(line) }
}

/// What the engine itself tells of its proxies.
/// Source: Docker Engine API, `GET /info`.
pub(super) fn of_info(document: &Value) -> Vec<AgentProxySetting> {
    of_values(TOLD, KEYS.map(|(name, _, key)| (name, document.get(key))))
}

fn of_values<'v>(
    place: &str,
    values: impl IntoIterator<Item = (&'v str, Option<&'v Value>)>,
) -> Vec<AgentProxySetting> {
    let texts = values.into_iter().filter_map(|(name, value)| Some((name, value?.as_str()?)));
    proxies_among(place, texts)
}

/// The settings that the engine works with. What it tells itself counts, and the files then only say
/// where that is set. Otherwise the first of several for one variable wins.
pub(super) fn in_force(
    told: Option<Vec<AgentProxySetting>>,
    set: Vec<AgentProxySetting>,
) -> Vec<AgentProxySetting> {
    if let Some(mut told) = told {
        for setting in &mut told {
            if let Some(known) = set.iter().find(|known| known.name == setting.name) {
                setting.place.clone_from(&known.place);
            }
        }
        return told;
    }
    let mut first: Vec<AgentProxySetting> = Vec::new();
    for setting in set {
        if !first.iter().any(|known| known.name == setting.name) {
            first.push(setting);
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    fn shown(settings: &[AgentProxySetting]) -> Vec<String> {
        let name = |place: &str| place.rsplit('/').next().unwrap_or_default().to_owned();
        settings.iter().map(|s| format!("{}={} ({})", s.name, s.value, name(&s.place))).collect()
    }

    fn outside(scratch: &Scratch) -> EcsAgentOutside {
        EcsAgentOutside {
            docker_config: scratch.path().join("daemon.json"),
            docker_environment: scratch.path().join("docker"),
            unit_directories: vec![scratch.path().to_owned()],
            ..EcsAgentOutside::usual(&BTreeMap::new())
        }
    }

    #[test]
    fn every_place_is_read_in_its_own_form() {
        let scratch = Scratch::new("docker-proxies");
        scratch.file(
            "daemon.json",
            r#"{"proxies": {"https-proxy": "http://u:hunter2@proxy:1", "no-proxy": "a.com"}}"#,
        );
        scratch.file(
            "docker",
            "# HTTP_PROXY=no\nexport HTTP_PROXY=no\nHTTPS_PROXY=\"http://u:hunter2@proxy:2\"\nOPTIONS=\"--x\"\n",
        );
        let drop_in = "[Service]\nEnvironment=NO_PROXY=b.com\n";
        scratch.file("docker.service.d/proxy.conf", drop_in);
        let (files, drop_ins) = of_files(&outside(&scratch));
        assert_eq!(
            shown(&files),
            [
                "HTTPS_PROXY=http://***@proxy:1 (daemon.json)",
                "NO_PROXY=a.com (daemon.json)",
                "HTTPS_PROXY=http://***@proxy:2 (docker)"
            ]
        );
        assert_eq!(shown(&drop_ins), ["NO_PROXY=b.com (proxy.conf)"]);
        let set = [files, drop_ins].concat();
        let first = in_force(None, set.clone());
        assert_eq!(
            shown(&first),
            ["HTTPS_PROXY=http://***@proxy:1 (daemon.json)", "NO_PROXY=a.com (daemon.json)"]
        );
        let told =
            of_info(&json!({"HttpsProxy": "http://xxxxx:hunter2@other:1", "NoProxy": "", "ID": 1}));
        assert_eq!(shown(&told), ["HTTPS_PROXY=http://***@other:1 (docker info)"]);
        assert_eq!(
            shown(&in_force(Some(told), set.clone())),
            ["HTTPS_PROXY=http://***@other:1 (daemon.json)"]
        );
        assert_eq!(in_force(Some(Vec::new()), set), []);
    }

    #[test]
    fn what_is_not_there_sets_nothing() {
        let scratch = Scratch::new("docker-proxies-absent");
        assert_eq!(of_files(&outside(&scratch)), (vec![], vec![]));
        scratch.file("daemon.json", r#"{"proxies": ["http-proxy"]}"#);
        assert_eq!(of_files(&outside(&scratch)).0, []);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(line in "(export |[A-Z]+=|[\"'\\\\]|\\PC)*") {
            let _ = of_line(&line);
            let _ = of_info(&json!({"HttpProxy": line, "HttpsProxy": [line]}));
        }
    }
}
