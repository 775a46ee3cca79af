//! Laying a scenario's changes over its base VPC.

use toml::{Table, Value};

/// The value that removes a key instead of setting it.
const ABSENT: &str = "absent";

/// The tables whose entries can be removed.
const REMOVABLE_ENTRIES: [&str; 10] = [
    "names",
    "servers",
    "resolvers",
    "routes",
    "files",
    "odd_files",
    "documents",
    "raw",
    "env",
    "units",
];

/// The parts of the VPC that can be removed as a whole.
const REMOVABLE_PARTS: [&str; 6] = ["imds", "task_metadata", "path", "agent", "docker", "systemd"];

/// Merges tables key by key; every other value replaces the one below it.
pub(crate) fn merge(base: &mut Table, changes: Table) {
    merge_table(base, changes, None);
}

fn merge_table(base: &mut Table, changes: Table, inside: Option<&str>) {
    for (key, change) in changes {
        if change.as_str() == Some(ABSENT) && removable(inside, &key) {
            base.remove(&key);
            continue;
        }
        match (base.get_mut(&key), change) {
            (Some(Value::Table(below)), Value::Table(above)) => {
                merge_table(below, above, Some(&key));
            }
            // A table that is new still has its removals taken out of it.
            (_, Value::Table(above)) => {
                let mut fresh = Table::new();
                merge_table(&mut fresh, above, Some(&key));
                base.insert(key, Value::Table(fresh));
            }
            (_, change) => {
                base.insert(key, change);
            }
        }
    }
}

fn removable(inside: Option<&str>, key: &str) -> bool {
    match inside {
        None => REMOVABLE_PARTS.contains(&key),
        Some("docker") => key == "container",
        Some(table) => REMOVABLE_ENTRIES.contains(&table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, changes: &str) -> Table {
        let mut base: Table = base.parse().unwrap();
        merge(&mut base, changes.parse().unwrap());
        base
    }

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn tables_merge_key_by_key() {
        let got = merged(
            "region = 'a'\n[names.x]\nttl = 1\naddresses = ['10.0.0.1']",
            "[names.x]\nttl = 2\n[names.y]\nttl = 3",
        );
        let want =
            table("region = 'a'\n[names.x]\nttl = 2\naddresses = ['10.0.0.1']\n[names.y]\nttl = 3");
        assert_eq!(got, want);
    }

    #[test]
    fn lists_replace() {
        let got = merged("instance = ['a', 'b']", "instance = ['c']");
        assert_eq!(got, table("instance = ['c']"));
    }

    #[test]
    fn absent_removes_an_entry() {
        let got = merged(
            "[names.x]\nttl = 1\n[imds.documents]\nmac = 'm'\nregion = 'r'",
            "[names]\nx = 'absent'\n[imds.documents]\nmac = 'absent'",
        );
        assert_eq!(got, table("[names]\n[imds.documents]\nregion = 'r'"));
    }

    #[test]
    fn absent_removes_a_whole_part() {
        let got = merged("region = 'a'\n[imds]\nbehaviour = 'answer'", "imds = 'absent'");
        assert_eq!(got, table("region = 'a'"));
    }

    #[test]
    fn absent_removes_the_container_and_no_other_key_of_the_engine() {
        let got = merged(
            "[docker]\nmode = 1\n[docker.container]\nimage = 'i'",
            "[docker]\ncontainer = 'absent'\napi_version = 'absent'",
        );
        assert_eq!(got, table("[docker]\nmode = 1\napi_version = 'absent'"));
    }

    #[test]
    fn absent_elsewhere_is_an_ordinary_value() {
        let got = merged("region = 'a'", "region = 'absent'");
        assert_eq!(got, table("region = 'absent'"));
    }

    #[test]
    fn absent_of_nothing_leaves_nothing() {
        let got = merged("region = 'a'", "[env]\nX = 'absent'\nY = 'y'");
        assert_eq!(got, table("region = 'a'\n[env]\nY = 'y'"));
    }
}
