//! systemd, asked by its own `systemctl`.

mod error;
mod show;
mod unit;

use std::path::PathBuf;
use std::time::Duration;

pub use self::error::SystemdError;
use self::error::SystemdProblem;
pub use self::show::UnitProperties;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) use self::show::parse as parse_shown;
pub(super) use self::unit::ask;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) use self::unit::facts;
use super::bounded_command::{Output, run};

/// systemd, by the `systemctl` at one path.
#[derive(Clone, Debug)]
pub struct Systemd {
    systemctl: PathBuf,
}

impl Systemd {
    /// The first of these paths where there is a file; none when there is no `systemctl`.
    pub fn at(candidates: &[PathBuf]) -> Option<Self> {
        let found = candidates.iter().find(|path| path.is_file())?;
        Some(Self { systemctl: found.clone() })
    }

    /// Properties of units, in the order of `units`. A unit that is not there has the `LoadState`
    /// `not-found`. Times are in UTC.
    ///
    /// # Errors
    /// When systemd does not run here or does not answer within `limit`.
    pub async fn show(
        &self,
        units: &[&str],
        properties: &[&str],
        limit: Duration,
    ) -> Result<Vec<UnitProperties>, SystemdError> {
        let properties = format!("--property={}", properties.join(","));
        let arguments: Vec<&str> = ["show", "--no-pager", properties.as_str(), "--"]
            .iter()
            .chain(units)
            .copied()
            .collect();
        let attempt = format!("show {}", units.join(" "));
        let output = self.run(&attempt, &arguments, limit).await?;
        let shown = show::parse(&output.stdout);
        match shown.len() == units.len() {
            true => Ok(shown),
            // In a chroot it says nothing, and ends well.
            false => Err(self.failed(&attempt, SystemdProblem::Silent(said(&output)))),
        }
    }

    /// `systemctl restart`. With `block` it returns when the unit has started, otherwise when the job
    /// is queued. At `limit` systemctl is ended; a job that was queued goes on.
    ///
    /// # Errors
    /// When the job cannot be queued, this user may not ([`SystemdError::is_permission_denied`]), the
    /// unit does not start, or that takes longer than `limit`.
    pub async fn restart(
        &self,
        unit: &str,
        block: bool,
        limit: Duration,
    ) -> Result<(), SystemdError> {
        self.change("restart", unit, block, limit).await
    }

    /// `systemctl start`; otherwise as [`restart`](Self::restart).
    ///
    /// # Errors
    /// As [`restart`](Self::restart).
    pub async fn start(
        &self,
        unit: &str,
        block: bool,
        limit: Duration,
    ) -> Result<(), SystemdError> {
        self.change("start", unit, block, limit).await
    }

    async fn change(
        &self,
        verb: &str,
        unit: &str,
        block: bool,
        limit: Duration,
    ) -> Result<(), SystemdError> {
        let mut arguments = vec![verb, "--no-pager", "--no-ask-password"];
        if !block {
            arguments.push("--no-block");
        }
        arguments.extend(["--", unit]);
        self.run(&format!("{verb} {unit}"), &arguments, limit).await.map(|_| ())
    }

    async fn run(
        &self,
        attempt: &str,
        arguments: &[&str],
        limit: Duration,
    ) -> Result<Output, SystemdError> {
        let output = run(&self.systemctl, arguments, limit)
            .await
            .map_err(|error| self.failed(attempt, SystemdProblem::Command(error)))?;
        match output.status.success() {
            true => Ok(output),
            false => {
                let code = output.status.code();
                Err(self.failed(attempt, SystemdProblem::of_words(code, said(&output))))
            }
        }
    }

    fn failed(&self, attempt: &str, problem: SystemdProblem) -> SystemdError {
        SystemdError { attempt: attempt.to_owned(), systemctl: self.systemctl.clone(), problem }
    }
}

/// What it said in words, in one line.
fn said(output: &Output) -> String {
    let words: Vec<&str> = output.stderr.split_whitespace().collect();
    super::short::short(&words.join(" ")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
