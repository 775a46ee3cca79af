use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;

use super::*;

fn entry(message: &str, fields: &[(&'static str, Value)]) -> Entry {
    let mut entry = Entry::new(message.to_owned());
    entry.fields.extend_from_slice(fields);
    entry
}

fn line(form: Form, level: Level, entry: &Entry) -> String {
    form.line(UNIX_EPOCH + Duration::from_secs(1_763_749_025), level, entry)
}

#[test]
fn text_is_for_people_and_for_grep() {
    let entry = entry(
        "agent-restart",
        &[
            ("decision", json!("act")),
            ("reason", json!("Not \"now\".\n\u{1b}[31m\u{e9}")),
            ("seen", json!("")),
            ("elapsed_ms", json!(12)),
            ("dry_run", json!(true)),
        ],
    );
    let words = r#"agent-restart decision=act reason="Not \"now\".\u{a}\u{1b}[31m\u{e9}" seen="" elapsed_ms=12 dry_run=true"#;
    let file = Form::new(LogFormat::Text, false);
    assert_eq!(line(file, Level::INFO, &entry), format!("2025-11-21T18:17:05Z INFO {words}\n"));
    let journal = Form::new(LogFormat::Text, true);
    for (level, priority) in
        [(Level::ERROR, 3), (Level::WARN, 4), (Level::INFO, 6), (Level::DEBUG, 7)]
    {
        assert_eq!(line(journal, level, &entry), format!("<{priority}>{words}\n"));
    }
}

#[test]
fn json_is_one_ascii_object_a_line() {
    let entry = entry("Broke\n\u{202e}", &[("checks", json!(3)), ("why", json!("\u{1f512}"))]);
    let told = line(Form::new(LogFormat::Json, false), Level::WARN, &entry);
    let start = r#"{"at":"2025-11-21T18:17:05Z","level":"warn","message":"Broke\n"#;
    assert!(told.starts_with(start), "{told}");
    assert!(told.trim_end().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{told}");
    let read: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "at": "2025-11-21T18:17:05Z", "level": "warn", "message": "Broke\n\u{202e}",
        "checks": 3, "why": "\u{1f512}",
    });
    assert_eq!(read, expected);
    let for_journal = line(Form::new(LogFormat::Json, true), Level::WARN, &entry);
    assert_eq!(for_journal, format!("<4>{told}"));
}
