//! Options of `vpce-probe fix`.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};

use super::{FixFormat, LookArgs, SelectionArgs};

pub(super) const AFTER_FIX: &str = "\
Stdout holds nothing but the text, so that it can go into a file; what it does not fix stands in its
comments. Ids that are not known are marked REPLACE_WITH_... Nothing is ever executed. With --report
the options about the place and what to check have no effect, apart from --service.

Exit codes: 0 the text was printed, also when there is nothing to fix; 64 wrong command line, or the
Region is not known; 70 internal error, 77 missing permission to read a file, 78 unusable file.";

#[derive(Args, Debug)]
pub(crate) struct FixArgs {
    /// What the text is for
    #[arg(long, env = "VPCE_PROBE_FORMAT", default_value = "cli", value_name = "FORMAT")]
    pub(crate) format: FixFormat,
    /// Fix what this saved JSON report found, instead of checking; - for standard input
    #[arg(long, env = "VPCE_PROBE_REPORT", value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Options of a report, which a fix is not.
const OF_A_REPORT: [&str; 5] = ["json", "short", "verbose", "color", "fail_on"];

/// The option as it is meant here.
pub(super) fn for_a_fix(option: Arg) -> Arg {
    match option.get_id().as_str() {
        "service" => {
            option.help("Fix only this service, also when nothing here needs it; repeatable")
        }
        name if OF_A_REPORT.contains(&name) => option.hide(true),
        _ => option,
    }
}

/// Variables that are set for other commands change nothing here; who types such an option is told.
pub(super) fn refuse_forms(matches: &ArgMatches, command: &mut Command) -> Result<(), clap::Error> {
    let is_typed = |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
    match OF_A_REPORT.iter().find(is_typed) {
        None => Ok(()),
        Some(name) => {
            let words = format!(
                "--{} has no meaning for a fix, whose form is that of --format",
                name.replace('_', "-")
            );
            Err(command.error(ErrorKind::ArgumentConflict, words))
        }
    }
}
