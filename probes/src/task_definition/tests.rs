use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::plan::Ask;

fn read(document: &Value) -> Result<TaskNeeds, TaskDefinitionError> {
    task_definition(&Catalog::builtin().unwrap(), &document.to_string())
}

fn of_container(container: &Value) -> TaskNeeds {
    read(&json!([container])).unwrap()
}

/// `service or feature @ Region: line`, without what all lines have in front.
fn told(needs: &TaskNeeds) -> Vec<String> {
    let told = needs.demands.iter().map(|demand| {
        let what = match &demand.ask {
            Ask::Feature(feature) => (*feature).to_owned(),
            Ask::Service(ask) => format!("{} ({})", ask.service, ask.need.word()),
            Ask::Image { host, .. } => host.clone(),
        };
        let region = demand.region.as_ref().map_or(String::new(), |region| format!(" @ {region}"));
        let who = demand.who.strip_prefix("task definition").unwrap();
        format!("{what}{region}: {}", who.trim_start_matches(", ").trim_start_matches(": "))
    });
    told.collect()
}

const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1";

fn definition() -> Value {
    json!({
        "family": "orders",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "containerDefinitions": [{
            "name": "app",
            "image": IMAGE,
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub-AbC"
            },
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-region": "eu-west-1", "awslogs-group": "/ecs/orders"},
                "secretOptions": [{"name": "token", "valueFrom": "/logs/token"}],
            },
            "secrets": [
                {"name": "DB", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbC:url::"},
                {"name": "KEY", "valueFrom": "arn:aws:ssm:us-east-2:123456789012:parameter/key"},
                {"name": "MODE", "valueFrom": "mode"},
            ],
            "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/app.env"}],
            "linuxParameters": {"initProcessEnabled": true},
        }],
        "volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
    })
}

#[test]
fn every_line_asks_for_what_it_needs() {
    let needs = read(&definition()).unwrap();
    assert_eq!(
        told(&needs),
        [
            "123456789012.dkr.ecr.us-east-1.amazonaws.com @ us-east-1: container app: image",
            "secrets @ us-east-1: container app: repositoryCredentials",
            "ssm-parameters: container app: secretOptions token",
            "logs @ eu-west-1: container app: log driver awslogs",
            "secrets @ us-east-1: container app: secrets DB",
            "ssm-parameters @ us-east-2: container app: secrets KEY",
            "ssm-parameters: container app: secrets MODE",
            "s3 (required): container app: environmentFiles",
            "ssmmessages (optional): container app: initProcessEnabled",
            "efs: volume data",
        ]
    );
    assert_eq!(needs.profile, Some(Profile::Fargate));
    assert!(needs.unread.is_empty() && needs.foreign_images.is_empty());
    assert!(needs.notes[0].contains("NFS"), "{:?}", needs.notes);
}

#[test]
fn every_form_that_people_have_says_the_same() {
    fn in_pascal_case(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(in_pascal_case).collect(),
            Value::Object(fields) => {
                let upper = |key: &str| match key.split_at(1) {
                    // The options of log drivers are no names of the API.
                    _ if key.contains('-') => key.to_owned(),
                    (first, rest) => format!("{}{rest}", first.to_uppercase()),
                };
                fields.iter().map(|(key, value)| (upper(key), in_pascal_case(value))).collect()
            }
            other => other.clone(),
        }
    }
    let plain = read(&definition()).unwrap();
    let described = json!({"taskDefinition": definition(), "tags": []});
    assert_eq!(read(&described).unwrap(), plain);
    assert_eq!(read(&in_pascal_case(&definition())).unwrap(), plain);
    let resource = json!({
        "Type": "AWS::ECS::TaskDefinition", "Properties": in_pascal_case(&definition()),
    });
    assert_eq!(read(&resource).unwrap(), plain);
    let alone = read(&definition()["containerDefinitions"]).unwrap();
    assert_eq!(told(&alone), told(&plain)[..9]);
    let catalog = Catalog::builtin().unwrap();
    let marked = format!("\u{feff}{}", definition());
    assert_eq!(task_definition(&catalog, &marked).unwrap(), plain);
}

#[test]
fn terraform_shows_containers_as_text_and_what_is_absent_as_empty() {
    let shown = json!({
        "container_definitions": definition()["containerDefinitions"].to_string(),
        "requires_compatibilities": ["FARGATE"],
        "volume": [
            {"name": "data", "efs_volume_configuration": [{"file_system_id": "fs-1"}]},
            {"name": "scratch", "efs_volume_configuration": []},
        ],
        "runtime_platform": [{"operating_system_family": "LINUX"}],
    });
    assert_eq!(read(&shown).unwrap(), read(&definition()).unwrap());
}

#[test]
fn layers_of_windows_images_are_a_note() {
    let mut windows = definition();
    windows["runtimePlatform"] = json!({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"});
    assert!(read(&windows).unwrap().notes[1].contains("Microsoft"));
}

#[test]
fn services_and_tasks_say_what_the_definition_does_not() {
    let service = json!({
        "serviceName": "orders", "launchType": "FARGATE", "platformVersion": "1.3.0",
        "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/orders:7",
        "enableExecuteCommand": true, "serviceConnectConfiguration": {"enabled": true},
    });
    let needs = read(&service).unwrap();
    let wanted = [
        "exec: service orders: enableExecuteCommand",
        "service-connect: service orders: serviceConnectConfiguration",
    ];
    assert_eq!(told(&needs), wanted);
    assert_eq!(needs.platform_version.as_deref(), Some("1.3.0"));
    assert_eq!(read(&json!({"services": [service], "failures": []})).unwrap(), needs);
    let off = json!({"serviceName": "orders", "serviceConnectConfiguration": {"enabled": false}});
    assert_eq!(told(&read(&off).unwrap()), [""; 0]);
    let shown = json!({
        "enable_execute_command": false, "service_connect_configuration": [{"enabled": true}],
    });
    let connect = ["service-connect: service: serviceConnectConfiguration"];
    assert_eq!(told(&read(&shown).unwrap()), connect, "as Terraform shows it");

    let task = json!({"tasks": [{
        "taskArn": "arn:aws:ecs:us-east-1:123456789012:task/lab/0123", "launchType": "EC2",
        "enableExecuteCommand": true, "containers": [{"name": "app", "image": IMAGE}],
    }]});
    let needs = read(&task).unwrap();
    assert_eq!(told(&needs)[0], "exec: task 0123: enableExecuteCommand");
    assert_eq!(needs.profile, Some(Profile::Ec2));
    assert!(told(&needs)[1].ends_with("container app: image"));
}

#[test]
fn what_holds_no_definition_says_so() {
    let is_told = |document: Value| {
        read(&document).unwrap().notes.iter().any(|note| note.contains("task definition too"))
    };
    let service = json!({"serviceName": "orders"});
    assert!(is_told(service.clone()) && is_told(json!({"services": [service]})));
    assert!(is_told(json!({"tasks": [{"taskArn": "arn", "containers": [{"name": "a"}]}]})));
    assert!(!is_told(definition()));
    assert!(!is_told(json!({"containerDefinitions": [], "serviceName": "orders"})));
}

#[test]
fn a_definition_for_two_kinds_of_places_tells_none() {
    let mut both = definition();
    both["requiresCompatibilities"] = json!(["EC2", "FARGATE"]);
    assert_eq!(read(&both).unwrap().profile, None);
}

#[test]
fn firelens_asks_for_what_its_output_needs() {
    let log = |options: Value| {
        of_container(&json!({
            "name": "app", "image": IMAGE,
            "logConfiguration": {"logDriver": "awsfirelens", "options": options},
        }))
    };
    let logs = log(json!({"Name": "cloudwatch_logs", "region": "eu-west-1"}));
    assert_eq!(
        told(&logs)[1],
        "logs (required) @ eu-west-1: container app: log driver awsfirelens"
    );
    let bucket = log(json!({"Name": "s3", "region": "us-east-1", "bucket": "b"}));
    assert!(told(&bucket)[1].starts_with("s3 (required) @ us-east-1"));
    for (options, words) in [(json!({"Name": "datadog"}), "datadog"), (json!({}), "router's own")] {
        let needs = log(options);
        assert_eq!(needs.demands.len(), 1);
        assert!(needs.notes[0].contains(words), "{:?}", needs.notes);
    }
}

#[test]
fn images_of_known_software_ask_for_what_it_talks_to() {
    let of = |image: &str| told(&of_container(&json!({"name": "side", "image": image})));
    assert_eq!(of("public.ecr.aws/xray/aws-xray-daemon:3"), ["xray: container side: image"]);
    assert!(of("registry.example/readothers:1").is_empty(), "no word of ours");
    let collector = of("public.ecr.aws/aws-observability/aws-otel-collector:v1");
    assert_eq!(collector, ["xray (recommended): container side: image"]);
    let agent = of("public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1");
    assert!(agent[0].starts_with("monitoring (recommended)"));
    assert!(agent[1].starts_with("logs (recommended)"));
    assert!(of("nginx").is_empty());
}

#[test]
fn what_is_still_to_be_filled_in_is_told_as_unread() {
    let needs = of_container(&json!({
        "name": "app",
        "image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.us-east-1.amazonaws.com/app"},
        "logConfiguration": {
            "logDriver": "awslogs", "options": {"awslogs-region": {"Ref": "AWS::Region"}},
        },
        "secrets": [
            {"name": "A", "valueFrom": {"Ref": "Secret"}},
            {"name": "B", "valueFrom": "${aws_secretsmanager_secret.b.arn}"},
            {"name": "C", "valueFrom": "arn:aws:ssm::123456789012:parameter/c"},
            {"name": "D", "valueFrom": "arn:aws:dynamodb:us-east-1:123456789012:table/d"},
            {"name": "E", "valueFrom": "arn:aws:ssm"},
        ],
    }));
    assert!(needs.demands.is_empty(), "{needs:?}");
    let unread: Vec<_> =
        needs.unread.iter().map(|it| it.line.who.rsplit(": ").next().unwrap()).collect();
    let wanted = [
        "image",
        "awslogs-region",
        "secrets A",
        "secrets B",
        "secrets C",
        "secrets D",
        "secrets E",
    ];
    assert_eq!(unread, wanted);
    let reference = json!({"containerDefinitions": {"Ref": "Containers"}});
    assert_eq!(read(&reference).unwrap().unread.len(), 1);
    let empty = read(&json!({"containerDefinitions": []})).unwrap();
    assert_eq!(empty.unread[0].line.why, "empty");
}

#[test]
fn a_line_that_stands_there_twice_counts_once() {
    let secret = json!({"name": "A", "valueFrom": "a"});
    let needs = of_container(&json!({"name": "a", "image": "nginx", "secrets": [secret, secret]}));
    assert_eq!(needs.demands.len(), 1);
}

#[test]
fn the_catalog_knows_whatever_is_asked_for() {
    let catalog = Catalog::builtin().unwrap();
    for demand in read(&definition()).unwrap().demands {
        match demand.ask {
            Ask::Feature(feature) => assert!(catalog.features().contains(&feature), "{feature}"),
            Ask::Service(ask) => {
                assert!(catalog.service(ask.service).is_some(), "{}", ask.service);
                assert!(catalog.document(ask.document).is_some(), "{}", ask.document);
            }
            Ask::Image { .. } => {}
        }
    }
}

#[test]
fn anything_else_is_refused() {
    for other in [
        json!(null),
        json!(7),
        json!([]),
        json!([1, 2]),
        json!({}),
        json!({"Resources": {}}),
        json!({"taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/orders:7"}),
    ] {
        let error = read(&other).unwrap_err();
        assert!(matches!(error, TaskDefinitionError::OtherForm), "{other}: {error}");
        assert!(error.to_string().ends_with("| vpce-probe --task-definition -"), "{error}");
    }
    let catalog = Catalog::builtin().unwrap();
    let error = task_definition(&catalog, "family: orders").unwrap_err();
    assert!(matches!(error, TaskDefinitionError::Syntax(_)));
    let many = vec![json!({"name": "app", "image": "nginx"}); MAX_ITEMS + 1];
    let error = read(&json!(many)).unwrap_err();
    assert!(matches!(error, TaskDefinitionError::TooMany(_)), "{error}");
}

fn any_json() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 12] = [
        "name",
        "image",
        "containerDefinitions",
        "logConfiguration",
        "options",
        "secrets",
        "valueFrom",
        "volumes",
        "services",
        "tasks",
        "serviceName",
        "logDriver",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        Just(json!("awsfirelens")),
        "arn:aws:ssm:[a-z:/-]*".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let object =
            prop::collection::vec((0..KEYS.len(), inner.clone()), 0..6).prop_map(|fields| {
                fields.into_iter().map(|(key, value)| (KEYS[key].to_owned(), value)).collect()
            });
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), object]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC*") {
        let _ = task_definition(&Catalog::builtin().unwrap(), &text);
    }

    #[test]
    fn any_json_is_read_without_panic(document in any_json()) {
        let _ = read(&document);
    }
}
