//! A real systemd: a Debian tree, booted in the lab's network.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use libtest_mimic::Failed;

use crate::command::{Place, cannot_run, text};
use crate::engine::Engine;
use crate::file_systems::{DATA, mount};
use crate::until::until;
use crate::{image, parts};

/// Stands for ecs-init.
const ECS_INIT: &str = "/usr/libexec/amazon-ecs-init";

/// What the lab says of names and certificates, the machine is told too.
const FILES_OF_THE_LAB: [&str; 4] =
    ["etc/hosts", "etc/resolv.conf", "etc/ecs/ecs.config", "etc/vpce-lab/ca.pem"];

/// A tree that is not booted yet.
pub(crate) struct Tree {
    root: PathBuf,
}

/// A machine that is up.
pub(crate) struct Machine {
    /// Where its commands run.
    pub(crate) place: Place,
    /// Its Docker Engine.
    pub(crate) engine: Engine,
    nspawn: Child,
}

impl Tree {
    /// A tree with the program, and with an agent that has these settings.
    pub(crate) fn new(settings: &str) -> Result<Self, Failed> {
        let tree = Self::without_program(settings)?;
        fs::copy(env!("CARGO_BIN_EXE_vpce-probe"), tree.root.join("usr/bin/vpce-probe"))?;
        Ok(tree)
    }

    /// The same without the program. What is written to it stays in memory.
    pub(crate) fn without_program(settings: &str) -> Result<Self, Failed> {
        let dir = |name: &str| format!("{DATA}/{name}");
        for name in ["root", "upper", "work"] {
            fs::create_dir(dir(name))?;
        }
        let (tree, upper, work) = (parts::tree(), dir("upper"), dir("work"));
        let layers = format!("lowerdir={},upperdir={upper},workdir={work}", tree.display());
        mount(&["-t", "overlay", "-o", &layers, "overlay", &dir("root")])?;
        let tree = Self { root: dir("root").into() };
        tree.write("etc/docker/daemon.json", 0o644, include_str!("machine/daemon.json"))?;
        tree.write(ECS_INIT, 0o755, include_str!("machine/amazon-ecs-init"))?;
        for path in FILES_OF_THE_LAB {
            // Not every VPC has each of them.
            if let Ok(text) = fs::read_to_string(Path::new("/").join(path)) {
                tree.write(path, 0o644, &text)?;
            }
        }
        tree.write("etc/ecs/stand-in.env", 0o644, settings)?;
        fs::create_dir_all(tree.root.join("var/log/ecs"))?;
        image::write_context(&tree.root.join("usr/share/ecs-agent"))?;
        Ok(tree)
    }

    /// The same tree with the agent's unit.
    pub(crate) fn with_unit(self) -> Result<Self, Failed> {
        self.write("etc/systemd/system/ecs.service", 0o644, include_str!("machine/ecs.service"))?;
        Ok(self)
    }

    /// A folder of it, for what is built there.
    pub(crate) fn folder(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Writes a file of it.
    pub(crate) fn write(&self, path: &str, mode: u32, text: &str) -> Result<(), Failed> {
        let path = self.root.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        // In the tree it may be a link to a place outside.
        if path.is_symlink() {
            fs::remove_file(&path)?;
        }
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(())
    }

    /// Has a unit of it started when it boots.
    pub(crate) fn starts_at_boot(&self, unit: &str) -> Result<(), Failed> {
        let units = self.root.join("etc/systemd/system");
        let wanted = units.join("multi-user.target.wants");
        fs::create_dir_all(&wanted)?;
        symlink(Path::new("..").join(unit), wanted.join(unit))?;
        Ok(())
    }

    /// Boots it, and waits until everything is up that starts with it.
    pub(crate) fn boot(self) -> Result<Machine, Failed> {
        let console = format!("{DATA}/console");
        let nspawn = Command::new("systemd-nspawn")
            .arg("--directory")
            .arg(&self.root)
            .args(["--boot", "--network-namespace-path=/proc/self/ns/net", "--register=no"])
            .args(["--keep-unit", "--console=pipe", "--resolv-conf=off", "--capability=all"])
            .args(["--private-users=no", "--quiet", "--system-call-filter=@keyring bpf"])
            .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "yes")
            .stdin(Stdio::null())
            .stdout(fs::File::create(&console)?)
            .stderr(fs::File::create(format!("{DATA}/nspawn"))?)
            .spawn()
            .map_err(|why| cannot_run("systemd-nspawn", &why))?;
        let up = || {
            let place = Place::Machine(leader(nspawn.id())?);
            let said = place.output("systemctl", &["is-system-running"]).ok()?;
            // Degraded is one where something else has failed.
            matches!(text(&said.stdout).as_str(), "running" | "degraded").then_some(place)
        };
        let place = until("systemd is up", up).map_err(|failed| {
            let said =
                |name: &str| fs::read_to_string(format!("{DATA}/{name}")).unwrap_or_default();
            let why = failed.message().unwrap_or_default();
            Failed::from(format!("{why}\n{}{}", said("console"), said("nspawn")))
        })?;
        let engine = Engine { place };
        engine.wait()?;
        Ok(Machine { place, engine, nspawn })
    }
}

impl Machine {
    /// Boots one whose agent is that of its unit, and waits until the agent is ready.
    pub(crate) fn with_unit(settings: &str) -> Result<Self, Failed> {
        let machine = Tree::new(settings)?.with_unit()?.boot()?;
        machine.systemctl(&["enable", "--now", "ecs.service"])?;
        machine.engine.agent_is_ready(1).map_err(|failed| machine.explain(&failed))?;
        Ok(machine)
    }

    /// Boots one that has no such unit, whose agent somebody has started by hand.
    pub(crate) fn by_hand(settings: &str) -> Result<Self, Failed> {
        let machine = Tree::new(settings)?.boot()?;
        machine.place.run(ECS_INIT, &["pre-start"])?;
        machine.engine.run_agent()?;
        Ok(machine)
    }

    /// The same machine after its power was cut.
    pub(crate) fn boot_again(self) -> Result<Self, Failed> {
        drop(self);
        Tree { root: format!("{DATA}/root").into() }.boot()
    }

    /// A failure with what the journal says of the agent.
    fn explain(&self, failed: &Failed) -> Failed {
        let of_the_agent = ["--unit", "ecs.service", "--lines", "30", "--output", "cat"];
        let journal = self.place.run("journalctl", &of_the_agent).unwrap_or_default();
        format!("{}\n{journal}", failed.message().unwrap_or_default()).into()
    }

    /// Runs systemd's own client.
    pub(crate) fn systemctl(&self, args: &[&str]) -> Result<String, Failed> {
        self.place.run("systemctl", args)
    }

    /// One property of the agent's unit.
    pub(crate) fn unit(&self, property: &str) -> Result<String, Failed> {
        self.systemctl(&["show", "--property", property, "--value", "ecs.service"])
    }

    /// Waits until the agent's unit is in that state.
    pub(crate) fn unit_becomes(&self, state: &str) -> Result<(), Failed> {
        let reached = || (self.unit("ActiveState").ok()? == state).then_some(());
        until(&format!("ecs.service is {state}"), reached)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Nothing of it is wanted any more, so that it need not end in good order.
        if let Some(leader) = leader(self.nspawn.id()) {
            let _ = Place::Lab.run("kill", &["-KILL", &leader.to_string()]);
        }
        let _ = self.nspawn.wait();
    }
}

/// The child that has become systemd.
fn leader(nspawn: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{nspawn}/task/{nspawn}/children")).ok()?;
    let mut children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
    children.find(|pid| {
        fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == "systemd")
    })
}
