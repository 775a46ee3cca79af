//! The drop-in that holds the agent back until the endpoints answer, and never keeps it from starting.

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::probe::Probe;
use crate::unit::{Unit, install, write};
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[("gate::an_agent_that_is_held_back", held_back)];

const UNIT: &str = "ecs.service";

const PLACE: &str = "ecs.service.d/10-vpce-probe.conf";
const SHIPPED: &str = include_str!("../../systemd/ecs.service.d/10-vpce-probe.conf");

/// The limits of the shipped one, of which the first is set by a drop-in and the second is not.
const PATIENCE: &str = "ecs.service.d/20-patience.conf";
const SOON_OVER: &str = "[Service]\nEnvironment=VPCE_PROBE_TIMEOUT=3s\n";
const LATE_OVER: &str = "[Service]\nEnvironment=VPCE_PROBE_TIMEOUT=60s\n";
const KILLED_AFTER: &str = "--signal=KILL 330 ";

const CONFIGURATION: &str = "ca-file = \"/etc/vpce-lab/ca.pem\"\n";

/// In the place of the program: obeys nobody but who kills it.
const HANGS: &str = "#!/bin/sh\ntrap '' TERM INT HUP\necho hanging\nwhile :; do sleep 1; done\n";

/// What the program says first, and in vain.
const WAITING: &str = "Waiting until what is required passes, for at most";
const IN_VAIN: &str = "The time is over, and this does not pass: ecs, ecs-agent, ";

fn held_back() -> Result<(), Failed> {
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    install(&tree, &[(PLACE, SHIPPED), (PATIENCE, SOON_OVER)])?;
    tree.write("etc/vpce-probe/config.toml", 0o644, CONFIGURATION)?;
    tree.starts_at_boot(UNIT)?;
    // Up is a machine whose start-up has ended, with an agent or without.
    let machine = tree.boot()?;
    let gate = Gate { machine: &machine, unit: Unit::of(&machine, UNIT) };
    gate.plays().map_err(|failed| gate.unit.explain(&failed))
}

struct Gate<'a> {
    machine: &'a Machine,
    unit: Unit<'a>,
}

impl Gate<'_> {
    fn plays(&self) -> Result<(), Failed> {
        self.machine.engine.agent_is_ready(1)?;
        self.is_connected_to("52.94.228.")?;
        self.is_told(&[(WAITING, 1), (IN_VAIN, 1)])?;
        self.unit.has(&[("NRestarts", "0"), ("TimeoutStartUSec", "7min")])?;
        self.opens_for_the_endpoints()?;
        Probe::at(self.machine.place).restart(&[])?.holds(0, &[("/outcome", "verified")])?;
        endpoints::remove()?;
        // A minute's wait in vain would be told.
        self.is_open_with("/etc/vpce-probe/config.toml", "no-such-option = true\n")?;
        self.is_told(&[(WAITING, 3), (IN_VAIN, 1)])?;
        self.is_open_with("/usr/bin/vpce-probe", HANGS)?;
        self.is_told(&[("hanging", 1)])?;
        self.machine.place.run("rm", &["/usr/bin/vpce-probe", "/usr/bin/timeout"])?;
        self.starts()?;
        self.unit.has(&[("NRestarts", "0")])
    }

    /// The agent is not there until they are, and then uses them from the beginning.
    fn opens_for_the_endpoints(&self) -> Result<(), Failed> {
        self.unit.systemctl(&["stop"])?;
        self.machine.engine.docker(&["rm", "ecs-agent"])?;
        write(self.machine.place, &format!("/etc/systemd/system/{PATIENCE}"), LATE_OVER)?;
        self.machine.systemctl(&["daemon-reload"])?;
        self.unit.systemctl(&["start", "--no-block"])?;
        until("it waits again", || self.is_told(&[(WAITING, 2)]).ok())?;
        self.unit.has(&[("ActiveState", "activating"), ("SubState", "start-pre")])?;
        if self.machine.engine.agent(".Id").is_ok() {
            return Err("the agent is there before its endpoints".into());
        }
        let restart = Probe::at(self.machine.place).restart(&["--if-needed"])?;
        restart.holds(0, &[("/decision", "nothing-to-do"), ("/status", "pass")])?;
        endpoints::create()?;
        self.machine.engine.agent_is_ready(1)?;
        self.is_connected_to("10.0.")?;
        self.is_told(&[("What is required passes", 1), (IN_VAIN, 1)])?;
        self.machine.unit_becomes("active")
    }

    /// A file with this in it does not keep the agent from starting.
    fn is_open_with(&self, path: &str, text: &str) -> Result<(), Failed> {
        let soon_killed = SHIPPED.replace(KILLED_AFTER, "--signal=KILL 2 ");
        if soon_killed == SHIPPED {
            return Err(format!("the drop-in does not hold {KILLED_AFTER:?}").into());
        }
        write(self.machine.place, &format!("/etc/systemd/system/{PLACE}"), &soon_killed)?;
        self.machine.systemctl(&["daemon-reload"])?;
        write(self.machine.place, path, text)?;
        self.starts()
    }

    /// Started anew, there is another agent.
    fn starts(&self) -> Result<(), Failed> {
        let engine = &self.machine.engine;
        let before = engine.agent(".Id")?;
        self.unit.systemctl(&["restart"])?;
        until("another agent", || engine.agent(".Id").ok().filter(|id| *id != before))?;
        engine.agent_is_ready(1)?;
        self.machine.unit_becomes("active")
    }

    fn is_connected_to(&self, start: &str) -> Result<(), Failed> {
        let peers = self.machine.engine.agent_peers()?;
        match !peers.is_empty() && peers.iter().all(|peer| peer.starts_with(start)) {
            true => Ok(()),
            false => Err(format!("the agent is connected to {peers:?}").into()),
        }
    }

    /// So often has the journal of the unit these words.
    fn is_told(&self, wanted: &[(&str, usize)]) -> Result<(), Failed> {
        for (words, times) in wanted {
            let told = self.unit.told(&[words])?;
            if told != *times {
                return Err(format!("{words:?} is in the journal {told} times").into());
            }
        }
        Ok(())
    }
}
