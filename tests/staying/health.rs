//! What a health check says while a watch runs, is held, is killed or is not what it seems.

use std::io::Write;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::json;

use crate::Scene;
use crate::program::{Ended, Program};
use crate::until::until;
use crate::world::{break_names, breakable, heal_names, run};

pub(crate) const SCENES: &[Scene] = &[
    ("health::follows_the_watch", breakable, follows_the_watch),
    ("health::follows_the_verdict_and_not_the_last_check", breakable, follows_the_verdict),
    ("health::of_a_watch_that_is_held_and_killed", breakable, held_and_killed),
    ("health::without_a_watch", breakable, without_a_watch),
    ("health::believes_only_its_own_user_and_root", breakable, believes),
    ("health::reads_whatever_answers", breakable, reads_whatever_answers),
    ("health::on_a_path", breakable, on_a_path),
    ("health::of_a_socket_that_is_taken", breakable, taken),
    ("health::of_another_user_without_a_disk", breakable, without_a_disk),
    ("health::keeps_its_deadline", breakable, keeps_its_deadline),
    ("health::ends_with_0_or_1", breakable, ends_with_0_or_1),
];

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");
const WATCH: &str = "watch --interval 2s --deadline 2s --fail-after 1";

/// Asks, and holds the answer to its form.
fn health(args: &str) -> Result<Ended, Failed> {
    held_to_form(Program::run(&format!("health {args}"))?)
}

fn held_to_form(ended: Ended) -> Result<Ended, Failed> {
    let verdict = match ended.exit {
        Some(0) => "healthy: ",
        Some(1) => "unhealthy: ",
        _ => return Err(format!("{ended:?}").into()),
    };
    match ended.stdout.as_slice() {
        [line] if line.starts_with(verdict) && line.len() < 4_096 && line.is_ascii() => Ok(ended),
        _ => Err(format!("{ended:?}").into()),
    }
}

/// Asks until the answer has these words.
fn until_told(args: &str, words: &str) -> Result<Ended, Failed> {
    until(words, || health(args).ok().filter(|told| told.stdout[0].contains(words)))
}

/// Panics unless it ended so, with these words.
#[track_caller]
fn assert_told(told: &Ended, exit: i32, words: &str) {
    assert_eq!(told.exit, Some(exit), "{told:?}");
    assert!(told.stdout[0].contains(words), "{told:?}");
}

/// From here on a verdict can only come from the watch: own checks find nothing to look at.
const ONLY_ASK: &str = "--only no-such-service";

fn follows_the_watch() -> Result<(), Failed> {
    let watch = Program::start(WATCH)?;
    let told = until_told(ONLY_ASK, "healthy: pass: ")?;
    assert_told(&told, 0, " s ago)");
    break_names()?;
    assert_told(&until_told(ONLY_ASK, "unhealthy: fail: ")?, 1, " s ago)");
    heal_names()?;
    assert_told(&until_told(ONLY_ASK, "healthy: pass: ")?, 0, "healthy: pass: ");
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    assert_told(&health(ONLY_ASK)?, 1, "unhealthy: there is no service no-such-service");
    Ok(())
}

fn follows_the_verdict() -> Result<(), Failed> {
    let _watch = Program::start("watch --interval 1s --deadline 900ms --fail-after 100")?;
    until_told(ONLY_ASK, "healthy: pass: ")?;
    break_names()?;
    assert_told(&until_told(ONLY_ASK, "(last check: fail)")?, 0, "healthy: pass (last check: ");
    Ok(())
}

fn held_and_killed() -> Result<(), Failed> {
    let watch = Program::start(WATCH)?;
    until_told(ONLY_ASK, "healthy: pass: ")?;
    watch.signal("STOP")?;
    assert_told(&health(ONLY_ASK)?, 1, "unhealthy: the watch does not answer within 1s");
    assert_told(&health("--deadline 500ms")?, 1, "the watch does not answer within 250ms");
    watch.signal("CONT")?;
    until_told(ONLY_ASK, "healthy: pass: ")?;
    watch.signal("KILL")?;
    watch.ended()?;
    assert_told(&health("")?, 0, "(checked now: no watch runs here)");
    break_names()?;
    assert_told(&health("")?, 1, "unhealthy: fail: ");
    Ok(())
}

fn without_a_watch() -> Result<(), Failed> {
    assert_told(&health("")?, 0, "healthy: pass: ");
    break_names()?;
    let told = health("")?;
    assert_told(&told, 1, "unhealthy: fail: ");
    assert_told(&told, 1, "VPCE101 ecr.api");
    assert_told(&told, 1, "(checked now: no watch runs here)");
    assert_eq!(told.stderr, Vec::<String>::new());
    Ok(())
}

fn reads_whatever_answers() -> Result<(), Failed> {
    break_names()?;
    let told = told_by(line_of(2_001))?;
    assert_told(&told, 1, "no check has ended for 2.0 s, more than two intervals of 1.0 s");
    assert_told(&told_by(line_of(2_000))?, 0, "healthy: pass: as this socket says (2.0 s ago)");
    assert_told(&told_by(line_of(u64::MAX))?, 1, "unhealthy: no check has ended");
    assert_told(&told_by("{\"healthy\":true}\n".to_owned())?, 1, "not that of a watch)");
    assert_told(&told_by("\u{1b}[2J".repeat(1_000_000))?, 1, "not that of a watch)");
    assert_told(&told_by(String::new())?, 1, "not that of a watch)");
    let long = line_of(1).replace("as this", &"as \\u001b this".repeat(500));
    assert_told(&told_by(long)?, 0, "as \\u{1b} this");
    Ok(())
}

/// What a health check makes of what answers on the usual socket.
fn told_by(line: String) -> Result<Ended, Failed> {
    let address = SocketAddr::from_abstract_name("vpce-probe")?;
    let listener = UnixListener::bind_addr(&address)?;
    let answering = thread::spawn(move || {
        // Who asks may be gone before it has heard everything.
        let _ = listener.accept().and_then(|(mut stream, _)| stream.write_all(line.as_bytes()));
    });
    let told = health("");
    answering.join().map_err(|_| "nobody asked")?;
    told
}

fn line_of(age_ms: u64) -> String {
    let line = json!({
        "schema_version": "1.0",
        "healthy": true,
        "verdict": "pass",
        "age_ms": age_ms,
        "interval_ms": 1_000,
        "checks": 1,
        "line": "pass: as this socket says",
    });
    format!("{line}\n")
}

/// A command that becomes the program, as that user.
fn by(user: &str, args: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", PROGRAM]);
    command.args(args.split_whitespace());
    command
}

fn health_by(user: &str, args: &str) -> Result<Ended, Failed> {
    held_to_form(Program::start_by(by(user, &format!("health {args}")))?.ended()?)
}

fn until_told_by(user: &str, args: &str, words: &str) -> Result<Ended, Failed> {
    until(words, || health_by(user, args).ok().filter(|told| told.stdout[0].contains(words)))
}

fn believes() -> Result<(), Failed> {
    break_names()?;
    let watch = Program::start_by(by("65532", &format!("{WATCH} --only logs")))?;
    until_told_by("65532", ONLY_ASK, "healthy: pass: 1 host name")?;
    for told in [health_by("1000", "")?, health("")?] {
        assert_told(&told, 1, "unhealthy: fail: ");
        assert_told(&told, 1, "(checked now: user 65532 answers there");
    }
    drop(watch);
    let _watch = Program::start(&format!("{WATCH} --only logs"))?;
    until_told_by("65532", ONLY_ASK, "healthy: pass: 1 host name")?;
    Ok(())
}

fn on_a_path() -> Result<(), Failed> {
    let path = Path::new("/run/vpce-probe.sock");
    let socket = format!("--socket {}", path.display());
    let ask = format!("{socket} {ONLY_ASK}");
    let watch = Program::start(&format!("{WATCH} {socket}"))?;
    until_told(&ask, "healthy: pass: ")?;
    until_told_by("65532", &ask, "healthy: pass: ")?;
    let second = Program::run(&format!("{WATCH} {socket}"))?;
    assert_eq!((second.exit, second.stdout.len()), (Some(78), 0), "{second:?}");
    assert!(second.stderr[0].contains("/run/vpce-probe.sock"), "{second:?}");
    watch.signal("KILL")?;
    watch.ended()?;
    assert!(path.exists(), "nobody was left to take it away");
    assert_told(&health(&socket)?, 0, "(checked now: no watch runs here)");
    let watch = Program::start(&format!("{WATCH} {socket}"))?;
    until_told(&ask, "healthy: pass: ")?;
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    assert!(!path.exists(), "it ended well");
    let denied = Program::start_by(by("65532", &format!("{WATCH} {socket}")))?.ended()?;
    assert_eq!(denied.exit, Some(77), "{denied:?}");
    Ok(())
}

fn taken() -> Result<(), Failed> {
    let _first = Program::start(WATCH)?;
    until_told(ONLY_ASK, "healthy: pass: ")?;
    // The usual name is taken, and was not asked for.
    let mut second = Program::start(WATCH)?;
    second.json()?;
    second.log_with("give this one a name of its own with --socket")?;
    let third = Program::run(&format!("{WATCH} --socket @vpce-probe"))?;
    assert_eq!((third.exit, third.stdout.len()), (Some(78), 0), "{third:?}");
    let _fourth = Program::start(&format!("{WATCH} --socket @another"))?;
    until_told(&format!("--socket @another {ONLY_ASK}"), "healthy: pass: ")?;
    Ok(())
}

fn without_a_disk() -> Result<(), Failed> {
    run("mount", &["-o", "remount,bind,ro", "/"])?;
    assert_told(&health_by("65532", "")?, 0, "(checked now: no watch runs here)");
    let watch = Program::start_by(by("65532", WATCH))?;
    until_told_by("65532", ONLY_ASK, "healthy: pass: ")?;
    run("umount", &["-l", "/proc"])?;
    until_told_by("65532", ONLY_ASK, "healthy: pass: ")?;
    drop(watch);
    health_by("65532", "")?;
    Ok(())
}

/// No endpoint answers any more, and none refuses either.
const BLACK_HOLE: &str = "
table inet hole {
    chain out {
        type filter hook input priority 0
        tcp dport 443 drop
    }
}";

fn keeps_its_deadline() -> Result<(), Failed> {
    let deadline = Duration::from_millis(500);
    run("nft", &[BLACK_HOLE])?;
    // The best of several: what this machine does beside it is no part of it.
    let took = (0..5).map(|_| {
        let started = Instant::now();
        assert_told(&health("--deadline 500ms")?, 1, "unhealthy: ");
        Ok(started.elapsed())
    });
    let took = took.collect::<Result<Vec<_>, Failed>>()?;
    let best = took.iter().min().ok_or("no try")?;
    assert!(*best <= deadline + Duration::from_millis(50), "{took:?}");
    assert!(*best > deadline / 5, "nothing was to be waited for: {took:?}");
    Ok(())
}

fn ends_with_0_or_1() -> Result<(), Failed> {
    for (args, words) in [
        ("--bogus", "unhealthy: wrong command line: unexpected argument '--bogus' found"),
        ("--deadline abc", "unhealthy: wrong command line: invalid value 'abc' for '--deadline"),
        ("--json", "unhealthy: wrong command line: --json has no meaning for health"),
        ("--socket @", "unhealthy: wrong command line: invalid value '@' for '--socket"),
        ("--only nothing", "unhealthy: there is no service nothing"),
        ("--ca-file /nowhere", "/nowhere"),
        ("--task-definition /dev/zero", "/dev/zero"),
        ("--config /nowhere", "unhealthy: cannot read the configuration /nowhere"),
        ("--config /dev/zero", "unhealthy: "),
    ] {
        let told = health(args)?;
        assert_told(&told, 1, words);
        assert_eq!(told.stderr, Vec::<String>::new(), "{args}");
    }
    let told = held_to_form(Program::run("--deadline 3s health")?)?;
    assert_told(&told, 1, "unhealthy: wrong command line: ");
    for (name, value, exit) in
        [("DEADLINE", "abc", 1), ("FAIL_ON", "nothing", 1), ("JSON", "true", 0), ("COLOR", "", 0)]
    {
        let env = [(format!("VPCE_PROBE_{name}"), value)];
        let env = env.each_ref().map(|(name, value)| (name.as_str(), *value));
        let told = held_to_form(Program::start_with("health", &env)?.ended()?)?;
        assert_eq!(told.exit, Some(exit), "{told:?}");
    }
    let hosts: Vec<String> = (0..300).map(|n| format!("no-such-name-{n}.example.com")).collect();
    assert_told(&health(&format!("--host {}", hosts.join(",")))?, 1, "unhealthy: fail: ");
    for (stdout, args, exit) in
        [(">&-", "", 0), (">/dev/full", "", 0), (">&-", "--bogus", 1), (">&- 2>&-", "--bogus", 1)]
    {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exec \"$0\" health {args} {stdout}"), PROGRAM]);
        let ended = Program::start_by(command)?.ended()?;
        assert_eq!(ended.exit, Some(exit), "{stdout} {args}: {ended:?}");
    }
    assert_eq!(Program::run("health --help")?.exit, Some(0));
    Ok(())
}
