//! Times as the report shows them: RFC 3339 in UTC, and durations in milliseconds.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The moment as `2026-11-21T18:17:05Z`, to the second.
pub fn rfc3339(moment: OffsetDateTime) -> String {
    moment
        .to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .ok()
        .and_then(|whole| whole.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// Reads what [`rfc3339`] writes.
pub fn parse_rfc3339(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// A duration in milliseconds, to a hundredth, as every `..._ms` field holds it.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_utc_to_the_second() {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(1_763_749_025_123_456_789).unwrap();
        let text = rfc3339(moment);
        assert_eq!(text, "2025-11-21T18:17:05Z");
        assert_eq!(parse_rfc3339(&text).unwrap().unix_timestamp(), 1_763_749_025);
    }

    #[test]
    fn rounds_to_a_hundredth_of_a_millisecond() {
        assert_eq!(milliseconds(Duration::from_micros(1_234_567)), 1234.57);
    }
}
