//! Options of `vpce-probe wait`.

use std::time::Duration;

use clap::{Arg, Args};

use super::{LogArgs, LookArgs, SelectionArgs, duration};

pub(super) const AFTER_WAIT: &str = "\
The last report goes to stdout, what changes meanwhile to stderr. A new endpoint answers some 20 to 30
seconds after AWS calls it available.

The endpoints of the ECS agent are waited for, the agent is not: it may start only after this. It
stops early where waiting cannot help: the Region is wrong, or the task uses another one.

Exit codes: 0 what is required passes; 1 it does not, and the time is over, waiting cannot help, or a
signal ended it; 64 wrong command line, 70 internal error, 77 missing permission, 78 unusable file.";

#[derive(Args, Debug)]
pub(crate) struct WaitArgs {
    /// How long to wait: 5m, 90s
    #[arg(long, env = "VPCE_PROBE_TIMEOUT", default_value = "5m", value_name = "DURATION", value_parser = duration::limit)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// Options about the ECS agent, which is not looked at. Their variables may be set for other commands.
const OF_THE_AGENT: [&str; 3] = ["agent_endpoint", "docker_socket", "agent_log_dir"];

/// The option as it is meant here.
pub(super) fn for_waiting(option: Arg) -> Arg {
    let is_hidden = OF_THE_AGENT.contains(&option.get_id().as_str());
    if is_hidden { option.hide(true) } else { for_each_check(option) }
}

/// The option as it is meant by what checks more than once.
pub(super) fn for_each_check(option: Arg) -> Arg {
    let is_deadline = option.get_id() == "deadline";
    if is_deadline { option.help("Time for each check: 4s, 1500ms") } else { option }
}
