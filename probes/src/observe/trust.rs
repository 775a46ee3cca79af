//! The certificate authorities that are trusted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use super::tls::Recorder;

/// The roots that are trusted: those built in, and those of further files.
#[derive(Clone, Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
}

/// Why a file of certificate authorities cannot be used.
#[derive(Debug, Error)]
pub enum TrustError {
    /// The file cannot be read, or is not PEM.
    #[error("cannot read certificate authorities from {path}: {detail}")]
    Unreadable {
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
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for path in files {
            add_file(&mut roots, path)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
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

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TrustError> {
    let unreadable = |detail: String| TrustError::Unreadable { path: path.to_owned(), detail };
    let certificates = CertificateDer::pem_file_iter(path)
        .map_err(|error| unreadable(error.to_string()))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_files_are_named() {
        assert!(Trust::with_files(&[]).is_ok());
        let missing = Trust::with_files(&["/nonexistent/ca.pem".into()]).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/ca.pem"), "{missing}");
        let empty = Trust::with_files(&["/dev/null".into()]).unwrap_err();
        assert!(matches!(empty, TrustError::Empty { .. }), "{empty}");
    }
}
