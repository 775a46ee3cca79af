//! Reports to render in tests: saved ones of lab scenarios.

use std::time::{Duration, SystemTime};

use vpce_probes::report::Report;
use vpce_probes::status::Status;

use crate::watch::Standing;

/// Of the scenario `healthy-ec2`.
pub(super) fn healthy() -> Report {
    Report::from_saved(include_str!("../../../tests/reports/healthy-ec2.json")).unwrap()
}

/// Of the scenario `ecs-telemetry-missing`.
pub(super) fn broken() -> Report {
    Report::from_saved(include_str!("../../../tests/reports/ecs-telemetry-missing.json")).unwrap()
}

/// The third verdict of a watch.
pub(super) fn standing(verdict: Status) -> Standing {
    Standing {
        verdict,
        is_healthy: verdict == Status::Pass,
        since: SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_310_000_250),
        changes: 2,
        latest: Status::Unknown,
        checks: vec![(Status::Pass, 40), (Status::Fail, 3)],
        lines_lost: 5,
    }
}
