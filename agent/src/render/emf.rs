//! Metrics for Amazon CloudWatch, in the embedded metric format.

use vpce_probes::report::Report;

use crate::watch::Standing;

/// One document a line, each ending with a newline.
pub(crate) fn emf(_report: &Report, _standing: &Standing) -> String {
    String::new()
}
