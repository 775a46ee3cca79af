//! Takes one thing at a time out of a healthy VPC: the matching finding appears.

use std::net::IpAddr;

use libtest_mimic::{Failed, Trial};
use vpce_lab::{Lab, Run, Server, TlsBehaviour, Vpc};

use crate::checked::Checked;

/// What is taken out, and the code that tells so.
struct Removal {
    name: String,
    vpc: Vpc,
    code: &'static str,
    host: Option<String>,
}

/// A trial for each thing in each healthy VPC.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for base in ["ec2", "fargate"] {
        match Vpc::base(base) {
            Ok(vpc) => {
                trials.extend(removals(base, &vpc).into_iter().map(|removal| {
                    Trial::test(format!("removal::{base}::{}", removal.name), move || run(&removal))
                }));
            }
            Err(error) => {
                let told = format!("{base}: {error}");
                trials.push(Trial::test(format!("removal::{base}"), move || Err(told.into())));
            }
        }
    }
    trials
}

fn removals(base: &str, healthy: &Vpc) -> Vec<Removal> {
    let mut removals = Vec::new();
    let mut add = |name: &str, code, host: Option<&str>, change: &dyn Fn(&mut Vpc)| {
        let mut vpc = healthy.clone();
        change(&mut vpc);
        let host = host.map(str::to_owned);
        removals.push(Removal { name: name.to_owned(), vpc, code, host });
    };
    add("resolv-conf", "VPCE010", None, &|vpc| {
        vpc.files.remove("/etc/resolv.conf");
    });
    add("resolver", "VPCE015", None, &|vpc| vpc.resolvers.clear());
    add("certificate-authority", "VPCE123", None, &|vpc| {
        vpc.env.remove("VPCE_PROBE_CA_FILE");
    });
    if base == "ec2" {
        add("instance-metadata", "VPCE001", None, &|vpc| vpc.imds = None);
        add("region", "VPCE001", None, &|vpc| {
            if let Some(imds) = &mut vpc.imds {
                imds.documents
                    .retain(|path, _| !path.contains("placement/") && !path.contains("identity"));
            }
        });
        add("vpc-ranges", "VPCE008", None, &|vpc| {
            if let Some(imds) = &mut vpc.imds {
                imds.documents.retain(|path, _| !path.contains("vpc-ipv4-cidr-block"));
            }
        });
    } else {
        add("task-metadata", "VPCE005", None, &|vpc| vpc.task_metadata = None);
    }
    for host in planned_hosts(base) {
        let addresses = addresses_of(healthy, host);
        add(&format!("name::{host}"), "VPCE011", Some(host), &|vpc| {
            vpc.names.retain(|name, _| !covers(name, host));
        });
        add(&format!("listeners::{host}"), "VPCE111", Some(host), &|vpc| {
            for address in &addresses {
                refuse(vpc, *address);
            }
        });
        if let [first, _, ..] = addresses.as_slice() {
            add(&format!("one-listener::{host}"), "VPCE112", Some(host), &|vpc| {
                refuse(vpc, *first);
            });
        }
        if base == "ec2" || !host.contains("s3") {
            add(&format!("addresses::{host}"), "VPCE012", Some(host), &|vpc| {
                for (name, entry) in &mut vpc.names {
                    if covers(name, host) {
                        entry.addresses.clear();
                    }
                }
            });
        }
    }
    removals
}

/// The host names that the program checks in the healthy VPC.
fn planned_hosts(base: &str) -> Vec<&'static str> {
    let mut hosts = vec![
        "api.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com",
    ];
    match base {
        "ec2" => hosts.extend([
            "ecs.us-east-1.amazonaws.com",
            "ecs-a.us-east-1.amazonaws.com",
            "ecs-t.us-east-1.amazonaws.com",
        ]),
        _ => hosts.push("logs.us-east-1.amazonaws.com"),
    }
    hosts
}

fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(parent) => host.ends_with(parent),
        None => pattern == host,
    }
}

fn addresses_of(vpc: &Vpc, host: &str) -> Vec<IpAddr> {
    let entries = vpc.names.iter().filter(|(name, _)| covers(name, host));
    let mut addresses: Vec<IpAddr> =
        entries.flat_map(|(_, entry)| entry.addresses.clone()).collect();
    // A wildcard beside the name leads to the same ones.
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn refuse(vpc: &mut Vpc, address: IpAddr) {
    let server = Server { behaviour: TlsBehaviour::Refuse, ..Server::default() };
    vpc.servers.insert(address, server);
}

fn run(removal: &Removal) -> Result<(), Failed> {
    let checked = Checked::run_in(&Lab::new(removal.vpc.clone()), &Run::with_args(["--json"]))?;
    if checked.finds(removal.code, removal.host.as_deref()) {
        Ok(())
    } else {
        Err(format!("{} does not appear\n{}", removal.code, checked.shown()).into())
    }
}
