//! One configuration file for the watch and for those that ask it.

use std::fs;

use libtest_mimic::Failed;

use crate::Scene;
use crate::program::{Ended, Program};
use crate::until::until;
use crate::world::{break_names, breakable};

pub(crate) const SCENES: &[Scene] =
    &[("shared_file::is_of_the_watch_and_of_health", breakable, of_both)];

/// Everything below `/etc` is the lab's own.
const FOLDER: &str = "/etc/vpce-probe";
const FILE: &str = "/etc/vpce-probe/config.toml";

const SHARED: &str = "\
socket = \"@shared\"
interval = \"1s\"
deadline = \"900ms\"
fail-after = 1
# Of other commands, and without meaning for these.
short = true
timeout = \"1m\"
";

fn of_both() -> Result<(), Failed> {
    fs::create_dir(FOLDER)?;
    fs::write(FILE, SHARED)?;
    let mut watch = Program::start("watch")?;
    watch.json()?;
    until_told("healthy: pass: ", 0)?;
    break_names()?;
    watch.json()?;
    until_told("unhealthy: fail: ", 1)?;
    // What is typed still counts: nobody answers there.
    let elsewhere = Program::run("health --socket @elsewhere")?;
    assert!(elsewhere.stdout[0].contains("no watch runs here"), "{elsewhere:?}");
    fs::write(FILE, "intervall = \"1s\"\n")?;
    let words = format!("{FILE}, line 1: there is no option intervall: did you mean interval?");
    let told = Program::run("health")?;
    assert_eq!(
        (told.exit, told.stdout.as_slice()),
        (Some(1), &[format!("unhealthy: {words}")][..])
    );
    let second = Program::run("watch")?;
    assert_eq!(second.exit, Some(78), "{second:?}");
    assert_eq!(second.stderr, [format!("vpce-probe: {words}")]);
    // The file was read when the watch began: it goes on.
    fs::write(FILE, SHARED)?;
    until_told("unhealthy: fail: ", 1)?;
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}

/// Asks until the watch has told these words.
fn until_told(words: &str, exit: i32) -> Result<Ended, Failed> {
    until(words, || {
        let told = Program::run("health").ok()?;
        let line = told.stdout.first()?;
        let is_so = line.starts_with(words) && line.contains(" ago)") && told.exit == Some(exit);
        is_so.then_some(told)
    })
}
