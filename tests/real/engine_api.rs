//! The Docker Engine's own API, as the ECS agent uses it: it takes what its client takes no option for,
//! such as a health check without a shell.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::command::Place;
use crate::until::LIMIT;

/// Where the machine has it.
const SOCKET: &str = "run/docker.sock";

/// Creates a container of that name. Without a version in the path the engine takes its own: there is none
/// that all of them speak.
pub(crate) fn create(place: Place, name: &str, container: &Value) -> Result<(), Failed> {
    let body = container.to_string();
    let request = format!(
        "POST /containers/create?name={name} HTTP/1.1\r\nHost: docker\r\n\
         Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let socket = match place {
        Place::Lab => format!("/{SOCKET}"),
        Place::Machine(leader) => format!("/proc/{leader}/root/{SOCKET}"),
    };
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_whitespace().nth(1) {
        Some("201") => Ok(()),
        _ => Err(format!("{answer}\nof {container:#}").into()),
    }
}
