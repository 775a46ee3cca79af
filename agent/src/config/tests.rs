//! What a text sets, and what is said about one that is wrong.

use proptest::prelude::*;

use super::*;
use crate::cli::command_line;

fn settings(text: &str) -> BTreeMap<String, Setting> {
    parse(text, &command_line()).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    told(Path::new("FILE"), &parse(text, &command_line()).unwrap_err())
}

#[test]
fn values_are_those_that_the_command_line_would_give() {
    let set = settings(
        "# shared\ndeadline = \"2s\"\n\nfeature = [\n  \"logs\",\n  'exec',\n]\njson = true\nemf = false\n\
         fail-after = 0x10\nprofile = \"ec2,ssm\"\nonly = []\n\"listen\" = \"[::1]:9110\"\r\n",
    );
    let expected: [(&str, &[&str], usize); 8] = [
        ("deadline", &["2s"], 2),
        ("emf", &["false"], 9),
        ("fail-after", &["16"], 10),
        ("feature", &["logs", "exec"], 4),
        ("json", &["true"], 8),
        ("listen", &["[::1]:9110"], 13),
        ("only", &[], 12),
        ("profile", &["ec2,ssm"], 11),
    ];
    assert_eq!(set.len(), expected.len());
    for (key, values, line) in expected {
        let setting = &set[key];
        assert_eq!(
            (setting.values.iter().map(String::as_str).collect(), setting.line),
            (values.to_vec(), line)
        );
    }
    assert!(settings("").is_empty() && settings("\u{feff}# nothing\n").is_empty());
}

#[test]
fn everything_else_is_refused_by_line_and_key() {
    for (text, words) in [
        ("fail_after = 3", "there is no option fail_after: did you mean fail-after?"),
        ("colour = \"never\"", "there is no option colour: did you mean color?"),
        ("port = 80", "there is no option port; vpce-probe config shows all"),
        ("[watch]\ninterval = \"30s\"", "there is no table watch: each option stands on a line"),
        ("watch.interval = \"30s\"", "there is no table watch"),
        ("deadline = 4", "deadline: use a text in quotes, such as \"4s\""),
        ("deadline = 4.5", "deadline: use a text in quotes, such as \"4s\""),
        ("deadline = [\"4s\"]", "deadline: use a text in quotes"),
        ("deadline = { s = 4 }", "deadline: use a text in quotes"),
        ("deadline = 2026-11-22", "deadline: use a text in quotes"),
        ("deadline = \"4\"", "deadline: use a number with ms, s or m, such as 4s or 1500ms"),
        ("deadline = \"2h\"", "deadline: use a number with ms, s or m"),
        ("account = 123456789012", "account: use a text in quotes, such as \"123456789012\""),
        ("fail-after = \"3\"", "fail-after: use a number without quotes, such as 3"),
        ("fail-after = 0", "fail-after: 0 is not in 1..=100"),
        ("fail-after = -1", "fail-after: -1 is not in 1..=100"),
        ("fail-after = 99999999999999999999", "fail-after: use a number"),
        ("json = \"yes\"", "json: use true or false, without quotes"),
        ("json = 1", "json: use true or false"),
        ("fail-on = \"never\"", "fail-on: there is no never: use one of fail, warn"),
        ("profile = [\"ec2\", \"lambda\"]", "profile: there is no lambda: use one of ec2,"),
        ("profile = [\"ec2\", 3]", "profile: use a list of texts in quotes"),
        ("host = \"10.0.0.1\"", "host: a host name is wanted, not an address"),
        ("feature = [\"log\"]", "feature: there is no feature log: did you mean logs?"),
        ("skip = \"logs,telegraph\"", "skip: there is no service telegraph; known are "),
        ("listen = \"localhost:9110\"", "listen: an address and a port look like 127.0.0.1:9110"),
        (
            "textfile = \"/tmp/a.txt\"",
            "textfile: node_exporter reads only files whose names end in .prom",
        ),
        ("region = \"\"", "region: an empty text says nothing: leave it out"),
        ("host = [\"\"]", "host: an empty text says nothing"),
        ("task-definition = \"-\"", "task-definition: standard input belongs to one command"),
        ("force = true", "force cannot stand in a file: it asks for one act"),
        ("if-needed = true", "if-needed cannot stand in a file"),
        ("dry-run = true", "dry-run cannot stand in a file"),
        ("check = true", "check cannot stand in a file"),
        ("report = \"x\"", "report cannot stand in a file"),
        ("template = true", "template cannot stand in a file"),
        ("list = true", "list cannot stand in a file"),
        ("help = true", "help cannot stand in a file"),
        ("version = 2", "version cannot stand in a file"),
        ("config = \"x\"", "config cannot stand in a file: it names this file"),
    ] {
        let told = problems(&format!("\n{text}\n"));
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with(&format!("FILE, line 2: {words}")), "{text}: {told:?}");
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    for (text, words) in [
        ("deadline = 4s", "FILE, line 1, column 12: "),
        ("json = true\ndeadline", "FILE, line 2, column 9: "),
        ("json = true\njson = true", "FILE, line 2, column 1: duplicate key"),
        ("# \u{1f512}\n\"\u{e9}\" = ", "FILE, line 2, column "),
        ("feature = [\"logs\"", "FILE, line 1, column "),
    ] {
        let told = problems(text);
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with(words), "{text}: {told:?}");
    }
}

#[test]
fn all_that_is_wrong_is_told_in_its_order_and_within_limits() {
    let told = problems("z = 1\ndeadline = \"2s\"\na = 1\nfail-after = 0\n");
    let lines: Vec<&str> = told.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(lines, ["FILE, line 1", "FILE, line 3", "FILE, line 4"]);
    let many: String = (0..20_000).map(|number| format!("nonsense{number} = 1\n")).collect();
    let told = problems(&many);
    assert_eq!(told.len(), MAX_PROBLEMS + 1);
    assert_eq!(told.last().unwrap(), "FILE: there is more like these");
    let long = "x".repeat(200_000);
    for text in
        [format!("{long} = 1"), format!("region = \"{long}\""), format!("only = \"{long}\"")]
    {
        assert!(problems(&text)[0].len() < 1000);
    }
}

#[test]
fn a_text_made_to_exhaust_the_reader_is_refused() {
    for open in ["[", "{a=", "a.", "[["] {
        let text = format!("host = {}", open.repeat(60_000));
        assert!(parse(&text, &command_line()).is_err(), "{open}");
        assert!(parse(&open.repeat(60_000), &command_line()).is_err(), "{open}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_harm(text in any::<String>()) {
        let _ = parse(&text, &command_line()).map_err(|problems| told(Path::new("x"), &problems));
    }

    #[test]
    fn any_entry_is_read_without_harm(
        key in "(deadline|fail-after|json|host|feature|region|[a-z-]{1,12})",
        value in "(-?[0-9x_.e]{1,6}|true|\"[ -~]{0,12}\"|\\[(\"[a-z.,-]{0,8}\",?){0,3}\\]|\\{\\}|\\PC{0,8})",
    ) {
        let text = format!("{key} = {value}\n");
        let _ = parse(&text, &command_line()).map_err(|problems| told(Path::new("x"), &problems));
    }
}
