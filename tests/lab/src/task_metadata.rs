//! The task metadata service, version 4.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::behaviour::TaskMetadataBehaviour;
use crate::http::{self, Request, Response};
use crate::pace;
use crate::vpc::TaskMetadata;

const SLOW: Duration = Duration::from_millis(50);
const HUGE: usize = 100 * 1024 * 1024;

/// Serves one connection.
pub(crate) async fn serve(service: Arc<TaskMetadata>, mut stream: TcpStream) -> io::Result<()> {
    let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
    let response = match service.behaviour {
        TaskMetadataBehaviour::Silent => return pace::hold(&mut stream).await,
        TaskMetadataBehaviour::Garbage => {
            stream.write_all(b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n").await?;
            return stream.shutdown().await;
        }
        TaskMetadataBehaviour::Huge => return send_huge(&mut stream).await,
        TaskMetadataBehaviour::Chunked(mebibytes) => {
            return send_chunks(&mut stream, mebibytes).await;
        }
        TaskMetadataBehaviour::Headers => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            return pace::flood(&mut stream, &b"X-Header: and so on\r\n".repeat(1_000)).await;
        }
        TaskMetadataBehaviour::ManyValues => Response::new(200, http::many_values()),
        TaskMetadataBehaviour::Error => Response::new(500, r#""internal error""#),
        _ => answer(&service, &request),
    };
    let response = response
        .with("Content-Type", "application/json")
        .with("Date", http::date(OffsetDateTime::now_utc()));
    let bytes = response.to_bytes(&request.method);
    match service.behaviour {
        TaskMetadataBehaviour::Slow => pace::drip(&mut stream, &bytes, SLOW).await,
        TaskMetadataBehaviour::Drip(ms) => {
            pace::drip(&mut stream, &bytes, Duration::from_millis(ms.into())).await
        }
        TaskMetadataBehaviour::Truncated => {
            let all_but_the_last = bytes.len().saturating_sub(20);
            stream.write_all(bytes.get(..all_but_the_last).unwrap_or_default()).await?;
            stream.shutdown().await
        }
        _ => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
    }
}

fn answer(service: &TaskMetadata, request: &Request) -> Response {
    match service.documents.get(&request.path) {
        _ if !["GET", "HEAD"].contains(&request.method.as_str()) => {
            Response::new(405, r#""method not allowed""#)
        }
        Some(body) => Response::new(200, body.as_str()),
        None => Response::new(404, r#""unable to find the task or container""#),
    }
}

async fn send_huge(stream: &mut TcpStream) -> io::Result<()> {
    let (start, end) = (br#"{"Family":""#, br#""}"#);
    let head = Response::new(200, "").with("Content-Type", "application/json");
    stream.write_all(&head.head(Some(start.len() + HUGE + end.len()))).await?;
    stream.write_all(start).await?;
    let chunk = [b'x'; 64 * 1024];
    for _ in 0..HUGE / chunk.len() {
        stream.write_all(&chunk).await?;
    }
    stream.write_all(end).await?;
    stream.shutdown().await
}

async fn send_chunks(stream: &mut TcpStream, mebibytes: u32) -> io::Result<()> {
    let head = Response::new(200, "")
        .with("Content-Type", "application/json")
        .with("Transfer-Encoding", "chunked");
    stream.write_all(&head.head(None)).await?;
    stream.write_all(b"1\r\n\"\r\n").await?;
    let chunk = [b"8000\r\n".as_slice(), &[b'x'; 0x8000], b"\r\n"].concat();
    for _ in 0..mebibytes.saturating_mul(32) {
        stream.write_all(&chunk).await?;
    }
    stream.write_all(b"1\r\n\"\r\n0\r\n\r\n").await?;
    stream.shutdown().await
}
