//! What the options are set to, as a file that sets them so.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};
use vpce_probes::printable::printable;

use super::json;
use crate::cli::{ConfigArgs, Effective, Form, Origin};

/// Values that are longer do not move what stands beside the others.
const WIDEST: usize = 48;

/// The options for a person, and as a file.
pub(crate) fn settings(args: &ConfigArgs) -> String {
    let file = printable(&args.file.display().to_string());
    let mut text = format!("# {file}{}\n\n", if args.is_there { "" } else { " (not there)" });
    let lines: Vec<(String, String)> =
        args.options.iter().map(|option| (line(option), origin(option, &file))).collect();
    let width = lines.iter().map(|(line, _)| line.len()).filter(|width| *width <= WIDEST).max();
    let width = width.unwrap_or_default();
    for (line, origin) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line:width$}  # {origin}");
    }
    text
}

/// The same for a machine.
pub(crate) fn settings_json(args: &ConfigArgs) -> String {
    json(&Told {
        schema_version: "1.0",
        file: args.file.to_string_lossy(),
        file_is_there: args.is_there,
        values: args.options.iter().map(of_option).collect(),
    })
}

/// Its parts in their order.
#[derive(Serialize)]
struct Told<'a> {
    schema_version: &'static str,
    file: Cow<'a, str>,
    file_is_there: bool,
    values: Vec<Value>,
}

/// A file in which every option is explained and none is set.
pub(crate) fn template(options: &[Effective]) -> String {
    let mut text = "\
# Options of vpce-probe. A line counts without its #. What is typed or set by an environment variable
# counts before this file. vpce-probe config shows what is set by what.
"
    .to_owned();
    for option in options {
        let sample = if option.values.is_empty() { placeholder(option) } else { value(option) };
        let _ = write!(text, "\n# {}\n#{} = {sample}\n", printable(&option.help), option.key);
    }
    text
}

fn line(option: &Effective) -> String {
    match option.origin {
        Origin::Nothing => format!("#{} =", option.key),
        _ => format!("{} = {}", option.key, value(option)),
    }
}

fn origin(option: &Effective, file: &str) -> String {
    let origin = match &option.origin {
        Origin::CommandLine => "command line".to_owned(),
        Origin::Environment(variable) => format!("environment {variable}"),
        Origin::File(line) => format!("{file}, line {line}"),
        Origin::Default => "default".to_owned(),
        Origin::Nothing => "not set".to_owned(),
    };
    match option.instead {
        Some(form) => format!("{origin}, but {form} counts instead"),
        None => origin,
    }
}

/// The value as a file has it.
fn value(option: &Effective) -> String {
    let first = option.values.first().map(String::as_str).unwrap_or_default();
    match option.form {
        Form::Text => quoted(first),
        Form::Number | Form::Switch => printable(first),
        Form::Texts => {
            let texts: Vec<String> = option.values.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        }
    }
}

fn placeholder(option: &Effective) -> String {
    let word = quoted(&option.placeholder);
    if option.form == Form::Texts { format!("[{word}]") } else { word }
}

/// A text of TOML in plain ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}

fn of_option(option: &Effective) -> Value {
    let first = option.values.first();
    let value = match option.form {
        _ if option.origin == Origin::Nothing => Value::Null,
        Form::Text => json!(first),
        Form::Texts => json!(option.values),
        Form::Switch => json!(first.is_some_and(|value| value == "true")),
        Form::Number => json!(first.and_then(|number| number.parse::<u64>().ok())),
    };
    let (origin, by) = match &option.origin {
        Origin::CommandLine => ("command-line", None),
        Origin::Environment(variable) => ("environment", Some(("variable", json!(variable)))),
        Origin::File(line) => ("file", Some(("line", json!(line)))),
        Origin::Default => ("default", None),
        Origin::Nothing => ("not-set", None),
    };
    let instead = option.instead.map(|form| ("instead", json!(form)));
    let always = [("key", json!(option.key)), ("value", value), ("origin", json!(origin))];
    let told = always.into_iter().chain(by).chain(instead);
    Value::Object(told.map(|(name, value)| (name.to_owned(), value)).collect())
}
