//! The lab's systemd: units with properties, of which those of the ECS agent start and stop it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::behaviour::{AfterRestart, SystemdBehaviour};
use crate::error::Trouble;
use crate::machine::Machine;
use crate::pace;
use crate::systemctl::{SOCKET, Said};

/// The units that own the agent.
const AGENT_UNITS: [&str; 2] = ["ecs.service", "amazon-ecs.service"];

/// While this one starts, what comes after it waits.
const LAST_OF_BOOT: &str = "cloud-final.service";

/// Exit codes of `systemctl`.
const FAILED: i32 = 1;
const NO_SUCH_UNIT: i32 = 5;

/// Units with the properties that `systemctl show` knows of them.
#[derive(Debug, Default)]
pub(crate) struct Units(BTreeMap<String, BTreeMap<String, String>>);

impl Units {
    pub(crate) fn new(
        units: &BTreeMap<String, BTreeMap<String, String>>,
        now: OffsetDateTime,
    ) -> Self {
        let with_defaults = |(name, own): (&String, &BTreeMap<String, String>)| {
            let mut unit = usual(name, true);
            unit.insert("ActiveEnterTimestamp".to_owned(), as_systemd_writes(now));
            unit.extend(own.clone());
            (name.clone(), unit)
        };
        Self(units.iter().map(with_defaults).collect())
    }

    /// The unit that owns a running agent, if any does.
    pub(crate) fn owner(&self) -> Option<&'static str> {
        AGENT_UNITS.into_iter().find(|name| self.has(name, "ActiveState", "active"))
    }

    /// What becomes of a unit, with the time.
    pub(crate) fn turn(&mut self, name: &str, into: AfterRestart) {
        let Some(unit) = self.0.get_mut(name) else { return };
        let mut set = |key: &str, value: &str| unit.insert(key.to_owned(), value.to_owned());
        let (active, sub, result, status) = match into {
            AfterRestart::Active => ("active", "running", "success", "0"),
            AfterRestart::Inactive => ("inactive", "dead", "success", "0"),
            AfterRestart::Failed => ("failed", "failed", "exit-code", "5"),
        };
        set("ActiveState", active);
        set("SubState", sub);
        set("Result", result);
        set("ExecMainStatus", status);
        // CLD_EXITED, or nothing as long as it runs.
        set("ExecMainCode", if into == AfterRestart::Active { "0" } else { "1" });
        set("NRestarts", "0");
        set("Job", "");
        if into == AfterRestart::Active {
            set("ActiveEnterTimestamp", &as_systemd_writes(OffsetDateTime::now_utc()));
        } else {
            set("MainPID", "0");
        }
    }

    fn has(&self, name: &str, key: &str, value: &str) -> bool {
        self.0.get(name).and_then(|unit| unit.get(key)).is_some_and(|own| own == value)
    }

    fn is_loaded(&self, name: &str) -> bool {
        self.has(name, "LoadState", "loaded")
    }

    /// Whether what was asked of an agent's unit waits for the end of the boot.
    fn must_wait(&self, name: &str) -> bool {
        AGENT_UNITS.contains(&name) && self.has(LAST_OF_BOOT, "ActiveState", "activating")
    }

    fn enqueue(&mut self, name: &str) {
        if let Some(unit) = self.0.get_mut(name) {
            unit.insert("Job".to_owned(), "1193".to_owned());
        }
    }

    /// What `systemctl show` prints: with a list of properties, the empty ones too.
    fn shown(&self, names: &[&str], wanted: &[&str]) -> String {
        let blocks = names.iter().map(|name| {
            let unit = self.0.get(*name).cloned().unwrap_or_else(|| usual(name, false));
            let lines = unit.iter().filter(|(key, value)| match wanted {
                [] => !value.is_empty(),
                wanted => wanted.contains(&key.as_str()),
            });
            lines.map(|(key, value)| format!("{key}={value}\n")).collect::<String>()
        });
        blocks.collect::<Vec<_>>().join("\n")
    }
}

/// A running unit, or one that is not there.
fn usual(name: &str, loaded: bool) -> BTreeMap<String, String> {
    let (load, active, sub, file) = if loaded {
        ("loaded", "active", "running", "enabled")
    } else {
        ("not-found", "inactive", "dead", "")
    };
    let properties = [
        ("Id", name),
        ("LoadState", load),
        ("ActiveState", active),
        ("SubState", sub),
        ("UnitFileState", file),
        ("Result", "success"),
        ("ExecMainStatus", "0"),
        ("ExecMainCode", "0"),
        ("MainPID", "0"),
        ("NRestarts", "0"),
        ("ActiveEnterTimestamp", ""),
        ("Job", ""),
        ("Environment", ""),
        ("EnvironmentFiles", ""),
        ("DropInPaths", ""),
    ];
    properties.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

/// `Sat 2026-11-21 21:10:55 UTC`
fn as_systemd_writes(moment: OffsetDateTime) -> String {
    let day = format!("{:.3}", moment.weekday().to_string());
    let (hour, minute, second) = moment.to_hms();
    format!("{day} {} {hour:02}:{minute:02}:{second:02} UTC", moment.date())
}

/// Listens for `systemctl`.
pub(crate) fn start(machine: &Arc<Machine>) -> Result<(), Trouble> {
    let cannot =
        |why: io::Error| Trouble::Listen { address: SOCKET.to_owned(), why: why.to_string() };
    if let Some(folder) = Path::new(SOCKET).parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let listener = UnixListener::bind(SOCKET).map_err(cannot)?;
    fs::set_permissions(SOCKET, Permissions::from_mode(0o666)).map_err(cannot)?;
    let machine = machine.clone();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            tokio::spawn(serve(machine.clone(), stream));
        }
    });
    Ok(())
}

async fn serve(machine: Arc<Machine>, mut stream: UnixStream) -> io::Result<()> {
    let by_root = stream.peer_cred()?.uid() == 0;
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).await?;
    let words: Vec<String> = serde_json::from_str(&line)?;
    machine.note(format!("systemctl {}", words.join(" ")));
    match answer(&machine, &words, by_root).await {
        Some(said) => {
            stream.write_all(format!("{}\n", serde_json::to_string(&said)?).as_bytes()).await
        }
        None => pace::hold(&mut stream).await,
    }
}

/// What `systemctl` says; nothing if it never ends.
async fn answer(machine: &Machine, words: &[String], by_root: bool) -> Option<Said> {
    let systemd = machine.vpc.systemd.as_ref()?;
    let asked = Asked::read(words);
    let may = by_root && systemd.behaviour != SystemdBehaviour::Denied;
    match systemd.behaviour {
        SystemdBehaviour::Silent => return None,
        SystemdBehaviour::NotBooted => return Some(not_booted()),
        SystemdBehaviour::Answer | SystemdBehaviour::Denied => {}
    }
    match asked.verb {
        "show" => {
            let stdout = machine.state().units.shown(&asked.units, &asked.properties);
            Some(Said { stdout, ..Said::default() })
        }
        verb @ ("restart" | "start" | "stop") => {
            for unit in &asked.units {
                if !machine.state().units.is_loaded(unit) {
                    let why = format!("Unit {unit} not found.");
                    return Some(failure(verb, unit, &why, NO_SUCH_UNIT));
                }
                if !may {
                    let why = format!(
                        "Interactive authentication required.\nSee system logs and \
                         'systemctl status {unit}' for details."
                    );
                    return Some(failure(verb, unit, &why, FAILED));
                }
                if machine.state().units.must_wait(unit) {
                    machine.state().units.enqueue(unit);
                    if !asked.no_block {
                        return None;
                    }
                    continue;
                }
                change(machine, verb, unit, systemd.after_restart).await;
            }
            Some(Said::default())
        }
        verb => Some(Said {
            exit: FAILED,
            stderr: format!("Unknown command verb {verb}.\n"),
            ..Said::default()
        }),
    }
}

async fn change(machine: &Machine, verb: &str, unit: &str, after_restart: AfterRestart) {
    let mut process = machine.process.lock().await;
    let into = match verb {
        "restart" => after_restart,
        "start" => AfterRestart::Active,
        _ => AfterRestart::Inactive,
    };
    let of_agent = AGENT_UNITS.contains(&unit);
    if of_agent && verb != "start" {
        machine.stop_agent(&mut process).await;
    }
    let mut into = into;
    if of_agent && into == AfterRestart::Active {
        // An agent that the lab cannot start is one whose unit fails.
        if machine.start_agent(&mut process).await.is_err() {
            into = AfterRestart::Failed;
        }
    }
    machine.state().units.turn(unit, into);
}

fn not_booted() -> Said {
    let stderr = "System has not been booted with systemd as init system (PID 1). Can't operate.\n\
                  Failed to connect to bus: Host is down\n";
    Said { exit: FAILED, stderr: stderr.to_owned(), ..Said::default() }
}

fn failure(verb: &str, unit: &str, why: &str, exit: i32) -> Said {
    Said { exit, stderr: format!("Failed to {verb} {unit}: {why}\n"), ..Said::default() }
}

/// The words after `systemctl`.
#[derive(Debug, Default, PartialEq)]
struct Asked<'a> {
    verb: &'a str,
    units: Vec<&'a str>,
    properties: Vec<&'a str>,
    no_block: bool,
}

impl<'a> Asked<'a> {
    fn read(words: &'a [String]) -> Self {
        let mut asked = Self::default();
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let properties = word
                .strip_prefix("--property=")
                .or_else(|| word.strip_prefix("-p").filter(|_| word.len() > 2))
                .or_else(|| ["-p", "--property"].contains(&word).then(|| words.next()).flatten());
            match properties {
                Some(list) => asked.properties.extend(list.split(',')),
                None if word == "--no-block" => asked.no_block = true,
                None if word.starts_with('-') => {}
                None if asked.verb.is_empty() => asked.verb = word,
                None => asked.units.push(word),
            }
        }
        asked
    }
}
