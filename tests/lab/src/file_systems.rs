//! The file systems of the lab: folders that hold only its own files, and the `/sys` of its own
//! network.

use std::env;
use std::fmt::Write;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::Trouble;
use crate::tools;
use crate::vpc::Vpc;

/// Where the certificate of the lab CA stands.
pub(crate) const CA_FILE: &str = "/etc/vpce-lab/ca.pem";

/// What else is mounted.
const TABLE: &str = "/etc/vpce-lab/fstab";

/// The folders that files of a scenario may be in.
pub(crate) const FOLDERS: [&str; 4] = ["/etc", "/run", "/var/log", "/var/lib"];

/// Stands for the time in files.
const NOW: &str = "@NOW@";

/// Only where a scenario has files in it: the repository may stand below it.
const ONLY_IF_NEEDED: &str = "/var/lib";

/// Where programs look for `systemctl`.
const SYSTEMCTL: [&str; 2] = ["/usr/bin/systemctl", "/bin/systemctl"];

/// Mounts them, and fills them with the lab's files.
pub(crate) fn set_up(vpc: &Vpc, ca_pem: &str) -> Result<(), Trouble> {
    tools::run("mount", &["-t", "tmpfs", "-o", "mode=0755", "vpce-lab", "/etc"], "")?;
    // All others in one go, as starting `mount` takes longer than mounting.
    write(TABLE, &mounts(vpc)?)?;
    tools::run("mount", &["--all", "--fstab", TABLE], "")?;
    let _ = fs::remove_file(TABLE);
    write(CA_FILE, ca_pem)?;
    let now = seconds_of(OffsetDateTime::now_utc());
    vpc.files.iter().try_for_each(|(path, text)| write(path, &text.replace(NOW, &now)))?;
    vpc.odd_files.iter().try_for_each(|(path, file)| {
        // With the folders around it.
        write(path, "")?;
        file.make(Path::new(path)).map_err(|why| cannot_write(Path::new(path), &why))
    })
}

/// Makes the root file system read-only, as a task definition can ask for.
pub(crate) fn make_root_read_only(vpc: &Vpc) -> Result<(), Trouble> {
    let own = own_folders(vpc);
    own.into_iter()
        .chain([PathBuf::from("/")])
        .map(|path| path.display().to_string())
        .try_for_each(|path| tools::run("mount", &["-o", "remount,bind,ro", &path], ""))
}

fn mounts(vpc: &Vpc) -> Result<String, Trouble> {
    // The sources are names that the machine does not use, or `mount` would take what it has there
    // for done. The network interfaces in /sys are those of the namespace it was mounted in.
    let mut lines = "vpce-lab /sys sysfs ro 0 0\n".to_owned();
    for folder in own_folders(vpc).iter().filter(|folder| *folder != Path::new("/etc")) {
        let _ = writeln!(lines, "vpce-lab {} tmpfs mode=0755 0 0", escaped(folder));
    }
    let systemctl = match vpc.systemd {
        Some(_) => own_systemctl()?,
        // Not to be run, and not a file: as good as not there.
        None => "/dev/null".into(),
    };
    for place in places_of_systemctl() {
        let _ = writeln!(lines, "{} {} none bind 0 0", escaped(&systemctl), escaped(&place));
    }
    Ok(lines)
}

/// The folders as they are without links: `/var/run` is another way to `/run` as a rule, and where
/// it is not, the machine's own Docker Engine would be there.
fn own_folders(vpc: &Vpc) -> Vec<PathBuf> {
    let needed = |top: &str| {
        let mut paths = vpc.files.keys().chain(vpc.odd_files.keys());
        paths.any(|path| Path::new(path).starts_with(top))
    };
    let folders = FOLDERS.into_iter().filter(|top| *top != ONLY_IF_NEEDED || needed(top));
    without_links(folders.chain(["/var/run"]))
}

fn places_of_systemctl() -> Vec<PathBuf> {
    without_links(SYSTEMCTL)
}

fn without_links<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        paths.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    found.sort();
    found.dedup();
    found
}

/// This executable, which knows by its name that it is to be `systemctl`.
fn own_systemctl() -> Result<PathBuf, Trouble> {
    if places_of_systemctl().is_empty() {
        return Err(tools::missing("systemctl"));
    }
    env::current_exe().map_err(|why| Trouble::File {
        path: "/usr/bin/systemctl".to_owned(),
        why: format!("this executable has no name: {why}"),
    })
}

/// `2026-05-04T06:13:02Z`
fn seconds_of(moment: OffsetDateTime) -> String {
    let whole = moment.replace_nanosecond(0).unwrap_or(moment);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// As fstab wants it.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace('\\', "\\134").replace(' ', "\\040").replace('\t', "\\011")
}

/// Readable for every user, whatever the umask around the lab is.
fn write(path: &str, text: &str) -> Result<(), Trouble> {
    let path = Path::new(path);
    let is_top = |dir: &Path| FOLDERS.iter().any(|top| dir == Path::new(top));
    let parents = || path.ancestors().skip(1).take_while(|dir| !is_top(dir));
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
    parents()
        .next()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .and_then(|()| mode(path, 0o644))
        .and_then(|()| parents().try_for_each(|dir| mode(dir, 0o755)))
        .map_err(|why| cannot_write(path, &why))
}

fn cannot_write(path: &Path, why: &io::Error) -> Trouble {
    Trouble::File { path: path.display().to_string(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_fstab_holds_no_blanks() {
        assert_eq!(escaped(Path::new("/a b\\c")), "/a\\040b\\134c");
    }
}
