//! Running a program of the system: bounded in time and output, asking nobody anything.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// More than `systemctl show` says of a few units.
const MAX_OUTPUT_BYTES: u64 = 256 * 1024;

/// The whole environment of the program: English words, times in UTC, and a path for scripts.
const ENVIRONMENT: [(&str, &str); 3] =
    [("LC_ALL", "C"), ("TZ", "UTC"), ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")];

/// What a program wrote, and how it ended.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Why a program came to no end.
#[derive(Clone, Debug, Error)]
pub(super) enum CommandError {
    #[error("it cannot be started: {words}")]
    NotStarted { words: String, not_permitted: bool },
    #[error("it did not end within {0} ms")]
    TimedOut(u128),
    #[error("it wrote more than {} KiB", MAX_OUTPUT_BYTES / 1024)]
    TooMuch,
    #[error("its output cannot be read: {0}")]
    Broken(String),
}

/// Runs a program to its end. It is killed at the limit, and when it writes too much.
pub(super) async fn run(
    program: &Path,
    arguments: &[&str],
    limit: Duration,
) -> Result<Output, CommandError> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| CommandError::NotStarted {
            words: error.to_string(),
            not_permitted: error.kind() == std::io::ErrorKind::PermissionDenied,
        })?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let ended = async {
        let (stdout, stderr) = tokio::try_join!(text_of(stdout), text_of(stderr))?;
        let status = child.wait().await.map_err(|e| CommandError::Broken(e.to_string()))?;
        Ok(Output { status, stdout, stderr })
    };
    tokio::time::timeout(limit, ended)
        .await
        .unwrap_or(Err(CommandError::TimedOut(limit.as_millis())))
}

async fn text_of(pipe: Option<impl AsyncRead + Unpin>) -> Result<String, CommandError> {
    let Some(pipe) = pipe else { return Ok(String::new()) };
    let mut bytes = Vec::new();
    let mut bounded = pipe.take(MAX_OUTPUT_BYTES + 1);
    bounded.read_to_end(&mut bytes).await.map_err(|e| CommandError::Broken(e.to_string()))?;
    match bytes.len() as u64 > MAX_OUTPUT_BYTES {
        true => Err(CommandError::TooMuch),
        false => Ok(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, limit: Duration) -> Result<Output, CommandError> {
        run(Path::new("/bin/sh"), &["-c", script], limit).await
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn output_and_status_are_told() {
        let output = shell("echo out; echo err >&2; exit 5", LONG).await.unwrap();
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(output.status.code(), Some(5));
    }

    #[tokio::test]
    async fn nothing_is_inherited_but_what_is_needed() {
        let output = shell("echo \"$LC_ALL $TZ ${HOME-none} ${CARGO-none}\"; cat", LONG).await;
        assert_eq!(output.unwrap().stdout, "C UTC none none\n");
    }

    #[tokio::test]
    async fn what_never_ends_is_killed() {
        let (silent, endless) = (mark("silent"), mark("endless"));
        let script = format!("kill -STOP $$ # {silent}");
        let error = shell(&script, Duration::from_millis(50)).await.unwrap_err();
        assert!(matches!(error, CommandError::TimedOut(50)), "{error}");
        is_gone(&silent).await;
        let script = format!("while :; do echo endless; done # {endless}");
        let error = shell(&script, LONG).await.unwrap_err();
        assert!(matches!(error, CommandError::TooMuch), "{error}");
        is_gone(&endless).await;
    }

    /// Stands in the command line of one process only.
    fn mark(name: &str) -> String {
        format!("vpce-probes-{}-{name}", std::process::id())
    }

    /// Waits for the end of the process with this mark.
    async fn is_gone(mark: &str) {
        let runs = || {
            let processes = std::fs::read_dir("/proc").unwrap().flatten();
            processes.into_iter().any(|process| {
                let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
                String::from_utf8_lossy(&line).contains(mark)
            })
        };
        let gone = async {
            while runs() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LONG, gone).await.expect("it still runs");
    }

    #[tokio::test]
    async fn what_cannot_be_started_says_so() {
        let error = run(Path::new("/nonexistent/tool"), &[], LONG).await.unwrap_err();
        assert!(matches!(error, CommandError::NotStarted { not_permitted: false, .. }), "{error}");
    }
}
