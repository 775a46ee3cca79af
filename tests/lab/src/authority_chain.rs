//! The authority that the program trusts, and those between it and the certificates of the servers.

use rcgen::{CertifiedIssuer, CustomExtension, Error, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;

use crate::authority::params;

const ORGANIZATION: &str = "vpce-lab";
const ROOT: &str = "vpce-lab root";

const RSA_KEYS: &[u8] = include_bytes!("rsa_keys.pem");

/// Which logs of certificates one was put into.
const LOGS_OF_CERTIFICATES: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];

/// How long what three logs say is, with the addresses that a certificate of Amazon's has in it.
const REST_OF_A_LEAF: u16 = 620;

/// How long the addresses and policies are in that of an authority.
const REST_OF_AN_AUTHORITY: u16 = 320;

/// What the servers show beside their own certificates, and with what they sign.
pub(crate) struct AuthorityChain {
    pub(crate) root_pem: String,
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
    /// What follows a server's own certificate.
    pub(crate) above: Vec<CertificateDer<'static>>,
    pub(crate) server_key: KeyPair,
    pub(crate) of_each_leaf: Vec<CustomExtension>,
}

impl AuthorityChain {
    /// The root signs for the servers: one certificate each, and P-256.
    pub(crate) fn short(now: OffsetDateTime) -> Result<Self, Error> {
        let root =
            CertifiedIssuer::self_signed(params(ORGANIZATION, ROOT, now), KeyPair::generate()?)?;
        Ok(Self {
            root_pem: root.pem(),
            issuer: root,
            above: Vec::new(),
            server_key: KeyPair::generate()?,
            of_each_leaf: Vec::new(),
        })
    }

    /// Four certificates each and RSA with 2048 bits, as the servers of Amazon show them: above the
    /// one that signs for them stand the root, as signed by an older one, and that one as signed by
    /// an older one still, for clients which know none but that.
    pub(crate) fn as_amazon(now: OffsetDateTime) -> Result<Self, Error> {
        let mut keys = PrivatePkcs8KeyDer::pem_slice_iter(RSA_KEYS)
            .map(|key| KeyPair::try_from(&key.map_err(|_| Error::CouldNotParseKeyPair)?));
        let mut next_key = || keys.next().unwrap_or(Err(Error::CouldNotParseKeyPair));
        let named = |name: &str| {
            let mut params = params(ORGANIZATION, name, now);
            params.custom_extensions = vec![unread(REST_OF_AN_AUTHORITY)];
            params
        };

        let server_key = next_key()?;
        let issuer_key = next_key()?;
        let root = CertifiedIssuer::self_signed(named(ROOT), next_key()?)?;
        let older_key = next_key()?;
        let oldest = CertifiedIssuer::self_signed(named("vpce-lab class 2 root"), next_key()?)?;
        let older =
            CertifiedIssuer::signed_by(named("vpce-lab services root"), older_key, &oldest)?;
        let issuer = CertifiedIssuer::signed_by(named("vpce-lab RSA 2048 M01"), issuer_key, &root)?;
        let root_by_older = named(ROOT).signed_by(root.key(), &older)?;
        Ok(Self {
            root_pem: root.pem(),
            above: vec![issuer.der().clone(), root_by_older.into(), older.der().clone()],
            issuer,
            server_key,
            of_each_leaf: vec![unread(REST_OF_A_LEAF)],
        })
    }
}

/// Nobody in the lab reads it. It makes the certificates arrive in as many packets as Amazon's.
fn unread(length: u16) -> CustomExtension {
    let [high, low] = length.to_be_bytes();
    let text = [&[4, 0x82, high, low], &vec![0x5a; length.into()][..]].concat();
    CustomExtension::from_oid_content(&LOGS_OF_CERTIFICATES, text)
}
