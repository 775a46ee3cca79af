//! `systemctl` in the lab.

use libtest_mimic::Trial;
use vpce_lab::{AfterRestart, Lab, SystemdBehaviour, Vpc};

use crate::{client, ec2, said, sh, trial};

const STATE: &str = "systemctl show -p ActiveState,SubState ecs.service";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("systemd_shows_units", shows),
        trial("systemd_restarts_the_agent", restarts),
        trial("systemd_starts_what_it_lost", starts),
        trial("systemd_waits_for_the_end_of_the_boot", waits),
        trial("systemd_misbehaves", misbehaves),
        trial("systemd_absent", absent),
    ]
}

fn with(change: impl FnOnce(&mut vpce_lab::Systemd)) -> Lab {
    let mut vpc = ec2();
    change(vpc.systemd.as_mut().unwrap());
    Lab::new(vpc)
}

fn set(systemd: &mut vpce_lab::Systemd, unit: &str, key: &str, value: &str) {
    systemd.units.entry(unit.to_owned()).or_default().insert(key.to_owned(), value.to_owned());
}

fn shows() {
    let lab = with(|systemd| set(systemd, "ecs.service", "NRestarts", "4"));
    let script = "/usr/bin/systemctl show --no-pager -p Id,LoadState --property=NRestarts -p Job \
                  ecs.service amazon-ecs.service";
    let expected = [
        "Id=ecs.service\nJob=\nLoadState=loaded\nNRestarts=4",
        "Id=amazon-ecs.service\nJob=\nLoadState=not-found\nNRestarts=0",
    ];
    assert_eq!(said(&lab, script), expected.join("\n\n"));
    let since = said(&lab, "systemctl show -p ActiveEnterTimestamp ecs.service");
    let words: Vec<&str> = since.split([' ', '=']).collect();
    let [_, day, date, time, zone] = words[..] else { panic!("{since}") };
    assert_eq!((day.len(), date.len(), time.len(), zone), (3, 10, 8, "UTC"), "{since}");
    // Through the other name of the folder, and with nothing in its environment.
    assert!(said(&lab, "env -i /bin/systemctl show ecs.service").contains("ActiveState=active"));
}

fn restarts() {
    let pid = "systemctl show -p MainPID ecs.service >/dev/null; echo /proc/[0-9]*";
    let lab = with(|_| {});
    let outcome = sh(&lab, &format!("{pid}; systemctl restart ecs.service; {STATE}; {pid}"));
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[1..3], ["ActiveState=active", "SubState=running"]);
    assert_ne!(lines[0], lines[3], "the agent is another process");
    assert_eq!(outcome.calls[1], "systemctl restart ecs.service");
    assert_eq!(outcome.calls.len(), 4);
    let unknown = sh(&lab, "systemctl restart none.service");
    assert_eq!(unknown.exit, Some(5));
    assert_eq!(unknown.stderr, "Failed to restart none.service: Unit none.service not found.\n");
}

fn starts() {
    for (after, state) in [
        (AfterRestart::Inactive, "ActiveState=inactive\nSubState=dead"),
        (AfterRestart::Failed, "ActiveState=failed\nSubState=failed"),
    ] {
        let lab = with(|systemd| systemd.after_restart = after);
        let restart = format!("systemctl restart ecs.service; {STATE}");
        assert_eq!(said(&lab, &restart), state);
        let start = format!("systemctl restart ecs.service; systemctl start ecs.service; {STATE}");
        assert_eq!(said(&lab, &start), "ActiveState=active\nSubState=running");
    }
}

fn waits() {
    let lab = with(|systemd| set(systemd, "cloud-final.service", "ActiveState", "activating"));
    let job = "systemctl show -p Job ecs.service";
    let queued = format!("echo /proc/[0-9]*; systemctl restart --no-block ecs.service; {job}");
    let seen = said(&lab, &format!("{queued}; echo /proc/[0-9]*"));
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines[1], "Job=1193");
    assert_eq!(lines[0], lines[2], "the agent is the same process");
    let blocked = sh(&lab, "timeout 0.2 systemctl restart ecs.service");
    assert_eq!(blocked.exit, Some(124));
}

fn misbehaves() {
    let denied = with(|systemd| systemd.behaviour = SystemdBehaviour::Denied);
    assert!(said(&denied, STATE).contains("ActiveState=active"));
    let outcome = sh(&denied, "systemctl restart ecs.service");
    assert_eq!(outcome.exit, Some(1));
    assert!(outcome.stderr.contains("Interactive authentication required."), "{outcome:?}");

    let elsewhere = with(|systemd| systemd.behaviour = SystemdBehaviour::NotBooted);
    let outcome = sh(&elsewhere, STATE);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (Some(1), ""));
    assert!(outcome.stderr.starts_with("System has not been booted with systemd"), "{outcome:?}");

    let silent = with(|systemd| systemd.behaviour = SystemdBehaviour::Silent);
    assert_eq!(sh(&silent, &format!("timeout 0.2 {STATE}")).exit, Some(124));
}

fn absent() {
    let vpc = Vpc { systemd: None, ..ec2() };
    let script = "for path in /usr/bin/systemctl /bin/systemctl; do
        test -f $path || test -x $path && echo $path; done; true";
    assert_eq!(said(&Lab::new(vpc.clone()), script), "");
    // The agent needs none of it.
    assert!(client(vpc, &["agent 127.0.0.1"])[0].contains("200 OK"));
}
