//! The metrics of single checks and of a watch, as node_exporter would collect them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use libtest_mimic::Failed;

use crate::program::Program;
use crate::until::until;
use crate::world::{BREAKABLE_HOST, break_names, breakable, heal_names, vpc_of};
use crate::{Scene, web};

pub(crate) const SCENES: &[Scene] = &[
    ("metrics::a_vpc_that_breaks_and_heals", breakable, breaks_and_heals),
    ("metrics::served_in_both_forms", breakable, served_in_both_forms),
    ("metrics::of_single_checks", breakable, single_checks),
    ("metrics::a_file_that_cannot_be_written", breakable, cannot_be_written),
    ("metrics::kept::healthy_ec2", || vpc_of("healthy-ec2"), || keep("healthy-ec2")),
    ("metrics::kept::agent_stale", || vpc_of("agent-stale"), || keep("agent-stale")),
    ("metrics::kept::ecs_anywhere", || vpc_of("healthy-ecs-anywhere"), || keep("ecs-anywhere")),
    ("metrics::kept::resolver_silent", || vpc_of("resolver-silent"), || keep("resolver-silent")),
    (
        "metrics::kept::region_unknown",
        || vpc_of("outside-aws-without-region"),
        || keep("no-region"),
    ),
];

/// In the lab this folder is the scene's own.
const FOLDER: &str = "/run/vpce-probe-metrics";

/// A page as it lay there.
struct Page(String);

impl Page {
    fn read(path: &Path) -> Option<Self> {
        fs::read_to_string(path).ok().map(Self)
    }

    /// The value of a series: `vpce_probe_healthy`.
    fn value(&self, series: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
    }

    fn success_of(&self, service: &str, host: &str) -> Option<&str> {
        self.value(&format!(
            "vpce_probe_success{{service=\"{service}\",host=\"{host}\",need=\"required\"}}"
        ))
    }

    /// The verdict; a page always has one.
    fn verdict(&self) -> Result<&str, Failed> {
        let verdict = self.0.lines().find_map(|line| {
            line.strip_prefix("vpce_probe_verdict{status=\"")?.strip_suffix("\"} 1")
        });
        verdict.ok_or_else(|| format!("no verdict in {}", self.0).into())
    }
}

fn path(name: &str) -> Result<PathBuf, Failed> {
    fs::create_dir_all(FOLDER)?;
    Ok(Path::new(FOLDER).join(name))
}

fn breaks_and_heals() -> Result<(), Failed> {
    let path = path("watch.prom")?;
    let watch = Program::start(&format!(
        "watch --interval 2s --deadline 2s --fail-after 2 --recover-after 1 --textfile {}",
        path.display()
    ))?;
    let page_with = |healthy: &str, changes: &str| {
        until(&format!("healthy {healthy} after {changes} changes"), || {
            Page::read(&path).filter(|page| {
                page.value("vpce_probe_healthy") == Some(healthy)
                    && page.value("vpce_probe_verdict_changes_total") == Some(changes)
            })
        })
    };
    let failed = "vpce_probe_checks_total{status=\"fail\"}";
    let passed = "vpce_probe_checks_total{status=\"pass\"}";
    let success = |page: &Page| page.success_of("ecr.api", BREAKABLE_HOST).map(str::to_owned);
    let private = format!("vpce_probe_private{{service=\"ecr.api\",host=\"{BREAKABLE_HOST}\"}}");
    let finding = "vpce_probe_finding{code=\"VPCE101\",severity=\"fail\",service=\"ecr.api\"}";

    let first = page_with("1", "0")?;
    assert_eq!((first.verdict()?, first.value(failed)), ("pass", Some("0")));
    assert_eq!((success(&first).as_deref(), first.value(&private)), (Some("1"), Some("1")));
    assert_eq!(first.value(finding), None);
    break_names()?;
    let broken = page_with("0", "1")?;
    assert_eq!(broken.verdict()?, "fail");
    // Not the first check that failed, but the second one.
    let failures = broken.value(failed).and_then(|count| count.parse::<u64>().ok());
    assert!(failures >= Some(2), "{}", broken.0);
    assert_eq!((success(&broken).as_deref(), broken.value(&private)), (Some("0"), Some("0")));
    assert_eq!(broken.value(finding), Some("1"));
    heal_names()?;
    let healed = page_with("1", "2")?;
    assert_eq!((healed.verdict()?, healed.value(finding)), ("pass", None));
    assert_ne!(healed.value(passed), broken.value(passed), "{}", healed.0);
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    assert_eq!(names()?, ["watch.prom"]);
    Ok(())
}

/// Both forms hold the same series, and node_exporter gets what is served as text.
fn served_in_both_forms() -> Result<(), Failed> {
    let path = path("watch.prom")?;
    let watch = watch_that_serves(&path)?;
    let (text, open) = (served("")?, served(OPEN_METRICS)?);
    assert_eq!(Some(&text), Page::read(&path).map(|page| page.0).as_ref());
    let series = |page: &str| -> Vec<String> {
        page.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(series(&text), series(&open));
    assert!(open.ends_with("\n# EOF\n") && !text.contains("# EOF"), "{open}");
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}

/// What a scraper says that wants OpenMetrics.
const OPEN_METRICS: &str = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";

/// A watch that has made its first check.
fn watch_that_serves(textfile: &Path) -> Result<Program, Failed> {
    let watch = Program::start(&format!(
        "watch --interval 1h --listen {} --textfile {}",
        web::ADDRESS,
        textfile.display()
    ))?;
    until("the first page", || Page::read(textfile))?;
    Ok(watch)
}

/// The page of metrics; there is none before the first check.
fn served(accept: &str) -> Result<String, Failed> {
    let page =
        until("the metrics", || web::get("/metrics", accept).ok().filter(|p| p.status == 200))?;
    let wanted = if accept.is_empty() { "text/plain" } else { "application/openmetrics-text" };
    assert!(page.head.contains(wanted), "{}", page.head);
    Ok(page.body)
}

fn single_checks() -> Result<(), Failed> {
    let path = path("check.prom")?;
    let args = format!("--textfile {}", path.display());
    for (exit, verdict, success) in [(0, "pass", "1"), (1, "fail", "0")] {
        let ended = Program::run(&args)?;
        assert_eq!(ended.exit, Some(exit), "{ended:?}");
        assert!(ended.stderr.is_empty() && ended.stdout.len() > 5, "{ended:?}");
        let page = Page::read(&path).ok_or("no page")?;
        assert_eq!(page.verdict()?, verdict);
        assert_eq!(page.success_of("ecr.api", BREAKABLE_HOST), Some(success));
        // One check has nothing that could settle.
        assert_eq!(page.value("vpce_probe_healthy"), None);
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o7777, 0o644);
        break_names()?;
    }
    assert_eq!(names()?, ["check.prom"]);
    Ok(())
}

fn cannot_be_written() -> Result<(), Failed> {
    let ended = Program::run("--short --textfile /no/such/folder/a.prom")?;
    assert_eq!(ended.exit, Some(0), "the verdict alone decides: {ended:?}");
    assert!(!ended.stdout.is_empty(), "{ended:?}");
    assert!(ended.stderr.concat().contains("/no/such/folder/a.prom"), "{ended:?}");
    let mut watch = Program::start("watch --interval 1h --textfile /no/such/folder/a.prom")?;
    assert_eq!(watch.json()?["to"], "pass");
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}

fn names() -> Result<Vec<String>, Failed> {
    let names = fs::read_dir(FOLDER)?.map(|entry| entry.map(|entry| entry.file_name()));
    Ok(names
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .map(|name| name.display().to_string())
        .collect())
}

/// Leaves the metrics of a watch below the target directory, for `tests/verify-metrics`.
fn keep(name: &str) -> Result<(), Failed> {
    let path = path("kept.prom")?;
    let watch = watch_that_serves(&path)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("metrics");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{name}.prom")), served("")?)?;
    fs::write(folder.join(format!("{name}.openmetrics")), served(OPEN_METRICS)?)?;
    watch.signal("TERM")?;
    assert_eq!(watch.ended()?.exit, Some(0));
    Ok(())
}
