//! Where the agent is looked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::INTROSPECTION_PORT;

/// The Docker Engine's usual socket. Source: Docker documentation, `dockerd`, "Daemon socket option".
const DOCKER_SOCKET: &str = "/var/run/docker.sock";

/// Longest wait for one source, unless told otherwise. All of them are on this machine.
const LIMIT: Duration = Duration::from_millis(1000);

/// The outside world, as far as the agent is looked for in it.
#[derive(Clone, Debug)]
pub struct EcsAgentOutside {
    /// Addresses of the introspection API, `http://ADDRESS:PORT`, in order of preference.
    pub introspection: Vec<String>,
    /// Whether the default gateways are asked too: from a bridge container they are the instance.
    pub ask_gateways: bool,
    /// The Docker Engine's socket.
    pub docker_socket: PathBuf,
    /// Where `systemctl` may be.
    pub systemctl: Vec<PathBuf>,
    /// `/proc`.
    pub proc: PathBuf,
    /// Directory of the agent's log.
    pub log_dir: PathBuf,
    /// `ecs.config`.
    pub ecs_config: PathBuf,
    /// The Docker Engine's `daemon.json`.
    pub docker_config: PathBuf,
    /// The `EnvironmentFile` of the Docker Engine's unit.
    pub docker_environment: PathBuf,
    /// Where units have their drop-ins, for where systemctl cannot be asked.
    pub unit_directories: Vec<PathBuf>,
    /// Longest wait for one source.
    pub limit: Duration,
}

impl EcsAgentOutside {
    /// The usual places, with the Docker Engine at the Unix socket that `DOCKER_HOST` names. Any
    /// other kind of `DOCKER_HOST` is another machine, where the agent of this one is not.
    ///
    /// Sources: Amazon ECS Developer Guide ("Amazon ECS container introspection", "Viewing Amazon ECS
    /// container agent logs"), amazon-ecs-agent README (`ecs.config`), `systemd.unit(5)`, `dockerd(8)`.
    pub fn usual(environment: &BTreeMap<String, String>) -> Self {
        let docker_host = environment.get("DOCKER_HOST").map(String::as_str).unwrap_or_default();
        let socket = docker_host.strip_prefix("unix://").filter(|path| path.starts_with('/'));
        let paths = |texts: &[&str]| texts.iter().map(PathBuf::from).collect();
        Self {
            introspection: ["127.0.0.1", "[::1]"]
                .map(|host| format!("http://{host}:{INTROSPECTION_PORT}"))
                .to_vec(),
            ask_gateways: false,
            docker_socket: PathBuf::from(socket.unwrap_or(DOCKER_SOCKET)),
            systemctl: paths(&["/usr/bin/systemctl", "/bin/systemctl"]),
            proc: PathBuf::from("/proc"),
            log_dir: PathBuf::from("/var/log/ecs"),
            ecs_config: PathBuf::from("/etc/ecs/ecs.config"),
            docker_config: PathBuf::from("/etc/docker/daemon.json"),
            docker_environment: PathBuf::from("/etc/sysconfig/docker"),
            unit_directories: paths(&[
                "/etc/systemd/system",
                "/run/systemd/system",
                "/usr/lib/systemd/system",
            ]),
            limit: LIMIT,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn only_a_unix_socket_is_taken_from_docker_host() {
        let socket = |host: &str| {
            let environment = [("DOCKER_HOST".to_owned(), host.to_owned())];
            EcsAgentOutside::usual(&environment.into_iter().collect()).docker_socket
        };
        assert_eq!(
            socket("unix:///run/user/1000/docker.sock"),
            Path::new("/run/user/1000/docker.sock")
        );
        for other in ["", "tcp://10.0.0.9:2375", "ssh://host", "unix://relative"] {
            assert_eq!(socket(other), Path::new(DOCKER_SOCKET), "{other}");
        }
        let usual = EcsAgentOutside::usual(&BTreeMap::new());
        assert_eq!(usual.introspection, ["http://127.0.0.1:51678", "http://[::1]:51678"]);
    }
}
