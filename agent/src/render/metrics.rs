//! Metrics for Prometheus.

use vpce_probes::report::Report;

use crate::watch::Standing;

/// The two forms of one exposition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exposition {
    /// Prometheus text format 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// The metrics of a check, and of what the checks of a watch amount to.
pub(crate) fn metrics(_report: &Report, _standing: Option<&Standing>, _form: Exposition) -> String {
    String::new()
}
