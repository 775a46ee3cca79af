//! The published JSON Schema is the one of the types, and describes what the program prints.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use vpce_probes::error_text::TextExplanation;
use vpce_probes::event::Event;
use vpce_probes::report::{PlanReport, Report};
use vpce_probes::restart::RestartReport;

const UPDATE: &str = "UPDATE_SCHEMA";

#[test]
fn the_published_schemas_are_those_of_the_types() {
    assert_published("report.schema.json", &schemars::schema_for!(Report));
    assert_published("endpoints.schema.json", &schemars::schema_for!(PlanReport));
    assert_published("explanation.schema.json", &schemars::schema_for!(TextExplanation));
    assert_published("event.schema.json", &schemars::schema_for!(Event));
    assert_published("restart.schema.json", &schemars::schema_for!(RestartReport));
}

fn assert_published(file: &str, schema: &schemars::Schema) {
    let mut text = serde_json::to_string_pretty(schema).unwrap();
    text.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging").join(file);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == text,
        "packaging/{file} is out of date; write it anew with {UPDATE}=1 cargo test --test schema"
    );
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = serde_json::to_value(schemars::schema_for!(Report)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({"schema_version": "1.0", "status": "pass"})));
    assert!(!validator.is_valid(&serde_json::json!([])));
}
