//! A saved report, judged and printed again.

use std::io::{Error, ErrorKind};
use std::path::Path;

use vpce_probes::bounded_read;
use vpce_probes::report::Report;

use super::Failure;
use crate::cli::{FailOn, ReportArgs};
use crate::exit_code::Exit;
use crate::{output, render};

/// Far more than the report of hundreds of names has.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

pub(super) fn run(args: &ReportArgs) -> Result<Exit, Failure> {
    let report = load(&args.file)?;
    output::write(&render::saved_report(&report, &args.output));
    Ok(Exit::of_verdict(report.status, args.fail_on == FailOn::Warn))
}

/// A saved report, judged anew.
pub(super) fn load(file: &Path) -> Result<Report, Failure> {
    let text = read(file).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::PermissionDenied => Exit::NoPermission,
            _ => Exit::Config,
        };
        Failure::new(exit, format!("cannot read {}: {error}", file.display()))
    })?;
    Report::from_saved(&text)
        .map_err(|error| Failure::new(Exit::Config, format!("{}: {error}", file.display())))
}

fn read(path: &Path) -> std::io::Result<String> {
    let bytes = if path.as_os_str() == "-" {
        bounded_read::read_from(std::io::stdin().lock(), MAX_BYTES)?
    } else {
        // Named pipes are read as well: shells make them for `<(...)`.
        bounded_read::read_from(std::fs::File::open(path)?, MAX_BYTES)?
    };
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "not UTF-8 text"))
}
