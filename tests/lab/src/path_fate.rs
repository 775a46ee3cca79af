//! What becomes of each packet on the path: lost, late, twice, or told to be too long. Everything
//! here is decided by the packet, what came before it, and seeded dice.

use std::collections::HashMap;
use std::time::Duration;

use crate::packet::{self, Load};
use crate::packet_too_big;
use crate::path::NetworkPath;

/// Decides for one packet after the other.
pub(crate) struct Fates {
    path: NetworkPath,
    dice: Dice,
    seen: HashMap<Load, u32>,
}

/// What becomes of one packet.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fate {
    /// After how long it arrives; not at all where this is empty.
    pub(crate) arrives: Vec<Duration>,
    /// What its sender gets back, after the time there and back.
    pub(crate) answer: Option<Vec<u8>>,
}

impl Fates {
    pub(crate) fn new(path: &NetworkPath) -> Self {
        Self { dice: Dice(path.seed), path: path.clone(), seen: HashMap::new() }
    }

    /// Decides what becomes of a packet.
    pub(crate) fn of(&mut self, packet: &[u8]) -> Fate {
        if let Some(mtu) = self.path.mtu.filter(|mtu| packet.len() > usize::from(*mtu)) {
            let answer = self.path.mtu_answer.then(|| packet_too_big::answer(packet, mtu));
            return Fate { arrives: Vec::new(), answer: answer.flatten() };
        }
        if self.is_first(packet) || self.dice.hit(self.path.loss_percent) {
            return Fate::default();
        }
        let mut arrives = vec![self.one_way()];
        if self.dice.hit(self.path.duplicate_percent) {
            arrives.push(self.one_way());
        }
        Fate { arrives, answer: None }
    }

    /// The time there and back.
    pub(crate) fn rtt(&self) -> Duration {
        milliseconds(self.path.rtt_ms)
    }

    fn one_way(&mut self) -> Duration {
        let way = milliseconds(self.path.rtt_ms / 2.0 + self.path.jitter_ms * self.dice.roll());
        if self.dice.hit(self.path.reorder_percent) {
            // Long enough for what is sent next, with nothing else to wait for, to come first.
            return way * 2 + milliseconds(2.0);
        }
        way
    }

    /// Whether it is one of the first of its kind, of which some are lost.
    fn is_first(&mut self, packet: &[u8]) -> bool {
        let load = packet::load(packet);
        let lost = match &load {
            Load::Question(..) => self.path.drop_first_questions,
            Load::Answer(..) => self.path.drop_first_answers,
            Load::Syn(_) => self.path.drop_first_syns,
            Load::Request(_) => self.path.drop_first_requests,
            Load::Reply(_) => self.path.drop_first_replies,
            Load::Other => 0,
        };
        if lost == 0 {
            return false;
        }
        let seen = self.seen.entry(load).or_default();
        *seen = seen.saturating_add(1);
        *seen <= lost
    }
}

fn milliseconds(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1000.0)
}

/// Seeded random numbers: SplitMix64.
struct Dice(u64);

impl Dice {
    /// From 0 up to 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The upper bits, as many as the number can hold.
        f64::from((mixed >> 32) as u32) / f64::from(u32::MAX)
    }

    fn hit(&mut self, percent: f64) -> bool {
        percent > 0.0 && self.roll() * 100.0 < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(text: &str) -> Fates {
        Fates::new(&toml::from_str(text).unwrap())
    }

    fn syn_to(host: u8) -> Vec<u8> {
        let mut packet =
            vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 1, 10, 10, 0, 1, host];
        packet.extend([0x9c, 0x40, 1, 187, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0]);
        packet
    }

    #[test]
    fn half_of_the_round_trip_each_way() {
        let fate = fates("rtt_ms = 10").of(&syn_to(1));
        assert_eq!(fate.arrives, [Duration::from_millis(5)]);
    }

    #[test]
    fn shares_are_kept_and_a_seed_decides_which() {
        let lost = |seed| {
            let mut fates = fates(&format!("loss_percent = 5\nseed = {seed}"));
            (0..10_000).map(|_| fates.of(&syn_to(1)).arrives.is_empty()).collect::<Vec<_>>()
        };
        let count = lost(7).iter().filter(|lost| **lost).count();
        assert!((400..600).contains(&count), "{count}");
        assert_eq!(lost(7), lost(7));
        assert_ne!(lost(7), lost(8));
    }

    #[test]
    fn all_or_nothing_where_the_share_is() {
        let mut all = fates("loss_percent = 100");
        let mut twice = fates("duplicate_percent = 100");
        for _ in 0..1000 {
            assert!(all.of(&syn_to(1)).arrives.is_empty());
            assert_eq!(twice.of(&syn_to(1)).arrives.len(), 2);
        }
    }

    #[test]
    fn the_first_of_a_kind_are_lost_to_each_server() {
        let mut fates = fates("drop_first_syns = 2");
        let arrived: Vec<bool> =
            [1, 1, 2, 1, 2, 2].map(|host| !fates.of(&syn_to(host)).arrives.is_empty()).to_vec();
        assert_eq!(arrived, [false, false, false, true, false, true]);
    }

    #[test]
    fn too_long_is_lost_and_told_only_where_the_path_tells() {
        let long = [syn_to(1), vec![0; 1400]].concat();
        assert_eq!(fates("mtu = 1400").of(&long), Fate::default());
        let told = fates("mtu = 1400\nmtu_answer = true").of(&long);
        assert!(told.arrives.is_empty() && told.answer.is_some());
        assert!(!fates("mtu = 1440").of(&long).arrives.is_empty());
    }
}
