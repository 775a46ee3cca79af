//! A DNS server on UDP and TCP port 53.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::sleep;

use crate::behaviour::DnsBehaviour;
use crate::dns_answer::{Transport, answer};
use crate::dns_forgery::Forgeries;
use crate::zone::Zone;

/// One resolver on one address.
pub(crate) struct DnsServer {
    pub(crate) behaviour: DnsBehaviour,
    pub(crate) zone: Zone,
}

impl DnsServer {
    /// Answers questions on a UDP socket for ever, each in its own time.
    pub(crate) async fn serve_udp(self: Arc<Self>, socket: UdpSocket) {
        let socket = Arc::new(socket);
        let mut buffer = [0; 4096];
        loop {
            // An earlier answer to a client that is gone is reported here as an error.
            let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
            let question = buffer.get(..length).unwrap_or_default();
            let answer = answer(&self.zone, self.behaviour, question, Transport::Udp);
            let Some(bytes) = answer.bytes else { continue };
            let forgeries = answer.forgeries;
            if answer.after.is_zero() {
                send(&socket, client, &bytes, &forgeries).await;
                continue;
            }
            let socket = socket.clone();
            tokio::spawn(async move {
                sleep(answer.after).await;
                send(&socket, client, &bytes, &forgeries).await;
            });
        }
    }

    /// Answers the questions of one TCP connection in order.
    pub(crate) async fn serve_tcp(self: Arc<Self>, mut stream: TcpStream) -> io::Result<()> {
        loop {
            let length = stream.read_u16().await?;
            let mut question = vec![0; length.into()];
            stream.read_exact(&mut question).await?;
            let answer = answer(&self.zone, self.behaviour, &question, Transport::Tcp);
            let Some(bytes) = answer.bytes else { continue };
            sleep(answer.after).await;
            let Forgeries { before, behind, .. } = answer.forgeries;
            for message in before.into_iter().chain([bytes]).chain(behind) {
                let length = u16::try_from(message.len()).unwrap_or(u16::MAX).to_be_bytes();
                stream.write_all(&[&length[..], &message].concat()).await?;
            }
        }
    }
}

/// Sends an answer between the forgeries. A client that is gone gets nothing.
async fn send(socket: &UdpSocket, client: SocketAddr, bytes: &[u8], forgeries: &Forgeries) {
    if let Some(message) = &forgeries.from_elsewhere
        && let Ok(own) = socket.local_addr()
        && let Ok(other) = UdpSocket::bind((own.ip(), 0)).await
    {
        let _ = other.send_to(message, client).await;
    }
    let messages = forgeries.before.iter().map(Vec::as_slice);
    let behind = forgeries.behind.iter().map(Vec::as_slice);
    for message in messages.chain([bytes]).chain(behind) {
        let _ = socket.send_to(message, client).await;
    }
}
