//! Which form of the metrics a scraper wants.

/// How much a client wants something, in thousandths.
type Quality = u16;

/// Whether OpenMetrics 1.0 is wanted, by name and no less than the Prometheus text format. Who
/// takes anything, like a person's browser, gets the text format, which everything reads.
pub(super) fn wants_open_metrics<'a>(accepted: impl Iterator<Item = &'a str>) -> bool {
    let (mut open_metrics, mut text, mut anything) = (0, None, 0);
    for range in accepted.flat_map(|header| header.split(',')) {
        let (name, version, quality) = parts(range);
        match name.to_ascii_lowercase().as_str() {
            "application/openmetrics-text" if matches!(version, None | Some("1.0.0")) => {
                open_metrics = quality.max(open_metrics);
            }
            "text/plain" if matches!(version, None | Some("0.0.4")) => {
                text = text.max(Some(quality));
            }
            "text/*" | "*/*" => anything = quality.max(anything),
            _ => {}
        }
    }
    open_metrics > 0 && open_metrics >= text.unwrap_or(anything)
}

/// `text/plain; version=0.0.4; q=0.5` in its parts. A quality that is not understood is full.
fn parts(range: &str) -> (&str, Option<&str>, Quality) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let (mut version, mut quality) = (None, 1_000);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key.trim().to_ascii_lowercase().as_str() {
            "version" => version = Some(value.trim().trim_matches('"')),
            "q" => quality = thousandths(value.trim()),
            _ => {}
        }
    }
    (name, version, quality)
}

fn thousandths(text: &str) -> Quality {
    let Ok(number) = text.parse::<f64>() else { return 1_000 };
    // A cast of a float keeps within the bounds.
    (number.clamp(0.0, 1.0) * 1_000.0).round() as Quality
}

#[cfg(test)]
mod tests {
    use super::wants_open_metrics as wants;

    #[test]
    fn scrapers_get_what_they_want() {
        let prometheus_2 = "application/openmetrics-text;version=1.0.0;q=0.75,\
             application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.25,\
             */*;q=0.1";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,\
             */*;q=0.2";
        for header in [
            prometheus_2,
            prometheus_3,
            "application/openmetrics-text",
            "Application/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8 ; Q=0.3, text/plain;q=0.2",
            "application/openmetrics-text, */*",
            "application/openmetrics-text;q=0.5, text/plain;version=1.0.0",
        ] {
            assert!(wants([header].into_iter()), "{header}");
        }
        assert!(wants(["text/plain;q=0.1", "application/openmetrics-text"].into_iter()));
    }

    #[test]
    fn everybody_else_gets_text() {
        let telegraf_like = "text/plain;version=0.0.4;q=1,*/*;q=0.1";
        for header in [
            "",
            "*/*",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            telegraf_like,
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;q=-1",
            "application/openmetrics-text;version=0.0.1",
            "application/openmetrics-text;q=0.5, text/plain",
            "application/openmetrics-text;q=0.5, */*",
            ";;;,,,=;q=;q",
        ] {
            assert!(!wants([header].into_iter()), "{header}");
        }
        assert!(!wants(std::iter::empty()));
    }
}
