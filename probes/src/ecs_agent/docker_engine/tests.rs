use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::*;
use crate::ecs_agent::scratch::Scratch;
use crate::surroundings::AbsenceReason;

const LONG: Duration = Duration::from_secs(60);

/// An engine behind a socket of its own. It gives each answer on one connection, and ends with what
/// it was asked.
fn stand_in(scratch: &Scratch, answers: Vec<Vec<u8>>) -> (DockerEngine, JoinHandle<Vec<String>>) {
    let path = scratch.path().join("docker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            asked.push(request.lines().next().unwrap_or_default().to_owned());
            // A client that has read enough may be gone.
            let _ = stream.write_all(&answer).await;
        }
        asked
    });
    (DockerEngine::at(&path).unwrap(), served)
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

const VERSION: &str = r#"{"Version":"28.2.2","ApiVersion":"1.50","MinAPIVersion":"1.24"}"#;
const RUNNING: &str = r#"{"Id":"abc","State":{"Status":"running","Running":true,"Pid":7}}"#;

#[tokio::test]
async fn the_version_is_that_of_the_engine() {
    let scratch = Scratch::new("docker-version");
    let (engine, served) = stand_in(&scratch, vec![answer(200, VERSION), answer(200, RUNNING)]);
    let (container, _) = engine.inspect_agent(LONG).await.unwrap();
    assert_eq!((container.id.as_str(), container.pid), ("abc", Some(7)));
    let expected = ["GET /version HTTP/1.1", "GET /v1.50/containers/ecs-agent/json HTTP/1.1"];
    assert_eq!(served.await.unwrap(), expected);
}

#[tokio::test]
async fn an_engine_that_tells_no_version_is_asked_without() {
    for told in [answer(200, "{}"), answer(200, r#"{"ApiVersion":"../../x"}"#), answer(404, "")] {
        let scratch = Scratch::new("docker-no-version");
        let (engine, served) = stand_in(&scratch, vec![told, answer(200, RUNNING)]);
        engine.inspect_agent(LONG).await.unwrap();
        assert_eq!(served.await.unwrap()[1], "GET /containers/ecs-agent/json HTTP/1.1");
    }
}

#[tokio::test]
async fn a_restart_is_one_request() {
    let scratch = Scratch::new("docker-restart");
    let (engine, served) = stand_in(&scratch, vec![answer(200, VERSION), answer(204, "")]);
    engine.restart("abc", Duration::from_secs(10), LONG).await.unwrap();
    assert_eq!(served.await.unwrap()[1], "POST /v1.50/containers/abc/restart?t=10 HTTP/1.1");
    for id in ["", "../x", "a b", "a?t=0"] {
        let error = engine.restart(id, LONG, LONG).await.unwrap_err();
        assert_eq!(error.absence().reason, AbsenceReason::WrongForm, "{error}");
    }
}

#[tokio::test]
async fn what_runs_already_counts_as_started() {
    for (status, starts) in [(204, true), (304, true), (500, false)] {
        let scratch = Scratch::new("docker-start");
        let (engine, served) = stand_in(&scratch, vec![answer(200, VERSION), answer(status, "")]);
        assert_eq!(engine.start("abc", LONG).await.is_ok(), starts, "{status}");
        assert_eq!(served.await.unwrap()[1], "POST /v1.50/containers/abc/start HTTP/1.1");
        assert!(engine.start("../x", LONG).await.is_err());
    }
}

#[tokio::test]
async fn refusals_say_what_the_engine_says() {
    let scratch = Scratch::new("docker-refusals");
    let gone = answer(404, r#"{"message":"No such container: ecs-agent"}"#);
    let (engine, served) = stand_in(&scratch, vec![answer(200, VERSION), gone]);
    let error = engine.inspect_agent(LONG).await.unwrap_err();
    assert!(error.is_not_found() && !error.is_permission_denied());
    assert_eq!(error.absence().reason, AbsenceReason::NotFound);
    let words = "the engine answers with HTTP status 404: No such container: ecs-agent";
    assert!(error.to_string().ends_with(words), "{error}");
    served.await.unwrap();
}

#[tokio::test]
async fn what_is_no_engine_is_bounded_and_told_apart() {
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 2 * 1024 * 1024]].concat();
    let truncated = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    for (bytes, reason) in [
        (endless, AbsenceReason::TooLarge),
        (truncated, AbsenceReason::Truncated),
        (b"\x00\xff garbage\r\n\r\n".to_vec(), AbsenceReason::NotHttp),
        (answer(200, "not json"), AbsenceReason::NotJson),
        (answer(200, r#"{"Id":7}"#), AbsenceReason::WrongForm),
        (answer(500, "oops"), AbsenceReason::HttpStatus),
        (answer(403, ""), AbsenceReason::NotPermitted),
    ] {
        let scratch = Scratch::new("docker-troubles");
        let (engine, served) = stand_in(&scratch, vec![answer(200, VERSION), bytes]);
        let error = engine.inspect_agent(LONG).await.unwrap_err();
        assert_eq!(error.absence().reason, reason, "{error}");
        served.await.unwrap();
    }
}

#[tokio::test]
async fn a_silent_engine_and_none_are_told_apart() {
    let scratch = Scratch::new("docker-silent");
    let path = scratch.path().join("docker.sock");
    let engine = DockerEngine::at(&path).unwrap();
    let reason = async || {
        let error = engine.inspect_agent(Duration::from_millis(50)).await.unwrap_err();
        assert!(error.to_string().contains("docker.sock"), "{error}");
        (error.absence().reason, error.is_not_there())
    };
    assert_eq!(reason().await, (AbsenceReason::NotAsked, true));
    let silent = UnixListener::bind(&path).unwrap();
    assert_eq!(reason().await, (AbsenceReason::TimedOut, false));
    drop(silent);
    assert_eq!(reason().await, (AbsenceReason::Refused, true));
}
