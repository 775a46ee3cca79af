//! The file systems of the lab: an `/etc` of its own and the `/sys` of its own network.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::error::Trouble;
use crate::tools;
use crate::vpc::Vpc;

/// Where the certificate of the lab CA stands.
pub(crate) const CA_FILE: &str = "/etc/vpce-lab/ca.pem";

/// Mounts and fills an `/etc` that holds only the lab's files.
pub(crate) fn set_up(vpc: &Vpc, ca_pem: &str) -> Result<(), Trouble> {
    tools::run("mount", &["-t", "tmpfs", "-o", "mode=0755", "vpce-lab", "/etc"], "")?;
    // The network interfaces in /sys are those of the namespace it was mounted in.
    tools::run("mount", &["-t", "sysfs", "-o", "ro", "sysfs", "/sys"], "")?;
    write(CA_FILE, ca_pem)?;
    vpc.files.iter().try_for_each(|(path, text)| write(path, text))
}

/// Makes the root file system read-only, as a task definition can ask for.
pub(crate) fn make_root_read_only() -> Result<(), Trouble> {
    ["/", "/etc"]
        .iter()
        .try_for_each(|path| tools::run("mount", &["-o", "remount,bind,ro", path], ""))
}

/// Readable for every user, whatever the umask around the lab is.
fn write(path: &str, text: &str) -> Result<(), Trouble> {
    let path = Path::new(path);
    let parents = || path.ancestors().skip(1).take_while(|dir| *dir != Path::new("/etc"));
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
    parents()
        .next()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .and_then(|()| mode(path, 0o644))
        .and_then(|()| parents().try_for_each(|dir| mode(dir, 0o755)))
        .map_err(|why| Trouble::File { path: path.display().to_string(), why: why.to_string() })
}
