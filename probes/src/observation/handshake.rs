//! TLS handshakes, and the certificates that are shown.

use serde::{Deserialize, Serialize};

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
