//! Joining what the sources tell: which of them is believed for which fact.

use ipnet::IpNet;

use super::detect::{Asked, ConfigFile, EXECUTION_ENVIRONMENT, ON_FARGATE, Outside};
use super::imds::InstanceFacts;
use super::task_metadata::TaskFacts;
use super::{
    Absence, AbsenceReason, Fact, LaunchType, Overrides, ProxySettings, RegionClaim, Source,
    Surroundings, interfaces, resolv_conf,
};
use crate::region;

/// The surroundings, but for what the catalog adds.
pub(super) fn join(
    outside: &Outside,
    overrides: &Overrides,
    (task, task_report): Asked<TaskFacts>,
    (instance, instance_report): Asked<InstanceFacts>,
    config: &ConfigFile,
    (mut resolvers, resolvers_report): resolv_conf::Told,
) -> Surroundings {
    let option = |value: Option<String>| value.map(|value| Fact::known(value, Source::OPTION));
    let launch_type = launch_type(overrides, outside, &task, &instance, config);
    let platform_version =
        option(overrides.platform_version.clone()).unwrap_or_else(|| platform_version(&task));
    let region_claims = region_claims(overrides, outside, &task, &instance, config);
    let region = match region_claims.first() {
        Some(claim) => Fact::known(claim.region.clone(), claim.source.clone()),
        None => task.region.or(instance.region),
    };
    let told_cidrs = instance.vpc_cidrs.value().cloned();
    let vpc_ranges_told = told_cidrs.is_some();
    let vpc_cidrs = join_cidrs(&overrides.vpc_cidrs, instance.vpc_cidrs);
    // Ranges that the caller gives beside those of this VPC may be of any other network.
    let cidrs = told_cidrs.as_ref().or(vpc_cidrs.value());
    if let (Some(settings), Some(cidrs)) = (resolvers.value_mut(), cidrs) {
        settings.recognise(cidrs);
    }
    let has_own_interface = task.network_mode.value().is_some_and(|mode| mode == "awsvpc");
    let of_the_instance = |what: &str| {
        let detail = format!("a task of network mode awsvpc has {what} of its own");
        Absence::new(Source::INSTANCE_METADATA, AbsenceReason::NotTold, detail)
    };
    Surroundings {
        network_mode: task.network_mode,
        platform_version,
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
        vpc_ranges_told,
        subnet_cidrs: task.subnet_cidrs.or(instance.subnet_cidrs),
        subnet_id: match has_own_interface && instance.subnet_id.value().is_some() {
            true => Fact::missing(of_the_instance("a subnet")),
            false => instance.subnet_id,
        },
        security_group_ids: match has_own_interface && instance.security_group_ids.value().is_some()
        {
            true => Fact::missing(of_the_instance("security groups")),
            false => instance.security_group_ids,
        },
        resolvers,
        proxy: proxy_settings(outside, config),
        interfaces: interfaces::interfaces(),
        ecs_agent_fips: agent_is_told(&launch_type, config, "AWS_USE_FIPS_ENDPOINT", "true"),
        ecs_agent_ipv6_only: agent_is_told(
            &launch_type,
            config,
            "ECS_INSTANCE_IP_COMPATIBILITY",
            "ipv6",
        ),
        launch_type,
        log_driver: task.log_driver,
        task_containers: task.containers,
        clock_offset_ms: instance.clock_offset_ms.or(task.clock_offset_ms),
        sources: vec![task_report, instance_report, config.report.clone(), resolvers_report],
    }
}

/// Fargate has the task metadata that are asked here from platform version 1.4.0 on, and so a task
/// that has them runs on no older one.
/// Source: Amazon ECS Developer Guide, "Task metadata endpoint version 4".
fn platform_version(task: &TaskFacts) -> Fact<String> {
    match task.launch_type.value() {
        Some(LaunchType::FargateTask) => {
            Fact::known("1.4.0".to_owned(), Source::TASK_METADATA_FROM_1_4_0)
        }
        _ => not_told(Source::OPTION, "no platform version is given, and nothing else tells it"),
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
    if let Ok(settings) = &config.settings {
        let kind = if settings.is_true("ECS_EXTERNAL") {
            LaunchType::External
        } else {
            LaunchType::ContainerInstance
        };
        return Fact::known(kind, config.source.clone());
    }
    if instance.region.value().is_some() || instance.instance_id.value().is_some() {
        // A file that cannot be read is there all the same: there is an agent.
        return match config.report.troubles.is_empty() {
            true => Fact::known(LaunchType::Ec2Instance, Source::INSTANCE_METADATA),
            false => Fact::known(LaunchType::ContainerInstance, config.source.clone()),
        };
    }
    let silent = instance.region.why_missing().first().cloned();
    silent
        .map_or_else(
            || task.launch_type.clone(),
            |absence| task.launch_type.clone().or(Fact::missing(absence)),
        )
        .or(config.missing())
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
    let agent =
        config.get("AWS_DEFAULT_REGION").map(|value| (value.to_owned(), config.source.clone()));
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
    // What is told begins with the primary range, where the VPC has its resolver.
    let mut all: Vec<IpNet> = told.value().cloned().unwrap_or_default();
    for cidr in given.iter().map(IpNet::trunc) {
        if !all.contains(&cidr) {
            all.push(cidr);
        }
    }
    Fact::known(all, Source::OPTION)
}

fn cluster_of(config: &ConfigFile) -> Fact<String> {
    match config.get("ECS_CLUSTER") {
        Some(cluster) => Fact::known(cluster.to_owned(), config.source.clone()),
        None => config.does_not_tell("ECS_CLUSTER"),
    }
}

/// Whether the agent's configuration sets `key` to `value`. Only where this program sees the file
/// that the agent reads: on the agent's own machine.
/// Source: amazon-ecs-agent README, "Environment Variables".
fn agent_is_told(
    launch_type: &Fact<LaunchType>,
    config: &ConfigFile,
    key: &str,
    value: &str,
) -> Fact<bool> {
    match launch_type.value() {
        Some(LaunchType::ContainerInstance | LaunchType::External) => {}
        _ => return not_told(config.source.clone(), "this is not the machine of an ECS agent"),
    }
    match config.get(key) {
        Some(told) => Fact::known(told.eq_ignore_ascii_case(value), config.source.clone()),
        None => config.does_not_tell(key),
    }
}

fn not_told<T>(source: Source, detail: &str) -> Fact<T> {
    Fact::missing(Absence::new(source, AbsenceReason::NotTold, detail))
}

fn proxy_settings(outside: &Outside, config: &ConfigFile) -> ProxySettings {
    let mut proxy = ProxySettings::default();
    proxy.add("", outside.environment.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    if let Ok(settings) = &config.settings {
        proxy.add(&format!("{} ", config.source), settings.iter());
    }
    proxy
}
