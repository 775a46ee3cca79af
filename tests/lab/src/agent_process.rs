//! The stand-in for the ECS agent as a process of the lab: this executable again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use ecs_agent_stand_in::StandIn;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::behaviour::{AgentNetwork, TlsBehaviour};
use crate::enter;
use crate::error::Trouble;
use crate::host::Agent;
use crate::network;
use crate::vpc::{Server, VPC_VIEW, Vpc};
use crate::zone::{Family, Zone};

/// The port of the agent's introspection API.
pub(crate) const INTROSPECTION: u16 = 51678;

/// Where an agent behind the gateway listens; the packet filter leads there.
pub(crate) const BEHIND_GATEWAY: u16 = 51680;

/// What the process says when it can be seen, and when it has done all that it is to do.
const STARTED: &str = "started";
const READY: &str = "ready";

/// Nothing that it waits for takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// The running process. Dropped, it is killed.
pub(crate) struct AgentProcess {
    child: Child,
    /// Its number in the lab.
    pub(crate) pid: u32,
}

impl AgentProcess {
    /// Starts it; when this returns it listens and is connected, as far as it ever will.
    pub(crate) async fn start(
        vpc: &Vpc,
        servers: &BTreeMap<IpAddr, Server>,
        agent: &Agent,
        first: bool,
    ) -> Result<Self, Trouble> {
        let addresses = Addresses { zone: Zone::new(vpc, view(vpc)), servers };
        let mut command = enter::again(enter::AGENT);
        command.arg0(&agent.command).envs(settings(vpc, agent, &addresses, first));
        let register = agent.register.as_deref();
        let says = match register.map(|host| addresses.reachable(host)) {
            // It tries again for ever, and does nothing else.
            Some(None) => STARTED,
            _ => READY,
        };
        let child = spawn("the stand-in for the ECS agent", command, says).await?;
        let pid = child.id().unwrap_or_default();
        Ok(Self { child, pid })
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill().await;
    }
}

/// Is the stand-in, until it is told to end; returns its exit code.
pub(crate) fn be_agent() -> i32 {
    let ended = StandIn::from_env().map_err(io::Error::other).and_then(|stand_in| {
        fs::write("/proc/self/comm", &stand_in.name)?;
        writeln!(io::stdout(), "{STARTED}")?;
        Builder::new_current_thread().enable_all().build()?.block_on(stand_in.run())
    });
    match ended {
        Ok(()) => 0,
        Err(why) => {
            let _ = writeln!(io::stderr(), "the stand-in for the ECS agent: {why}");
            1
        }
    }
}

/// Starts a process of the lab and waits for the line that it is to say.
pub(crate) async fn spawn(what: &str, mut command: Command, says: &str) -> Result<Child, Trouble> {
    let trouble = |why: String| Trouble::Process { what: what.to_owned(), why };
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let mut child = spawned.map_err(|why| trouble(why.to_string()))?;
    let Some(stdout) = child.stdout.take() else {
        return Err(trouble("it has no standard output".to_owned()));
    };
    match timeout(PATIENCE, heard(stdout, says)).await {
        Ok(true) => Ok(child),
        Ok(false) => Err(trouble(format!("it ended without saying {says:?}"))),
        Err(_) => Err(trouble(format!("it does not say {says:?}"))),
    }
}

/// Reads up to that line, and leaves somebody there who reads the rest.
async fn heard(stdout: impl AsyncRead + Send + Unpin + 'static, says: &str) -> bool {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == says {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return true;
        }
    }
    false
}

/// The variables of the stand-in.
fn settings(
    vpc: &Vpc,
    agent: &Agent,
    addresses: &Addresses<'_>,
    first: bool,
) -> Vec<(&'static str, String)> {
    let name = Path::new(&agent.command).file_name().map(|name| name.to_string_lossy().into());
    let stale = first && !agent.stale.is_empty();
    let connect: Vec<SocketAddr> = if stale {
        agent.stale.iter().map(|address| https(*address)).collect()
    } else {
        agent.connect.iter().filter_map(|target| addresses.reachable(target)).collect()
    };
    let listen: Option<Vec<SocketAddr>> = match (agent.network, &agent.listen) {
        (AgentNetwork::Gateway, _) => {
            let gateways = network::gateways(vpc).into_iter();
            Some(gateways.map(|address| SocketAddr::new(address, BEHIND_GATEWAY)).collect())
        }
        (AgentNetwork::Lab, None) => None,
        (AgentNetwork::Lab, Some(addresses)) => {
            let at = |address: &IpAddr| SocketAddr::new(*address, INTROSPECTION);
            Some(addresses.iter().map(at).collect())
        }
    };
    let register = agent.register.as_ref().map(|host| {
        let somewhere = addresses.reachable(host).or_else(|| addresses.first(host));
        somewhere.map_or_else(|| host.clone(), |address| address.to_string())
    });
    let settings = [
        ("STAND_IN_NAME", name),
        ("STAND_IN_LISTEN", listen.map(|list| joined(&list))),
        ("STAND_IN_REGISTER", register),
        ("STAND_IN_CONNECT", Some(joined(&connect))),
        ("STAND_IN_MAPPED", agent.mapped.then(|| "1".to_owned())),
        ("STAND_IN_ANSWER", Some(agent.answer.into())),
        ("STAND_IN_VERSION", agent.version.clone()),
        ("STAND_IN_CLUSTER", agent.cluster.clone()),
        ("STAND_IN_ARN", agent.container_instance_arn.clone()),
    ];
    settings.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What the agent's resolver knows: the first of `resolv.conf`, however badly it answers.
fn view(vpc: &Vpc) -> &str {
    let file = vpc.files.get("/etc/resolv.conf").map_or("", String::as_str);
    let named = file.lines().filter_map(|line| line.trim().strip_prefix("nameserver "));
    let first = named.filter_map(|address| address.trim().parse().ok()).next();
    let resolver = first.and_then(|address: IpAddr| vpc.resolvers.get(&address));
    resolver.map_or(VPC_VIEW, |resolver| &resolver.view)
}

fn joined(addresses: &[SocketAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Where the agent's targets are, as the lab itself knows them.
struct Addresses<'a> {
    zone: Zone,
    servers: &'a BTreeMap<IpAddr, Server>,
}

impl Addresses<'_> {
    /// Where a target keeps a connection.
    fn reachable(&self, target: &str) -> Option<SocketAddr> {
        self.all(target).into_iter().find(|address| self.keeps(*address)).map(https)
    }

    fn first(&self, target: &str) -> Option<SocketAddr> {
        self.all(target).first().copied().map(https)
    }

    fn all(&self, target: &str) -> Vec<IpAddr> {
        if let Ok(address) = target.parse() {
            return vec![address];
        }
        let families = [Family::V4, Family::V6].into_iter();
        families.flat_map(|family| self.zone.lookup(target, Some(family)).addresses).collect()
    }

    /// Whether whoever connects stays connected.
    fn keeps(&self, address: IpAddr) -> bool {
        let without = [
            TlsBehaviour::Refuse,
            TlsBehaviour::Drop,
            TlsBehaviour::DropWithoutOwner,
            TlsBehaviour::Prohibited,
            TlsBehaviour::NoRoute,
            TlsBehaviour::Reset,
            TlsBehaviour::Close,
        ];
        self.servers.get(&address).is_some_and(|server| !without.contains(&server.behaviour))
    }
}

fn https(address: IpAddr) -> SocketAddr {
    SocketAddr::new(address, 443)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owned;

    fn told(agent: &str, first: bool) -> BTreeMap<&'static str, String> {
        let text = format!(
            "region = 'r'\ninstance = ['10.0.1.10/24']\n\
             [names.a]\naddresses = ['10.0.1.1', '10.0.1.2']\nviews.custom = ['52.0.0.9']\n\
             [names.b]\ncname = ['a']\n\
             [names.dead]\naddresses = ['10.0.1.1']\n\
             [servers.'10.0.1.1']\nbehaviour = 'drop'\n[agent]\n{agent}"
        );
        let vpc: Vpc = toml::from_str(&text).unwrap();
        let servers = owned::servers(&vpc);
        let addresses = Addresses { zone: Zone::new(&vpc, view(&vpc)), servers: &servers };
        settings(&vpc, vpc.agent.as_ref().unwrap(), &addresses, first).into_iter().collect()
    }

    #[test]
    fn it_connects_where_somebody_answers() {
        let told = told("connect = ['a', 'b', 'dead', 'gone', '52.0.0.1']", true);
        assert_eq!(told["STAND_IN_CONNECT"], "10.0.1.2:443,10.0.1.2:443,52.0.0.1:443");
    }

    #[test]
    fn it_asks_the_resolver_of_this_machine() {
        let custom = "connect = ['a']\n\
             [files]\n'/etc/resolv.conf' = 'nameserver 10.0.0.9'\n\
             [resolvers.'10.0.0.9']\nbehaviour = 'silent'\nview = 'custom'";
        assert_eq!(told(custom, true)["STAND_IN_CONNECT"], "52.0.0.9:443");
    }

    #[test]
    fn what_it_learnt_when_it_started_is_forgotten_with_the_next_start() {
        let agent = "connect = ['a']\nstale = ['52.0.0.1']";
        assert_eq!(told(agent, true)["STAND_IN_CONNECT"], "52.0.0.1:443");
        assert_eq!(told(agent, false)["STAND_IN_CONNECT"], "10.0.1.2:443");
    }

    #[test]
    fn it_tries_to_register_where_nobody_answers() {
        assert_eq!(told("register = 'a'", true)["STAND_IN_REGISTER"], "10.0.1.2:443");
        assert_eq!(told("register = 'dead'", true)["STAND_IN_REGISTER"], "10.0.1.1:443");
        assert_eq!(told("register = 'gone'", true)["STAND_IN_REGISTER"], "gone");
    }

    #[test]
    fn nowhere_is_not_everywhere() {
        assert_eq!(told("listen = []", true)["STAND_IN_LISTEN"], "");
        assert!(!told("", true).contains_key("STAND_IN_LISTEN"));
        let told = told("listen = ['127.0.0.1', '::1']", true);
        assert_eq!(told["STAND_IN_LISTEN"], "127.0.0.1:51678,[::1]:51678");
    }

    #[test]
    fn behind_the_gateway_it_listens_there() {
        assert_eq!(told("network = 'gateway'", true)["STAND_IN_LISTEN"], "10.0.1.1:51680");
    }

    #[test]
    fn the_process_has_the_name_of_its_command() {
        assert_eq!(told("", true)["STAND_IN_NAME"], "agent");
        let told = told("command = '/usr/bin/amazon-ecs-agent'", true);
        assert_eq!(told["STAND_IN_NAME"], "amazon-ecs-agent");
    }
}
