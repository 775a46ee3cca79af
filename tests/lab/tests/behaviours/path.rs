//! What the path between the program and the VPC does.

use std::env;

use libtest_mimic::Trial;
use vpce_lab::{Lab, NetworkPath, Run, Server, Vpc};

use crate::{client, ec2, ip, said, trial};

const ECS: &str = "ecs.us-east-1.amazonaws.com";
const V4: &str = "10.0.1.101";
const V6: &str = "2600:1f18::101";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("path_leads_everywhere_but_to_loopback", everywhere),
        trial("path_takes_its_time_both_ways", time),
        trial("path_loses_the_first_of_each_kind", first),
        trial("path_is_quiet_until_the_program_starts", quiet),
        trial("path_too_narrow_loses_long_packets_or_tells", narrow),
    ]
}

fn over(words: &str) -> Vpc {
    let mut vpc = ec2();
    vpc.instance.push("2600:1f18::10/64".parse().unwrap());
    vpc.servers.insert(ip(V6), Server::default());
    vpc.names.get_mut(ECS).unwrap().addresses.push(ip(V6));
    vpc.path = Some(NetworkPath::with_words(None, words).unwrap());
    vpc
}

fn everywhere() {
    let tls = [format!("tls {V4} {ECS}"), format!("tls {V6} {ECS}")];
    let commands = [
        &tls[0],
        &tls[1],
        &format!("dns udp 10.0.0.2 {ECS} A"),
        "http GET 169.254.169.254 /latest/meta-data/",
        "agent 127.0.0.1",
    ];
    let mut healthy = client(over("rtt=1ms"), &commands);
    assert!(healthy[2].contains(V4) && healthy[3].contains("401 Unauthorized"), "{healthy:?}");
    assert_eq!(healthy[..2], ["ok TLSv1_3"; 2]);
    let lost = client(over("loss=100%"), &commands);
    let silence = "connect: no answer";
    assert_eq!(lost[..4], [silence, silence, "dns: no answer", silence]);
    assert_eq!(lost[4], healthy.remove(4));
}

fn time() {
    let client = env::current_exe().unwrap();
    let run = |words: &str, address| {
        let run = Run::with_args(["client", "tls", address, ECS]);
        Lab::new(over(words)).run(&client, &[run]).unwrap().remove(0)
    };
    for address in [V4, V6] {
        let outcome = run("rtt=100ms", address);
        assert_eq!(outcome.stdout, "ok TLSv1_3\n");
        // There and back for the connection, and once more for the handshake.
        assert!(outcome.wall_ms >= 200.0, "{}", outcome.wall_ms);
    }
}

fn first() {
    let question = format!("dns udp 10.0.0.2 {ECS} A");
    // Each run of a program finds the path as it is at first.
    let said = client(over("drop-first-questions=1"), &[&question, &question]);
    assert_eq!(said, ["dns: no answer"; 2]);
    // The kernel sends a SYN again after a second, and the client waits longer.
    let said = client(over("drop-first-syns=1"), &[&format!("tls {V4} {ECS}")]);
    assert_eq!(said, ["ok TLSv1_3"]);
    let said = client(over("drop-first-syns=9"), &[&format!("tls {V4} {ECS}")]);
    assert_eq!(said, ["connect: no answer"]);
}

/// The ECS agent of the lab has its connections before, or the lab would not be built.
fn quiet() {
    let lab = Lab::new(over("loss=100%"));
    let connections = said(&lab, "grep -c ' 01 ' /proc/net/tcp");
    assert!(connections.parse::<u32>().unwrap() >= 2, "{connections}");
}

fn narrow() {
    let mut vpc = over("mtu=1400");
    let names = (0..40).map(|number| format!("{number}.{}.example", "long".repeat(10)));
    let names = Some(names.chain([ECS.to_owned()]).collect());
    for address in [V4, V6] {
        let server = Server { certificate_names: names.clone(), ..Server::default() };
        vpc.servers.insert(ip(address), server);
    }
    let commands = [format!("tls {V4} {ECS}"), format!("tls {V6} {ECS}")];
    let commands = commands.each_ref().map(String::as_str);
    assert_eq!(client(vpc.clone(), &commands), ["tls: no answer"; 2]);
    vpc.path = Some(NetworkPath::with_words(vpc.path.as_ref(), "mtu-answer").unwrap());
    assert_eq!(client(vpc, &commands), ["ok TLSv1_3"; 2]);
}
