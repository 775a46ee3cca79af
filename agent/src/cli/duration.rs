//! Durations as people write them: `4s`, `1500ms`, `2m`, `1h`.

use std::time::Duration;

/// Reads how long something may take: from 10 ms to an hour.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    const FORM: &str = "use a number with ms, s or m, such as 4s or 1500ms";
    let limit = parse(text, &[("ms", 0.001), ("s", 1.0), ("m", 60.0)], FORM)?;
    if limit < Duration::from_millis(10) || limit > Duration::from_secs(3600) {
        return Err("must lie between 10ms and 60m".to_owned());
    }
    Ok(limit)
}

/// Reads the time between two moments: up to a week, and none at all.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    const FORM: &str = "use a number with s, m or h, such as 15m or 1h";
    let interval = parse(text, &[("s", 1.0), ("m", 60.0), ("h", 3600.0)], FORM)?;
    if interval > Duration::from_secs(7 * 24 * 3600) {
        return Err("must not be longer than 168h".to_owned());
    }
    Ok(interval)
}

/// Reads the time from one check to the next: from a second to an hour.
pub(super) fn pause(text: &str) -> Result<Duration, String> {
    const FORM: &str = "use a number with s or m, such as 30s or 5m";
    let pause = parse(text, &[("s", 1.0), ("m", 60.0), ("h", 3600.0)], FORM)?;
    if pause < Duration::from_secs(1) || pause > Duration::from_secs(3600) {
        return Err("must lie between 1s and 60m".to_owned());
    }
    Ok(pause)
}

/// Reads a number with one of these units. A bare number is refused: some would mean seconds, some
/// milliseconds.
fn parse(text: &str, units: &[(&str, f64)], form: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let unit_s = units.iter().find(|(name, _)| *name == unit).map(|(_, seconds)| seconds);
    let number: Option<f64> = digits.parse().ok();
    let seconds = unit_s.zip(number).map(|(unit_s, number)| unit_s * number).ok_or(form)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| form.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, milliseconds) in
            [("4s", 4000), ("1500ms", 1500), ("2m", 120_000), ("0.5s", 500), (" 1s ", 1000)]
        {
            assert_eq!(limit(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "500", "1h", "-1s", "1ms", "inf", "NaN", "99999999m", "1e400s", "4 s"]
        {
            assert!(limit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn checks_are_neither_too_often_nor_too_seldom() {
        assert_eq!(pause("1s"), Ok(Duration::from_secs(1)));
        assert_eq!(pause("60m"), Ok(Duration::from_secs(3600)));
        for text in ["0.5s", "61m", "30", "1000ms"] {
            assert!(pause(text).is_err(), "{text}");
        }
    }

    #[test]
    fn intervals_may_be_long_or_nothing() {
        assert_eq!(interval("0s"), Ok(Duration::ZERO));
        assert_eq!(interval("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(interval("24h"), Ok(Duration::from_secs(86_400)));
        for text in ["0", "169h", "-1s", "1d", "5ms", "NaNs", "infh"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
