//! The published JSON Schema is the one of the types, and describes what the program prints.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use vpce_probes::report::Report;

const UPDATE: &str = "UPDATE_SCHEMA";

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let schema = schemars::schema_for!(Report);
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/report.schema.json");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == text,
        "packaging/report.schema.json is out of date; write it anew with {UPDATE}=1 cargo test --test schema"
    );
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = serde_json::to_value(schemars::schema_for!(Report)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({"schema_version": "1.0", "status": "pass"})));
    assert!(!validator.is_valid(&serde_json::json!([])));
}
