//! The machine around the program under test: its ECS agent, and those who start and stop it.

use std::collections::BTreeMap;
use std::mem;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::process::Child;
use tokio::sync::Mutex as AsyncMutex;

use crate::agent_process::AgentProcess;
use crate::error::Trouble;
use crate::systemd::Units;
use crate::vpc::{Server, Vpc};
use crate::{age, docker_engine, foreign, systemd};

/// The machine.
pub(crate) struct Machine {
    pub(crate) vpc: Vpc,
    servers: BTreeMap<IpAddr, Server>,
    /// Held while the agent is started or stopped, one after the other.
    pub(crate) process: AsyncMutex<Option<AgentProcess>>,
    state: Mutex<State>,
    /// Kept, as the process ends with it.
    foreign: Mutex<Option<Child>>,
}

/// What is seen of it at any moment.
#[derive(Debug)]
pub(crate) struct State {
    /// The number of the agent's process, while it runs.
    pub(crate) pid: Option<u32>,
    /// When the agent was started last.
    pub(crate) started: OffsetDateTime,
    /// How often.
    pub(crate) starts: u32,
    /// Whether it was started or stopped since the lab was built.
    pub(crate) touched: bool,
    /// The units of systemd.
    pub(crate) units: Units,
    calls: Vec<String>,
}

impl Machine {
    /// Starts everything; when this returns, all of it runs.
    pub(crate) async fn start(
        vpc: &Vpc,
        servers: &BTreeMap<IpAddr, Server>,
    ) -> Result<Arc<Self>, Trouble> {
        let age = vpc.agent.as_ref().map_or(0, |agent| agent.age_s);
        let started = OffsetDateTime::now_utc() - Duration::seconds(age.into());
        let units = vpc.systemd.as_ref().map(|systemd| Units::new(&systemd.units, started));
        let machine = Arc::new(Self {
            vpc: vpc.clone(),
            servers: servers.clone(),
            process: AsyncMutex::default(),
            state: Mutex::new(State {
                pid: None,
                started,
                starts: 0,
                touched: false,
                units: units.unwrap_or_default(),
                calls: Vec::new(),
            }),
            foreign: Mutex::new(None),
        });
        if vpc.agent.as_ref().is_some_and(|agent| agent.running) {
            machine.start_agent(&mut *machine.process.lock().await).await?;
            machine.state().touched = false;
        }
        if vpc.foreign_connections > 0 {
            let process = foreign::start(vpc.foreign_connections).await?;
            *machine.foreign.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        }
        if vpc.docker.is_some() {
            docker_engine::start(&machine)?;
        }
        if vpc.systemd.is_some() {
            systemd::start(&machine)?;
        }
        Ok(machine)
    }

    /// What is seen now. Never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what was asked.
    pub(crate) fn note(&self, call: String) {
        self.state().calls.push(call);
    }

    /// Takes what was asked since the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        mem::take(&mut self.state().calls)
    }

    /// Starts the agent unless it runs; it resolves its hosts anew.
    pub(crate) async fn start_agent(
        &self,
        process: &mut Option<AgentProcess>,
    ) -> Result<(), Trouble> {
        let Some(agent) = self.vpc.agent.as_ref().filter(|_| process.is_none()) else {
            return Ok(());
        };
        let first = self.state().starts == 0 && agent.running;
        let started = AgentProcess::start(&self.vpc, &self.servers, agent, first).await?;
        if first && agent.age_s > 0 {
            age::add(started.pid, agent.age_s)?;
        }
        {
            let mut state = self.state();
            state.pid = Some(started.pid);
            if !first {
                state.started = OffsetDateTime::now_utc();
            }
            state.starts += 1;
            state.touched = true;
        }
        *process = Some(started);
        Ok(())
    }

    /// Stops the agent if it runs.
    pub(crate) async fn stop_agent(&self, process: &mut Option<AgentProcess>) {
        self.state().touched = true;
        if let Some(running) = process.take() {
            running.stop().await;
            self.state().pid = None;
        }
    }
}
