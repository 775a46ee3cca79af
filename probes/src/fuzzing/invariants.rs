//! What holds of whatever is read, whatever it was read from.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::CATALOG;
use crate::observation::Observations;
use crate::plan::{Place, Selection, plan};
use crate::region;
use crate::report::Report;
use crate::status::Status;
use crate::surroundings::Surroundings;

/// Longest text that anything read from outside gets into a report, in bytes.
const LONGEST: usize = 8 * 1024;

/// No text in it is longer than a person would read.
pub fn assert_short_texts<T: Serialize>(read: &T) {
    fn each(value: &Value) {
        match value {
            Value::String(text) => {
                assert!(text.len() <= LONGEST, "a text of {} bytes: {text:.200}", text.len());
            }
            Value::Array(all) => all.iter().for_each(each),
            Value::Object(all) => all.iter().for_each(|(key, value)| {
                assert!(key.len() <= LONGEST, "a key of {} bytes", key.len());
                each(value);
            }),
            _ => {}
        }
    }
    each(&serde_json::to_value(read).unwrap_or_default());
}

/// What is saved is what is read again.
pub fn assert_round_trip<T>(read: &T)
where
    T: Debug + DeserializeOwned + PartialEq + Serialize,
{
    let json = serde_json::to_string(read).unwrap_or_default();
    let again: Option<T> = serde_json::from_str(&json).ok();
    assert_eq!(again.as_ref(), Some(read), "{json}");
}

/// Surroundings lead through plan and judgement, and never to a verdict about what nobody checked.
pub(crate) fn assert_surroundings(surroundings: &Surroundings) {
    assert_short_texts(surroundings);
    assert_round_trip(surroundings);
    let region = surroundings.region.value();
    assert!(region.is_none_or(|region| region::is_well_formed(region)), "{region:?}");
    let Some(catalog) = CATALOG.as_ref() else { return };
    let plan = plan(catalog, &Place::of(surroundings), &Selection::default());
    let nothing = Observations::new(SystemTime::UNIX_EPOCH, Duration::from_secs(4), Vec::new());
    let report = Report::new(surroundings.clone(), plan, nothing);
    assert!(report.status != Status::Pass, "nothing was checked: {:?}", report.summary);
    assert_short_texts(&report);
}
