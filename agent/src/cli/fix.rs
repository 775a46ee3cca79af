//! Options of `vpce-probe fix`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command};

use super::{FixFormat, LookArgs, SelectionArgs, without_form};

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
const OF_A_REPORT: &[&str] = &["json", "short", "verbose", "color", "fail_on"];

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

/// Refuses options that say how a report is printed or judged.
pub(super) fn refuse_forms(matches: &ArgMatches, command: &mut Command) -> Result<(), clap::Error> {
    without_form::refuse(OF_A_REPORT, "a fix, whose form is that of --format", matches, command)
}
