//! Scenario and base files: what a fault in them looks like, and what a good one gives.

use std::path::{Path, PathBuf};

use vpce_lab::{Scenario, Vpc};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

#[test]
fn a_scenario_is_its_base_with_changes() {
    let scenario = Scenario::load(fixtures().join("scenarios/changed.toml")).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.base.as_str()), ("changed", "tiny"));
    assert_eq!(scenario.vpc.region, "us-east-1");
    assert_eq!(scenario.vpc.instance.len(), 2);
    assert!(scenario.vpc.imds.is_none());
    assert_eq!(scenario.vpc.names.keys().collect::<Vec<_>>(), ["a.example"]);
    assert_eq!(scenario.vpc.env.keys().collect::<Vec<_>>(), ["KEPT"]);
    let addresses = &scenario.vpc.names["a.example"].addresses;
    assert_eq!(addresses, &["52.94.228.103".parse::<std::net::IpAddr>().unwrap()]);

    let run = scenario.run_with(["--json"]);
    assert_eq!(run.args, ["--json", "--deadline", "2s"]);
    assert_eq!(run.env["EXTRA"], "1");
    assert_eq!((scenario.run.uid, scenario.run.read_only_root), (Some(12_345), true));
    assert_eq!(scenario.expect.codes, ["VPCE101"]);
}

#[test]
fn a_fault_names_its_file_and_key() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "unknown-word",
            &[
                "unknown-word.toml",
                "servers.10.0.1.101.behaviour",
                "\"stal\"",
                "stall-after:NUMBER",
            ],
        ),
        ("unknown-key", &["unknown-key.toml", "names.a.example", "adresses", "addresses"]),
        ("contradiction", &["contradiction.toml", "names.\"a.example\"", "refuse"]),
        ("no-base", &["vpcs/none.toml", "No such file"]),
        ("faulty-base", &["vpcs/faulty.toml", "`resolver`"]),
        ("unknown-expectation", &["unknown-expectation.toml", "`code`", "`codes`"]),
    ];
    for (name, parts) in cases {
        let path = fixtures().join("faulty").join(format!("{name}.toml"));
        let message = Scenario::load(path).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "{name} should say {part}: {message}");
        }
    }
}

#[test]
fn the_bases_agree_on_the_endpoints() {
    let (ec2, fargate) = (Vpc::base("ec2").unwrap(), Vpc::base("fargate").unwrap());
    assert_eq!(ec2.names, fargate.names);
    assert_eq!(ec2.servers, fargate.servers);
    assert_eq!(ec2.resolvers, fargate.resolvers);
}

#[test]
fn the_documents_of_the_bases_agree_with_their_networks() {
    let ec2 = Vpc::base("ec2").unwrap();
    let documents = &ec2.imds.as_ref().unwrap().documents;
    let mac = &documents["meta-data/mac"];
    assert_eq!(ec2.mac.as_ref(), Some(mac));
    let of_interface = format!("meta-data/network/interfaces/macs/{mac}/");
    let subnet = &documents[&format!("{of_interface}subnet-ipv4-cidr-block")];
    assert_eq!(ec2.instance[0].trunc().to_string(), *subnet);
    let identity = &documents["dynamic/instance-identity/document"];
    let identity: serde_json::Value = serde_json::from_str(identity).unwrap();
    assert_eq!(identity["region"], ec2.region.as_str());
    assert_eq!(identity["privateIp"], ec2.instance[0].addr().to_string());

    let fargate = Vpc::base("fargate").unwrap();
    let uri = &fargate.env["ECS_CONTAINER_METADATA_URI_V4"];
    let path = uri.strip_prefix("http://169.254.170.2").unwrap();
    let documents = &fargate.task_metadata.as_ref().unwrap().documents;
    let container: serde_json::Value = serde_json::from_str(&documents[path]).unwrap();
    let task: serde_json::Value =
        serde_json::from_str(&documents[&format!("{path}/task")]).unwrap();
    assert_eq!(task["Containers"][0], container);
    assert_eq!(container["Networks"][0]["MACAddress"], fargate.mac.unwrap().as_str());
    let subnet = fargate.instance[0].trunc().to_string();
    assert_eq!(container["Networks"][0]["IPv4SubnetCIDRBlock"], subnet);
}

#[test]
fn all_scenarios_of_a_directory_are_loaded_or_none() {
    let scenarios = vpce_lab::load_dir(fixtures().join("scenarios")).unwrap();
    assert_eq!(
        scenarios.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["changed", "plain"]
    );
    assert!(vpce_lab::load_dir(fixtures().join("faulty")).is_err());
    assert!(vpce_lab::load_dir(fixtures().join("none")).is_err());
}
