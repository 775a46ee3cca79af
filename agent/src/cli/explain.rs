//! Options about findings and error texts.

use clap::Args;

use super::LookArgs;

/// What to explain.
#[derive(Args, Debug)]
#[command(after_help = AFTER_EXPLAIN)]
pub(crate) struct ExplainArgs {
    /// Code of a finding (VPCE101), or an error text in quotes; - reads it from standard input
    #[arg(required_unless_present = "list", value_name = "CODE|TEXT")]
    pub(crate) text: Option<String>,
    /// List all codes and all kinds of error texts
    #[arg(long, conflicts_with = "text")]
    pub(crate) list: bool,
    /// Check what the error text implies, and nothing else
    #[arg(long, env = "VPCE_PROBE_CHECK", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) check: bool,
    /// How this place is looked at by --check.
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

const AFTER_EXPLAIN: &str = "\
Examples:
  vpce-probe explain VPCE101
  vpce-probe explain \"ResourceInitializationError: unable to pull secrets or registry auth: ...\"
  tail -n 50 /var/log/ecs/ecs-agent.log | vpce-probe explain --check -

Exit codes: 0 explained, 64 nothing in the text was recognised; with --check those of a check, and 1
where the text implies nothing that could be checked.";
