//! What systemd tells of the agent's unit, and of the end of the boot that it waits for.

use super::{Systemd, UnitProperties};
use crate::ecs_agent::docker_proxies::UNIT as DOCKER;
use crate::ecs_agent::short::short;
use crate::ecs_agent::{AgentProxySetting, AgentUnit, EcsAgentOutside, UNIT_NAMES, proxies};
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// The last stage of cloud-init, which runs the user data. Source: amazon-ecs-agent,
/// `packaging/amazon-linux-ami-integrated/ecs.service`: `After=cloud-final.service`.
const END_OF_BOOT: &str = "cloud-final.service";

const PROPERTIES: [&str; 13] = [
    "Id",
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "Result",
    "ExecMainStatus",
    "ExecMainCode",
    "MainPID",
    "NRestarts",
    "ActiveEnterTimestamp",
    "Job",
    "Environment",
];

/// What systemd told.
#[derive(Debug)]
pub(in crate::ecs_agent) struct UnitFacts {
    pub(in crate::ecs_agent) unit: Fact<AgentUnit>,
    pub(in crate::ecs_agent) boot_unfinished: Fact<bool>,
    /// None when systemd did not tell.
    pub(in crate::ecs_agent) proxy: Option<Vec<AgentProxySetting>>,
    /// The same for the Docker Engine's unit.
    pub(in crate::ecs_agent) docker_proxy: Option<Vec<AgentProxySetting>>,
}

/// Asks for the agent's unit, under either name, for the end of the boot, and for the Docker Engine's
/// unit.
pub(in crate::ecs_agent) async fn ask(outside: &EcsAgentOutside) -> UnitFacts {
    let Some(systemd) = Systemd::at(&outside.systemctl) else {
        let paths: Vec<_> = outside.systemctl.iter().map(|p| p.display().to_string()).collect();
        let detail = format!("there is no systemctl at {}", paths.join(" or "));
        return untold(&Absence::new(Source::SYSTEMD, AbsenceReason::NotAsked, detail));
    };
    let units = [UNIT_NAMES.as_slice(), &[END_OF_BOOT, DOCKER]].concat();
    match systemd.show(&units, &PROPERTIES, outside.limit).await {
        Ok(shown) => facts(&shown),
        Err(error) => untold(&error.absence()),
    }
}

fn untold(absence: &Absence) -> UnitFacts {
    UnitFacts {
        unit: Fact::missing(absence.clone()),
        boot_unfinished: Fact::missing(absence.clone()),
        proxy: None,
        docker_proxy: None,
    }
}

/// `shown` has the units in the order of [`ask`].
pub(in crate::ecs_agent) fn facts(shown: &[UnitProperties]) -> UnitFacts {
    let names = UNIT_NAMES.into_iter().zip(shown);
    let there: Vec<_> = names.filter(|(_, properties)| is_there(properties)).collect();
    // Of several that are as lively, the last of the reversed is the first.
    let chosen = there.iter().rev().max_by_key(|(_, properties)| liveliness(properties));
    let unit = chosen.map_or_else(
        || {
            let detail = format!("neither {} is there", UNIT_NAMES.join(" nor "));
            Fact::missing(Absence::new(Source::SYSTEMD, AbsenceReason::NotFound, detail))
        },
        |(name, properties)| Fact::known(unit(name, properties), Source::SYSTEMD),
    );
    let proxies_of = |name: &str, properties: &UnitProperties| {
        proxies::of_unit(name, properties.get("Environment").unwrap_or_default())
    };
    let proxy = chosen.map(|(name, properties)| proxies_of(name, properties));
    let docker = shown.get(UNIT_NAMES.len() + 1);
    let docker_proxy = docker.map(|properties| proxies_of(DOCKER, properties)).unwrap_or_default();
    let end_of_boot = shown.get(UNIT_NAMES.len());
    let boot_unfinished = Fact::known(end_of_boot.is_some_and(is_unfinished), Source::SYSTEMD);
    let proxy = Some(proxy.unwrap_or_default());
    UnitFacts { unit, boot_unfinished, proxy, docker_proxy: Some(docker_proxy) }
}

/// A unit that is masked or has a faulty file is there too.
fn is_there(properties: &UnitProperties) -> bool {
    properties.get("LoadState").is_some_and(|state| state != "not-found")
}

fn liveliness(properties: &UnitProperties) -> u8 {
    match properties.get("ActiveState") {
        Some("inactive") | None => 0,
        Some("failed") => 1,
        Some(_) => 2,
    }
}

fn unit(name: &str, properties: &UnitProperties) -> AgentUnit {
    let word = |key: &str| properties.get(key).and_then(short);
    let positive = |number: &u32| *number > 0;
    AgentUnit {
        // An alias has the name of the unit behind it.
        name: word("Id").unwrap_or_else(|| name.to_owned()),
        active_state: word("ActiveState").unwrap_or_default(),
        sub_state: word("SubState").unwrap_or_default(),
        file_state: word("UnitFileState"),
        result: word("Result"),
        exit_status: exit_status(properties),
        main_pid: properties.number("MainPID").filter(positive),
        restarts: properties.number("NRestarts"),
        active_since: properties.moment("ActiveEnterTimestamp"),
        job_waits: job_waits(properties),
    }
}

/// `ExecMainCode` says what `ExecMainStatus` is: 1 for an exit code, 2 and 3 for a signal, 0 for a
/// process that has not ended since it was started, or never was. Source: `sigaction(2)`, `SIGCHLD`.
fn exit_status(properties: &UnitProperties) -> Option<i32> {
    let status: i32 = properties.number("ExecMainStatus")?;
    match properties.number("ExecMainCode")? {
        0 => None,
        2 | 3 => Some(status.saturating_add(128)),
        _ => Some(status),
    }
}

fn job_waits(properties: &UnitProperties) -> bool {
    properties.number::<u32>("Job").is_some_and(|job| job > 0)
}

/// The stage runs, or waits for its turn.
fn is_unfinished(properties: &UnitProperties) -> bool {
    let is = |key: &str, value: &str| properties.get(key) == Some(value);
    is("ActiveState", "activating")
        || is("LoadState", "loaded") && is("ActiveState", "inactive") && job_waits(properties)
}

#[cfg(test)]
mod tests {
    use super::super::show::parse;
    use super::*;

    const RUNNING: &str = "Id=ecs.service\nLoadState=loaded\nActiveState=active\nSubState=running\n\
        UnitFileState=enabled\nResult=success\nExecMainStatus=0\nExecMainCode=0\nMainPID=4711\nNRestarts=2\n\
        ActiveEnterTimestamp=Sat 2026-11-21 21:10:55 UTC\n\
        Environment=\"HTTPS_PROXY=http://u:p@proxy:3128\"\n\n";
    const NOT_FOUND: &str = "Id=amazon-ecs.service\nLoadState=not-found\nActiveState=inactive\n\
        SubState=dead\nMainPID=0\n\n";
    const DONE: &str = "Id=cloud-final.service\nLoadState=loaded\nActiveState=active\nSubState=exited\n\
        UnitFileState=enabled\n";

    fn told(texts: [&str; 3]) -> UnitFacts {
        facts(&parse(&texts.concat()))
    }

    #[test]
    fn a_running_unit_is_read() {
        let told = told([RUNNING, NOT_FOUND, DONE]);
        let unit = told.unit.value().unwrap();
        assert_eq!((unit.name.as_str(), unit.active_state.as_str()), ("ecs.service", "active"));
        assert_eq!((unit.main_pid, unit.restarts, unit.exit_status), (Some(4711), Some(2), None));
        assert_eq!(unit.active_since.as_deref(), Some("2026-11-21T21:10:55Z"));
        assert!(!unit.job_waits);
        assert_eq!(told.boot_unfinished.value(), Some(&false));
        let proxy = told.proxy.unwrap();
        assert_eq!(proxy[0].value, "http://***@proxy:3128");
        assert_eq!(proxy[0].place, "environment of ecs.service");
    }

    #[test]
    fn the_unit_of_the_docker_engine_tells_its_proxies_too() {
        let docker =
            "\nId=docker.service\nLoadState=loaded\nEnvironment=HTTPS_PROXY=http://u:p@d:1\n";
        let told = facts(&parse(&[RUNNING, NOT_FOUND, DONE, docker].concat()));
        let proxy = told.docker_proxy.unwrap();
        assert_eq!(proxy[0].value, "http://***@d:1");
        assert_eq!(proxy[0].place, "environment of docker.service");
    }

    #[test]
    fn a_unit_that_ended_says_how() {
        let ended = "Id=ecs.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\n\
            Result=exit-code\nExecMainStatus=5\nExecMainCode=1\nMainPID=0\n\
            ActiveEnterTimestamp=\n\n";
        let told = told([ended, NOT_FOUND, DONE]);
        let unit = told.unit.value().unwrap();
        assert_eq!((unit.exit_status, unit.main_pid), (Some(5), None));
        assert_eq!((unit.active_since.as_deref(), unit.restarts), (None, None));
        assert_eq!(unit.result.as_deref(), Some("exit-code"));
    }

    #[test]
    fn a_signal_is_told_from_an_exit_code() {
        let status = |code: &str, status: &str| {
            let text = format!("Id=x\nExecMainCode={code}\nExecMainStatus={status}\n");
            parse(&text).first().and_then(exit_status)
        };
        assert_eq!((status("1", "0"), status("1", "5")), (Some(0), Some(5)));
        assert_eq!((status("2", "15"), status("3", "11")), (Some(143), Some(139)));
        assert_eq!((status("0", "0"), status("", "")), (None, None));
    }

    #[test]
    fn the_other_name_counts_where_it_is_the_one_that_runs() {
        let suse = RUNNING.replace("Id=ecs", "Id=amazon-ecs");
        let idle = "Id=ecs.service\nLoadState=loaded\nActiveState=inactive\n\n";
        for first in [NOT_FOUND, idle] {
            let told = told([first, &suse, DONE]);
            assert_eq!(told.unit.value().unwrap().name, "amazon-ecs.service", "{first}");
        }
    }

    #[test]
    fn without_a_unit_the_reason_is_its_own() {
        let told = told([NOT_FOUND, NOT_FOUND, NOT_FOUND]);
        let why = &told.unit.why_missing()[0];
        assert_eq!(why.reason, AbsenceReason::NotFound);
        assert_eq!(why.detail, "neither ecs.service nor amazon-ecs.service is there");
        assert_eq!(told.boot_unfinished.value(), Some(&false));
        assert_eq!(told.proxy, Some(Vec::new()));
    }

    #[test]
    fn the_boot_is_unfinished_while_its_last_stage_runs_or_waits() {
        let unfinished =
            |text: &str| *told([RUNNING, NOT_FOUND, text]).boot_unfinished.value().unwrap();
        assert!(unfinished("Id=c\nLoadState=loaded\nActiveState=activating\n"));
        assert!(unfinished("Id=c\nLoadState=loaded\nActiveState=inactive\nJob=17\n"));
        assert!(!unfinished("Id=c\nLoadState=loaded\nActiveState=inactive\n"));
        assert!(!unfinished("Id=c\nLoadState=loaded\nActiveState=failed\nJob=0\n"));
    }

    #[test]
    fn a_job_that_waits_is_told() {
        let waiting = "Id=ecs.service\nLoadState=loaded\nActiveState=inactive\nJob=1234\n\n";
        assert!(told([waiting, NOT_FOUND, DONE]).unit.value().unwrap().job_waits);
    }
}
