//! One question to one resolver, and its answer as it came. The library's own resolver would follow
//! aliases by questions of its own, which no libc client asks, and so ask for whatever name an answer
//! holds.

use std::sync::Arc;

use hickory_resolver::config::{NameServerConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::proto::op::{DnsRequestOptions, DnsResponse, Query};
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{ConnectionProvider, NameServerPool, PoolContext, TlsConfig};

/// The way to one resolver.
pub(super) struct Resolver<P: ConnectionProvider> {
    server: NameServerPool<P>,
    options: DnsRequestOptions,
}

impl<P: ConnectionProvider> Resolver<P> {
    pub(super) fn new(
        server: NameServerConfig,
        options: ResolverOpts,
        connections: P,
    ) -> Result<Self, NetError> {
        let mut of_requests = DnsRequestOptions::default();
        of_requests.recursion_desired = options.recursion_desired;
        of_requests.use_edns = options.edns0;
        of_requests.edns_payload_len = options.edns_payload_len;
        let context = Arc::new(PoolContext::new(options, TlsConfig::new()?));
        let server = NameServerPool::from_config([server], context, connections);
        Ok(Self { server, options: of_requests })
    }

    /// Asks, over UDP and where the answer does not fit there over TCP.
    pub(super) async fn lookup(
        &self,
        name: Name,
        kind: RecordType,
    ) -> Result<DnsResponse, NetError> {
        self.server.lookup(Query::query(name, kind), self.options).first_answer().await
    }
}

impl<P: ConnectionProvider> std::fmt::Debug for Resolver<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}
