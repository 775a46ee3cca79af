//! Starting the system's own programs; a missing one is named with its Debian package.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use crate::error::Trouble;

/// The Debian package that a program comes from.
pub(crate) fn package(tool: &str) -> &'static str {
    match tool {
        "ip" => "iproute2",
        "nft" => "nftables",
        "mount" => "mount",
        "systemctl" => "systemd",
        "time" => "time",
        _ => "util-linux",
    }
}

/// What a missing program is told as.
pub(crate) fn missing(tool: &str) -> Trouble {
    Trouble::MissingTool { tool: tool.to_owned(), package: package(tool).to_owned() }
}

/// Where the lab looks for programs: those for root stand in /sbin.
pub(crate) const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs a program to its end with that text as its input.
pub(crate) fn run(tool: &str, args: &[&str], input: &str) -> Result<(), Trouble> {
    let failed = |stderr: String| Trouble::ToolFailed { tool: tool.to_owned(), stderr };
    let mut child = Command::new(tool)
        .args(args)
        .env_clear()
        .env("PATH", PATH)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => missing(tool),
            _ => failed(error.to_string()),
        })?;
    // A program that has failed already does not read its input; its status says the rest.
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    written.map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_package() {
        let missing = run("no-such-tool", &[], "").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "`no-such-tool` is not installed (Debian package util-linux)"
        );
    }

    #[test]
    fn a_failure_says_what_the_program_said() {
        let failed = run("sh", &["-c", "echo broken >&2; exit 1"], "ignored").unwrap_err();
        assert_eq!(failed.to_string(), "`sh` failed: broken");
    }
}
