//! What resolvers and names do.

use libtest_mimic::Trial;
use vpce_lab::{DnsBehaviour, DnsName, Resolver, Vpc};

use crate::{client, ec2, ip, trial};

const ECS: &str = "ecs.us-east-1.amazonaws.com";
const HEALTHY: &str = "NoError 10.0.1.101 10.0.2.101";
const SILENCE: &str = "dns: no answer";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("dns_answers_come_from_the_names", answers),
        trial("dns_resolver_behaviours", resolver_behaviours),
        trial("dns_hostile_behaviours", hostile_behaviours),
        trial("dns_name_behaviours", name_behaviours),
        trial("dns_views_differ", views),
        trial("dns_big_answers_need_tcp", big_answers),
    ]
}

fn ask(vpc: Vpc, transport: &str) -> String {
    client(vpc, &[&format!("dns {transport} 10.0.0.2 {ECS} A")]).remove(0)
}

fn answers() {
    let mut vpc = ec2();
    let mut dual = DnsName::at([ip("10.0.1.120"), ip("fd00::120")]);
    dual.cname = vec!["vpce-0abc.ecs.us-east-1.vpce.amazonaws.com".to_owned()];
    vpc.names.insert("dual.example".to_owned(), dual);
    let cname = "vpce-0abc.ecs.us-east-1.vpce.amazonaws.com.";
    let said = client(
        vpc,
        &[
            "dns udp 169.254.169.253 Ecs.us-east-1.amazonaws.com A",
            "dns tcp 10.0.0.2 ecs.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 999.dkr.ecr.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 ecs.us-east-1.amazonaws.com AAAA",
            "dns udp 10.0.0.2 ecs.us-east-1.amazonaws.com TXT",
            "dns udp 10.0.0.2 none.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 dual.example A",
            "dns udp 10.0.0.2 dual.example AAAA",
        ],
    );
    assert_eq!(
        said,
        [
            HEALTHY,
            HEALTHY,
            "NoError 10.0.1.105 10.0.2.105",
            "NoError soa:ecs.us-east-1.amazonaws.com.",
            "NoError soa:ecs.us-east-1.amazonaws.com.",
            "NXDomain soa:us-east-1.amazonaws.com.",
            &format!("NoError {cname} 10.0.1.120"),
            &format!("NoError {cname} fd00::120"),
        ]
    );
}

fn resolver_behaviours() {
    use DnsBehaviour as Be;
    let soa = "soa:ecs.us-east-1.amazonaws.com.";
    let (nodata, nxdomain) =
        (format!("NoError {soa}"), "NXDomain soa:us-east-1.amazonaws.com.".to_owned());
    let (late, wrong_id) = (format!("{HEALTHY} late"), format!("{HEALTHY} wrong-id"));
    let expected = [
        (Be::Silent, SILENCE, SILENCE),
        (Be::Servfail, "ServFail", "ServFail"),
        (Be::Refused, "Refused", "Refused"),
        (Be::Nxdomain, &nxdomain, &nxdomain),
        (Be::Nodata, &nodata, &nodata),
        (Be::Truncated, "NoError truncated", HEALTHY),
        (Be::TruncatedTcpSilent, "NoError truncated", SILENCE),
        (Be::Delay(300), &late, &late),
        (Be::Garbage, "not a DNS message", "not a DNS message"),
        (Be::WrongId, &wrong_id, &wrong_id),
        (Be::Refuse, "dns: connection refused", "connect: connection refused"),
    ];
    each(&expected);
}

/// What comes first. The false address is 52.94.228.66.
fn hostile_behaviours() {
    use DnsBehaviour as Be;
    let addresses = "10.0.1.101 10.0.2.101";
    let through = |aliases: &str| format!("NoError {aliases} {addresses}");
    let others =
        "NoError 52.94.228.66 10.0.1.101 10.0.2.101 52.94.228.66 soa:us-east-1.amazonaws.com.";
    let sections = format!("{HEALTHY} soa:{ECS}.");
    let circle = format!("NoError circle.example. {ECS}.");
    let odd =
        through("\\033\\[2J\\033\\]0\\;title\\007.PASS\\012\\<1\\>forged.a\\.b\\000\\377.example.");
    let chain = through("link-1.example. link-2.example.");
    let more = format!("{HEALTHY} 10.0.64.0");
    let evil = "NoError 52.94.228.66";
    each(&[
        (Be::ForgedIds, "NoError 52.94.228.66 wrong-id", "NoError 52.94.228.66 wrong-id"),
        (Be::ForgedQuestion, evil, evil),
        // The socket of the client is connected.
        (Be::ForgedSource, HEALTHY, HEALTHY),
        (Be::ForgedBehind, HEALTHY, HEALTHY),
        (Be::OtherOwners, others, others),
        (Be::OnlyOtherOwners, evil, evil),
        (Be::OtherSections, &sections, &sections),
        (Be::AliasLoop, &circle, &circle),
        (Be::OddAlias, &odd, &odd),
        (Be::OtherFamily, "NoError 2600:1f18::66", "NoError 2600:1f18::66"),
        (Be::PointerLoop, "not a DNS message", "not a DNS message"),
        (Be::Oversized, "not a DNS message", HEALTHY),
        (Be::Aliases(2), &chain, &chain),
        (Be::Records(3), &more, &more),
    ]);
}

/// One resolver for each, all in one VPC.
fn each(expected: &[(DnsBehaviour, &str, &str)]) {
    let mut vpc = ec2();
    let mut commands = Vec::new();
    for (index, (behaviour, ..)) in expected.iter().enumerate() {
        let address = format!("10.0.0.{}", 100 + index);
        let resolver = Resolver { behaviour: *behaviour, ..Resolver::default() };
        vpc.resolvers.insert(ip(&address), resolver);
        commands.push(format!("dns udp {address} {ECS} A"));
        commands.push(format!("dns tcp {address} {ECS} A"));
    }
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let said = client(vpc, &commands);
    for (said, (behaviour, udp, tcp)) in said.chunks(2).zip(expected) {
        assert_eq!(said, [*udp, *tcp], "{behaviour:?}");
    }
}

fn name_behaviours() {
    let mut vpc = ec2();
    vpc.names.get_mut(ECS).unwrap().behaviour = DnsBehaviour::Servfail;
    let mut silent_aaaa = DnsName::at([ip("10.0.1.102")]);
    silent_aaaa.aaaa = Some(DnsBehaviour::Silent);
    vpc.names.insert("half.example".to_owned(), silent_aaaa);
    let said = client(
        vpc.clone(),
        &[
            "dns udp 10.0.0.2 ecs.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 kms.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 half.example A",
            "dns udp 10.0.0.2 half.example AAAA",
        ],
    );
    let kms = "NoError 10.0.1.111 10.0.2.111";
    assert_eq!(said, ["ServFail", kms, "NoError 10.0.1.102", SILENCE]);

    // What the resolver does to every question comes before what one name does.
    vpc.resolvers.get_mut(&ip("10.0.0.2")).unwrap().behaviour = DnsBehaviour::Refused;
    assert_eq!(ask(vpc, "udp"), "Refused");
}

fn views() {
    let mut vpc = ec2();
    let custom = Resolver { view: "custom".to_owned(), ..Resolver::default() };
    vpc.resolvers.insert(ip("10.0.0.2"), custom);
    vpc.names.get_mut(ECS).unwrap().views.insert("custom".to_owned(), vec![ip("52.94.228.1")]);
    let said = client(
        vpc,
        &[
            "dns udp 10.0.0.2 ecs.us-east-1.amazonaws.com A",
            "dns udp 10.0.0.2 kms.us-east-1.amazonaws.com A",
            "dns udp 169.254.169.253 ecs.us-east-1.amazonaws.com A",
            // Whoever is led there finds a server with the right certificate.
            "tls 52.94.228.1 ecs.us-east-1.amazonaws.com",
        ],
    );
    let none = "NXDomain soa:us-east-1.amazonaws.com.";
    assert_eq!(said, ["NoError 52.94.228.1", none, HEALTHY, "ok TLSv1_3"]);
}

fn big_answers() {
    let mut vpc = ec2();
    let many = (1..=50).map(|last| ip(&format!("10.0.3.{last}")));
    vpc.names.insert("many.example".to_owned(), DnsName::at(many));
    let said = client(
        vpc,
        &[
            "dns udp 10.0.0.2 many.example A",
            "dns udp 10.0.0.2 many.example+edns A",
            "dns tcp 10.0.0.2 many.example A",
        ],
    );
    assert_eq!(said[0], "NoError truncated");
    for full in &said[1..] {
        assert!(full.starts_with("NoError 10.0.3.1 ") && full.ends_with(" 10.0.3.50"), "{full}");
    }
}
