//! From the outside into the lab: this executable again, in namespaces of its own.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{self, Command, Output, Stdio};

use crate::error::{LabError, Trouble};
use crate::lab::{Job, Outcome};
use crate::{agent_process, foreign, inside, systemctl, tools};

/// Set for the inside: [`FROM_STDIN`], the part that a process of the lab plays, or the number of variables
/// that hold the job.
const INSIDE: &str = "VPCE_LAB_INSIDE";
const FROM_STDIN: &str = "stdin";

/// The kernel takes no variable longer than 128 KiB, and a character is four bytes at most.
const JOB_PART: usize = 30_000;

/// The part of the ECS agent.
pub(crate) const AGENT: &str = "agent";

/// The part of another program that has connections.
pub(crate) const FOREIGN: &str = "foreign";

/// Asks for a user namespace even as root.
const USER_NAMESPACE: &str = "VPCE_LAB_USER_NAMESPACE";

/// Becomes the inside of a lab when this process was started as one, and then never returns.
///
/// This is the first line of `main` in everything that hosts a lab.
pub fn enter_if_asked() {
    if systemctl::is_meant() {
        process::exit(systemctl::run());
    }
    let Some(part) = env::var_os(INSIDE) else { return };
    let part = part.to_string_lossy();
    process::exit(match part.as_ref() {
        FROM_STDIN => inside::run_all(),
        AGENT => agent_process::be_agent(),
        FOREIGN => foreign::hold(),
        parts => inside::run_attached(&job_from_environment(parts)),
    });
}

fn job_part(number: usize) -> String {
    format!("{INSIDE}_{number}")
}

fn job_from_environment(parts: &str) -> String {
    let parts = 0..parts.parse().unwrap_or_default();
    parts.filter_map(|number| env::var(job_part(number)).ok()).collect()
}

/// This executable again, to play a part in the lab; nothing of it but the part is in its
/// environment.
pub(crate) fn again(part: &str) -> tokio::process::Command {
    // By this name it is there even where the lab hides its folder.
    let mut command = tokio::process::Command::new("/proc/self/exe");
    command.env_clear().env(INSIDE, part);
    command
}

/// The same, started by another program that is process 1's child and root's.
pub(crate) fn again_by(part: &str, words: &[&str]) -> tokio::process::Command {
    let (first, rest) = words.split_first().unwrap_or((&"env", &[]));
    let mut command = tokio::process::Command::new(first);
    command.args(rest).arg("/proc/1/exe");
    command.env_clear().env("PATH", tools::PATH).env(INSIDE, part);
    command
}

/// Root needs no user namespace, everybody else does.
pub(crate) fn wants_user_namespace() -> bool {
    env::var_os(USER_NAMESPACE).is_some_and(|value| value == "1") || !is_root()
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// Runs the job inside and waits for its outcomes.
pub(crate) fn run(job: &Job) -> Result<Vec<Outcome>, LabError> {
    let mut child = unshare(job)?
        .env(INSIDE, FROM_STDIN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot_start)?;
    // The inside lives as long as its standard input is open: with this process it ends.
    let mut lifeline = child.stdin.take();
    let sent = lifeline.as_mut().map_or(Ok(()), |stdin| {
        writeln!(stdin, "{}", serde_json::to_string(job)?)?;
        stdin.flush()
    });
    let output = child.wait_with_output().map_err(LabError::Start)?;
    drop(lifeline);
    let result = String::from_utf8_lossy(&output.stdout);
    let result = result.lines().last().and_then(|line| serde_json::from_str(line).ok());
    let result: Result<Vec<Outcome>, Trouble> = result.ok_or_else(|| no_result(job, &output))?;
    sent.map_err(LabError::Start)?;
    Ok(result?)
}

/// Runs the job inside, in the place of this process.
pub(crate) fn replace_process(job: &Job) -> LabError {
    let prepared = can_unshare(job).and_then(|()| {
        let text = serde_json::to_string(job).map_err(|why| LabError::Start(why.into()))?;
        Ok((unshare(job)?, text))
    });
    match prepared {
        Ok((mut command, text)) => {
            let text: Vec<char> = text.chars().collect();
            let parts = text.chunks(JOB_PART);
            command.env(INSIDE, parts.len().to_string());
            command.envs(
                parts.enumerate().map(|(number, part)| (job_part(number), String::from_iter(part))),
            );
            cannot_start(command.exec())
        }
        Err(error) => error,
    }
}

/// Once this process is replaced there is nobody left to say what was missing.
fn can_unshare(job: &Job) -> Result<(), LabError> {
    let output = namespaces(job).arg("true").output().map_err(cannot_start)?;
    if output.status.success() { Ok(()) } else { Err(no_result(job, &output)) }
}

fn unshare(job: &Job) -> Result<Command, LabError> {
    let mut command = namespaces(job);
    command.arg(env::current_exe().map_err(LabError::Start)?);
    Ok(command)
}

fn namespaces(job: &Job) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]);
    if job.user_namespace {
        command.args(["--user", "--map-root-user"]);
    }
    command.arg("--");
    command
}

fn cannot_start(error: io::Error) -> LabError {
    match error.kind() {
        io::ErrorKind::NotFound => LabError::MissingTool {
            tool: "unshare".to_owned(),
            package: tools::package("unshare").to_owned(),
        },
        _ => LabError::Start(error),
    }
}

fn no_result(job: &Job, output: &Output) -> LabError {
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !stderr.starts_with("unshare:") {
        return LabError::NoResult { status: output.status.to_string(), stderr };
    }
    let advice = if job.user_namespace {
        "Run as root, or let users make namespaces: kernel.unprivileged_userns_clone=1, \
         kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0"
    } else {
        "Root needs CAP_SYS_ADMIN here (a container: --privileged), or try a user namespace \
         with VPCE_LAB_USER_NAMESPACE=1"
    };
    LabError::NoNamespaces { why: stderr, advice: advice.to_owned() }
}
