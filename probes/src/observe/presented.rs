//! The certificates that the servers of one name present. Where it is the same at several addresses, it is
//! judged and read once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::pki_types::{CertificateDer, ServerName};

use super::certificate::describe;
use crate::observation::Certificate;

/// Certificates of a presented chain that are described. Real chains have two to five.
const MAX_DESCRIBED: usize = 8;

/// Chains of one name that are remembered. Where its servers are of one service there is one, and two
/// while it is replaced.
const MAX_REMEMBERED: usize = 4;

/// A presented chain, and what came of it.
#[derive(Debug)]
pub(super) struct Chain {
    name: ServerName<'static>,
    certificates: Vec<CertificateDer<'static>>,
    pub(super) verdict: Verdict,
    pub(super) described: Vec<Certificate>,
}

/// Whether a chain is trusted for its name.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) result: Result<(), rustls::Error>,
    /// The variables without which it would not be.
    pub(super) trusted_by: Option<String>,
}

/// The chains that were presented so far. For the servers of one name in one run: it remembers few,
/// and verdicts do not last.
#[derive(Debug, Default)]
pub(super) struct Presented(Mutex<Vec<Arc<Chain>>>);

impl Presented {
    /// What came of the same chain for the same name, or comes of it now.
    pub(super) fn chain(
        &self,
        name: &ServerName<'_>,
        certificates: &[&CertificateDer<'_>],
        judge: impl FnOnce() -> Verdict,
    ) -> Arc<Chain> {
        let mut chains = self.chains();
        if let Some(known) = chains.iter().find(|known| known.is(name, certificates)) {
            return known.clone();
        }
        let chain = Arc::new(Chain::new(name, certificates, judge()));
        if chains.len() < MAX_REMEMBERED {
            chains.push(chain.clone());
        }
        chain
    }

    fn chains(&self) -> MutexGuard<'_, Vec<Arc<Chain>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chain {
    fn new(name: &ServerName<'_>, certificates: &[&CertificateDer<'_>], verdict: Verdict) -> Self {
        Self {
            name: name.to_owned(),
            certificates: certificates.iter().map(|der| (*der).clone().into_owned()).collect(),
            verdict,
            described: certificates
                .iter()
                .take(MAX_DESCRIBED)
                .filter_map(|der| describe(der))
                .collect(),
        }
    }

    fn is(&self, name: &ServerName<'_>, certificates: &[&CertificateDer<'_>]) -> bool {
        self.name == *name && self.certificates.iter().eq(certificates.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn trusted() -> Verdict {
        Verdict { result: Ok(()), trusted_by: None }
    }

    #[test]
    fn the_same_chain_of_the_same_name_is_judged_once() {
        let [name, other_name] =
            ["ecs.example.com", "kms.example.com"].map(|name| ServerName::try_from(name).unwrap());
        let [end, issuer, other_end] = [b"end", b"iss", b"oth"].map(|der| der[..].into());
        let (presented, judged) = (Presented::default(), Cell::new(0));
        let times = |name, certificates: &[&CertificateDer<'_>]| {
            presented.chain(name, certificates, || {
                judged.set(judged.get() + 1);
                trusted()
            });
            judged.get()
        };
        assert_eq!(times(&name, &[&end, &issuer]), 1);
        assert_eq!(times(&name, &[&end, &issuer]), 1);
        assert_eq!(times(&name, &[&other_end, &issuer]), 2);
        assert_eq!(times(&name, &[&end]), 3, "an intermediate certificate is missing");
        assert_eq!(times(&other_name, &[&end, &issuer]), 4);
        assert_eq!(times(&name, &[&end, &issuer]), 4);
    }

    #[test]
    fn a_name_with_a_new_chain_at_every_address_is_not_remembered_for_ever() {
        let name = ServerName::try_from("ecs.example.com").unwrap();
        let presented = Presented::default();
        for number in 0..100_u8 {
            let der = CertificateDer::from(vec![number]);
            let chain = presented.chain(&name, &[&der], trusted);
            assert_eq!(chain.certificates, [der]);
        }
        assert_eq!(presented.chains().len(), MAX_REMEMBERED);
    }
}
