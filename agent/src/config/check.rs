//! Whether an entry is what its option takes. The option's own reader decides about values.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};
use vpce_probes::catalog::Catalog;

use super::entries::{Entry, Value, shown};
use super::known::{is_number, is_repeatable, is_switch, why_not};
use super::nearest::nearest;

/// The values of an entry as the command line would give them, or what is wrong with it.
pub(super) fn values(entry: &Entry, options: &BTreeMap<&str, &Arg>) -> Result<Vec<String>, String> {
    let key = shown(&entry.key);
    let about = |words: &str| format!("{key}: {words}");
    if let Some(reason) = why_not(&entry.key) {
        return Err(format!("{key} cannot stand in a file: it {reason}"));
    }
    let Some(option) = options.get(entry.key.as_str()) else {
        return Err(unknown(entry, options));
    };
    let values = typed(option, &entry.value).map_err(|words| about(&words))?;
    if is_switch(option) {
        return Ok(values);
    }
    if values.iter().any(|value| value.trim().is_empty()) {
        return Err(about("an empty text says nothing: leave it out"));
    }
    if entry.key == "task-definition" && values.iter().any(|value| value == "-") {
        return Err(about("standard input belongs to one command: name a file"));
    }
    accept(option, &values).map_err(|words| about(&words))?;
    in_the_catalog(&entry.key, &values).map_err(|words| about(&words))?;
    Ok(values)
}

fn unknown(entry: &Entry, options: &BTreeMap<&str, &Arg>) -> String {
    let key = shown(&entry.key);
    if entry.value == Value::Table {
        return format!(
            "there is no table {key}: each option stands on a line of its own, for all commands"
        );
    }
    match nearest(&entry.key, options.keys().copied().filter(|known| why_not(known).is_none())) {
        Some(known) => format!("there is no option {key}: did you mean {known}?"),
        None => format!("there is no option {key}; vpce-probe config shows all"),
    }
}

/// The values, when they are of the type that the option takes.
fn typed(option: &Arg, value: &Value) -> Result<Vec<String>, String> {
    if is_switch(option) {
        return match value {
            Value::Switch(is_on) => Ok(vec![is_on.to_string()]),
            _ => Err("use true or false, without quotes".to_owned()),
        };
    }
    if is_number(option) {
        return match value {
            Value::Number(number) => Ok(vec![number.clone()]),
            _ => Err(format!("use a number without quotes, such as {}", example(option, "1"))),
        };
    }
    match value {
        Value::Text(text) => Ok(vec![text.clone()]),
        Value::Texts(texts) if is_repeatable(option) => Ok(texts.clone()),
        _ if is_repeatable(option) => {
            Err("use a list of texts in quotes, such as [\"...\", \"...\"]".to_owned())
        }
        Value::Number(number) => {
            Err(format!("use a text in quotes, such as \"{}\"", example(option, number)))
        }
        _ => Err(format!("use a text in quotes, such as \"{}\"", example(option, "..."))),
    }
}

fn example(option: &Arg, otherwise: &str) -> String {
    let default = option.get_default_values().first().and_then(|value| value.to_str());
    default.unwrap_or(otherwise).to_owned()
}

/// Asks the option itself.
fn accept(option: &Arg, values: &[String]) -> Result<(), String> {
    let Some(long) = option.get_long() else { return Ok(()) };
    let mut alone = Command::new("option")
        .no_binary_name(true)
        .disable_help_flag(true)
        .arg(option.clone().env(None).global(false));
    let typed: Vec<OsString> =
        values.iter().map(|value| format!("--{long}={value}").into()).collect();
    alone.try_get_matches_from_mut(&typed).map(|_| ()).map_err(|error| reason(&error))
}

fn reason(error: &clap::Error) -> String {
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => shown(value),
        _ => "this".to_owned(),
    };
    match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(words)), _) if !words.is_empty() => {
            format!("there is no {value}: use one of {}", words.join(", "))
        }
        (_, Some(reason)) => reason.to_string(),
        _ => format!("{value} is not accepted"),
    }
}

/// Names of services and features are known to the catalog alone.
fn in_the_catalog(key: &str, values: &[String]) -> Result<(), String> {
    let what = match key {
        "feature" => "feature",
        "service" | "only" | "skip" => "service",
        _ => return Ok(()),
    };
    let catalog = Catalog::builtin().map_err(|error| error.to_string())?;
    let known: Vec<&str> = match what {
        "feature" => catalog.features(),
        _ => catalog.services.iter().map(|service| service.name.as_str()).collect(),
    };
    let mut names = values.iter().flat_map(|value| value.split(','));
    match names.find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => Err(match nearest(name, known.iter().copied()) {
            Some(meant) => format!("there is no {what} {}: did you mean {meant}?", shown(name)),
            None => format!("there is no {what} {}; known are {}", shown(name), known.join(", ")),
        }),
    }
}
