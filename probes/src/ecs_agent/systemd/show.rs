//! What `systemctl show` writes: `KEY=VALUE` lines, with an empty line between units.

use std::collections::BTreeMap;

use crate::timestamp::{parse_rfc3339, rfc3339};

/// More units than are ever asked for at once.
const MAX_UNITS: usize = 64;

/// Properties of one unit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UnitProperties(BTreeMap<String, String>);

impl UnitProperties {
    /// The value of a property; none when it is empty or not told. Older versions of systemd do not
    /// know every property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A property that is a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// A property that is a moment, RFC 3339 in UTC.
    pub fn moment(&self, name: &str) -> Option<String> {
        self.get(name).and_then(moment)
    }
}

pub(in crate::ecs_agent) fn parse(text: &str) -> Vec<UnitProperties> {
    let mut units = Vec::new();
    let mut current = UnitProperties::default();
    for line in text.lines().chain([""]) {
        if let Some((key, value)) = line.split_once('=') {
            current.0.insert(key.to_owned(), value.to_owned());
        } else if line.is_empty() && !current.0.is_empty() && units.len() < MAX_UNITS {
            units.push(std::mem::take(&mut current));
        }
    }
    units
}

/// `Sat 2026-11-21 21:10:55 UTC`.
fn moment(text: &str) -> Option<String> {
    let mut words = text.split_ascii_whitespace();
    let (_weekday, date, time, zone) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let moment = (zone == "UTC").then(|| format!("{date}T{time}Z"))?;
    parse_rfc3339(&moment).map(rfc3339)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_are_kept_apart() {
        let units =
            parse("Id=a.service\nJob=12\n\nId=b.service\nEnvironment=A=b C=d\nResult=\n\n\n");
        assert_eq!(units.len(), 2);
        assert_eq!(units[0].get("Id"), Some("a.service"));
        assert_eq!(units[0].number::<u32>("Job"), Some(12));
        assert_eq!(units[1].get("Environment"), Some("A=b C=d"));
        assert_eq!((units[1].get("Result"), units[1].get("Job")), (None, None));
        assert!(parse("").is_empty() && parse("Running in chroot, ignoring request.\n").is_empty());
    }

    #[test]
    fn moments_are_read_in_utc_only() {
        let read = |text: &str| moment(text);
        assert_eq!(read("Sat 2026-11-21 21:10:55 UTC").as_deref(), Some("2026-11-21T21:10:55Z"));
        assert_eq!(
            read("Sat 2026-11-21 21:10:55.123456 UTC").as_deref(),
            Some("2026-11-21T21:10:55Z")
        );
        for other in ["", "n/a", "Sat 2026-11-21 21:10:55 CET", "Sat 2026-11-21", "a b c UTC"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([A-Z]=|\n|Sat |2026-11-21 |UTC|\\PC)*") {
            let _ = parse(&text);
            let _ = moment(&text);
        }
    }
}
