//! The agent's connections, by the kernel's table of sockets.

use std::collections::{BTreeSet, HashSet};
use std::io::{Error, ErrorKind};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::descriptors::socket_inodes;
use super::socket_table::{Socket, State, each_socket};
use super::{AgentConnections, ConnectionScope, EcsAgent, EcsAgentOutside, INTROSPECTION_PORT};
use crate::apart::apart;
use crate::observe::HTTPS_PORT;
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// An agent that connects anew has no connection for a moment.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

const MAX_LOOKS: u32 = 5;

/// More servers than an agent, and all of root's processes beside it, are connected to.
const MAX_PEERS: usize = 4096;

/// What settles it wherever the connections cannot be seen.
const WHAT_SETTLES_IT: &str =
    "run vpce-probe as root on the instance, or in a container with --network=host --pid=host";

/// Reads the agent's connections; looks again (every 100 ms, at most 5 times, never past `until`)
/// while none of them leads to one of `expected`.
pub async fn look_at_connections(
    outside: &EcsAgentOutside,
    agent: &mut EcsAgent,
    expected: &[IpAddr],
    until: Instant,
) {
    let pid = agent.process.value().map(|process| process.pid);
    for looks in 1..=MAX_LOOKS {
        let (scope, peers) = match look(&outside.proc, pid, until).await {
            Ok(seen) => seen,
            // What an earlier look saw is still true.
            Err(absence) if absence.reason == AbsenceReason::TimedOut && looks > 1 => return,
            Err(absence) => {
                agent.connections = Fact::missing(absence);
                return;
            }
        };
        let settled = match expected {
            [] => !peers.is_empty(),
            _ => peers.iter().any(|peer| expected.contains(peer)),
        };
        let connections = AgentConnections { scope, peers, looks };
        agent.connections = Fact::known(connections, Source::PROCESSES);
        if settled || looks == MAX_LOOKS || Instant::now() + BETWEEN_LOOKS >= until {
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// In a user namespace that does not know the host's root, its sockets stand under this user, as do
/// those of all others it does not know. Source: Linux, `/proc/sys/kernel/overflowuid`.
const UNMAPPED_UID: u32 = 65534;

type Seen = (ConnectionScope, Vec<IpAddr>);

/// Off this thread: a table of hundreds of thousands of sockets takes the kernel a while.
async fn look(proc: &Path, pid: Option<u32>, until: Instant) -> Result<Seen, Absence> {
    let proc = proc.to_owned();
    apart(until, move || read(&proc, pid, until)).await.unwrap_or_else(|| {
        Err(absence(AbsenceReason::TimedOut, "the table of sockets was not read in time"))
    })
}

fn read(proc: &Path, pid: Option<u32>, until: Instant) -> Result<Seen, Absence> {
    let Some(pid) = pid else { return of_this_network(proc, until) };
    let process = proc.join(pid.to_string());
    match socket_inodes(&process.join("fd")) {
        Ok(own) => {
            let mut peers = Peers::default();
            each(&process.join("net"), until, |socket| {
                if own.contains(&socket.inode) {
                    peers.add(socket);
                }
            })?;
            Ok((ConnectionScope::Agent, peers.complete()?))
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let (peers, _) = of_root(proc, &process.join("net"), until)?;
            Ok((ConnectionScope::Network, peers))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let detail = format!("the agent, process {pid}, has ended since it was found");
            Err(absence(AbsenceReason::NotFound, detail))
        }
        Err(error) => Err(unreadable(&process.join("fd"), &error)),
    }
}

/// No process of the agent is visible, but what listens at its port is in the same network.
fn of_this_network(proc: &Path, until: Instant) -> Result<Seen, Absence> {
    let (peers, agent_listens) = of_root(proc, &proc.join("net"), until)?;
    if agent_listens {
        return Ok((ConnectionScope::Network, peers));
    }
    let detail = format!(
        "no process of the agent can be seen, and nothing listens at its port {INTROSPECTION_PORT} in this network, so the connections in it may not be the agent's: {WHAT_SETTLES_IT}"
    );
    Err(absence(AbsenceReason::NotFound, detail))
}

/// The peers of root's sockets in a network but this program's own, and whether one of them listens
/// at the agent's port.
fn of_root(proc: &Path, net: &Path, until: Instant) -> Result<(Vec<IpAddr>, bool), Absence> {
    let own: HashSet<u64> = socket_inodes(&proc.join("self/fd")).unwrap_or_default();
    let (mut peers, mut agent_listens) = (Peers::default(), false);
    each(net, until, |socket| {
        agent_listens |=
            socket.state == State::Listening && socket.local_port == INTROSPECTION_PORT;
        if [0, UNMAPPED_UID].contains(&socket.uid) && !own.contains(&socket.inode) {
            peers.add(socket);
        }
    })?;
    Ok((peers.complete()?, agent_listens))
}

/// The other ends of established connections to port 443, each once.
#[derive(Default)]
struct Peers(BTreeSet<IpAddr>);

impl Peers {
    fn add(&mut self, socket: &Socket) {
        let wanted = socket.state == State::Established && socket.peer_port == HTTPS_PORT;
        if wanted && self.0.len() <= MAX_PEERS {
            self.0.insert(socket.peer);
        }
    }

    fn complete(self) -> Result<Vec<IpAddr>, Absence> {
        if self.0.len() > MAX_PEERS {
            let detail = format!("there are connections to more than {MAX_PEERS} servers");
            return Err(absence(AbsenceReason::TooLarge, detail));
        }
        Ok(self.0.into_iter().collect())
    }
}

fn each(net: &Path, until: Instant, take: impl FnMut(&Socket)) -> Result<(), Absence> {
    each_socket(net, until, take).map_err(|error| unreadable(&net.join("tcp"), &error))
}

fn unreadable(path: &Path, error: &Error) -> Absence {
    let reason = match error.kind() {
        ErrorKind::NotFound => AbsenceReason::NotFound,
        ErrorKind::PermissionDenied => AbsenceReason::NotPermitted,
        ErrorKind::FileTooLarge => AbsenceReason::TooLarge,
        ErrorKind::TimedOut => AbsenceReason::TimedOut,
        _ => AbsenceReason::Unreadable,
    };
    let path = path.display();
    let advice = match reason {
        AbsenceReason::NotPermitted => format!(": {WHAT_SETTLES_IT}"),
        _ => String::new(),
    };
    absence(reason, format!("{path} cannot be read: {error}{advice}"))
}

fn absence(reason: AbsenceReason, detail: impl Into<String>) -> Absence {
    Absence::new(Source::PROCESSES, reason, detail)
}

#[cfg(test)]
mod tests;
