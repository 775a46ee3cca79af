//! The watch as a service: the shipped unit under a real systemd.

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::unit::{Unit, install};
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[("service::a_watch_that_systemd_supervises", supervised)];

const UNIT: &str = "vpce-probe.service";

const SHIPPED: &str = include_str!("../../systemd/vpce-probe.service");

/// The second file that is named is not there, which is something to look at and no more.
const SETTINGS: &str = "\
VPCE_PROBE_CA_FILE=/etc/vpce-lab/ca.pem
AWS_CA_BUNDLE=/nowhere/bundle.pem
VPCE_PROBE_ONLY=ecs,ecs-agent,ecs-telemetry
VPCE_PROBE_INTERVAL=1s
VPCE_PROBE_DEADLINE=900ms
VPCE_PROBE_FAIL_AFTER=1
";

/// How what is told of that file begins.
const WARNING: &str = "AWS_CA_BUNDLE: ";

/// As the shipped one, but in the time of a test.
const IMPATIENT: &str = "[Service]\nWatchdogSec=3\nRestartSec=100ms\n";

/// Lets it write metrics, as a user who may.
const TEXTFILE: &str = "[Service]\\nDynamicUser=no\\nUser=daemon\\n\
     ReadWritePaths=/var/lib/metrics\\n\
     Environment=VPCE_PROBE_TEXTFILE=/var/lib/metrics/vpce-probe.prom\\n";

fn supervised() -> Result<(), Failed> {
    endpoints::create()?;
    let tree = Tree::new(USUAL_AGENT)?;
    install(&tree, &[(UNIT, SHIPPED), (&format!("{UNIT}.d/impatient.conf"), IMPATIENT)])?;
    tree.write("etc/default/vpce-probe", 0o600, SETTINGS)?;
    let machine = tree.boot()?;
    let service = Service { machine: &machine, unit: Unit::of(&machine, UNIT) };
    service.plays().map_err(|failed| service.unit.explain(&failed))
}

struct Service<'a> {
    machine: &'a Machine,
    unit: Unit<'a>,
}

impl Service<'_> {
    fn plays(&self) -> Result<(), Failed> {
        // Comes back when the first check has ended.
        self.unit.systemctl(&["start"])?;
        self.unit.has(&[("ActiveState", "active")])?;
        self.has_status("pass: ")?;
        let pid = self.unit.property("MainPID")?;
        self.sees_sockets(&pid)?;
        endpoints::remove()?;
        until("the status is fail", || self.has_status("fail: ").ok())?;
        let before = self.warnings()?.len();
        self.unit.systemctl(&["reload"])?;
        until("the files are read again", || (self.warnings().ok()?.len() > before).then_some(()))?;
        endpoints::create()?;
        until("the status is pass", || self.has_status("pass: ").ok())?;
        self.unit.has(&[("MainPID", &pid), ("NRestarts", "0")])?;
        self.is_started_again_when_it_is_frozen(&pid)?;
        self.unit.systemctl(&["stop"])?;
        let ended_well = [("ActiveState", "inactive"), ("Result", "success")];
        self.unit.has(&ended_well)?;
        self.unit.has(&[("ExecMainStatus", "0")])?;
        self.has_logged()?;
        self.writes_a_textfile()
    }

    /// With the drop-in that the README asks for; the unit by itself may write nowhere.
    fn writes_a_textfile(&self) -> Result<(), Failed> {
        let write = format!(
            "install -d -o daemon /var/lib/metrics && \
             printf '{TEXTFILE}' > /etc/systemd/system/{UNIT}.d/textfile.conf"
        );
        self.machine.place.run("sh", &["-c", &write])?;
        self.machine.systemctl(&["daemon-reload"])?;
        self.unit.systemctl(&["start"])?;
        let metrics = until("the textfile is written", || {
            self.machine.place.run("cat", &["/var/lib/metrics/vpce-probe.prom"]).ok()
        })?;
        self.unit.systemctl(&["stop"])?;
        let is_checked = |line: &str| {
            line.starts_with("vpce_probe_success{service=\"ecs\",") && line.ends_with(" 1")
        };
        match metrics.lines().any(is_checked) {
            true => Ok(()),
            false => Err(format!("the textfile says {metrics}").into()),
        }
    }

    /// Only they tell whether the ECS agent uses the endpoints.
    fn sees_sockets(&self, pid: &str) -> Result<(), Failed> {
        let within = ["--target", pid, "--mount", "cat", "/proc/net/tcp"];
        self.machine.place.run("nsenter", &within).map(drop)
    }

    fn is_started_again_when_it_is_frozen(&self, pid: &str) -> Result<(), Failed> {
        self.unit.systemctl(&["kill", "--kill-whom=main", "--signal=STOP"])?;
        let is_again = [("NRestarts", "1"), ("ActiveState", "active")];
        until("another process is active", || self.unit.has(&is_again).ok())?;
        match self.unit.property("MainPID")? {
            same if same == pid => Err("the frozen process is still the service".into()),
            _ => self.has_status("pass: "),
        }
    }

    /// In the journal are words without a time of their own, with the priority that they deserve.
    fn has_logged(&self) -> Result<(), Failed> {
        let priorities = self.warnings()?;
        // Each start and the reload have found the same.
        match priorities.len() >= 3 && priorities.iter().all(|one| one == "4") {
            true => Ok(()),
            false => Err(format!("{WARNING:?} is in the journal with {priorities:?}").into()),
        }
    }

    /// The priorities of the warnings in the journal.
    fn warnings(&self) -> Result<Vec<String>, Failed> {
        let lines = self.unit.lines()?.into_iter();
        let warnings = lines.filter(|line| line.message.starts_with(WARNING));
        Ok(warnings.map(|line| line.priority).collect())
    }

    fn has_status(&self, start: &str) -> Result<(), Failed> {
        match self.unit.property("StatusText")? {
            text if text.starts_with(start) => Ok(()),
            text => Err(format!("the status is {text:?}, not {start:?}").into()),
        }
    }
}
