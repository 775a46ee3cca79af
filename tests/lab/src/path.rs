//! The path between the program and the addresses of the VPC, as a value: how long it is, and what
//! becomes of packets on it.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::check::Fault;

/// A path that every packet takes which does not stay on the loopback addresses, both ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkPath {
    /// The time there and back.
    pub rtt_ms: f64,
    /// Added to each way: anything from nothing to this.
    pub jitter_ms: f64,
    /// Packets that are lost.
    pub loss_percent: f64,
    /// Packets that arrive twice.
    pub duplicate_percent: f64,
    /// Packets that are held back so long that later ones overtake them.
    pub reorder_percent: f64,
    /// What is longer than this is lost: a path MTU black hole.
    pub mtu: Option<u16>,
    /// Whether the sender of what is too long is told so.
    pub mtu_answer: bool,
    /// The MTU that the program's own interface has: what it believes of the path.
    pub interface_mtu: u16,
    /// How often each DNS question over UDP is lost before one arrives.
    pub drop_first_questions: u32,
    /// How often the answer to each is lost before one arrives.
    pub drop_first_answers: u32,
    /// How many SYNs to each server and port are lost before one arrives.
    pub drop_first_syns: u32,
    /// How many packets with data to each server and port are lost, TCP's first.
    pub drop_first_requests: u32,
    /// How many packets with data from each server and port are lost, TCP's first.
    pub drop_first_replies: u32,
    /// Whether the metadata services are at its end too. In AWS the host of the machine answers for
    /// them, and no network is in between.
    pub metadata: bool,
    /// What the dice begin with: the same seed loses the same packets of the same traffic.
    pub seed: u64,
}

impl Default for NetworkPath {
    fn default() -> Self {
        Self {
            rtt_ms: 0.0,
            jitter_ms: 0.0,
            loss_percent: 0.0,
            duplicate_percent: 0.0,
            reorder_percent: 0.0,
            mtu: None,
            mtu_answer: false,
            // As in every VPC.
            interface_mtu: 9001,
            drop_first_questions: 0,
            drop_first_answers: 0,
            drop_first_syns: 0,
            drop_first_requests: 0,
            drop_first_replies: 0,
            metadata: true,
            seed: 1,
        }
    }
}

impl NetworkPath {
    /// Lays words as a command line has them over a path: `rtt=10ms,loss=5%,mtu=1400,seed=7`. The
    /// keys are those of the table in a file, without their units.
    ///
    /// # Errors
    /// When a word is no key with a value that fits it.
    pub fn with_words(base: Option<&Self>, words: &str) -> Result<Self, Fault> {
        let fault = |why: String| Fault { key: "path".to_owned(), why };
        let base = Table::try_from(base.cloned().unwrap_or_default());
        let mut table = base.map_err(|why| fault(why.to_string()))?;
        for word in words.split(',').filter(|word| !word.is_empty()) {
            let (key, value) = word.split_once('=').unwrap_or((word, "true"));
            let (key, value) = key_and_value(&key.replace('-', "_"), value);
            table.insert(key, value);
        }
        table.try_into().map_err(|why: toml::de::Error| fault(why.message().to_owned()))
    }
}

fn key_and_value(key: &str, value: &str) -> (String, Value) {
    let units = [("ms", "_ms"), ("%", "_percent")];
    let unit = units.iter().find_map(|(unit, ending)| Some((value.strip_suffix(unit)?, ending)));
    if let Some((number, ending)) = unit
        && let Ok(number) = number.parse()
    {
        return (format!("{key}{ending}"), Value::Float(number));
    }
    let value = match (value.parse(), value.parse()) {
        (Ok(number), _) => Value::Integer(number),
        (_, Ok(yes)) => Value::Boolean(yes),
        _ => Value::String(value.to_owned()),
    };
    (key.to_owned(), value)
}

/// Finds the first thing that makes no sense.
pub(crate) fn check(path: &NetworkPath) -> Result<(), Fault> {
    let fault =
        |key: &str, why: &str| Err(Fault { key: format!("path.{key}"), why: why.to_owned() });
    for (key, ms) in [("rtt_ms", path.rtt_ms), ("jitter_ms", path.jitter_ms)] {
        if !(0.0..=60_000.0).contains(&ms) {
            return fault(key, "must be from 0 to 60000");
        }
    }
    let shares = [
        ("loss_percent", path.loss_percent),
        ("duplicate_percent", path.duplicate_percent),
        ("reorder_percent", path.reorder_percent),
    ];
    for (key, percent) in shares {
        if !(0.0..=100.0).contains(&percent) {
            return fault(key, "must be from 0 to 100");
        }
    }
    // IPv6 is off on an interface with less.
    if path.interface_mtu < 1280 {
        return fault("interface_mtu", "must be 1280 or more");
    }
    if path.mtu_answer && path.mtu.is_none() {
        return fault("mtu_answer", "needs an `mtu`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_command_line_are_the_keys_of_the_table() {
        let words = "rtt=10ms,loss=0.5%,mtu=1400,mtu-answer,drop-first-syns=2,seed=7";
        let path = NetworkPath::with_words(None, words).unwrap();
        let text = "rtt_ms = 10.0\nloss_percent = 0.5\nmtu = 1400\nmtu_answer = true\n\
                    drop_first_syns = 2\nseed = 7";
        assert_eq!(path, toml::from_str(text).unwrap());
    }

    #[test]
    fn words_are_laid_over_the_path_of_the_scenario() {
        let base = NetworkPath { rtt_ms: 150.0, seed: 3, ..NetworkPath::default() };
        let path = NetworkPath::with_words(Some(&base), "loss=5%").unwrap();
        assert_eq!(path, NetworkPath { loss_percent: 5.0, ..base });
    }

    #[test]
    fn other_words_are_refused() {
        for words in ["speed=1ms", "rtt=10", "loss=much", "rtt=-1ms", "mtu=99999", "loss=101%"] {
            let path = NetworkPath::with_words(None, words);
            assert!(path.and_then(|path| check(&path)).is_err(), "{words}");
        }
    }
}
