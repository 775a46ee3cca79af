//! `/usr/bin/systemctl` of the lab: passes its words on to the lab's systemd, and says what that
//! answers. As with the real one, what was asked for is done even if it is killed meanwhile.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Where the lab's systemd listens.
pub(crate) const SOCKET: &str = "/run/vpce-lab/systemd.sock";

/// What systemd lets `systemctl` say.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Whether this process was started as `systemctl`.
pub(crate) fn is_meant() -> bool {
    let name = env::args_os().next().unwrap_or_default();
    Path::new(&name).file_name().is_some_and(|name| name == "systemctl")
}

/// Runs it; returns its exit code.
pub(crate) fn run() -> i32 {
    let said = ask().unwrap_or_else(|why| Said {
        exit: 1,
        stdout: String::new(),
        stderr: format!("Failed to connect to bus: {why}\n"),
    });
    let _ = io::stdout().write_all(said.stdout.as_bytes());
    let _ = io::stderr().write_all(said.stderr.as_bytes());
    said.exit
}

fn ask() -> io::Result<Said> {
    let words: Vec<String> = env::args().skip(1).collect();
    let mut stream = UnixStream::connect(SOCKET)?;
    writeln!(stream, "{}", serde_json::to_string(&words)?)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
