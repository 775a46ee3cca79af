//! Connecting to one address.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::budget::{Budget, Waited};
use crate::again::first_of;
use crate::observation::{TcpObservation, TcpOutcome};
use crate::timestamp::milliseconds;

/// How long after one SYN the next is sent, on a connection of its own: the kernel waits a second.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(400)];

/// Connects, and says what came of it. The stream is there exactly when the outcome is
/// `Connected`.
pub(super) async fn connect(
    address: IpAddr,
    port: u16,
    budget: &Budget,
) -> (Option<TcpStream>, TcpObservation) {
    let started = Instant::now();
    let connect = || TcpStream::connect(SocketAddr::new(address, port));
    let connecting = first_of(connect(), pauses(budget.tcp), connect, counts);
    let mut attempts = None;
    let (stream, outcome) = match budget.wait(budget.tcp, connecting).await {
        Waited::Done(tried) => {
            attempts = Some(tried.attempts).filter(|attempts| *attempts > 1);
            match tried.result {
                Ok(stream) => (Some(stream), TcpOutcome::Connected),
                Err(error) => (None, outcome_of(&error)),
            }
        }
        Waited::TimedOut => (None, TcpOutcome::TimedOut),
        Waited::NotFinished => (None, TcpOutcome::NotFinished),
    };
    let elapsed_ms = milliseconds(started.elapsed());
    (stream, TcpObservation { outcome, elapsed_ms, attempts })
}

/// Shorter where there is less time, so that each attempt still has some.
fn pauses(limit: Duration) -> impl Iterator<Item = Duration> {
    PAUSES.into_iter().map(move |pause| pause.min(limit / 4))
}

/// Whether a later attempt says something of the address: what this machine lacks or forbids for one
/// more, a free port perhaps, it did not for the first.
fn counts<T>(result: &std::io::Result<T>) -> bool {
    let Err(error) = result else { return true };
    error.kind() != ErrorKind::AddrNotAvailable
        && !matches!(
            outcome_of(error),
            TcpOutcome::LocalError { .. } | TcpOutcome::NotPermitted { .. }
        )
}

fn outcome_of(error: &Error) -> TcpOutcome {
    let detail = error.to_string();
    // The number says nothing that the words do not.
    let detail = detail.split(" (os error").next().unwrap_or_default().to_owned();
    match error.kind() {
        ErrorKind::ConnectionRefused => TcpOutcome::Refused,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => TcpOutcome::Reset,
        ErrorKind::TimedOut => TcpOutcome::TimedOut,
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => TcpOutcome::Unreachable { detail },
        ErrorKind::PermissionDenied => TcpOutcome::NotPermitted { detail },
        _ => TcpOutcome::LocalError { detail },
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn tells_connected_from_refused() {
        let budget = Budget::divide(Instant::now(), Duration::from_secs(20));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stream, seen) = connect(Ipv4Addr::LOCALHOST.into(), port, &budget).await;
        assert!(stream.is_some() && seen.outcome == TcpOutcome::Connected);
        drop((stream, listener));
        let (stream, seen) = connect(Ipv4Addr::LOCALHOST.into(), port, &budget).await;
        assert!(stream.is_none());
        assert_eq!(seen.outcome, TcpOutcome::Refused);
    }

    #[test]
    fn every_kind_of_error_has_its_outcome() {
        let outcome = |kind: ErrorKind| outcome_of(&Error::from(kind));
        assert_eq!(outcome(ErrorKind::ConnectionReset), TcpOutcome::Reset);
        assert_eq!(outcome(ErrorKind::TimedOut), TcpOutcome::TimedOut);
        assert!(matches!(outcome(ErrorKind::HostUnreachable), TcpOutcome::Unreachable { .. }));
        assert!(matches!(outcome(ErrorKind::PermissionDenied), TcpOutcome::NotPermitted { .. }));
        assert!(matches!(outcome(ErrorKind::OutOfMemory), TcpOutcome::LocalError { .. }));
    }

    #[test]
    fn what_only_a_later_attempt_lacks_says_nothing_of_the_address() {
        let counts = |kind: ErrorKind| counts::<()>(&Err(kind.into()));
        assert!(counts(ErrorKind::ConnectionRefused) && counts(ErrorKind::HostUnreachable));
        assert!(!counts(ErrorKind::AddrNotAvailable));
        assert!(!counts(ErrorKind::PermissionDenied));
        assert!(!counts(ErrorKind::OutOfMemory));
    }
}
