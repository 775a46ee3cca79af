//! Formats that no part of the way through the library has for itself.

use std::time::{Duration, SystemTime};

use super::{CATALOG, assert_round_trip, assert_short_texts};
use crate::plan::{Place, Selection, plan};
use crate::restart::{Attempt, Attempts, Boot, Outcome};
use crate::task_definition::task_definition as read_task_definition;

/// A task definition, in any of the forms that people have at hand.
pub fn task_definition(bytes: &[u8]) {
    let (Some(catalog), Ok(text)) = (CATALOG.as_ref(), std::str::from_utf8(bytes)) else { return };
    match read_task_definition(catalog, text) {
        Ok(task) => {
            let selection = Selection { task, ..Selection::default() };
            let planned = plan(catalog, &Place::default(), &selection);
            assert_eq!(planned, plan(catalog, &Place::default(), &selection));
            assert_round_trip(&planned);
            assert_short_texts(&planned);
        }
        Err(error) => assert_short_texts(&error.to_string()),
    }
}

/// The record of restarts.
pub fn restart_record(bytes: &[u8]) {
    const KEPT: usize = 10;
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut attempts = match Attempts::from_json(text) {
        Ok(attempts) => attempts,
        Err(error) => return assert_short_texts(&error.to_string()),
    };
    assert_eq!(Attempts::from_json(&attempts.to_json()).ok().as_ref(), Some(&attempts));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let boot = Boot::from_proc("0f3a1b2c-4d5e-6f70-8192-0a1b2c3d4e5f", "86400.25 1.0");
    attempts.last(now, boot.as_ref());
    attempts.add(Attempt::new(now, boot.clone(), "systemctl restart ecs".to_owned()));
    let last = attempts.last(now, boot.as_ref());
    assert!(last.is_some_and(|last| last.ago.is_zero() && last.in_vain > 0), "{attempts:?}");
    attempts.ended(Outcome::Verified);
    let last = attempts.last(now, boot.as_ref());
    assert!(last.is_some_and(|last| last.ago.is_zero() && last.in_vain == 0), "{attempts:?}");
    let again = Attempts::from_json(&attempts.to_json());
    assert_eq!(again.ok().as_ref(), Some(&attempts));
    assert!(attempts.to_json().matches("\"at\":").count() <= 2 * KEPT, "{attempts:?}");
}
