//! Which hosts each client of this machine or task reaches through a proxy. A table without judgement.

use serde::{Deserialize, Serialize};

use super::ecs_agent::{in_force, proxy_for_https};
use super::host_view::HostView;
use super::no_proxy::Reading;
use crate::ecs_agent::{AgentProxySetting, ECS_SERVICES, EcsAgent};
use crate::observe::HTTPS_PORT;
use crate::surroundings::{LaunchType, ProxySettings, Surroundings};

/// How one client that has a proxy reaches the hosts of the plan.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProxyCheck {
    /// Whose proxy it is.
    pub client: ProxyClient,
    /// The setting that counts for HTTPS, and so for every host of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<AgentProxySetting>,
    /// The setting that counts for plain HTTP, by which metadata services are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain_http_proxy: Option<AgentProxySetting>,
    /// The hosts of the plan that the client has to do with.
    pub hosts: Vec<ProxiedHost>,
    /// What NO_PROXY has to name for this client whatever the plan is, and does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// Who has a proxy.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ProxyClient {
    /// Programs that take their proxy from an environment like that of this program, as AWS SDKs do.
    Environment,
    /// The ECS agent.
    EcsAgent,
    /// The Docker Engine, which pulls the images.
    DockerEngine,
}

impl ProxyClient {
    /// How a person would say it.
    pub fn description(self) -> &'static str {
        match self {
            Self::Environment => "this environment",
            Self::EcsAgent => "ECS agent",
            Self::DockerEngine => "Docker Engine",
        }
    }
}

/// How a client reaches one host over HTTPS.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProxiedHost {
    /// The host name.
    pub host: String,
    /// The way.
    pub way: ProxyWay,
    /// The entry of NO_PROXY that names the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
}

/// The way to a host.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ProxyWay {
    /// Through the proxy.
    Proxy,
    /// Past the proxy.
    Direct,
    /// Programs written in Go, and curl and Python, read the settings differently.
    Differs,
}

/// One check for each client that has a proxy.
pub(super) fn checks(
    surroundings: &Surroundings,
    agent: Option<&EcsAgent>,
    views: &[HostView<'_>],
) -> Vec<ProxyCheck> {
    let of_environment = Client::of_environment(surroundings);
    let of_agent = agent.map(|agent| Client::of_agent(&agent.proxy));
    let of_docker = agent.map(|agent| Client::of_docker(&agent.docker_proxy));
    let clients = [Some(of_environment), of_agent, of_docker];
    clients.into_iter().flatten().filter_map(|client| client.check(views)).collect()
}

/// A client, and how each kind of program that it may be reads its settings.
struct Client {
    client: ProxyClient,
    readers: Vec<Reader>,
    /// What has to be named in NO_PROXY.
    needed: &'static [&'static str],
}

/// What one kind of program takes from the settings.
struct Reader {
    reading: Reading,
    /// For HTTPS.
    https: Option<AgentProxySetting>,
    /// For plain HTTP.
    http: Option<AgentProxySetting>,
    exempt: Vec<String>,
}

const INSTANCE_METADATA: &str = "169.254.169.254";
const TASK_METADATA: &str = "169.254.170.2";

/// Source: Amazon ECS Developer Guide, "HTTP proxy configuration".
const OF_AGENT: &[&str] = &[INSTANCE_METADATA, TASK_METADATA, "/var/run/docker.sock"];

impl Client {
    /// Go asks for the variable in upper case first, curl and Python in lower case; ALL_PROXY is known
    /// to curl, and not to Go. Sources: `golang.org/x/net/http/httpproxy`, `FromEnvironment`; `curl(1)`,
    /// "ENVIRONMENT"; CPython, `Lib/urllib/request.py`, `getproxies_environment`.
    fn of_environment(surroundings: &Surroundings) -> Self {
        let value = |names: &[&str]| first_of(&surroundings.proxy, names);
        let exempt = |names: &[&str]| value(names).map(|setting| setting.value);
        let go = Reader {
            reading: Reading::Go,
            https: value(&["HTTPS_PROXY", "https_proxy"]),
            http: value(&["HTTP_PROXY", "http_proxy"]),
            exempt: exempt(&["NO_PROXY", "no_proxy"]).into_iter().collect(),
        };
        let curl = Reader {
            reading: Reading::Curl,
            https: value(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            http: None,
            exempt: exempt(&["no_proxy", "NO_PROXY"]).into_iter().collect(),
        };
        let needed: &[&str] = match surroundings.launch_type.value() {
            Some(LaunchType::FargateTask) => &[TASK_METADATA],
            Some(LaunchType::Ec2Task) => &[INSTANCE_METADATA, TASK_METADATA],
            Some(LaunchType::ContainerInstance | LaunchType::Ec2Instance) => &[INSTANCE_METADATA],
            Some(LaunchType::External) | None => &[],
        };
        Self { client: ProxyClient::Environment, readers: vec![go, curl], needed }
    }

    /// Without NO_PROXY the agent names by itself what it needs.
    /// Source: amazon-ecs-agent, `ecs-agent/wsclient/client.go`.
    fn of_agent(settings: &[AgentProxySetting]) -> Self {
        let settings = in_force(settings);
        let mut go = Reader::of_go(&settings);
        go.https = proxy_for_https(&settings).cloned();
        let needed = if go.exempt.is_empty() { &[] } else { OF_AGENT };
        Self { client: ProxyClient::EcsAgent, readers: vec![go], needed }
    }

    fn of_docker(settings: &[AgentProxySetting]) -> Self {
        let go = Reader::of_go(&settings.iter().collect::<Vec<_>>());
        Self { client: ProxyClient::DockerEngine, readers: vec![go], needed: &[] }
    }

    /// None without a proxy.
    fn check(&self, views: &[HostView<'_>]) -> Option<ProxyCheck> {
        let proxy = self.readers.iter().find_map(|reader| reader.https.clone());
        let plain_http_proxy = self.readers.iter().find_map(|reader| reader.http.clone());
        if proxy.is_none() && plain_http_proxy.is_none() {
            return None;
        }
        let concerned = views.iter().filter(|view| self.has_to_do_with(view));
        let needed = self.needed.iter();
        Some(ProxyCheck {
            client: self.client,
            proxy,
            plain_http_proxy,
            hosts: concerned.map(|view| self.host(view.host)).collect(),
            missing: needed
                .filter(|name| self.lacks(name))
                .map(|name| (*name).to_owned())
                .collect(),
        })
    }

    /// The ECS agent speaks with ECS, and fetches what tasks start with; the Docker Engine pulls images,
    /// with what the agent got for it from `ecr.api`.
    fn has_to_do_with(&self, view: &HostView<'_>) -> bool {
        let service = view.endpoint.service.as_str();
        let of_ecs = ECS_SERVICES.contains(&service);
        let of_layers = service == "s3" && view.endpoint.label.is_some();
        match self.client {
            ProxyClient::Environment => {
                !of_ecs && !of_layers && !["ecr.api", "ecr.dkr"].contains(&service)
            }
            ProxyClient::EcsAgent => {
                of_ecs || ["ecr.api", "secretsmanager", "ssm"].contains(&service)
            }
            ProxyClient::DockerEngine => of_layers || service == "ecr.dkr",
        }
    }

    fn host(&self, host: &str) -> ProxiedHost {
        let ways: Vec<_> = self.readers.iter().map(|reader| reader.way(host)).collect();
        let matched = ways.iter().find_map(|way| way.1.map(str::to_owned));
        let through = ways.iter().filter(|way| way.0).count();
        let way = match through {
            0 => ProxyWay::Direct,
            _ if through == ways.len() => ProxyWay::Proxy,
            _ => ProxyWay::Differs,
        };
        ProxiedHost { host: host.to_owned(), way, matched }
    }

    /// Whether requests to this address over plain HTTP go to the proxy. The path of a socket has to
    /// stand in NO_PROXY as it is.
    fn lacks(&self, name: &str) -> bool {
        let named = |reader: &Reader| {
            reader.exempt.iter().any(|setting| {
                setting.split(',').any(|entry| entry.trim() == name)
                    || reader.reading.entry_for(setting, name, 80).is_some()
            })
        };
        self.readers.iter().any(|reader| reader.http.is_some() && !named(reader))
    }
}

impl Reader {
    fn of_go(settings: &[&AgentProxySetting]) -> Self {
        let named = |name: &'static str| settings.iter().filter(move |one| one.name == name);
        let first = |name| named(name).next().map(|setting| (*setting).clone());
        Self {
            reading: Reading::Go,
            https: first("HTTPS_PROXY"),
            http: first("HTTP_PROXY"),
            exempt: named("NO_PROXY").map(|setting| setting.value.clone()).collect(),
        }
    }

    /// Whether the proxy is used for the host, and the entry that keeps it from that.
    fn way(&self, host: &str) -> (bool, Option<&str>) {
        let mut exempt = self.exempt.iter();
        let entry = exempt.find_map(|setting| self.reading.entry_for(setting, host, HTTPS_PORT));
        match &self.https {
            Some(_) => (entry.is_none(), entry),
            None => (false, None),
        }
    }
}

/// The first of these variables that is set. Settings of files have a path in front of theirs.
fn first_of(proxy: &ProxySettings, names: &[&str]) -> Option<AgentProxySetting> {
    names.iter().find_map(|name| {
        let value = proxy.settings.get(*name)?;
        let (place, name) = ("environment".to_owned(), (*name).to_owned());
        Some(AgentProxySetting { place, name, value: value.clone() })
    })
}

#[cfg(test)]
mod tests;
