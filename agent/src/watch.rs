//! Checking again and again: what the checks amount to, and what others are told of it.

mod event;
mod schedule;
mod settled;
mod snapshot;
mod standing;
mod teller;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep_until;
use vpce_probes::report::Report;

use crate::service_manager::ServiceManager;

pub(crate) use self::schedule::chance;
pub(crate) use self::snapshot::{Checked, Metrics, Snapshot};
pub(crate) use self::standing::Standing;
pub(crate) use self::teller::{Teller, Wants};

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
    end: Signal,
    interrupt: Signal,
    reload: Signal,
}

impl Signals {
    /// Catches them from now on.
    pub(crate) fn catch() -> std::io::Result<Self> {
        Ok(Self {
            end: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: signal(SignalKind::hangup())?,
        })
    }

    /// The next one that ends the watch.
    async fn end(&mut self) {
        tokio::select! {
            _ = self.end.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// The next one, and whether the watch goes on after it.
    async fn next(&mut self) -> ControlFlow<(), Occasion> {
        tokio::select! {
            biased;
            _ = self.end.recv() => ControlFlow::Break(()),
            _ = self.interrupt.recv() => ControlFlow::Break(()),
            _ = self.reload.recv() => ControlFlow::Continue(Occasion::Reload),
        }
    }
}

/// Checks and tells, until a signal ends it. Only the first check can fail the watch: what is wrong
/// then, such as a selection that leaves nothing, is wrong for ever.
pub(crate) async fn run<E: std::fmt::Debug>(
    interval: Duration,
    mut teller: Teller,
    snapshot: &watch::Sender<Arc<Snapshot>>,
    signals: &mut Signals,
    mut look: impl AsyncFnMut(Occasion) -> Result<Report, E>,
) -> Result<(), E> {
    let manager = ServiceManager::from_environment();
    let schedule = Schedule::every(interval);
    let mut occasion = Occasion::Due;
    let mut is_first = true;
    loop {
        let started = Instant::now();
        let looked = tokio::select! {
            biased;
            () = signals.end() => break,
            looked = look(occasion) => looked,
        };
        match looked {
            Ok(report) => {
                let checked = teller.tell(&report);
                manager.status(&checked.line);
                snapshot.send_modify(|now| {
                    *now = Arc::new(Snapshot { last: Some(checked), ..Snapshot::clone(now) });
                });
            }
            Err(error) if is_first => return Err(error),
            Err(error) => tracing::error!(?error, "The check could not be made"),
        }
        if is_first {
            manager.is_ready();
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
            ControlFlow::Break(()) => break,
        }
    }
    manager.is_stopping();
    Ok(())
}
