//! Lets a process seem to run for longer than it does.

use std::fs;

use crate::error::Trouble;
use crate::tools;

/// The place of a process's start in its line, counted from the end of its name. Source: `proc(5)`.
const START: usize = 19;

/// The unit of that time. Source: `sysconf(3)`; Linux has had it for as long as there is sysfs.
const TICKS_PER_SECOND: u64 = 100;

/// Lays a line with an earlier start over the one in `/proc`, as far back as the machine runs.
pub(crate) fn add(pid: u32, seconds: u32) -> Result<(), Trouble> {
    let path = format!("/proc/{pid}/stat");
    let older = format!("/run/vpce-lab/stat.{pid}");
    let trouble = |why: String| Trouble::File { path: path.clone(), why };
    let line = fs::read_to_string(&path).map_err(|why| trouble(why.to_string()))?;
    let line = with_start(&line, seconds).ok_or_else(|| trouble(format!("reads {line:?}")))?;
    fs::create_dir_all("/run/vpce-lab")
        .and_then(|()| fs::write(&older, line))
        .map_err(|why| trouble(why.to_string()))?;
    tools::run("mount", &["--bind", &older, &path], "")
}

fn with_start(line: &str, earlier: u32) -> Option<String> {
    let (name, rest) = line.rsplit_once(") ")?;
    let mut fields: Vec<String> = rest.split(' ').map(str::to_owned).collect();
    let start = fields.get_mut(START)?;
    let ticks: u64 = start.parse().ok()?;
    let ticks = ticks.saturating_sub(u64::from(earlier) * TICKS_PER_SECOND);
    // With 0 it would be a process of which nothing is known.
    *start = ticks.max(1).to_string();
    Some(format!("{name}) {}", fields.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "5 (a) b) S 1 5 5 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0 18\n";

    #[test]
    fn only_the_start_changes() {
        let older = with_start(LINE, 20).unwrap();
        assert_eq!(older, LINE.replace(" 12345 ", " 10345 "));
    }

    #[test]
    fn nothing_is_older_than_the_machine() {
        assert_eq!(with_start(LINE, 3600).unwrap(), LINE.replace(" 12345 ", " 1 "));
    }

    #[test]
    fn another_line_is_left_alone() {
        assert_eq!(with_start("", 1), None);
        assert_eq!(with_start("5 (a) S 1", 1), None);
    }
}
