//! How the program is run, and what is left of the machine around it.

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use vpce_lab::{Lab, LabError, Run, Trouble, Vpc};

use crate::{client_in, ec2, said, sh, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("run_catches_everything", catches),
        trial("run_environment_is_only_the_scenarios", environment),
        trial("run_sees_only_the_labs_etc", etc),
        trial("run_sees_the_labs_files_in_other_folders", other_folders),
        trial("run_hung_programs_are_killed", hung),
        trial("run_ends_with_everything_it_started", nothing_left),
        trial("run_without_root_in_a_user_namespace", user_namespace),
        trial("run_faults_are_errors", faults),
    ];
    let as_root = [
        ("run_as_another_user", another_user as fn()),
        ("run_with_a_read_only_root", read_only_root),
    ];
    trials.extend(as_root.map(|(name, test)| trial(name, test)));
    trials
}

fn catches() {
    let lab = Lab::new(ec2());
    let runs = ["echo out; echo err >&2; exit 3", "kill -9 $$", "cat; pwd; sleep 0.05"]
        .map(|script| Run::with_args(["-c", script]));
    let outcomes = lab.run("/bin/sh", &runs).unwrap();
    let [first, second, third] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((first.exit, first.signal, first.hung), (Some(3), None, false));
    assert_eq!((first.stdout.as_str(), first.stderr.as_str()), ("out\n", "err\n"));
    assert_eq!((second.exit, second.signal), (None, Some(9)));
    assert_eq!((third.exit, third.stdout.as_str()), (Some(0), "/\n"));
    assert!((50.0..5000.0).contains(&third.wall_ms), "{}", third.wall_ms);
}

fn environment() {
    let lab = Lab::new(ec2());
    let run = Run::default().and_env("OWN", "1").and_env("VPCE_PROBE_CA_FILE", "/own");
    let outcome = lab.run("/usr/bin/env", &[run, Run::default()]).unwrap();
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let path = "PATH=/usr/bin:/bin";
    assert_eq!(sorted(&outcome[0].stdout), ["OWN=1", path, "VPCE_PROBE_CA_FILE=/own"]);
    let base = [path, "VPCE_PROBE_CA_FILE=/etc/vpce-lab/ca.pem"];
    assert_eq!(sorted(&outcome[1].stdout), base);
}

fn etc() {
    let lab = Lab::new(ec2());
    let files = ["/etc/ecs/ecs.config", "/etc/hosts", "/etc/resolv.conf", "/etc/vpce-lab/ca.pem"];
    assert_eq!(said(&lab, "find /etc -type f | sort"), files.join("\n"));
    assert_eq!(said(&lab, "cat /etc/ecs/ecs.config"), "ECS_CLUSTER=lab");
    assert_eq!(said(&lab, "ls /sys/class/net"), "eth0\nlo\nvpcrouter");
    assert_eq!(said(&lab, "cat /sys/class/net/eth0/address"), "0a:1b:2c:3d:4e:5f");
    assert!(!fs::exists("/etc/vpce-lab").unwrap());
}

fn other_folders() {
    let mut vpc = ec2();
    for path in ["/run/x/y", "/var/log/ecs/x.log", "/var/lib/ecs/data"] {
        vpc.files.insert(path.to_owned(), "written at @NOW@".to_owned());
    }
    let lab = Lab::new(vpc);
    let seen = said(&lab, "cat /run/x/y /var/log/ecs/x.log; find /var/lib");
    let mut texts = seen.strip_prefix("written at ").unwrap().split("written at ");
    let moment = texts.next().unwrap();
    assert_eq!((moment.len(), moment.ends_with('Z')), (20, true), "{seen}");
    let rest = format!("{moment}/var/lib\n/var/lib/ecs\n/var/lib/ecs/data");
    assert_eq!(texts.next(), Some(rest.as_str()));
    // What the machine has there is not seen; /run/mount is that of the lab's own mounts.
    assert_eq!(said(&lab, "ls /var/log"), "ecs");
    assert_eq!(said(&lab, "ls -I mount /run"), "docker.sock\nvpce-lab\nx");
    assert!(!fs::exists("/run/vpce-lab").unwrap());
}

fn hung() {
    let mut lab = Lab::new(ec2());
    lab.limit = Duration::from_millis(200);
    let outcome = sh(&lab, "echo started; exec sleep 20");
    assert!(outcome.hung && outcome.exit.is_none());
    assert_eq!(outcome.stdout, "started\n");
    assert!((200.0..2000.0).contains(&outcome.wall_ms), "{}", outcome.wall_ms);
}

fn nothing_left() {
    let started = Instant::now();
    let marker = "31536000.25";
    said(&Lab::new(ec2()), &format!("sleep {marker} >/dev/null 2>&1 & echo in the background"));
    assert!(started.elapsed() < Duration::from_secs(5));
    let alive = fs::read_dir("/proc").unwrap().filter(|process| {
        let path = process.as_ref().unwrap().path().join("cmdline");
        let words = fs::read(path).unwrap_or_default();
        words.starts_with(b"sleep\0") && words.windows(11).any(|text| text == marker.as_bytes())
    });
    assert_eq!(alive.count(), 0);
}

fn user_namespace() {
    let mut lab = Lab::new(ec2());
    lab.user_namespace = true;
    let commands = [
        "tls 10.0.1.101 ecs.us-east-1.amazonaws.com",
        "dns udp 10.0.0.2 ecs.us-east-1.amazonaws.com A",
        "tls 203.0.113.1 x.example",
    ];
    let expected = ["ok TLSv1_3", "NoError 10.0.1.101 10.0.2.101", "connect: no answer"];
    assert_eq!(client_in(&lab, &commands), expected);

    lab.uid = Some(12_345);
    let refused = lab.run("/bin/true", &[Run::default()]);
    assert!(matches!(refused, Err(LabError::Inside(Trouble::OtherUser(12_345)))), "{refused:?}");
}

fn another_user() {
    let mut lab = Lab::new(ec2());
    if lab.user_namespace {
        // Loudly: a test that cannot run has not passed.
        panic!("only root can run the program as another user");
    }
    lab.uid = Some(12_345);
    assert_eq!(said(&lab, "id -u; id -g; id -G"), "12345\n12345\n12345");
    assert_eq!(said(&lab, "cat /etc/ecs/ecs.config"), "ECS_CLUSTER=lab");
}

fn read_only_root() {
    let mut lab = Lab::new(ec2());
    lab.read_only_root = true;
    for path in ["/", "/etc", "/var"] {
        assert_eq!(said(&lab, &format!("touch {path}/x 2>/dev/null || echo no")), "no", "{path}");
    }
}

fn faults() {
    let missing = Lab::new(ec2()).run("/no/such/program", &[Run::default()]);
    assert!(matches!(missing, Err(LabError::Inside(Trouble::Program { .. }))), "{missing:?}");

    let mut vpc = ec2();
    vpc.files.insert("/root/x".to_owned(), String::new());
    let outside = Lab::new(vpc).run("/bin/true", &[Run::default()]).unwrap_err();
    assert!(outside.to_string().contains("only files below /etc"), "{outside}");

    let mut vpc = ec2();
    vpc.mac = Some("no mac".to_owned());
    let odd = Lab::new(vpc).run("/bin/true", &[Run::default()]).unwrap_err();
    assert!(odd.to_string().contains("`ip` failed: "), "{odd}");

    // Started by hand, the inside must not touch the machine.
    let by_hand = Command::new(env::current_exe().unwrap())
        .env("VPCE_LAB_INSIDE", "1")
        .env("VPCE_LAB_INSIDE_0", serde_json::to_string(&job()).unwrap())
        .output()
        .unwrap();
    assert_eq!(by_hand.status.code(), Some(70));
    assert!(String::from_utf8_lossy(&by_hand.stderr).contains("not in a lab"));

    let none = Vpc::base("no-such-base").unwrap_err();
    assert!(none.to_string().contains("vpcs/no-such-base.toml: "), "{none}");
}

fn job() -> serde_json::Value {
    serde_json::json!({
        "vpc": ec2(), "program": "/bin/true", "runs": [], "uid": null,
        "read_only_root": false, "own_processes": false, "limit": Duration::from_secs(1),
        "measured": false, "user_namespace": false,
    })
}
