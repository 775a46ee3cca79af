//! A saved report, judged and printed again.

use std::io::{ErrorKind, Read};
use std::path::Path;

use vpce_probes::report::Report;

use super::Failure;
use crate::cli::{FailOn, ReportArgs};
use crate::exit_code::Exit;
use crate::{output, render};

pub(super) fn run(args: &ReportArgs) -> Result<Exit, Failure> {
    let text = read(&args.file).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::PermissionDenied => Exit::NoPermission,
            _ => Exit::Config,
        };
        Failure::new(exit, format!("cannot read {}: {error}", args.file.display()))
    })?;
    let report = Report::from_saved(&text)
        .map_err(|error| Failure::new(Exit::Config, format!("{}: {error}", args.file.display())))?;
    output::write(&render::report(&report, &args.output));
    Ok(Exit::of_verdict(report.status, args.fail_on == FailOn::Warn))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        Ok(text)
    } else {
        std::fs::read_to_string(path)
    }
}
