//! The certificate authorities that are trusted.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use super::tls::Recorder;
use crate::bounded_read;

/// The roots that are trusted: those built in, and those of further files.
#[derive(Clone, Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
}

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
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots.0), provider.clone())
                .build()
                .map_err(|error| TrustError::Refused(error.to_string()))?;
        Ok(Self { provider, verifier })
    }

    /// A client that records the certificates of one handshake before they are judged.
    pub(super) fn recording_client(&self) -> Result<(ClientConfig, Arc<Recorder>), rustls::Error> {
        let recorder = Arc::new(Recorder::new(self.verifier.clone()));
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(recorder.clone())
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::disabled();
        Ok((config, recorder))
    }
}

impl Roots {
    /// The roots of Mozilla, with Amazon's own.
    pub fn built_in() -> Self {
        Self(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// Adds those of a PEM file. Nothing is added when it is unusable.
    ///
    /// # Errors
    /// When the file cannot be read or holds no usable certificate.
    pub fn add_file(&mut self, path: &Path) -> Result<(), TrustError> {
        let pem = bounded_read::read(path, MAX_BYTES)
            .map_err(|error| TrustError::Unreadable { path: path.to_owned(), error })?;
        let certificates =
            CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().map_err(
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
