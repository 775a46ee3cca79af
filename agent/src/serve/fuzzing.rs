//! What clients send to a watch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::watch;
use vpce_probes::fuzzing::block_on;
use vpce_probes::status::Status;

use super::http;
use crate::watch::{Checked, Metrics, Snapshot, Standing};

/// What a client sends over one connection, to its end.
pub fn http_request(bytes: &[u8]) {
    let Some(answer) = block_on(answered(bytes)) else { return };
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{answer:?}");
}

async fn answered(bytes: &[u8]) -> Vec<u8> {
    let (mut client, server) = duplex(64 * 1024);
    let (_sender, snapshot) = watch::channel(Arc::new(snapshot()));
    let said = async {
        let (mut receiver, mut sender) = tokio::io::split(&mut client);
        let mut answer = Vec::new();
        let write = async {
            // A server that has heard enough goes away.
            let _ = sender.write_all(bytes).await;
            let _ = sender.shutdown().await;
        };
        let (_, read) = tokio::join!(write, receiver.read_to_end(&mut answer));
        assert!(read.is_ok(), "{read:?}");
        answer
    };
    let (answer, ()) = tokio::join!(said, http::converse(server, snapshot));
    answer
}

fn snapshot() -> Snapshot {
    let standing = Standing {
        verdict: Status::Pass,
        is_healthy: true,
        since: std::time::SystemTime::UNIX_EPOCH,
        changes: 0,
        latest: Status::Pass,
        checks: vec![(Status::Pass, 1)],
        lines_lost: 0,
    };
    let mut snapshot = Snapshot::at_start(Duration::from_secs(30));
    snapshot.last = Some(Checked {
        at: Instant::now(),
        standing,
        line: "pass: 14 host names".to_owned(),
        metrics: Metrics { text: "text".into(), open_metrics: "open".into() },
        report: "report".into(),
        failure: None,
        history: "history".into(),
    });
    snapshot
}
