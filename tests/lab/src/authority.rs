//! The lab's certificate authority and the certificates of its servers.

use std::collections::HashMap;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::authority_chain::AuthorityChain;
use crate::behaviour::{AuthorityKind, CertificateKind};
use crate::error::Trouble;
use crate::vpc::Server;

/// The name on a certificate that is for somebody else.
const WRONG_NAME: &str = "somebody-else.vpce-lab.example";

/// Days until a certificate ends, unless told otherwise.
const DAYS_LEFT: i64 = 90;

/// The authority that the program trusts with what is below it, and one that nobody trusts.
pub(crate) struct Authority {
    trusted: AuthorityChain,
    inspecting: CertifiedIssuer<'static, KeyPair>,
    now: OffsetDateTime,
    /// Those of the servers so far.
    shown: HashMap<Shown, Arc<ServerConfig>>,
}

/// What is on a certificate: names, what is wrong with it, days until it ends.
type Shown = (Vec<String>, CertificateKind, Option<i64>);

impl Authority {
    /// Authorities whose certificates are made at that time.
    pub(crate) fn new(kind: AuthorityKind, now: OffsetDateTime) -> Result<Self, Trouble> {
        let trusted = match kind {
            AuthorityKind::Short => AuthorityChain::short(now),
            AuthorityKind::AsAmazon => AuthorityChain::as_amazon(now),
        };
        let inspecting = params("Example Corp", "Example Corp TLS Inspection", now);
        let inspecting = KeyPair::generate()
            .and_then(|key| CertifiedIssuer::self_signed(inspecting, key))
            .map_err(|why| trouble("the inspecting authority", &why))?;
        Ok(Self {
            trusted: trusted.map_err(|why| trouble("the trusted authority", &why))?,
            inspecting,
            now,
            shown: HashMap::new(),
        })
    }

    /// The certificate the program is to trust.
    pub(crate) fn pem(&self) -> String {
        self.trusted.root_pem.clone()
    }

    /// A TLS server that shows the certificate that is wanted of it, for those names. Servers of which the
    /// same is wanted show the same, as those of one service do.
    pub(crate) fn server(
        &mut self,
        wanted: &Server,
        names: Vec<String>,
    ) -> Result<Arc<ServerConfig>, Trouble> {
        let shown = (names, wanted.certificate, wanted.certificate_days);
        if let Some(same) = self.shown.get(&shown) {
            return Ok(same.clone());
        }
        let server = self.new_server(wanted, &shown.0)?;
        self.shown.insert(shown, server.clone());
        Ok(server)
    }

    fn new_server(&self, wanted: &Server, names: &[String]) -> Result<Arc<ServerConfig>, Trouble> {
        let chain = self.chain(wanted, names).map_err(|why| trouble(&names.join(", "), &why))?;
        let key = PrivatePkcs8KeyDer::from(self.trusted.server_key.serialize_der());
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
        let key = &self.trusted.server_key;
        let by = |issuer: &Issuer<'static, KeyPair>| leaf.signed_by(key, issuer);
        Ok(match wanted.certificate {
            CertificateKind::SelfSigned | CertificateKind::Authority => {
                vec![leaf.self_signed(key)?.into()]
            }
            CertificateKind::UnknownIssuer => {
                vec![by(&self.inspecting)?.into(), self.inspecting.der().clone()]
            }
            _ => {
                let mut chain = vec![by(&self.trusted.issuer)?.into()];
                chain.extend(self.trusted.above.iter().cloned());
                chain
            }
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
        leaf.custom_extensions.clone_from(&self.trusted.of_each_leaf);
        Ok(leaf)
    }
}

/// What is said of an authority in its certificate.
pub(crate) fn params(organization: &str, name: &str, now: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, organization);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = now - Duration::days(365);
    params.not_after = now + Duration::days(3650);
    params
}

fn trouble(names: &str, why: &dyn std::error::Error) -> Trouble {
    Trouble::Certificate { names: names.to_owned(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(kind: AuthorityKind) -> Vec<CertificateDer<'static>> {
        let authority = Authority::new(kind, OffsetDateTime::now_utc()).unwrap();
        let names = ["ecs.us-east-1.amazonaws.com".to_owned()];
        authority.chain(&Server::default(), &names).unwrap()
    }

    #[test]
    fn a_chain_as_amazons_is_as_long() {
        let lengths: Vec<_> = chain(AuthorityKind::AsAmazon).iter().map(|one| one.len()).collect();
        assert_eq!(lengths.len(), 4);
        assert!((4_500..5_500).contains(&lengths.iter().sum::<usize>()), "{lengths:?}");
        assert_eq!(chain(AuthorityKind::Short).len(), 1);
    }

    #[test]
    fn the_same_is_shown_where_the_same_is_wanted() {
        let mut authority =
            Authority::new(AuthorityKind::Short, OffsetDateTime::now_utc()).unwrap();
        let mut server =
            |wanted: &Server, name: &str| authority.server(wanted, vec![name.to_owned()]).unwrap();
        let (usual, slow) = (Server::default(), Server { delay_ms: 5, ..Server::default() });
        let ends = Server { certificate_days: Some(3), ..Server::default() };
        let first = server(&usual, "ecs.us-east-1.amazonaws.com");
        assert!(Arc::ptr_eq(&first, &server(&slow, "ecs.us-east-1.amazonaws.com")));
        assert!(!Arc::ptr_eq(&first, &server(&ends, "ecs.us-east-1.amazonaws.com")));
        assert!(!Arc::ptr_eq(&first, &server(&usual, "ecs-a.us-east-1.amazonaws.com")));
    }
}
