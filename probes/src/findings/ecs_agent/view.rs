//! The agent with everything that the rules look at.

use super::connection::{self, AgentConnection, AgentPeer};
use super::logged::Logged;
use crate::catalog::Expectation;
use crate::ecs_agent::{AgentUnit, AgentVersion, ECS_SERVICES, EcsAgent};
use crate::findings::deadline_rules::is_unfinished;
use crate::findings::host_view::HostView;
use crate::findings::set_rules::is_private;
use crate::observation::Observations;
use crate::plan::{AgentPlace, AgentPlan, Plan};
use crate::status::Severity;
use crate::surroundings::{Absence, AbsenceReason as Why, LaunchType, Source, Surroundings};
use crate::timestamp::parse_rfc3339;

/// An agent this young may not have got everywhere yet: registering and connecting take seconds,
/// and are tried again after a few more.
const YOUNG_S: i64 = 60;

pub(super) struct AgentView<'a> {
    /// Where it is: a container named ecs-agent settles what the plan left open.
    pub(super) place: AgentPlace,
    pub(super) seen: &'a EcsAgent,
    /// The host names of the three ECS services.
    pub(super) hosts: Vec<&'a HostView<'a>>,
    pub(super) running: Running,
    pub(super) listening: Listening,
    pub(super) version: Option<AgentVersion>,
    pub(super) log: Logged<'a>,
    pub(super) connection: AgentConnection,
    pub(super) peers: Vec<AgentPeer>,
    /// Why the connection is not known.
    pub(super) why: Option<String>,
    /// The Region whose endpoints were checked, unless the caller chose it.
    pub(super) region: Option<&'a str>,
    pub(super) is_external: bool,
    /// Whether the deadline came before everything was seen.
    pub(super) is_cut_off: bool,
    /// Seconds since it was started.
    age_s: Option<i64>,
}

/// Whether the agent runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Running {
    Yes,
    No,
    Unknown,
}

/// Whether its introspection API can be reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Listening {
    Yes,
    /// Something answers, but not as it should.
    Badly,
    No,
    Unknown,
}

impl<'a> AgentView<'a> {
    pub(super) fn new(
        surroundings: &'a Surroundings,
        plan: &'a Plan,
        planned: &'a AgentPlan,
        observations: &'a Observations,
        seen: &'a EcsAgent,
        views: &'a [HostView<'a>],
    ) -> Self {
        let listening = listening(planned, seen);
        let running = running(seen, listening);
        let hosts: Vec<_> = views
            .iter()
            .filter(|view| ECS_SERVICES.contains(&view.endpoint.service.as_str()))
            .collect();
        let peers = peers(surroundings, seen, views);
        let resolved = hosts
            .iter()
            .any(|view| view.endpoint.service == "ecs-agent" && !view.addresses.is_empty());
        let log = Logged::of(seen.log.value(), |at| is_before_start(seen, at));
        let (connection, why) = match seen.connections.value() {
            Some(connections) => {
                connection::judge(connections, &peers, resolved, log.numbered().is_some())
            }
            None => {
                let why = seen.connections.why_missing().first();
                (AgentConnection::Unknown, why.map(|absence| absence.detail.clone()))
            }
        };
        let told = seen.introspection.value().and_then(|told| told.version.as_deref());
        let tag = seen.container.value().map(|container| container.image.as_str());
        let is_given = surroundings.region.source() == Some(&Source::OPTION);
        Self {
            place: place(planned, seen),
            seen,
            hosts,
            running,
            listening,
            version: told.or(tag).and_then(AgentVersion::find_in),
            log,
            connection,
            peers,
            why,
            region: plan.region.as_deref().filter(|_| plan.partition.is_some() && !is_given),
            is_external: surroundings.launch_type.value() == Some(&LaunchType::External),
            is_cut_off: views.iter().any(is_unfinished),
            age_s: age_s(observations, started_at(seen)),
        }
    }

    /// What goes through a proxy is no connection to port 443 of ECS, and none is missed.
    pub(super) fn goes_through_a_proxy(&mut self) {
        if self.connection == AgentConnection::Disconnected {
            self.connection = AgentConnection::Unknown;
            self.why = Some("it goes through a proxy".to_owned());
        }
    }

    /// What something that keeps the agent of this machine from working weighs. Around a task it is
    /// the instance's trouble, and the task goes on.
    pub(super) fn grave(&self) -> Severity {
        match self.place {
            AgentPlace::Here => Severity::Fail,
            AgentPlace::Around | AgentPlace::Perhaps | AgentPlace::OutOfSight => Severity::Warn,
        }
    }

    /// Whether all three ECS endpoints are there: their names lead to private addresses only.
    pub(super) fn has_endpoints(&self) -> bool {
        ECS_SERVICES.iter().all(|service| {
            let mut of_service = self.of_service(service).peekable();
            of_service.peek().is_some()
                && of_service.all(|view| {
                    view.endpoint.expectation == Expectation::Private && is_private(view)
                })
        })
    }

    /// Whether at least one address of every name of the service works. Unknown when the service
    /// was left out.
    pub(super) fn works(&self, service: &str) -> Option<bool> {
        let mut of_service = self.of_service(service).peekable();
        of_service.peek()?;
        Some(of_service.all(|view| view.in_use().iter().any(|address| address.works())))
    }

    /// Whether one of its hosts shows a certificate that only a variable of this program's own
    /// environment makes trusted.
    pub(super) fn is_inspected(&self) -> bool {
        let mut addresses = self.hosts.iter().flat_map(|view| &view.addresses);
        addresses
            .any(|address| address.seen.tls.as_ref().is_some_and(|tls| tls.trusted_by.is_some()))
    }

    fn of_service<'s>(
        &'s self,
        service: &'s str,
    ) -> impl Iterator<Item = &'s HostView<'a>> + use<'s, 'a> {
        self.hosts.iter().copied().filter(move |view| view.endpoint.service == service)
    }

    /// The unit that owns the agent.
    pub(super) fn unit(&self) -> Option<&'a AgentUnit> {
        self.seen.unit.value()
    }

    /// The name of its unit, for commands.
    pub(super) fn unit_name(&self) -> &'a str {
        self.unit().map_or("ecs", |unit| unit.name.trim_end_matches(".service"))
    }

    /// Whether it was started so recently that it may still be on its way.
    pub(super) fn is_young(&self) -> bool {
        self.age_s.is_some_and(|age| (0..YOUNG_S).contains(&age))
    }
}

/// When the agent was started last: its container, else its process, else its unit.
pub(super) fn started_at(seen: &EcsAgent) -> Option<&str> {
    let process = seen.process.value().and_then(|process| process.started_at.as_deref());
    let container = seen.container.value().and_then(|container| container.started_at.as_deref());
    let unit = seen.unit.value().and_then(|unit| unit.active_since.as_deref());
    container.or(process).or(unit)
}

fn place(planned: &AgentPlan, seen: &EcsAgent) -> AgentPlace {
    match planned.place {
        AgentPlace::Perhaps if seen.container.value().is_some() => AgentPlace::Here,
        place => place,
    }
}

/// Whether a line of its log was written by an earlier process.
fn is_before_start(seen: &EcsAgent, at: Option<&str>) -> bool {
    let started = started_at(seen).and_then(parse_rfc3339);
    started.zip(at.and_then(parse_rfc3339)).is_some_and(|(started, at)| at < started)
}

fn age_s(observations: &Observations, started_at: Option<&str>) -> Option<i64> {
    let now = parse_rfc3339(&observations.started_at)?;
    Some((now - parse_rfc3339(started_at?)?).whole_seconds())
}

fn listening(planned: &AgentPlan, seen: &EcsAgent) -> Listening {
    if seen.introspection.value().is_some() {
        return Listening::Yes;
    }
    let reasons: Vec<_> =
        seen.introspection.why_missing().iter().map(|absence| absence.reason).collect();
    let is_answer = |reason: &Why| {
        matches!(
            reason,
            Why::Disabled
                | Why::Unauthorized
                | Why::NotFound
                | Why::HttpStatus
                | Why::NotHttp
                | Why::Truncated
                | Why::TooLarge
                | Why::NotUtf8
                | Why::NotJson
                | Why::WrongForm
        ) || (*reason == Why::TimedOut && planned.place == AgentPlace::Here)
    };
    if reasons.iter().any(is_answer) {
        return Listening::Badly;
    }
    // A container runs whose process is not seen: this program is in a container itself, and what
    // refuses is not the host.
    let runs = seen.container.value().is_some_and(|container| container.pid.is_some());
    if runs && seen.process.value().is_none() {
        return Listening::Unknown;
    }
    // A gateway that stays silent is a firewall's doing; the host itself refuses at once.
    if reasons.contains(&Why::Refused)
        && reasons
            .iter()
            .all(|reason| matches!(reason, Why::Refused | Why::Unreachable | Why::Blackhole))
    {
        return Listening::No;
    }
    Listening::Unknown
}

/// What answers at the port of its introspection API is the last to be asked: anybody can take the
/// port while the agent does not run.
fn running(seen: &EcsAgent, listening: Listening) -> Running {
    if seen.process.value().is_some() {
        return Running::Yes;
    }
    if let Some(container) = seen.container.value() {
        return if container.state == "running" { Running::Yes } else { Running::No };
    }
    let of_unit =
        seen.unit.value().map(|unit| match (unit.active_state.as_str(), unit.sub_state.as_str()) {
            ("active", _) => Running::Yes,
            ("activating", sub) if sub != "auto-restart" => Running::Yes,
            _ => Running::No,
        });
    // Who can ask systemd sees the processes of its machine.
    let is_no_process = |absence: &Absence| matches!(absence.reason, Why::NotFound | Why::NotTold);
    let is_nowhere = seen.process.why_missing().iter().any(is_no_process);
    if matches!(listening, Listening::Yes | Listening::Badly)
        && !(of_unit == Some(Running::No) && is_nowhere)
    {
        return Running::Yes;
    }
    if let Some(running) = of_unit {
        return running;
    }
    let is_not_there =
        |reasons: &[Absence]| reasons.iter().any(|absence| absence.reason == Why::NotFound);
    let asked_and_not_there =
        is_not_there(seen.unit.why_missing()) || is_not_there(seen.container.why_missing());
    if asked_and_not_there && listening == Listening::No {
        return Running::No;
    }
    Running::Unknown
}

fn peers(surroundings: &Surroundings, seen: &EcsAgent, views: &[HostView<'_>]) -> Vec<AgentPeer> {
    let ranges = surroundings.vpc_ranges();
    // Where one address serves several names, the connection that is looked for is found first.
    let rank = |view: &&HostView<'_>| match view.endpoint.service.as_str() {
        "ecs-agent" => 0,
        "ecs-telemetry" => 1,
        "ecs" => 2,
        _ => 3,
    };
    let service_of = |address| {
        views
            .iter()
            .filter(|view| view.addresses.iter().any(|known| known.address == address))
            .min_by_key(rank)
            .map(|view| view.endpoint.service.clone())
    };
    let peers = seen.connections.value().into_iter().flat_map(|connections| &connections.peers);
    peers
        .map(|address| AgentPeer {
            address: *address,
            class: ranges.classify(*address),
            service: service_of(*address),
        })
        .collect()
}
