//! What a server presents, and files of certificate authorities.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::ClientConnection;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use crate::fuzzing::{assert_round_trip, assert_short_texts};
use crate::observe::certificate::describe;
use crate::observe::tls::{Recorder, outcome_of_tls};
use crate::observe::trust::{Roots, Trust};

const HOST: &str = "ecs.us-east-1.amazonaws.com";

static TRUST: LazyLock<Option<Trust>> = LazyLock::new(|| Trust::in_roots(Roots::built_in()).ok());

/// A certificate (DER), as the report describes it and as the verifier judges it.
pub fn certificate(bytes: &[u8]) {
    let described = describe(bytes);
    assert_round_trip(&described);
    assert_short_texts(&described);
    if let Some(certificate) = &described {
        let names = certificate.names.iter().chain([&certificate.subject, &certificate.issuer]);
        let mut texts = names.flat_map(|text| text.bytes());
        assert!(texts.all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{certificate:?}");
        assert!(certificate.names.len() <= 100 && certificate.sha256.len() == 64);
    }
    let (Some(trust), Ok(name)) = (TRUST.as_ref(), ServerName::try_from(HOST)) else { return };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_795_000_000));
    let der = CertificateDer::from(bytes);
    let chain = [der.clone()];
    let judged = Recorder::new(trust.clone()).verify_server_cert(&der, &chain, &name, &[], now);
    match judged {
        Ok(_) => assert!(judged.is_err(), "nobody known issued it"),
        Err(error) => assert_short_texts(&outcome_of_tls(&error)),
    }
}

/// A file of certificate authorities (PEM).
pub fn ca_file(bytes: &[u8]) {
    let mut roots = Roots::none();
    match roots.add_pem(Path::new("/etc/ssl/ca.pem"), bytes) {
        Ok(()) => assert!(Trust::in_roots(roots).is_ok()),
        Err(error) => {
            assert_short_texts(&error.to_string());
            assert!(Trust::in_roots(roots).is_err(), "it was refused, and yet it is trusted");
        }
    }
}

/// What a server sends where a handshake is expected.
pub fn tls_answer(bytes: &[u8]) {
    let (Some(trust), Ok(name)) = (TRUST.as_ref(), ServerName::try_from(HOST)) else { return };
    let Ok((config, _)) = trust.recording_client() else { return };
    let Ok(mut connection) = ClientConnection::new(Arc::new(config), name) else { return };
    let mut rest = bytes;
    while connection.read_tls(&mut rest).is_ok_and(|count| count > 0) {
        if let Err(error) = connection.process_new_packets() {
            let outcome = outcome_of_tls(&error);
            assert_round_trip(&outcome);
            assert_short_texts(&outcome);
            return;
        }
    }
    assert!(connection.is_handshaking(), "nobody shook hands");
}
