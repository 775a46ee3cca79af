//! The configuration file as a user meets it. Nothing here touches a network: there is none.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};

#[path = "harness/offline.rs"]
mod offline;

use offline::offline;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

/// A file that is gone with the test.
struct File(PathBuf);

impl File {
    fn of(text: impl AsRef<[u8]>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("vpce-probe-config-{}-{number}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run_with(args: &[&str], env: &[(&str, &str)]) -> Output {
    let variables = env.iter().map(|(name, value)| format!("{name}={value}"));
    // A command that is not refused might stay.
    let mut command = offline("timeout");
    command.args(["60", "env", "-i"]).args(variables).arg(PROGRAM).args(args).output().unwrap()
}

fn run_in(file: &File, args: &[&str], env: &[(&str, &str)]) -> Output {
    let env: Vec<_> = [("VPCE_PROBE_CONFIG", file.path())].iter().chain(env).copied().collect();
    run_with(args, &env)
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The options as `vpce-probe config` tells them.
#[track_caller]
fn told(file: &File, args: &[&str], env: &[(&str, &str)]) -> Value {
    let args: Vec<&str> = ["config", "--json"].iter().chain(args).copied().collect();
    let text = stdout(&run_in(file, &args, env));
    assert!(text.starts_with("{\"schema_version\":\"1.0\","), "{text}");
    let told = serde_json::from_str(&text).unwrap();
    let published = serde_json::from_str(include_str!("../packaging/config.schema.json")).unwrap();
    assert!(jsonschema::validator_for(&published).unwrap().is_valid(&told), "{told}");
    told
}

#[track_caller]
fn option<'v>(told: &'v Value, key: &str) -> &'v Value {
    let values = told["values"].as_array().unwrap();
    values.iter().find(|value| value["key"] == key).unwrap_or_else(|| panic!("{key}: {told}"))
}

#[track_caller]
fn assert_refused(output: &Output, exit: i32, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    assert!(output.stdout.is_empty() && told.contains(words), "{told}");
}

#[test]
fn what_is_typed_counts_before_variables_and_these_before_the_file() {
    let file = File::of("deadline = \"1s\"\nfeature = [\"logs\", \"exec\"]\nfips = true\n");
    let from_file = told(&file, &[], &[("VPCE_PROBE_DEADLINE", "")]);
    assert_eq!(
        (&from_file["file"], &from_file["file_is_there"]),
        (&json!(file.path()), &json!(true))
    );
    for (key, value, line) in [
        ("deadline", json!("1s"), 1),
        ("feature", json!(["logs", "exec"]), 2),
        ("fips", json!(true), 3),
    ] {
        let expected = json!({ "key": key, "value": value, "origin": "file", "line": line });
        assert_eq!(option(&from_file, key), &expected);
    }
    let env = [
        ("VPCE_PROBE_DEADLINE", "2s"),
        ("VPCE_PROBE_FIPS", "0"),
        ("VPCE_PROBE_FEATURE", "secrets"),
    ];
    let from_variable = told(&file, &["--feature", "logs", "--feature=xray"], &env);
    let expected = json!({
        "key": "deadline", "value": "2s", "origin": "environment", "variable": "VPCE_PROBE_DEADLINE"
    });
    assert_eq!(option(&from_variable, "deadline"), &expected);
    assert_eq!(option(&from_variable, "fips")["value"], false);
    let expected = json!({ "key": "feature", "value": ["logs", "xray"], "origin": "command-line" });
    assert_eq!(option(&from_variable, "feature"), &expected);
    let by_itself = option(&from_variable, "interval");
    assert_eq!(by_itself, &json!({ "key": "interval", "value": "30s", "origin": "default" }));
    let nothing = option(&from_variable, "region");
    assert_eq!(nothing, &json!({ "key": "region", "value": null, "origin": "not-set" }));
}

#[test]
fn commands_do_what_the_file_says() {
    let file =
        File::of("region = \"eu-west-1\"\nfeature = [\"exec\"]\njson = true\ninterval = \"30s\"\n");
    let by_file = stdout(&run_in(&file, &["endpoints"], &[]));
    let typed = ["endpoints", "--region", "eu-west-1", "--feature", "exec", "--json"];
    assert_eq!(by_file, stdout(&run_with(&typed, &[])));
    let other_region = stdout(&run_in(&file, &["endpoints", "--region", "us-east-1"], &[]));
    assert!(other_region.contains("us-east-1") && !other_region.contains("eu-west-1"));
    let by_variable = run_in(&file, &["endpoints"], &[("VPCE_PROBE_JSON", "0")]);
    assert!(stdout(&by_variable).starts_with("Endpoints"), "{by_variable:?}");
    let path = file.path();
    for args in [&["--config", path, "endpoints"][..], &["endpoints", "--config", path]] {
        assert_eq!(stdout(&run_with(args, &[("VPCE_PROBE_CONFIG", "/nonexistent")])), by_file);
    }
}

#[test]
fn the_usual_file_is_read_where_none_is_named() {
    let script = "mount -t tmpfs none /etc && \"$0\" config --json && mkdir /etc/vpce-probe && \
        echo 'region = \"eu-west-1\"' > /etc/vpce-probe/config.toml && \"$0\" config --json && \
        VPCE_PROBE_CONFIG=/dev/null \"$0\" config --json && rm -r /etc/vpce-probe && \
        touch /etc/vpce-probe && \"$0\" config --json";
    let mut command = offline("unshare");
    command.args(["--mount", "--", "sh", "-ec", script, PROGRAM]);
    let output = stdout(&command.env_remove("VPCE_PROBE_CONFIG").output().unwrap());
    let seen: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places = seen.iter().map(|told| told["file"].as_str().unwrap());
    let usual = "/etc/vpce-probe/config.toml";
    assert_eq!(places.collect::<Vec<_>>(), [usual, usual, "/dev/null", usual]);
    let regions = seen.iter().map(|told| option(told, "region")["origin"].as_str().unwrap());
    assert_eq!(regions.collect::<Vec<_>>(), ["not-set", "file", "not-set", "not-set"]);
}

#[test]
fn the_form_of_the_output_is_that_of_the_weightiest() {
    let file = File::of("region = \"eu-west-1\"\njson = true\nshort = true\n");
    let form = |args: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = ["config"].iter().chain(args).copied().collect();
        let text = stdout(&run_in(&file, &args, env));
        let line = |key: &str| {
            let begin = format!("{key} = ");
            text.lines().find(|line| line.starts_with(&begin)).unwrap_or_default().to_owned()
        };
        (text.starts_with('{'), line("json"), line("verbose"), line("short"))
    };
    assert!(form(&[], &[]).0, "JSON wins among equals");
    let (is_json, json, verbose, short) = form(&[], &[("VPCE_PROBE_VERBOSE", "1")]);
    assert!(!is_json && verbose.starts_with("verbose = true"));
    assert!(json.ends_with("line 2, but verbose counts instead"), "{json}");
    assert!(short.starts_with("short = false") && short.ends_with("counts instead"), "{short}");
    let (is_json, _, verbose, short) = form(&["--short"], &[("VPCE_PROBE_VERBOSE", "1")]);
    assert!(!is_json && verbose.starts_with("verbose = false"));
    assert!(short.ends_with("# command line"), "{short}");
    assert_refused(&run_in(&file, &["config", "--json", "--short"], &[]), 64, "contradict");
    let loser = told(&File::of("short = true"), &[], &[]);
    let expected =
        json!({ "key": "short", "value": false, "origin": "file", "line": 1, "instead": "json" });
    assert_eq!(option(&loser, "short"), &expected);
    // A fix has a form of its own: nobody typed one.
    let output = run_in(&file, &["fix", "--report", "/nonexistent"], &[]);
    assert_refused(&output, 78, "/nonexistent");
}

#[test]
fn every_command_refuses_a_bad_file_and_help_is_there_all_the_same() {
    let file = File::of("deadline = \"2s\"\nintervall = \"30s\"\nfail-after = 0\n");
    let path = file.path();
    for args in [
        &[][..],
        &["endpoints"],
        &["wait"],
        &["watch"],
        &["agent", "status"],
        &["agent", "restart", "--dry-run"],
        &["explain", "VPCE101"],
        &["fix"],
        &["report", "/nonexistent"],
        &["config"],
    ] {
        let output = run_in(&file, args, &[]);
        let line = format!(
            "vpce-probe: {path}, line 2: there is no option intervall: did you mean interval?\n"
        );
        assert_refused(&output, 78, &line);
        let line = format!("vpce-probe: {path}, line 3: fail-after: 0 is not in 1..=100\n");
        assert_refused(&output, 78, &line);
    }
    for args in [&["--help"][..], &["--version"], &["watch", "-h"], &["config", "--help"]] {
        assert!(!stdout(&run_in(&file, args, &[])).is_empty());
    }
    let misuse = run_in(&file, &["--nonsense"], &[]);
    assert_refused(&misuse, 64, "--nonsense");
}

/// Who types one option and finds that it contradicts another has to learn where that one is.
#[test]
fn a_file_that_contradicts_the_command_line_is_named() {
    let file = File::of("interval = \"2s\"\n");
    let output = run_in(&file, &["watch", "--deadline", "3s"], &[]);
    assert_refused(&output, 64, "must not be shorter than --deadline");
    assert_refused(&output, 64, &format!("{} sets options, too", file.path()));
    let by_itself = run_with(&["watch", "--deadline", "3s", "--interval", "2s"], &[]);
    assert_refused(&by_itself, 64, "must not be shorter than --deadline");
    assert!(!String::from_utf8_lossy(&by_itself.stderr).contains("sets options"));
}

#[test]
fn unusable_files_end_with_78() {
    let named = |path: &str| run_with(&["config", "--config", path], &[]);
    assert_refused(&named("/nonexistent/config.toml"), 78, "/nonexistent/config.toml");
    assert_refused(&named("/"), 78, "not a regular file");
    assert_refused(&named("/dev/zero"), 78, "not a regular file");
    assert_refused(&named(File::of(b"region = \"\xff\"").path()), 78, "not UTF-8 text");
    assert_refused(&named(File::of("#".repeat(256 * 1024 + 1)).path()), 78, "larger than 256 KiB");
    stdout(&named(File::of("#".repeat(256 * 1024)).path()));
    let hostile = named(File::of("\"\\u001b[2J\\n\" = 1").path());
    assert_refused(&hostile, 78, "\\u{1b}[2J\\u{a}");
}

#[test]
fn a_file_that_may_not_be_read_ends_with_77() {
    let file = File::of("");
    std::fs::set_permissions(&file.0, Permissions::from_mode(0o000)).unwrap();
    // Root may read everything, unless it gives that up.
    let mut command = offline("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", PROGRAM, "config"]);
    let output = command.args(["--config", file.path()]).output().unwrap();
    assert_refused(&output, 77, "ermission denied");
}

#[test]
fn what_config_prints_is_a_file_that_says_the_same() {
    let first =
        File::of("host = [\"a.example.com\", \"b.example.com\"]\nfail-after = 5\nemf = true\n");
    let env =
        [("VPCE_PROBE_CA_FILE", "/a \"b\"\\\u{e9}\u{1b}.pem"), ("VPCE_PROBE_ONLY", "s3,logs")];
    let args = ["config", "--region", "eu-west-1", "--verbose"];
    let printed = stdout(&run_in(&first, &args, &env));
    assert!(
        printed.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)),
        "{printed}"
    );
    for (line, origin) in [
        ("deadline = \"4s\" ", "# default"),
        ("emf = true ", &format!("# {}, line 3", first.path())),
        ("host = [\"a.example.com\", \"b.example.com\"] ", &format!("# {}, line 1", first.path())),
        ("#account = ", "# not set"),
        ("only = [\"s3\", \"logs\"] ", "# environment VPCE_PROBE_ONLY"),
        ("region = \"eu-west-1\" ", "# command line"),
    ] {
        let found = printed.lines().find(|found| found.starts_with(line));
        assert!(found.is_some_and(|found| found.ends_with(origin)), "{line}: {printed}");
    }
    let second = File::of(&printed);
    let values = |told: Value| -> Vec<(Value, Value)> {
        let of_option = |option: &Value| (option["key"].clone(), option["value"].clone());
        let is_form = |key: &Value| key == "json" || key == "verbose";
        let values = told["values"].as_array().unwrap().iter().map(of_option);
        values.filter(|(key, _)| !is_form(key)).collect()
    };
    let typed = ["--region", "eu-west-1"];
    assert_eq!(values(told(&second, &[], &[])), values(told(&first, &typed, &env)));
}

#[test]
fn a_template_sets_nothing_and_its_defaults_may_be_set() {
    let template = stdout(&run_with(&["config", "--template"], &[]));
    let plain = |file: &File| {
        let told = told(file, &[], &[]);
        let values = told["values"].as_array().unwrap().clone();
        values.into_iter().map(|value| (value["key"].clone(), value["value"].clone()))
    };
    let nothing = File::of("");
    let as_it_is = File::of(&template);
    assert!(plain(&as_it_is).eq(plain(&nothing)));
    let defaults = stdout(&run_in(&nothing, &["config"], &[]));
    let is_default = |line: &&str| line.ends_with("# default");
    let mut set = 0;
    let uncommented: Vec<&str> = template
        .lines()
        .map(|line| {
            let setting = line.strip_prefix('#').unwrap_or(line);
            let counts = defaults.lines().filter(is_default);
            let mut counts = counts.filter_map(|line| line.split("  ").next());
            let is_one = counts.any(|default| default == setting);
            set += usize::from(is_one);
            if is_one { setting } else { line }
        })
        .collect();
    assert_eq!(set, defaults.lines().filter(is_default).count());
    assert!(
        plain(&File::of(uncommented.join("\n")))
            .filter(|(key, _)| key != "json")
            .eq(plain(&nothing).filter(|(key, _)| key != "json"))
    );
    // The template is the same whatever is set here.
    let elsewhere = File::of("deadline = \"1s\"");
    let env = [("VPCE_PROBE_INTERVAL", "1m")];
    assert_eq!(stdout(&run_in(&elsewhere, &["config", "--template"], &env)), template);
    assert!(template.contains("\n# Region: us-east-1\n#region = \"REGION\"\n"), "{template}");
}
