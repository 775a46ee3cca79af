//! Which network a process is in, and whether it listens there, by `/proc`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::INTROSPECTION_PORT;
use super::descriptors::socket_inodes;
use super::processes::Networks;
use super::socket_table::{State, each_socket};
use crate::bounded_read;

/// The kernel writes some 1,500.
const MAX_STATUS_BYTES: u64 = 64 * 1024;

/// The networks of processes, as `/proc` at one path tells them.
pub(super) struct NetworksOf<'a> {
    pub(super) proc: &'a Path,
    /// When to stop reading.
    pub(super) until: Instant,
}

impl NetworksOf<'_> {
    /// `net:[4026531840]`. None without the right to look.
    fn network(&self, process: &str) -> Option<PathBuf> {
        std::fs::read_link(self.proc.join(process).join("ns/net")).ok()
    }
}

impl Networks for NetworksOf<'_> {
    fn is_near(&self, pid: u32) -> bool {
        // The first process is in the machine's own network.
        self.network(&pid.to_string()).is_none_or(|network| {
            ["self", "1"].iter().any(|near| self.network(near).as_ref() == Some(&network))
        })
    }

    fn owns_port(&self, pid: u32) -> bool {
        let process = self.proc.join(pid.to_string());
        let Ok(own) = socket_inodes(&process.join("fd")) else { return false };
        let mut listens = false;
        let read = each_socket(&process.join("net"), self.until, |socket| {
            listens |= socket.state == State::Listening
                && socket.local_port == INTROSPECTION_PORT
                && own.contains(&socket.inode);
        });
        read.is_ok() && listens
    }

    fn is_of_root(&self, pid: u32) -> bool {
        // The folder of the process may be root's where the process is not.
        let path = self.proc.join(pid.to_string()).join("status");
        let status = bounded_read::read(&path, MAX_STATUS_BYTES).unwrap_or_default();
        let status = String::from_utf8_lossy(&status);
        let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        ids.and_then(|ids| ids.split_whitespace().nth(1)).is_none_or(|effective| effective == "0")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    /// Processes that hold one socket each, in a `/proc` of their own.
    fn proc(name: &str, processes: &[(&str, u64, &str)]) -> Scratch {
        let scratch = Scratch::new(name);
        for (pid, inode, network) in processes {
            let listening = "0: 00000000:C9DE 00000000:0000 0A 0:0 00:0 0 0 0 30 1\n";
            scratch.file(&format!("{pid}/net/tcp"), listening);
            for directory in ["fd", "ns"] {
                std::fs::create_dir_all(scratch.path().join(pid).join(directory)).unwrap();
            }
            let link = |target: String, name: &str| {
                symlink(target, scratch.path().join(pid).join(name)).unwrap();
            };
            link(format!("socket:[{inode}]"), "fd/3");
            link(format!("net:[{network}]"), "ns/net");
        }
        scratch
    }

    #[test]
    fn the_owner_of_the_port_is_known_by_its_descriptors() {
        let scratch = proc("networks-owner", &[("100", 11, "1"), ("200", 30, "1")]);
        let until = Instant::now() + Duration::from_secs(60);
        let networks = NetworksOf { proc: scratch.path(), until };
        assert!(!networks.owns_port(100));
        assert!(networks.owns_port(200));
        assert!(!networks.owns_port(300));
    }

    #[test]
    fn a_process_is_of_the_user_as_whom_it_acts() {
        let scratch = Scratch::new("networks-user");
        for (pid, ids) in
            [("100", "0\t0\t0\t0"), ("200", "0\t1000\t0\t0"), ("300", "1000\t0\t0\t0")]
        {
            scratch.file(&format!("{pid}/status"), format!("Name:\tagent\nUid:\t{ids}\n"));
        }
        let networks = NetworksOf { proc: scratch.path(), until: Instant::now() };
        assert!(networks.is_of_root(100) && !networks.is_of_root(200) && networks.is_of_root(300));
        assert!(networks.is_of_root(400), "nobody may look");
    }

    #[test]
    fn only_this_network_and_the_machines_are_near() {
        let processes =
            [("1", 1, "1"), ("self", 2, "2"), ("100", 3, "1"), ("200", 4, "2"), ("300", 5, "3")];
        let scratch = proc("networks-near", &processes);
        let networks = NetworksOf { proc: scratch.path(), until: Instant::now() };
        assert!(networks.is_near(100) && networks.is_near(200) && !networks.is_near(300));
        assert!(networks.is_near(400), "nobody may look");
    }
}
