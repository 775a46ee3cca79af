//! Running commands where the scene has them.

use std::io;
use std::process::{Command, Output, Stdio};

use libtest_mimic::Failed;

/// Where a command runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// In the lab itself.
    Lab,
    /// On the machine that was booted in the lab, whose process 1 this is.
    Machine(u32),
}

impl Place {
    /// A command there.
    pub(crate) fn command(self, tool: &str) -> Command {
        match self {
            Self::Lab => Command::new(tool),
            Self::Machine(leader) => {
                let mut command = Command::new("nsenter");
                command.args(["--target", &leader.to_string(), "--all", "--", tool]);
                command
            }
        }
    }

    /// Runs a command there, which has to succeed; returns what it said.
    pub(crate) fn run(self, tool: &str, args: &[&str]) -> Result<String, Failed> {
        let output = self.output(tool, args)?;
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        Err(format!("{tool} {} ended with {}: {said}", args.join(" "), output.status).into())
    }

    /// Runs a command there, which may fail.
    pub(crate) fn output(self, tool: &str, args: &[&str]) -> Result<Output, Failed> {
        let output = self.command(tool).args(args).stdin(Stdio::null()).output();
        output.map_err(|why| cannot_run(tool, &why))
    }
}

/// What a command said.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// Why a command did not even start.
pub(crate) fn cannot_run(tool: &str, why: &io::Error) -> Failed {
    format!("cannot run {tool}: {why}").into()
}
