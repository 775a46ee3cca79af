//! What the two metadata services do.

use std::time::{SystemTime, UNIX_EPOCH};

use libtest_mimic::Trial;
use vpce_lab::{ImdsBehaviour, TaskMetadataBehaviour, Vpc};

use crate::{client, dripped, ec2, ip, trial};

const REGION: &str = "/latest/meta-data/placement/region";
const TASK: &str = "/v4/7d3c2b1a0f9e4d5c8b7a6f5e4d3c2b1a-1093847561/task";

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("imds_wants_a_token", imds_tokens),
        trial("imds_clock_can_be_off", imds_clock),
        trial("imds_may_be_absent_or_have_ipv6", imds_addresses),
    ];
    trials.extend(imds_behaviours());
    trials.extend(task_metadata_behaviours());
    trials
}

fn imds_tokens() {
    let mut vpc = ec2();
    vpc.imds.as_mut().unwrap().raw.insert("meta-data/odd".into(), "41 0a 42".into());
    let put = "http PUT 169.254.169.254 /latest/api/token X-aws-ec2-metadata-token-ttl-seconds";
    let said = client(
        vpc,
        &[
            &format!("imds {REGION}"),
            "imds /latest/meta-data/none",
            "imds /latest/meta-data/odd",
            &format!("http GET 169.254.169.254 {REGION}"),
            &format!("http GET 169.254.169.254 {REGION} X-aws-ec2-metadata-token=guessed"),
            "http PUT 169.254.169.254 /latest/api/token",
            &format!("{put}=0"),
            &format!("{put}=21601"),
            &format!("{put}=21600"),
            &format!("{put}=21600 X-Forwarded-For=10.0.0.9"),
            "http POST 169.254.169.254 /latest/meta-data",
        ],
    );
    let status: Vec<&str> = said.iter().map(|text| &text[10..13]).collect();
    assert_eq!(
        status,
        ["200", "404", "200", "401", "401", "400", "400", "400", "200", "403", "405"]
    );
    assert!(said[0].ends_with(r#"\r\n\r\nus-east-1""#), "{}", said[0]);
    assert!(said[2].ends_with(r#"\r\n\r\nA\nB""#), "{}", said[2]);
}

fn imds_behaviours() -> impl Iterator<Item = Trial> {
    use ImdsBehaviour as Be;
    let expected = [
        (Be::Disabled, "403", "403"),
        (Be::Unauthorized, "401", "401"),
        (Be::Silent, "0 bytes open", "0 bytes open"),
        (Be::Refuse, "connect: connection refused", "connect: connection refused"),
        (Be::TokenSilent, "0 bytes open", "HTTP/1.1 401"),
        (Be::Error, "500", "500"),
        (Be::Garbage, "this is not HTTP", "this is not HTTP"),
        (Be::Endless, "endless", "endless"),
        (Be::Slow, "dripped", "dripped"),
    ];
    expected.into_iter().map(|(behaviour, token, document)| {
        trial(format!("imds_behaves_{}", String::from(behaviour)), move || {
            let mut vpc = ec2();
            vpc.imds.as_mut().unwrap().behaviour = behaviour;
            let put = "http PUT 169.254.169.254 /latest/api/token \
                       X-aws-ec2-metadata-token-ttl-seconds=60";
            let said = client(vpc, &[put, &format!("http GET 169.254.169.254 {REGION}")]);
            for (said, wanted) in said.iter().zip([token, document]) {
                let slow = wanted == "dripped" && dripped(said);
                assert!(slow || said.contains(wanted), "{said}");
            }
        })
    })
}

fn imds_clock() {
    let mut vpc = ec2();
    vpc.imds.as_mut().unwrap().clock_offset_s = -784_111_777;
    let said = client(vpc, &[&format!("imds {REGION}")]).remove(0);
    let date = said.split_once("Date: ").unwrap().1;
    let year: u64 = date[12..16].parse().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let wanted = 1970 + (now - 784_111_777) / 31_556_952;
    assert!(year.abs_diff(wanted) <= 1, "{date}");
}

fn imds_addresses() {
    let get = "http GET 169.254.169.254 /";
    let mut vpc = ec2();
    vpc.imds.as_mut().unwrap().addresses.push(ip("fd00:ec2::254"));
    let said = client(vpc.clone(), &[get, "http GET fd00:ec2::254 /"]);
    assert!(said.iter().all(|text| text.contains("401")), "{said:?}");
    vpc.imds = None;
    assert_eq!(client(vpc, &[get]), ["connect: no answer"]);
}

fn task_metadata_behaviours() -> impl Iterator<Item = Trial> {
    use TaskMetadataBehaviour as Be;
    let expected = [
        (Be::Answer, "Content-Length: LENGTH"),
        (Be::Silent, "0 bytes open"),
        (Be::Refuse, "connect: connection refused"),
        (Be::Error, "HTTP/1.1 500"),
        (Be::Truncated, "Content-Length: LENGTH"),
        (Be::Huge, "1048576 bytes endless"),
        (Be::Slow, "dripped"),
        (Be::Garbage, "this is not HTTP"),
    ];
    expected.into_iter().map(|(behaviour, wanted)| {
        trial(format!("task_metadata_behaves_{}", String::from(behaviour)), move || {
            let mut vpc = Vpc::base("fargate").unwrap();
            let service = vpc.task_metadata.as_mut().unwrap();
            service.behaviour = behaviour;
            let wanted = wanted.replace("LENGTH", &service.documents[TASK].len().to_string());
            let get = format!("http GET 169.254.170.2 {TASK}");
            let said = client(vpc, &[&get, "http GET 169.254.170.2 /v4/none"]);
            let slow = wanted == "dripped" && dripped(&said[0]);
            assert!(slow || said[0].contains(&wanted), "{}", said[0]);
            assert_eq!(said[0].ends_with(r#"}\n""#), behaviour == Be::Answer, "{}", said[0]);
            let answers = matches!(behaviour, Be::Answer | Be::Truncated);
            assert_eq!(said[1].contains("404"), answers, "{}", said[1]);
        })
    })
}
