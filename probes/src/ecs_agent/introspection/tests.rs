use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A service on loopback that gives this answer to everybody.
async fn service(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    format!("http://{address}")
}

fn http(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

async fn asked(introspection: Vec<String>, limit: Duration) -> Fact<Introspection> {
    let outside =
        EcsAgentOutside { introspection, limit, ..EcsAgentOutside::usual(&BTreeMap::new()) };
    ask(&outside).await
}

async fn answered(status: u16, body: &str) -> Fact<Introspection> {
    asked(vec![service(http(status, body)).await], Duration::from_secs(60)).await
}

#[tokio::test]
async fn every_form_of_the_answer_is_read() {
    let arn = "arn:aws:ecs:us-east-1:123456789012:container-instance/blue/0123";
    let version = "Amazon ECS Agent - v1.105.1 (*a8b3e7d3)";
    let full =
        format!(r#"{{"Cluster":"blue","ContainerInstanceArn":"{arn}","Version":"{version}"}}"#);
    let fact = answered(200, &full).await;
    let metadata = fact.value().unwrap();
    assert_eq!(metadata.version.as_deref(), Some(version));
    assert_eq!(metadata.container_instance_arn.as_deref(), Some(arn));
    assert!(metadata.url.starts_with("http://127.0.0.1:"));
    assert_eq!(fact.source(), Some(&Source::INTROSPECTION));

    let fact =
        answered(200, r#"{"Cluster":"blue","ContainerInstanceArn":null,"Version":""}"#).await;
    let metadata = fact.value().unwrap();
    assert_eq!((metadata.version.as_ref(), metadata.container_instance_arn.as_ref()), (None, None));
    assert_eq!(metadata.cluster.as_deref(), Some("blue"));
}

#[tokio::test]
async fn each_kind_of_trouble_has_its_own_reason() {
    for (status, body, reason) in [
        (
            500,
            r#"{"Cluster":"","ContainerInstanceArn":null,"Version":""}"#,
            AbsenceReason::HttpStatus,
        ),
        (200, "not json", AbsenceReason::NotJson),
        (200, r#"{"Version":7}"#, AbsenceReason::WrongForm),
        (200, r#"{"AvailableCommands":["/v1/metadata"]}"#, AbsenceReason::WrongForm),
        (200, "[]", AbsenceReason::WrongForm),
    ] {
        let fact = answered(status, body).await;
        assert_eq!(fact.why_missing()[0].reason, reason, "{body}");
    }
    let garbage = service(b"\x00\x01\x02\r\n\r\n".to_vec()).await;
    let fact = asked(vec![garbage], Duration::from_secs(60)).await;
    assert_eq!(fact.why_missing()[0].reason, AbsenceReason::NotHttp);
}

#[tokio::test]
async fn the_first_good_answer_wins_and_reasons_add_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let closed_url = "http://127.0.0.1:1".to_owned();
    let name = "http://localhost:51678".to_owned();
    let good = service(http(200, r#"{"Version":"v1.99.0"}"#)).await;
    let all = vec![closed_url.clone(), name.clone(), good];
    assert!(asked(all, Duration::from_secs(60)).await.value().is_some());
    let none = asked(vec![closed_url, name], Duration::from_secs(60)).await;
    let reasons: Vec<_> = none.why_missing().iter().map(|absence| absence.reason).collect();
    assert_eq!(reasons, [AbsenceReason::Refused, AbsenceReason::WrongForm]);
    let late = asked(vec![silent], Duration::from_millis(50)).await;
    assert_eq!(late.why_missing()[0].reason, AbsenceReason::TimedOut);
    assert_eq!(
        asked(Vec::new(), Duration::ZERO).await.why_missing()[0].reason,
        AbsenceReason::NotAsked
    );
}

#[cfg(target_endian = "little")]
#[test]
fn the_gateways_are_asked_after_the_usual_addresses() {
    let scratch = crate::ecs_agent::scratch::Scratch::new("introspection-gateways");
    scratch.file("net/route", "eth0 00000000 010011AC 0003 0 0 0 00000000 0 0 0\n");
    let proc = scratch.path().to_owned();
    let mut outside = EcsAgentOutside { proc, ..EcsAgentOutside::usual(&BTreeMap::new()) };
    assert_eq!(addresses(&outside), outside.introspection);
    outside.ask_gateways = true;
    assert_eq!(addresses(&outside).last().unwrap(), "http://172.17.0.1:51678");
}
