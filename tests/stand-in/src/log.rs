//! The lines that the real agent logs of its connections.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::target::Target;

/// Appends the line of a new connection. A log that cannot be written is not worth ending for.
pub(crate) fn connected(file: &Path, target: &Target, cluster: &str) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let line = line(now.as_secs(), target, cluster);
    let opened = OpenOptions::new().create(true).append(true).open(file);
    let _ = opened.and_then(|mut file| file.write_all(line.as_bytes()));
}

/// Source: amazon-ecs-agent, `ecs-agent/wsclient/client.go`, and seelog's logfmt.
fn line(unix_seconds: u64, target: &Target, cluster: &str) -> String {
    format!(
        "level=info time={} msg=\"Establishing a Websocket connection\" \
         url=\"https://{target}/ws?cluster={cluster}\"\n",
        rfc3339(unix_seconds)
    )
}

fn rfc3339(unix_seconds: u64) -> String {
    let (days, rest) = (unix_seconds / 86_400, unix_seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970, counted in years that begin in March so that the leap
/// day is the last one.
fn date(days: u64) -> (u64, u64, u64) {
    let since_march_of_0 = days + 719_468;
    let (era, day_of_era) = (since_march_of_0 / 146_097, since_march_of_0 % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = (months_since_march + 2) % 12 + 1;
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_the_real_one() {
        let target = Target::parse("ecs-a-3.us-east-1.amazonaws.com").unwrap();
        assert_eq!(
            line(1_777_875_182, &target, "lab"),
            "level=info time=2026-05-04T06:13:02Z msg=\"Establishing a Websocket connection\" \
             url=\"https://ecs-a-3.us-east-1.amazonaws.com/ws?cluster=lab\"\n"
        );
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(20_819), (2027, 1, 1));
    }
}
