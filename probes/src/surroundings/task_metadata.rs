//! The ECS task metadata endpoint, version 4.
//!
//! Source: Amazon ECS Developer Guide, "Task metadata endpoint version 4", and the structures of
//! amazon-ecs-agent, `ecs-agent/tmds/handlers/v4/state`.

use std::time::{Duration, Instant};

use ipnet::IpNet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::forms::is_label;
use super::task_container::{MAX_CONTAINERS, MAX_TEXT};
use super::{Absence, AbsenceReason, Fact, LaunchType, Source, SourceReport, TaskContainer};
use crate::arn::Arn;
use crate::bounded_http::{
    HttpClient, HttpError, LONG_ANSWER, MAX_RANGES, Problem, Request, without_secrets,
};
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
    pub(super) containers: Fact<Vec<TaskContainer>>,
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
    /// Read one by one, so that a strange one spoils nothing else.
    containers: Option<Value>,
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
    let request = Request { method: "GET", url, header: None, limit, most: LONG_ANSWER };
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
            containers: Fact::missing(absence.clone()),
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
        let arn = task.task_arn.as_deref().and_then(Arn::parse).filter(|arn| arn.service == "ecs");
        let place = arn.and_then(|arn| Some((arn.partition, arn.region()?, arn.account()?)));
        let place = place.filter(|(partition, ..)| is_label(partition));
        let of_arn = |text: Option<&str>| part(text.map(str::to_owned), "usable TaskARN");
        self.region = of_arn(place.map(|(_, region, _)| region));
        self.partition = of_arn(place.map(|(partition, ..)| partition));
        self.account_id = of_arn(place.map(|(.., account)| account));
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
        self.containers = containers(task.containers.as_ref());
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
        self.network_mode = part(mode, "NetworkMode");
        self.log_driver = part(container.log_driver.clone(), "LogDriver");
    }
}

fn containers(documents: Option<&Value>) -> Fact<Vec<TaskContainer>> {
    let untold =
        |reason, detail: &str| Fact::missing(Absence::new(Source::TASK_METADATA, reason, detail));
    match documents {
        None | Some(Value::Null) => not_told("Containers"),
        Some(Value::Array(all)) if all.len() > MAX_CONTAINERS => {
            untold(AbsenceReason::TooLarge, "the task metadata have more Containers than any task")
        }
        Some(Value::Array(all)) => told(all.iter().filter_map(TaskContainer::read).collect()),
        Some(_) => untold(AbsenceReason::WrongForm, "Containers of the task metadata is no list"),
    }
}

/// A text of no more than any real one's length.
fn part(text: Option<String>, what: &str) -> Fact<String> {
    match text {
        Some(text) if text.len() <= MAX_TEXT => told(text),
        Some(_) => not_told(&format!("usable {what}")),
        None => not_told(what),
    }
}

fn told<T>(value: T) -> Fact<T> {
    Fact::known(value, Source::TASK_METADATA)
}

fn not_told<T>(what: &str) -> Fact<T> {
    let detail = format!("the task metadata has no {what}");
    Fact::missing(Absence::new(Source::TASK_METADATA, AbsenceReason::NotTold, detail))
}

#[cfg(test)]
mod tests;
