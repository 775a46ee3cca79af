//! A proxy between the agent and the endpoints.

use super::connection::AgentConnection;
use super::view::AgentView;
use crate::ecs_agent::{AgentProxySetting, CONTAINER_ENVIRONMENT};
use crate::findings::finding::Words;
use crate::findings::no_proxy::Reading;
use crate::findings::{Code, Finding};
use crate::observe::HTTPS_PORT;
use crate::status::Severity;

/// Without NO_PROXY the agent itself adds only the metadata addresses and the Docker socket.
/// Source: amazon-ecs-agent, `ecs-agent/wsclient/client.go`.
pub(super) fn judge(agent: &AgentView<'_>) -> Option<Finding> {
    if !agent.has_endpoints() {
        return None;
    }
    let settings = in_force(&agent.seen.proxy);
    let first = proxy_for_https(&settings)?;
    let exempt: Vec<&str> = settings
        .iter()
        .filter(|setting| setting.name == "NO_PROXY")
        .map(|setting| setting.value.as_str())
        .collect();
    let covered = |host: &str| {
        exempt.iter().any(|setting| Reading::Go.entry_for(setting, host, HTTPS_PORT).is_some())
    };
    let hosts: Vec<&str> =
        agent.hosts.iter().map(|view| view.host).filter(|host| !covered(host)).collect();
    if hosts.is_empty() {
        return None;
    }
    // What the agent was told after its start it does not know yet.
    let is_direct = agent.connection == AgentConnection::Private;
    let severity = if is_direct { Severity::Warn } else { agent.grave() };
    let meaning = if is_direct {
        "The agent is connected to the endpoints now, but this setting sends it through the proxy when it is started next."
    } else {
        "The agent sends what is meant for ECS to the proxy, and so past the VPC endpoints."
    };
    Some(Finding::general(
        Code::EcsAgentProxied,
        severity,
        Words::new(
            format!(
                "{}={} ({}), and NO_PROXY does not name {}",
                first.name,
                first.value,
                first.place,
                hosts.join(", ")
            ),
            meaning,
            format!(
                "Add {} to NO_PROXY {} (beside 169.254.169.254,169.254.170.2,/var/run/docker.sock){}.",
                hosts.join(","),
                where_to_set(agent, first),
                match agent.unit() {
                    Some(_) => format!(
                        ", then systemctl daemon-reload and systemctl restart {}",
                        agent.unit_name()
                    ),
                    None => String::new(),
                }
            ),
        ),
    ))
}

/// The agent is written in Go, which knows no ALL_PROXY; unlike other programs in Go it takes
/// HTTP_PROXY for HTTPS too. Source: amazon-ecs-agent, pull request 3057.
pub(in crate::findings) fn proxy_for_https<'s>(
    settings: &[&'s AgentProxySetting],
) -> Option<&'s AgentProxySetting> {
    let named = |name: &str| settings.iter().copied().find(|setting| setting.name == name);
    named("HTTPS_PROXY").or_else(|| named("HTTP_PROXY"))
}

/// ecs-init makes the environment of the container out of these two.
fn where_to_set(agent: &AgentView<'_>, setting: &AgentProxySetting) -> String {
    match (is_of_container(setting), agent.unit()) {
        (false, _) => format!("in {}", setting.place),
        (true, Some(unit)) => {
            format!("in /etc/ecs/ecs.config or the drop-in of {} that sets the proxy", unit.name)
        }
        (true, None) => "when the container ecs-agent is made anew (docker run --env)".to_owned(),
    }
}

fn is_of_container(setting: &AgentProxySetting) -> bool {
    setting.place == CONTAINER_ENVIRONMENT
}

/// The environment of the container is what the agent really has; elsewhere stands what it gets at
/// its next start.
pub(in crate::findings) fn in_force(settings: &[AgentProxySetting]) -> Vec<&AgentProxySetting> {
    let of_container: Vec<_> = settings.iter().filter(|one| is_of_container(one)).collect();
    if of_container.is_empty() { settings.iter().collect() } else { of_container }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_environment_of_the_container_hides_other_places() {
        let set = |place: &str| AgentProxySetting {
            place: place.to_owned(),
            name: "HTTP_PROXY".to_owned(),
            value: "http://proxy:3128".to_owned(),
        };
        let drop_in = "/etc/systemd/system/ecs.service.d/container.conf";
        assert_eq!(in_force(&["/etc/ecs/ecs.config", drop_in].map(set)).len(), 2);
        assert_eq!(in_force(&["/etc/ecs/ecs.config", CONTAINER_ENVIRONMENT].map(set)).len(), 1);
    }
}
