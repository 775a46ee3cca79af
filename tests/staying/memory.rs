//! A day of checks, healthy and failing in turns, leaves a watch as small as it was.

use std::fs;
use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};

use libtest_mimic::Failed;

use crate::Scene;
use crate::program::Program;
use crate::web::{ADDRESS, get};
use crate::world::{break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] = &[("memory::a_day_of_checks", breakable, a_day)];

/// One every 30 seconds.
const DAY: u32 = 2_880;

/// After so many, everything that a watch keeps is there.
const SETTLED: u32 = 200;

/// Pages are asked for so seldom.
const ASKED: u32 = 20;

/// Resident memory, in KiB, that a day may add.
const GROWTH_KB: u64 = 1_024;

/// Descriptors and threads that may just be in use. One that is lost at each check would be thousands.
const FEW: usize = 2;

const WATCH: &str = "watch --interval 60m --only ecr.api --fail-after 1 --recover-after 1";

/// Every check changes the verdict and makes an event. SIGHUP makes it due at once, and the files
/// are read again as well.
fn a_day() -> Result<(), Failed> {
    let told = format!("--listen {ADDRESS} --textfile /run/vpce-probe.prom");
    let mut watch = Program::start(&format!("{WATCH} {told}"))?;
    let mut reload = Reload::of(watch.id())?;
    assert_eq!(watch.json()?["to"], "pass");
    let mut before = Size::of(watch.id())?;
    for number in 1..=DAY {
        let expected = if number % 2 == 1 { "fail" } else { "pass" };
        if number % 2 == 1 { break_names() } else { heal_names() }?;
        reload.now()?;
        let event = watch.json()?;
        assert_eq!(event["to"], expected, "{number}: {event}");
        if number % ASKED == 0 {
            assert_eq!((get("/metrics", "")?.status, get("/history", "")?.status), (200, 200));
        }
        if number == SETTLED {
            before = Size::of(watch.id())?;
        }
    }
    let after = Size::of(watch.id())?;
    assert!(after.resident_kb < before.resident_kb + GROWTH_KB, "{before:?} {after:?}");
    assert!(after.descriptors <= before.descriptors + FEW, "{before:?} {after:?}");
    assert!(after.threads <= before.threads + FEW, "{before:?} {after:?}");
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!(ended.exit, Some(0));
    Ok(())
}

/// Sends SIGHUP without starting a process for each.
struct Reload {
    shell: ChildStdin,
    line: String,
}

impl Reload {
    fn of(id: u32) -> Result<Self, Failed> {
        let mut shell = Command::new("sh").stdin(Stdio::piped()).spawn()?;
        let shell = shell.stdin.take().ok_or("no stdin")?;
        Ok(Self { shell, line: format!("kill -s HUP {id}\n") })
    }

    fn now(&mut self) -> Result<(), Failed> {
        Ok(self.shell.write_all(self.line.as_bytes())?)
    }
}

/// What a process takes up.
#[derive(Clone, Copy, Debug)]
struct Size {
    resident_kb: u64,
    descriptors: usize,
    threads: usize,
}

impl Size {
    fn of(id: u32) -> Result<Self, Failed> {
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|rest| rest.split_whitespace().next());
        Ok(Self {
            resident_kb: resident.ok_or("no VmRSS")?.parse()?,
            descriptors: fs::read_dir(format!("/proc/{id}/fd"))?.count(),
            threads: fs::read_dir(format!("/proc/{id}/task"))?.count(),
        })
    }
}
