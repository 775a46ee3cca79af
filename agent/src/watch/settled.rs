//! Hysteresis: one check that differs from those before it changes no verdict.

use std::collections::VecDeque;

use vpce_probes::event::Change;
use vpce_probes::status::Status;

/// The verdict that has settled, and the checks that may change it.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    fail_after: usize,
    recover_after: usize,
    verdict: Option<Status>,
    /// The last checks, the newest first: what they said, and when they began.
    recent: VecDeque<(Status, String)>,
}

impl Settled {
    /// So many checks in a row have to be worse, or better, before the verdict is.
    pub(crate) fn new(fail_after: u8, recover_after: u8) -> Self {
        Self {
            fail_after: usize::from(fail_after.max(1)),
            recover_after: usize::from(recover_after.max(1)),
            verdict: None,
            recent: VecDeque::new(),
        }
    }

    /// Takes one more check into account, which began at that time. The first one decides at once:
    /// there is nothing that it could differ from. Later the verdict gets as bad, or as good, as all
    /// of those in a row say.
    pub(crate) fn add(&mut self, status: Status, began: &str) -> Option<Change> {
        self.recent.push_front((status, began.to_owned()));
        self.recent.truncate(self.fail_after.max(self.recover_after));
        let from = self.verdict;
        let (to, checks) = match from {
            None => (status, 1),
            Some(verdict) => {
                let worse = self.agreed(self.fail_after, |seen| is_worse(seen, verdict), better);
                worse.or_else(|| {
                    let is_better = |seen| is_worse(verdict, seen);
                    self.agreed(self.recover_after, is_better, Status::worst)
                })?
            }
        };
        self.verdict = Some(to);
        let since = self.recent.get(checks - 1).map(|(_, began)| began.clone());
        Some(Change { from, to, checks, since: since.unwrap_or_default() })
    }

    /// What the last so many checks have in common, if all of them differ in that direction; and how
    /// many they are.
    fn agreed(
        &self,
        count: usize,
        differs: impl Fn(Status) -> bool,
        common: impl Fn(Status, Status) -> Status,
    ) -> Option<(Status, usize)> {
        let last = self.recent.iter().take(count).map(|(status, _)| *status);
        let agree = self.recent.len() >= count && last.clone().all(differs);
        if agree { last.reduce(common).map(|status| (status, count)) } else { None }
    }
}

fn is_worse(one: Status, other: Status) -> bool {
    one != other && one.worst(other) == one
}

fn better(one: Status, other: Status) -> Status {
    if is_worse(one, other) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds checks, by first letters, and calls for each one with what it changed.
    fn added(
        (fail_after, recover_after): (u8, u8),
        checks: &str,
        mut each: impl FnMut(&Settled, Option<Change>),
    ) {
        let mut settled = Settled::new(fail_after, recover_after);
        for (number, letter) in checks.chars().enumerate() {
            let status = ALL.into_iter().find(|status| status.word().starts_with(letter)).unwrap();
            let change = settled.add(status, &number.to_string());
            each(&settled, change);
        }
    }

    const ALL: [Status; 5] =
        [Status::Pass, Status::Skip, Status::Warn, Status::Unknown, Status::Fail];

    /// The verdict after each of these checks.
    fn verdicts(fail_after: u8, recover_after: u8, checks: &str) -> String {
        let mut told = String::new();
        added((fail_after, recover_after), checks, |settled, _| {
            told.extend(settled.verdict.unwrap().word().chars().next());
        });
        told
    }

    #[test]
    fn the_first_check_decides_at_once() {
        assert_eq!(verdicts(3, 3, "p"), "p");
        assert_eq!(verdicts(3, 3, "f"), "f");
    }

    #[test]
    fn only_checks_in_a_row_count() {
        assert_eq!(verdicts(3, 1, "pffpffp"), "ppppppp");
        assert_eq!(verdicts(3, 1, "pfffp"), "pppfp");
        assert_eq!(verdicts(1, 2, "fpfppf"), "ffffpf");
        assert_eq!(verdicts(1, 1, "pfpf"), "pfpf");
    }

    #[test]
    fn the_verdict_gets_no_worse_and_no_better_than_all_of_them_say() {
        assert_eq!(verdicts(3, 1, "pwwff"), "pppww");
        assert_eq!(verdicts(3, 1, "pwwfff"), "pppwwf");
        assert_eq!(verdicts(1, 3, "fpwp"), "fffw");
        assert_eq!(verdicts(2, 1, "puf"), "ppu");
    }

    #[test]
    fn a_change_tells_since_when_it_is_seen() {
        let mut changes = Vec::new();
        added((3, 2), "ppfpfffpfppp", |_, change| changes.extend(change));
        let told: Vec<(Option<Status>, Status, usize, &str)> = changes
            .iter()
            .map(|change| (change.from, change.to, change.checks, change.since.as_str()))
            .collect();
        let (pass, fail) = (Status::Pass, Status::Fail);
        let expected =
            [(None, pass, 1, "0"), (Some(pass), fail, 3, "4"), (Some(fail), pass, 2, "9")];
        assert_eq!(told, expected);
    }

    /// Every row of up to seven checks, with every pair of thresholds.
    #[test]
    fn whatever_comes_the_verdict_is_one_that_the_last_checks_bear_out() {
        const LETTERS: [char; 3] = ['p', 'w', 'f'];
        for number in 0..3_usize.pow(7) {
            let row: String =
                (0..7).map(|place| LETTERS[number / 3_usize.pow(place) % 3]).collect();
            for thresholds in [(1, 1), (1, 3), (2, 2), (3, 1), (4, 2)] {
                let (mut before, mut seen) = (None, Vec::new());
                added(thresholds, &row, |settled, change| {
                    seen.push(settled.recent[0].0);
                    assert!(settled.recent.len() <= 4);
                    let verdict = settled.verdict.unwrap();
                    assert!(seen.contains(&verdict), "{row}: never seen");
                    assert_eq!(change.is_some(), before != Some(verdict), "{row}");
                    if let (Some(before), Some(change)) = (before, change) {
                        let is_new = |status: Status| match is_worse(verdict, before) {
                            true => is_worse(status, before) && !is_worse(verdict, status),
                            false => is_worse(before, status) && !is_worse(status, verdict),
                        };
                        let last = &seen[seen.len() - change.checks..];
                        assert!(last.iter().all(|status| is_new(*status)), "{row}: {change:?}");
                    }
                    before = Some(verdict);
                });
                // What has been the same for so long is the verdict.
                let longest = usize::from(thresholds.0.max(thresholds.1));
                let last = &seen[seen.len() - longest..];
                if last.iter().all(|status| *status == last[0]) {
                    assert_eq!(before, Some(last[0]), "{row} {thresholds:?}");
                }
            }
        }
    }
}
