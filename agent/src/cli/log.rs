//! What a command that stays tells on stderr meanwhile.

use clap::{Args, ValueEnum};

/// The log on stderr.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Log (on stderr)")]
pub(crate) struct LogArgs {
    /// Form of the log
    #[arg(long, env = "VPCE_PROBE_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Log this and what is graver
    #[arg(long, env = "VPCE_PROBE_LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub(crate) log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people, and for the journal
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogLevel {
    /// What keeps the program from its work
    Error,
    /// What a person should look at
    Warn,
    /// Changes
    Info,
    /// Every check
    Debug,
}
