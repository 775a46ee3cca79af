//! Durations as people write them: `4s`, `1500ms`, `2m`.

use std::time::Duration;

/// Longest accepted deadline: an hour.
const LONGEST: Duration = Duration::from_secs(3600);

/// Reads a duration. A bare number is refused: some would mean seconds, some milliseconds.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_s = match text.strip_prefix(digits) {
        Some("ms") => 0.001,
        Some("s") => 1.0,
        Some("m") => 60.0,
        _ => return Err("use a number with ms, s or m, such as 4s or 1500ms".to_owned()),
    };
    let number: f64 = digits
        .parse()
        .map_err(|_| "use a number with ms, s or m, such as 4s or 1500ms".to_owned())?;
    let duration =
        Duration::try_from_secs_f64(number * unit_s).map_err(|error| error.to_string())?;
    if duration < Duration::from_millis(10) || duration > LONGEST {
        return Err("must lie between 10ms and 60m".to_owned());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, milliseconds) in
            [("4s", 4000), ("1500ms", 1500), ("2m", 120_000), ("0.5s", 500), (" 1s ", 1000)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "500", "4h", "-1s", "1ms", "inf", "NaN", "99999999m", "1e400s", "4 s"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
