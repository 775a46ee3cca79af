//! Renderers: each reads a finished report, and none judges.

mod check_line;
mod ecs_agent;
mod emf;
mod error_text;
mod explain;
mod fix;
mod human;
mod line;
mod measured;
mod metrics;
mod page;
mod plan_table;
mod proxies;
mod reasons;
mod restart;
mod settings;
mod style;
#[cfg(test)]
mod test_reports;
mod verbose;
mod wrap;

use std::fmt::Write;

use serde::Serialize;
use vpce_probes::error_text::TextExplanation;
use vpce_probes::report::Report;
use vpce_probes::restart::RestartReport;

pub(crate) use self::emf::emf;
pub(crate) use self::explain::{explanation, explanation_list};
pub(crate) use self::fix::fix;
pub(crate) use self::line::{line, standing_line};
pub(crate) use self::metrics::{Exposition, metrics};
pub(crate) use self::plan_table::plan_table;
pub(crate) use self::settings::{settings, settings_json, template};

use self::human::Detail;
use self::style::Style;
use crate::cli::OutputArgs;

/// A report in the form that the caller wants.
pub(crate) fn report(report: &Report, args: &OutputArgs) -> String {
    if args.json {
        json(report)
    } else {
        human::human(report, Detail::of(args), Style::for_stdout(args.color))
    }
}

/// A report that was saved before, which says so and when.
pub(crate) fn saved_report(report: &Report, args: &OutputArgs) -> String {
    if args.json {
        json(report)
    } else {
        human::saved(report, Detail::of(args), Style::for_stdout(args.color))
    }
}

/// The same report with the ECS agent in front.
pub(crate) fn agent_status(report: &Report, args: &OutputArgs) -> String {
    if args.json {
        json(report)
    } else {
        human::agent_status(report, Detail::of(args), Style::for_stdout(args.color))
    }
}

/// A restart of the ECS agent.
pub(crate) fn restart(report: &RestartReport, args: &OutputArgs) -> String {
    if args.json {
        json(report)
    } else {
        restart::human(report, Detail::of(args), Style::for_stdout(args.color))
    }
}

/// What an error text means, and the report of its check where there is one.
pub(crate) fn text_explanation(explained: &TextExplanation, args: &OutputArgs) -> String {
    if args.json {
        return json(explained);
    }
    let style = Style::for_stdout(args.color);
    let mut text = error_text::human(explained, Detail::of(args), style);
    if let Some(checked) = &explained.report {
        text.push('\n');
        text.push_str(&report(checked, args));
    }
    text
}

/// JSON on one line, as logs and health checks keep it best. It is plain ASCII: what is not stands
/// there as JSON escapes it, so that no terminal obeys it.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    // The types of this program always serialise: no map has keys that are not text.
    let text = serde_json::to_string(value).map(|text| text + "\n").unwrap_or_default();
    if text.bytes().all(is_harmless) { text } else { escaped(&text) }
}

fn is_harmless(byte: u8) -> bool {
    byte.is_ascii() && byte != b'\x7f'
}

/// JSON has such characters only inside of strings, where an escape means the same.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if u8::try_from(c).is_ok_and(is_harmless) {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_ascii_and_says_the_same() {
        let text = "plain \u{9b}31m \u{202e} \u{7f} \u{1f512} \u{1b}";
        let json = json(&[text]);
        assert!(json.trim_end().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
    }
}
