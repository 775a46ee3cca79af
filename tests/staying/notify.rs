//! What systemd hears of a watch that it has started.

use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use libtest_mimic::Failed;

use crate::Scene;
use crate::program::Program;
use crate::until::{LIMIT, until};
use crate::world::{break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[
    ("notify::systemd_hears_how_things_stand", breakable, how_things_stand),
    ("notify::the_watchdog_hears_of_a_frozen_watch_nothing", breakable, frozen),
];

const WATCH: &str = "watch --interval 1s --deadline 900ms --fail-after 1";

/// A place in the file system, as systemd uses it.
const PATH: &str = "/run/notify";

/// A place in no file system, as container runtimes use it.
const ABSTRACT: &str = "@vpce-lab/notify";

fn how_things_stand() -> Result<(), Failed> {
    let systemd = Systemd::at(&SocketAddr::from_pathname(PATH)?)?;
    let watch = Program::start_with(WATCH, &[("NOTIFY_SOCKET", PATH)])?;
    // Ready is a watch that knows something.
    let first = systemd.hears()?;
    assert!(first.starts_with("STATUS=pass: "), "{first}");
    assert_eq!(systemd.hears()?, "READY=1\n");
    break_names()?;
    let broken = systemd.hears_until("STATUS=fail: ")?;
    assert!(broken.last().is_some_and(|last| last.contains("VPCE101 ecr.api")), "{broken:?}");
    heal_names()?;
    let healed = systemd.hears_until("STATUS=pass: ")?;
    watch.signal("TERM")?;
    let end = systemd.hears_until("STOPPING=1")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    for datagram in broken.iter().chain(&healed).chain(&end) {
        assert!(!datagram.contains("READY") && !datagram.contains("WATCHDOG"), "{datagram}");
        assert!(datagram.len() < 1_100 && datagram.is_ascii(), "{datagram}");
    }
    Ok(())
}

fn frozen() -> Result<(), Failed> {
    let name = ABSTRACT.trim_start_matches('@');
    let systemd = Systemd::at(&SocketAddr::from_abstract_name(name)?)?;
    let patience = [("NOTIFY_SOCKET", ABSTRACT), ("WATCHDOG_USEC", "200000")];
    let watch = Program::start_with(WATCH, &patience)?;
    systemd.hears_until("READY=1")?;
    for _ in 0..3 {
        systemd.hears_until("WATCHDOG=1")?;
    }
    watch.signal("STOP")?;
    until_stopped(watch.id())?;
    systemd.has_heard_all()?;
    // Whatever the time, nobody is there to say a word.
    systemd.says_nothing_for(Duration::from_millis(500))?;
    watch.signal("CONT")?;
    systemd.hears_until("WATCHDOG=1")?;
    watch.signal("TERM")?;
    systemd.hears_until("STOPPING=1")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}

/// A signal is on its way for a moment.
fn until_stopped(pid: u32) -> Result<(), Failed> {
    until("the watch is stopped", || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        status.lines().any(|line| line.starts_with("State:\tT")).then_some(())
    })
}

/// systemd's end of the socket.
struct Systemd(UnixDatagram);

impl Systemd {
    fn at(address: &SocketAddr) -> Result<Self, Failed> {
        let socket = UnixDatagram::bind_addr(address)?;
        socket.set_read_timeout(Some(LIMIT))?;
        Ok(Self(socket))
    }

    fn hears(&self) -> Result<String, Failed> {
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).map_err(|why| format!("systemd hears: {why}"))?;
        Ok(String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()).into_owned())
    }

    /// Everything up to a datagram that begins so.
    fn hears_until(&self, start: &str) -> Result<Vec<String>, Failed> {
        let mut heard = Vec::new();
        loop {
            let next = self.hears().map_err(|why| {
                format!("{}, not {start}; before: {heard:?}", why.message().unwrap_or_default())
            })?;
            let is_it = next.starts_with(start);
            heard.push(next);
            if is_it {
                return Ok(heard);
            }
        }
    }

    fn has_heard_all(&self) -> Result<(), Failed> {
        self.0.set_nonblocking(true)?;
        while self.hears().is_ok() {}
        Ok(self.0.set_nonblocking(false)?)
    }

    fn says_nothing_for(&self, time: Duration) -> Result<(), Failed> {
        self.0.set_read_timeout(Some(time))?;
        let heard = self.0.recv(&mut [0; 16]).map_err(|why| why.kind());
        self.0.set_read_timeout(Some(LIMIT))?;
        match heard {
            Err(ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(()),
            other => Err(format!("a stopped process has said something: {other:?}").into()),
        }
    }
}
