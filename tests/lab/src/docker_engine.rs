//! A small Docker Engine: its version, its settings, and one container, `ecs-agent`.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};

use crate::behaviour::{AfterRestart, DockerBehaviour};
use crate::error::Trouble;
use crate::host::{Container, Docker};
use crate::http::{self, Request, Response};
use crate::machine::Machine;
use crate::pace;

const SLOW: Duration = Duration::from_millis(50);

const SOCKET: &str = "/var/run/docker.sock";

/// What the container can be called by.
const NAME: &str = "ecs-agent";
const ID: &str = "6f0c1b2a3948576ee5d4c3b2a1908f7e6d5c4b3a29180f7e6d5c4b3a29180f7e";

const IMAGE_ID: &str = "sha256:2c1f0e9d8b7a6958473625140f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c";

/// Listens on the socket of the Docker Engine.
pub(crate) fn start(machine: &Arc<Machine>) -> Result<(), Trouble> {
    let Some(docker) = machine.vpc.docker.clone() else { return Ok(()) };
    let cannot =
        |why: io::Error| Trouble::Listen { address: SOCKET.to_owned(), why: why.to_string() };
    let listener = UnixListener::bind(SOCKET).map_err(cannot)?;
    chown(SOCKET, None, Some(docker.gid)).map_err(cannot)?;
    fs::set_permissions(SOCKET, Permissions::from_mode(docker.mode)).map_err(cannot)?;
    let (machine, docker) = (machine.clone(), Arc::new(docker));
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            tokio::spawn(serve(machine.clone(), docker.clone(), stream));
        }
    });
    Ok(())
}

async fn serve(
    machine: Arc<Machine>,
    docker: Arc<Docker>,
    mut stream: UnixStream,
) -> io::Result<()> {
    let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
    machine.note(format!("{} {}", request.method, request.path));
    let response = match docker.behaviour {
        DockerBehaviour::Silent => return pace::hold(&mut stream).await,
        DockerBehaviour::Garbage => {
            stream.write_all(b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n").await?;
            return stream.shutdown().await;
        }
        DockerBehaviour::Endless => {
            let head = Response::new(200, "").with("Content-Type", "application/json").head(None);
            stream.write_all(&head).await?;
            stream.write_all(b"{\"Id\":\"").await?;
            return pace::flood(&mut stream, &[b'x'; 8192]).await;
        }
        DockerBehaviour::Error => message(500, "the engine is not well"),
        DockerBehaviour::ManyValues => Response::new(200, http::many_values()),
        DockerBehaviour::Answer | DockerBehaviour::Slow | DockerBehaviour::StopsOnly => {
            answer(&machine, &docker, &request).await
        }
    };
    let response = response
        .with("Content-Type", "application/json")
        .with("Api-Version", docker.api_version.as_str());
    let bytes = response.to_bytes(&request.method);
    if docker.behaviour == DockerBehaviour::Slow {
        return pace::drip(&mut stream, &bytes, SLOW).await;
    }
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

async fn answer(machine: &Machine, docker: &Docker, request: &Request) -> Response {
    let path = request.path.split_once('?').map_or(request.path.as_str(), |(path, _)| path);
    let path = match of_version(docker, path) {
        Ok(path) => path,
        Err(refused) => return refused,
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET" | "HEAD", ["_ping"]) => Response::new(200, "OK"),
        ("GET", ["version"]) => Response::new(200, version(docker).to_string()),
        ("GET", ["info"]) if docker.tells_info => Response::new(200, info(docker).to_string()),
        ("GET", ["info"]) => message(500, "the engine does not get to count its containers"),
        (method, ["containers", name, action]) => match &docker.container {
            Some(container) if [NAME, ID].contains(name) => {
                let stops_only = docker.behaviour == DockerBehaviour::StopsOnly;
                match (method, *action) {
                    ("POST", "restart") if stops_only => stopped_only(machine).await,
                    _ => of_container(machine, container, method, action).await,
                }
            }
            _ => message(404, &format!("No such container: {name}")),
        },
        _ => message(404, "page not found"),
    }
}

/// The path without its version, which has to be one that the engine speaks.
fn of_version<'a>(docker: &Docker, path: &'a str) -> Result<&'a str, Response> {
    let versioned = path.strip_prefix("/v").and_then(|rest| rest.split_once('/'));
    let Some((asked, rest)) = versioned else { return Ok(path) };
    let Some(version) = number(asked) else { return Ok(path) };
    if number(&docker.min_api_version).is_some_and(|oldest| version < oldest) {
        let oldest = &docker.min_api_version;
        return Err(message(
            400,
            &format!(
                "client version {asked} is too old. Minimum supported API version is {oldest}, \
                 please upgrade your client to a newer version"
            ),
        ));
    }
    if number(&docker.api_version).is_some_and(|newest| version > newest) {
        let newest = &docker.api_version;
        return Err(message(
            400,
            &format!(
                "client version {asked} is too new. Maximum supported API version is {newest}"
            ),
        ));
    }
    Ok(rest)
}

fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

async fn of_container(
    machine: &Machine,
    container: &Container,
    method: &str,
    action: &str,
) -> Response {
    match (method, action) {
        ("GET", "json") => Response::new(200, inspected(machine, container).to_string()),
        ("POST", "restart" | "start" | "stop") => match change(machine, action).await {
            Ok(()) => Response::new(204, ""),
            Err(trouble) => message(500, &trouble.to_string()),
        },
        _ => message(404, "page not found"),
    }
}

async fn stopped_only(machine: &Machine) -> Response {
    match change(machine, "stop").await {
        Ok(()) => message(500, "cannot start the container: its port is in use"),
        Err(trouble) => message(500, &trouble.to_string()),
    }
}

/// Where a unit owns the agent, ecs-init takes its end for the end of its work: the unit ends, and
/// its ExecStop stops the container that the engine has just started again.
async fn change(machine: &Machine, action: &str) -> Result<(), Trouble> {
    let mut process = machine.process.lock().await;
    let owner = machine.state().units.owner();
    if action != "start" {
        machine.stop_agent(&mut process).await;
        if let Some(unit) = owner {
            machine.state().units.turn(unit, AfterRestart::Inactive);
            return Ok(());
        }
    }
    if action == "stop" {
        return Ok(());
    }
    machine.start_agent(&mut process).await
}

fn version(docker: &Docker) -> Value {
    json!({
        "Platform": {"Name": ""},
        "Version": "25.0.8",
        "ApiVersion": docker.api_version,
        "MinAPIVersion": docker.min_api_version,
        "Os": "linux",
        "Arch": "amd64",
    })
}

fn info(docker: &Docker) -> Value {
    let mut info = json!({
        "ID": "0f4c5a9e-6f0c-4b1a-9394-8576ee5d4c3b",
        "Containers": 1,
        "Driver": "overlay2",
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "ServerVersion": "25.0.8",
    });
    if let Some(keys) = info.as_object_mut() {
        keys.extend(docker.info.iter().map(|(key, value)| (key.clone(), value.as_str().into())));
    }
    info
}

fn inspected(machine: &Machine, container: &Container) -> Value {
    let state = machine.state();
    let told = container.state.as_ref().filter(|_| !state.touched);
    let status =
        told.map_or(if state.pid.is_some() { "running" } else { "exited" }, String::as_str);
    let running = ["running", "paused"].contains(&status);
    let started = container.started_at.as_ref().filter(|_| !state.touched).cloned();
    let started = started.unwrap_or_else(|| rfc3339(state.started));
    let mut inspected = json!({
        "Id": ID,
        "Created": "2026-05-04T06:12:58.104713925Z",
        "Path": "/agent",
        "Args": [],
        "State": {
            "Status": status,
            "Running": running,
            "Paused": status == "paused",
            "Restarting": status == "restarting",
            "OOMKilled": false,
            "Dead": status == "dead",
            "Pid": if running { state.pid.unwrap_or_default() } else { 0 },
            "ExitCode": if running { 0 } else { container.exit_code },
            "Error": "",
            "StartedAt": started,
            "FinishedAt": "0001-01-01T00:00:00Z",
        },
        "Image": IMAGE_ID,
        "Name": format!("/{NAME}"),
        "RestartCount": container.restart_count,
        "HostConfig": {
            "NetworkMode": container.network_mode,
            "RestartPolicy": {"Name": container.restart_policy, "MaximumRetryCount": 0},
        },
        "Config": {
            "Env": container.env,
            "Cmd": null,
            "Image": container.image,
            "Labels": {},
        },
    });
    if let (Some(health), Some(state)) = (&container.health, inspected.get_mut("State")) {
        state["Health"] = json!({"Status": health, "FailingStreak": 0, "Log": []});
    }
    inspected
}

fn rfc3339(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap_or_default()
}

fn message(status: u16, text: &str) -> Response {
    Response::new(status, json!({"message": text}).to_string())
}
