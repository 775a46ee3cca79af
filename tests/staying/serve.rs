//! The pages of a watch, and that no client can hold its checks up.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Scene;
use crate::program::Program;
use crate::until::{LIMIT, until};
use crate::web::{ADDRESS, Page, answer_on, connect, get, get_on};
use crate::world::{break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[
    ("serve::pages_follow_the_checks", breakable, pages),
    ("serve::speaks_http", breakable, speaks_http),
    ("serve::load_leaves_the_checks_alone", breakable, load),
    ("serve::rude_clients_end", breakable, rude_clients),
    ("serve::clients_leave_descriptors_for_the_checks", breakable, descriptors),
    ("serve::addresses_that_cannot_be_had", breakable, cannot_be_had),
];

const WATCH: &str = "watch --interval 1s --deadline 900ms --fail-after 1 --listen 127.0.0.1:9110";

/// A watch that has found everything well.
fn watch() -> Result<Program, Failed> {
    let watch = Program::start(WATCH)?;
    until_told("healthy: pass: ")?;
    Ok(watch)
}

/// Waits until /healthz begins with these words. A machine with much else to do may not finish each
/// check in time, and that is told in other words.
fn until_told(words: &str) -> Result<Page, Failed> {
    until(words, || get("/healthz", "").ok().filter(|page| page.body.starts_with(words)))
}

/// How many checks have ended, as the socket tells.
fn checks() -> Result<u64, Failed> {
    let mut stream = UnixStream::connect_addr(&SocketAddr::from_abstract_name("vpce-probe")?)?;
    let mut line = String::new();
    stream.read_to_string(&mut line)?;
    let answer: Value = serde_json::from_str(&line)?;
    Ok(answer["checks"].as_u64().ok_or(line)?)
}

fn pages() -> Result<(), Failed> {
    let _watch = watch()?;
    assert!(get("/", "")?.body.contains("/metrics"));
    assert_eq!(get("/livez", "")?.status, 200);
    let report: Value = serde_json::from_str(&get("/report", "")?.body)?;
    assert_eq!(report["schema_version"].as_str().map(str::is_empty), Some(false), "{report}");
    break_names()?;
    let page = until_told("unhealthy: fail: ")?;
    assert_eq!((page.status, page.body.lines().count()), (503, 1), "{page:?}");
    assert_eq!(get("/livez", "")?.status, 200);
    // A check that is under way while the names change may see some of both.
    until("VPCE101", || failure().ok().filter(|told| told["findings"][0]["code"] == "VPCE101"))?;
    heal_names()?;
    assert_eq!(until_told("healthy: pass: ")?.status, 200);
    assert_ne!(failure()?["status"], "pass");
    let history: Value = serde_json::from_str(&get("/history", "")?.body)?;
    assert!(history.is_object(), "{history}");
    let text = get("/metrics", "")?;
    assert!(text.head.contains("content-type: text/plain; version=0.0.4"), "{}", text.head);
    let open = get("/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")?;
    let form = "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert!(open.head.contains(form), "{}", open.head);
    Ok(())
}

/// The report of the last check that was not healthy.
fn failure() -> Result<Value, Failed> {
    Ok(serde_json::from_str(&get("/report/failure", "")?.body)?)
}

/// What comes back for these bytes until the connection is closed.
fn said_to(request: &[u8]) -> Result<String, Failed> {
    let mut stream = connect()?;
    // It may be closed before everything is sent, and reset what it did not read.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn speaks_http() -> Result<(), Failed> {
    let _watch = watch()?;
    for (request, answer) in [
        ("GET /livez HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n"),
        ("GET /livez?verbose=1 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
        ("GET http://x/livez HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
        ("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found\r\n"),
        ("DELETE /report HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"),
        ("\u{16}\u{3}\u{1} hello\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        ("GET /livez HTTP/1.1\r\nHo", ""),
        ("", ""),
    ] {
        let said = said_to(request.as_bytes())?;
        assert!(said.starts_with(answer), "{request:?}: {said}");
    }
    // Its end comes with the question or after it, as it happens.
    for _ in 0..500 {
        let said = said_to(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")?;
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said:?}");
    }
    let refused = said_to(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")?;
    assert!(refused.contains("allow: GET, HEAD\r\n"), "{refused}");
    let head = said_to(b"HEAD /report HTTP/1.1\r\nHost: x\r\n\r\n")?;
    let (fields, body) = head.split_once("\r\n\r\n").ok_or("no end")?;
    assert!(fields.contains("content-length: ") && body.is_empty(), "{head}");
    let mut stream = connect()?;
    for _ in 0..3 {
        assert_eq!(get_on(&mut stream, "/livez")?.status, 200, "on one connection");
    }
    let request = format!("GET /livez HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n");
    stream.write_all(request.repeat(3).as_bytes())?;
    for _ in 0..3 {
        assert_eq!(answer_on(&mut stream)?.status, 200, "asked before the answer was there");
    }
    Ok(())
}

fn load() -> Result<(), Failed> {
    const REQUESTS: usize = 10_000;
    const CLIENTS: usize = 4;
    let _watch = watch()?;
    let idle = (0..100).map(|_| connect()).collect::<Result<Vec<_>, _>>()?;
    let (started, before) = (Instant::now(), checks()?);
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| thread::spawn(|| scrape(REQUESTS / CLIENTS))).collect();
    for client in clients {
        client.join().map_err(|_| "a client panicked")??;
    }
    // Long enough to tell a held-up check from the rounding of what is counted.
    until("eight checks", || checks().ok().filter(|checks| *checks >= before + 8))?;
    let (seconds, done) = (started.elapsed().as_secs(), checks()? - before);
    // The interval is the longest pause between two beginnings; one may just be under way.
    assert!(done + 2 >= seconds, "{done} checks in {seconds} s");
    drop(idle);
    Ok(())
}

/// Asks so often, every hundredth time on a new connection.
fn scrape(times: usize) -> Result<(), Failed> {
    let mut stream = connect()?;
    for time in 0..times {
        if time % 100 == 0 {
            stream = connect()?;
        }
        assert_eq!(get_on(&mut stream, "/metrics")?.status, 200);
    }
    Ok(())
}

fn rude_clients() -> Result<(), Failed> {
    let watch = watch()?;
    let before = fewest_descriptors(&watch)?;
    let silent = connect()?;
    let dripping = connect()?;
    let drip = thread::spawn(move || drip(dripping));
    let mut too_long = b"GET / HTTP/1.1\r\nX: ".to_vec();
    too_long.resize(10_000_000, b'x');
    let said = said_to(&too_long)?;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431 "), "{said}");
    let unread = never_reads()?;
    let done = checks()?;
    until("another check", || checks().ok().filter(|checks| *checks >= done + 2))?;
    assert_eq!(get("/livez", "")?.status, 200);
    let ended = drip.join().map_err(|_| "the dripping client panicked")??;
    assert!(ended < LIMIT, "{ended:?}");
    is_closed(silent)?;
    drop(unread);
    until("closed descriptors", || open_descriptors(&watch).ok().filter(|now| *now <= before))?;
    Ok(())
}

/// Sends a header that never ends, and says when the other side had enough of it.
fn drip(mut stream: TcpStream) -> Result<Duration, Failed> {
    let started = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nX: ")?;
    while started.elapsed() < LIMIT && stream.write_all(b"x").is_ok() {
        thread::sleep(Duration::from_millis(100));
    }
    Ok(started.elapsed())
}

/// Asks as long as the other side takes questions, and reads none of the answers.
fn never_reads() -> Result<TcpStream, Failed> {
    let mut stream = connect()?;
    stream.set_write_timeout(Some(Duration::from_millis(500)))?;
    let questions = format!("GET /report HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n").repeat(100);
    let started = Instant::now();
    while stream.write_all(questions.as_bytes()).is_ok() {
        assert!(started.elapsed() < LIMIT, "it takes questions without end");
    }
    Ok(stream)
}

/// Waits until the other side has closed it.
fn is_closed(mut stream: TcpStream) -> Result<(), Failed> {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Err("still open".into()),
        _ => Ok(()),
    }
}

fn open_descriptors(watch: &Program) -> Result<usize, Failed> {
    Ok(fs::read_dir(format!("/proc/{}/fd", watch.id()))?.count())
}

/// Those that it has between two checks.
fn fewest_descriptors(watch: &Program) -> Result<usize, Failed> {
    let done = checks()?;
    let mut fewest = usize::MAX;
    while checks()? < done + 2 {
        fewest = fewest.min(open_descriptors(watch)?);
    }
    Ok(fewest)
}

fn descriptors() -> Result<(), Failed> {
    let mut command = Command::new("prlimit");
    command.args(["--nofile=128:128", env!("CARGO_BIN_EXE_vpce-probe")]);
    command.args(WATCH.split_whitespace()).args(["--fail-after", "3"]);
    let watch = Program::start_by(command)?;
    until_told("healthy: pass: ")?;
    let crowd = (0..300).map(|_| connect()).collect::<Result<Vec<_>, _>>()?;
    let done = checks()?;
    until("five checks", || checks().ok().filter(|checks| *checks >= done + 5))?;
    // The newest client is answered, and no check has failed for want of descriptors.
    until_told("healthy: pass: ")?;
    let mut crowd = crowd.into_iter();
    is_closed(crowd.next().ok_or("nobody")?)?;
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}

fn cannot_be_had() -> Result<(), Failed> {
    let _watch = watch()?;
    let taken = Program::run(WATCH)?;
    assert_eq!((taken.exit, taken.stdout.len()), (Some(78), 0), "{taken:?}");
    assert!(taken.stderr[0].contains("cannot listen on 127.0.0.1:9110"), "{taken:?}");
    let nowhere = Program::run("watch --socket /no/such/folder/a.sock")?;
    assert_eq!(nowhere.exit, Some(78), "{nowhere:?}");
    let words = "cannot listen on /no/such/folder/a.sock: No such file";
    assert!(nowhere.stderr[0].contains(words), "{nowhere:?}");
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65532", "--clear-groups", env!("CARGO_BIN_EXE_vpce-probe")]);
    command.args(["watch", "--listen", "127.0.0.1:80"]);
    let denied = Program::start_by(command)?.ended()?;
    assert_eq!(denied.exit, Some(77), "{denied:?}");
    Ok(())
}
