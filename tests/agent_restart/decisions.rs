//! Restarts that are not done, and why.

use libtest_mimic::Trial;
use vpce_lab::{Lab, Scenario, Server, TlsBehaviour, Vpc};

use crate::runs::{SYSTEMD, all, all_in, ec2, one, restart, script, stale};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("decision::healthy_agent_stays_as_it_is", healthy),
        trial("decision::dry_run_changes_nothing", dry_run),
        trial("decision::endpoints_have_to_work", gate),
        trial("decision::only_one_at_a_time", one_at_a_time),
        trial("decision::damaged_record", damaged),
        trial("decision::record_that_cannot_be_written", unwritable),
        trial("decision::record_that_others_may_change", not_kept),
        trial("decision::tasks_that_see_no_agent", out_of_sight),
        trial("decision::bottlerocket", bottlerocket),
        trial("decision::stopped_agent_stays_stopped", stopped),
        trial("decision::no_agent", no_agent),
        trial("decision::bridge_task", bridge_task),
    ]
}

fn healthy() {
    let nothing = one(ec2(), restart("--if-needed"));
    assert_eq!(nothing.came_out(), (0, "nothing-to-do", ""));
    assert_eq!(nothing.acts, [""; 0]);
    assert!(nothing.log.contains("reason=\"The agent is connected to the endpoints.\""));
}

fn dry_run() {
    let written = "ls -A /run/vpce-probe 2>&1; exec true";
    let [dry, human, left] = &all(
        stale(),
        &[
            restart("--if-needed --dry-run"),
            script(
                "\"$1\" agent restart --dry-run >/run/human 2>&1; code=$?; grep -q 'Action *systemctl restart ecs.service' /run/human && exit $code",
            ),
            script(written),
        ],
    )[..] else {
        panic!()
    };
    assert_eq!(dry.came_out(), (0, "act", ""));
    assert_eq!(dry.report["dry_run"], true);
    assert_eq!(dry.report["action"]["unit"], "ecs.service");
    assert!(dry.log.contains("action=\"systemctl restart ecs.service\""), "{}", dry.log);
    assert_eq!(human.exit, Some(0));
    assert_eq!((dry.acts.len(), human.acts.len(), left.acts.len()), (0, 0, 0));
}

fn gate() {
    let mut vpc = stale();
    for address in ["10.0.1.103", "10.0.2.103"] {
        let drop = Server { behaviour: TlsBehaviour::Drop, ..Server::default() };
        vpc.servers.insert(address.parse().unwrap(), drop);
    }
    let runs = [
        restart("--deadline 2s"),
        restart("--deadline 2s --if-needed"),
        restart("--deadline 2s --force --verify-timeout 1s"),
    ];
    let [asked, needed, forced] = &all(vpc, &runs)[..] else { panic!() };
    assert_eq!(asked.refused(), (1, "endpoints-not-ready"));
    assert_eq!(needed.refused(), (1, "endpoints-not-ready"));
    assert_eq!((asked.acts.len(), needed.acts.len()), (0, 0));
    assert!(asked.report["reason"].as_str().unwrap().contains("ecs-telemetry"), "{}", asked.log);
    assert!(asked.report["refusal"]["instead"].as_str().unwrap().contains("VPCE110"));
    assert_eq!(forced.acts, [SYSTEMD]);
    assert_eq!(forced.report["overridden"].as_array().unwrap().len(), 1);
}

fn one_at_a_time() {
    let beside_another = |args: &str| {
        script(&format!(
            "mkdir -p /run/vpce-probe && cd /run/vpce-probe && echo 4711 >agent-restart.lock && \
             exec flock --no-fork agent-restart.lock sh -c '\"$1\" agent restart --json {args}' sh \"$1\""
        ))
    };
    let runs = [beside_another(""), beside_another("--if-needed"), restart("--if-needed")];
    let [asked, needed, alone] = &all(stale(), &runs)[..] else { panic!() };
    assert_eq!(asked.refused(), (1, "busy"));
    assert_eq!(needed.came_out(), (0, "nothing-to-do", ""));
    for run in [asked, needed] {
        assert!(run.log.contains("Another vpce-probe (pid 4711)"), "{}", run.log);
        assert_eq!(run.acts, [""; 0]);
    }
    assert_eq!(alone.came_out(), (0, "act", "verified"));
}

fn damaged() {
    let after = |content: &str, args: &str| {
        script(&format!(
            "mkdir -p /run/vpce-probe && printf '%s' '{content}' >/run/vpce-probe/agent-restart.json \
             && exec \"$1\" agent restart --json {args}"
        ))
    };
    let runs = [
        after("{\"schema\":1,\"attempts\":[", "--if-needed"),
        after("", ""),
        after("{\"schema\":2,\"attempts\":[]}", "--force"),
        script("exec cat /run/vpce-probe/agent-restart.json"),
    ];
    let ran = all(stale(), &runs);
    for run in &ran[..3] {
        assert_eq!(run.refused(), (78, "state-damaged"));
        assert_eq!(run.acts, [""; 0]);
        let instead = run.report["refusal"]["instead"].as_str().unwrap();
        assert!(instead.contains("/run/vpce-probe/agent-restart.json"), "{instead}");
    }
    assert_eq!(ran[3].report["schema"], 2, "it is left as it is");
    assert_eq!(one(ec2(), after("{", "--if-needed")).came_out(), (0, "nothing-to-do", ""));
}

fn unwritable() {
    let mut lab = Lab::new(stale());
    lab.read_only_root = true;
    let [read_only] = &all_in(&lab, &[restart("--state-dir /state")])[..] else { panic!() };
    assert_eq!(read_only.refused(), (1, "state-unusable"));
    let full = script(
        "mkdir -p /run/full && mount -t tmpfs -o size=4k,nr_inodes=3,mode=755 full /run/full && \
         head -c 8192 /dev/zero >/run/full/filling 2>/dev/null; \
         exec \"$1\" agent restart --json --state-dir /run/full",
    );
    let [full] = &all(stale(), &[full])[..] else { panic!() };
    assert_eq!(full.refused(), (1, "state-unusable"), "{}", full.log);
    assert_eq!((read_only.acts.len(), full.acts.len()), (0, 0));
}

/// A folder that everybody may write to, and links in the place of lock and record.
fn not_kept() {
    let open =
        script("mkdir -m 777 /run/open; exec \"$1\" agent restart --json --state-dir /run/open");
    let instead_of = |file: &str| {
        script(&format!(
            "rm -rf /run/vpce-probe; mkdir /run/vpce-probe; echo mine >/run/victim; \
             ln -s /run/victim /run/vpce-probe/{file}; \
             \"$1\" agent restart --json --force; code=$?; \
             [ \"$(cat /run/victim)\" = mine ] || exit 99; exit $code"
        ))
    };
    let runs = [open, instead_of("agent-restart.lock"), instead_of("agent-restart.json")];
    let [open, lock, record] = &all(stale(), &runs)[..] else { panic!() };
    assert_eq!(open.refused(), (1, "state-unusable"), "{}", open.log);
    assert!(open.log.contains("other users may write there"), "{}", open.log);
    assert_eq!(lock.refused(), (1, "state-unusable"), "{}", lock.log);
    assert_eq!(record.refused(), (78, "state-damaged"), "{}", record.log);
    for run in [open, lock, record] {
        assert_eq!(run.acts, [""; 0]);
    }
}

fn out_of_sight() {
    for scenario in ["healthy-fargate", "healthy-ec2-task-awsvpc"] {
        let lab = Lab::of(&Scenario::named(scenario).unwrap());
        let [asked, needed] = &all_in(&lab, &[restart("--force"), restart("--if-needed")])[..]
        else {
            panic!()
        };
        assert_eq!(asked.refused(), (1, "out-of-sight"), "{scenario}");
        assert_eq!(needed.came_out(), (0, "nothing-to-do", ""), "{scenario}");
    }
}

fn bottlerocket() {
    let mut vpc = stale();
    vpc.agent.as_mut().unwrap().command = "/usr/bin/amazon-ecs-agent".to_owned();
    vpc.docker.as_mut().unwrap().container = None;
    let [asked, needed] = &all(vpc, &[restart("--force"), restart("--if-needed")])[..] else {
        panic!()
    };
    assert_eq!(asked.refused(), (1, "host-binary"), "{}", asked.log);
    assert_eq!(needed.refused(), (1, "host-binary"));
    assert_eq!((asked.acts.len(), needed.acts.len()), (0, 0));
}

fn stopped() {
    let mut vpc = ec2();
    vpc.agent.as_mut().unwrap().running = false;
    let unit = vpc.systemd.as_mut().unwrap().units.get_mut("ecs.service").unwrap();
    unit.insert("ActiveState".to_owned(), "inactive".to_owned());
    unit.insert("SubState".to_owned(), "dead".to_owned());
    let [needed, asked] = &all(vpc, &[restart("--if-needed"), restart("")])[..] else { panic!() };
    assert_eq!(needed.came_out(), (0, "nothing-to-do", ""));
    assert!(needed.log.contains("systemctl start ecs.service"), "{}", needed.log);
    assert_eq!(needed.acts, [""; 0]);
    assert_eq!(asked.came_out(), (0, "act", "verified"), "{}", asked.log);
}

fn no_agent() {
    let vpc = Vpc { agent: None, docker: None, systemd: None, ..ec2() };
    let [asked, needed] = &all(vpc, &[restart(""), restart("--if-needed")])[..] else { panic!() };
    assert_eq!(asked.refused(), (1, "no-agent"), "{}", asked.log);
    assert_eq!(needed.came_out(), (0, "nothing-to-do", ""));
}

/// It sees the agent's introspection API at the gateway, and nothing else of it.
fn bridge_task() {
    let lab = Lab::of(&Scenario::named("healthy-ec2-task-bridge").unwrap());
    let [asked, needed] = &all_in(&lab, &[restart(""), restart("--if-needed")])[..] else {
        panic!()
    };
    assert_eq!(asked.refused(), (1, "owner-unknown"), "{}", asked.log);
    assert_eq!(needed.came_out(), (0, "nothing-to-do", ""), "{}", needed.log);
}
