//! The two text forms of metrics.
//!
//! Sources: Prometheus, "Exposition formats", text format 0.0.4; OpenMetrics 1.0.0.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Exposition;
use crate::render::measured::bounded;

/// What a metric counts as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    /// A constant 1 whose labels tell.
    Info,
}

/// One metric with all its series: its full name, what it counts as, and what it means. The help
/// texts hold nothing that a form would have to escape.
pub(super) struct Family(pub(super) &'static str, pub(super) Kind, pub(super) &'static str);

/// Metrics on their way to text.
pub(super) struct Encoder {
    form: Exposition,
    text: String,
    current: &'static str,
    series: BTreeSet<String>,
}

impl Encoder {
    pub(super) fn new(form: Exposition) -> Self {
        Self { form, text: String::new(), current: "", series: BTreeSet::new() }
    }

    /// Adds a series. All series of a family have to come one after the other. One that is there
    /// already is left out, because a scraper refuses a page that has it twice; labels without a
    /// value are left out, because they mean the same.
    pub(super) fn add(&mut self, family: &Family, labels: &[(&str, &str)], value: f64) {
        if self.current != family.0 {
            self.begin(family);
        }
        let mut shown = String::new();
        for (name, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
            shown.push(if shown.is_empty() { '{' } else { ',' });
            let value = bounded(value).replace('\\', "\\\\").replace('"', "\\\"");
            // Writing to a String cannot fail.
            let _ = write!(shown, "{name}=\"{value}\"");
        }
        if !shown.is_empty() {
            shown.push('}');
        }
        if !self.series.contains(&shown) {
            let _ = writeln!(self.text, "{}{shown} {value}", family.0);
            self.series.insert(shown);
        }
    }

    /// Adds one series for each state: 1 for the current one, 0 for the others. `labels` ends with
    /// the label of the state, whose value is the current one.
    pub(super) fn states(
        &mut self,
        family: &Family,
        labels: &[(&str, &str)],
        states: impl Iterator<Item = &'static str>,
    ) {
        let Some(((name, current), others)) = labels.split_last() else { return };
        for state in states {
            let labels = [others, &[(*name, state)]].concat();
            self.add(family, &labels, f64::from(u8::from(state == *current)));
        }
    }

    /// The page.
    pub(super) fn end(mut self) -> String {
        if self.form == Exposition::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn begin(&mut self, Family(name, kind, help): &Family) {
        self.current = name;
        self.series.clear();
        let text = &mut self.text;
        let (shown, kind) = match (self.form, kind) {
            (_, Kind::Gauge) => (*name, "gauge"),
            (Exposition::Text, Kind::Counter) => (*name, "counter"),
            (Exposition::Text, Kind::Info) => (*name, "gauge"),
            (_, Kind::Counter) => (name.strip_suffix("_total").unwrap_or(name), "counter"),
            (_, Kind::Info) => (name.strip_suffix("_info").unwrap_or(name), "info"),
        };
        let _ = writeln!(text, "# HELP {shown} {help}\n# TYPE {shown} {kind}");
        if self.form == Exposition::OpenMetrics && shown.ends_with("_seconds") {
            let _ = writeln!(text, "# UNIT {shown} seconds");
        }
    }
}
