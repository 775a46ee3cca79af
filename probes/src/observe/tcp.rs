//! Connecting to one address.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use tokio::net::TcpStream;

use super::budget::{Budget, Waited};
use crate::observation::{TcpObservation, TcpOutcome};
use crate::timestamp::milliseconds;

/// Connects, and says what came of it. The stream is there exactly when the outcome is
/// `Connected`.
pub(super) async fn connect(
    address: IpAddr,
    port: u16,
    budget: &Budget,
) -> (Option<TcpStream>, TcpObservation) {
    let started = Instant::now();
    let connecting = TcpStream::connect(SocketAddr::new(address, port));
    let (stream, outcome) = match budget.wait(budget.tcp, connecting).await {
        Waited::Done(Ok(stream)) => (Some(stream), TcpOutcome::Connected),
        Waited::Done(Err(error)) => (None, outcome_of(&error)),
        Waited::TimedOut => (None, TcpOutcome::TimedOut),
        Waited::NotFinished => (None, TcpOutcome::NotFinished),
    };
    (stream, TcpObservation { outcome, elapsed_ms: milliseconds(started.elapsed()) })
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
    use std::time::Duration;

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
}
