use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::os::unix::fs::symlink;

use super::*;
use crate::ecs_agent::AgentProcess;
use crate::ecs_agent::scratch::Scratch;

const PUBLIC: Ipv4Addr = Ipv4Addr::new(52, 94, 228, 103);
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 101);

/// Lines of a table of sockets, as this machine's kernel would write them.
fn established(peer: Ipv4Addr, port: u16, uid: u32, inode: u64) -> String {
    let peer = u32::from_ne_bytes(peer.octets());
    format!("1: 0A01000A:9C40 {peer:08X}:{port:04X} 01 0:0 00:0 0 {uid} 0 {inode} 1\n")
}

fn mapped(peer: Ipv4Addr, inode: u64) -> String {
    let word = |bytes: &[u8]| u32::from_ne_bytes(bytes.try_into().unwrap());
    let peer = peer.to_ipv6_mapped().octets();
    let peer: String = peer.chunks(4).map(|bytes| format!("{:08X}", word(bytes))).collect();
    format!("1: {}:9C40 {peer}:01BB 01 0:0 00:0 0 0 0 {inode} 1\n", "0".repeat(32))
}

fn listening(inode: u64) -> String {
    format!("0: 00000000:C9DE 00000000:0000 0A 0:0 00:0 0 0 0 {inode} 1\n")
}

fn outside(scratch: &Scratch) -> EcsAgentOutside {
    let proc = scratch.path().to_owned();
    EcsAgentOutside { proc, ..EcsAgentOutside::usual(&BTreeMap::new()) }
}

/// A process in a `/proc` of its own, with descriptors for these sockets.
fn process(scratch: &Scratch, pid: &str, inodes: &[u64]) {
    let directory = scratch.path().join(pid).join("fd");
    std::fs::create_dir_all(&directory).unwrap();
    for (number, inode) in inodes.iter().enumerate() {
        symlink(format!("socket:[{inode}]"), directory.join(number.to_string())).unwrap();
    }
}

fn agent_of(pid: u32) -> EcsAgent {
    let process = AgentProcess { pid, ..AgentProcess::default() };
    EcsAgent { process: Fact::known(process, Source::PROCESSES), ..EcsAgent::default() }
}

async fn looked(scratch: &Scratch, agent: &mut EcsAgent, expected: &[Ipv4Addr]) {
    let expected: Vec<IpAddr> = expected.iter().copied().map(IpAddr::from).collect();
    let until = Instant::now() + Duration::from_secs(60);
    look_at_connections(&outside(scratch), agent, &expected, until).await;
}

#[tokio::test]
async fn only_the_agents_own_connections_count() {
    let scratch = Scratch::new("connections-own");
    process(&scratch, "100", &[11, 12, 13, 14]);
    let mut table = String::from("  sl  local_address rem_address   st\n");
    for number in 0..5000_u32 {
        table.push_str(&established(Ipv4Addr::from(0x0a40_0000 + number), 443, 0, 9_000));
    }
    table.push_str(&established(PUBLIC, 443, 0, 11));
    table.push_str(&established(PUBLIC, 443, 0, 12));
    table.push_str(&established(Ipv4Addr::new(10, 0, 9, 9), 80, 0, 13));
    scratch.file("100/net/tcp", table);
    scratch.file("100/net/tcp6", mapped(PRIVATE, 14));
    let mut agent = agent_of(100);
    looked(&scratch, &mut agent, &[PRIVATE]).await;
    let connections = agent.connections.value().unwrap();
    assert_eq!(connections.peers, [IpAddr::from(PRIVATE), IpAddr::from(PUBLIC)]);
    assert_eq!((connections.scope, connections.looks), (ConnectionScope::Agent, 1));
}

#[tokio::test]
async fn it_looks_again_while_no_connection_leads_to_an_endpoint() {
    let scratch = Scratch::new("connections-again");
    process(&scratch, "100", &[11]);
    scratch.file("100/net/tcp", established(PUBLIC, 443, 0, 11));
    let mut agent = agent_of(100);
    looked(&scratch, &mut agent, &[PRIVATE]).await;
    assert_eq!(agent.connections.value().unwrap().looks, MAX_LOOKS);
    looked(&scratch, &mut agent, &[PUBLIC]).await;
    assert_eq!(agent.connections.value().unwrap().looks, 1);
    looked(&scratch, &mut agent, &[]).await;
    assert_eq!(agent.connections.value().unwrap().looks, 1);
    let soon = Instant::now() + Duration::from_millis(90);
    let expected = [IpAddr::from(PRIVATE)];
    look_at_connections(&outside(&scratch), &mut agent, &expected, soon).await;
    assert!(agent.connections.value().is_none_or(|seen| seen.looks == 1), "{agent:?}");
}

#[tokio::test]
async fn where_the_agent_is_not_visible_its_port_proves_its_network() {
    let scratch = Scratch::new("connections-network");
    process(&scratch, "self", &[20]);
    let others = [
        established(PUBLIC, 443, 0, 11),
        established(PRIVATE, 443, 0, 20),
        established(Ipv4Addr::new(10, 0, 9, 9), 443, 1000, 12),
        established(Ipv4Addr::new(10, 0, 1, 102), 443, UNMAPPED_UID, 13),
    ];
    scratch.file("net/tcp", others.concat());
    let mut agent = EcsAgent::default();
    looked(&scratch, &mut agent, &[PUBLIC]).await;
    let why = &agent.connections.why_missing()[0];
    assert_eq!(why.reason, AbsenceReason::NotFound);
    assert!(why.detail.contains("--pid=host"), "{why:?}");

    scratch.file("net/tcp6", listening(30));
    looked(&scratch, &mut agent, &[PUBLIC]).await;
    let connections = agent.connections.value().unwrap();
    assert_eq!(connections.scope, ConnectionScope::Network);
    assert_eq!(connections.peers, [IpAddr::from([10, 0, 1, 102]), IpAddr::from(PUBLIC)]);
}

#[tokio::test]
async fn more_peers_than_any_agent_has_are_no_knowledge() {
    let scratch = Scratch::new("connections-many");
    process(&scratch, "100", &[11]);
    let line = |number: u32| established(Ipv4Addr::from(0x0a40_0000 + number), 443, 0, 11);
    let table: String = (0..=4096).map(line).collect();
    scratch.file("100/net/tcp", table);
    let mut agent = agent_of(100);
    looked(&scratch, &mut agent, &[PRIVATE]).await;
    assert_eq!(agent.connections.why_missing()[0].reason, AbsenceReason::TooLarge);
}

#[tokio::test]
async fn an_agent_that_is_gone_is_told() {
    let scratch = Scratch::new("connections-gone");
    let mut agent = agent_of(100);
    looked(&scratch, &mut agent, &[PRIVATE]).await;
    let why = &agent.connections.why_missing()[0];
    assert_eq!(why.reason, AbsenceReason::NotFound);
    assert!(why.detail.contains("process 100, has ended"), "{why:?}");
}

/// The kernel's own tables: a real connection of this process to a real listener.
#[tokio::test]
async fn a_real_connection_is_seen() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let own = socket_inodes(Path::new("/proc/self/fd")).unwrap();
    let mut found = 0;
    each_socket(Path::new("/proc/self/net"), Instant::now() + Duration::from_secs(60), |socket| {
        let ours = own.contains(&socket.inode) && socket.peer_port == port;
        let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
        found += u32::from(ours && socket.state == State::Established && socket.peer == peer);
    })
    .unwrap();
    assert_eq!(found, 1);
    drop(client);
}
