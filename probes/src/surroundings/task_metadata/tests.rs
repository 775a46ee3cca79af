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
    let region = |arn: &str| facts(json!({"TaskARN": arn}), json!({})).region.value().cloned();
    assert_eq!(region("arn:aws:ecs:us-east-1:123456789012:task/x").as_deref(), Some("us-east-1"));
    for bad in [
        "",
        "arn:aws:ecs:us-east-1:123456789012",
        "arn:aws:s3:us-east-1:123456789012:task/x",
        "arn:aws:ecs:../../:123456789012:task/x",
        "arn:aws:ecs:us-east-1:12:task/x",
    ] {
        assert_eq!(region(bad), None, "{bad}");
    }
}

#[test]
fn containers_are_told_and_do_not_spoil_the_rest() {
    let containers = |containers: Value| {
        let mut task = fargate_task();
        task["Containers"] = containers;
        let facts = facts(task, json!({}));
        assert_eq!(facts.region.value().unwrap(), "cn-north-1");
        facts.containers
    };
    let told = containers(json!([{"Name": "web", "Image": "nginx"}, {"Image": "nameless"}, 7]));
    assert_eq!(told.value().unwrap().len(), 1);
    let reason = |fact: Fact<Vec<TaskContainer>>| fact.why_missing()[0].reason;
    assert_eq!(reason(containers(json!(null))), AbsenceReason::NotTold);
    assert_eq!(reason(containers(json!("web"))), AbsenceReason::WrongForm);
    let many = vec![json!({"Name": "web"}); MAX_CONTAINERS + 1];
    assert_eq!(reason(containers(json!(many))), AbsenceReason::TooLarge);
}
