//! The real parts that have to be there. A test that lacks one fails.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use crate::command::text;

/// Programs, and the Debian packages that they come from.
const PROGRAMS: [(&str, &str); 3] =
    [("systemd-nspawn", "systemd-container"), ("nsenter", "util-linux"), ("ldd", "libc-bin")];

/// Fails, and says what to install, unless everything is there.
pub(crate) fn all_there() -> Result<(), Failed> {
    let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let is_there = |program: &str| env::split_paths(&path).any(|dir| dir.join(program).exists());
    if let Some((program, package)) = PROGRAMS.iter().find(|(program, _)| !is_there(program)) {
        return Err(format!("`{program}` is not installed (Debian package {package})").into());
    }
    if tree().join("usr/bin/docker").exists() {
        return Ok(());
    }
    Err(format!("{} is not there: run tests/real/machine/prepare", tree().display()).into())
}

/// Whether this process may do what booting a machine takes.
pub(crate) fn is_root() -> Result<bool, Failed> {
    let uid = Command::new("id").arg("-u").output()?;
    Ok(uid.stdout.trim_ascii() == b"0")
}

/// The same test, as root.
pub(crate) fn again_as_root(test: &str) -> Result<(), Failed> {
    let again = Command::new("sudo")
        .args(["--non-interactive", "--"])
        .arg(env::current_exe()?)
        .args(["--exact", test])
        .output();
    let said = match again {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => text(&[output.stdout, output.stderr].concat()),
        Err(why) => format!("cannot run sudo: {why}"),
    };
    Err(format!("systemd and a Docker Engine can only be started by root. {said}").into())
}

/// The Debian tree that is booted, as `tests/real/machine/prepare` makes it.
pub(crate) fn tree() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("real/machine")
}

/// A file that `packaging/build-release` or `packaging/build-packages` has made.
pub(crate) fn delivered(name: &str) -> Result<PathBuf, Failed> {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = tmp.parent().unwrap_or(tmp).join("dist").join(name);
    match path.exists() {
        true => Ok(path),
        false => {
            let makers = "packaging/build-release, packaging/build-packages, tests/verify-packages";
            Err(format!("{} is not there: run {makers}", path.display()).into())
        }
    }
}
