//! A real cloud-init and an Amazon S3 on a machine, as `tests/real/machine/prepare-cloud-init` unpacks what
//! they are made of.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use libtest_mimic::Failed;

use crate::command::{Place, text};
use crate::machine::{Machine, Tree};
use crate::parts;

/// What user-data says on an instance.
pub(crate) const LOG: &str = "/var/log/cloud-init-output.log";

pub(crate) const BUCKET: &str = "lab-bucket";

/// Where that bucket answers.
const ADDRESS: &str = "52.216.1.2";

/// The units of cloud-init's stages.
const STAGES: [&str; 4] = [
    "cloud-init-local.service",
    "cloud-init.service",
    "cloud-config.service",
    "cloud-final.service",
];

/// Adds cloud-init to a tree, with this user-data.
pub(crate) fn add(tree: &Tree, user_data: &str) -> Result<(), Failed> {
    let unpacked = parts::tree().with_file_name("cloud-init");
    if !unpacked.join("usr/bin/cloud-init").exists() {
        let script = "tests/real/machine/prepare-cloud-init";
        return Err(format!("{} is not there: run {script}", unpacked.display()).into());
    }
    let from = format!("{}/.", unpacked.display());
    Place::Lab.run("cp", &["-a", &from, &tree.folder("/").display().to_string()])?;
    tree.write("etc/cloud/cloud.cfg", 0o644, include_str!("machine/cloud.cfg"))?;
    tree.write("etc/cloud/ds-identify.cfg", 0o644, "policy: enabled\n")?;
    tree.write(
        "var/lib/cloud/seed/nocloud/meta-data",
        0o644,
        "instance-id: i-0f3a1b2c4d5e6f708\n",
    )?;
    tree.write("var/lib/cloud/seed/nocloud/user-data", 0o644, user_data)?;
    let wanted = tree.folder("etc/systemd/system/cloud-init.target.wants");
    fs::create_dir_all(&wanted)?;
    for stage in STAGES {
        symlink(Path::new("/usr/lib/systemd/system").join(stage), wanted.join(stage))?;
    }
    Ok(())
}

/// As on Amazon Linux, whose agent's unit waits for the last stage. Debian's last stage waits for what that
/// unit is a part of, and nothing there waits for user-data.
pub(crate) fn ends_before_other_units(tree: &Tree) -> Result<(), Failed> {
    let unit = fs::read_to_string(tree.folder("usr/lib/systemd/system/cloud-final.service"))?;
    let unit = unit.replace("After=multi-user.target\n", "");
    tree.write("etc/systemd/system/cloud-final.service", 0o644, &unit)
}

/// Adds the bucket, with one object.
pub(crate) fn add_bucket(tree: &Tree, key: &str, object: &Path) -> Result<(), Failed> {
    Place::Lab.run("ip", &["address", "add", &format!("{ADDRESS}/32"), "dev", "lo"])?;
    let hosts = fs::read_to_string(tree.folder("etc/hosts"))?;
    let host = format!("{hosts}{ADDRESS} {BUCKET}.s3.us-east-1.amazonaws.com\n");
    tree.write("etc/hosts", 0o644, &host)?;
    tree.write("srv/s3.py", 0o644, include_str!("machine/s3.py"))?;
    tree.write("etc/systemd/system/s3.service", 0o644, include_str!("machine/s3.service"))?;
    tree.starts_at_boot("s3.service")?;
    let kept = tree.folder("srv/s3").join(key);
    fs::create_dir_all(kept.parent().unwrap_or(&kept))?;
    fs::copy(object, kept)?;
    Ok(())
}

/// How all stages together have ended.
pub(crate) fn has_ended(machine: &Machine, wanted: &str) -> Result<(), Failed> {
    let said = machine.place.output("cloud-init", &["status"])?;
    match text(&said.stdout) {
        said if said == format!("status: {wanted}") => Ok(()),
        said => Err(format!("cloud-init says {said:?}, not {wanted:?}").into()),
    }
}

/// What user-data has written, and when.
pub(crate) fn files(machine: &Machine) -> Result<String, Failed> {
    let written = "find /etc/ecs /etc/systemd/system/ecs.service.d /usr/bin/vpce-probe -type f \
                   -printf '%p %s %T@\\n' | sort";
    machine.place.run("bash", &["-c", written])
}
