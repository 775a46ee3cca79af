//! Options about the ECS agent.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{LogArgs, LookArgs, duration, names};

/// What to do about the ECS agent.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Show what the ECS agent is and what it is connected to, then everything that is checked
    Status(Box<LookArgs>),
    /// Restart the ECS agent, so that it uses the endpoints that are there now
    #[command(after_help = AFTER_RESTART)]
    Restart(Box<RestartArgs>),
}

const AFTER_RESTART: &str = "\
The agent is restarted through systemd where a unit owns it, and through the Docker Engine, in one
request, where none does. A restart is refused while one of the three ECS endpoints does not pass,
and within --restart-interval of the last one, which doubles with each restart that did not help.
--deadline is the time for each look, before and after.

Exit codes: 0 restarted and verified, left to systemd until the boot is over, or with --if-needed
nothing to do (with a warning where the agent is not well all the same); 1 refused, or not verified;
64 wrong command line, 70 internal error, 77 missing permission, 78 unusable file.";

#[derive(Args, Debug)]
pub(crate) struct RestartArgs {
    /// Only when the agent is on public addresses although the endpoints are there, or disconnected
    #[arg(long, env = "VPCE_PROBE_IF_NEEDED", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) if_needed: bool,
    /// Also when the endpoints do not pass; overrides nothing else
    #[arg(long, env = "VPCE_PROBE_FORCE", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) force: bool,
    /// Decide and say what would be done, but do not do it
    #[arg(long, env = "VPCE_PROBE_DRY_RUN", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) dry_run: bool,
    /// Shortest time between two restarts: 15m, 1h
    #[arg(long, env = "VPCE_PROBE_RESTART_INTERVAL", default_value = "15m", value_name = "DURATION", value_parser = duration::interval)]
    pub(crate) restart_interval: Duration,
    /// How long to wait for the agent to come back: 60s, 2m
    #[arg(long, env = "VPCE_PROBE_VERIFY_TIMEOUT", default_value = "60s", value_name = "DURATION", value_parser = duration::limit)]
    pub(crate) verify_timeout: Duration,
    /// Folder in which restarts are written down
    #[arg(
        long,
        env = "VPCE_PROBE_STATE_DIR",
        default_value = "/run/vpce-probe",
        value_name = "DIR"
    )]
    pub(crate) state_dir: PathBuf,
    /// How this place is looked at, before and after.
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
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
