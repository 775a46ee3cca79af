use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn catalog() -> Catalog {
    Catalog::builtin().unwrap()
}

fn explained(text: &str) -> TextExplanation {
    read(&catalog(), text).unwrap()
}

fn ids(text: &str) -> Vec<String> {
    explained(text).matches.into_iter().map(|found| found.id).collect()
}

fn services(text: &str) -> Vec<String> {
    explained(text).services.into_iter().map(|implied| implied.service).collect()
}

#[test]
fn every_entry_is_complete_and_its_references_hold() {
    let catalog = catalog();
    let known = known_texts().unwrap();
    assert!(known.len() >= 35, "{}", known.len());
    let ids: BTreeSet<&str> = known.iter().map(|text| text.id.as_str()).collect();
    assert_eq!(ids.len(), known.len(), "ids are unique");
    for text in &known {
        let id = &text.id;
        assert!(text.id.parse::<Code>().is_err(), "{id}: ids are no codes");
        assert!(text.title.ends_with('.') && text.meaning.len() > 80, "{id}");
        assert!(!text.causes.is_empty() && !text.change.is_empty(), "{id}");
        assert!(!text.example.is_empty() && !text.source.is_empty(), "{id}");
        for sentence in text.causes.iter().chain(&text.change) {
            assert!(sentence.ends_with(['.', ']', '\'']), "{id}: {sentence}");
            assert!(sentence.is_ascii(), "{id}: {sentence}");
        }
        assert!(text.meaning.is_ascii() && text.title.is_ascii(), "{id}");
        for service in text.services.iter().chain(&text.services_unless_named) {
            assert!(catalog.service(service).is_some(), "{id}: {service}");
        }
        for document in &text.documents {
            assert!(catalog.document(document).is_some(), "{id}: {document}");
        }
        assert!(!text.all.is_empty() || !text.any.is_empty(), "{id}");
        for fragment in text.all.iter().chain(&text.any).chain(&text.none) {
            assert!(fragment.len() >= 5, "{id}: {fragment} is in too many texts");
            assert_eq!(fragment.to_lowercase(), *fragment, "{id}");
            let spaced = fragment.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(spaced, fragment.trim(), "{id}: one space between words");
        }
    }
}

#[test]
fn every_example_is_read_as_its_own_entry() {
    for text in known_texts().unwrap() {
        let found = explained(&text.example);
        let of_part: Vec<&str> = found
            .matches
            .iter()
            .filter(|found| found.part == text.part)
            .map(|found| found.id.as_str())
            .collect();
        assert_eq!(of_part.first(), Some(&text.id.as_str()), "{}", text.example);
        // Shortened as the console does, spread over lines, and in capitals.
        let other = text.example.replace(' ', "  \t").to_uppercase();
        assert!(ids(&other).contains(&text.id), "{other}");
        assert!(found.answer.is_some(), "{}", text.id);
    }
}

#[test]
fn what_failed_and_how_are_told_apart() {
    assert_eq!(
        ids(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": x509: certificate signed by unknown authority"
        ),
        ["registry-login", "unknown-issuer"]
    );
    assert_eq!(
        ids(
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x\": dial tcp 52.216.51.58:443: i/o timeout"
        ),
        ["image-pull", "layers-no-answer"]
    );
    // The summary of ECS stands before what really happened.
    assert_eq!(
        ids(
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": net/http: TLS handshake timeout"
        ),
        ["registry-login", "handshake-silent"]
    );
    // Fargate, although the words of the Docker Engine follow.
    assert_eq!(
        ids(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: RequestCanceled: request context canceled caused by: context deadline exceeded : exit status 1"
        ),
        ["log-stream", "out-of-time"]
    );
    // The resolver, not the endpoint.
    assert_eq!(
        ids(
            "CannotPullContainerError: Get https://1.dkr.ecr.us-east-1.amazonaws.com/v2/: dial tcp: lookup 1.dkr.ecr.us-east-1.amazonaws.com on 127.0.0.53:53: read udp 127.0.0.1:4->127.0.0.53:53: i/o timeout"
        ),
        ["image-pull", "resolver-silent"]
    );
}

#[test]
fn what_people_paste_first_is_known() {
    let curl = "Failed to connect to ecs.us-east-1.amazonaws.com port 443";
    for (text, id) in [
        (format!("curl: (28) {curl} after 134560 ms: Connection timed out"), "curl-no-answer"),
        (format!("curl: (7) {curl}: Connection refused"), "refused"),
        ("java.net.UnknownHostException: kms.us-east-1.amazonaws.com".to_owned(), "not-resolved"),
        ("net/http: TLS handshake timeout".to_owned(), "handshake-silent"),
    ] {
        assert_eq!(ids(&text), [id], "{text}");
    }
    // The instance, and not the container of a task.
    let session = "An error occurred (TargetNotConnected) when calling the StartSession operation:";
    assert_eq!(ids(&format!("{session} i-0bc181d6 is not connected.")), ["session-not-connected"]);
    assert_eq!(ids(&format!("{session} ecs:c_ef_ef is not connected.")), ["exec-not-connected"]);
    assert_eq!(ids("TargetNotConnected"), ["target-not-connected"]);
    // What the program said is behind it, or in its log.
    assert_eq!(ids("Essential container in task exited"), ["container-ended"]);
    assert!(services("Essential container in task exited").is_empty());
    let both = "Essential container in task exited: lookup x on 10.0.0.2:53: no such host";
    assert_eq!(ids(both), ["container-ended", "no-such-name"]);
    let log =
        "failed to resolve ref x: failed to do request: Head \"https://x/v2/\": 404 Not Found";
    assert!(!ids(log).contains(&"no-such-image-containerd".to_owned()));
}

#[test]
fn permissions_are_not_taken_for_the_network() {
    for text in [
        "unable to retrieve secret from asm: AccessDeniedException: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: secretsmanager:GetSecretValue because no identity-based policy allows the secretsmanager:GetSecretValue action",
        "unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ] {
        let found = explained(text);
        let failure = found.matches.iter().find(|found| found.part == Part::Failure).unwrap();
        assert!(failure.kind.was_answered(), "{text}");
        assert!(found.answer.unwrap().why.contains("The service answered"), "{text}");
    }
}

#[test]
fn a_registry_that_is_not_amazon_ecr_is_no_business_of_roles_and_endpoints() {
    let denied = "repository does not exist or may require 'docker login'";
    for image in ["foo/app", "docker.io/foo/app", "quay.io/foo/app"] {
        let text = format!("CannotPullContainerError: pull access denied for {image}, {denied}");
        let found = explained(&text);
        assert_eq!(found.matches[1].id, "pull-refused-elsewhere");
        assert!(found.services.is_empty(), "{text}");
        let answer = found.answer.unwrap();
        assert!(answer.change.contains("name of the image") && !answer.why.contains("takes a way"));
    }
    let ecr = format!("pull access denied for 1.dkr.ecr.us-east-1.amazonaws.com/x, {denied}");
    assert_eq!(ids(&ecr), ["pull-refused"]);
    assert!(services("CannotPullContainerError: toomanyrequests: slow down").is_empty());
}

#[test]
fn a_missing_login_is_not_proof_of_a_way_to_where_it_comes_from() {
    let found = explained(
        "Get https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/x: no basic auth credentials",
    );
    assert_eq!(found.matches[0].id, "no-registry-login");
    let answer = found.answer.unwrap();
    assert_eq!(answer.check.as_deref(), Some("vpce-probe --only ecr.api,ecr.dkr"));
    assert!(!answer.why.contains("the way to it was open"), "{answer:?}");
}

#[test]
fn a_log_tells_each_thing_once_and_at_most_five() {
    let mut log = String::new();
    for text in known_texts().unwrap() {
        log.push_str(&format!(
            "2026-01-01T00:00:00Z [ERROR] {}\n",
            text.example.replace('\n', " ")
        ));
    }
    let first = explained(&log);
    assert_eq!(first.matches.len(), MAX_MATCHES);
    let twice = format!("{log}{log}");
    assert_eq!(explained(&twice).matches, first.matches);
    let lines = "level=info msg=\"all is well\"\n".repeat(8);
    let found = explained(&format!("{lines}level=error msg=\"no such host\"\n"));
    assert_eq!((found.matches[0].id.as_str(), found.matches[0].line), ("no-such-name", 9));
}

#[test]
fn a_text_of_any_size_is_read_to_its_limit() {
    let long = format!("{}\u{e9}{}", "no such host", "x".repeat(MAX_TEXT - 1));
    assert!(explained(&long).is_empty());
    let log = format!("{}error: no such host", "info: all is well\n".repeat(MAX_TEXT / 4));
    let found = explained(&log);
    assert_eq!((found.matches[0].id.as_str(), found.matches[0].line), ("no-such-name", 16385));
    assert!(explained("").is_empty() && explained("all is well").is_empty());
    assert_eq!(explained("all is well").answer, None);
}

#[test]
fn names_alone_are_told_and_can_be_checked() {
    let found = explained("curl: (28) Failed to connect to ecs.us-east-1.amazonaws.com port 443");
    assert!(found.matches.is_empty() && !found.is_empty());
    let answer = found.answer.unwrap();
    assert_eq!(answer.check.as_deref(), Some("vpce-probe --only ecs"));
}

#[test]
fn findings_in_a_pasted_report_are_explained() {
    assert_eq!(ids("        VPCE101  52.94.228.103 (public). vpce130: x"), ["VPCE101", "VPCE130"]);
    let one = by_name(&catalog(), "vpce101").unwrap().unwrap();
    assert_eq!(one.matches[0].id, "VPCE101");
    let one = by_name(&catalog(), "no-answer").unwrap().unwrap();
    assert_eq!(one.matches[0].id, "no-answer");
    assert_eq!(by_name(&catalog(), "VPCE999").unwrap(), None);
}

#[test]
fn services_come_from_hosts_entries_arns_and_actions() {
    // A numbered host is the business of all three endpoints.
    assert_eq!(
        services("Error connecting to ACS: unable to dial ecs-a-2.us-east-1.amazonaws.com"),
        ["ecs", "ecs-agent", "ecs-telemetry"]
    );
    assert_eq!(
        services("CannotPullContainerError: context canceled"),
        ["ecr.api", "ecr.dkr", "s3"]
    );
    // The image of another registry has nothing to do with Amazon ECR.
    let docker_hub = "CannotPullContainerError: failed to do request: Head \"https://registry-1.docker.io/v2/x\": dial tcp 54.227.20.253:443: i/o timeout";
    assert!(services(docker_hub).is_empty());
    let answer = explained(docker_hub).answer.unwrap();
    assert!(answer.change.contains("NAT") && answer.check.is_none(), "{answer:?}");
    let policy = "is not authorized to perform: ecr:BatchGetImage on resource: x because no VPC endpoint policy allows the ecr:BatchGetImage action";
    assert_eq!(services(policy), ["ecr.api", "ecr.dkr"]);
    let login = policy.replace("BatchGetImage", "GetAuthorizationToken");
    assert_eq!(services(&login), ["ecr.api"]);
    let arn = "unable to retrieve secret from asm: failed to fetch secret arn:aws:secretsmanager:eu-west-1:1:secret:x from secrets manager: context deadline exceeded";
    let found = explained(arn);
    assert_eq!(found.services[0].region.as_deref(), Some("eu-west-1"));
    assert!(found.answer.unwrap().change.contains("endpoint in eu-west-1 with private DNS"));
}

#[test]
fn the_address_decides_what_to_change() {
    let change = |address: &str| {
        let text = format!(
            "Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp {address}:443: i/o timeout"
        );
        explained(&text).answer.unwrap().change
    };
    assert!(change("10.0.1.5").contains("security group"));
    assert!(change("52.94.1.1").contains("create the interface endpoint (ecr.api)"));
    let s3 =
        explained("dial tcp 52.216.16.51:443: i/o timeout https://s3.us-east-1.amazonaws.com/x");
    let answer = s3.answer.unwrap();
    assert!(answer.change.contains("gateway endpoint"), "{answer:?}");
    assert!(answer.why.contains("right for Amazon S3"), "{answer:?}");
    for (host, of) in [
        ("registry-1.docker.io", "a host outside of AWS"),
        ("dynamodb.us-east-1.amazonaws.com", "Amazon DynamoDB"),
        ("x.s3.us-east-1.amazonaws.com", "Amazon S3"),
    ] {
        let found =
            explained(&format!("Get https://{host}/: dial tcp 52.216.1.1:443: i/o timeout"));
        assert!(found.addresses[0].meaning.ends_with(&format!("right for {of}.")), "{found:?}");
        assert!(!found.answer.unwrap().change.contains("interface endpoint"), "{host}");
    }
    let other =
        explained("https://ecs.us-east-1.amazonaws.com dial tcp 10.0.1.5:5432: i/o timeout");
    let answer = other.answer.unwrap();
    assert!(!answer.why.contains("interface endpoint"), "{answer:?}");
    // Without an address: what each would call for, and for Amazon S3 never an interface endpoint.
    let change = |text: &str| explained(text).answer.unwrap().change;
    let unknown = change("Post \"https://logs.us-east-1.amazonaws.com/\": dial tcp: i/o timeout");
    assert!(unknown.contains("Private address: ") && unknown.contains("Public address: "));
    let s3 = change("Connect to s3.us-east-1.amazonaws.com:443 failed: connect timed out");
    assert!(s3.contains("gateway endpoint"), "{s3}");
    // An endpoint would not cover this name.
    let sts = change("Connect timeout on endpoint URL: \"https://sts.amazonaws.com/\"");
    assert!(sts.contains("Regional name instead of sts.amazonaws.com"), "{sts}");
}

#[test]
fn a_lookup_that_hangs_is_the_resolver_and_not_the_endpoint() {
    for how in [": i/o timeout", " on 10.0.0.2:53: dial udp 10.0.0.2:53: i/o timeout"] {
        let text = format!("dial tcp: lookup ecs.us-east-1.amazonaws.com{how}");
        assert_eq!(ids(&text), ["resolver-silent"], "{text}");
    }
    let metadata =
        "Put \"http://169.254.169.254/latest/api/token\": dial tcp 169.254.169.254:80: i/o timeout";
    assert_eq!(ids(metadata), ["imds-silent"]);
}

#[test]
fn a_pattern_is_no_name_and_the_global_name_has_a_regional_one() {
    let found = explained(
        "certificate is valid for *.ecr.us-east-1.amazonaws.com, not api.ecr.us-east-1.amazonaws.com",
    );
    assert_eq!(found.hosts.len(), 1, "{:?}", found.hosts);
    let s3 = "certificate is valid for s3.amazonaws.com, *.s3.amazonaws.com, not api.ecr.us-east-1.amazonaws.com";
    assert_eq!(services(s3), ["ecr.api"]);
    assert!(!explained(s3).answer.unwrap().why.contains("without a Region"));
    // Of a list without its end, only the line is left out.
    let cut = "certificate is valid for s3.amazonaws.com, s3.us-east\nkms.us-east-1.amazonaws.com";
    assert_eq!(services(cut), ["kms"]);
    let global = explained("Could not connect to the endpoint URL: \"https://sts.amazonaws.com/\"");
    assert!(global.answer.unwrap().change.contains("Regional"));
}

#[test]
fn a_proxy_out_of_reach_is_not_blamed_on_the_endpoint() {
    for how in ["10.0.9.9:3128: i/o timeout", "10.0.9.9:3128: connect: connection refused"] {
        let text = format!(
            "CannotPullContainerError: Get \"https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/\": proxyconnect tcp: dial tcp {how}"
        );
        assert_eq!(ids(&text), ["image-pull", "proxy-no-connection"]);
        let answer = explained(&text).answer.unwrap();
        assert!(answer.why.contains("is the proxy") && answer.change.contains("NO_PROXY"));
    }
    let lookup = "proxyconnect tcp: dial tcp: lookup proxy.corp on 10.0.0.2:53: read udp 10.0.0.9:1->10.0.0.2:53: i/o timeout";
    assert_eq!(ids(lookup), ["proxy-no-connection"]);
}

#[test]
fn the_region_goes_into_commands_and_not_into_names_of_variables() {
    let changes = |text: &str| explained(text).matches.remove(0).change.join(" ");
    let python =
        changes("Could not connect to the endpoint URL: \"https://kms.eu-west-1.amazonaws.com/\"");
    assert!(python.contains("AWS_REGION and AWS_DEFAULT_REGION"), "{python}");
    let timeout =
        changes("Connect timeout on endpoint URL: \"https://kms.eu-west-1.amazonaws.com/\"");
    assert!(timeout.contains("AWS_STS_REGIONAL_ENDPOINTS=regional"), "{timeout}");
    let group =
        changes("https://logs.eu-west-1.amazonaws.com/: The specified log group does not exist");
    assert!(group.contains("--region eu-west-1,"), "{group}");
}

#[test]
fn a_check_is_narrowed_to_what_is_implied() {
    use crate::plan::{Place, Plan, Profile, Selection, plan};
    let catalog = catalog();
    let planned = |text: &str, region: Option<&str>| -> Plan {
        let place = Place {
            region: region.map(str::to_owned),
            profile: Some(Profile::Ec2),
            ..Place::default()
        };
        let from_text = explained(text).to_check();
        plan(&catalog, &place, &Selection { from_text, ..Selection::default() })
    };
    let names = |plan: &Plan| -> Vec<(String, Vec<String>)> {
        plan.endpoints.iter().map(|e| (e.service.clone(), e.hosts.clone())).collect()
    };
    let of = |service: &str, host: &str| (service.to_owned(), vec![host.to_owned()]);
    let text = "Post \"https://api.ecr.us-east-1.amazonaws.com/\": no such host";
    let here = planned(text, Some("us-east-1"));
    assert_eq!(names(&here), [of("ecr.api", "api.ecr.us-east-1.amazonaws.com")]);
    // Of another Region, only that it answers.
    let elsewhere = planned(text, Some("eu-west-1"));
    assert_eq!(names(&elsewhere), [of("ecr.api", "api.ecr.us-east-1.amazonaws.com")]);
    assert!(elsewhere.endpoints[0].cross_region);
    assert_eq!(elsewhere.endpoints[0].expectation, crate::catalog::Expectation::Reachable);
    assert!(elsewhere.endpoints[0].notes[0].contains("us-east-1"));
    let arn = "failed to fetch secret arn:aws:secretsmanager:us-west-2:1:secret:x from secrets manager: x";
    let secret = planned(arn, Some("eu-west-1"));
    assert_eq!(secret.endpoints[0].region.as_deref(), Some("us-west-2"));
    assert_eq!(names(&secret), [of("secretsmanager", "secretsmanager.us-west-2.amazonaws.com")]);
    // A bucket of one's own, and the layers that this place needs of the same service.
    let bucket =
        planned("dial tcp: lookup x.s3.us-east-1.amazonaws.com: no such host", Some("us-east-1"));
    assert_eq!(bucket.endpoints.last().unwrap().hosts, ["x.s3.us-east-1.amazonaws.com"]);
    assert!(bucket.endpoints.iter().all(|e| e.service == "s3" || e.service == "host"));
    // What kind of endpoint an unknown service has is not known either, and others have none.
    let text = "dial tcp: lookup dynamodb.us-east-1.amazonaws.com: no such host; lookup db.x1.us-east-1.rds.amazonaws.com: no such host";
    let unknown = planned(text, Some("us-east-1"));
    assert_eq!(names(&unknown), [of("host", "dynamodb.us-east-1.amazonaws.com")]);
    assert_eq!(unknown.endpoints[0].expectation, crate::catalog::Expectation::Reachable);
    // Without a Region the names of the text are left.
    let text = "Post \"https://api.ecr.us-east-1.amazonaws.com/\": no such host";
    assert_eq!(names(&planned(text, None)), [of("host", "api.ecr.us-east-1.amazonaws.com")]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(
        text in "(dial tcp|lookup|on|https://|arn:aws:|perform: ecr:|ecs-a-|vpce-|\\.amazonaws\\.com|us-east-1|s3-|\\[|\\]|:53|->|VPCE101|[a-z0-9.:\\-]{1,6}| |\n|\\PC)*"
    ) {
        let found = explained(&text);
        prop_assert!(found.matches.len() <= MAX_MATCHES);
        let json = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<TextExplanation>(&json).unwrap(), found);
    }
}
