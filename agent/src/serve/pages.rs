//! The pages: from a request and how things stand to what is answered. Pure.

use std::time::Instant;

use bytes::Bytes;
use hyper::{Method, StatusCode};

use crate::health::Answer;
use crate::watch::Snapshot;

/// The methods that are answered.
pub(super) const ALLOWED: &str = "GET, HEAD";

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const INDEX: &str = "\
vpce-probe watch

/metrics         metrics for Prometheus
/healthz         200 when the verdict is good, 503 when it is not or not known
/livez           200 while checks are done, 503 when none has ended for two intervals
/report          the report of the last check (JSON)
/report/failure  the report of the last check that was not healthy (JSON)
/history         the last results and the last failures in short (JSON)
";

/// What is answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
}

/// The page of that path.
pub(super) fn page(
    method: &Method,
    path: &str,
    wants_open_metrics: bool,
    snapshot: &Snapshot,
    now: Instant,
) -> Page {
    if method != Method::GET && method != Method::HEAD {
        return said(StatusCode::METHOD_NOT_ALLOWED, format!("only {ALLOWED}"));
    }
    let last = snapshot.last.as_ref();
    match path {
        "/" => Page { status: StatusCode::OK, content_type: TEXT, body: INDEX.into() },
        "/metrics" if wants_open_metrics => {
            of_last(last.map(|last| &last.metrics.open_metrics), OPEN_METRICS)
        }
        "/metrics" => of_last(last.map(|last| &last.metrics.text), METRICS),
        "/healthz" => {
            let told = Answer::of(snapshot, now).judged(false);
            said(if_well(told.is_healthy()), told.line)
        }
        "/livez" => {
            let words = match (snapshot.is_stale(now), last) {
                (true, _) => "stuck: no check has ended for two intervals",
                (false, None) => "alive: the first check has not ended yet",
                (false, Some(_)) => "alive: checks are done",
            };
            said(if_well(!snapshot.is_stale(now)), words.to_owned())
        }
        "/report" => of_last(last.map(|last| &last.report), JSON),
        "/history" => of_last(last.map(|last| &last.history), JSON),
        "/report/failure" => match last.and_then(|last| last.failure.clone()) {
            Some(body) => Page { status: StatusCode::OK, content_type: JSON, body },
            None => said(StatusCode::NOT_FOUND, "no check has failed".to_owned()),
        },
        _ => said(StatusCode::NOT_FOUND, "no such page; / lists them".to_owned()),
    }
}

/// What the last check has left, as soon as there was one.
fn of_last(body: Option<&Bytes>, content_type: &'static str) -> Page {
    match body {
        Some(body) => Page { status: StatusCode::OK, content_type, body: body.clone() },
        None => {
            let words = "the first check has not ended yet".to_owned();
            said(StatusCode::SERVICE_UNAVAILABLE, words)
        }
    }
}

fn if_well(is_well: bool) -> StatusCode {
    if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn said(status: StatusCode, line: String) -> Page {
    Page { status, content_type: TEXT, body: (line + "\n").into() }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use vpce_probes::status::Status;

    use super::*;
    use crate::watch::{Checked, Metrics, Standing};

    const INTERVAL: Duration = Duration::from_secs(30);

    fn checked(verdict: Status, failure: Option<&'static str>) -> Snapshot {
        let standing = Standing {
            verdict,
            is_healthy: verdict == Status::Pass,
            since: SystemTime::UNIX_EPOCH,
            changes: 0,
            latest: verdict,
            checks: vec![(verdict, 1)],
            lines_lost: 0,
        };
        let mut snapshot = Snapshot::at_start(INTERVAL);
        snapshot.last = Some(Checked {
            at: snapshot.started,
            standing,
            line: format!("{}: 14 host names", verdict.word()),
            metrics: Metrics { text: "text".into(), open_metrics: "open".into() },
            report: "report".into(),
            failure: failure.map(Bytes::from),
            history: "history".into(),
        });
        snapshot
    }

    fn get(path: &str, snapshot: &Snapshot, after: Duration) -> (u16, String, &'static str) {
        let page = page(&Method::GET, path, false, snapshot, snapshot.started + after);
        let body = String::from_utf8(page.body.to_vec()).unwrap();
        (page.status.as_u16(), body, page.content_type)
    }

    #[test]
    fn pages_of_a_watch_that_has_checked() {
        let snapshot = checked(Status::Pass, Some("failure"));
        for (path, body, content_type) in [
            ("/metrics", "text", METRICS),
            ("/healthz", "healthy: pass: 14 host names (1.0 s ago)\n", TEXT),
            ("/livez", "alive: checks are done\n", TEXT),
            ("/report", "report", JSON),
            ("/report/failure", "failure", JSON),
            ("/history", "history", JSON),
            ("/", INDEX, TEXT),
        ] {
            let got = get(path, &snapshot, Duration::from_secs(1));
            assert_eq!(got, (200, body.to_owned(), content_type), "{path}");
        }
        let page = page(&Method::GET, "/metrics", true, &snapshot, snapshot.started);
        assert_eq!((page.body, page.content_type), ("open".into(), OPEN_METRICS));
    }

    #[test]
    fn health_follows_the_verdict_and_life_does_not() {
        let second = Duration::from_secs(1);
        for (verdict, status) in [(Status::Fail, 503), (Status::Unknown, 503), (Status::Pass, 200)]
        {
            let snapshot = checked(verdict, None);
            assert_eq!(get("/healthz", &snapshot, second).0, status, "{verdict:?}");
            assert_eq!(get("/livez", &snapshot, second).0, 200, "{verdict:?}");
        }
        let snapshot = checked(Status::Pass, None);
        for path in ["/healthz", "/livez"] {
            assert_eq!(get(path, &snapshot, INTERVAL * 2).0, 200, "{path}");
            assert_eq!(get(path, &snapshot, INTERVAL * 2 + second).0, 503, "{path}");
        }
        assert_eq!(get("/report", &snapshot, INTERVAL * 3).0, 200);
    }

    #[test]
    fn nothing_is_known_before_a_check_has_ended() {
        let at_start = Snapshot::at_start(INTERVAL);
        for path in ["/metrics", "/healthz", "/report", "/history"] {
            assert_eq!(get(path, &at_start, Duration::ZERO).0, 503, "{path}");
        }
        assert_eq!(get("/livez", &at_start, Duration::ZERO).0, 200);
        assert_eq!(get("/livez", &at_start, INTERVAL * 3).0, 503);
        assert_eq!(get("/report/failure", &at_start, Duration::ZERO).0, 404);
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        let snapshot = checked(Status::Pass, None);
        for path in ["", "*", "/metrics/", "//metrics", "/Healthz", "/report/", "/../etc/passwd"] {
            assert_eq!(get(path, &snapshot, Duration::ZERO).0, 404, "{path}");
        }
        let now = snapshot.started;
        for method in [Method::POST, Method::DELETE, Method::OPTIONS, Method::CONNECT] {
            let page = page(&method, "/metrics", false, &snapshot, now);
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        }
        let head = page(&Method::HEAD, "/metrics", false, &snapshot, now);
        assert_eq!(head.status, StatusCode::OK);
    }
}
