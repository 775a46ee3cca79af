//! The timers as they are shipped: one checks, the other restarts an agent that is stale.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::unit::{Unit, install};
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[("timers::a_check_and_a_restart", both)];

const RESTART: &str = "vpce-probe-ecs-restart.service";
const RESTART_TIMER: &str = "vpce-probe-ecs-restart.timer";
const CHECK: &str = "vpce-probe-check.service";
const CHECK_TIMER: &str = "vpce-probe-check.timer";

const SHIPPED: [(&str, &str); 4] = [
    (RESTART, include_str!("../../systemd/vpce-probe-ecs-restart.service")),
    (RESTART_TIMER, include_str!("../../systemd/vpce-probe-ecs-restart.timer")),
    (CHECK, include_str!("../../systemd/vpce-probe-check.service")),
    (CHECK_TIMER, include_str!("../../systemd/vpce-probe-check.timer")),
];

/// As the shipped ones, but in the time of a test. The first line takes all moments away.
const IMPATIENT_TIMER: &str = "[Timer]\nOnActiveSec=\nOnActiveSec=100ms\nOnUnitInactiveSec=300ms\n\
     RandomizedDelaySec=0\nAccuracySec=1ms\n";
const IMPATIENT_SERVICE: &str = "[Unit]\nStartLimitIntervalSec=0\n";

/// What the restart runs in lets it write where its record is, and nowhere else.
const CONFINED: &str = "\
[Service]
ExecStartPre=/bin/sh -ec 'for folder in / /dev /etc /run /run/systemd/system /usr /var /var/lib; do \
    ! touch $$folder/written || exit 1; done; \
    touch /run/vpce-probe/written && rm /run/vpce-probe/written'
";

const SETTINGS: &str = "VPCE_PROBE_CA_FILE=/etc/vpce-lab/ca.pem\n";

fn both() -> Result<(), Failed> {
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    install(&tree, &SHIPPED)?;
    for timer in [RESTART_TIMER, CHECK_TIMER] {
        install(&tree, &[(&format!("{timer}.d/impatient.conf"), IMPATIENT_TIMER)])?;
    }
    for service in [RESTART, CHECK] {
        install(&tree, &[(&format!("{service}.d/impatient.conf"), IMPATIENT_SERVICE)])?;
    }
    install(&tree, &[(&format!("{RESTART}.d/confined.conf"), CONFINED)])?;
    tree.write("etc/default/vpce-probe", 0o600, SETTINGS)?;
    let machine = tree.boot()?;
    let timers = Timers {
        machine: &machine,
        check: Unit::of(&machine, CHECK),
        restart: Unit::of(&machine, RESTART),
    };
    timers.play().map_err(|failed| timers.restart.explain(&timers.check.explain(&failed)))
}

struct Timers<'a> {
    machine: &'a Machine,
    check: Unit<'a>,
    restart: Unit<'a>,
}

impl Timers<'_> {
    fn play(&self) -> Result<(), Failed> {
        self.machine.systemctl(&["start", CHECK_TIMER, RESTART_TIMER])?;
        // There is no agent yet, which is nothing that a restart mends.
        self.restart_tells("decision=nothing-to-do")?;
        self.machine.systemctl(&["start", "ecs.service"])?;
        self.machine.engine.agent_is_ready(1)?;
        self.checks_fail()?;
        self.restart_tells("a restart changes nothing before they are")?;
        let stale = self.machine.engine.agent(".Id")?;
        endpoints::create()?;
        // That is told once, perhaps before anybody looks.
        let verified = || (self.restart.told(&["outcome=verified"]).ok()? == 1).then_some(());
        until("a restart is verified", verified)?;
        self.restart_tells("The agent is connected to the endpoints.")?;
        let restarted = self.machine.engine.agent(".Id")?;
        if restarted == stale {
            return Err("the agent was not restarted".into());
        }
        self.checks_pass()?;
        self.machine.systemctl(&["daemon-reload"])?;
        self.is_refused_a_second_time()
    }

    /// An agent that goes stale again soon is left alone, and that is a failure to look at.
    fn is_refused_a_second_time(&self) -> Result<(), Failed> {
        endpoints::remove()?;
        let engine = &self.machine.engine;
        let private = engine.agent(".Id")?;
        self.machine.systemctl(&["restart", "ecs.service"])?;
        let another = || engine.agent(".Id").ok().filter(|id| *id != private);
        let agent = until("another agent", another)?;
        engine.agent_is_ready(1)?;
        endpoints::create()?;
        // A timer also fires again for a service that has failed.
        for _ in 0..2 {
            self.restart_tells("decision=refused kind=too-soon")?;
        }
        self.machine.systemctl(&["stop", CHECK_TIMER, RESTART_TIMER])?;
        let ended = || self.restart.has(&[("ActiveState", "failed"), ("ExecMainStatus", "1")]).ok();
        until("the service has failed", ended)?;
        let priority_of_refusals = self.restart.lines()?.into_iter().find_map(|line| {
            line.message.starts_with("agent-restart decision=refused").then_some(line.priority)
        });
        if priority_of_refusals.as_deref() != Some("4") {
            return Err(format!("refusals have the priority {priority_of_refusals:?}").into());
        }
        match engine.agent(".Id")? {
            same if same == agent => self.is_recorded_once(),
            _ => Err("the agent was restarted within the limit".into()),
        }
    }

    /// For whoever restarts the agent next, and for people, who need no rights to read it.
    fn is_recorded_once(&self) -> Result<(), Failed> {
        let folder = self.machine.place.run("stat", &["--format", "%a %U", "/run/vpce-probe"])?;
        let path = "/run/vpce-probe/agent-restart.json";
        let record: Value = serde_json::from_str(&self.machine.place.run("cat", &[path])?)?;
        let attempts = record.get("attempts").and_then(Value::as_array).map(Vec::len);
        match (folder.as_str(), attempts) {
            ("755 root", Some(1)) => Ok(()),
            _ => Err(format!("the record, in a folder {folder}, is {record}").into()),
        }
    }

    fn checks_fail(&self) -> Result<(), Failed> {
        let failed = [("ActiveState", "failed"), ("Result", "exit-code"), ("ExecMainStatus", "1")];
        until("the check fails", || self.check.has(&failed).ok())?;
        self.check_tells("ecs-t.us-east-1.amazonaws.com")?;
        self.check_tells("FAIL - ")
    }

    /// As a user who is nobody it sees the agent's connections all the same.
    fn checks_pass(&self) -> Result<(), Failed> {
        let passed = [("ActiveState", "inactive"), ("Result", "success")];
        until("the check passes", || self.check.has(&passed).ok())?;
        self.check_tells("PASS - ")?;
        self.check_tells("agent ok")
    }

    fn check_tells(&self, words: &str) -> Result<(), Failed> {
        tells(&self.check, words)
    }

    fn restart_tells(&self, words: &str) -> Result<(), Failed> {
        tells(&self.restart, words)
    }
}

/// Waits until the journal holds these words once more than now.
fn tells(unit: &Unit<'_>, words: &str) -> Result<(), Failed> {
    let before = unit.told(&[words])?;
    until(&format!("{words:?} is in the journal"), || {
        (unit.told(&[words]).ok()? > before).then_some(())
    })
}
