//! The certificate authorities that are trusted.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerified;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{
    CertificateError, CipherSuite, ClientConfig, Error as TlsError, RootCertStore,
    SupportedCipherSuite,
};
use thiserror::Error;

use super::presented::Presented;
use super::tls::Recorder;
use crate::bounded_read;

/// The roots that are trusted: those built in, those of further files, and, where none of these
/// issued a certificate, those that variables of the environment name.
#[derive(Clone, Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    by_variable: Vec<(String, Arc<WebPkiServerVerifier>)>,
    presented: Arc<Presented>,
}

const CHEAPEST: CipherSuite = CipherSuite::TLS13_AES_128_GCM_SHA256;

/// More than any collection of certificate authorities holds: that of Debian has 220 KB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Certificate authorities, before they are put to use.
#[derive(Clone, Debug)]
pub struct Roots(RootCertStore);

/// Why a file of certificate authorities cannot be used.
#[derive(Debug, Error)]
pub enum TrustError {
    /// The file cannot be read, is no regular file, or larger than any collection of certificates.
    #[error("cannot read certificate authorities from {path}: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The file is not PEM.
    #[error("cannot read certificate authorities from {path}: {detail}")]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The file holds no certificate.
    #[error("{path} holds no certificate")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The TLS library refuses the roots.
    #[error("certificate authorities cannot be used: {0}")]
    Refused(String),
}

impl Trust {
    /// The built-in roots (those of Mozilla, with Amazon's own), and those in `files` (PEM).
    ///
    /// # Errors
    /// When a file cannot be read or holds no usable certificate.
    pub fn with_files(files: &[PathBuf]) -> Result<Self, TrustError> {
        let mut roots = Roots::built_in();
        for path in files {
            roots.add_file(path)?;
        }
        Self::in_roots(roots)
    }

    /// These roots and no others.
    ///
    /// # Errors
    /// When the TLS library refuses them.
    pub fn in_roots(roots: Roots) -> Result<Self, TrustError> {
        let provider = Arc::new(provider());
        let verifier = verifier(roots, &provider)?;
        Ok(Self { provider, verifier, by_variable: Vec::new(), presented: Arc::default() })
    }

    /// Trusts what these roots issued as well, and says so of each certificate: programs that are
    /// not given the variable do not.
    ///
    /// # Errors
    /// When the TLS library refuses the roots.
    pub fn or_by_variable(mut self, variable: &str, roots: Roots) -> Result<Self, TrustError> {
        let verifier = verifier(roots, &self.provider)?;
        self.by_variable.push((variable.to_owned(), verifier));
        Ok(self)
    }

    /// The same for the servers of one name, in one run: what they present alike is judged once.
    pub(super) fn for_one_name(&self) -> Self {
        Self { presented: Arc::default(), ..self.clone() }
    }

    /// What the servers of the name presented so far.
    pub(super) fn presented(&self) -> &Presented {
        &self.presented
    }

    /// Has a certificate verified. Where the issuer is unknown to the roots that everybody shares,
    /// those of the variables decide; the variables that made it trusted are named.
    pub(super) fn judge(
        &self,
        verify: impl Fn(&WebPkiServerVerifier) -> Result<ServerCertVerified, TlsError>,
    ) -> (Result<ServerCertVerified, TlsError>, Option<String>) {
        let first = verify(&self.verifier);
        if !is_of_unknown_issuer(&first) {
            return (first, None);
        }
        let (mut accepting, mut said) = (Vec::new(), first);
        for (variable, verifier) in &self.by_variable {
            match verify(verifier) {
                Ok(_) => accepting.push(variable.as_str()),
                // Whoever knows the issuer says more of the certificate.
                other if is_of_unknown_issuer(&said) => said = other,
                _ => {}
            }
        }
        match accepting.as_slice() {
            [] => (said, None),
            variables => (Ok(ServerCertVerified::assertion()), Some(variables.join(" and "))),
        }
    }

    /// The verifier of the roots that everybody shares: signatures are the same for all.
    pub(super) fn verifier(&self) -> &WebPkiServerVerifier {
        &self.verifier
    }

    /// A client that records the certificates of one handshake before they are judged.
    pub(super) fn recording_client(&self) -> Result<(ClientConfig, Arc<Recorder>), rustls::Error> {
        let recorder = Arc::new(Recorder::new(self.clone()));
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(recorder.clone())
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::disabled();
        Ok((config, recorder))
    }
}

/// Offers first what is cheapest to shake hands with, as nothing is sent afterwards. Endpoints of AWS
/// prefer it anyway; servers that leave it to the client would take a hash that processors do not help
/// with.
fn provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    let suites = &mut provider.cipher_suites;
    let cheapest = |suite: &SupportedCipherSuite| suite.suite() == CHEAPEST;
    if let Some(at) = suites.iter().position(cheapest) {
        let suite = suites.remove(at);
        suites.insert(0, suite);
    }
    provider
}

fn verifier(
    roots: Roots,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TrustError> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots.0), provider.clone())
        .build()
        .map_err(|error| TrustError::Refused(error.to_string()))
}

fn is_of_unknown_issuer<T>(said: &Result<T, TlsError>) -> bool {
    matches!(said, Err(TlsError::InvalidCertificate(CertificateError::UnknownIssuer)))
}

impl Roots {
    /// The roots of Mozilla, with Amazon's own.
    pub fn built_in() -> Self {
        Self(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// None yet.
    pub fn none() -> Self {
        Self(RootCertStore::empty())
    }

    /// Adds those of a PEM file. Nothing is added when it is unusable.
    ///
    /// # Errors
    /// When the file cannot be read or holds no usable certificate.
    pub fn add_file(&mut self, path: &Path) -> Result<(), TrustError> {
        let pem = bounded_read::read(path, MAX_BYTES)
            .map_err(|error| TrustError::Unreadable { path: path.to_owned(), error })?;
        self.add_pem(path, &pem)
    }

    pub(super) fn add_pem(&mut self, path: &Path, pem: &[u8]) -> Result<(), TrustError> {
        let certificates =
            CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(
                |error| TrustError::NotPem { path: path.to_owned(), detail: error.to_string() },
            )?;
        let (added, _) = self.0.add_parsable_certificates(certificates);
        if added == 0 { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(()) }
    }
}

impl TrustError {
    /// Whether this program only lacks the permission to read the file.
    pub fn is_permission_denied(&self) -> bool {
        matches!(self, Self::Unreadable { error, .. } if error.kind() == ErrorKind::PermissionDenied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_scratch_file(name: &str, content: &[u8]) -> TrustError {
        let path =
            std::env::temp_dir().join(format!("vpce-probes-ca-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        let error = Roots::built_in().add_file(&path).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        error
    }

    fn trusting_by(variables: &[&str]) -> Trust {
        let by_variable = |trust: Trust, variable: &&str| {
            // Which roots these are does not matter here: the test says what each verifier says.
            trust.or_by_variable(variable, Roots::built_in()).unwrap()
        };
        let trust = Trust::in_roots(Roots::built_in()).unwrap();
        variables.iter().fold(trust, by_variable)
    }

    fn judged(
        variables: &[&str],
        said: &[Option<CertificateError>],
    ) -> (bool, Option<String>, Option<TlsError>) {
        let asked = std::cell::Cell::new(0);
        let (verdict, by) = trusting_by(variables).judge(|_| {
            let index = asked.replace(asked.get() + 1);
            match said[index].clone() {
                None => Ok(ServerCertVerified::assertion()),
                Some(error) => Err(TlsError::InvalidCertificate(error)),
            }
        });
        assert_eq!(asked.get(), said.len(), "everybody who is to be asked, and nobody else");
        (verdict.is_ok(), by, verdict.err())
    }

    #[test]
    fn variables_decide_only_where_the_issuer_is_unknown() {
        use CertificateError::{Expired, NotValidForName, UnknownIssuer};
        let both = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"];
        assert_eq!(judged(&both, &[None]), (true, None, None));
        let error = |error| Some(TlsError::InvalidCertificate(error));
        assert_eq!(judged(&both, &[Some(Expired)]), (false, None, error(Expired)));
        assert_eq!(judged(&[], &[Some(UnknownIssuer)]), (false, None, error(UnknownIssuer)));
        let (trusted, by, _) = judged(&both, &[Some(UnknownIssuer), Some(UnknownIssuer), None]);
        assert_eq!((trusted, by.as_deref()), (true, Some("SSL_CERT_FILE")));
        let (trusted, by, _) = judged(&both, &[Some(UnknownIssuer), None, None]);
        assert_eq!((trusted, by.as_deref()), (true, Some("AWS_CA_BUNDLE and SSL_CERT_FILE")));
        assert_eq!(
            judged(&both, &[Some(UnknownIssuer), Some(NotValidForName), Some(UnknownIssuer)]),
            (false, None, error(NotValidForName)),
            "whoever knows the issuer says more",
        );
    }

    #[test]
    fn the_cheapest_suite_is_offered_first_and_no_other_is_left_out() {
        let (ours, usual) = (provider(), rustls::crypto::ring::default_provider());
        assert_eq!(ours.cipher_suites[0].suite(), CHEAPEST);
        assert_eq!(ours.cipher_suites.len(), usual.cipher_suites.len());
        assert!(usual.cipher_suites.iter().all(|suite| ours.cipher_suites.contains(suite)));
    }

    #[test]
    fn unusable_files_are_named() {
        assert!(Trust::with_files(&[]).is_ok());
        let missing = Trust::with_files(&["/nonexistent/ca.pem".into()]).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/ca.pem"), "{missing}");
        for endless in ["/dev/null", "/dev/zero", "/"] {
            let error = Trust::with_files(&[endless.into()]).unwrap_err();
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
        let none = in_scratch_file("empty", b"");
        assert!(matches!(none, TrustError::Empty { .. }), "{none}");
        let huge = in_scratch_file("huge", &vec![b'x'; 4 * 1024 * 1024 + 1]);
        assert!(huge.to_string().contains("larger than 4 MiB"), "{huge}");
    }
}
