//! Restarts by users who may not do everything.

use libtest_mimic::Trial;
use vpce_lab::{Run, SystemdBehaviour, Vpc};

use crate::runs::{SYSTEMD, all, one, script, stale};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("rights::record_of_another_user", record),
        trial("rights::systemd_denies", systemd),
        trial("rights::docker_socket_is_closed", docker),
    ]
}

/// As a user of its own, with a folder for the record that is its own.
fn as_user(folder: &str, args: &str) -> Run {
    script(&format!(
        "mkdir -p /run/open && chown 1000 /run/open && \
         exec setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs \
         \"$1\" agent restart --json --state-dir {folder} {args}"
    ))
}

fn record() {
    let denied = one(stale(), as_user("/run/vpce-probe", ""));
    assert_eq!(denied.refused(), (77, "not-permitted"), "{}", denied.log);
    assert!(denied.log.contains("/run/vpce-probe"), "{}", denied.log);
    assert_eq!(denied.acts, [""; 0]);
}

/// What is not accepted is no restart: root can do it at once.
fn systemd() {
    let as_root =
        script("chown 0 /run/open && exec \"$1\" agent restart --json --state-dir /run/open");
    let [denied, done] = &all(stale(), &[as_user("/run/open", ""), as_root])[..] else { panic!() };
    assert_eq!((denied.exit, denied.report["outcome"].as_str()), (Some(77), Some("failed")));
    assert!(denied.log.contains("systemctl"), "{}", denied.log);
    assert_eq!(denied.acts, [SYSTEMD]);
    assert_eq!(done.came_out(), (0, "act", "verified"), "{}", done.log);
    let mut vpc = stale();
    vpc.systemd.as_mut().unwrap().behaviour = SystemdBehaviour::Denied;
    let denied = one(vpc, script("exec \"$1\" agent restart --json"));
    assert_eq!((denied.exit, denied.report["outcome"].as_str()), (Some(77), Some("failed")));
}

fn docker() {
    let mut vpc = Vpc { systemd: None, ..stale() };
    vpc.docker.as_mut().unwrap().gid = 998;
    vpc.files.insert("/etc/group".to_owned(), "root:x:0:\ndocker:x:998:\n".to_owned());
    let [asked, needed] =
        &all(vpc, &[as_user("/run/open", ""), as_user("/run/open", "--if-needed")])[..]
    else {
        panic!()
    };
    for run in [asked, needed] {
        assert_eq!(run.refused(), (77, "not-permitted"), "{}", run.log);
        assert!(run.log.contains("/var/run/docker.sock"), "{}", run.log);
        assert!(run.log.contains("docker") && run.log.contains("998"), "{}", run.log);
        assert_eq!(run.acts, [""; 0]);
    }
}
