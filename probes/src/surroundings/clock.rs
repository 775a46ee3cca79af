//! Comparing this machine's clock with that of a metadata service.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// How far `here` is ahead of the `Date` header of an HTTP answer, in milliseconds; negative when it is
/// behind. The header counts whole seconds, so offsets below a second mean nothing.
pub(super) fn clock_offset_ms(here: OffsetDateTime, date_header: &str) -> Option<f64> {
    // An HTTP date says GMT where RFC 2822 wants an offset.
    let rfc2822 = date_header.trim().replace("GMT", "+0000");
    let there = OffsetDateTime::parse(&rfc2822, &Rfc2822).ok()?;
    Some((here - there).as_seconds_f64().round() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_with_an_http_date() {
        let here = OffsetDateTime::from_unix_timestamp(1_763_749_025).unwrap();
        assert_eq!(clock_offset_ms(here, "Fri, 21 Nov 2025 18:17:05 GMT"), Some(0.0));
        assert_eq!(clock_offset_ms(here, "Fri, 21 Nov 2025 17:17:05 GMT"), Some(3_600_000.0));
        assert_eq!(clock_offset_ms(here, "Sat, 22 Nov 2025 18:17:05 GMT"), Some(-86_400_000.0));
        assert_eq!(clock_offset_ms(here, "yesterday"), None);
        assert_eq!(clock_offset_ms(here, ""), None);
    }
}
