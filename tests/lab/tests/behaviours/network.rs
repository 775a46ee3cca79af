//! What the network of the lab does beyond its servers.

use libtest_mimic::Trial;
use vpce_lab::{DeadEnd, DnsName, Lab, LabError, Server, TlsBehaviour};

use crate::{client, ec2, ip, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("network_swallows_what_nobody_owns", silence),
        trial("network_has_ipv6_with_the_instance", ipv6),
        trial("network_filters_ipv6_too", ipv6_filters),
        trial("network_has_routes_that_lead_nowhere", dead_ends),
    ]
}

fn silence() {
    let said = client(
        ec2(),
        &[
            // In the subnet, in the VPC, on the internet.
            "tls 10.0.1.77 x.example",
            "tls 10.1.7.7 x.example",
            "tls 203.0.113.1 x.example",
            "dns udp 203.0.113.53 x.example A",
            // Somebody's address, nobody's port.
            "http GET 10.0.1.101 /",
        ],
    );
    let silence = "connect: no answer";
    let expected = [silence, silence, silence, "dns: no answer", "connect: connection refused"];
    assert_eq!(said, expected);
}

fn ipv6() {
    let mut vpc = ec2();
    let name = "ecs.us-east-1.amazonaws.com";
    vpc.names.insert(name.to_owned(), DnsName::at([ip("10.0.1.101"), ip("2600:1f18::101")]));
    let tls = ["tls 2600:1f18::101 ecs.us-east-1.amazonaws.com", "tls 2600:1f18::dead x.example"];
    assert_eq!(client(vpc.clone(), &tls), ["connect: network unreachable"; 2]);
    vpc.instance.push("2600:1f18::10/64".parse().unwrap());
    assert_eq!(client(vpc, &tls), ["ok TLSv1_3", "connect: no answer"]);
}

fn ipv6_filters() {
    use TlsBehaviour as Be;
    let expected = [
        (Be::Refuse, "connect: connection refused"),
        (Be::Drop, "connect: no answer"),
        (Be::DropWithoutOwner, "connect: no answer"),
        (Be::Prohibited, "connect: permission denied"),
        (Be::NoRoute, "connect: host unreachable"),
    ];
    let mut vpc = ec2();
    vpc.instance.push("2600:1f18::10/64".parse().unwrap());
    let mut commands = Vec::new();
    for (index, (behaviour, _)) in expected.iter().enumerate() {
        let address = format!("2600:1f18::{}", 101 + index);
        let server = Server { behaviour: *behaviour, ..Server::default() };
        vpc.servers.insert(ip(&address), server);
        commands.push(format!("tls {address} x.example"));
    }
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    assert_eq!(client(vpc, &commands), expected.map(|(_, said)| said));
}

fn dead_ends() {
    let mut vpc = ec2();
    vpc.instance.push("2600:1f18::10/64".parse().unwrap());
    let routes = [
        ("10.9.0.1", DeadEnd::Blackhole, "connect: invalid input parameter"),
        ("10.9.0.2", DeadEnd::Unreachable, "connect: host unreachable"),
        ("10.9.0.3", DeadEnd::Prohibit, "connect: permission denied"),
        ("fd00:9::1", DeadEnd::Blackhole, "connect: invalid input parameter"),
        ("fd00:9::2", DeadEnd::Unreachable, "connect: host unreachable"),
        ("fd00:9::3", DeadEnd::Prohibit, "connect: permission denied"),
    ];
    vpc.routes = routes.iter().map(|(address, dead_end, _)| (ip(address), *dead_end)).collect();
    let commands = routes.map(|(address, ..)| format!("tls {address} x.example"));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    assert_eq!(client(vpc.clone(), &commands), routes.map(|(.., said)| said));

    vpc.routes.insert(ip("169.254.169.254"), DeadEnd::Blackhole);
    let refused = Lab::new(vpc).run("/bin/true", &[]).unwrap_err();
    assert!(
        matches!(&refused, LabError::InvalidVpc(fault) if fault.key.contains("169.254.169.254"))
    );
}
