//! A TLS handshake with SNI on an open connection, and what the server presented.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::budget::{Budget, Waited};
use super::presented::{Chain, Verdict};
use super::trust::Trust;
use crate::observation::{TlsObservation, TlsOutcome};
use crate::timestamp::milliseconds;

/// Shakes hands and verifies the certificate for `host`. Nothing is sent after the handshake.
pub(super) async fn handshake(
    stream: TcpStream,
    host: &str,
    trust: &Trust,
    budget: &Budget,
) -> TlsObservation {
    let started = Instant::now();
    let failed = |detail: String| TlsObservation {
        outcome: TlsOutcome::Failed { detail },
        elapsed_ms: milliseconds(started.elapsed()),
        version: None,
        trusted_by: None,
        chain: Vec::new(),
    };
    let (config, recorder) = match trust.recording_client() {
        Ok(client) => client,
        Err(error) => return failed(error.to_string()),
    };
    let name = match ServerName::try_from(host.trim_end_matches('.').to_owned()) {
        Ok(name) => name,
        Err(error) => return failed(format!("{host}: {error}")),
    };
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let mut version = None;
    let outcome = match budget.wait(budget.tls, connecting).await {
        Waited::Done(Ok(stream)) => {
            let (_, connection) = stream.get_ref();
            version = connection.protocol_version().and_then(|version| {
                version.as_str().map(|words| words.replace("TLSv1_", "TLSv1."))
            });
            TlsOutcome::Completed
        }
        Waited::Done(Err(error)) => outcome_of(&error),
        Waited::TimedOut => TlsOutcome::Stalled,
        Waited::NotFinished => TlsOutcome::NotFinished,
    };
    let presented = recorder.presented();
    TlsObservation {
        outcome,
        elapsed_ms: milliseconds(started.elapsed()),
        version,
        trusted_by: presented.as_ref().and_then(|chain| chain.verdict.trusted_by.clone()),
        chain: presented.map_or_else(Vec::new, |chain| chain.described.clone()),
    }
}

fn outcome_of(error: &std::io::Error) -> TlsOutcome {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        return outcome_of_tls(tls);
    }
    match error.kind() {
        ErrorKind::UnexpectedEof => TlsOutcome::Closed,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            TlsOutcome::Reset
        }
        _ => TlsOutcome::Failed { detail: error.to_string() },
    }
}

pub(super) fn outcome_of_tls(error: &Error) -> TlsOutcome {
    match error {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsOutcome::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsOutcome::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsOutcome::NameMismatch
            }
            CertificateError::UnknownIssuer => TlsOutcome::UnknownIssuer,
            CertificateError::Other(other) => {
                TlsOutcome::BadCertificate { detail: words(&other.0.to_string()) }
            }
            other => TlsOutcome::BadCertificate { detail: words(&format!("{other:?}")) },
        },
        Error::AlertReceived(alert) => TlsOutcome::Alert { alert: words(&format!("{alert:?}")) },
        Error::InvalidMessage(detail) => {
            TlsOutcome::NotTls { detail: words(&format!("{detail:?}")) }
        }
        other => TlsOutcome::Failed { detail: other.to_string() },
    }
}

/// `HandshakeFailure`, as the TLS library names things, in words: `handshake failure`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        let begins =
            letter.is_ascii_uppercase() && words.ends_with(|c: char| c.is_ascii_lowercase());
        if begins {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Keeps the presented certificates, and has the real verifiers judge them.
#[derive(Debug)]
pub(super) struct Recorder {
    trust: Trust,
    presented: Mutex<Option<Arc<Chain>>>,
}

impl Recorder {
    pub(super) fn new(trust: Trust) -> Self {
        Self { trust, presented: Mutex::default() }
    }

    fn presented(&self) -> Option<Arc<Chain>> {
        self.place().clone()
    }

    fn place(&self) -> MutexGuard<'_, Option<Arc<Chain>>> {
        self.presented.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificates: Vec<_> = std::iter::once(end_entity).chain(intermediates).collect();
        let chain = self.trust.presented().chain(server_name, &certificates, || {
            let (verdict, trusted_by) = self.trust.judge(|judge| {
                judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            });
            Verdict { result: verdict.map(|_| ()), trusted_by }
        });
        let verdict = chain.verdict.result.clone();
        *self.place() = Some(chain);
        verdict.map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier().verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier().verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.verifier().supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_errors_keep_their_kind() {
        let outcome = |error: CertificateError| outcome_of_tls(&Error::InvalidCertificate(error));
        assert_eq!(outcome(CertificateError::Expired), TlsOutcome::Expired);
        assert_eq!(outcome(CertificateError::NotValidYet), TlsOutcome::NotYetValid);
        assert_eq!(outcome(CertificateError::NotValidForName), TlsOutcome::NameMismatch);
        assert_eq!(outcome(CertificateError::UnknownIssuer), TlsOutcome::UnknownIssuer);
        let other = outcome(CertificateError::BadEncoding);
        assert!(matches!(other, TlsOutcome::BadCertificate { .. }));
    }

    #[test]
    fn names_of_the_library_become_words() {
        assert_eq!(words("HandshakeFailure"), "handshake failure");
        assert_eq!(words("InvalidContentType"), "invalid content type");
        assert_eq!(words("BadEncoding"), "bad encoding");
    }

    #[test]
    fn broken_connections_are_told_apart() {
        let outcome = |kind: ErrorKind| outcome_of(&std::io::Error::from(kind));
        assert_eq!(outcome(ErrorKind::UnexpectedEof), TlsOutcome::Closed);
        assert_eq!(outcome(ErrorKind::ConnectionReset), TlsOutcome::Reset);
        assert!(matches!(outcome(ErrorKind::Other), TlsOutcome::Failed { .. }));
    }
}
