//! The log on stderr: its forms and levels, and a reader of it that does not read.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, PipeWriter, Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use libtest_mimic::Failed;
use serde_json::{Value, json};
use vpce_lab::Vpc;

use crate::Scene;
use crate::program::Program;
use crate::until::LIMIT;
use crate::world::{self, break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[
    ("log::forms_and_levels", ec2, forms_and_levels),
    ("log::a_log_that_nobody_reads", breakable, nobody_reads),
];

/// What is not lost of a log that nobody reads, and what one line may take.
const KEPT: usize = 64 * 1024;
const LONGEST: usize = 8 * 1024 + 512;

/// What is said to be the journal, where stderr leads to this.
type NameOfStream = fn(&PipeWriter) -> Result<String, Failed>;

fn ec2() -> Result<Vpc, Failed> {
    Ok(Vpc::base("ec2")?)
}

fn forms_and_levels() -> Result<(), Failed> {
    let text = logged("agent restart --dry-run", None)?;
    let (at, words) = text.split_once(' ').ok_or("one word")?;
    assert!(at.len() == 20 && at.ends_with('Z'), "{text}");
    assert!(words.starts_with("INFO agent-restart decision=act reason=\""), "{text}");
    assert!(words.ends_with(" before=private dry_run=true\n"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert_eq!(logged("agent restart --dry-run --log-level warn", None)?, "");
    let json: Value =
        serde_json::from_str(&logged("agent restart --dry-run --log-format json", None)?)?;
    let told = ["/level", "/message", "/decision", "/dry_run"].map(|at| json.pointer(at).cloned());
    let expected = [json!("info"), json!("agent-restart"), json!("act"), json!(true)];
    assert_eq!(told, expected.map(Some), "{json}");
    assert!(json.get("at").and_then(Value::as_str).is_some_and(|at| at.len() == 20), "{json}");
    in_the_journal()?;
    why_it_gives_up()
}

/// The journal knows time and level by itself. Where stderr goes elsewhere, nobody else does.
fn in_the_journal() -> Result<(), Failed> {
    let ours = logged("agent restart --dry-run", Some(own_stream))?;
    assert!(ours.starts_with("<6>agent-restart decision=act "), "{ours}");
    let inherited = logged("agent restart --dry-run", Some(|_| Ok("1:2".to_owned())))?;
    assert!(inherited.contains("Z INFO agent-restart "), "{inherited}");
    let json = logged("agent restart --dry-run --log-format json", Some(own_stream))?;
    assert!(json.starts_with("<6>{\"at\":\""), "{json}");
    Ok(())
}

fn why_it_gives_up() -> Result<(), Failed> {
    let ended = Program::run("watch --service nonsense --log-format json")?;
    let told: Value = serde_json::from_str(ended.stderr.last().ok_or("nothing on stderr")?)?;
    let message = told.get("message").and_then(Value::as_str).unwrap_or_default();
    assert!(message.starts_with("there is no service nonsense"), "{told}");
    assert_eq!((ended.exit, told.get("level")), (Some(64), Some(&json!("error"))), "{told}");
    Ok(())
}

/// What it logs in the end, by a variable that says where stderr leads.
fn logged(args: &str, journal: Option<NameOfStream>) -> Result<String, Failed> {
    let (mut reader, writer) = pipe()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpce-probe"));
    if let Some(journal) = journal {
        command.env("JOURNAL_STREAM", journal(&writer)?);
    }
    let args = args.split_whitespace();
    let mut child = command.args(args).stdout(Stdio::null()).stderr(writer).spawn()?;
    // It holds the other end.
    drop(command);
    let mut said = String::new();
    reader.read_to_string(&mut said)?;
    child.wait()?;
    Ok(said)
}

fn own_stream(stderr: &PipeWriter) -> Result<String, Failed> {
    let facts = File::from(OwnedFd::from(stderr.try_clone()?)).metadata()?;
    Ok(format!("{}:{}", facts.dev(), facts.ino()))
}

/// Checks and events go on, the watch ends when it has to, and its reader learns what it has missed.
fn nobody_reads() -> Result<(), Failed> {
    let (mut reader, writer) = UnixStream::pair()?;
    reader.set_read_timeout(Some(LIMIT))?;
    fill(&writer)?;
    // It is told of at the start and at each SIGHUP, and takes its time to be told.
    let missing = format!("/{}", "x".repeat(6_000));
    let mut child = Command::new(env!("CARGO_BIN_EXE_vpce-probe"))
        .args(["watch", "--interval", "5m", "--fail-after", "1", "--log-level", "debug"])
        .env("AWS_CA_BUNDLE", &missing)
        .stdout(Stdio::piped())
        .stderr(OwnedFd::from(writer))
        .spawn()?;
    let played = flips(&mut child).and_then(|()| {
        let mut log = Vec::new();
        let mut bytes = [0; 64 * 1024];
        while !String::from_utf8_lossy(&log).contains("because nobody read it: ") {
            let count = reader.read(&mut bytes)?;
            log.extend_from_slice(bytes.get(..count).unwrap_or_default());
        }
        world::run("kill", &["-s", "TERM", &child.id().to_string()])?;
        reader.read_to_end(&mut log)?;
        Ok(String::from_utf8(log)?)
    });
    let killed = played.is_err().then(|| child.kill());
    let exit = child.wait()?.code();
    let log = played?;
    assert_eq!((exit, killed.is_none()), (Some(0), true));
    let lines: Vec<&str> = log.trim_start_matches('.').lines().collect();
    assert!(lines.iter().all(|line| line.len() < LONGEST), "{lines:?}");
    let kept: usize = lines.iter().filter(|line| line.contains("AWS_CA_BUNDLE: ")).count();
    assert!((2..=KEPT / missing.len() + 2).contains(&kept), "{kept} lines are kept");
    Ok(())
}

/// The verdict changes, and that many times somebody wants the files read again.
fn flips(child: &mut Child) -> Result<(), Failed> {
    let pid = child.id().to_string();
    let mut events = BufReader::new(child.stdout.take().ok_or("no stdout")?).lines();
    next_is(&mut events, "pass")?;
    for _ in 0..10 {
        break_names()?;
        world::run("kill", &["-s", "HUP", &pid])?;
        next_is(&mut events, "fail")?;
        heal_names()?;
        world::run("kill", &["-s", "HUP", &pid])?;
        next_is(&mut events, "pass")?;
    }
    // Whoever reads the events goes on reading.
    std::thread::spawn(move || events.count());
    Ok(())
}

fn next_is(events: &mut Lines<BufReader<ChildStdout>>, wanted: &str) -> Result<(), Failed> {
    let line = events.next().ok_or("no more events")??;
    let event: Value = serde_json::from_str(&line)?;
    match event.get("to").and_then(Value::as_str) {
        Some(to) if to == wanted => Ok(()),
        _ => Err(format!("not {wanted}: {line}").into()),
    }
}

/// Until not one byte more goes in.
fn fill(mut stream: &UnixStream) -> Result<(), Failed> {
    stream.set_nonblocking(true)?;
    while stream.write(&[b'.'; 4096]).is_ok() {}
    while stream.write(b".").is_ok() {}
    Ok(stream.set_nonblocking(false)?)
}
