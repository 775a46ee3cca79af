//! Asking every source for the agent, side by side.

use std::time::Instant;

use super::docker_engine::DockerEngine;
use super::networks::NetworksOf;
use super::processes::{ProcessTable, process_table};
use super::{
    AgentContainer, AgentProcess, AgentProxySetting, EcsAgent, EcsAgentOutside, docker_proxies,
    first_process, introspection, log, proxies, systemd,
};
use crate::apart::apart;
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// Asks every source, side by side. Never fails; what is not found is missing, with the reason. The
/// connections are not looked at: see [`look_at_connections`](super::look_at_connections).
///
/// Takes hardly longer than twice [`EcsAgentOutside::limit`].
pub async fn find(outside: &EcsAgentOutside) -> EcsAgent {
    find_among(process_table, outside).await
}

async fn find_among(process_table: fn() -> ProcessTable, outside: &EcsAgentOutside) -> EcsAgent {
    let (log_dir, log_source) = (outside.log_dir.clone(), Source::file(&outside.log_dir));
    let for_files = outside.clone();
    let until = Instant::now() + outside.limit;
    let (introspection, docker, unit, table, log, files) = tokio::join!(
        introspection::ask(outside),
        ask_docker(outside),
        systemd::ask(outside),
        apart(until, process_table),
        apart(until, move || log::read(&log_dir)),
        apart(until, move || (
            proxies::of_config(&for_files.ecs_config),
            proxies::of_drop_ins(&for_files),
            docker_proxies::of_files(&for_files)
        )),
    );
    let (mut proxy, drop_ins, (mut docker_files, docker_drop_ins)) = files.unwrap_or_default();
    // The drop-ins are part of what systemd tells.
    proxy.extend(unit.proxy.unwrap_or(drop_ins));
    docker_files.extend(unit.docker_proxy.unwrap_or(docker_drop_ins));
    let Docker { container, container_proxy, own_proxy } = docker;
    proxy.extend(container_proxy);
    let late = |source| {
        let detail = format!("not read within {} ms", outside.limit.as_millis());
        Absence::new(source, AbsenceReason::TimedOut, detail)
    };
    let process = match table {
        Some(table) => find_process(outside, table, &container).await,
        None => None,
    };
    let process = process.unwrap_or_else(|| Fact::missing(late(Source::PROCESSES)));
    EcsAgent {
        introspection,
        unit: first_process::settle(unit.unit, &container, &process, &outside.proc),
        container,
        process,
        connections: Fact::missing(Absence::new(
            Source::PROCESSES,
            AbsenceReason::NotAsked,
            "the agent's connections were not looked at",
        )),
        log: log.unwrap_or_else(|| Fact::missing(late(log_source))),
        proxy,
        docker_proxy: docker_proxies::in_force(own_proxy, docker_files),
        boot_unfinished: unit.boot_unfinished,
    }
}

/// What the Docker Engine tells.
struct Docker {
    container: Fact<AgentContainer>,
    container_proxy: Vec<AgentProxySetting>,
    /// None when it does not tell.
    own_proxy: Option<Vec<AgentProxySetting>>,
}

async fn ask_docker(outside: &EcsAgentOutside) -> Docker {
    let (asked, own_proxy) = match DockerEngine::at(&outside.docker_socket) {
        Ok(engine) => {
            tokio::join!(engine.inspect_agent(outside.limit), engine.proxies(outside.limit))
        }
        Err(error) => (Err(error), None),
    };
    let (container, container_proxy) = match asked {
        Ok((container, proxy)) => (Fact::known(container, Source::DOCKER), proxy),
        Err(error) => (Fact::missing(error.absence()), Vec::new()),
    };
    Docker { container, container_proxy, own_proxy }
}

async fn find_process(
    outside: &EcsAgentOutside,
    table: ProcessTable,
    container: &Fact<AgentContainer>,
) -> Option<Fact<AgentProcess>> {
    let container = container.value().cloned();
    let (proc, until) = (outside.proc.clone(), Instant::now() + outside.limit);
    apart(until, move || table.agent(container.as_ref(), &NetworksOf { proc: &proc, until })).await
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    fn nowhere() -> EcsAgentOutside {
        EcsAgentOutside {
            introspection: Vec::new(),
            ask_gateways: false,
            docker_socket: PathBuf::from("/nonexistent/docker.sock"),
            systemctl: vec![PathBuf::from("/nonexistent/systemctl")],
            proc: PathBuf::from("/nonexistent/proc"),
            log_dir: PathBuf::from("/nonexistent/log"),
            ecs_config: PathBuf::from("/nonexistent/ecs.config"),
            docker_config: PathBuf::from("/nonexistent/daemon.json"),
            docker_environment: PathBuf::from("/nonexistent/docker"),
            unit_directories: Vec::new(),
            limit: Duration::from_secs(60),
        }
    }

    #[tokio::test]
    async fn what_is_not_found_says_why() {
        let agent = find_among(ProcessTable::default, &nowhere()).await;
        let reason = |absences: &[Absence]| absences[0].reason;
        assert_eq!(reason(agent.introspection.why_missing()), AbsenceReason::NotAsked);
        assert_eq!(reason(agent.container.why_missing()), AbsenceReason::NotAsked);
        assert_eq!(reason(agent.unit.why_missing()), AbsenceReason::NotAsked);
        assert_eq!(reason(agent.boot_unfinished.why_missing()), AbsenceReason::NotAsked);
        assert_eq!(reason(agent.connections.why_missing()), AbsenceReason::NotAsked);
        assert_eq!(reason(agent.log.why_missing()), AbsenceReason::NotFound);
        assert!(agent.proxy.is_empty());
        assert_eq!(reason(agent.process.why_missing()), AbsenceReason::Unreadable);
    }

    #[tokio::test]
    async fn drop_ins_count_only_where_systemd_does_not_tell() {
        let scratch = Scratch::new("find-proxies");
        let config = scratch.file("ecs.config", "HTTP_PROXY=http://config:1\n");
        let drop_in = "[Service]\nEnvironment=HTTP_PROXY=http://drop-in:1\n";
        scratch.file("ecs.service.d/proxy.conf", drop_in);
        scratch.file("docker.service.d/proxy.conf", drop_in);
        let mut outside = EcsAgentOutside {
            ecs_config: config,
            unit_directories: vec![scratch.path().to_owned()],
            ..nowhere()
        };
        let values = |agent: &EcsAgent| -> Vec<String> {
            agent.proxy.iter().map(|setting| setting.value.clone()).collect()
        };
        let found = find_among(ProcessTable::default, &outside).await;
        assert_eq!(values(&found), ["http://config:1", "http://drop-in:1"]);
        assert_eq!(found.docker_proxy[0].value, "http://drop-in:1");
        let unit = "Id=ecs.service\\nLoadState=loaded\\nEnvironment=HTTP_PROXY=http://unit:1\\n\\n";
        let none = "Id=x\\nLoadState=not-found\\n\\n";
        let script = format!("#!/bin/sh\nprintf '{unit}{none}{none}{none}'\n");
        outside.systemctl = vec![scratch.program("systemctl", &script)];
        let found = find_among(ProcessTable::default, &outside).await;
        assert_eq!(values(&found), ["http://config:1", "http://unit:1"]);
        assert_eq!(found.docker_proxy, []);
    }
}
