//! What servers on port 443 do.

use libtest_mimic::Trial;
use vpce_lab::{CertificateKind, Server, TlsBehaviour};

use crate::{client, dripped, ec2, ip, trial};

const ECS: &str = "ecs.us-east-1.amazonaws.com";

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("tls_healthy_servers_are_trusted", healthy),
        trial("tls_certificates", certificates),
        trial("tls_certificate_names", certificate_names),
        trial("tls_delay_comes_before_the_answer", delay),
    ];
    trials.extend(behaviours());
    trials
}

fn healthy() {
    let said = client(
        ec2(),
        &[
            "tls 10.0.1.101 ecs.us-east-1.amazonaws.com",
            "tls 10.0.2.105 123456789012.dkr.ecr.us-east-1.amazonaws.com",
            "tls 10.0.2.105 dkr.ecr.us-east-1.amazonaws.com",
            "tls 52.216.1.1 prod-us-east-1-starport-layer-bucket.s3.amazonaws.com",
        ],
    );
    assert_eq!(said, ["ok TLSv1_3"; 4]);
}

fn behaviours() -> impl Iterator<Item = Trial> {
    use TlsBehaviour as Be;
    // What a TLS client meets, and the bytes behind it.
    let expected = [
        (Be::Refuse, "connect: connection refused", "connect: connection refused"),
        (Be::Drop, "connect: no answer", "connect: no answer"),
        (Be::DropWithoutOwner, "connect: no answer", "connect: no answer"),
        (Be::Prohibited, "connect: host unreachable", "connect: host unreachable"),
        (Be::NoRoute, "connect: host unreachable", "connect: host unreachable"),
        (Be::Reset, "connection reset", ""),
        (Be::Close, "tls: unexpected end of file", "0 bytes  eof"),
        (Be::Stall, "tls: no answer", "0 bytes  open"),
        (Be::StallAfter(40), "tls: no answer", "40 bytes 16030300"),
        (Be::Slow, "tls: no answer", "dripped"),
        (Be::Alert, "tls: received fatal alert: HandshakeFailure", "7 bytes 15030300020228 eof"),
        (Be::Garbage, "tls: received corrupt message", " bytes 485454502f312e3120343030 eof"),
        (Be::Endless, "tls: ", "1048576 bytes 160303000402ffffff160303 endless"),
    ];
    expected.into_iter().map(|(behaviour, tls, hello)| {
        trial(format!("tls_server_behaves_{}", String::from(behaviour)), move || {
            let mut vpc = ec2();
            vpc.servers.insert(ip("10.0.1.101"), Server { behaviour, ..Server::default() });
            let said = client(vpc, &[&format!("tls 10.0.1.101 {ECS}"), "hello 10.0.1.101"]);
            assert!(said[0].contains(tls), "{}", said[0]);
            let slow = hello == "dripped" && dripped(&said[1]);
            assert!(slow || said[1].contains(hello), "{}", said[1]);
        })
    })
}

fn certificates() {
    use CertificateKind as Kind;
    let expected = [
        (Kind::Valid, "ok TLSv1_3"),
        (Kind::Expired, "certificate expired: "),
        (Kind::NotYetValid, "certificate not valid yet: "),
        (Kind::WrongName, "certificate not valid for name \"ecs.us-east-1.amazonaws.com\""),
        (Kind::SelfSigned, "UnknownIssuer"),
        (Kind::UnknownIssuer, "UnknownIssuer"),
    ];
    let mut vpc = ec2();
    let mut commands = Vec::new();
    for (index, (certificate, _)) in expected.iter().enumerate() {
        let address = ip(&format!("10.0.1.{}", 120 + index));
        vpc.names.get_mut(ECS).unwrap().addresses.push(address);
        vpc.servers.insert(address, Server { certificate: *certificate, ..Server::default() });
        commands.push(format!("tls {address} {ECS}"));
    }
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    for (said, (certificate, wanted)) in client(vpc, &commands).iter().zip(expected) {
        assert!(said.contains(wanted), "{certificate:?}: {said}");
    }
}

fn certificate_names() {
    let mut vpc = ec2();
    let own = Server { certificate_names: Some(vec!["own.example".into()]), ..Server::default() };
    vpc.servers.insert(ip("10.0.1.101"), own);
    // No name leads to this one, so its certificate is for the address.
    vpc.servers.insert(ip("10.0.1.200"), Server::default());
    let said = client(
        vpc,
        &[
            "tls 10.0.1.101 own.example",
            "tls 10.0.1.101 ecs.us-east-1.amazonaws.com",
            "tls 10.0.1.200 10.0.1.200",
        ],
    );
    assert_eq!([&said[0], &said[2]], ["ok TLSv1_3"; 2]);
    assert!(said[1].contains("not valid for name"), "{}", said[1]);
}

fn delay() {
    let mut vpc = ec2();
    let late = Server { delay_ms: 10_000, ..Server::default() };
    vpc.servers.insert(ip("10.0.1.101"), late);
    assert_eq!(client(vpc, &[&format!("tls 10.0.1.101 {ECS}")]), ["tls: no answer"]);
}
