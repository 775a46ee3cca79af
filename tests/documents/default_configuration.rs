//! `packaging/config.toml`, which packages install, is what `vpce-probe config --template` prints, and
//! every line of it counts as soon as it is no comment any more.

use std::process::Output;

use serde_json::Value;

use crate::offline::offline;
use crate::repository::root;

const FILE: &str = "packaging/config.toml";
const UPDATE: &str = "UPDATE_DOCS";

/// What somebody might put in the place of a word.
const FITTING: [(&str, &str); 14] = [
    ("ADDRESS:PORT", "127.0.0.1:9110"),
    ("CIDR", "10.0.0.0/16"),
    ("DIR", "/var/log/ecs"),
    ("FEATURE", "logs"),
    ("FILE", "/etc/vpce-probe/file"),
    ("ID", "123456789012"),
    ("NAME", "vpce-0abc.ecs.us-east-1.vpce.amazonaws.com"),
    ("PATH", "/run/vpce-probe.prom"),
    ("PROFILE", "ec2"),
    ("REGION", "eu-west-1"),
    ("SERVICE", "s3"),
    ("TYPE", "fargate"),
    ("URL", "http://127.0.0.1:8080"),
    ("VERSION", "1.4.0"),
];

#[test]
fn the_file_that_packages_install_is_the_template() {
    let template = String::from_utf8(run(&["config", "--template"]).stdout).unwrap();
    let path = root().join(FILE);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &template).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == template, "{FILE} is out of date: {UPDATE}=1 writes it anew");
}

#[test]
fn every_line_of_the_file_can_be_set() {
    let kept = std::fs::read_to_string(root().join(FILE)).unwrap();
    let lines: Vec<String> = kept.lines().filter_map(setting).collect();
    assert!(lines.len() > 30, "{kept}");
    let path =
        std::env::temp_dir().join(format!("vpce-probe-template-{}.toml", std::process::id()));
    std::fs::write(&path, lines.join("\n")).unwrap();
    let output = run(&["config", "--json", "--config", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let values = told["values"].as_array().unwrap();
    assert_eq!(values.len(), lines.len());
    for value in values {
        // The form of this very output is typed.
        assert!(value["origin"] == "file" || value["key"] == "json", "{value}");
    }
}

/// The line as somebody would set it, where it is one that can be set.
fn setting(line: &str) -> Option<String> {
    let (key, value) = line.strip_prefix('#')?.split_once(" = ")?;
    if key.contains(' ') {
        return None;
    }
    let word = value.trim_matches(['[', ']', '"']);
    let fitting = FITTING.iter().find(|(placeholder, _)| *placeholder == word);
    let value = fitting.map_or(value.to_owned(), |(_, fitting)| value.replace(word, fitting));
    Some(format!("{key} = {value}"))
}

fn run(args: &[&str]) -> Output {
    let mut command = offline("env");
    command.args(["-i", "VPCE_PROBE_CONFIG=/dev/null", env!("CARGO_BIN_EXE_vpce-probe")]);
    command.args(args).output().unwrap()
}
