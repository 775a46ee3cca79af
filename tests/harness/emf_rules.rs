//! What Amazon CloudWatch demands of a document in the embedded metric format.
//!
//! Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".

use serde_json::Value;

/// Docker cuts longer lines.
const LONGEST_LINE: usize = 16 * 1024;

/// Units of CloudWatch that the program uses.
const UNITS: [&str; 3] = ["None", "Count", "Milliseconds"];

/// The document of one line, when it keeps the rules.
pub(crate) fn document(line: &str) -> Result<Value, String> {
    let wrong = |what: &str| format!("{what}: {line}");
    if line.len() >= LONGEST_LINE {
        return Err(format!("a line of {} bytes", line.len()));
    }
    let document: Value = serde_json::from_str(line).map_err(|why| wrong(&why.to_string()))?;
    let metadata = &document["_aws"];
    if metadata["Timestamp"].as_u64().is_none_or(|time| time < 1_500_000_000_000) {
        return Err(wrong("no time in milliseconds"));
    }
    let directives = metadata["CloudWatchMetrics"].as_array().ok_or_else(|| wrong("no metrics"))?;
    if directives.is_empty()
        || !directives.iter().all(|directive| keeps_rules(directive, &document))
    {
        return Err(wrong("not of the specification"));
    }
    Ok(document)
}

fn keeps_rules(directive: &Value, document: &Value) -> bool {
    let metrics = directive["Metrics"].as_array().map_or(&[][..], Vec::as_slice);
    let sets = directive["Dimensions"].as_array().map_or(&[][..], Vec::as_slice);
    is_name(&directive["Namespace"])
        && (1..=100).contains(&metrics.len())
        && metrics.iter().all(|metric| {
            let target = metric["Name"].as_str().map(|name| &document[name]);
            is_name(&metric["Name"])
                && target.is_some_and(Value::is_number)
                && metric["Unit"].as_str().is_some_and(|unit| UNITS.contains(&unit))
        })
        && !sets.is_empty()
        && sets.iter().all(|set| {
            set.as_array().is_some_and(|set| {
                set.len() <= 30 && set.iter().all(|dimension| is_dimension(dimension, document))
            })
        })
}

fn is_name(name: &Value) -> bool {
    name.as_str().is_some_and(|name| {
        (1..=255).contains(&name.len())
            && name.bytes().all(|byte| (b' '..=b'~').contains(&byte))
            && !name.starts_with(':')
    })
}

fn is_dimension(name: &Value, document: &Value) -> bool {
    let value = name.as_str().and_then(|name| document[name].as_str());
    is_name(name) && value.is_some_and(|value| !value.trim().is_empty() && value.len() <= 1024)
}
