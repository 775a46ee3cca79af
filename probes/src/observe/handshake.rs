//! A connection to an address and a TLS handshake on it, and a second one of both where that is late.

use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::{Conditions, tcp, tls};
use crate::again::{Tried, first_of};
use crate::observation::{AddressObservation, TlsObservation, TlsOutcome};
use crate::timestamp::milliseconds;

/// How long after the first handshake the second begins: the kernel has sent again what was lost by
/// then, and what was lost twice it sends after about as long again, and then twice that.
const PAUSE: Duration = Duration::from_millis(450);

/// Connects to an address, shakes hands, and says what came of it.
pub(super) async fn connect_and_shake_hands(
    host: &str,
    address: IpAddr,
    conditions: &Conditions,
) -> AddressObservation {
    let (stream, mut tcp) = tcp::connect(address, conditions.port, &conditions.budget).await;
    let Some(stream) = stream else { return AddressObservation { address, tcp, tls: None } };
    let peer = SocketAddr::new(address, conditions.port);
    let tried = shake_hands(stream, peer, host, conditions).await;
    if says_something(&tried.result) && tried.attempts > 1 {
        tcp.attempts = Some(tcp.attempts.unwrap_or(1) + 1);
    }
    AddressObservation { address, tcp, tls: Some(tried.result) }
}

/// Shakes hands on a new connection, and says what came of it after how many attempts.
async fn shake_hands(
    stream: TcpStream,
    peer: SocketAddr,
    host: &str,
    conditions: &Conditions,
) -> Tried<TlsObservation> {
    let started = Instant::now();
    let budget = &conditions.budget;
    let first = tls::handshake(stream, host, &conditions.trust, budget);
    let pause = PAUSE.min(budget.tls / 3);
    let again = || {
        let (host, conditions) = (host.to_owned(), conditions.clone());
        async move { shake_hands_anew(peer, &host, &conditions).await }
    };
    let mut tried = first_of(first, [pause], again, counts).await;
    tried.result.elapsed_ms = milliseconds(started.elapsed());
    tried
}

/// Never ends without a connection: then there is only the first to wait for.
async fn shake_hands_anew(peer: SocketAddr, host: &str, conditions: &Conditions) -> TlsObservation {
    let (stream, _) = tcp::connect(peer.ip(), peer.port(), &conditions.budget).await;
    match stream {
        Some(stream) => tls::handshake(stream, host, &conditions.trust, &conditions.budget).await,
        None => pending().await,
    }
}

fn says_something(seen: &TlsObservation) -> bool {
    !matches!(seen.outcome, TlsOutcome::Stalled | TlsOutcome::NotFinished)
}

/// Whether a later handshake says more than the first may yet say. A server that is only slow may
/// refuse a second connection beside it: that it was cut off is no fault of the first.
fn counts(later: &TlsObservation) -> bool {
    says_something(later) && !matches!(later.outcome, TlsOutcome::Closed | TlsOutcome::Reset)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::{Budget, Roots, Trust};
    use super::*;
    use crate::surroundings::HostsFile;

    /// The head of an alert and `handshake_failure`: the shortest thing that ends a handshake.
    const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

    fn conditions(peer: SocketAddr) -> Conditions {
        Conditions {
            hosts_file: Arc::new(HostsFile::default()),
            resolvers: None,
            trust: Trust::in_roots(Roots::built_in()).unwrap(),
            budget: Budget::divide(Instant::now(), Duration::from_secs(20)),
            port: peer.port(),
        }
    }

    /// What comes of a handshake with a server that plays this part, and then holds what it has.
    async fn tried_with<Held>(
        part: impl AsyncFnOnce(&TcpListener) -> Held,
    ) -> Tried<TlsObservation> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let peer = listener.local_addr().unwrap();
        let conditions = conditions(peer);
        let stream = TcpStream::connect(peer).await.unwrap();
        let server = async {
            let _held = part(&listener).await;
            pending::<()>().await;
        };
        tokio::select! {
            tried = shake_hands(stream, peer, "ecs.us-east-1.amazonaws.com", &conditions) => tried,
            () = server => unreachable!(),
        }
    }

    async fn refuse(stream: &mut TcpStream) {
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        stream.write_all(&ALERT).await.unwrap();
    }

    fn refused() -> TlsOutcome {
        TlsOutcome::Alert { alert: "handshake failure".to_owned() }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_second_connection_is_tried_where_the_first_stays_silent() {
        let part = async |listener: &TcpListener| {
            let (silent, _) = listener.accept().await.unwrap();
            let (mut second, _) = listener.accept().await.unwrap();
            refuse(&mut second).await;
            [silent, second]
        };
        let tried = tried_with(part).await;
        assert_eq!((tried.attempts, tried.result.outcome), (2, refused()));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_second_connection_that_is_cut_off_ends_no_first_one_that_is_slow() {
        let part = async |listener: &TcpListener| {
            let (mut first, _) = listener.accept().await.unwrap();
            let (second, _) = listener.accept().await.unwrap();
            drop(second);
            tokio::time::sleep(Duration::from_millis(100)).await;
            refuse(&mut first).await;
            [first]
        };
        assert_eq!(tried_with(part).await.result.outcome, refused());
    }
}
