//! Options about findings and error texts.

use clap::Args;

use super::LookArgs;

/// What to explain.
#[derive(Args, Debug)]
#[command(after_help = AFTER_EXPLAIN)]
pub(crate) struct ExplainArgs {
    /// Code of a finding (VPCE101), or an error text in quotes; - reads it from standard input
    #[arg(required_unless_present = "list", value_name = "CODE|TEXT", allow_hyphen_values = true, value_parser = code_or_text)]
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

/// Lines of logs may begin with a hyphen; a single word that does is a misspelt option.
fn code_or_text(text: &str) -> Result<String, String> {
    let is_option = text.len() > 1 && text.starts_with('-') && !text.contains(char::is_whitespace);
    if is_option { Err("there is no such option".to_owned()) } else { Ok(text.to_owned()) }
}

const AFTER_EXPLAIN: &str = "\
Examples:
  vpce-probe explain VPCE101
  vpce-probe explain \"ResourceInitializationError: unable to pull secrets or registry auth: ...\"
  tail -n 50 /var/log/ecs/ecs-agent.log | vpce-probe explain --check -

Exit codes: 0 explained, 64 nothing in the text was recognised; with --check those of a check, and 1
where the text implies nothing that could be checked.";
