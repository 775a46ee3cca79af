//! The shipped user-data under a real cloud-init, on a machine whose ECS agent waits for its last stage.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use libtest_mimic::Failed;

use crate::Scene;
use crate::cloud_init::{self, BUCKET, LOG};
use crate::command::Place;
use crate::endpoints;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::parts::delivered;
use crate::until::until;

pub(crate) const SCENES: &[Scene] = &[
    ("user_data::a_script_and_endpoints_that_come_late", script),
    ("user_data::parts_on_debian_and_a_program_that_is_not_the_one", parts),
];

const SCRIPT: &str = include_str!("../../packaging/user-data/container-instance.sh");
const PARTS: &str = include_str!("../../packaging/user-data/container-instance.mime");

/// Where the first script of user-data is kept, as cloud-init has run it.
const KEPT: &str = "/var/lib/cloud/instance/scripts/part-001";

/// Somebody has set this before; the last line has no end, as an editor may leave it.
const ECS_CONFIG: &str = "ECS_LOGLEVEL=info";

const PROGRAM: &str = "/usr/bin/vpce-probe";
const GATE: &str = "/etc/systemd/system/ecs.service.d/10-vpce-probe.conf";

/// Settings of somebody else, under the same name as ours.
const OTHER_PART: &str = "--==vpce-probe==
Content-Type: text/cloud-config

#cloud-config
write_files:
  - {path: /etc/other, content: other}
--==vpce-probe==
";

/// The image is here already: there is no registry to pull it from, and nobody asks for a login.
const BUILD_IMAGE: &str = "set -e
mkdir /srv/image
cp /usr/bin/vpce-probe /srv/image/
printf 'FROM scratch\nCOPY . /\nENTRYPOINT [\"/vpce-probe\"]\n' >/srv/image/Dockerfile
DOCKER_BUILDKIT=0 docker build --quiet --tag vpce-probe /srv/image
ln -s /bin/false /usr/bin/docker-credential-ecr-login
";

/// The bucket has a program for a processor that there is not, with the right sum: not installed.
const FOR_ANOTHER_PROCESSOR: &str = "set -eu
cd /srv/s3/vpce-probe/0.1.0/x86_64
printf '\\377' | dd of=vpce-probe bs=1 seek=18 conv=notrunc status=none
sum=$(sha256sum vpce-probe | cut -d ' ' -f 1)
! sed \"s/^SHA256=.*/SHA256=$sum/\" /var/lib/cloud/instance/scripts/part-001 | bash >/run/said || exit 1
grep -q 'does not run here' /run/said
";

fn script() -> Result<(), Failed> {
    let tree = tree(&SCRIPT.replace("REPLACE_WITH_SHA256", &sum()?))?;
    cloud_init::ends_before_other_units(&tree)?;
    tree.starts_at_boot("ecs.service")?;
    tree.write("etc/ecs/ecs.config", 0o644, ECS_CONFIG)?;
    let log = tree.folder(LOG);
    let late = thread::spawn(move || endpoints_come_after_user_data(&log));
    let machine = boot(tree)?;
    late.join().map_err(|_| "the thread that creates the endpoints panicked")??;
    first_boot(&machine).map_err(|failed| explain(&machine, &failed))?;
    other_ways(&machine).map_err(|failed| explain(&machine, &failed))?;
    let written = cloud_init::files(&machine)?;
    let again = machine.boot_again()?;
    is_gated_and_private(&again).map_err(|failed| explain(&again, &failed))?;
    match cloud_init::files(&again)? == written {
        true => Ok(()),
        false => Err("the second boot has changed what the first has written".into()),
    }
}

fn parts() -> Result<(), Failed> {
    endpoints::create()?;
    let wrong = PARTS.replace("REPLACE_WITH_SHA256", &"0".repeat(64));
    let enabling = wrong.replace("ENABLE_AGENT=\n", "ENABLE_AGENT=yes\n");
    let tree = tree(&enabling.replacen("--==vpce-probe==\n", OTHER_PART, 1))?;
    // There nothing but user-data starts the agent, whose unit does not wait for it.
    let unit = include_str!("machine/ecs.service").replace("After=cloud-final.service\n", "");
    tree.write("etc/systemd/system/ecs.service", 0o644, &unit)?;
    tree.write("etc/ecs/ecs.config", 0o644, "ECS_CLUSTER=before\n")?;
    let machine = boot(tree)?;
    let plays = || {
        says(&machine, "what was fetched has another checksum")?;
        says(&machine, "the ECS agent starts without it")?;
        cloud_init::has_ended(&machine, "error")?;
        machine.engine.agent_is_ready(1)?;
        machine.unit_becomes("active")?;
        // The gate is there, and lets the agent pass.
        gate_was_passed(&machine)?;
        holds(&machine, "/etc/other", "other")?;
        holds(&machine, "/etc/ecs/ecs.config", "ECS_CLUSTER=before")?;
        match machine.place.output("test", &["-e", PROGRAM])?.status.success() {
            false => Ok(()),
            true => Err("a program with a wrong checksum was installed".into()),
        }
    };
    plays().map_err(|failed| explain(&machine, &failed))
}

/// A machine at its first boot, without the program, whose bucket has it.
fn tree(user_data: &str) -> Result<Tree, Failed> {
    let tree = Tree::new(USUAL_AGENT)?.with_unit()?;
    fs::remove_file(tree.folder(PROGRAM))?;
    tree.write("etc/vpce-probe/config.toml", 0o644, "ca-file = \"/etc/vpce-lab/ca.pem\"\n")?;
    let user_data =
        user_data.replace("REPLACE_WITH_BUCKET", BUCKET).replace("REPLACE_WITH_CLUSTER", "lab");
    cloud_init::add(&tree, &user_data)?;
    cloud_init::add_bucket(&tree, "vpce-probe/0.1.0/x86_64/vpce-probe", &program()?)?;
    Ok(tree)
}

/// Up is a machine whose start-up has ended: it would never be, did user-data and the agent's unit wait
/// for each other.
fn boot(tree: Tree) -> Result<Machine, Failed> {
    let log = tree.folder(LOG);
    tree.boot().map_err(|failed| {
        let why = failed.message().unwrap_or_default();
        format!("{why}\n{}", fs::read_to_string(log).unwrap_or_default()).into()
    })
}

/// The program as it is released.
fn program() -> Result<PathBuf, Failed> {
    delivered("amd64/vpce-probe")
}

fn sum() -> Result<String, Failed> {
    let program = program()?.display().to_string();
    let said = Place::Lab.run("sha256sum", &[&program])?;
    Ok(said.split_whitespace().next().unwrap_or_default().to_owned())
}

/// The agent is held back then, and by nothing but the gate.
fn endpoints_come_after_user_data(log: &Path) -> Result<(), String> {
    let ended = || fs::read_to_string(log).ok()?.contains(" finished at ").then_some(());
    until("user-data has ended", ended)
        .and_then(|()| endpoints::create())
        .map_err(|failed| failed.message().unwrap_or_default().to_owned())
}

fn first_boot(machine: &Machine) -> Result<(), Failed> {
    says(machine, "not all endpoints answer yet")?;
    cloud_init::has_ended(machine, "done")?;
    holds(machine, "/etc/ecs/ecs.config", "ECS_LOGLEVEL=info\nECS_CLUSTER=lab")?;
    is_gated_and_private(machine)
}

fn is_gated_and_private(machine: &Machine) -> Result<(), Failed> {
    machine.engine.agent_is_ready(1)?;
    machine.unit_becomes("active")?;
    gate_was_passed(machine)?;
    let peers = machine.engine.agent_peers()?;
    match peers.len() == 2 && peers.iter().all(|peer| peer.starts_with("10.0.")) {
        true => Ok(()),
        false => Err(format!("connected to {peers:?}").into()),
    }
}

/// The script by hand with the two ways that need no bucket, and again as it was.
fn other_ways(machine: &Machine) -> Result<(), Failed> {
    let run = |change: &str| {
        let changed = format!("sed '{change}' {KEPT} | bash");
        machine.place.run("bash", &["-o", "pipefail", "-c", &changed])
    };
    machine.place.run("bash", &["-c", BUILD_IMAGE])?;
    // An agent that nobody has enabled starts no earlier than its gate is there.
    machine.systemctl(&["disable", "--now", "ecs.service"])?;
    machine.engine.docker(&["rm", "ecs-agent"])?;
    machine.place.run("rm", &[PROGRAM, GATE])?;
    machine.systemctl(&["daemon-reload"])?;
    run("s/^SOURCE=.*/SOURCE=ecr/; s|^IMAGE=.*|IMAGE=vpce-probe|; s/^ENABLE_AGENT=/&yes/")?;
    machine.place.run(PROGRAM, &["--short"])?;
    is_gated_and_private(machine)?;
    // Without credentials the AWS CLI does nothing.
    machine.place.run("ln", &["-s", "/bin/false", "/usr/local/bin/aws"])?;
    machine.place.run("rm", &[PROGRAM])?;
    run("")?;
    machine.place.run("bash", &["-c", FOR_ANOTHER_PROCESSOR])?;
    machine.place.run(PROGRAM, &["--short"])?;
    machine.place.run("systemctl", &["stop", "s3.service"])?;
    run("s/^SOURCE=.*/SOURCE=ami/")?;
    // What is there already is not fetched again.
    run("")?;
    holds(machine, "/etc/ecs/ecs.config", "ECS_LOGLEVEL=info\nECS_CLUSTER=lab")
}

/// Not only put in place: the agent's last start has gone through it.
fn gate_was_passed(machine: &Machine) -> Result<(), Failed> {
    let seen = machine.unit("ExecStartPre")?;
    let gate = seen.lines().find(|line| line.contains("/usr/bin/vpce-probe wait"));
    match gate.is_some_and(|gate| gate.contains("code=exited")) {
        true => Ok(()),
        false => Err(format!("no gate: {seen}").into()),
    }
}

fn holds(machine: &Machine, path: &str, wanted: &str) -> Result<(), Failed> {
    match machine.place.run("cat", &[path])? {
        text if text == wanted => Ok(()),
        text => Err(format!("{path} holds {text:?}").into()),
    }
}

fn says(machine: &Machine, wanted: &str) -> Result<(), Failed> {
    match machine.place.run("cat", &[LOG])?.contains(wanted) {
        true => Ok(()),
        false => Err(format!("the log does not say {wanted:?}").into()),
    }
}

fn explain(machine: &Machine, failed: &Failed) -> Failed {
    let why = failed.message().unwrap_or_default();
    let said = machine.place.run("tail", &["-n", "60", LOG]).unwrap_or_default();
    format!("{why}\n{said}").into()
}
