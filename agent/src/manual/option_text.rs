//! What a page says of one option.

use clap::{Arg, ArgAction};

use super::roff::{Roff, bold, italic};
use crate::config::{is_repeatable, why_not};

/// The option with everything about it.
pub(super) fn write(page: &mut Roff, option: &Arg) {
    // The built-in text speaks of the other help, which a page is not.
    let help = match option.get_long() {
        Some("help") => "Print help; -h prints a summary".to_owned(),
        _ => option.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    page.tagged(&tag(option), &help);
    write_facts(page, option);
}

/// What it can be set to, what it is by itself, and what else sets it.
pub(super) fn write_facts(page: &mut Roff, option: &Arg) {
    if takes_value(option) && !option.is_hide_possible_values_set() {
        for value in option.get_possible_values() {
            let about = value.get_help().map(ToString::to_string).unwrap_or_default();
            page.below(&format!("{}: {about}", value.get_name()));
        }
    }
    let defaults: Vec<_> =
        option.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let mut facts = Vec::new();
    if takes_value(option) && !defaults.is_empty() {
        facts.push(format!("Unless given: {}.", defaults.join(",")));
    }
    if let Some(variable) = option.get_env() {
        facts.push(format!("Variable: {}.", variable.to_string_lossy()));
    }
    if option.get_long().is_some_and(|long| why_not(long).is_some()) && option.get_env().is_some() {
        facts.push("Not in the configuration file.".to_owned());
    }
    if !facts.is_empty() {
        page.below(&facts.join(" "));
    }
}

/// `-v, --verbose`, `--region REGION`, or `CODE|TEXT` of what is no option.
fn tag(option: &Arg) -> String {
    let short = option.get_short().map(|short| bold(&format!("-{short}")));
    let long = option.get_long().map(|long| bold(&format!("--{long}")));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let value = takes_value(option).then(|| italic(&placeholder(option)));
    let more = is_repeatable(option).then_some(" ...");
    let words: Vec<String> = [names.join(", ")].into_iter().chain(value).collect();
    format!("{}{}", words.join(" ").trim(), more.unwrap_or_default())
}

/// What stands for its value: `REGION`.
pub(super) fn placeholder(option: &Arg) -> String {
    let name = option.get_value_names().and_then(<[_]>::first);
    name.map(ToString::to_string).unwrap_or_default()
}

pub(super) fn takes_value(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append)
}
