//! What the first process of the machine says where systemd cannot be asked: a machine that another
//! program started has no units.

use std::path::Path;

use super::{AgentContainer, AgentProcess, AgentUnit};
use crate::bounded_read;
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// Names of processes have at most 15 bytes. Source: `proc_pid_comm(5)`.
const MAX_BYTES: u64 = 64;

/// The name that systemd gives itself as the first process, whatever it was started as.
const SYSTEMD: &str = "systemd";

/// Adds to what systemd did not tell of the agent's unit that there is none, where the first process
/// of the machine is not systemd. Elsewhere it stays unknown: a container need not see the systemd of
/// its host.
pub(super) fn settle(
    unit: Fact<AgentUnit>,
    container: &Fact<AgentContainer>,
    process: &Fact<AgentProcess>,
    proc: &Path,
) -> Fact<AgentUnit> {
    if unit.value().is_some() || !sees_the_machine(container.value(), process.value()) {
        return unit;
    }
    match first_process(proc) {
        Some(name) if name != SYSTEMD => unit.or(Fact::missing(Absence::new(
            Source::PROCESSES,
            AbsenceReason::NotFound,
            format!("the first process of this machine is {name}, not systemd: it has no units"),
        ))),
        _ => unit,
    }
}

/// Whether the processes seen here are those of the machine: the agent has the number here that the
/// Docker Engine knows it by.
fn sees_the_machine(container: Option<&AgentContainer>, process: Option<&AgentProcess>) -> bool {
    let of_engine = container.and_then(|container| container.pid);
    of_engine.is_some() && of_engine == process.map(|process| process.pid)
}

fn first_process(proc: &Path) -> Option<String> {
    let bytes = bounded_read::read(&proc.join("1/comm"), MAX_BYTES).ok()?;
    let name = String::from_utf8(bytes).ok()?;
    let name = name.trim_end_matches('\n');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    fn settled(first: Option<&str>, of_engine: Option<u32>, here: u32) -> Vec<AbsenceReason> {
        let scratch =
            Scratch::new(&format!("first-{first:?}-{of_engine:?}-{here}").replace('"', ""));
        if let Some(first) = first {
            scratch.file("1/comm", format!("{first}\n"));
        }
        let why = Absence::new(Source::SYSTEMD, AbsenceReason::NotAsked, "no systemctl");
        let container = AgentContainer { pid: of_engine, ..AgentContainer::default() };
        let process = AgentProcess { pid: here, ..AgentProcess::default() };
        let unit = settle(
            Fact::missing(why),
            &Fact::known(container, Source::DOCKER),
            &Fact::known(process, Source::PROCESSES),
            scratch.path(),
        );
        unit.why_missing().iter().map(|absence| absence.reason).collect()
    }

    #[test]
    fn only_the_first_process_of_the_machine_itself_says_that_there_are_no_units() {
        use AbsenceReason::{NotAsked, NotFound};
        assert_eq!(settled(Some("init"), Some(7), 7), [NotAsked, NotFound]);
        assert_eq!(settled(Some("systemd"), Some(7), 7), [NotAsked]);
        assert_eq!(settled(Some("sh"), Some(4711), 7), [NotAsked]);
        assert_eq!(settled(Some("sh"), None, 7), [NotAsked]);
        assert_eq!(settled(Some(""), Some(7), 7), [NotAsked]);
        assert_eq!(settled(None, Some(7), 7), [NotAsked]);
    }

    #[test]
    fn a_unit_that_is_known_stays() {
        let scratch = Scratch::new("first-known");
        scratch.file("1/comm", "sh\n");
        let unit = Fact::known(AgentUnit::default(), Source::SYSTEMD);
        let container = AgentContainer { pid: Some(7), ..AgentContainer::default() };
        let process = AgentProcess { pid: 7, ..AgentProcess::default() };
        let settled = settle(
            unit.clone(),
            &Fact::known(container, Source::DOCKER),
            &Fact::known(process, Source::PROCESSES),
            scratch.path(),
        );
        assert_eq!(settled, unit);
    }
}
