//! The VPC as a value: what a base file holds and a scenario changes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::behaviour::{
    AuthorityKind, CertificateKind, DeadEnd, DnsBehaviour, ImdsBehaviour, TaskMetadataBehaviour,
    TlsBehaviour,
};
use crate::error::LabError;
use crate::host::{Agent, Docker, Systemd};
use crate::odd_file::OddFile;
use crate::path::NetworkPath;
use crate::{check, scenario};

/// The view of the names that a resolver in the VPC has.
pub(crate) const VPC_VIEW: &str = "vpc";

/// Everything the lab simulates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// The region the names belong to.
    pub region: String,
    /// The addresses of `eth0` with their subnets.
    pub instance: Vec<IpNet>,
    /// The hardware address of `eth0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// All files below `/etc`, `/run` and `/var/log`, and some below `/var/lib`, by absolute path.
    /// `@NOW@` in them becomes the time at which the lab is built, as RFC 3339.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Files beside those, or in their place, that are too large or no text.
    #[serde(default)]
    pub odd_files: BTreeMap<String, OddFile>,
    /// The program's environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The instance metadata service; without it nobody owns its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imds: Option<Imds>,
    /// The task metadata service; without it nobody owns its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_metadata: Option<TaskMetadata>,
    /// DNS servers by address.
    #[serde(default)]
    pub resolvers: BTreeMap<IpAddr, Resolver>,
    /// DNS names; a name that is not here does not exist.
    #[serde(default)]
    pub names: BTreeMap<String, DnsName>,
    /// What listens on port 443, where it is not a plain TLS server.
    #[serde(default)]
    pub servers: BTreeMap<IpAddr, Server>,
    /// Who signs the certificates of the servers.
    #[serde(default)]
    pub authority: AuthorityKind,
    /// Routes that lead nowhere, to addresses that nobody in the lab owns.
    #[serde(default)]
    pub routes: BTreeMap<IpAddr, DeadEnd>,
    /// The path between the program and all of these; without it there is none, and packets take no
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<NetworkPath>,
    /// The ECS agent of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// The Docker Engine; without it nobody listens on its socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker: Option<Docker>,
    /// systemd; without it there is no `systemctl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub systemd: Option<Systemd>,
    /// Connections to port 443 of a public address that another process than the agent holds.
    #[serde(default)]
    pub foreign_connections: u32,
}

/// The instance metadata service (IMDSv2) on port 80.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imds {
    /// The addresses it listens on.
    #[serde(default = "imds_addresses")]
    pub addresses: Vec<IpAddr>,
    /// How it answers.
    #[serde(default)]
    pub behaviour: ImdsBehaviour,
    /// Seconds by which the true time, that of the `Date` header and of the certificates, is ahead
    /// of this machine's clock.
    #[serde(default)]
    pub clock_offset_s: i64,
    /// Bodies by path below `/latest/`.
    #[serde(default)]
    pub documents: BTreeMap<String, String>,
    /// Bodies that are not text, in hexadecimal, by path below `/latest/`.
    #[serde(default)]
    pub raw: BTreeMap<String, String>,
}

/// The task metadata service on 169.254.170.2, port 80.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskMetadata {
    /// How it answers.
    #[serde(default)]
    pub behaviour: TaskMetadataBehaviour,
    /// Bodies by absolute path.
    #[serde(default)]
    pub documents: BTreeMap<String, String>,
}

/// A DNS server on UDP and TCP port 53.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolver {
    /// How it answers; only with `answer` and `delay` the names' own behaviour counts.
    #[serde(default)]
    pub behaviour: DnsBehaviour,
    /// The view of the names it answers from.
    #[serde(default = "vpc_view")]
    pub view: String,
}

/// What a name resolves to. `*.` in front of a name stands for any labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsName {
    /// Addresses in the view `vpc`.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Addresses in the view `vpc` as soon as there is a file `/run/vpce-lab/later`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Vec<IpAddr>>,
    /// Aliases in front of the addresses, in the view `vpc`.
    #[serde(default)]
    pub cname: Vec<String>,
    /// Time to live of the records.
    #[serde(default = "default_ttl")]
    pub ttl: u32,
    /// How questions for this name are answered.
    #[serde(default)]
    pub behaviour: DnsBehaviour,
    /// How its AAAA questions are answered, when that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aaaa: Option<DnsBehaviour>,
    /// Addresses in other views; a name without the view does not exist there.
    #[serde(default)]
    pub views: BTreeMap<String, Vec<IpAddr>>,
}

/// What a connection to port 443 of an address meets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// How it answers.
    #[serde(default)]
    pub behaviour: TlsBehaviour,
    /// Which certificate it shows.
    #[serde(default)]
    pub certificate: CertificateKind,
    /// The certificate's names; default: all names that lead to the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_names: Option<Vec<String>>,
    /// Days until the certificate ends, where nothing is wrong with its dates; default: 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_days: Option<i64>,
    /// Milliseconds between accepting and doing anything.
    #[serde(default)]
    pub delay_ms: u64,
}

impl Vpc {
    /// Loads the base VPC of that name from the repository.
    ///
    /// # Errors
    /// When the file is missing or does not describe a VPC.
    pub fn base(name: &str) -> Result<Self, LabError> {
        let path = scenario::vpcs_dir().join(format!("{name}.toml"));
        Self::from_table(scenario::read_table(&path)?, &path)
    }

    pub(crate) fn from_table(table: toml::Table, path: &std::path::Path) -> Result<Self, LabError> {
        let vpc: Self = table.try_into().map_err(|source| LabError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        check::check(&vpc).map_err(|fault| LabError::Invalid { path: path.to_owned(), fault })?;
        Ok(vpc)
    }
}

impl Vpc {
    /// The time by a right clock.
    pub(crate) fn true_time(&self) -> OffsetDateTime {
        self.imds.as_ref().map_or_else(OffsetDateTime::now_utc, Imds::true_time)
    }
}

impl Imds {
    /// The time by a right clock.
    pub(crate) fn true_time(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.clock_offset_s)
    }
}

impl Default for Imds {
    fn default() -> Self {
        Self {
            addresses: imds_addresses(),
            behaviour: ImdsBehaviour::default(),
            clock_offset_s: 0,
            documents: BTreeMap::new(),
            raw: BTreeMap::new(),
        }
    }
}

impl Default for Resolver {
    fn default() -> Self {
        Self { behaviour: DnsBehaviour::default(), view: vpc_view() }
    }
}

impl Default for DnsName {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            later: None,
            cname: Vec::new(),
            ttl: default_ttl(),
            behaviour: DnsBehaviour::default(),
            aaaa: None,
            views: BTreeMap::new(),
        }
    }
}

impl DnsName {
    /// A name that resolves to these addresses and has nothing special about it.
    pub fn at(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { addresses: addresses.into_iter().collect(), ..Self::default() }
    }

    /// Every address that it ever has in any view.
    pub(crate) fn all_addresses(&self) -> impl Iterator<Item = IpAddr> {
        let lists = [&self.addresses].into_iter().chain(&self.later).chain(self.views.values());
        lists.flatten().copied()
    }
}

fn imds_addresses() -> Vec<IpAddr> {
    vec![IpAddr::from([169, 254, 169, 254])]
}

fn vpc_view() -> String {
    VPC_VIEW.to_owned()
}

fn default_ttl() -> u32 {
    60
}
