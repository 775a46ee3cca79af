//! Asking every source, side by side, and joining what they tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use super::ecs_config::EcsConfig;
use super::imds::InstanceFacts;
use super::metadata_http::MetadataClient;
use super::task_metadata::TaskFacts;
use super::{
    Absence, AbsenceReason, Fact, LaunchType, Overrides, ProxySettings, RegionClaim, Source,
    SourceReport, Surroundings, bounded_file, imds, interfaces, resolv_conf, task_metadata,
};
use crate::catalog::Catalog;
use crate::region;
use crate::timestamp::milliseconds;

/// The outside world, as far as surroundings are read from it.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Instance metadata endpoints, `http://ADDRESS`, in order of preference.
    pub imds_endpoints: Vec<String>,
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
            resolv_conf: PathBuf::from("/etc/resolv.conf"),
            ecs_config: PathBuf::from("/etc/ecs/ecs.config"),
            imds_limit: Duration::from_millis(500),
            task_metadata_limit: Duration::from_millis(500),
            ask_services: true,
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Finds out where this program runs. Never fails: what cannot be found is missing, with the
/// reason. Takes at most the longer of the two limits.
pub async fn detect(catalog: &Catalog, outside: &Outside, overrides: &Overrides) -> Surroundings {
    let config = read_ecs_config(&outside.ecs_config);
    let (task, instance) = match MetadataClient::new() {
        Ok(client) if outside.ask_services => ask_services(&client, outside).await,
        Ok(_) => no_services("the metadata services were not asked"),
        Err(why) => no_services(&why),
    };
    let mut surroundings = join(outside, overrides, task, instance, &config);
    complete_partition(catalog, &mut surroundings);
    surroundings
}

const EXECUTION_ENVIRONMENT: &str = "AWS_EXECUTION_ENV";
const ON_FARGATE: &str = "AWS_ECS_FARGATE";

type Asked<T> = (T, SourceReport);

async fn ask_services(
    client: &MetadataClient,
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
        (TaskFacts::default(), trouble(Source::TASK_METADATA)),
        (
            InstanceFacts::absent(&absence(Source::INSTANCE_METADATA)),
            trouble(Source::INSTANCE_METADATA),
        ),
    )
}

fn unasked(source: Source) -> SourceReport {
    SourceReport { source, answered: false, troubles: Vec::new(), elapsed_ms: 0.0 }
}

struct ConfigFile {
    settings: Option<EcsConfig>,
    source: Source,
    report: SourceReport,
}

fn read_ecs_config(path: &Path) -> ConfigFile {
    let started = Instant::now();
    let source = Source::file(path);
    let (settings, troubles) = match bounded_file::read_text(path) {
        Ok(text) => (Some(EcsConfig::parse(&text)), Vec::new()),
        Err(absence) if absence.reason == AbsenceReason::NotFound => (None, Vec::new()),
        Err(absence) => (None, vec![absence]),
    };
    let report = SourceReport {
        source: source.clone(),
        answered: settings.is_some(),
        troubles,
        elapsed_ms: milliseconds(started.elapsed()),
    };
    ConfigFile { settings, source, report }
}

fn join(
    outside: &Outside,
    overrides: &Overrides,
    (task, task_report): Asked<TaskFacts>,
    (instance, instance_report): Asked<InstanceFacts>,
    config: &ConfigFile,
) -> Surroundings {
    let option = |value: Option<String>| value.map(|value| Fact::known(value, Source::OPTION));
    let launch_type = launch_type(overrides, outside, &task, &instance, config);
    let region_claims = region_claims(overrides, outside, &task, &instance, config);
    let region = match region_claims.first() {
        Some(claim) => Fact::known(claim.region.clone(), claim.source.clone()),
        None => task.region.or(instance.region),
    };
    let vpc_cidrs = join_cidrs(&overrides.vpc_cidrs, instance.vpc_cidrs);
    let mut resolvers = resolv_conf::resolvers(&outside.resolv_conf);
    if let (Some(settings), Some(cidrs)) = (resolvers.value_mut(), vpc_cidrs.value()) {
        settings.recognise(cidrs);
    }
    Surroundings {
        launch_type,
        network_mode: task.network_mode,
        platform_version: option(overrides.platform_version.clone()).unwrap_or_default(),
        region,
        region_claims,
        partition: task.partition.or(instance.partition),
        dns_suffix: instance.dns_suffix,
        account_id: option(overrides.account.clone())
            .unwrap_or_default()
            .or(task.account_id)
            .or(instance.account_id),
        instance_id: instance.instance_id,
        task_arn: task.task_arn,
        cluster: task.cluster.or(cluster_of(config)),
        availability_zone: task.availability_zone.or(instance.availability_zone),
        vpc_id: task.vpc_id.or(instance.vpc_id),
        vpc_cidrs,
        subnet_cidrs: task.subnet_cidrs.or(instance.subnet_cidrs),
        resolvers,
        proxy: proxy_settings(outside, config),
        interfaces: interfaces::interfaces(),
        log_driver: task.log_driver,
        clock_offset_s: instance.clock_offset_s,
        sources: vec![task_report, instance_report, config.report.clone()],
    }
}

fn launch_type(
    overrides: &Overrides,
    outside: &Outside,
    task: &TaskFacts,
    instance: &InstanceFacts,
    config: &ConfigFile,
) -> Fact<LaunchType> {
    if let Some(given) = overrides.launch_type {
        return Fact::known(given, Source::OPTION);
    }
    if task.launch_type.value().is_some() {
        return task.launch_type.clone();
    }
    // Source: Amazon ECS Developer Guide, "Amazon ECS environment variables".
    let told = match outside.variable(EXECUTION_ENVIRONMENT) {
        Some(ON_FARGATE) => Some(LaunchType::FargateTask),
        Some("AWS_ECS_EC2") => Some(LaunchType::Ec2Task),
        _ => None,
    };
    if let Some(kind) = told {
        return Fact::known(kind, Source::variable(EXECUTION_ENVIRONMENT));
    }
    if let Some(settings) = &config.settings {
        let kind = if settings.is_true("ECS_EXTERNAL") {
            LaunchType::External
        } else {
            LaunchType::ContainerInstance
        };
        return Fact::known(kind, config.source.clone());
    }
    if instance.region.value().is_some() || instance.instance_id.value().is_some() {
        return Fact::known(LaunchType::Ec2Instance, Source::INSTANCE_METADATA);
    }
    let no_config = Absence::new(
        config.source.clone(),
        AbsenceReason::NotFound,
        format!("{} is not there or cannot be read", config.source),
    );
    let silent = instance.region.why_missing().first().cloned();
    silent
        .map_or_else(
            || task.launch_type.clone(),
            |absence| task.launch_type.clone().or(Fact::missing(absence)),
        )
        .or(Fact::missing(no_config))
}

/// Everything that names a Region, the most trustworthy first: the caller, then what knows where
/// this machine or task is, then what somebody configured.
fn region_claims(
    overrides: &Overrides,
    outside: &Outside,
    task: &TaskFacts,
    instance: &InstanceFacts,
    config: &ConfigFile,
) -> Vec<RegionClaim> {
    let variable =
        |name: &str| outside.variable(name).map(|value| (value.to_owned(), Source::variable(name)));
    let agent = config
        .settings
        .as_ref()
        .and_then(|settings| settings.get("AWS_DEFAULT_REGION"))
        .map(|value| (value.to_owned(), config.source.clone()));
    [
        overrides.region.clone().map(|region| (region, Source::OPTION)),
        task.region.value().cloned().map(|region| (region, Source::TASK_METADATA)),
        instance.region.value().cloned().map(|region| (region, Source::INSTANCE_METADATA)),
        variable("AWS_REGION"),
        variable("AWS_DEFAULT_REGION"),
        agent,
    ]
    .into_iter()
    .flatten()
    .filter(|(region, _)| region::is_well_formed(region))
    .map(|(region, source)| RegionClaim { region, source })
    .collect()
}

/// The ranges that the metadata tell, and those that the caller adds.
fn join_cidrs(given: &[IpNet], told: Fact<Vec<IpNet>>) -> Fact<Vec<IpNet>> {
    if given.is_empty() {
        return told;
    }
    let mut all: Vec<IpNet> = given.iter().map(IpNet::trunc).collect();
    for cidr in told.value().into_iter().flatten() {
        if !all.contains(cidr) {
            all.push(*cidr);
        }
    }
    Fact::known(all, Source::OPTION)
}

fn cluster_of(config: &ConfigFile) -> Fact<String> {
    match config.settings.as_ref().and_then(|settings| settings.get("ECS_CLUSTER")) {
        Some(cluster) => Fact::known(cluster.to_owned(), config.source.clone()),
        None => Fact::default(),
    }
}

fn proxy_settings(outside: &Outside, config: &ConfigFile) -> ProxySettings {
    let mut proxy = ProxySettings::default();
    proxy.add("", outside.environment.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    if let Some(settings) = &config.settings {
        proxy.add(&format!("{} ", config.source), settings.iter());
    }
    proxy
}

/// Partition and DNS suffix from the catalog, where the metadata did not tell them.
fn complete_partition(catalog: &Catalog, surroundings: &mut Surroundings) {
    let by_region = surroundings.region.value().and_then(|region| catalog.partition_of(region));
    let by_name = surroundings.partition.value().and_then(|partition| catalog.partition(partition));
    if let Some(partition) = by_region.or(by_name) {
        let told = |text: &str| Fact::known(text.to_owned(), Source::CATALOG);
        surroundings.partition = surroundings.partition.clone().or(told(&partition.name));
        surroundings.dns_suffix = surroundings.dns_suffix.clone().or(told(&partition.suffix));
    }
}
