//! The lab's certificate authority and the certificates of its servers.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::behaviour::CertificateKind;
use crate::error::Trouble;
use crate::vpc::Server;

/// The name on a certificate that is for somebody else.
const WRONG_NAME: &str = "somebody-else.vpce-lab.example";

/// Days until a certificate ends, unless told otherwise.
const DAYS_LEFT: i64 = 90;

/// Two authorities, one of which the program trusts, and the key of all servers.
pub(crate) struct Authority {
    trusted: CertifiedIssuer<'static, KeyPair>,
    inspecting: CertifiedIssuer<'static, KeyPair>,
    server_key: KeyPair,
    now: OffsetDateTime,
}

impl Authority {
    /// Authorities whose certificates are made at that time.
    pub(crate) fn new(now: OffsetDateTime) -> Result<Self, Trouble> {
        Ok(Self {
            trusted: ca("vpce-lab", "vpce-lab root", now)?,
            inspecting: ca("Example Corp", "Example Corp TLS Inspection", now)?,
            server_key: KeyPair::generate().map_err(|why| trouble("the servers", &why))?,
            now,
        })
    }

    /// The certificate the program is to trust.
    pub(crate) fn pem(&self) -> String {
        self.trusted.pem()
    }

    /// A TLS server that shows the certificate that is wanted of it, for those names.
    pub(crate) fn server(
        &self,
        wanted: &Server,
        names: &[String],
    ) -> Result<Arc<ServerConfig>, Trouble> {
        let chain = self.chain(wanted, names).map_err(|why| trouble(&names.join(", "), &why))?;
        let key = PrivatePkcs8KeyDer::from(self.server_key.serialize_der());
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(chain, PrivateKeyDer::Pkcs8(key))
            })
            .map(Arc::new)
            .map_err(|why| trouble(&names.join(", "), &why))
    }

    fn chain(
        &self,
        wanted: &Server,
        names: &[String],
    ) -> Result<Vec<CertificateDer<'static>>, rcgen::Error> {
        let leaf = self.leaf(wanted, names)?;
        let key = &self.server_key;
        let by = |issuer: &Issuer<'static, KeyPair>| leaf.signed_by(key, issuer);
        Ok(match wanted.certificate {
            CertificateKind::SelfSigned | CertificateKind::Authority => {
                vec![leaf.self_signed(key)?.into()]
            }
            CertificateKind::UnknownIssuer => {
                vec![by(&self.inspecting)?.into(), self.inspecting.der().clone()]
            }
            _ => vec![by(&self.trusted)?.into()],
        })
    }

    fn leaf(&self, wanted: &Server, names: &[String]) -> Result<CertificateParams, rcgen::Error> {
        let kind = wanted.certificate;
        let names = match kind {
            CertificateKind::WrongName => vec![WRONG_NAME.to_owned()],
            _ => names.to_vec(),
        };
        let common_name = names.first().filter(|name| name.len() <= 64).cloned();
        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name = DistinguishedName::new();
        if let Some(name) = common_name {
            leaf.distinguished_name.push(DnType::CommonName, name);
        }
        let (from, to) = match kind {
            CertificateKind::Expired => (-93, -3),
            CertificateKind::NotYetValid => (2, 92),
            _ => (-1, wanted.certificate_days.unwrap_or(DAYS_LEFT)),
        };
        leaf.not_before = self.now + Duration::days(from);
        leaf.not_after = self.now + Duration::days(to);
        if kind == CertificateKind::Authority {
            leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        Ok(leaf)
    }
}

fn ca(
    organization: &str,
    name: &str,
    now: OffsetDateTime,
) -> Result<CertifiedIssuer<'static, KeyPair>, Trouble> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, organization);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = now - Duration::days(365);
    params.not_after = now + Duration::days(3650);
    KeyPair::generate()
        .and_then(|key| CertifiedIssuer::self_signed(params, key))
        .map_err(|why| trouble(name, &why))
}

fn trouble(names: &str, why: &dyn std::error::Error) -> Trouble {
    Trouble::Certificate { names: names.to_owned(), why: why.to_string() }
}
