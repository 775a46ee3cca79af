//! The stand-in as a process, on loopback.

// This is a test: it may panic, and standard sockets block, which is how it waits for an event.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ecs-agent-stand-in");

/// A running stand-in that ends with the test.
struct Agent {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Agent {
    fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(PROGRAM)
            .env_clear()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// The address of the next line, which tells where it listens.
    fn listening(&mut self) -> SocketAddr {
        let line = self.line();
        line.strip_prefix("listening on ").unwrap().parse().unwrap()
    }

    fn signal(&mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address of 127.0.0.0/8 that no other test process has.
fn own_address(host: u8) -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 64 | (high ^ middle) & 63, low, host)
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

#[test]
fn tells_its_version_and_ends_well() {
    let mut agent = Agent::start(&[("STAND_IN_LISTEN", "127.0.0.1:0"), ("STAND_IN_CLUSTER", "x")]);
    let address = agent.listening();
    assert_eq!(agent.line(), "ready");
    let answer = get(address, "/v1/metadata");
    assert!(answer.contains("Amazon ECS Agent - v1.105.1 (*a8b3e7d3)"), "{answer}");
    assert!(answer.contains(r#""Cluster":"x""#), "{answer}");
    assert!(get(address, "/").contains("AvailableCommands"));
    let comm = fs::read_to_string(format!("/proc/{}/comm", agent.child.id())).unwrap();
    assert_eq!(comm, "agent\n");
    assert_eq!(agent.signal("TERM"), Some(0));
}

#[test]
fn listens_only_once_it_is_registered() {
    let register = SocketAddr::from((own_address(1), 4433)).to_string();
    let mut agent =
        Agent::start(&[("STAND_IN_LISTEN", "127.0.0.1:0"), ("STAND_IN_REGISTER", &register)]);
    assert!(agent.line().starts_with("not registered with "));
    let _registry = TcpListener::bind(&register).unwrap();
    assert_eq!(agent.line(), "registered");
    agent.listening();
    assert_eq!(agent.line(), "ready");
}

#[test]
fn connects_to_the_same_address_again() {
    let server = TcpListener::bind((own_address(2), 4433)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let mut agent = Agent::start(&[("STAND_IN_LISTEN", ""), ("STAND_IN_CONNECT", &address)]);
    let connected = format!("connected to {address} ({})", own_address(2));
    assert_eq!(agent.line(), connected);
    assert_eq!(agent.line(), "ready");
    drop(server.accept().unwrap());
    assert_eq!(agent.line(), connected);
    let _held = server.accept().unwrap();
    assert_eq!(agent.signal("INT"), Some(0));
}

#[test]
fn a_mapped_connection_is_one_of_an_ipv6_socket() {
    let server = TcpListener::bind((own_address(3), 4433)).unwrap();
    let address = server.local_addr().unwrap();
    let mut agent = Agent::start(&[
        ("STAND_IN_LISTEN", ""),
        ("STAND_IN_CONNECT", &address.to_string()),
        ("STAND_IN_MAPPED", "1"),
    ]);
    assert!(agent.line().starts_with("connected to "));
    let (_held, client) = server.accept().unwrap();
    let port = format!(":{:04X} ", client.port());
    let of_family = |table: &str| {
        let path = format!("/proc/{}/net/{table}", agent.child.id());
        fs::read_to_string(path).unwrap().lines().any(|line| {
            let local = line.split_whitespace().nth(1).map(|local| format!("{local} "));
            local.is_some_and(|local| local.ends_with(&port))
        })
    };
    assert!(of_family("tcp6") && !of_family("tcp"));
}

#[test]
fn an_address_that_refuses_does_not_hold_it_up() {
    let refusing = SocketAddr::from((own_address(4), 4433)).to_string();
    let mut agent = Agent::start(&[("STAND_IN_LISTEN", ""), ("STAND_IN_CONNECT", &refusing)]);
    assert!(agent.line().starts_with(&format!("not connected to {refusing} ")));
    assert_eq!(agent.line(), "ready");
}

#[test]
fn a_variable_that_cannot_be_read_ends_it_for_good() {
    let mut agent = Agent::start(&[("STAND_IN_ANSWER", "perhaps")]);
    assert_eq!(agent.child.wait().unwrap().code(), Some(5));
}
