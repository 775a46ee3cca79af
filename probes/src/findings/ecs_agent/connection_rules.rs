//! Whether the agent talks through the endpoints.

use super::connection::AgentConnection;
use super::life_rules::starting;
use super::logged::Logged;
use super::view::{AgentView, Listening, Running};
use crate::address_class::AddressClass;
use crate::ecs_agent::ECS_SERVICES;
use crate::findings::finding::Words;
use crate::findings::host_view::list;
use crate::findings::{Code, Finding};
use crate::status::Severity;

/// `before` are the findings that may explain a missing connection.
pub(super) fn judge(agent: &AgentView<'_>, before: &[Finding]) -> Vec<Finding> {
    let log = &agent.log;
    let connection = match agent.connection {
        AgentConnection::Public | AgentConnection::Mixed => stale(agent, log),
        AgentConnection::Disconnected => disconnected(agent, log, before),
        AgentConnection::Private | AgentConnection::Unknown => None,
    };
    let numbered = match connection {
        // It is said there.
        Some(_) => None,
        None => numbered_host(agent, log),
    };
    [connection, numbered, other_region(agent, log)].into_iter().flatten().collect()
}

fn stale(agent: &AgentView<'_>, log: &Logged<'_>) -> Option<Finding> {
    if !agent.has_endpoints() {
        return None;
    }
    let public = agent.peers.iter().filter(|peer| peer.class == AddressClass::Public);
    let public: Vec<_> = public
        .filter(|peer| {
            peer.service.as_deref().is_none_or(|service| ECS_SERVICES.contains(&service))
        })
        .map(|peer| &peer.address)
        .collect();
    let also = match agent.connection {
        AgentConnection::Mixed => ", and to private ones",
        _ => "",
    };
    Some(Finding::general(
        Code::EcsAgentStale,
        agent.grave(),
        Words::new(
            format!("connected to {} (public){also}{}", list(public), log.words()),
            "The three ECS endpoints are there, but the agent still uses the public hosts that ECS named to it before. It keeps that answer for up to 12 hours, and for longer while it cannot ask again.",
            format!(
                "Restart the agent: vpce-probe agent restart --if-needed (or systemctl restart {}; not docker stop, which ends its unit for good).",
                agent.unit_name()
            ),
        ),
    ))
}

fn disconnected(agent: &AgentView<'_>, log: &Logged<'_>, before: &[Finding]) -> Option<Finding> {
    let is_explained = before.iter().any(|finding| {
        matches!(
            finding.code,
            Code::EcsAgentNotRunning
                | Code::EcsAgentNotListening
                | Code::EcsAgentNotRegistered
                | Code::EcsAgentStarting
        )
    });
    if is_explained || agent.running != Running::Yes {
        return None;
    }
    if agent.is_young() && agent.listening != Listening::Badly {
        return Some(starting(
            "the ECS agent was started less than a minute ago and is not connected yet",
        ));
    }
    let broken: Vec<&str> =
        ECS_SERVICES.into_iter().filter(|service| agent.works(service) == Some(false)).collect();
    let change = if agent.is_inspected() {
        format!(
            "Follow {}, then restart the agent: vpce-probe agent restart --if-needed.",
            Code::TrustedByVariable
        )
    } else if broken.is_empty() {
        format!(
            "Restart the agent: vpce-probe agent restart --if-needed. If it does not connect, /var/log/ecs/ecs-agent.log says why; a firewall that intercepts TLS is one reason, because the agent trusts only the authorities in its image and in the trust store that ecs-init hands over. Also: journalctl -u {}.",
            agent.unit_name()
        )
    } else {
        format!(
            "Mend {} first: the agent connects by itself once they answer.",
            broken.join(" and ")
        )
    };
    Some(Finding::general(
        Code::EcsAgentDisconnected,
        agent.grave(),
        Words::new(
            format!("the ECS agent runs, but has no connection to ecs-agent{}", log.words()),
            "ECS shows this container instance as disconnected: it places no task here, and stops none. The agent's own health check does not look at this.",
            change,
        ),
    ))
}

fn numbered_host(agent: &AgentView<'_>, log: &Logged<'_>) -> Option<Finding> {
    let logged = log.numbered()?;
    if agent.is_external || !agent.has_endpoints() {
        return None;
    }
    let is_private = agent.connection == AgentConnection::Private;
    let severity = if is_private { Severity::Info } else { agent.grave() };
    let at = logged.at.as_deref().map(|at| format!(" at {at}")).unwrap_or_default();
    let change = if is_private {
        "Nothing now: the agent is connected to the endpoints. If it is on public addresses later (VPCE145), look for a proxy (HTTP_PROXY in /etc/ecs/ecs.config and in the unit's drop-ins)."
    } else {
        "Restart the agent: sudo vpce-probe agent restart --if-needed. If it is named such a host again, look for a proxy (HTTP_PROXY in /etc/ecs/ecs.config and in the unit's drop-ins)."
    };
    Some(Finding::general(
        Code::EcsAgentNumberedHost,
        severity,
        Words::new(
            format!("its log names {}{at}", logged.host),
            "Hosts with a number are public ones. ECS names them to an agent whose call (DiscoverPollEndpoint) did not come through the ecs endpoint: because the endpoint was not there yet, or because a proxy made the call.",
            change,
        ),
    ))
}

fn other_region(agent: &AgentView<'_>, log: &Logged<'_>) -> Option<Finding> {
    let region = agent.region?;
    let told = agent.seen.introspection.value();
    // arn:PARTITION:ecs:REGION:ACCOUNT:container-instance/...
    let arn = told.and_then(|told| told.container_instance_arn.as_deref());
    let of_arn = arn
        .and_then(|arn| arn.split(':').nth(3))
        .filter(|found| !found.is_empty() && *found != region)
        .map(|found| format!("it is registered in {found}"));
    let of_log =
        log.of_another_region(region).map(|logged| format!("its log names {}", logged.host));
    let seen: Vec<String> = of_arn.into_iter().chain(of_log).collect();
    if seen.is_empty() {
        return None;
    }
    Some(Finding::general(
        Code::EcsAgentOtherRegion,
        agent.grave(),
        Words::new(
            seen.join(", and "),
            format!(
                "The endpoints of {region} were checked, and the agent uses another Region, which they do not serve."
            ),
            "Set AWS_DEFAULT_REGION in /etc/ecs/ecs.config to this instance's Region, or take it out, and restart the agent; or check the agent's Region with --region.",
        ),
    ))
}
