//! Rules about private hosted zones made by hand.

use super::answers::{Answer, Says};
use super::finding::{ENDPOINTS, Words};
use super::host_view::HostView;
use super::{Code, Finding};
use crate::catalog::Expectation;
use crate::observation::Lookup;
use crate::plan::{SideName, SideNameKind};
use crate::status::Severity;
use crate::surroundings::Surroundings;

pub(super) fn judge(surroundings: &Surroundings, view: &HostView<'_>) -> Vec<Finding> {
    let beside = beside(surroundings, view);
    beside.iter().filter_map(|beside| finding(view, beside)).collect()
}

/// The finding that tells why the name is not private.
pub(super) fn explaining(surroundings: &Surroundings, view: &HostView<'_>) -> Option<Code> {
    beside(surroundings, view).iter().find_map(|beside| match beside.shows()? {
        Shown::ApexOnly => Some(Code::IncompleteZone),
        Shown::Misnamed => Some(Code::MisnamedZone),
        Shown::WildcardOnly | Shown::Numbered => None,
    })
}

/// A host and a name beside it, with what a client gets to know of each.
struct Beside<'a> {
    host: &'a str,
    name: &'a SideName,
    of_name: Answer,
    of_host: Answer,
}

/// What the two show together.
enum Shown {
    /// The host, and not the name above it.
    WildcardOnly,
    /// The name above the host, and not the host.
    ApexOnly,
    /// The endpoint service's name, and not the host.
    Misnamed,
    /// A numbered host.
    Numbered,
}

fn beside<'a>(surroundings: &Surroundings, view: &HostView<'a>) -> Vec<Beside<'a>> {
    if view.endpoint.expectation != Expectation::Private {
        return Vec::new();
    }
    let pair = |(name, lookup): &(&'a SideName, &'a Lookup)| {
        let of_record = view.observed?.lookups.iter().find(|one| one.record == lookup.record)?;
        Some(Beside {
            host: view.host,
            name,
            of_name: Answer::of_lookup(surroundings, lookup)?,
            of_host: Answer::of_lookup(surroundings, of_record)?,
        })
    };
    view.side_names.iter().filter_map(pair).collect()
}

impl Beside<'_> {
    fn shows(&self) -> Option<Shown> {
        let is_absent = |answer: &Answer| matches!(answer.says, Says::Public | Says::Nothing);
        let is_private = |answer: &Answer| answer.says == Says::Private;
        let only_the_name = is_private(&self.of_name) && is_absent(&self.of_host);
        match self.name.kind {
            SideNameKind::Apex if only_the_name => Some(Shown::ApexOnly),
            SideNameKind::Apex => (is_private(&self.of_host) && is_absent(&self.of_name))
                .then_some(Shown::WildcardOnly),
            SideNameKind::EndpointService => only_the_name.then_some(Shown::Misnamed),
            SideNameKind::Numbered => is_private(&self.of_name).then_some(Shown::Numbered),
        }
    }

    fn seen(&self) -> String {
        format!(
            "{}: {}; {}: {}",
            self.name.host,
            self.of_name.words(),
            self.host,
            self.of_host.words()
        )
    }
}

fn finding(view: &HostView<'_>, beside: &Beside<'_>) -> Option<Finding> {
    let name = &beside.name.host;
    let (code, severity, words) = match beside.shows()? {
        Shown::WildcardOnly => (
            Code::IncompleteZone,
            Severity::Info,
            Words::new(
                beside.seen(),
                format!(
                    "The private DNS names of the endpoint cover {name} itself and everything below it; here it is not private, so most likely a zone made by hand holds less. Image pulls use names below it only, and do not suffer."
                ),
                format!(
                    "Add a record for {name} itself to the private hosted zone; better, remove the zone and enable the private DNS names of the {ENDPOINTS}."
                ),
            ),
        ),
        Shown::ApexOnly => (
            Code::IncompleteZone,
            Severity::Fail,
            Words::new(
                beside.seen(),
                format!(
                    "A zone made by hand holds {name} itself and not the names below it, which image pulls use: each account's registry has one."
                ),
                format!(
                    "Add a record for *.{name} to the private hosted zone, an alias to the endpoint like the one for {name}; better, remove the zone and enable the private DNS names of the {ENDPOINTS}."
                ),
            ),
        ),
        Shown::Misnamed => (
            Code::MisnamedZone,
            Severity::Fail,
            Words::new(
                beside.seen(),
                "A zone made by hand is named after the endpoint service. No client asks for that name: the host is called otherwise.",
                format!(
                    "Enable the private DNS names of the {ENDPOINTS} and remove the zone; or, where the zone must be made by hand, let it hold {} instead of {name}.",
                    right_names(view)
                ),
            ),
        ),
        Shown::Numbered => (
            Code::NumberedHostPrivate,
            Severity::Warn,
            Words::new(
                format!("{name}: {}", beside.of_name.words()),
                "Numbered hosts belong to no endpoint: AWS gives them to agents that did not come through the ecs endpoint, and they are public. A zone made by hand covers them, though AWS says that they need no DNS records.",
                "Remove the records for numbered hosts, or the wildcard that covers them, from the private hosted zone. What leads an agent to numbered hosts is a request that does not go through the ecs endpoint.",
            ),
        ),
    };
    Some(Finding::of_host(view, code, severity, words))
}

/// What the zone has to hold: the names of the endpoint, where the host is one of them.
fn right_names(view: &HostView<'_>) -> String {
    let names = &view.endpoint.private_dns;
    let covers = |name: &String| match name.strip_prefix('*') {
        Some(parent) => view.host.ends_with(parent),
        None => name == view.host,
    };
    if names.iter().any(covers) { names.join(" and ") } else { view.host.to_owned() }
}
