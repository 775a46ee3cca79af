//! What the checks of a watch amount to.

use std::time::SystemTime;

use vpce_probes::status::Status;

/// What the checks so far amount to.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The verdict, which changes only when several checks in a row agree that it has to.
    pub(crate) verdict: Status,
    /// Whether that verdict is exit code 0.
    pub(crate) is_healthy: bool,
    /// When the verdict became what it is, by this machine's clock.
    pub(crate) since: SystemTime,
    /// How often the verdict has changed; the first one is no change.
    pub(crate) changes: u64,
    /// The status of the last check, whether it counts already or not.
    pub(crate) latest: Status,
    /// The checks so far, by their status; statuses that never came are not in it.
    pub(crate) checks: Vec<(Status, u64)>,
    /// Lines for stdout that were lost so far, because nobody read them.
    pub(crate) lines_lost: u64,
}
