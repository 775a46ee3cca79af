//! Connections to port 443.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::TlsObservation;

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
    /// How many connections were begun, where the answer to the first was late, or that to its TLS
    /// handshake: packets may get lost on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
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
