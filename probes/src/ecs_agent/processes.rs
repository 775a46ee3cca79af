//! The agent in the table of processes.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use time::OffsetDateTime;

use super::short::short;
use super::{AgentContainer, AgentProcess, INTROSPECTION_PORT};
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};
use crate::timestamp::rfc3339;

/// What the agent's container starts. Source: amazon-ecs-agent,
/// `scripts/dockerfiles/Dockerfile.release`.
const IN_CONTAINER: &str = "/agent";

/// The agent as a program of the host. Source: bottlerocket-core-kit, `packages/ecs-agent`.
const ON_HOST: &str = "amazon-ecs-agent";

/// Supervises the agent's container. Source: amazon-ecs-agent, `packaging/`.
const ECS_INIT: &str = "amazon-ecs-init";

/// The processes that matter here, and how many there are at all.
#[derive(Clone, Debug, Default)]
pub(super) struct ProcessTable {
    visible: usize,
    /// Those that may be the agent, in the order of their numbers.
    agents: Vec<Candidate>,
    ecs_init: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct Candidate {
    pid: u32,
    parent: Option<u32>,
    command: String,
    started_at: Option<String>,
}

/// Reads the table. Takes long with many processes: keep it away from what waits for answers.
pub(super) fn process_table() -> ProcessTable {
    let mut table = ProcessTable::default();
    for pid in process_ids() {
        table.visible += 1;
        let started_as = StartedAs::of(pid);
        match started_as.role() {
            Some(Role::Agent) => {
                let place = table.agents.partition_point(|other| other.pid < pid);
                table.agents.insert(place, started_as.candidate(pid));
            }
            Some(Role::EcsInit) => table.ecs_init = table.ecs_init.max(Some(pid)),
            None => {}
        }
    }
    complete(&mut table.agents);
    table
}

fn process_ids() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Adds what is asked of few processes only: for one of all, it is most of the work.
fn complete(agents: &mut [Candidate]) {
    let pids: Vec<Pid> = agents.iter().map(|agent| Pid::from_u32(agent.pid)).collect();
    if pids.is_empty() {
        return;
    }
    let Ok(mut system) = System::new() else { return };
    let what = ProcessRefreshKind::nothing().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what);
    for agent in agents {
        let Some(process) = system.process(Pid::from_u32(agent.pid)) else { continue };
        agent.parent = process.parent().map(Pid::as_u32);
        let started = i64::try_from(process.start_time()).ok().filter(|seconds| *seconds > 0);
        agent.started_at = started
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .map(rfc3339);
    }
}

/// Where processes are in the network.
pub(super) trait Networks {
    /// Whether the process may be in this program's network or the machine's own, where the agent is
    /// unless its container is told to be elsewhere.
    fn is_near(&self, pid: u32) -> bool;

    /// Whether the process is seen to listen at the port of the introspection API.
    fn owns_port(&self, pid: u32) -> bool;

    /// Whether the process may be root's, as the agent is.
    fn is_of_root(&self, pid: u32) -> bool;
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Agent,
    EcsInit,
}

/// How a process was started, as far as this user may know it.
struct StartedAs {
    executable: PathBuf,
    first_word: PathBuf,
}

/// More than the longest path.
const MAX_WORD_BYTES: usize = 4096;

impl StartedAs {
    fn of(pid: u32) -> Self {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let executable = std::fs::read_link(process.join("exe")).unwrap_or_default();
        let mut words = [0; MAX_WORD_BYTES];
        // What cannot be read is as empty as what a thread of the kernel was started as.
        let _ = File::open(process.join("cmdline")).and_then(|mut file| file.read(&mut words));
        let first = words.split(|byte| *byte == 0).next().unwrap_or_default();
        Self { executable: in_place(executable), first_word: OsStr::from_bytes(first).into() }
    }

    fn role(&self) -> Option<Role> {
        role([&self.executable, &self.first_word])
    }

    fn candidate(&self, pid: u32) -> Candidate {
        let path = match self.first_word.as_os_str().is_empty() {
            true => &self.executable,
            false => &self.first_word,
        };
        let command = short(&path.to_string_lossy()).unwrap_or_default();
        Candidate { pid, command, ..Candidate::default() }
    }
}

/// An executable that was replaced while it runs is still what it was.
fn in_place(executable: PathBuf) -> PathBuf {
    match executable.as_os_str().as_bytes().strip_suffix(b" (deleted)") {
        Some(path) => OsStr::from_bytes(path).into(),
        None => executable,
    }
}

/// By the executable and by what it was started as: the first can be hidden, the second be anything.
fn role(paths: [&Path; 2]) -> Option<Role> {
    let named = |name: &str| paths.iter().any(|path| path.file_name().is_some_and(|n| n == name));
    if paths.iter().any(|path| *path == Path::new(IN_CONTAINER)) || named(ON_HOST) {
        Some(Role::Agent)
    } else {
        named(ECS_INIT).then_some(Role::EcsInit)
    }
}

impl ProcessTable {
    /// The agent: what runs in its container; where no container is known, the one process that looks
    /// like it; else the one that listens at the port of the introspection API. Anybody's program may
    /// be called `/agent`, and take the port while the agent is down.
    pub(super) fn agent(
        &self,
        container: Option<&AgentContainer>,
        networks: &impl Networks,
    ) -> Fact<AgentProcess> {
        let missing =
            |reason, detail| Fact::missing(Absence::new(Source::PROCESSES, reason, detail));
        if self.visible == 0 {
            let detail = "no process can be seen: /proc is not there, or hides them";
            return missing(AbsenceReason::Unreadable, detail.to_owned());
        }
        if self.agents.is_empty() {
            let detail =
                "no process that can be seen here is the ECS agent (/agent or amazon-ecs-agent)";
            return missing(AbsenceReason::NotFound, detail.to_owned());
        }
        let may_be = |pid| networks.is_near(pid) && networks.is_of_root(pid);
        let near: Vec<&Candidate> = self.agents.iter().filter(|agent| may_be(agent.pid)).collect();
        let found = match (container, near.as_slice()) {
            (None, [only]) => Some(*only),
            (None, _) => None,
            (Some(container), _) => self.agents.iter().find(|agent| agent.runs_in(container)),
        };
        let Some(agent) = found.or_else(|| only_owner(&near, networks)) else {
            return missing(AbsenceReason::NotTold, self.undecided(container));
        };
        let process = AgentProcess {
            pid: agent.pid,
            command: agent.command.clone(),
            started_at: agent.started_at.clone(),
            ecs_init_pid: self.ecs_init,
        };
        Fact::known(process, Source::PROCESSES)
    }

    fn undecided(&self, container: Option<&AgentContainer>) -> String {
        let pids: Vec<_> = self.agents.iter().take(8).map(|agent| agent.pid.to_string()).collect();
        let container = match container.map(|container| container.pid) {
            Some(Some(pid)) => format!("belongs to the container ecs-agent (process {pid}) or "),
            Some(None) => "belongs to the container ecs-agent, which does not run, or ".to_owned(),
            None => String::new(),
        };
        format!(
            "of what looks like the ECS agent here (process {}), none {container}is root's and seen to listen alone at port {INTROSPECTION_PORT} of this machine's network",
            pids.join(", ")
        )
    }
}

fn only_owner<'a>(near: &[&'a Candidate], networks: &impl Networks) -> Option<&'a Candidate> {
    let mut owners = near.iter().filter(|agent| networks.owns_port(agent.pid));
    owners.next().filter(|_| owners.next().is_none()).copied()
}

impl Candidate {
    /// With an init of Docker's own, as ecs-init asks for, the agent is that one's child. Source:
    /// amazon-ecs-agent, `ecs-init/docker/docker_config.go`: `Init: true`.
    fn runs_in(&self, container: &AgentContainer) -> bool {
        container.pid.is_some_and(|pid| self.pid == pid || self.parent == Some(pid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(agents: &[(u32, u32)]) -> ProcessTable {
        let candidate = |(pid, parent): &(u32, u32)| Candidate {
            pid: *pid,
            parent: Some(*parent),
            command: IN_CONTAINER.to_owned(),
            started_at: None,
        };
        let agents = agents.iter().map(candidate).collect();
        ProcessTable { visible: 100, agents, ecs_init: Some(7) }
    }

    fn pid(fact: &Fact<AgentProcess>) -> Option<u32> {
        fact.value().map(|process| process.pid)
    }

    #[test]
    fn the_agent_is_known_by_its_path_or_its_name() {
        let of = |executable: &str, word: &str| role([Path::new(executable), Path::new(word)]);
        assert_eq!(of("/agent", "/agent"), Some(Role::Agent));
        assert_eq!(of("", "/agent"), Some(Role::Agent));
        assert_eq!(of("/usr/bin/amazon-ecs-agent", "amazon-ecs-agent"), Some(Role::Agent));
        assert_eq!(of("/usr/libexec/amazon-ecs-init", ""), Some(Role::EcsInit));
        for (executable, word) in [
            ("/usr/bin/agent", "agent"),
            ("/opt/aws/amazon-cloudwatch-agent/bin/agent", "agent"),
            ("/sbin/docker-init", "/sbin/docker-init"),
            ("", ""),
        ] {
            assert_eq!(of(executable, word), None, "{executable}");
        }
    }

    fn container(pid: Option<u32>) -> AgentContainer {
        AgentContainer { pid, ..AgentContainer::default() }
    }

    /// Processes that listen, and processes that are in other networks.
    struct Of(&'static [u32], &'static [u32]);

    impl Networks for Of {
        fn is_near(&self, pid: u32) -> bool {
            !self.1.contains(&pid)
        }

        fn owns_port(&self, pid: u32) -> bool {
            self.0.contains(&pid)
        }

        fn is_of_root(&self, pid: u32) -> bool {
            pid != OF_ANOTHER_USER
        }
    }

    const OF_ANOTHER_USER: u32 = 1000;

    #[test]
    fn the_container_tells_which_one_it_is() {
        let two = table(&[(100, 1), (200, 150)]);
        let in_container = |pid| two.agent(Some(&container(Some(pid))), &Of(&[], &[200]));
        assert_eq!(pid(&in_container(100)), Some(100));
        let below_init = in_container(150);
        assert_eq!(pid(&below_init), Some(200));
        assert_eq!(below_init.value().unwrap().ecs_init_pid, Some(7));
    }

    #[test]
    fn a_program_of_somebody_else_with_the_same_name_is_not_taken_for_it() {
        let one = table(&[(100, 1)]);
        for elsewhere in [container(Some(4711)), container(None)] {
            let fact = one.agent(Some(&elsewhere), &Of(&[], &[]));
            assert_eq!(fact.why_missing()[0].reason, AbsenceReason::NotTold);
            assert_eq!(pid(&one.agent(Some(&elsewhere), &Of(&[100], &[]))), Some(100));
        }
        assert_eq!(pid(&one.agent(None, &Of(&[], &[]))), Some(100));
        assert_eq!(pid(&one.agent(None, &Of(&[100], &[100]))), None, "in another network");
    }

    #[test]
    fn among_several_the_listening_one_is_it() {
        let two = table(&[(100, 1), (200, 1)]);
        assert_eq!(pid(&two.agent(None, &Of(&[200], &[]))), Some(200));
        assert_eq!(pid(&two.agent(None, &Of(&[], &[200]))), Some(100));
        let unknown = two.agent(None, &Of(&[], &[]));
        assert!(unknown.why_missing()[0].detail.contains("(process 100, 200)"), "{unknown:?}");
        assert_eq!(pid(&two.agent(None, &Of(&[100, 200], &[]))), None);
    }

    #[test]
    fn a_program_of_another_user_is_not_it_whatever_it_is_called() {
        let both = table(&[(100, 1), (OF_ANOTHER_USER, 1)]);
        let owner = Of(&[OF_ANOTHER_USER], &[]);
        assert_eq!(pid(&both.agent(None, &owner)), Some(100));
        let alone = table(&[(OF_ANOTHER_USER, 1)]);
        for known in [None, Some(&container(None))] {
            let fact = alone.agent(known, &owner);
            assert_eq!(fact.why_missing()[0].reason, AbsenceReason::NotTold);
        }
        let its_own = container(Some(OF_ANOTHER_USER));
        assert_eq!(pid(&alone.agent(Some(&its_own), &owner)), Some(OF_ANOTHER_USER));
    }

    #[test]
    fn none_and_none_visible_are_told_apart() {
        let reason =
            |table: &ProcessTable| table.agent(None, &Of(&[], &[])).why_missing()[0].reason;
        assert_eq!(reason(&table(&[])), AbsenceReason::NotFound);
        assert_eq!(reason(&ProcessTable::default()), AbsenceReason::Unreadable);
    }

    #[test]
    fn the_table_of_this_machine_is_read() {
        assert!(process_table().visible > 0);
        let this = StartedAs::of(std::process::id());
        assert_eq!(this.executable, std::env::current_exe().unwrap());
        assert_eq!(this.first_word.as_os_str(), std::env::args_os().next().unwrap());
    }

    #[test]
    fn parent_and_start_are_added() {
        let mut agents = [Candidate { pid: std::process::id(), ..Candidate::default() }];
        complete(&mut agents);
        assert_eq!(agents[0].parent, Some(std::os::unix::process::parent_id()));
        assert!(agents[0].started_at.as_ref().is_some_and(|at| at.starts_with("20")));
    }

    #[test]
    fn a_replaced_executable_is_known_by_its_path() {
        assert_eq!(in_place("/agent (deleted)".into()), Path::new("/agent"));
        assert_eq!(in_place("/agent".into()), Path::new("/agent"));
    }
}
