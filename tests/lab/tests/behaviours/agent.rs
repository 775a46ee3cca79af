//! The stand-in for the ECS agent, as the program under test meets it.

use libtest_mimic::Trial;
use vpce_lab::{Agent, AgentAnswer, AgentNetwork, Lab, Server, TlsBehaviour, Vpc};

use crate::{client, ec2, ip, said, trial};

/// The remote addresses of the established connections to port 443, as the table has them.
const PEERS: &str = r#"cat /proc/net/tcp /proc/net/tcp6 |
    while read -r _ _ remote state _; do
        case "$state $remote" in "01 "*:01BB) echo "${remote%:*}" ;; esac
    done | sort"#;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("agent_is_a_process_of_its_own", process),
        trial("agent_is_as_old_as_told_until_it_is_restarted", age),
        trial("agent_is_connected_to_where_its_hosts_are", connected),
        trial("agent_is_connected_to_what_it_learnt", stale),
        trial("agent_connects_to_mapped_addresses", mapped),
        trial("agent_does_not_listen_before_it_is_registered", registering),
        trial("agent_introspection_answers_as_told", introspection),
        trial("agent_behind_the_gateway_answers_there_only", gateway),
        trial("agent_is_hidden_from_a_program_in_a_container", hidden),
        trial("agent_is_absent", absent),
        trial("agent_shares_the_table_with_thousands", foreign),
        trial("agent_finds_other_addresses_later", later),
    ]
}

/// Any machine with only an agent on it.
fn with(agent: Agent) -> Vpc {
    Vpc { agent: Some(agent), docker: None, systemd: None, ..ec2() }
}

fn connecting(connect: &[&str]) -> Agent {
    Agent { connect: connect.iter().map(ToString::to_string).collect(), ..Agent::default() }
}

fn process() {
    let script = r#"for process in /proc/[0-9]*; do
        case "$(tr '\\0' ' ' <"$process/cmdline")" in
            /agent*) cat "$process/comm"; ls -l "$process/fd" | grep -c socket: ;;
        esac
    done"#;
    // Two connections, one listener, and perhaps what its runtime wakes itself with.
    let seen = said(&Lab::new(ec2()), script);
    let (name, sockets) = seen.split_once('\n').unwrap();
    assert_eq!(name, "agent");
    assert!(sockets.parse::<u32>().unwrap() >= 3, "{sockets}");
}

fn age() {
    // The process's own age in seconds, and that of the machine.
    let ages = r#"for process in /proc/[0-9]*; do
        case "$(tr '\0' ' ' <"$process/cmdline")" in
            /agent*) read -r machine _ </proc/uptime; line=$(cat "$process/stat")
                set -- ${line##*) }; shift 19; echo $((${machine%.*} - $1 / 100)) ${machine%.*} ;;
        esac
    done"#;
    let seen = said(&Lab::new(ec2()), &format!("{ages}; systemctl restart ecs.service; {ages}"));
    let lines: Vec<Vec<u64>> = seen
        .lines()
        .map(|line| line.split(' ').map(|number| number.parse().unwrap()).collect())
        .collect();
    let [before, after] = &lines[..] else { panic!("{seen}") };
    assert!(before[0] >= before[1].min(3600) && before[0] < 3660, "{seen}");
    assert!(after[0] < 60, "{seen}");
}

fn connected() {
    assert_eq!(said(&Lab::new(ec2()), PEERS), "6601000A\n6701000A");
    let mut vpc = ec2();
    let refuse = Server { behaviour: TlsBehaviour::Refuse, ..Server::default() };
    vpc.servers.insert(ip("10.0.1.102"), refuse);
    vpc.names.remove("ecs-t.us-east-1.amazonaws.com");
    assert_eq!(said(&Lab::new(vpc), PEERS), "6602000A");
}

fn stale() {
    let stale = vec![ip("52.94.228.103")];
    let agent = Agent { stale, ..connecting(&["ecs-a.us-east-1.amazonaws.com"]) };
    assert_eq!(said(&Lab::new(with(agent)), PEERS), "67E45E34");
}

fn mapped() {
    let agent = Agent { mapped: true, ..connecting(&["10.0.1.102"]) };
    assert_eq!(said(&Lab::new(with(agent)), PEERS), "0000000000000000FFFF00006601000A");
}

fn registering() {
    let host = "ecs.us-east-1.amazonaws.com";
    let agent = Agent { register: Some(host.to_owned()), ..Agent::default() };
    let mut vpc = with(agent);
    assert!(client(vpc.clone(), &["agent 127.0.0.1"])[0].contains("200 OK"));
    for address in vpc.names[host].addresses.clone() {
        let drop = Server { behaviour: TlsBehaviour::Drop, ..Server::default() };
        vpc.servers.insert(address, drop);
    }
    assert_eq!(client(vpc, &["agent 127.0.0.1"]), ["connect: connection refused"]);
}

fn introspection() {
    use AgentAnswer as Be;
    let expected = [
        (Be::Answer, r#"\"Version\":\"Amazon ECS Agent - v1.25.0 (abc)\""#),
        (Be::Error, "500 Internal Server Error"),
        (Be::NotJson, "<html>"),
        (Be::Garbage, "not HTTP"),
        (Be::Silent, "0 bytes open"),
        (Be::Endless, "1048576 bytes endless"),
        (Be::Slow, " bytes open"),
    ];
    for (answer, words) in expected {
        let version = Some("Amazon ECS Agent - v1.25.0 (abc)".to_owned());
        let agent = Agent { answer, version, ..Agent::default() };
        let answered = client(with(agent), &["agent 127.0.0.1"]).remove(0);
        assert!(answered.contains(words), "{answer:?}: {answered}");
    }
    let agent = Agent {
        version: Some("absent".to_owned()),
        container_instance_arn: Some("null".to_owned()),
        cluster: Some("blue".to_owned()),
        listen: Some(vec![ip("::1")]),
        ..Agent::default()
    };
    let both = client(with(agent), &["agent ::1", "agent 127.0.0.1"]);
    assert!(
        both[0].ends_with(r#"{\"Cluster\":\"blue\",\"ContainerInstanceArn\":null}""#),
        "{both:?}"
    );
    assert_eq!(both[1], "connect: connection refused");
}

fn gateway() {
    let mut vpc = with(Agent { network: AgentNetwork::Gateway, ..Agent::default() });
    vpc.instance = vec!["172.17.0.2/16".parse().unwrap()];
    let told = client(vpc.clone(), &["agent 172.17.0.1", "agent 127.0.0.1", "tls 203.0.113.1 x"]);
    assert!(told[0].contains("200 OK"), "{told:?}");
    assert_eq!(told[1..], ["connect: connection refused", "connect: no answer"]);
    // The table shows no listener on its port (51678), as it is in another network.
    assert_eq!(said(&Lab::new(vpc), "grep -c :C9DE /proc/net/tcp || true"), "0");
}

fn hidden() {
    let mut lab = Lab::new(ec2());
    lab.own_processes = true;
    assert_eq!(said(&lab, "echo $$ /proc/[0-9]*"), "1 /proc/1");
    assert_eq!(said(&lab, PEERS), "6601000A\n6701000A");
}

fn absent() {
    let vpc = Vpc { agent: None, docker: None, systemd: None, ..ec2() };
    assert_eq!(client(vpc.clone(), &["agent 127.0.0.1"]), ["connect: connection refused"]);
    assert_eq!(said(&Lab::new(vpc), PEERS), "");
    let agent = Agent { running: false, ..Agent::default() };
    assert_eq!(client(with(agent), &["agent 127.0.0.1"]), ["connect: connection refused"]);
}

fn foreign() {
    let vpc = Vpc { foreign_connections: 6000, ..ec2() };
    let count = format!("{PEERS} | uniq -c | while read -r count peer; do echo $peer $count; done");
    assert_eq!(said(&Lab::new(vpc), &count), "09FA7734 6000\n6601000A 1\n6701000A 1");
}

fn later() {
    let mut vpc = ec2();
    let host = "ecs-a.us-east-1.amazonaws.com";
    let name = vpc.names.get_mut(host).unwrap();
    name.later = Some(name.addresses.clone());
    name.addresses = vec![ip("52.94.228.102")];
    let script = format!(
        "{PEERS}; touch /run/vpce-lab/later; echo; {PEERS}; \
         systemctl restart ecs.service; echo; {PEERS}"
    );
    let seen = said(&Lab::new(vpc), &script);
    let [before, meanwhile, after] = seen.split("\n\n").collect::<Vec<_>>()[..] else {
        panic!("{seen}")
    };
    assert_eq!((before, meanwhile), ("66E45E34\n6701000A", before));
    assert_eq!(after, "6601000A\n6701000A");
}
