//! What was done before: the file that keeps restarts from becoming a loop.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use time::OffsetDateTime;

use super::last_attempt::LastAttempt;
use super::outcome::Outcome;
use crate::timestamp::{parse_rfc3339, rfc3339};

/// The form of the file.
const SCHEMA: u32 = 1;

/// Attempts that are kept.
const MOST: usize = 10;

/// Three centuries: no kernel tells more.
const LONGEST_UPTIME_S: f64 = 1e10;

/// The last attempts, the newest last, as the file holds them.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attempts {
    schema: u32,
    attempts: Vec<Attempt>,
}

/// One attempt to restart the agent. It is written down before it is made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attempt {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The boot in which it was, where the kernel tells.
    #[serde(flatten)]
    pub boot: Option<Boot>,
    /// What was done, in words.
    pub action: String,
    /// What came of it; none when nobody lived to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A moment by a clock that nobody sets.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Boot {
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
    /// Seconds since that boot, to hundredths, as the kernel tells them.
    #[serde(deserialize_with = "hundredths")]
    pub uptime_s: f64,
}

/// Why the file tells nothing.
#[derive(Debug, Error)]
pub enum DamagedHistory {
    /// Not what this program writes.
    #[error("it is not what vpce-probe writes there: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Of a form that this program does not know.
    #[error("it is of form {0}, which this version does not know")]
    Form(u32),
    /// An attempt without a time.
    #[error("an attempt stands there with the time {0:?}, which is none")]
    Time(String),
    /// An attempt at a moment that no kernel tells.
    #[error("an attempt stands there {0} seconds after a boot, which cannot be")]
    Uptime(f64),
}

impl Default for Attempts {
    fn default() -> Self {
        Self { schema: SCHEMA, attempts: Vec::new() }
    }
}

impl Attempts {
    /// Reads what [`Attempts::to_json`] wrote.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn from_json(text: &str) -> Result<Self, DamagedHistory> {
        #[derive(Deserialize)]
        struct Form {
            schema: u32,
        }
        let Form { schema } = serde_json::from_str(text)?;
        if schema != SCHEMA {
            return Err(DamagedHistory::Form(schema));
        }
        let read: Self = serde_json::from_str(text)?;
        for attempt in &read.attempts {
            if parse_rfc3339(&attempt.at).is_none() {
                return Err(DamagedHistory::Time(attempt.at.chars().take(40).collect()));
            }
            let uptime_s = attempt.boot.as_ref().map_or(0.0, |boot| boot.uptime_s);
            if !(0.0..=LONGEST_UPTIME_S).contains(&uptime_s) {
                return Err(DamagedHistory::Uptime(uptime_s));
            }
        }
        Ok(read)
    }

    /// The file's content.
    pub fn to_json(&self) -> String {
        // These types always serialise: there is no map with keys that are not text.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// Adds an attempt, and forgets the oldest: of those that nobody accepted first, so that they
    /// never push out one that binds.
    pub fn add(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
        while self.attempts.len() > MOST {
            let failed = self.attempts.iter().position(|attempt| !attempt.was_made());
            self.attempts.remove(failed.unwrap_or_default());
        }
    }

    /// Writes down what came of the last attempt.
    pub fn ended(&mut self, outcome: Outcome) {
        if let Some(last) = self.attempts.last_mut() {
            last.outcome = Some(outcome);
        }
    }

    /// The last restart, unless it was before this boot: an agent that was started by a boot has had
    /// none. Nor is it one when nobody accepted the request.
    pub fn last(&self, now: SystemTime, boot: Option<&Boot>) -> Option<LastAttempt> {
        let mut made = self.attempts.iter().rev().filter(|attempt| attempt.was_made()).peekable();
        let last = *made.peek()?;
        let ago = match (&last.boot, boot) {
            (Some(then), Some(now)) if then.boot_id != now.boot_id => return None,
            // Uptime goes only forward. One that does not was not written by this program.
            (Some(then), Some(now)) => seconds(now.uptime_s - then.uptime_s),
            // A time in the future is of a clock that was set since: it says nothing.
            _ => parse_rfc3339(&last.at)
                .and_then(|then| Duration::try_from(OffsetDateTime::from(now) - then).ok())
                .unwrap_or_default(),
        };
        let in_vain = made.take_while(|attempt| attempt.was_in_vain_beside(last)).count();
        Some(LastAttempt { at: last.at.clone(), ago, in_vain })
    }
}

impl Attempt {
    /// An attempt that is about to be made.
    pub fn new(now: SystemTime, boot: Option<Boot>, action: String) -> Self {
        Self { at: rfc3339(now.into()), boot, action, outcome: None }
    }

    /// Whether the agent may have been restarted by it.
    fn was_made(&self) -> bool {
        self.outcome != Some(Outcome::Failed)
    }

    /// Whether it was not seen to help, in the same boot as the other as far as is known.
    fn was_in_vain_beside(&self, other: &Self) -> bool {
        let boot = |attempt: &Self| attempt.boot.as_ref().map(|boot| boot.boot_id.clone());
        let is_of_another_boot =
            boot(self).zip(boot(other)).is_some_and(|(one, other)| one != other);
        matches!(self.outcome, None | Some(Outcome::NotVerified)) && !is_of_another_boot
    }
}

impl Boot {
    /// From the texts of `/proc/sys/kernel/random/boot_id` and `/proc/uptime`.
    pub fn from_proc(boot_id: &str, uptime: &str) -> Option<Self> {
        let boot_id = boot_id.trim();
        let uptime_s: f64 = uptime.split_whitespace().next()?.parse().ok()?;
        let is_id = !boot_id.is_empty() && boot_id.len() <= 64 && uptime_s.is_finite();
        is_id.then(|| Self { boot_id: boot_id.to_owned(), uptime_s })
    }
}

/// As written, a number of few digits is read again as the same.
fn hundredths<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    f64::deserialize(from).map(|number| (number * 100.0).round() / 100.0)
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T21:00:00Z";

    fn at(text: &str) -> SystemTime {
        parse_rfc3339(text).unwrap().into()
    }

    fn boot(boot_id: &str, uptime_s: f64) -> Option<Boot> {
        Some(Boot { boot_id: boot_id.to_owned(), uptime_s })
    }

    fn ago(then: (&str, Option<Boot>), now: Option<&Boot>) -> Option<Duration> {
        let mut attempts = Attempts::default();
        attempts.add(Attempt::new(at(then.0), then.1, "x".to_owned()));
        let read = Attempts::from_json(&attempts.to_json()).unwrap();
        assert_eq!(read, attempts);
        read.last(at(NOW), now).map(|last| last.ago)
    }

    #[test]
    fn the_clock_that_nobody_sets_comes_first() {
        let s = |seconds| Some(Duration::from_secs(seconds));
        let earlier = "2026-11-21T20:50:00Z";
        assert_eq!(ago((earlier, boot("a", 100.0)), boot("a", 160.0).as_ref()), s(60));
        assert_eq!(ago((earlier, boot("a", 200.0)), boot("a", 160.0).as_ref()), s(0));
        assert_eq!(ago((earlier, boot("a", 100.0)), boot("b", 160.0).as_ref()), None);
        assert_eq!(ago((earlier, None), boot("a", 160.0).as_ref()), s(600));
        assert_eq!(ago((earlier, boot("a", 100.0)), None), s(600));
        assert_eq!(ago(("2036-11-21T20:50:00Z", None), None), s(0));
        assert_eq!(Attempts::default().last(at(NOW), None), None);
    }

    #[test]
    fn what_nobody_accepted_is_no_restart() {
        let mut attempts = Attempts::default();
        attempts.add(Attempt::new(at("2026-11-21T20:30:00Z"), None, "first".to_owned()));
        attempts.add(Attempt::new(at("2026-11-21T20:50:00Z"), None, "second".to_owned()));
        attempts.ended(Outcome::Failed);
        let last = |attempts: &Attempts| attempts.last(at(NOW), None).unwrap().ago;
        assert_eq!(last(&attempts), Duration::from_secs(1800));
        for _ in 0..25 {
            attempts.add(Attempt::new(at("2026-11-21T20:55:00Z"), None, "again".to_owned()));
            attempts.ended(Outcome::Failed);
        }
        assert_eq!(last(&attempts), Duration::from_secs(1800), "it is still there");
    }

    #[test]
    fn attempts_in_vain_are_counted_from_the_newest() {
        use Outcome::{Failed, NotVerified, Queued, Verified};
        let in_vain = |outcomes: &[Option<Outcome>]| {
            let mut attempts = Attempts::default();
            for outcome in outcomes {
                attempts.add(Attempt::new(at(NOW), boot("a", 1.5), "x".to_owned()));
                if let Some(outcome) = outcome {
                    attempts.ended(*outcome);
                }
            }
            attempts.last(at(NOW), None).map(|last| last.in_vain)
        };
        assert_eq!(in_vain(&[]), None);
        assert_eq!(in_vain(&[Some(NotVerified), Some(Verified)]), Some(0));
        assert_eq!(in_vain(&[Some(NotVerified), Some(Queued)]), Some(0));
        assert_eq!(in_vain(&[Some(Verified), Some(NotVerified)]), Some(1));
        assert_eq!(in_vain(&[Some(Verified), Some(NotVerified), None]), Some(2));
        assert_eq!(in_vain(&[None, Some(Failed), Some(NotVerified), Some(Failed)]), Some(2));
        let mut attempts = Attempts::default();
        attempts.add(Attempt::new(at(NOW), boot("a", 1.5), "x".to_owned()));
        attempts.add(Attempt::new(at(NOW), boot("b", 1.5), "x".to_owned()));
        assert_eq!(attempts.last(at(NOW), None).unwrap().in_vain, 1, "a boot starts the agent");
    }

    #[test]
    fn only_the_last_attempts_are_kept_with_what_came_of_them() {
        let mut attempts = Attempts::default();
        attempts.ended(Outcome::Verified);
        for number in 0..25 {
            attempts.add(Attempt::new(at(NOW), boot("a", 1.5), format!("number {number}")));
        }
        attempts.ended(Outcome::NotVerified);
        let text = attempts.to_json();
        assert!(text.starts_with(r#"{"schema":1,"attempts":[{"at":"2026-11-21T21:00:00Z","boot_id":"a","uptime_s":1.5,"action":"number 15"}"#), "{text}");
        assert!(text.ends_with("\"number 24\",\"outcome\":\"not-verified\"}]}\n"), "{text}");
        assert_eq!(Attempts::from_json(&text).unwrap(), attempts);
    }

    #[test]
    fn anything_else_is_damage() {
        for text in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            r#"{"schema":1}"#,
            r#"{"schema":2,"attempts":[]}"#,
            r#"{"schema":1,"attempts":[{"at":"yesterday","action":"x"}]}"#,
            r#"{"schema":1,"attempts":[{"at":1,"action":"x"}]}"#,
            "{\"schema\":1,\"attempts\":[]}\0\0\0",
        ] {
            assert!(Attempts::from_json(text).is_err(), "{text}");
        }
        let newer =
            r#"{"schema":1,"attempts":[{"at":"2026-11-21T21:00:00Z","action":"x","more":1}]}"#;
        assert!(Attempts::from_json(newer).is_ok());
    }

    #[test]
    fn the_kernel_tells_the_boot() {
        assert_eq!(Boot::from_proc("a-b\n", "12.50 99.0\n"), boot("a-b", 12.5));
        for (id, uptime) in [("", "1 1"), ("a", ""), ("a", "x"), ("a", "inf"), ("a", "NaN")] {
            assert_eq!(Boot::from_proc(id, uptime), None, "{id} {uptime}");
        }
    }
}
