//! What keeps the verdict from passing, and what changed of it from one check to the next.

use vpce_probes::findings::{Code, EndpointCheck, Finding};
use vpce_probes::report::Report;
use vpce_probes::status::Status;

use crate::exit_code::Exit;

/// How many names are given at once; there may be two hundred.
const SHOWN: usize = 3;

/// How everything stands that the verdict is made of.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    all: Vec<Standing>,
}

/// How an endpoint stands by one of its names, or a finding about the run as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Standing {
    /// The service with its label, and the host name; nothing for the run as a whole.
    endpoint: Option<(String, String)>,
    status: Status,
    /// The gravest finding.
    code: Option<Code>,
    /// Whether it keeps the verdict from passing.
    holds: bool,
}

/// What changed, for people and for machines. The texts are of this program or of the catalog.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Change {
    /// In one sentence.
    pub(crate) words: String,
    pub(crate) service: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) code: Option<Code>,
    pub(crate) from: Option<Status>,
    pub(crate) to: Status,
}

impl Standings {
    /// As a report has it.
    pub(crate) fn of(report: &Report, fail_on_warn: bool) -> Self {
        let holds = |status| Exit::of_verdict(status, fail_on_warn) != Exit::Pass;
        let of_run = report.findings.iter().filter(|finding| is_of_the_run(report, finding));
        let of_run = of_run.map(|finding| Standing {
            endpoint: None,
            status: finding.severity.status(),
            code: Some(finding.code),
            holds: holds(finding.severity.status()),
        });
        let of_checks = report.checks.iter().map(|check| Standing {
            endpoint: Some((check.title(), check.host.clone())),
            status: check.status,
            code: gravest(report, check),
            holds: holds(check.in_the_verdict()),
        });
        Self { all: of_run.filter(|standing| standing.holds).chain(of_checks).collect() }
    }

    /// What differs from an earlier check, in the order of the report; what passes from the start is
    /// not told.
    pub(crate) fn changes_since(&self, before: &Self) -> Vec<Change> {
        let over = before.all.iter().filter(|was| was.endpoint.is_none());
        let over = over.filter(|was| self.find(was).is_none()).map(|was| Change {
            to: Status::Pass,
            ..was.told(Some(was.status), format!("No more: {}", was.what()))
        });
        let changed = self.all.iter().filter_map(|is| is.since(before.find(is)));
        over.chain(changed).collect()
    }

    /// The names of what does not pass, or some of them.
    pub(crate) fn missing(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for standing in self.all.iter().filter(|standing| standing.holds) {
            let name = match &standing.endpoint {
                Some((service, _)) => service.as_str(),
                None => standing.code.map_or("", Code::word),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        let named = names.join(", ");
        if more == 0 { named } else { format!("{named} and {more} more") }
    }

    fn find(&self, other: &Standing) -> Option<&Standing> {
        self.all.iter().find(|standing| match &standing.endpoint {
            None => other.endpoint.is_none() && standing.code == other.code,
            named => *named == other.endpoint,
        })
    }
}

impl Standing {
    /// What is to be told of it, where it stood like that before.
    fn since(&self, before: Option<&Self>) -> Option<Change> {
        let held = before.is_some_and(|before| before.holds);
        let Some((service, _)) = &self.endpoint else {
            return before.is_none().then(|| self.told(None, self.what()));
        };
        let from = before.map(|before| before.status);
        let words = match (held, self.holds) {
            (false, false) => return None,
            (true, false) => format!("{service} passes now"),
            (false, true) if before.is_some() => {
                format!("{service} does not pass any more: {}", self.what())
            }
            (false, true) => format!("{service} does not pass yet: {}", self.what()),
            (true, true) if before.is_some_and(|before| before.code != self.code) => {
                format!("{service} does not pass for another reason: {}", self.what())
            }
            (true, true) => return None,
        };
        Some(self.told(from, words))
    }

    fn what(&self) -> String {
        match self.code {
            Some(code) => format!("{code} {}", code.title()),
            None => format!("its result is {}", self.status.word()),
        }
    }

    fn told(&self, from: Option<Status>, words: String) -> Change {
        let (service, host) = self.endpoint.clone().unzip();
        Change { words, service, host, code: self.code, from, to: self.status }
    }
}

/// Whether a finding is about no endpoint that is checked.
fn is_of_the_run(report: &Report, finding: &Finding) -> bool {
    !report.checks.iter().any(|check| finding.hosts.contains(&check.host))
}

fn gravest(report: &Report, check: &EndpointCheck) -> Option<Code> {
    let about = |finding: &&Finding| {
        finding.hosts.contains(&check.host) && finding.services.contains(&check.service)
    };
    report.findings.iter().find(about).map(|finding| finding.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(code: Code) -> Standing {
        Standing { endpoint: None, status: Status::Unknown, code: Some(code), holds: true }
    }

    fn endpoint(service: &str, code: Option<Code>) -> Standing {
        let (status, holds) =
            if code.is_some() { (Status::Fail, true) } else { (Status::Pass, false) };
        let endpoint = Some((service.to_owned(), format!("{service}.example")));
        Standing { endpoint, status, code, holds }
    }

    fn told(before: &[Standing], after: &[Standing]) -> Vec<String> {
        let standings = |all: &[Standing]| Standings { all: all.to_vec() };
        let changes = standings(after).changes_since(&standings(before));
        changes.into_iter().map(|change| change.words).collect()
    }

    const PUBLIC: Option<Code> = Some(Code::PublicAddress);
    const SILENT: Option<Code> = Some(Code::ConnectTimeout);

    #[test]
    fn every_change_is_told_once() {
        let is_public = "VPCE101 The name resolves to public addresses.";
        for (before, after, words) in [
            (PUBLIC, PUBLIC, vec![]),
            (None, None, vec![]),
            (PUBLIC, None, vec!["logs passes now".to_owned()]),
            (None, PUBLIC, vec![format!("logs does not pass any more: {is_public}")]),
            (SILENT, PUBLIC, vec![format!("logs does not pass for another reason: {is_public}")]),
        ] {
            assert_eq!(told(&[endpoint("logs", before)], &[endpoint("logs", after)]), words);
        }
        let first = told(&[], &[endpoint("ecs", None), endpoint("logs", PUBLIC)]);
        assert_eq!(first, [format!("logs does not pass yet: {is_public}")]);
    }

    #[test]
    fn what_concerns_the_whole_run_comes_and_goes() {
        let region = || run(Code::RegionUnknown);
        let title = "VPCE001 The Region is not known.";
        assert_eq!(told(&[], &[region()]), [title]);
        assert_eq!(told(&[region()], &[region()]), Vec::<String>::new());
        assert_eq!(told(&[region()], &[endpoint("ecs", None)]), [format!("No more: {title}")]);
    }

    #[test]
    fn a_change_can_be_read_by_machines() {
        let before = Standings { all: vec![endpoint("logs", PUBLIC)] };
        let after = Standings { all: vec![endpoint("logs", None)] };
        let changes = after.changes_since(&before);
        let [change] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!(change.service.as_deref(), Some("logs"));
        assert_eq!(change.host.as_deref(), Some("logs.example"));
        assert_eq!((change.from, change.to), (Some(Status::Fail), Status::Pass));
        assert_eq!(change.code, None);
    }

    #[test]
    fn what_is_missing_is_named_each_once_and_not_all() {
        let missing = |all: &[Standing]| Standings { all: all.to_vec() }.missing();
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| endpoint(name, PUBLIC));
        let same = endpoint("a", SILENT);
        assert_eq!(missing(&[endpoint("z", None), a.clone(), same, b.clone()]), "a, b");
        assert_eq!(missing(&[run(Code::NoResolver), a, b, c, d]), "VPCE010, a, b and 2 more");
        assert_eq!(missing(&[]), "");
    }
}
