//! What logs, programs and files of settings say.

use std::path::Path;

use crate::ecs_agent::systemd::{facts, parse_shown};
use crate::ecs_agent::unit_environment::{environment_of_unit_file, settings};
use crate::ecs_agent::{docker_proxies, log, proxies};
use crate::fuzzing::{Section, assert_round_trip, assert_short_texts};

/// The log of the agent, in any of its forms.
pub fn agent_log(bytes: &[u8]) {
    let read = log::of_text(&String::from_utf8_lossy(bytes));
    assert_round_trip(&read);
    assert_short_texts(&read);
    for logged in [&read.control, &read.telemetry, &read.discovered].into_iter().flatten() {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        assert!(logged.host.len() <= 253 && logged.host.bytes().all(is_of_name), "{logged:?}");
        assert_eq!(logged.host, logged.host.to_ascii_lowercase());
    }
}

/// What `systemctl show` writes of the units that are asked for.
pub fn systemctl(bytes: &[u8]) {
    let shown = parse_shown(&String::from_utf8_lossy(bytes));
    assert!(shown.len() <= 64, "{} units", shown.len());
    let told = facts(&shown);
    assert_round_trip(&told.unit);
    assert_short_texts(&told.unit);
    assert_round_trip(&told.boot_unfinished);
    assert_round_trip(&told.proxy);
    assert_round_trip(&told.docker_proxy);
    if let Some(unit) = told.unit.value() {
        assert!(unit.main_pid != Some(0) && !unit.name.is_empty(), "{unit:?}");
    }
}

/// A drop-in of a unit, and the value of its `Environment`.
pub fn unit_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let of_file = environment_of_unit_file(&text);
    for (key, _) in &of_file {
        assert_eq!(of_file.iter().filter(|(other, _)| other == key).count(), 1, "{key:?}");
    }
    for read in [of_file, settings(&text)] {
        assert_eq!(settings(&written(&read)), read, "{:?}", written(&read));
    }
    assert_round_trip(&proxies::of_unit("ecs.service", &text));
}

/// Settings as they stand in an `Environment=`, all of them in quotes.
fn written(settings: &[(String, String)]) -> String {
    let quoted = |(key, value): &(String, String)| {
        let word = format!("{key}={value}").replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{word}\" ")
    };
    settings.iter().map(quoted).collect()
}

/// The Docker Engine's `daemon.json`, and the `EnvironmentFile` of its unit.
pub fn docker_settings(bytes: &[u8]) {
    let all = Section::all_of(bytes);
    let text = |name| String::from_utf8_lossy(Section::body_of(&all, name)).into_owned();
    let (daemon, environment) = (text("daemon.json"), text("docker"));
    let found = docker_proxies::of_texts(
        (Path::new("/etc/docker/daemon.json"), &daemon),
        (Path::new("/etc/sysconfig/docker"), &environment),
    );
    assert_round_trip(&found);
    assert_short_texts(&found);
    let in_force = docker_proxies::in_force(None, found.clone());
    for setting in &in_force {
        let first = found.iter().find(|other| other.name == setting.name);
        assert_eq!(first, Some(setting));
    }
}
