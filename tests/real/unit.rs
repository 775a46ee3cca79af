//! A unit of a machine: its state, and what it has logged.

use std::fs;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::command::Place;
use crate::machine::{Machine, Tree};

/// A unit that the machine has.
pub(crate) struct Unit<'a> {
    machine: &'a Machine,
    name: &'static str,
}

/// A line in the journal.
#[derive(Debug)]
pub(crate) struct Line {
    /// As syslog(3) numbers them.
    pub(crate) priority: String,
    pub(crate) message: String,
}

impl Unit<'_> {
    pub(crate) fn of<'a>(machine: &'a Machine, name: &'static str) -> Unit<'a> {
        Unit { machine, name }
    }

    /// Has systemd do something with it.
    pub(crate) fn systemctl(&self, verb: &[&str]) -> Result<String, Failed> {
        self.machine.systemctl(&[verb, &[self.name]].concat())
    }

    pub(crate) fn property(&self, name: &str) -> Result<String, Failed> {
        self.systemctl(&["show", "--property", name, "--value"])
    }

    /// Holds it against the values that properties have to have.
    pub(crate) fn has(&self, wanted: &[(&str, &str)]) -> Result<(), Failed> {
        for (name, value) in wanted {
            let seen = self.property(name)?;
            if seen != *value {
                return Err(format!("{name} of {} is {seen:?}, not {value:?}", self.name).into());
            }
        }
        Ok(())
    }

    /// What stands in the journal of it, oldest first.
    pub(crate) fn lines(&self) -> Result<Vec<Line>, Failed> {
        let journal = self.journal(&["--output", "json"])?;
        let word = |entry: &Value, key: &str| Some(entry.get(key)?.as_str()?.to_owned());
        let lines = journal.lines().filter_map(|line| {
            let entry: Value = serde_json::from_str(line).ok()?;
            Some(Line { priority: word(&entry, "PRIORITY")?, message: word(&entry, "MESSAGE")? })
        });
        Ok(lines.collect())
    }

    /// How many lines of the journal hold all of these words.
    pub(crate) fn told(&self, words: &[&str]) -> Result<usize, Failed> {
        let holds = |line: &&Line| words.iter().all(|word| line.message.contains(word));
        Ok(self.lines()?.iter().filter(holds).count())
    }

    /// A failure with the journal.
    pub(crate) fn explain(&self, failed: &Failed) -> Failed {
        let why = failed.message().unwrap_or_default();
        format!("{why}\n{}", self.journal(&["--lines", "60"]).unwrap_or_default()).into()
    }

    fn journal(&self, args: &[&str]) -> Result<String, Failed> {
        self.machine.place.run("journalctl", &[&["--unit", self.name], args].concat())
    }
}

/// Puts units in place as they are shipped.
pub(crate) fn install(tree: &Tree, shipped: &[(&str, &str)]) -> Result<(), Failed> {
    for (path, text) in shipped {
        tree.write(&format!("etc/systemd/system/{path}"), 0o644, text)?;
    }
    Ok(())
}

/// Writes a file of a machine that is up, on which nothing has to be spared.
pub(crate) fn write(place: Place, path: &str, text: &str) -> Result<(), Failed> {
    let leader = match place {
        Place::Machine(leader) => leader,
        Place::Lab => return Err("the lab itself is no machine".into()),
    };
    Ok(fs::write(format!("/proc/{leader}/root{path}"), text)?)
}
