//! The ECS task metadata endpoint, version 4.
//!
//! Source: Amazon ECS Developer Guide, "Task metadata endpoint version 4", and the structures of
//! amazon-ecs-agent, `ecs-agent/tmds/handlers/v4/state`.

use std::time::{Duration, Instant};

use ipnet::IpNet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::forms::{is_account_id, is_label};
use super::{Absence, AbsenceReason, Fact, LaunchType, Source, SourceReport};
use crate::bounded_http::{HttpClient, HttpError, MAX_RANGES, Problem, Request, without_secrets};
use crate::region;
use crate::timestamp::milliseconds;

/// What the task metadata told.
#[derive(Debug, Default)]
pub(super) struct TaskFacts {
    pub(super) launch_type: Fact<LaunchType>,
    pub(super) network_mode: Fact<String>,
    pub(super) region: Fact<String>,
    pub(super) partition: Fact<String>,
    pub(super) account_id: Fact<String>,
    pub(super) task_arn: Fact<String>,
    pub(super) cluster: Fact<String>,
    pub(super) availability_zone: Fact<String>,
    pub(super) vpc_id: Fact<String>,
    pub(super) subnet_cidrs: Fact<Vec<IpNet>>,
    pub(super) log_driver: Fact<String>,
    pub(super) clock_offset_ms: Fact<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    launch_type: Option<String>,
    #[serde(rename = "TaskARN")]
    task_arn: Option<String>,
    cluster: Option<String>,
    availability_zone: Option<String>,
    #[serde(rename = "VPCID")]
    vpc_id: Option<String>,
    clock_drift: Option<ClockDrift>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ClockDrift {
    clock_synchronization_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    log_driver: Option<String>,
    #[serde(default)]
    networks: Vec<Network>,
}

impl Container {
    /// Refuses a document that holds more than any real one.
    fn checked(self, url: &str) -> Result<Self, HttpError> {
        if self.networks.len() <= MAX_RANGES {
            return Ok(self);
        }
        Err(HttpError {
            method: "GET",
            url: without_secrets(url),
            problem: Problem::TooMany("networks"),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    network_mode: Option<String>,
    #[serde(rename = "IPv4SubnetCIDRBlock")]
    ipv4_subnet: Option<String>,
    #[serde(rename = "IPv6SubnetCIDRBlock")]
    ipv6_subnet: Option<String>,
}

/// Asks for the documents of this task and of this container, side by side.
pub(super) async fn ask(
    client: &HttpClient,
    uri: Option<&str>,
    limit: Duration,
) -> (TaskFacts, SourceReport) {
    let started = Instant::now();
    let Some(uri) = uri else {
        let absence = Absence::new(
            Source::TASK_METADATA,
            AbsenceReason::NotAsked,
            "ECS_CONTAINER_METADATA_URI_V4 is not set: not an ECS task",
        );
        return (TaskFacts::absent(&absence), report(false, Vec::new(), started));
    };
    let base = uri.trim_end_matches('/');
    let task_url = format!("{base}/task");
    let (task, container) = tokio::join!(
        document::<Task>(client, &task_url, limit),
        document::<Container>(client, base, limit),
    );
    let container = container.and_then(|container| container.checked(base));
    let mut troubles: Vec<Absence> = Vec::new();
    let errors = [task.as_ref().err(), container.as_ref().err()];
    for absence in errors.into_iter().flatten().map(|error| error.absence(Source::TASK_METADATA)) {
        if !troubles.contains(&absence) {
            troubles.push(absence);
        }
    }
    let answered = task.is_ok() || container.is_ok();
    (TaskFacts::from_documents(task, container), report(answered, troubles, started))
}

fn report(answered: bool, troubles: Vec<Absence>, started: Instant) -> SourceReport {
    SourceReport {
        source: Source::TASK_METADATA,
        answered,
        troubles,
        elapsed_ms: milliseconds(started.elapsed()),
    }
}

async fn document<T: DeserializeOwned>(
    client: &HttpClient,
    url: &str,
    limit: Duration,
) -> Result<T, HttpError> {
    let request = Request { method: "GET", url, header: None, limit };
    let (value, _): (Value, _) = client.json(request).await?;
    T::deserialize(value).map_err(|error| HttpError {
        method: "GET",
        url: without_secrets(url),
        problem: Problem::WrongForm(error.to_string()),
    })
}

impl TaskFacts {
    /// Every fact missing for the same reason.
    pub(super) fn absent(absence: &Absence) -> Self {
        Self {
            launch_type: Fact::missing(absence.clone()),
            network_mode: Fact::missing(absence.clone()),
            region: Fact::missing(absence.clone()),
            partition: Fact::missing(absence.clone()),
            account_id: Fact::missing(absence.clone()),
            task_arn: Fact::missing(absence.clone()),
            cluster: Fact::missing(absence.clone()),
            availability_zone: Fact::missing(absence.clone()),
            vpc_id: Fact::missing(absence.clone()),
            subnet_cidrs: Fact::missing(absence.clone()),
            log_driver: Fact::missing(absence.clone()),
            clock_offset_ms: Fact::missing(absence.clone()),
        }
    }

    fn from_documents(
        task: Result<Task, HttpError>,
        container: Result<Container, HttpError>,
    ) -> Self {
        let mut facts = Self::default();
        match task {
            Ok(task) => facts.take_task(task),
            Err(error) => {
                let absent = Self::absent(&error.absence(Source::TASK_METADATA));
                facts = Self {
                    network_mode: Fact::default(),
                    subnet_cidrs: Fact::default(),
                    log_driver: Fact::default(),
                    ..absent
                };
            }
        }
        match container {
            Ok(container) => facts.take_container(&container),
            Err(error) => {
                let absence = error.absence(Source::TASK_METADATA);
                facts.network_mode = Fact::missing(absence.clone());
                facts.subnet_cidrs = Fact::missing(absence.clone());
                facts.log_driver = Fact::missing(absence);
            }
        }
        facts
    }

    fn take_task(&mut self, task: Task) {
        // An agent that does not tell the launch type is an old one on EC2: Fargate always tells.
        self.launch_type = match task.launch_type.as_deref() {
            Some("FARGATE") => told(LaunchType::FargateTask),
            Some("EC2") | None => told(LaunchType::Ec2Task),
            Some("EXTERNAL") => told(LaunchType::External),
            Some(other) => not_told(&format!("LaunchType {other:?}, whose needs are not known")),
        };
        let arn = task.task_arn.as_deref().and_then(TaskArn::parse);
        let part = |part: Option<String>, what: &str| part.map_or_else(|| not_told(what), told);
        self.region = part(arn.as_ref().map(|arn| arn.region.clone()), "usable TaskARN");
        self.partition = part(arn.as_ref().map(|arn| arn.partition.clone()), "usable TaskARN");
        self.account_id = part(arn.map(|arn| arn.account), "usable TaskARN");
        let label = |text: Option<String>| text.filter(|text| is_label(text));
        self.task_arn = part(task.task_arn, "TaskARN");
        self.cluster = part(task.cluster, "Cluster");
        self.availability_zone = part(label(task.availability_zone), "AvailabilityZone");
        self.vpc_id = part(label(task.vpc_id), "VPCID");
        let status = task.clock_drift.and_then(|drift| drift.clock_synchronization_status);
        self.clock_offset_ms = match status.as_deref() {
            Some("SYNCHRONIZED") => told(0.0),
            _ => not_told("synchronised clock"),
        };
    }

    fn take_container(&mut self, container: &Container) {
        let mut subnets: Vec<IpNet> = Vec::new();
        for network in &container.networks {
            let blocks = [&network.ipv4_subnet, &network.ipv6_subnet];
            for cidr in blocks.into_iter().flatten().filter_map(|text| text.parse::<IpNet>().ok()) {
                if !subnets.contains(&cidr.trunc()) {
                    subnets.push(cidr.trunc());
                }
            }
        }
        self.subnet_cidrs =
            if subnets.is_empty() { not_told("subnet of the task") } else { told(subnets) };
        let mode = container.networks.iter().find_map(|network| network.network_mode.clone());
        self.network_mode = mode.map_or_else(|| not_told("NetworkMode"), told);
        self.log_driver = container.log_driver.clone().map_or_else(|| not_told("LogDriver"), told);
    }
}

fn told<T>(value: T) -> Fact<T> {
    Fact::known(value, Source::TASK_METADATA)
}

fn not_told<T>(what: &str) -> Fact<T> {
    let detail = format!("the task metadata has no {what}");
    Fact::missing(Absence::new(Source::TASK_METADATA, AbsenceReason::NotTold, detail))
}

/// `arn:PARTITION:ecs:REGION:ACCOUNT:task/...`
struct TaskArn {
    partition: String,
    region: String,
    account: String,
}

impl TaskArn {
    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.splitn(6, ':');
        let (arn, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
        let (region, account, _resource) = (fields.next()?, fields.next()?, fields.next()?);
        let sound = arn == "arn"
            && service == "ecs"
            && is_label(partition)
            && region::is_well_formed(region)
            && is_account_id(account);
        sound.then(|| Self {
            partition: partition.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(task: Value, container: Value) -> TaskFacts {
        let wrong = |error: serde_json::Error| HttpError {
            method: "GET",
            url: String::new(),
            problem: Problem::WrongForm(error.to_string()),
        };
        TaskFacts::from_documents(
            Task::deserialize(task).map_err(wrong),
            Container::deserialize(container)
                .map_err(wrong)
                .and_then(|container| container.checked("http://169.254.170.2/v4/x")),
        )
    }

    fn fargate_task() -> Value {
        json!({
            "Cluster": "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod",
            "TaskARN": "arn:aws-cn:ecs:cn-north-1:123456789012:task/prod/0123456789abcdef",
            "LaunchType": "FARGATE", "AvailabilityZone": "cn-north-1a", "Revision": "5",
            "Limits": {"CPU": 0.25, "Memory": 512},
            "ClockDrift": {
                "ClockErrorBound": 0.3, "ReferenceTimestamp": "2026-05-04T06:19:17Z",
                "ClockSynchronizationStatus": "SYNCHRONIZED",
            },
        })
    }

    fn awsvpc_container() -> Value {
        json!({
            "Name": "probe", "LogDriver": "awslogs",
            "Networks": [{
                "NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.1.20"],
                "IPv4SubnetCIDRBlock": "10.0.1.0/24", "IPv6SubnetCIDRBlock": "2406:da00::/64",
            }],
        })
    }

    #[test]
    fn a_fargate_task_tells_region_partition_account_and_subnets() {
        let facts = facts(fargate_task(), awsvpc_container());
        assert_eq!(facts.launch_type.value(), Some(&LaunchType::FargateTask));
        assert_eq!(facts.region.value().unwrap(), "cn-north-1");
        assert_eq!(facts.partition.value().unwrap(), "aws-cn");
        assert_eq!(facts.account_id.value().unwrap(), "123456789012");
        assert_eq!(facts.log_driver.value().unwrap(), "awslogs");
        assert_eq!(facts.clock_offset_ms.value(), Some(&0.0));
        assert_eq!(facts.subnet_cidrs.value().unwrap().len(), 2);
        assert_eq!(facts.vpc_id.why_missing()[0].reason, AbsenceReason::NotTold);
    }

    #[test]
    fn wrong_types_spoil_one_document_only() {
        let facts = facts(json!({"TaskARN": 7}), awsvpc_container());
        assert_eq!(facts.region.why_missing()[0].reason, AbsenceReason::WrongForm);
        assert_eq!(facts.network_mode.value().unwrap(), "awsvpc");
    }

    #[test]
    fn more_networks_than_any_task_has_are_not_believed() {
        let network = json!({"NetworkMode": "awsvpc", "IPv4SubnetCIDRBlock": "10.0.1.0/24"});
        let with = |count: usize| facts(fargate_task(), json!({"Networks": vec![&network; count]}));
        assert_eq!(with(MAX_RANGES).subnet_cidrs.value().unwrap().len(), 1);
        let too_many = with(MAX_RANGES + 1);
        assert_eq!(too_many.subnet_cidrs.why_missing()[0].reason, AbsenceReason::TooLarge);
        assert!(too_many.region.value().is_some());
    }

    #[test]
    fn a_launch_type_nobody_knows_stays_unknown() {
        let facts = facts(json!({"LaunchType": "MANAGED_INSTANCES"}), json!({}));
        assert!(facts.launch_type.value().is_none());
        assert!(facts.launch_type.why_missing()[0].detail.contains("MANAGED_INSTANCES"));
    }

    #[test]
    fn only_sound_arns_are_believed() {
        assert!(TaskArn::parse("arn:aws:ecs:us-east-1:123456789012:task/x").is_some());
        for bad in [
            "",
            "arn:aws:ecs:us-east-1:123456789012",
            "arn:aws:s3:us-east-1:123456789012:task/x",
            "arn:aws:ecs:../../:123456789012:task/x",
            "arn:aws:ecs:us-east-1:12:task/x",
        ] {
            assert!(TaskArn::parse(bad).is_none(), "{bad}");
        }
    }
}
