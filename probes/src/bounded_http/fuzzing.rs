//! Answers of services over HTTP, byte by byte.

use std::convert::Infallible;
use std::future::pending;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

use super::{Answer, HttpClient, LONG_ANSWER, Problem, Request};
use crate::fuzzing::{assert_short_texts, block_on};

/// What a service sends from the first byte of its answer to the end of the connection.
pub fn http_answer(bytes: &[u8]) {
    match block_on(answered(bytes)).flatten() {
        Some(Ok(answer)) => {
            assert!(answer.body.len() <= LONG_ANSWER.min(bytes.len()), "{}", answer.body.len());
            assert!((100..1000).contains(&answer.status), "{}", answer.status);
        }
        Some(Err(problem)) => {
            assert!(!matches!(problem, Problem::TimedOut(_)), "it came to its end, unseen");
            assert_short_texts(&problem.to_string());
        }
        None => {}
    }
}

/// None where the system has no resources for it.
async fn answered(bytes: &[u8]) -> Option<Result<Answer, Problem>> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // A name that stands in no folder, as the system takes it.
    let name = format!("\0vpce-probe-http-answer-{}-{count}", std::process::id());
    let listener = UnixListener::bind(&name).ok()?;
    let client = HttpClient::over_socket(Path::new(&name)).ok()?;
    let limit = Duration::from_secs(60);
    let request = Request {
        method: "GET",
        url: "http://docker/info",
        header: None,
        limit,
        most: LONG_ANSWER,
    };
    tokio::select! {
        answer = client.answer(request) => Some(answer),
        _ = serve(&listener, bytes) => None,
    }
}

/// Serves whoever comes; comes to no end of its own.
async fn serve(listener: &UnixListener, bytes: &[u8]) -> Option<Infallible> {
    let (mut stream, _) = listener.accept().await.ok()?;
    // The client asks in one piece, and what it asks is known.
    let asked = stream.read(&mut [0; 4096]).await.ok()?;
    assert!(asked > 0, "nothing was asked");
    // A client that has seen enough goes away.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    pending().await
}
