//! File systems and a control group of the scene's own, so that real parts leave nothing behind.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Failed;

use crate::command::Place;

/// Where the real parts keep what they have.
pub(crate) const DATA: &str = "/mnt";

const CONTROL_GROUPS: &str = "/sys/fs/cgroup";

/// What a scene has to itself, until this is dropped or the lab ends.
pub(crate) struct OwnPlace {
    control_group: PathBuf,
}

impl OwnPlace {
    /// Mounts what is written to; the lab's mount namespace takes it away again.
    pub(crate) fn set_up() -> Result<Self, Failed> {
        mount(&["-t", "tmpfs", "-o", "mode=0755", "real", DATA])?;
        // The lab's /sys is that of its own network and shows no control groups. Version 2 is there
        // to be mounted even where the machine itself still uses version 1.
        mount(&["-t", "cgroup2", "cgroup2", CONTROL_GROUPS])?;
        // No other network namespace has that number as long as this one is there.
        let network = fs::read_link("/proc/self/ns/net")?.display().to_string();
        let number: String = network.chars().filter(char::is_ascii_digit).collect();
        let control_group = Path::new(CONTROL_GROUPS).join(format!("vpce-probe-{number}"));
        fs::create_dir_all(&control_group)?;
        join(&control_group)?;
        // systemd-nspawn wants to know the machine that it runs on.
        fs::write("/etc/machine-id", "00112233445566778899aabbccddeeff\n")?;
        Ok(Self { control_group })
    }
}

impl Drop for OwnPlace {
    fn drop(&mut self) {
        let _ = join(Path::new(CONTROL_GROUPS));
        remove(&self.control_group);
    }
}

/// Moves this process to that control group, and with it what it will start.
fn join(control_group: &Path) -> Result<(), Failed> {
    Ok(fs::write(control_group.join("cgroup.procs"), "0")?)
}

/// Removes a control group with those below it, as far as they are empty.
fn remove(control_group: &Path) {
    for entry in fs::read_dir(control_group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&entry.path());
        }
    }
    let _ = fs::remove_dir(control_group);
}

/// Mounts one.
pub(crate) fn mount(args: &[&str]) -> Result<(), Failed> {
    Place::Lab.run("mount", args).map(|_| ())
}
