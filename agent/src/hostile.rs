//! Whatever stands in the texts of a report, no form of it can be mistaken: a terminal, a journal, a
//! shell and a scraper get printable ASCII, in lines that this program began.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use vpce_probes::catalog::Catalog;
use vpce_probes::error_text;
use vpce_probes::fix::Fix;
use vpce_probes::report::Report;
use vpce_probes::restart::{Action, Decision, Outcome, Refusal, RefusalKind, RestartReport};
use vpce_probes::status::Status;

use crate::cli::{ColorArg, FixFormat, OutputArgs};
use crate::health::Answer;
use crate::log::logged;
use crate::render::{self, Exposition};
use crate::restart::{log_decision, log_outcome};
use crate::wait::Standings;
use crate::watch::{Checked, Outlet, Snapshot, Teller, Wants};

/// What every text from outside begins with here.
const EVIL: &str = "evil";

/// Whatever is waited for, what needs longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Reports of scenarios: one of a broken VPC, and one in which every text is hostile already.
static REPORTS: LazyLock<Vec<Saved>> = LazyLock::new(|| {
    [
        include_str!("../../tests/reports/ecs-telemetry-missing.json"),
        include_str!("../../tests/reports/every-text-is-hostile.json"),
    ]
    .map(Saved::new)
    .into()
});

/// A saved report, and those of its texts that may be any other, without those that are always this
/// program's own: its name, and headings.
struct Saved {
    document: Value,
    free: BTreeSet<String>,
}

impl Saved {
    fn new(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).unwrap();
        let mut texts = BTreeSet::new();
        collect(&document, &mut texts);
        let mut own = BTreeSet::new();
        collect(&document["program"], &mut own);
        for endpoint in document["plan"]["endpoints"].as_array().unwrap() {
            collect(&endpoint["group"], &mut own);
        }
        let is_free = |text: &str| {
            let other = BTreeMap::from([(text.to_owned(), EVIL.to_owned())]);
            let other = replaced(&document, &other);
            Report::from_saved(&other.to_string()).is_ok()
        };
        let free = texts.difference(&own).filter(|text| is_free(text)).cloned();
        let free: BTreeSet<String> = free.collect();
        assert!(free.len() > 60, "{free:?}");
        Self { document, free }
    }

    /// The same report with other texts, wherever they stand; without one a text stays.
    fn with(&self, texts: &[Option<String>]) -> Report {
        let others = self.free.iter().zip(texts.iter().cycle());
        let others = others.filter_map(|(text, other)| Some((text.clone(), other.clone()?)));
        let other = replaced(&self.document, &others.collect());
        Report::from_saved(&other.to_string()).unwrap()
    }
}

fn collect(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

fn replaced(value: &Value, others: &BTreeMap<String, String>) -> Value {
    let again = |value: &Value| replaced(value, others);
    match value {
        Value::String(text) => others.get(text).unwrap_or(text).as_str().into(),
        Value::Array(values) => values.iter().map(again).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), again(value))).collect()
        }
        other => other.clone(),
    }
}

/// Texts that terminals, journals, shells, templates or scrapers obey.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        Just("\u{1b}[2J\u{1b}]0;title\u{7}".to_owned()),
        Just("\n<1>evil".to_owned()),
        Just("\r\nevil\r".to_owned()),
        Just("\u{9b}31m\u{85}\u{2028}\u{2029}evil".to_owned()),
        Just("\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}".to_owned()),
        Just("$(evil)`evil`;evil&&evil|evil".to_owned()),
        Just("'\"\\\"}${evil}\n  }\nEOF\nevil".to_owned()),
        Just("\\".to_owned()),
        Just("\"} 1\nevil 1".to_owned()),
        Just("*/ --> #\n---\nevil: !Ref evil".to_owned()),
        Just("\0".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(parts, 1..4).prop_map(|parts| EVIL.to_owned() + &parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_text_of_a_report_is_obeyed(
        texts in prop::collection::vec(prop::option::weighted(0.6, hostile()), 1..40)
    ) {
        for saved in REPORTS.iter() {
            let report = saved.with(&texts);
            for_people(&report);
            for_machines(&report);
            for_shells(&report);
            of_a_watch(&report);
            of_a_restart(&report);
        }
    }

    #[test]
    fn no_error_text_is_obeyed(hostile in hostile()) {
        let catalog = Catalog::builtin().unwrap();
        let known = "CannotPullContainerError: pull image manifest has been retried 5 time(s): \
                     failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b";
        for text in [format!("{known} {hostile}"), format!("{hostile} {known}: {hostile}")] {
            let explained = error_text::read(&catalog, &text).unwrap();
            for args in forms() {
                is_for_people(&render::text_explanation(&explained, &args));
            }
        }
    }
}

/// `--short`, nothing, `--verbose` and `--json`.
fn forms() -> [OutputArgs; 4] {
    let args = |json, short, verbose| OutputArgs { json, short, verbose, color: ColorArg::Never };
    [
        args(false, true, false),
        args(false, false, false),
        args(false, false, true),
        args(true, false, false),
    ]
}

fn for_people(report: &Report) {
    for args in forms() {
        is_for_people(&render::report(report, &args));
        is_for_people(&render::saved_report(report, &args));
        is_for_people(&render::agent_status(report, &args));
    }
    is_for_people(&render::plan_table(&report.plan));
    is_one_line(&render::line(report));
    is_one_line(&render::standing_line(report, Status::Warn));
    let now = Standings::of(report, true);
    let told = logged(|| {
        for change in now.changes_since(&Standings::of(&REPORTS[0].with(&[None]), true)) {
            tracing::info!(service = change.service, host = change.host, "{}", change.words);
        }
    });
    is_plain(&told);
}

fn for_machines(report: &Report) {
    for form in [Exposition::Text, Exposition::OpenMetrics] {
        are_metrics(&render::metrics(report, None, form));
    }
    is_one_document(&render::json(report));
}

/// Nothing from outside stands where a shell, Terraform or CloudFormation would read it.
fn for_shells(report: &Report) {
    let Ok(fix) = Fix::of(report, &Catalog::builtin().unwrap(), &[]) else { return };
    for format in [FixFormat::Cli, FixFormat::Terraform, FixFormat::Cloudformation] {
        let text = render::fix(&fix, format);
        is_plain(&text);
        // A command in a comment is there to be copied.
        let is_read = |line: &str| !line.starts_with('#') || line.starts_with("#   ");
        for line in text.lines().filter(|line| is_read(line)) {
            assert!(!line.contains(EVIL), "{line}\n{text}");
        }
    }
}

fn of_a_watch(report: &Report) {
    for emf in [false, true] {
        let (lines, written) = channel();
        let wants =
            Wants { fail_after: 1, recover_after: 1, fail_on_warn: true, emf, textfile: None };
        let mut teller = Teller::new(wants, Outlet::to(Box::new(Lines(lines))).unwrap());
        let mut checked: Option<Checked> = None;
        is_logged(&logged(|| checked = Some(teller.tell(report))));
        if !emf || vpce_probes::timestamp::parse_rfc3339(&report.started_at).is_some() {
            first(&written).lines().for_each(is_one_document);
        }
        let checked = checked.unwrap();
        is_one_line(&checked.line);
        for json in [Some(&checked.report), checked.failure.as_ref(), Some(&checked.history)] {
            json.into_iter().for_each(|json| is_one_document(str::from_utf8(json).unwrap()));
        }
        for metrics in [&checked.metrics.text, &checked.metrics.open_metrics] {
            are_metrics(str::from_utf8(metrics).unwrap());
        }
        let mut snapshot = Snapshot::at_start(LIMIT);
        snapshot.last = Some(checked);
        let answer = Answer::of(&snapshot, Instant::now());
        is_one_document(&answer.to_line());
        is_one_line(&answer.judged(true).line);
    }
}

fn of_a_restart(report: &Report) {
    let text = report.surroundings.cluster.value().map_or(EVIL, String::as_str).to_owned();
    let refusal = Refusal::new(RefusalKind::StateUnusable, text.as_str(), text.as_str());
    let action = Action::Systemd { unit: text.clone(), block: true };
    let decisions = [
        Decision::NothingToDo { why: text.clone(), is_well: false },
        Decision::Refused(refusal),
        Decision::Act { action, overridden: vec![text.clone()] },
    ];
    for decision in decisions {
        let mut restart = RestartReport::new(Some(report), decision, false);
        restart.ended(Outcome::NotVerified, text.as_str());
        for args in forms() {
            is_for_people(&render::restart(&restart, &args));
        }
        is_logged(&logged(|| log_decision(&restart)));
        is_logged(&logged(|| log_outcome(&restart)));
    }
}

/// What is written, as soon as it is.
struct Lines(Sender<String>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(String::from_utf8(bytes.to_vec()).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn first(written: &Receiver<String>) -> String {
    written.recv_timeout(LIMIT).unwrap()
}

fn is_plain(text: &str) {
    let is_plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    assert!(text.bytes().all(is_plain), "{text:?}");
}

fn is_for_people(text: &str) {
    is_plain(text);
    let begun = text.lines().find(|line| line.starts_with(EVIL));
    assert_eq!(begun, None, "{text}");
}

fn is_one_line(text: &str) {
    is_plain(text);
    assert!(!text.contains('\n'), "{text}");
}

/// With its newline, or without.
fn is_one_document(text: &str) {
    is_one_line(text.trim_end_matches('\n'));
    assert!(serde_json::from_str::<Value>(text).is_ok(), "{text}");
}

/// Each line has the priority that this program gives it.
fn is_logged(text: &str) {
    is_plain(text);
    for line in text.lines() {
        assert!(["<4>", "<6>", "<7>"].iter().any(|begin| line.starts_with(begin)), "{text}");
        assert!(!line.split_at(3).1.starts_with(EVIL), "{text}");
    }
}

fn are_metrics(text: &str) {
    is_plain(text);
    for line in text.lines() {
        assert!(line.starts_with("vpce_probe_") || line.starts_with("# "), "{text}");
        let outside: String =
            line.replace("\\\\", "").replace("\\\"", "").split('"').step_by(2).collect();
        assert!(!outside.contains(EVIL) || line.starts_with('#'), "{line}");
    }
}
