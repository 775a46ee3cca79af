//! The ECS agent of the machine, and what runs it: values of the keys `agent`, `docker`, `systemd`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::behaviour::{
    AfterRestart, AgentAnswer, AgentNetwork, DockerBehaviour, SystemdBehaviour,
};

/// A process that behaves outwardly as the ECS agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// What it was started as: `/agent` in its container, `/usr/bin/amazon-ecs-agent` on the host.
    #[serde(default = "agent_command")]
    pub command: String,
    /// Whether it runs when the program under test starts.
    #[serde(default = "yes")]
    pub running: bool,
    /// How many seconds ago it seems to have been started, as far back as this machine runs; after a
    /// restart it is as young as it is.
    #[serde(default = "an_hour")]
    pub age_s: u32,
    /// The version as the introspection API tells it; `absent` leaves the key out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The container instance; `null` before it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_instance_arn: Option<String>,
    /// How the introspection API answers.
    #[serde(default)]
    pub answer: AgentAnswer,
    /// Addresses that the introspection API listens on; an empty list does not listen, none at all
    /// is every address, as the real one has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<Vec<IpAddr>>,
    /// The host that must accept a connection before it listens, as the real one registers first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Hosts and addresses it stays connected to on port 443. Hosts are looked up in `names`
    /// whenever it starts; what does not accept a connection then is left out.
    #[serde(default)]
    pub connect: Vec<String>,
    /// Addresses it is connected to instead until it is started again: what the names resolved to
    /// when it was started first.
    #[serde(default)]
    pub stale: Vec<IpAddr>,
    /// Whether it connects from IPv6 sockets to IPv4-mapped addresses.
    #[serde(default)]
    pub mapped: bool,
    /// Whose network it is in.
    #[serde(default)]
    pub network: AgentNetwork,
}

/// The Docker Engine on `/var/run/docker.sock`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Docker {
    /// How it answers.
    #[serde(default)]
    pub behaviour: DockerBehaviour,
    /// The newest version of its API.
    #[serde(default = "api_version")]
    pub api_version: String,
    /// The oldest version of its API.
    #[serde(default = "min_api_version")]
    pub min_api_version: String,
    /// The mode of the socket: `0o660`.
    #[serde(default = "socket_mode")]
    pub mode: u32,
    /// The group of the socket.
    #[serde(default)]
    pub gid: u32,
    /// What `GET /info` tells beside the usual: `HttpsProxy = "http://proxy:3128"`.
    #[serde(default)]
    pub info: BTreeMap<String, String>,
    /// Whether `GET /info` is answered; where not, with an error.
    #[serde(default = "yes")]
    pub tells_info: bool,
    /// The container `ecs-agent`; without it there is no such container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// The container `ecs-agent`, as the Docker Engine shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// The name of its image.
    #[serde(default = "container_image")]
    pub image: String,
    /// Its state; unless told, `running` or `exited` as the agent is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// With which code it ended.
    #[serde(default)]
    pub exit_code: i64,
    /// `no`, `always`, `on-failure`, `unless-stopped`, or nothing, which is `no`.
    #[serde(default)]
    pub restart_policy: String,
    /// How often the engine itself started it again.
    #[serde(default)]
    pub restart_count: u64,
    /// When it was started; unless told, when the agent really was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// `healthy`, `unhealthy`, `starting`; none without a health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// `host` as a rule.
    #[serde(default = "container_network_mode")]
    pub network_mode: String,
    /// Its environment, as `NAME=VALUE`.
    #[serde(default)]
    pub env: Vec<String>,
}

/// systemd, as far as `/usr/bin/systemctl` shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Systemd {
    /// How `systemctl` behaves.
    #[serde(default)]
    pub behaviour: SystemdBehaviour,
    /// What becomes of a unit that is restarted; starting it always works.
    #[serde(default)]
    pub after_restart: AfterRestart,
    /// Properties of units that differ from those of a running one. A unit that is not here is not
    /// found.
    #[serde(default)]
    pub units: BTreeMap<String, BTreeMap<String, String>>,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            command: agent_command(),
            running: true,
            age_s: an_hour(),
            version: None,
            cluster: None,
            container_instance_arn: None,
            answer: AgentAnswer::default(),
            listen: None,
            register: None,
            connect: Vec::new(),
            stale: Vec::new(),
            mapped: false,
            network: AgentNetwork::default(),
        }
    }
}

impl Default for Docker {
    fn default() -> Self {
        Self {
            behaviour: DockerBehaviour::default(),
            api_version: api_version(),
            min_api_version: min_api_version(),
            mode: socket_mode(),
            gid: 0,
            info: BTreeMap::new(),
            tells_info: true,
            container: None,
        }
    }
}

impl Default for Container {
    fn default() -> Self {
        Self {
            image: container_image(),
            state: None,
            exit_code: 0,
            restart_policy: String::new(),
            restart_count: 0,
            started_at: None,
            health: None,
            network_mode: container_network_mode(),
            env: Vec::new(),
        }
    }
}

fn agent_command() -> String {
    "/agent".to_owned()
}

fn an_hour() -> u32 {
    3600
}

fn yes() -> bool {
    true
}

fn api_version() -> String {
    "1.44".to_owned()
}

fn min_api_version() -> String {
    "1.24".to_owned()
}

fn socket_mode() -> u32 {
    0o660
}

fn container_image() -> String {
    "amazon/amazon-ecs-agent:latest".to_owned()
}

fn container_network_mode() -> String {
    "host".to_owned()
}
