//! Renderers: each reads a finished report, and none judges.

mod check_line;
mod explain;
mod human;
mod plan_table;
mod style;
mod verbose;
mod wrap;

use serde::Serialize;
use vpce_probes::report::Report;

pub(crate) use self::explain::{code_list, explanation};
pub(crate) use self::plan_table::plan_table;

use self::style::Style;
use crate::cli::OutputArgs;

/// A report in the form that the caller wants.
pub(crate) fn report(report: &Report, args: &OutputArgs) -> String {
    if args.json {
        json(report)
    } else {
        let detail = match (args.short, args.verbose) {
            (true, _) => human::Detail::Short,
            (_, true) => human::Detail::Verbose,
            _ => human::Detail::Usual,
        };
        human::human(report, detail, Style::for_stdout(args.color))
    }
}

/// JSON on one line, as logs and health checks keep it best.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    // The types of this program always serialise: no map has keys that are not text.
    serde_json::to_string(value).map(|text| text + "\n").unwrap_or_default()
}
