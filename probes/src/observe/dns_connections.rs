//! How the resolver's library connects: over TCP by itself, over UDP with questions that are asked
//! again by our own clock.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use hickory_resolver::config::{ConnectionConfig, ProtocolConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::udp::UdpClientStream;
use hickory_resolver::net::xfer::DnsExchange;
use hickory_resolver::{ConnectionProvider, PoolContext};

use super::dns_socket::DnsSockets;

/// The connections to one resolver.
#[derive(Clone, Debug)]
pub(super) struct DnsConnections(pub(super) DnsSockets);

impl ConnectionProvider for DnsConnections {
    type Conn = DnsExchange<DnsSockets>;
    type FutureConn = Pin<Box<dyn Send + Future<Output = Result<Self::Conn, NetError>>>>;
    type RuntimeProvider = DnsSockets;

    fn new_connection(
        &self,
        address: IpAddr,
        config: &ConnectionConfig,
        context: &PoolContext,
    ) -> Result<Self::FutureConn, NetError> {
        if config.protocol != ProtocolConfig::Udp {
            return self.0.new_connection(address, config, context);
        }
        let server = SocketAddr::new(address, config.port);
        // The library would ask again from a new socket each time, and so late after a name without
        // an address that it is too late. The socket does it instead.
        let stream = UdpClientStream::builder(server, self.0.clone())
            .with_timeout(Some(context.options.timeout))
            .with_max_retries(1);
        Ok(Box::pin(async move { Ok(stream.exchange()) }))
    }

    fn runtime_provider(&self) -> &Self::RuntimeProvider {
        &self.0
    }
}
