//! Starting every server of the VPC.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::authority::Authority;
use crate::behaviour::{DnsBehaviour, ImdsBehaviour, TaskMetadataBehaviour, TlsBehaviour};
use crate::dns_server::DnsServer;
use crate::error::Trouble;
use crate::tls_server::TlsServer;
use crate::vpc::{Server, Vpc};
use crate::zone::Zone;
use crate::{imds, owned, task_metadata};

/// Starts them all; when this returns, all of them listen.
pub(crate) async fn start(
    vpc: &Vpc,
    servers: &BTreeMap<IpAddr, Server>,
    authority: &mut Authority,
) -> Result<(), Trouble> {
    for (address, server) in servers {
        start_tls(vpc, *address, server, authority).await?;
    }
    start_resolvers(vpc).await?;
    start_imds(vpc).await?;
    start_task_metadata(vpc).await
}

async fn start_tls(
    vpc: &Vpc,
    address: IpAddr,
    server: &Server,
    authority: &mut Authority,
) -> Result<(), Trouble> {
    let without_listener = [
        TlsBehaviour::Refuse,
        TlsBehaviour::Drop,
        TlsBehaviour::DropWithoutOwner,
        TlsBehaviour::Prohibited,
        TlsBehaviour::NoRoute,
    ];
    if without_listener.contains(&server.behaviour) {
        return Ok(());
    }
    let mut names =
        server.certificate_names.clone().unwrap_or_else(|| owned::names_of(vpc, address));
    if names.is_empty() {
        names.push(address.to_string());
    }
    let tls = Arc::new(TlsServer {
        behaviour: server.behaviour,
        config: authority.server(server, names)?,
        delay: Duration::from_millis(server.delay_ms),
    });
    listen(address, 443, move |stream| tls.clone().serve(stream)).await
}

async fn start_resolvers(vpc: &Vpc) -> Result<(), Trouble> {
    for (address, resolver) in &vpc.resolvers {
        if resolver.behaviour == DnsBehaviour::Refuse {
            continue;
        }
        let zone = Zone::new(vpc, &resolver.view);
        let server = Arc::new(DnsServer { behaviour: resolver.behaviour, zone });
        let at = SocketAddr::new(*address, 53);
        let socket = UdpSocket::bind(at).await.map_err(|why| cannot_listen(at, "udp", &why))?;
        tokio::spawn(server.clone().serve_udp(socket));
        listen(*address, 53, move |stream| server.clone().serve_tcp(stream)).await?;
    }
    Ok(())
}

async fn start_imds(vpc: &Vpc) -> Result<(), Trouble> {
    let Some(imds) = vpc.imds.as_ref().filter(|imds| imds.behaviour != ImdsBehaviour::Refuse)
    else {
        return Ok(());
    };
    let service = imds::Service::new(imds.clone());
    for address in &imds.addresses {
        let service = service.clone();
        listen(*address, 80, move |stream| service.clone().serve(stream)).await?;
    }
    Ok(())
}

async fn start_task_metadata(vpc: &Vpc) -> Result<(), Trouble> {
    let refuse = TaskMetadataBehaviour::Refuse;
    let Some(service) = vpc.task_metadata.as_ref().filter(|service| service.behaviour != refuse)
    else {
        return Ok(());
    };
    let service = Arc::new(service.clone());
    listen(owned::TASK_METADATA, 80, move |stream| task_metadata::serve(service.clone(), stream))
        .await
}

/// Listens, and serves every connection in a task of its own. What becomes of a connection
/// is the client's business: most of these servers are there to disappoint.
async fn listen<Serving>(
    address: IpAddr,
    port: u16,
    serve: impl Fn(TcpStream) -> Serving + Send + 'static,
) -> Result<(), Trouble>
where
    Serving: Future<Output = io::Result<()>> + Send + 'static,
{
    let at = SocketAddr::new(address, port);
    let listener = TcpListener::bind(at).await.map_err(|why| cannot_listen(at, "tcp", &why))?;
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let _ = stream.set_nodelay(true);
            tokio::spawn(serve(stream));
        }
    });
    Ok(())
}

fn cannot_listen(at: SocketAddr, protocol: &str, why: &io::Error) -> Trouble {
    Trouble::Listen { address: format!("{at}/{protocol}"), why: why.to_string() }
}
