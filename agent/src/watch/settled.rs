//! Hysteresis: one check that differs from those before it changes no verdict.

use std::collections::VecDeque;

use vpce_probes::status::Status;

/// The verdict that has settled, and the checks that may change it.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    fail_after: usize,
    recover_after: usize,
    verdict: Option<Status>,
    recent: VecDeque<Status>,
}

/// A verdict that has changed; the first one comes from nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Change {
    pub(crate) from: Option<Status>,
    pub(crate) to: Status,
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

    /// Takes one more check into account. The first one decides at once: there is nothing that it
    /// could differ from. Later the verdict gets as bad, or as good, as all of those in a row say.
    pub(crate) fn add(&mut self, status: Status) -> Option<Change> {
        self.recent.push_front(status);
        self.recent.truncate(self.fail_after.max(self.recover_after));
        let from = self.verdict;
        let to = match from {
            None => status,
            Some(verdict) => {
                self.agreed(self.fail_after, |seen| is_worse(seen, verdict), better).or(
                    self.agreed(self.recover_after, |seen| is_worse(verdict, seen), Status::worst)
                )?
            }
        };
        self.verdict = Some(to);
        Some(Change { from, to })
    }

    /// What the last so many checks have in common, if all of them differ in that direction.
    fn agreed(
        &self,
        count: usize,
        differs: impl Fn(Status) -> bool,
        common: impl Fn(Status, Status) -> Status,
    ) -> Option<Status> {
        let last = self.recent.iter().take(count).copied();
        let agree = self.recent.len() >= count && last.clone().all(differs);
        if agree { last.reduce(common) } else { None }
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

    /// The verdict after each of these checks, by first letters.
    fn verdicts(fail_after: u8, recover_after: u8, checks: &str) -> String {
        let mut settled = Settled::new(fail_after, recover_after);
        let told = checks.chars().map(|letter| {
            let status = match letter {
                'p' => Status::Pass,
                'w' => Status::Warn,
                'u' => Status::Unknown,
                _ => Status::Fail,
            };
            let before = settled.verdict;
            let change = settled.add(status);
            assert_eq!(change.is_some(), settled.verdict != before);
            settled.verdict.unwrap().word().chars().next().unwrap()
        });
        told.collect()
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
}
