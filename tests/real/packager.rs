//! The packagers of Debian and of Amazon Linux, on a machine of Debian.

use std::fs;
use std::path::Path;

use libtest_mimic::Failed;

use crate::command::Place;
use crate::machine::{Machine, Tree};
use crate::parts;

/// Where the machine finds the packages.
const PACKAGES: &str = "/root";

/// What rpm reads beside its libraries.
const RPM_FILES: &str = "/usr/lib/rpm";

/// One of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Packager {
    Dpkg,
    Rpm,
}

/// A package that it can install.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Package {
    Older,
    Newer,
}

impl Packager {
    /// Brings the packages to a tree, and the packager where Debian does not have it.
    pub(crate) fn bring(self, tree: &Tree) -> Result<(), Failed> {
        for package in [Package::Older, Package::Newer] {
            let from = parts::delivered(self.built(package))?;
            fs::copy(from, tree.folder(&self.brought(package)))?;
        }
        match self {
            Self::Dpkg => Ok(()),
            Self::Rpm => bring_rpm(tree),
        }
    }

    /// Installs it, which is an upgrade where an older one is installed.
    pub(crate) fn install(self, machine: &Machine, package: Package) -> Result<(), Failed> {
        let file = self.brought(package);
        self.run(
            machine,
            match self {
                Self::Dpkg => &["--install"],
                // The database of the machine knows nothing, not even /bin/sh.
                Self::Rpm => &["--upgrade", "--nodeps"],
            },
            &file,
        )
    }

    /// Removes it.
    pub(crate) fn remove(self, machine: &Machine) -> Result<(), Failed> {
        self.run(
            machine,
            match self {
                Self::Dpkg => &["--remove"],
                Self::Rpm => &["--erase", "--nodeps"],
            },
            "vpce-probe",
        )
    }

    /// Takes away what a removal leaves to the people who wrote it. rpm does not know their files.
    pub(crate) fn purge(self, machine: &Machine) -> Result<(), Failed> {
        match self {
            Self::Dpkg => self.run(machine, &["--purge"], "vpce-probe"),
            Self::Rpm => {
                let files = ["-r", "/etc/vpce-probe", "/etc/default/vpce-probe"];
                machine.place.run("rm", &files).map(drop)
            }
        }
    }

    /// What becomes of an edited configuration when the package is removed.
    pub(crate) fn kept_configuration(self) -> &'static str {
        match self {
            Self::Dpkg => "/etc/vpce-probe/config.toml",
            Self::Rpm => "/etc/vpce-probe/config.toml.rpmsave",
        }
    }

    fn run(self, machine: &Machine, doing: &[&str], what: &str) -> Result<(), Failed> {
        let (tool, always): (_, &[&str]) = match self {
            Self::Dpkg => ("dpkg", &[]),
            Self::Rpm => ("rpm", &["--force-debian", "--dbpath", "/var/lib/rpm"]),
        };
        machine.place.run(tool, &[always, doing, &[what]].concat()).map(drop)
    }

    /// As `packaging/build-packages` and `tests/verify-packages` have left it.
    fn built(self, package: Package) -> &'static str {
        match (self, package) {
            (Self::Dpkg, Package::Older) => "../packages/older/vpce-probe_0.0.9~test_amd64.deb",
            (Self::Dpkg, Package::Newer) => {
                concat!("vpce-probe_", env!("CARGO_PKG_VERSION"), "_amd64.deb")
            }
            (Self::Rpm, Package::Older) => "../packages/older/vpce-probe-0.0.9~test-1.x86_64.rpm",
            (Self::Rpm, Package::Newer) => {
                concat!("vpce-probe-", env!("CARGO_PKG_VERSION"), "-1.x86_64.rpm")
            }
        }
    }

    fn brought(self, package: Package) -> String {
        format!("{PACKAGES}/{package:?}.{self:?}")
    }
}

/// Brings this machine's own rpm to the tree, which is of the same release.
fn bring_rpm(tree: &Tree) -> Result<(), Failed> {
    let rpm = "/usr/bin/rpm";
    let listed = Place::Lab.run("ldd", &[rpm])?;
    let libraries = listed.split_whitespace().filter(|word| word.starts_with('/'));
    for file in libraries.chain([rpm]) {
        let copy = tree.folder(file);
        if !copy.exists() {
            fs::copy(file, copy)?;
        }
    }
    let folder = tree.folder(Path::new(RPM_FILES).parent().ok_or("no folder")?.to_str().ok_or("")?);
    Place::Lab.run("cp", &["-RL", RPM_FILES, &folder.display().to_string()]).map(drop)
}
