//! Options of `vpce-probe wait`.

use std::time::Duration;

use clap::Args;

use super::{LogArgs, LookArgs, SelectionArgs, duration};

pub(super) const AFTER_WAIT: &str = "\
The last report goes to stdout. --deadline is the time for each check. A new endpoint answers some 20
to 30 seconds after AWS calls it available.

Exit codes: 0 what is required passes, 1 it does not, and the time is over or waiting cannot help;
64 wrong command line, 70 internal error, 77 missing permission, 78 unusable file.";

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
