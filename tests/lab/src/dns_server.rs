//! A DNS server on UDP and TCP port 53.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::sleep;

use crate::behaviour::DnsBehaviour;
use crate::dns_answer::{Transport, answer};
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
            if answer.after.is_zero() {
                let _ = socket.send_to(&bytes, client).await;
                continue;
            }
            let socket = socket.clone();
            tokio::spawn(async move {
                sleep(answer.after).await;
                let _ = socket.send_to(&bytes, client).await;
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
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
            stream.write_all(&[&length[..], &bytes].concat()).await?;
        }
    }
}
