//! What resolvers say of a name, each taken as a whole.

use std::net::IpAddr;

use super::host_view::HostView;
use crate::address_class::AddressClass;
use crate::observation::{Lookup, LookupOutcome};
use crate::surroundings::{ResolverKind, Surroundings};

/// What a resolver says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Says {
    /// Private addresses only.
    Private,
    /// Private and public ones.
    Mixed,
    /// Public addresses, and no private ones.
    Public,
    /// That there is no such name, or no address.
    Nothing,
    /// That it cannot find out.
    Failure,
    /// Nothing that tells: no answer, or addresses of no known kind.
    Unknown,
}

impl Says {
    /// Whether it is an answer at all.
    pub(super) fn is_answer(self) -> bool {
        !matches!(self, Self::Failure | Self::Unknown)
    }
}

/// What one resolver says of one name, of both address families together.
pub(super) struct Answer {
    pub(super) server: IpAddr,
    pub(super) kind: ResolverKind,
    /// Whether it is one of those that programs on this machine ask.
    pub(super) is_configured: bool,
    pub(super) says: Says,
    /// The addresses of use here, with their classes.
    pub(super) addresses: Vec<(IpAddr, AddressClass)>,
    /// What it says where it names no address.
    otherwise: String,
}

impl Answer {
    fn new(
        surroundings: &Surroundings,
        server: IpAddr,
        asked_as: Option<ResolverKind>,
        outcomes: &[&LookupOutcome],
    ) -> Self {
        let ranges = surroundings.vpc_ranges();
        let mut addresses: Vec<(IpAddr, AddressClass)> = Vec::new();
        for outcome in outcomes {
            let LookupOutcome::Answered { addresses: told, .. } = outcome else { continue };
            addresses.extend(told.iter().map(|address| (*address, ranges.classify(*address))));
        }
        // Clients here never get to use the other family, unless there is nothing else.
        let is_of_use =
            |address: &(IpAddr, _)| surroundings.has_family_of(address.0) != Some(false);
        if addresses.iter().any(is_of_use) {
            addresses.retain(is_of_use);
        }
        // Without an A record, what matters is why there is none.
        let deciding = outcomes
            .iter()
            .find(|outcome| !outcome.is_without_data())
            .or(outcomes.first())
            .map_or_else(String::new, |outcome| outcome.words());
        let settings = surroundings.resolvers.value();
        let configured = settings
            .and_then(|settings| settings.servers.iter().find(|known| known.address == server));
        let kind = configured.map(|known| known.kind).or(asked_as).unwrap_or(ResolverKind::Other);
        let (is_configured, says) = (configured.is_some(), says(&addresses, outcomes));
        Self { server, kind, is_configured, says, addresses, otherwise: deciding }
    }

    /// What a client gets to know, without the name of the resolver that says so.
    pub(super) fn of_lookup(surroundings: &Surroundings, lookup: &Lookup) -> Option<Self> {
        let attempt = lookup.attempts.last()?;
        Some(Self::new(surroundings, attempt.server, None, &[&attempt.outcome]))
    }

    /// `10.0.1.5, 10.0.2.5`, `52.94.1.1 (public)`, `no such name (NXDOMAIN)`.
    pub(super) fn words(&self) -> String {
        if self.addresses.is_empty() {
            return self.otherwise.clone();
        }
        let word = |(address, class): &(IpAddr, AddressClass)| match class {
            AddressClass::Public => format!("{address} (public)"),
            _ => address.to_string(),
        };
        self.addresses.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// Whether some address is of such a class.
    pub(super) fn has(&self, is_of: impl Fn(AddressClass) -> bool) -> bool {
        self.addresses.iter().any(|(_, class)| is_of(*class))
    }
}

fn says(addresses: &[(IpAddr, AddressClass)], outcomes: &[&LookupOutcome]) -> Says {
    let any = |is_of: fn(AddressClass) -> bool| addresses.iter().any(|(_, class)| is_of(*class));
    let is_public = |class| class == AddressClass::Public;
    match (any(AddressClass::is_private), any(is_public)) {
        (true, true) => Says::Mixed,
        (true, false) => Says::Private,
        (false, true) => Says::Public,
        (false, false) if !addresses.is_empty() || outcomes.is_empty() => Says::Unknown,
        (false, false) => {
            let is_none = |outcome: &&LookupOutcome| {
                outcome.is_without_data() || **outcome == LookupOutcome::NoSuchName
            };
            let fails = |outcome: &&LookupOutcome| **outcome == LookupOutcome::ServerFailure;
            if outcomes.iter().all(is_none) {
                Says::Nothing
            } else if outcomes.iter().all(|outcome| fails(outcome) || is_none(outcome)) {
                Says::Failure
            } else {
                Says::Unknown
            }
        }
    }
}

/// Every resolver's answer for one name: first that of the resolver which a client gets its answer
/// from, then the others in the order in which they were asked.
pub(super) fn of_host(surroundings: &Surroundings, view: &HostView<'_>) -> Vec<Answer> {
    let Some(observed) = view.observed else { return Vec::new() };
    let looked_up = observed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    let separately = observed.separately.iter().map(|answer| &answer.attempt);
    let all: Vec<_> = looked_up.chain(separately).collect();
    let clients = observed.lookups.iter().filter_map(|lookup| lookup.attempts.last());
    let mut servers: Vec<IpAddr> = Vec::new();
    for attempt in clients.chain(all.iter().copied()) {
        if !servers.contains(&attempt.server) {
            servers.push(attempt.server);
        }
    }
    let answer = |server: IpAddr| {
        let of_server = all.iter().filter(|attempt| attempt.server == server);
        let outcomes: Vec<_> = of_server.map(|attempt| &attempt.outcome).collect();
        let mut asked = observed.separately.iter();
        let asked_as = asked.find(|one| one.attempt.server == server).map(|one| one.kind);
        Answer::new(surroundings, server, asked_as, &outcomes)
    };
    servers.into_iter().map(answer).collect()
}

/// What the Amazon-provided resolver answers, where it is not the one that a client gets its answer
/// from.
pub(super) fn of_amazon(answers: &[Answer]) -> Option<&Answer> {
    let (client, others) = answers.split_first()?;
    if client.kind == ResolverKind::Amazon {
        return None;
    }
    others.iter().find(|other| other.kind == ResolverKind::Amazon && other.says.is_answer())
}
