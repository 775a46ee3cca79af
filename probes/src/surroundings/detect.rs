//! Asking every source, side by side, and joining what they tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::ecs_config::EcsConfig;
use super::imds::InstanceFacts;
use super::join::join;
use super::task_metadata::TaskFacts;
use super::{
    Absence, AbsenceReason, Fact, LaunchType, Overrides, Source, SourceReport, Surroundings,
    bounded_file, imds, resolv_conf, task_metadata,
};
use crate::apart::apart;
use crate::bounded_http::HttpClient;
use crate::catalog::Catalog;
use crate::timestamp::milliseconds;

/// More than any configuration of the agent holds.
const MAX_CONFIG_BYTES: u64 = 128 * 1024;

/// The outside world, as far as surroundings are read from it.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Instance metadata endpoints, `http://ADDRESS`, in order of preference.
    pub imds_endpoints: Vec<String>,
    /// `hosts`. [`detect`] does not read it: which names matter, only the plan knows. Give this path
    /// to [`HostsFile::read`](super::HostsFile::read).
    pub hosts_file: PathBuf,
    /// `resolv.conf`.
    pub resolv_conf: PathBuf,
    /// `ecs.config`.
    pub ecs_config: PathBuf,
    /// Longest wait for the instance metadata.
    pub imds_limit: Duration,
    /// Longest wait for the task metadata.
    pub task_metadata_limit: Duration,
    /// Whether the metadata services are asked at all. Without them nothing leaves this machine.
    pub ask_services: bool,
}

impl Outside {
    /// The usual places. Sources: Amazon EC2 User Guide (instance metadata endpoints),
    /// amazon-ecs-agent README (`ecs.config`).
    pub fn usual(environment: BTreeMap<String, String>) -> Self {
        Self {
            environment,
            imds_endpoints: vec![
                "http://169.254.169.254".to_owned(),
                "http://[fd00:ec2::254]".to_owned(),
            ],
            hosts_file: PathBuf::from("/etc/hosts"),
            resolv_conf: PathBuf::from("/etc/resolv.conf"),
            ecs_config: PathBuf::from("/etc/ecs/ecs.config"),
            imds_limit: Duration::from_millis(500),
            task_metadata_limit: Duration::from_millis(500),
            ask_services: true,
        }
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Finds out where this program runs. Never fails: what cannot be found is missing, with the
/// reason. Takes at most the longer of the two limits.
pub async fn detect(catalog: &Catalog, outside: &Outside, overrides: &Overrides) -> Surroundings {
    detect_by(HttpClient::new(), catalog, outside, overrides).await
}

/// The same with a client, or a text that says why there is none.
pub(super) async fn detect_by(
    client: Result<HttpClient, String>,
    catalog: &Catalog,
    outside: &Outside,
    overrides: &Overrides,
) -> Surroundings {
    let services = async {
        match client {
            Ok(client) if outside.ask_services => ask_services(&client, outside).await,
            Ok(_) => no_services("the metadata services were not asked"),
            Err(why) => no_services(&why),
        }
    };
    let ((task, instance), (config, resolvers)) = tokio::join!(services, read_files(outside));
    let mut surroundings = join(outside, overrides, task, instance, &config, resolvers);
    complete_partition(catalog, &mut surroundings);
    surroundings
}

pub(super) const EXECUTION_ENVIRONMENT: &str = "AWS_EXECUTION_ENV";
pub(super) const ON_FARGATE: &str = "AWS_ECS_FARGATE";

pub(super) type Asked<T> = (T, SourceReport);

async fn ask_services(
    client: &HttpClient,
    outside: &Outside,
) -> (Asked<TaskFacts>, Asked<InstanceFacts>) {
    let uri = outside.variable("ECS_CONTAINER_METADATA_URI_V4");
    let ask_task = task_metadata::ask(client, uri, outside.task_metadata_limit);
    // Fargate has no instance metadata.
    if outside.variable(EXECUTION_ENVIRONMENT) == Some(ON_FARGATE) {
        return (ask_task.await, instance_not_asked("AWS_EXECUTION_ENV says Fargate"));
    }
    let ask_instance = imds::ask(client, &outside.imds_endpoints, outside.imds_limit);
    tokio::pin!(ask_task, ask_instance);
    tokio::select! {
        biased;
        task = &mut ask_task => {
            if task.0.launch_type.value() == Some(&LaunchType::FargateTask) {
                (task, instance_not_asked("the task metadata says Fargate"))
            } else {
                (task, ask_instance.await)
            }
        }
        instance = &mut ask_instance => (ask_task.await, instance),
    }
}

fn instance_not_asked(why: &str) -> Asked<InstanceFacts> {
    let absence = Absence::new(
        Source::INSTANCE_METADATA,
        AbsenceReason::NotAsked,
        format!("{why}: there is no instance metadata"),
    );
    (InstanceFacts::absent(&absence), unasked(Source::INSTANCE_METADATA))
}

fn no_services(why: &str) -> (Asked<TaskFacts>, Asked<InstanceFacts>) {
    let absence = |source| Absence::new(source, AbsenceReason::NotAsked, why);
    let trouble = |source: Source| SourceReport {
        troubles: vec![absence(source.clone())],
        ..unasked(source)
    };
    (
        (TaskFacts::absent(&absence(Source::TASK_METADATA)), trouble(Source::TASK_METADATA)),
        (
            InstanceFacts::absent(&absence(Source::INSTANCE_METADATA)),
            trouble(Source::INSTANCE_METADATA),
        ),
    )
}

fn unasked(source: Source) -> SourceReport {
    SourceReport { source, answered: false, troubles: Vec::new(), elapsed_ms: 0.0 }
}

pub(super) struct ConfigFile {
    pub(super) settings: Result<EcsConfig, Absence>,
    pub(super) source: Source,
    pub(super) report: SourceReport,
}

impl ConfigFile {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.settings.as_ref().ok().and_then(|settings| settings.get(key))
    }

    /// A fact for which the file has no such key.
    pub(super) fn does_not_tell<T>(&self, key: &str) -> Fact<T> {
        let detail = format!("{} has no {key}", self.source);
        let untold = || Absence::new(self.source.clone(), AbsenceReason::NotTold, detail);
        Fact::missing(self.settings.as_ref().err().cloned().unwrap_or_else(untold))
    }

    /// A fact that needs the file to be there.
    pub(super) fn missing<T>(&self) -> Fact<T> {
        self.settings.as_ref().err().cloned().map_or_else(Fact::default, Fact::missing)
    }
}

/// Reads the files off this thread: the disk that one is on may not answer.
async fn read_files(outside: &Outside) -> (ConfigFile, resolv_conf::Told) {
    let started = Instant::now();
    let until = started + outside.imds_limit.max(outside.task_metadata_limit);
    let (config, resolv_conf) = (outside.ecs_config.clone(), outside.resolv_conf.clone());
    let (config, resolvers) = tokio::join!(
        apart(until, move || read_ecs_config(&config)),
        apart(until, move || resolv_conf::resolvers(&resolv_conf)),
    );
    let late = || Err(bounded_file::late(&outside.ecs_config, started.elapsed()));
    (
        config.unwrap_or_else(|| config_file(&outside.ecs_config, late(), started)),
        resolvers.unwrap_or_else(|| resolv_conf::late(&outside.resolv_conf, started)),
    )
}

fn read_ecs_config(path: &Path) -> ConfigFile {
    let started = Instant::now();
    let text = bounded_file::read_text(path, MAX_CONFIG_BYTES);
    config_file(path, text.map(|text| EcsConfig::parse(&text)), started)
}

fn config_file(path: &Path, settings: Result<EcsConfig, Absence>, started: Instant) -> ConfigFile {
    let source = Source::file(path);
    let mut troubles: Vec<Absence> = settings.as_ref().err().cloned().into_iter().collect();
    troubles.retain(|trouble| trouble.reason != AbsenceReason::NotFound);
    let report = SourceReport {
        source: source.clone(),
        answered: settings.is_ok(),
        troubles,
        elapsed_ms: milliseconds(started.elapsed()),
    };
    ConfigFile { settings, source, report }
}

/// Partition and DNS suffix are those of the chosen Region. What the metadata tell counts where the
/// Region is unknown or belongs to no known partition: with `--region`, it may be another one.
fn complete_partition(catalog: &Catalog, surroundings: &mut Surroundings) {
    let by_region = surroundings.region.value().and_then(|region| catalog.partition_of(region));
    if let Some(partition) = by_region {
        decide(&mut surroundings.partition, &partition.name);
        decide(&mut surroundings.dns_suffix, &partition.suffix);
        return;
    }
    let by_name = surroundings.partition.value().and_then(|partition| catalog.partition(partition));
    if let Some(partition) = by_name
        && surroundings.dns_suffix.value().is_none()
    {
        decide(&mut surroundings.dns_suffix, &partition.suffix);
    }
}

/// A fact that already says the same keeps its source.
fn decide(fact: &mut Fact<String>, by_catalog: &str) {
    if fact.value().is_none_or(|told| told != by_catalog) {
        *fact = Fact::known(by_catalog.to_owned(), Source::CATALOG);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    async fn detected(variables: &[(&str, &str)], overrides: &Overrides) -> Surroundings {
        let variables = variables.iter().map(|(key, value)| (key.to_string(), value.to_string()));
        let outside = Outside {
            ask_services: false,
            resolv_conf: PathBuf::from("/nonexistent/resolv.conf"),
            ecs_config: PathBuf::from("/nonexistent/ecs.config"),
            ..Outside::usual(variables.collect())
        };
        detect(&Catalog::builtin().unwrap(), &outside, overrides).await
    }

    /// The facts that have neither a value nor a reason.
    fn unexplained(surroundings: &Surroundings) -> Vec<String> {
        let all = serde_json::to_value(surroundings).unwrap();
        let facts = all.as_object().unwrap().iter().filter(|(name, _)| *name != "proxy");
        let is_empty = |fact: &Value| fact.as_object().is_some_and(serde_json::Map::is_empty);
        facts.filter(|(_, fact)| is_empty(fact)).map(|(name, _)| name.clone()).collect()
    }

    #[tokio::test]
    async fn every_missing_fact_says_why() {
        let nothing = detected(&[], &Overrides::default()).await;
        assert_eq!(unexplained(&nothing), [""; 0]);
        assert!(nothing.launch_type.value().is_none() && nothing.region.value().is_none());
        let fargate = detected(&[(EXECUTION_ENVIRONMENT, ON_FARGATE)], &Overrides::default()).await;
        assert_eq!(unexplained(&fargate), [""; 0]);
        assert!(!unexplained(&Surroundings::default()).is_empty(), "it would be seen");
    }

    #[tokio::test]
    async fn the_chosen_region_decides_partition_and_suffix() {
        let catalog = Catalog::builtin().unwrap();
        let overrides = Overrides { region: Some("cn-north-1".to_owned()), ..Overrides::default() };
        let mut surroundings = detected(&[], &overrides).await;
        let told = |text: &str| Fact::known(text.to_owned(), Source::INSTANCE_METADATA);
        surroundings.partition = told("aws");
        surroundings.dns_suffix = told("amazonaws.com");
        complete_partition(&catalog, &mut surroundings);
        assert_eq!(surroundings.partition.value().unwrap(), "aws-cn");
        assert_eq!(surroundings.dns_suffix.value().unwrap(), "amazonaws.com.cn");

        surroundings.region = told("mars-north-1");
        surroundings.partition = told("aws-mars");
        surroundings.dns_suffix = told("amazonaws.mars");
        complete_partition(&catalog, &mut surroundings);
        assert_eq!(surroundings.partition.value().unwrap(), "aws-mars");
        assert_eq!(surroundings.dns_suffix.source(), Some(&Source::INSTANCE_METADATA));
    }
}
