//! Questions to resolvers, and what they answer.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::surroundings::ResolverKind;

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
    /// An answer, but not one of this name: its addresses are of other names, or its aliases lead
    /// back to themselves. A libc client does not go on to another resolver.
    Unusable {
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
        !matches!(
            self,
            Self::Answered { .. }
                | Self::NoSuchName
                | Self::NoData
                | Self::Unusable { .. }
                | Self::NotFinished
        )
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
            Self::Unusable { detail } => format!("not usable: {detail}"),
            Self::LocalError { detail } => format!("not asked: {detail}"),
            Self::NotFinished => "not finished before the deadline".to_owned(),
        }
    }
}
