//! Options about the ECS agent.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{CheckArgs, names};

/// What to do about the ECS agent.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Show what the ECS agent is and what it is connected to, and check the ECS endpoints
    Status(Box<CheckArgs>),
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Where the ECS agent is (found out, unless given)")]
pub(crate) struct AgentArgs {
    /// Introspection API of the ECS agent: http://172.17.0.1:51678
    #[arg(long, env = "VPCE_PROBE_AGENT_ENDPOINT", value_name = "URL", value_parser = names::metadata_url)]
    pub(crate) agent_endpoint: Option<String>,
    /// Socket of the Docker Engine; DOCKER_HOST=unix://... too
    #[arg(long, env = "VPCE_PROBE_DOCKER_SOCKET", value_name = "PATH")]
    pub(crate) docker_socket: Option<PathBuf>,
    /// Folder of the ECS agent's log: /var/log/ecs
    #[arg(long, env = "VPCE_PROBE_AGENT_LOG_DIR", value_name = "DIR")]
    pub(crate) agent_log_dir: Option<PathBuf>,
}
