//! What was seen: answers of resolvers, connections, handshakes. Plain data without judgement.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::ecs_agent::EcsAgent;
use crate::surroundings::ResolverKind;
use crate::timestamp::{milliseconds, rfc3339};

/// Everything that one run saw.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Observations {
    /// When the run began, RFC 3339 in UTC, by this machine's clock.
    pub started_at: String,
    /// How long the whole run took.
    pub elapsed_ms: f64,
    /// How long the whole run could take.
    pub deadline_ms: f64,
    /// One entry for each host name of the plan, in its order, without repetition.
    pub hosts: Vec<HostObservation>,
    /// One entry for each side name of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_names: Vec<SideNameObservation>,
    /// What was seen of the ECS agent, where it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_agent: Option<EcsAgent>,
}

impl Observations {
    /// What a run saw that began at `started` and had until `deadline` after it.
    pub fn new(started: SystemTime, deadline: Duration, hosts: Vec<HostObservation>) -> Self {
        Self {
            started_at: rfc3339(started.into()),
            elapsed_ms: started.elapsed().map_or(0.0, milliseconds),
            deadline_ms: milliseconds(deadline),
            hosts,
            side_names: Vec::new(),
            ecs_agent: None,
        }
    }

    /// What was seen of one host name.
    pub fn host(&self, name: &str) -> Option<&HostObservation> {
        self.hosts.iter().find(|host| host.host == name)
    }

    /// What the resolvers say of one side name.
    pub fn side_name(&self, name: &str) -> Option<&Lookup> {
        self.side_names.iter().find(|side| side.host == name).map(|side| &side.lookup)
    }
}

/// What was seen of one host name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostObservation {
    /// The host name.
    pub host: String,
    /// The addresses that the hosts file pins it to. A libc client uses these and asks no resolver.
    pub pinned: Vec<IpAddr>,
    /// What the resolvers say: one entry for IPv4 (A), one for IPv6 (AAAA).
    pub lookups: Vec<Lookup>,
    /// What single resolvers say that the lookups did not get to, or that this machine does not ask:
    /// for comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub separately: Vec<SeparateAnswer>,
    /// What came of connecting, for each address a client would use.
    pub addresses: Vec<AddressObservation>,
    /// From the start of the lookup to the end of the last handshake.
    pub elapsed_ms: f64,
}

/// What the resolvers say of a side name.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SideNameObservation {
    /// The name.
    pub host: String,
    /// What the resolvers say: of IPv4, or of IPv6 where this machine has nothing else.
    pub lookup: Lookup,
}

/// One question to the resolvers, the way a libc client asks it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lookup {
    /// What was asked for.
    pub record: Record,
    /// The resolvers that were asked, in order. The last one's outcome is the client's.
    pub attempts: Vec<LookupAttempt>,
}

impl Lookup {
    /// What a client gets to know.
    pub fn outcome(&self) -> Option<&LookupOutcome> {
        self.attempts.last().map(|attempt| &attempt.outcome)
    }

    /// The addresses that a client gets.
    pub fn addresses(&self) -> &[IpAddr] {
        match self.outcome() {
            Some(LookupOutcome::Answered { addresses, .. }) => addresses,
            _ => &[],
        }
    }
}

/// What one resolver says that was asked by itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeparateAnswer {
    /// What was asked for.
    pub record: Record,
    /// What the resolver is known to be.
    pub kind: ResolverKind,
    /// The resolver and its answer.
    #[serde(flatten)]
    pub attempt: LookupAttempt,
}

/// Record types that are asked for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Record {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    #[serde(rename = "AAAA")]
    Aaaa,
}

impl Record {
    /// `A` or `AAAA`.
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }
}

/// What one resolver said.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LookupAttempt {
    /// The resolver.
    pub server: IpAddr,
    /// Its answer.
    #[serde(flatten)]
    pub outcome: LookupOutcome,
    /// How long it took, or how long it was waited for.
    pub elapsed_ms: f64,
}

/// The answer of a resolver.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LookupOutcome {
    /// Addresses.
    Answered {
        /// The addresses, in the order of the answer.
        addresses: Vec<IpAddr>,
        /// The names that the answer went through (CNAME), in order.
        chain: Vec<String>,
        /// Smallest time to live of the answer; resolvers count it in whole seconds.
        ttl_ms: f64,
    },
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The name exists, but has no record of this type (NODATA).
    NoData,
    /// The resolver failed (SERVFAIL).
    ServerFailure,
    /// The resolver refuses to answer (REFUSED).
    Refused,
    /// The resolver gave another error.
    OtherCode {
        /// The response code, in words.
        code: String,
    },
    /// No answer in time.
    TimedOut,
    /// The resolver cannot be reached: no route, or its port is closed.
    Unreachable {
        /// What the system said.
        detail: String,
    },
    /// The answer cannot be understood.
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// An error of this machine itself, such as too many open files.
    LocalError {
        /// What the system said.
        detail: String,
    },
    /// The deadline came first.
    NotFinished,
}

impl LookupOutcome {
    /// Whether a libc client would go on to the next resolver.
    pub fn asks_the_next(&self) -> bool {
        !matches!(self, Self::Answered { .. } | Self::NoSuchName | Self::NoData | Self::NotFinished)
    }

    /// Whether the name exists without an address of this type.
    pub fn is_without_data(&self) -> bool {
        match self {
            Self::Answered { addresses, .. } => addresses.is_empty(),
            other => *other == Self::NoData,
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Answered { addresses, .. } => {
                addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
            }
            Self::NoSuchName => "no such name (NXDOMAIN)".to_owned(),
            Self::NoData => "no address (NODATA)".to_owned(),
            Self::ServerFailure => "server failure (SERVFAIL)".to_owned(),
            Self::Refused => "refused (REFUSED)".to_owned(),
            Self::OtherCode { code } => format!("error: {code}"),
            Self::TimedOut => "no answer".to_owned(),
            Self::Unreachable { detail } => format!("unreachable: {detail}"),
            Self::Malformed { detail } => format!("not understandable: {detail}"),
            Self::LocalError { detail } => format!("not asked: {detail}"),
            Self::NotFinished => "not finished before the deadline".to_owned(),
        }
    }
}

/// What came of connecting to one address of one host name.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressObservation {
    /// The address. The port is 443.
    pub address: IpAddr,
    /// The TCP connection.
    pub tcp: TcpObservation,
    /// The TLS handshake; absent when there was no connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsObservation>,
}

/// A TCP connection to port 443.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TcpObservation {
    /// What came of it.
    #[serde(flatten)]
    pub outcome: TcpOutcome,
    /// How long it took, or how long it was waited for.
    pub elapsed_ms: f64,
}

/// What came of a TCP connection.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TcpOutcome {
    /// Connected.
    Connected,
    /// Refused: the address answers, but nothing listens.
    Refused,
    /// Reset while connecting.
    Reset,
    /// No answer in time.
    TimedOut,
    /// No route, or a router says that it cannot be reached.
    Unreachable {
        /// What the system said.
        detail: String,
    },
    /// This machine does not let the program connect.
    NotPermitted {
        /// What the system said.
        detail: String,
    },
    /// An error of this machine itself, such as too many open files.
    LocalError {
        /// What the system said.
        detail: String,
    },
    /// The deadline came first.
    NotFinished,
}

impl TcpOutcome {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Connected => "connected".to_owned(),
            Self::Refused => "connection refused".to_owned(),
            Self::Reset => "connection reset".to_owned(),
            Self::TimedOut => "no answer".to_owned(),
            Self::Unreachable { detail } => format!("unreachable: {detail}"),
            Self::NotPermitted { detail } => format!("not permitted: {detail}"),
            Self::LocalError { detail } => format!("not tried: {detail}"),
            Self::NotFinished => "not finished before the deadline".to_owned(),
        }
    }
}

/// A TLS handshake.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TlsObservation {
    /// What came of it.
    #[serde(flatten)]
    pub outcome: TlsOutcome,
    /// How long it took, or how long it was waited for.
    pub elapsed_ms: f64,
    /// Protocol version: `TLSv1.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The variables of the environment (`AWS_CA_BUNDLE`, `SSL_CERT_FILE`) without whose authorities
    /// the certificate would not be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_by: Option<String>,
    /// The certificates that were presented, leaf first, whether or not they were accepted.
    pub chain: Vec<Certificate>,
}

/// What came of a TLS handshake.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TlsOutcome {
    /// Completed; the certificate is valid for the name.
    Completed,
    /// The certificate is for other names.
    NameMismatch,
    /// The certificate has expired, by this machine's clock.
    Expired,
    /// The certificate is not valid yet, by this machine's clock.
    NotYetValid,
    /// No trusted root issued the certificate.
    UnknownIssuer,
    /// The certificate is not acceptable for another reason.
    BadCertificate {
        /// What is wrong with it.
        detail: String,
    },
    /// The server ended the handshake with an alert.
    Alert {
        /// The alert's name.
        alert: String,
    },
    /// No complete answer in time after connecting.
    Stalled,
    /// The server closed the connection.
    Closed,
    /// The connection was reset.
    Reset,
    /// The answer is not TLS.
    NotTls {
        /// What is wrong with it.
        detail: String,
    },
    /// Another error.
    Failed {
        /// What happened.
        detail: String,
    },
    /// The deadline came first.
    NotFinished,
}

impl TlsOutcome {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Completed => "verified".to_owned(),
            Self::NameMismatch => "certificate for other names".to_owned(),
            Self::Expired => "certificate expired".to_owned(),
            Self::NotYetValid => "certificate not valid yet".to_owned(),
            Self::UnknownIssuer => "certificate of an unknown issuer".to_owned(),
            Self::BadCertificate { detail } => format!("certificate not acceptable: {detail}"),
            Self::Alert { alert } => format!("TLS alert: {alert}"),
            Self::Stalled => "connected, then TLS handshake without answer".to_owned(),
            Self::Closed => "connection closed during the TLS handshake".to_owned(),
            Self::Reset => "connection reset during the TLS handshake".to_owned(),
            Self::NotTls { detail } => format!("the answer is not TLS: {detail}"),
            Self::Failed { detail } => format!("TLS handshake failed: {detail}"),
            Self::NotFinished => "not finished before the deadline".to_owned(),
        }
    }
}

/// A presented certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Certificate {
    /// Distinguished name of the subject.
    pub subject: String,
    /// Distinguished name of the issuer.
    pub issuer: String,
    /// Subject alternative names: host names and addresses, at most 100.
    pub names: Vec<String>,
    /// Begin of validity, RFC 3339 in UTC.
    pub not_before: String,
    /// End of validity, RFC 3339 in UTC.
    pub not_after: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub sha256: String,
}
