//! A hostile task in the network of the machine: this executable again, as a user without rights. It
//! calls itself `/agent`, is connected to public addresses, takes the port of the introspection API
//! whenever it is free, and lies there.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::exit;
use std::thread::sleep;
use std::time::Duration;

/// Says to this executable what it is.
const ATTACK: &str = "--attack";

/// Made when it is at work.
const READY: &str = "/run/attack/ready";

const PUBLIC: &str = "52.94.228.102:443";
const PORT: &str = "127.0.0.1:51678";

/// Told in turn. The rest is a document that says the worst of the agent.
const LIES: [&str; 5] = [
    r#"{"Cluster":"evil\n<1>evil\u001b[2J","ContainerInstanceArn":null,"Version":"Amazon ECS Agent - v1.0.0 (*evil)"}"#,
    r#"{"Cluster":"lab","ContainerInstanceArn":"arn:aws:ecs:eu-west-1:210987654321:container-instance/evil","Version":"Amazon ECS Agent - v1.105.1 (*a8b3e7d3)"}"#,
    r#"{"Cluster":"","ContainerInstanceArn":"","Version":""}"#,
    "{}",
    "not JSON",
];

/// Becomes the attacker when this process was started as one, and then never returns.
pub(crate) fn attack_if_asked() {
    if env::args().nth(1).as_deref() == Some(ATTACK) {
        attack();
    }
}

/// The beginning of a script, whose `$1` is the program: the attacker is at work when it goes on.
pub(crate) fn beside() -> String {
    let own = env::current_exe().unwrap();
    format!(
        "mkdir -m 777 -p /run/attack; \
         setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs \
         bash -c 'exec -a /agent {} {ATTACK}' >/dev/null 2>&1 & \
         for _ in $(seq 600); do test -e {READY} && break; sleep 0.1; done; test -e {READY} || exit 99; ",
        own.display()
    )
}

// An attacker has no deadline.
#[allow(clippy::disallowed_methods)]
fn attack() -> ! {
    let _held: Vec<_> = (0..20).filter_map(|_| TcpStream::connect(PUBLIC).ok()).collect();
    fs::write(READY, "").unwrap();
    let mut told = 0;
    loop {
        // The agent has it as long as it listens, and nothing tells when it does not.
        let Ok(listener) = TcpListener::bind(PORT) else {
            sleep(Duration::from_millis(5));
            continue;
        };
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lie = LIES[told % LIES.len()];
            told += 1;
            let _ = stream.read(&mut [0; 1024]);
            let length = lie.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{lie}");
            if stream.write_all(answer.as_bytes()).is_err() {
                exit(1);
            }
        }
    }
}
