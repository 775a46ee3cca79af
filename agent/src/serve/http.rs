//! HTTP. Whatever a client does or leaves undone, its connection costs little and ends soon.

use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::PAUSE;
use super::accept;
use super::crowd::Crowd;
use super::pages::{self, ALLOWED};
use super::room;
use crate::watch::Snapshot;

/// Time for the header of a request, from the connection or from the last answer on. No usual
/// interval of a scraper: one that ends just then would meet a connection that is being closed.
const HEADER: Duration = Duration::from_secs(7);

/// Age at which a connection takes no more requests.
const LIFE: Duration = Duration::from_secs(60);

/// Time after that for an answer that is under way to a slow reader.
const END: Duration = Duration::from_secs(5);

/// Longest header, in bytes; browsers send some 1,000.
const LONGEST_HEADER: usize = 16 * 1024;

/// Answers for ever.
pub(super) async fn serve(listener: &TcpListener, snapshot: &watch::Receiver<Arc<Snapshot>>) {
    let mut crowd = Crowd::of_at_most(room::for_clients());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let task = tokio::spawn(connection(stream, snapshot.clone()));
                crowd.add(task.abort_handle());
            }
            Err(error) => {
                tracing::debug!(%error, "A connection cannot be taken");
                crowd.drop_oldest();
                sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, snapshot: watch::Receiver<Arc<Snapshot>>) {
    // A small answer waits for nothing; where that cannot be had it comes a moment later.
    let _ = stream.set_nodelay(true);
    converse(stream, snapshot).await;
}

/// Answers one client, until it or its time comes to an end.
pub(super) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    snapshot: watch::Receiver<Arc<Snapshot>>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        // A copy: who holds the original holds up the next check.
        let now = snapshot.borrow().clone();
        ready(Ok::<_, Infallible>(answer(&request, &now)))
    });
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER).max_buf_size(LONGEST_HEADER);
    // A client that has said everything may still listen.
    builder.half_close(true);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // What goes wrong on a connection is the client's concern.
        _ = connection.as_mut() => return,
        () = sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(END, connection).await;
}

fn answer(request: &Request<Incoming>, snapshot: &Snapshot) -> Response<Full<Bytes>> {
    let accepted = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let wants_open_metrics = accept::wants_open_metrics(accepted);
    let path = request.uri().path();
    let page = pages::page(request.method(), path, wants_open_metrics, snapshot, Instant::now());
    let mut response = Response::new(Full::new(page.body));
    *response.status_mut() = page.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    if page.status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static(ALLOWED));
    }
    response
}
