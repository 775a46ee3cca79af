//! What is connected to: a host or an address, and a port.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const PORT: u16 = 443;

/// An attempt that takes longer is given up.
const LIMIT: Duration = Duration::from_secs(3);

/// A host or an address, and a port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The host name, or the address as text.
    pub host: String,
    /// The port, 443 unless told.
    pub port: u16,
}

impl Target {
    /// Reads `HOST`, `HOST:PORT`, `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self { host: address.to_string(), port: PORT });
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Some(Self { host: address.ip().to_string(), port: address.port() });
        }
        match text.split_once(':') {
            _ if text.is_empty() => None,
            Some((host, port)) => Some(Self { host: host.to_owned(), port: port.parse().ok()? }),
            None => Some(Self { host: text.to_owned(), port: PORT }),
        }
    }

    /// The first address that the C library finds for it.
    pub(crate) async fn resolve(&self) -> io::Result<SocketAddr> {
        // The real agent resolves as every program of its system does, and so does this one.
        #[allow(clippy::disallowed_methods)]
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await?.next();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no addresses"))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)
    }
}

/// Connects to that address, as an IPv4-mapped one if wished.
pub(crate) async fn connect(address: SocketAddr, mapped: bool) -> io::Result<TcpStream> {
    let (socket, address) = match address {
        SocketAddr::V4(v4) if mapped => {
            let address = v4.ip().to_ipv6_mapped();
            (TcpSocket::new_v6()?, SocketAddr::new(address.into(), v4.port()))
        }
        SocketAddr::V4(_) => (TcpSocket::new_v4()?, address),
        SocketAddr::V6(_) => (TcpSocket::new_v6()?, address),
    };
    match timeout(LIMIT, socket.connect(address)).await {
        Ok(connected) => connected,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, u16)> {
        Target::parse(text).map(|target| (target.host, target.port))
    }

    fn target(host: &str, port: u16) -> Option<(String, u16)> {
        Some((host.to_owned(), port))
    }

    #[test]
    fn hosts_and_addresses_with_and_without_port() {
        assert_eq!(
            read("ecs-a.us-east-1.amazonaws.com"),
            target("ecs-a.us-east-1.amazonaws.com", 443)
        );
        assert_eq!(read("localhost:8443"), target("localhost", 8443));
        assert_eq!(read("10.0.1.102"), target("10.0.1.102", 443));
        assert_eq!(read("10.0.1.102:8443"), target("10.0.1.102", 8443));
        assert_eq!(read("fd00::1"), target("fd00::1", 443));
        assert_eq!(read("[fd00::1]:8443"), target("fd00::1", 8443));
    }

    #[test]
    fn nonsense_is_nothing() {
        assert_eq!(read(""), None);
        assert_eq!(read("host:port"), None);
        assert_eq!(read("host:70000"), None);
    }
}
