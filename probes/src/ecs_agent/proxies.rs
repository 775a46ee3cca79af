//! Proxy settings that reach the agent.

use std::path::{Path, PathBuf};

use super::in_order::in_order;
use super::unit_environment::{environment_of_unit_file, settings};
use super::{AgentProxySetting, EcsAgentOutside, UNIT_NAMES};
use crate::bounded_read;
use crate::surroundings::{EcsConfig, PROXY_VARIABLES, without_credentials};

/// More than any file of settings holds.
const MAX_BYTES: u64 = 128 * 1024;

/// More than the drop-ins of a unit.
const MAX_DROP_INS: usize = 64;

/// The proxy settings among settings of one place, credentials left out. Variables are known in
/// upper and lower case.
pub(super) fn proxies_among<'a>(
    place: &str,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<AgentProxySetting> {
    let proxy = |(name, value): (&str, &str)| {
        let known = PROXY_VARIABLES.iter().find(|known| known.eq_ignore_ascii_case(name))?;
        Some(AgentProxySetting {
            place: place.to_owned(),
            name: (*known).to_owned(),
            value: short_list(&without_credentials(known, value.trim()))?,
        })
    };
    settings.into_iter().filter_map(proxy).collect()
}

/// NO_PROXY may be long, and every entry of it counts.
fn short_list(value: &str) -> Option<String> {
    const MAX_CHARS: usize = 4096;
    (!value.is_empty()).then(|| value.chars().take(MAX_CHARS).collect())
}

/// The proxy settings of `ecs.config`.
pub(super) fn of_config(path: &Path) -> Vec<AgentProxySetting> {
    let config = EcsConfig::parse(&text(path));
    proxies_among(&path.display().to_string(), config.iter())
}

/// The proxy settings of a unit, by the `Environment` that systemd tells.
pub(super) fn of_unit(name: &str, environment: &str) -> Vec<AgentProxySetting> {
    let settings = settings(environment);
    let settings = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    proxies_among(&format!("environment of {name}"), settings)
}

/// The proxy settings of the drop-ins of the agent's units.
pub(super) fn of_drop_ins(outside: &EcsAgentOutside) -> Vec<AgentProxySetting> {
    UNIT_NAMES.into_iter().flat_map(|unit| drop_ins_of(unit, outside)).collect()
}

/// The proxy settings of the drop-ins of a unit. A drop-in hides those of the same name in directories
/// further down the list. `EnvironmentFile` is not followed.
pub(super) fn drop_ins_of(unit: &str, outside: &EcsAgentOutside) -> Vec<AgentProxySetting> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for directory in &outside.unit_directories {
        for path in drop_ins(&directory.join(format!("{unit}.d"))) {
            if !seen.iter().any(|other| other.file_name() == path.file_name()) {
                seen.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for path in seen {
        let settings = environment_of_unit_file(&text(&path));
        let settings = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        found.extend(proxies_among(&path.display().to_string(), settings));
    }
    found
}

fn drop_ins(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries
        .take(MAX_DROP_INS)
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "conf"));
    in_order(paths)
}

/// Nothing when it cannot be read: a place without settings.
pub(super) fn text(path: &Path) -> String {
    let bytes = bounded_read::read(path, MAX_BYTES).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    fn told(settings: &[AgentProxySetting]) -> Vec<String> {
        settings.iter().map(|setting| format!("{}={}", setting.name, setting.value)).collect()
    }

    #[test]
    fn only_proxies_are_taken_and_without_credentials() {
        let scratch = Scratch::new("proxies-config");
        let path = scratch.file(
            "ecs.config",
            "ECS_CLUSTER=blue\nHTTP_PROXY=http://me:secret@proxy:3128\nno_proxy= 169.254.169.254 \nHTTPS_PROXY=\n",
        );
        let settings = of_config(&path);
        assert_eq!(
            told(&settings),
            ["HTTP_PROXY=http://***@proxy:3128", "NO_PROXY=169.254.169.254"]
        );
        assert_eq!(settings[0].place, path.display().to_string());
        assert!(of_config(Path::new("/nonexistent/ecs.config")).is_empty());
    }

    #[test]
    fn a_unit_tells_its_own() {
        let settings = of_unit("ecs.service", "PATH=/bin \"HTTPS_PROXY=http://proxy:3128\" A=b");
        assert_eq!(told(&settings), ["HTTPS_PROXY=http://proxy:3128"]);
        assert_eq!(settings[0].place, "environment of ecs.service");
    }

    #[test]
    fn drop_ins_are_read_and_hide_each_other() {
        let scratch = Scratch::new("proxies-drop-ins");
        let drop_in =
            |value: &str| format!("[Service]\nEnvironment=\"HTTP_PROXY=http://{value}\"\n");
        scratch.file("etc/ecs.service.d/http-proxy.conf", drop_in("etc:1"));
        scratch.file("lib/ecs.service.d/http-proxy.conf", drop_in("lib:1"));
        scratch.file("lib/amazon-ecs.service.d/10-x.conf", drop_in("suse:1"));
        scratch.file("etc/ecs.service.d/readme.txt", drop_in("no:1"));
        let outside = EcsAgentOutside {
            unit_directories: vec![scratch.path().join("etc"), scratch.path().join("lib")],
            ..EcsAgentOutside::usual(&BTreeMap::new())
        };
        let expected = ["HTTP_PROXY=http://etc:1", "HTTP_PROXY=http://suse:1"];
        assert_eq!(told(&of_drop_ins(&outside)), expected);
    }
}
