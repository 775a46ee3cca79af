//! A machine that has nothing of the program but its package, from the installation to the purge.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use libtest_mimic::Failed;

use crate::Scene;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::packager::{Package, Packager};
use crate::until::{LIMIT, until};

pub(crate) const SCENES: &[Scene] =
    &[("package::deb", || lives(Packager::Dpkg)), ("package::rpm", || lives(Packager::Rpm))];

const SERVICE: &str = "vpce-probe.service";

const CHECK: &str = "vpce-probe-check.service";

const CONFIGURATION: &str = "/etc/vpce-probe/config.toml";

/// What people make of it.
const EDITED: &str = "\
ca-file = \"/etc/vpce-lab/ca.pem\"
only = [\"ecs\", \"ecs-agent\", \"ecs-telemetry\"]
interval = \"1s\"
deadline = \"900ms\"
listen = \"127.0.0.1:9110\"
";

/// What people and the program leave elsewhere: variables of the units, the record of restarts, and the
/// drop-in that holds the ECS agent back.
const ELSEWHERE: &str = "\
echo VPCE_PROBE_FAIL_AFTER=1 > /etc/default/vpce-probe
mkdir -p /run/vpce-probe && echo > /run/vpce-probe/restarts
cd /usr/share/vpce-probe
install -D -m 644 -t /etc/systemd/system/ecs.service.d ecs.service.d/10-vpce-probe.conf";

/// Every file but those of the packagers, of the engine, and what is logged.
const FILES: &str = "find / -xdev \\( -path /var/lib/dpkg -o -path /var/lib/rpm -o -path /var/log \
    -o -path /var/lib/docker -o -path /var/lib/containerd \\) -prune \
    -o -printf '%y %m %u:%g %p %l\\n'";

/// The units that are running, or have failed.
const LOADED: &str = "systemctl list-units --all --plain --no-legend 'vpce-probe*'";

fn lives(packager: Packager) -> Result<(), Failed> {
    endpoints::create()?;
    let tree = Tree::without_program(USUAL_AGENT)?;
    packager.bring(&tree)?;
    let life = Life { packager, machine: tree.boot()? };
    life.plays().map_err(|failed| life.explain(&failed))
}

struct Life {
    packager: Packager,
    machine: Machine,
}

impl Life {
    fn plays(&self) -> Result<(), Failed> {
        let before = self.files()?;
        self.packager.install(&self.machine, Package::Older)?;
        self.is_only_there()?;
        self.is_set_up()?;
        self.machine.systemctl(&["start", "vpce-probe"])?;
        self.sees_an_endpoint_break_and_heal()?;
        self.is_upgraded()?;
        self.is_removed()?;
        self.packager.purge(&self.machine)?;
        let left: Vec<_> = self.files()?.symmetric_difference(&before).cloned().collect();
        match left.is_empty() {
            true => {
                self.says_nothing("ls -d /run/vpce-probe* /run/private/* 2>&1 | grep -v 'No such'")
            }
            false => Err(format!("left behind or missing: {left:#?}").into()),
        }
    }

    /// Installed is neither enabled nor started.
    fn is_only_there(&self) -> Result<(), Failed> {
        for unit in self.units()? {
            let state = self.state(&unit, "UnitFileState")?;
            if !["disabled", "static"].contains(&state.as_str()) {
                return Err(format!("{unit} is {state}").into());
            }
        }
        self.says_nothing(LOADED)
    }

    fn is_set_up(&self) -> Result<(), Failed> {
        self.sh(&format!("cat > {CONFIGURATION} << end\n{EDITED}end\n{ELSEWHERE}"))?;
        let timers: Vec<_> = self.units()?.into_iter().filter(|u| u.ends_with(".timer")).collect();
        let words = timers.iter().map(String::as_str);
        let enable: Vec<_> = ["enable", "--now"].into_iter().chain(words).collect();
        self.machine.systemctl(&enable).map(drop)
    }

    /// In the journal and in the metrics.
    fn sees_an_endpoint_break_and_heal(&self) -> Result<(), Failed> {
        let becomes = |healthy: &str| {
            let line = format!("vpce_probe_healthy {healthy}");
            until(&line, || metrics().ok()?.lines().any(|said| said == line).then_some(()))
        };
        becomes("1")?;
        endpoints::remove()?;
        becomes("0")?;
        self.has_a_check_that_failed()?;
        let page = metrics()?;
        let is_public = |line: &str| {
            line.starts_with("vpce_probe_private{service=\"ecs\",") && line.ends_with(" 0")
        };
        if !page.lines().any(is_public) {
            return Err(format!("the metrics say {page}").into());
        }
        until("the journal tells it", || self.journal().ok()?.contains("VPCE101").then_some(()))?;
        endpoints::create()?;
        becomes("1")
    }

    /// It stays failed: that is what people look at, until they remove the package.
    fn has_a_check_that_failed(&self) -> Result<(), Failed> {
        self.sh(&format!("! systemctl start {CHECK}"))?;
        match self.state(CHECK, "ActiveState")? {
            failed if failed == "failed" => Ok(()),
            other => Err(format!("{CHECK} is {other}").into()),
        }
    }

    /// The new program runs, and everything else is as it was.
    fn is_upgraded(&self) -> Result<(), Failed> {
        let pid = self.state(SERVICE, "MainPID")?;
        let before = self.as_people_have_it()?;
        self.packager.install(&self.machine, Package::Newer)?;
        if self.state(SERVICE, "MainPID")? == pid {
            return Err("the process is that of before".into());
        }
        match self.as_people_have_it()? {
            after if after == before => Ok(()),
            after => Err(format!("it was {before:#?}, and is {after:#?}").into()),
        }
    }

    /// What is enabled, what runs, since when each timer does, and the configuration.
    fn as_people_have_it(&self) -> Result<Vec<String>, Failed> {
        let mut all = vec![self.machine.place.run("cat", &[CONFIGURATION])?];
        for unit in self.units()? {
            let state = self.state(&unit, "UnitFileState")?;
            all.push(format!("{unit} is {state}"));
            if unit.ends_with(".timer") {
                all.push(self.state(&unit, "ActiveEnterTimestampMonotonic")?);
            }
        }
        all.push(self.state(SERVICE, "ActiveState")?);
        Ok(all)
    }

    fn is_removed(&self) -> Result<(), Failed> {
        // A check that fails is no reason to keep it.
        endpoints::remove()?;
        self.sh("! systemctl start vpce-probe-check.service")?;
        let pid = self.state(SERVICE, "MainPID")?;
        self.packager.remove(&self.machine)?;
        self.sh(&format!("test ! -e /proc/{pid}"))?;
        let running = format!("{LOADED} --state active,activating,failed");
        self.says_nothing(&running)?;
        match self.machine.place.run("cat", &[self.packager.kept_configuration()])? {
            kept if kept == EDITED.trim() => Ok(()),
            other => Err(format!("of the configuration there is {other:?}").into()),
        }
    }

    fn units(&self) -> Result<Vec<String>, Failed> {
        let said = self.sh("cd /usr/lib/systemd/system && ls -d vpce-probe*")?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    fn state(&self, unit: &str, property: &str) -> Result<String, Failed> {
        self.machine.systemctl(&["show", "--property", property, "--value", unit])
    }

    fn files(&self) -> Result<BTreeSet<String>, Failed> {
        Ok(self.sh(FILES)?.lines().map(str::to_owned).collect())
    }

    fn says_nothing(&self, script: &str) -> Result<(), Failed> {
        match self.sh(&format!("{script} || true"))? {
            said if said.is_empty() => Ok(()),
            said => Err(format!("{script}: {said}").into()),
        }
    }

    fn sh(&self, script: &str) -> Result<String, Failed> {
        self.machine.place.run("sh", &["-c", script])
    }

    fn journal(&self) -> Result<String, Failed> {
        self.machine.place.run("journalctl", &["--unit", SERVICE, "--output", "cat"])
    }

    fn explain(&self, failed: &Failed) -> Failed {
        let why = failed.message().unwrap_or_default();
        format!("{why}\n{}", self.journal().unwrap_or_default()).into()
    }
}

/// The machine has the network of the lab.
fn metrics() -> Result<String, Failed> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], 9110)), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}
