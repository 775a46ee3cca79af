//! Programs that cannot reach anything: whatever a test asks of them, no packet leaves.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

/// The program, in a network that has no interface that is up and no route.
pub(crate) fn offline(program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.arg("--net");
    // Whoever is not root makes networks in a user namespace of their own.
    if std::fs::metadata("/proc/self").map_or(0, |own| own.uid()) != 0 {
        command.arg("--map-root-user");
    }
    command.args(["--", program]);
    command
}
