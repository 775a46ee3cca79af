//! The Amazon ECS container agent of this machine: what can be seen of it, without judgement.

mod bounded_command;
mod connections;
mod descriptors;
mod docker_engine;
mod docker_proxies;
mod find;
mod first_process;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod gateways;
mod in_order;
mod introspection;
mod log;
mod networks;
mod outside;
mod processes;
mod proxies;
#[cfg(test)]
mod scratch;
mod short;
mod socket_table;
mod systemd;
mod unit_environment;
mod version;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use self::connections::look_at_connections;
pub use self::docker_engine::{DockerEngine, EngineError};
pub use self::find::find;
pub use self::outside::EcsAgentOutside;
pub use self::systemd::{Systemd, SystemdError, UnitProperties};
pub use self::version::AgentVersion;
use crate::surroundings::Fact;

/// Port of the agent's introspection API.
/// Source: Amazon ECS Developer Guide, "Amazon ECS container introspection".
pub const INTROSPECTION_PORT: u16 = 51678;

/// Name of the agent's container. Source: amazon-ecs-agent, `ecs-init/config/common.go`.
pub const CONTAINER_NAME: &str = "ecs-agent";

/// The place of settings that the running container has. Rules compare with it, and saved reports
/// hold it.
pub const CONTAINER_ENVIRONMENT: &str = "environment of container ecs-agent";

/// Units that own the agent: Amazon Linux, Ubuntu, Debian and Bottlerocket have the first, SUSE the
/// second. Source: amazon-ecs-agent, `packaging/`.
pub const UNIT_NAMES: [&str; 2] = ["ecs.service", "amazon-ecs.service"];

/// The services that the agent needs, all three together: it asks `ecs` where to connect, and then
/// keeps connections to the hosts of the other two. Source: Amazon ECS Developer Guide, "Amazon ECS
/// interface VPC endpoints": "If you do not configure all of the endpoints, your traffic will go over
/// the public endpoints, not your VPC endpoint."
pub const ECS_SERVICES: [&str; 3] = ["ecs", "ecs-agent", "ecs-telemetry"];

/// Everything that was seen of the agent. Every source is asked by itself; what it does not tell is
/// missing, with the reason.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EcsAgent {
    /// What its introspection API says.
    pub introspection: Fact<Introspection>,
    /// Its container, by the Docker Engine.
    pub container: Fact<AgentContainer>,
    /// Its unit, by systemd.
    pub unit: Fact<AgentUnit>,
    /// Its process, by the process table.
    pub process: Fact<AgentProcess>,
    /// Its connections to port 443.
    pub connections: Fact<AgentConnections>,
    /// What its log says of its connections.
    pub log: Fact<AgentLog>,
    /// Proxy settings that reach it, without credentials.
    pub proxy: Vec<AgentProxySetting>,
    /// Proxy settings of the Docker Engine, which pulls the images, without credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docker_proxy: Vec<AgentProxySetting>,
    /// Whether cloud-init still runs its final stage, which the agent's unit waits for.
    pub boot_unfinished: Fact<bool>,
}

/// What `/v1/metadata` of the introspection API says.
/// Source: amazon-ecs-agent, `ecs-agent/introspection/v1/response.go`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Introspection {
    /// The address that answered: `http://127.0.0.1:51678`.
    pub url: String,
    /// The version as it stands there: `Amazon ECS Agent - v1.105.1 (*a8b3e7d3)`. May be hidden.
    pub version: Option<String>,
    /// The cluster.
    pub cluster: Option<String>,
    /// The container instance; none before the agent is registered.
    pub container_instance_arn: Option<String>,
}

/// A container named `ecs-agent`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentContainer {
    /// Its id.
    pub id: String,
    /// The name of its image: `amazon/amazon-ecs-agent:latest`.
    pub image: String,
    /// The id of its image.
    pub image_id: Option<String>,
    /// `running`, `exited`, `restarting`, `created`, `paused`, `dead`, ...
    pub state: String,
    /// Process id on the host; none when it does not run.
    pub pid: Option<u32>,
    /// When it was started last, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// With which code it ended last; none while it runs.
    pub exit_code: Option<i64>,
    /// How often the Docker Engine itself started it again.
    pub restart_count: Option<u64>,
    /// `no`, `always`, `on-failure`, `unless-stopped`.
    pub restart_policy: Option<String>,
    /// `host` as a rule.
    pub network_mode: Option<String>,
    /// `healthy`, `unhealthy`, `starting`. Healthy only means that the introspection API answers.
    pub health: Option<String>,
}

/// A unit that owns the agent, by `systemctl show`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentUnit {
    /// `ecs.service`.
    pub name: String,
    /// `active`, `activating`, `inactive`, `failed`, ...
    pub active_state: String,
    /// `running`, `dead`, `auto-restart`, ...
    pub sub_state: String,
    /// `enabled`, `disabled`, `masked`, `static`, ...
    pub file_state: Option<String>,
    /// `success`, `exit-code`, `signal`, ...: how its last run ended.
    pub result: Option<String>,
    /// Code with which its main process ended last, 128 and its number for a signal; none when it did
    /// not end.
    pub exit_status: Option<i32>,
    /// Its main process; none when it does not run. Where ecs-init supervises, that is ecs-init.
    pub main_pid: Option<u32>,
    /// How often systemd started it again by itself.
    pub restarts: Option<u64>,
    /// When it became active last, RFC 3339 in UTC.
    pub active_since: Option<String>,
    /// Whether a job of systemd waits to be done for it, such as its start at boot.
    pub job_waits: bool,
}

/// The agent's process.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentProcess {
    /// Process id, as this program sees it.
    pub pid: u32,
    /// What it was started as: `/agent`, `/usr/bin/amazon-ecs-agent`.
    pub command: String,
    /// When it was started, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// The process of ecs-init, if there is one: it supervises the agent's container.
    pub ecs_init_pid: Option<u32>,
}

/// Established connections to port 443.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentConnections {
    /// Whose connections these are.
    pub scope: ConnectionScope,
    /// The addresses at their other end, each once, IPv4-mapped ones as IPv4.
    pub peers: Vec<IpAddr>,
    /// How often the table was read. An agent that connects anew has none for a moment.
    pub looks: u32,
}

/// Whose connections were seen.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ConnectionScope {
    /// The agent's own, by the descriptors of its process.
    Agent,
    /// Those of every process of root in the agent's network: whose they are cannot be seen here.
    Network,
}

/// The last that the agent's log says of its connections.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentLog {
    /// The newest file of the log.
    pub file: String,
    /// Host of the last connection to the control plane (`ecs-a...`).
    pub control: Option<LoggedHost>,
    /// Host of the last connection for telemetry (`ecs-t...`).
    pub telemetry: Option<LoggedHost>,
    /// The last answer to DiscoverPollEndpoint, or the last use of a cached one.
    pub discovered: Option<LoggedHost>,
    /// When a cached answer was last used beyond its time, because DiscoverPollEndpoint failed.
    pub expired_cache_used_at: Option<String>,
}

/// A host that a line of the log names.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoggedHost {
    /// The host name: `ecs-a-3.us-east-1.amazonaws.com`.
    pub host: String,
    /// When, RFC 3339 in UTC, as far as the line tells.
    pub at: Option<String>,
}

/// A proxy setting that reaches the agent, or the Docker Engine.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentProxySetting {
    /// Where it stands: `/etc/ecs/ecs.config`, `environment of ecs.service`, ...
    pub place: String,
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in upper case.
    pub name: String,
    /// Its value, with credentials replaced by `***`.
    pub value: String,
}
