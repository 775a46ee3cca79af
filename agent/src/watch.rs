//! Checking again and again: what the checks amount to, and what others are told of it.

mod event_line;
mod history;
mod liveness;
mod outlet;
mod schedule;
mod settled;
mod snapshot;
mod standing;
mod teller;

use std::cell::Cell;
use std::fmt::Display;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep_until;
use vpce_probes::report::Report;

use crate::service_manager::ServiceManager;
use crate::signals::Endings;

pub(crate) use self::outlet::Outlet;
pub(crate) use self::schedule::chance;
pub(crate) use self::snapshot::{Checked, Metrics, Snapshot};
pub(crate) use self::standing::Standing;
pub(crate) use self::teller::{Teller, Wants};

use self::liveness::stay_alive;
use self::schedule::Schedule;

/// Why a check is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Occasion {
    /// Its time has come.
    Due,
    /// Somebody wants the files that the command line names read again (SIGHUP).
    Reload,
}

/// Signals that a watch obeys.
pub(crate) struct Signals {
    endings: Endings,
    reload: Signal,
}

impl Signals {
    /// Catches them from now on.
    pub(crate) fn catch() -> std::io::Result<Self> {
        Ok(Self { endings: Endings::catch()?, reload: signal(SignalKind::hangup())? })
    }

    /// The next one that ends the watch.
    async fn end(&mut self) {
        self.endings.next().await;
    }

    /// The next one, and whether the watch goes on after it.
    async fn next(&mut self) -> ControlFlow<(), Occasion> {
        tokio::select! {
            biased;
            () = self.endings.next() => ControlFlow::Break(()),
            _ = self.reload.recv() => ControlFlow::Continue(Occasion::Reload),
        }
    }
}

/// Checks and tells, until a signal ends it. Only the first check can fail the watch: what is wrong
/// then, such as a selection that leaves nothing, is wrong for ever.
pub(crate) async fn run<E: Display>(
    interval: Duration,
    mut teller: Teller,
    snapshot: &watch::Sender<Arc<Snapshot>>,
    signals: &mut Signals,
    look: impl AsyncFnMut(Occasion) -> Result<Report, E>,
) -> Result<(), E> {
    let manager = ServiceManager::from_environment();
    let ended = Cell::new(Instant::now());
    let checks = Checks { interval, snapshot, manager: &manager, ended: &ended };
    let done = tokio::select! {
        biased;
        never = stay_alive(&manager, interval, &ended) => match never {},
        done = checks.go_on(&mut teller, signals, look) => done,
    };
    manager.is_stopping();
    if done.is_ok() {
        tracing::info!("Ended by a signal");
    }
    teller.end();
    done
}

/// What the checks share with what runs beside them.
struct Checks<'a> {
    interval: Duration,
    snapshot: &'a watch::Sender<Arc<Snapshot>>,
    manager: &'a ServiceManager,
    /// When the last check ended.
    ended: &'a Cell<Instant>,
}

impl Checks<'_> {
    async fn go_on<E: Display>(
        &self,
        teller: &mut Teller,
        signals: &mut Signals,
        mut look: impl AsyncFnMut(Occasion) -> Result<Report, E>,
    ) -> Result<(), E> {
        let schedule = Schedule::every(self.interval);
        let mut occasion = Occasion::Due;
        let mut is_first = true;
        loop {
            let started = Instant::now();
            let looked = tokio::select! {
                biased;
                () = signals.end() => return Ok(()),
                looked = look(occasion) => looked,
            };
            match looked {
                Ok(report) => self.tell(teller.tell(&report)),
                Err(error) if is_first => return Err(error),
                Err(error) => tracing::error!(%error, "The check could not be made"),
            }
            self.ended.set(Instant::now());
            if is_first {
                self.manager.is_ready();
            }
            let pause =
                if is_first { schedule.first_pause(chance()) } else { schedule.pause(chance()) };
            is_first = false;
            let awaited = tokio::select! {
                biased;
                signal = signals.next() => signal,
                () = sleep_until((started + pause).into()) => ControlFlow::Continue(Occasion::Due),
            };
            match awaited {
                ControlFlow::Continue(next) => occasion = next,
                ControlFlow::Break(()) => return Ok(()),
            }
        }
    }

    fn tell(&self, checked: Checked) {
        self.manager.status(&checked.line);
        self.snapshot.send_modify(|now| {
            *now = Arc::new(Snapshot { last: Some(checked), ..Snapshot::clone(now) });
        });
    }
}

#[cfg(test)]
mod tests {
    use vpce_probes::observation::Observations;
    use vpce_probes::plan::Plan;
    use vpce_probes::surroundings::Surroundings;

    use super::*;

    const INTERVAL: Duration = Duration::from_millis(5);

    /// What a watch knows when it is asked for a check so many times; those of these numbers, from
    /// nought, cannot be made.
    fn known_after(checks: usize, failing: &[usize]) -> Result<Arc<Snapshot>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (snapshot, seen) = watch::channel(Arc::new(Snapshot::at_start(INTERVAL)));
            let wants = Wants {
                fail_after: 1,
                recover_after: 1,
                fail_on_warn: false,
                emf: false,
                textfile: None,
            };
            let teller = Teller::new(wants, Outlet::to(Box::new(std::io::sink())).unwrap());
            let (all, mut done) = tokio::sync::mpsc::channel(1);
            let mut number = 0;
            let look = async |_| {
                if number == checks {
                    let _ = all.send(()).await;
                    std::future::pending::<()>().await;
                }
                number += 1;
                if failing.contains(&(number - 1)) {
                    return Err(format!("check {}", number - 1));
                }
                let place = Surroundings::default();
                Ok(Report::new(place, Plan::default(), Observations::default()))
            };
            let mut signals = Signals::catch().unwrap();
            tokio::select! {
                ended = run(INTERVAL, teller, &snapshot, &mut signals, look) => {
                    ended.map(|()| seen.borrow().clone())
                }
                _ = done.recv() => Ok(seen.borrow().clone()),
            }
        })
    }

    fn counted(snapshot: &Snapshot) -> u64 {
        let last = snapshot.last.as_ref();
        last.map_or(0, |last| last.standing.checks.iter().map(|(_, count)| count).sum())
    }

    #[test]
    fn only_the_first_check_can_fail_a_watch() {
        assert_eq!(known_after(3, &[0]).unwrap_err(), "check 0");
        assert_eq!(counted(&known_after(3, &[]).unwrap()), 3);
        assert_eq!(counted(&known_after(3, &[1]).unwrap()), 2);
    }

    #[test]
    fn what_could_not_be_looked_at_again_counts_no_more() {
        let known = known_after(3, &[1, 2]).unwrap();
        let last = known.last.as_ref().unwrap();
        assert_eq!(counted(&known), 1);
        assert!(!known.is_stale(last.at + INTERVAL * 2));
        assert!(known.is_stale(last.at + INTERVAL * 3));
    }
}
