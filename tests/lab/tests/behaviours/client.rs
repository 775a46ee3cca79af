//! The client: one question a run, one line of answer.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long the client waits for anything but a connection.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it waits for a connection: Linux repeats a SYN that got lost after a second.
const CONNECT_PATIENCE: Duration = Duration::from_millis(1600);
/// How much it reads of an answer that does not end.
const ENOUGH: usize = 1024 * 1024;

#[allow(clippy::print_stdout)]
pub(crate) fn main(words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{}", runtime.block_on(answer(&words)).unwrap_or_else(|error| error));
}

async fn answer(words: &[&str]) -> Result<String, String> {
    match words {
        ["dns", "udp", server, name, kind] => {
            let socket = UdpSocket::bind(if server.contains(':') { "[::]:0" } else { "0.0.0.0:0" });
            let socket = socket.await.unwrap();
            step("dns", socket.connect(at(server, 53))).await?;
            let started = Instant::now();
            step("dns", socket.send(&question(name, kind))).await?;
            let mut buffer = [0; 4096];
            let length = step("dns", socket.recv(&mut buffer)).await?;
            Ok(told(&buffer[..length], started))
        }
        ["dns", "tcp", server, name, kind] => {
            let mut stream = connect(server, 53).await?;
            let started = Instant::now();
            let question = question(name, kind);
            step("dns", stream.write_u16(question.len() as u16)).await?;
            step("dns", stream.write_all(&question)).await?;
            let length = step("dns", stream.read_u16()).await?;
            let mut buffer = vec![0; length.into()];
            step("dns", stream.read_exact(&mut buffer)).await?;
            Ok(told(&buffer, started))
        }
        ["tls", server, name] => {
            let stream = connect(server, 443).await?;
            let config = TlsConnector::from(Arc::new(tls_config()));
            let name = ServerName::try_from((*name).to_owned()).unwrap();
            let stream = step("tls", config.connect(name, stream)).await?;
            Ok(format!("ok {:?}", stream.get_ref().1.protocol_version().unwrap()))
        }
        // The raw bytes that come back for a ClientHello.
        ["hello", server] => {
            let mut stream = connect(server, 443).await?;
            let name = ServerName::try_from("ecs.us-east-1.amazonaws.com").unwrap();
            let mut hello = Vec::new();
            let mut tls = ClientConnection::new(Arc::new(tls_config()), name).unwrap();
            tls.write_tls(&mut hello).unwrap();
            step("hello", stream.write_all(&hello)).await?;
            let (bytes, end) = read_all(&mut stream).await;
            let first: String = bytes.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
            Ok(format!("{} bytes {first} {end}", bytes.len()))
        }
        ["http", method, server, path, headers @ ..] => {
            let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\n");
            for header in headers {
                request += &format!("{}\r\n", header.replacen('=', ": ", 1));
            }
            http(connect(server, 80).await?, &request).await
        }
        // The introspection API of the ECS agent.
        ["agent", server] => {
            let stream = connect(server, 51678).await?;
            http(stream, "GET /v1/metadata HTTP/1.1\r\nHost: localhost\r\n").await
        }
        ["docker", method, path] => {
            let stream = step("connect", UnixStream::connect("/var/run/docker.sock")).await?;
            http(stream, &format!("{method} {path} HTTP/1.1\r\nHost: docker\r\n")).await
        }
        // Fetches a token first, as IMDSv2 wants it.
        ["imds", path] => {
            let mut stream = connect("169.254.169.254", 80).await?;
            let request = "PUT /latest/api/token HTTP/1.1\r\n\
                           X-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n";
            step("http", stream.write_all(request.as_bytes())).await?;
            let text = String::from_utf8_lossy(&read_all(&mut stream).await.0).into_owned();
            let token = text.rsplit_once("\r\n\r\n").unwrap().1;
            let header = format!("X-aws-ec2-metadata-token={token}");
            Box::pin(answer(&["http", "GET", "169.254.169.254", path, &header])).await
        }
        _ => Err(format!("no such command: {words:?}")),
    }
}

async fn http(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> Result<String, String> {
    step("http", stream.write_all(format!("{request}\r\n").as_bytes())).await?;
    let (bytes, end) = read_all(&mut stream).await;
    if bytes.len() > 16 * 1024 || !matches!(end, "eof") {
        return Ok(format!("{} bytes {end}", bytes.len()));
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(format!("{text:?}"))
}

async fn step<T>(name: &str, doing: impl Future<Output = io::Result<T>>) -> Result<T, String> {
    let patience = if name == "connect" { CONNECT_PATIENCE } else { PATIENCE };
    match timeout(patience, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(match error.kind() {
            io::ErrorKind::InvalidData => format!("{name}: {error}"),
            kind => format!("{name}: {kind}"),
        }),
        Err(_) => Err(format!("{name}: no answer")),
    }
}

async fn connect(server: &str, port: u16) -> Result<TcpStream, String> {
    step("connect", TcpStream::connect(at(server, port))).await
}

async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> (Vec<u8>, &'static str) {
    let (mut bytes, started) = (Vec::new(), Instant::now());
    loop {
        let mut chunk = [0; 16 * 1024];
        match timeout(PATIENCE.saturating_sub(started.elapsed()), stream.read(&mut chunk)).await {
            Err(_) => return (bytes, "open"),
            Ok(Err(_)) => return (bytes, "reset"),
            Ok(Ok(0)) => return (bytes, "eof"),
            Ok(Ok(length)) => bytes.extend(&chunk[..length]),
        }
        if bytes.len() > ENOUGH {
            return (bytes[..ENOUGH].to_vec(), "endless");
        }
    }
}

fn at(server: &str, port: u16) -> SocketAddr {
    SocketAddr::new(server.parse::<IpAddr>().unwrap(), port)
}

fn tls_config() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let file = CertificateDer::pem_file_iter("/etc/vpce-lab/ca.pem").unwrap();
    roots.add_parsable_certificates(file.map(Result::unwrap));
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn question(name: &str, kind: &str) -> Vec<u8> {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    let kind = match kind {
        "A" => RecordType::A,
        "AAAA" => RecordType::AAAA,
        _ => RecordType::TXT,
    };
    // Without EDNS the answer must fit into 512 bytes.
    let (name, edns) = name.strip_suffix("+edns").map_or((name, false), |name| (name, true));
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    if edns {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        message.set_edns(edns);
    }
    message.to_vec().unwrap()
}

fn told(bytes: &[u8], asked: Instant) -> String {
    let Ok(message) = Message::from_vec(bytes) else { return "not a DNS message".to_owned() };
    let records = message.answers.iter().map(|record| match &record.data {
        RData::A(address) => address.to_string(),
        RData::AAAA(address) => address.to_string(),
        RData::CNAME(name) => name.to_string(),
        other => format!("{other:?}"),
    });
    let mut parts = vec![format!("{:?}", message.metadata.response_code)];
    parts.extend(records);
    parts.extend(message.authorities.iter().map(|record| format!("soa:{}", record.name)));
    let flags = [
        (message.metadata.truncation, "truncated"),
        (message.metadata.id != 4711, "wrong-id"),
        (asked.elapsed() > Duration::from_millis(250), "late"),
    ];
    parts.extend(flags.iter().filter(|(set, _)| *set).map(|(_, flag)| (*flag).to_owned()));
    parts.join(" ")
}
