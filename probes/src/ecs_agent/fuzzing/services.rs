//! What the agent itself and the Docker Engine answer.

use std::time::Duration;

use crate::bounded_http::HttpClient;
use crate::ecs_agent::docker_engine::DockerEngine;
use crate::ecs_agent::introspection::ask_one;
use crate::ecs_agent::{AgentVersion, docker_proxies};
use crate::fuzzing::{assert_round_trip, assert_short_texts, block_on};
use crate::surroundings::Source;

const LIMIT: Duration = Duration::from_secs(4);

/// The introspection API: `/v1/metadata`.
pub fn introspection(bytes: &[u8]) {
    let Some(client) = HttpClient::scripted(bytes) else { return };
    let base = "http://127.0.0.1:51678".to_owned();
    match block_on(ask_one(&client, base, LIMIT)) {
        Some(Ok(told)) => {
            assert_short_texts(&told);
            assert_round_trip(&told);
            let found = told.version.as_deref().and_then(AgentVersion::find_in);
            let again = found.and_then(|version| AgentVersion::find_in(&version.to_string()));
            assert_eq!(again, found, "{:?}", told.version);
        }
        Some(Err(error)) => assert_short_texts(&error.absence(Source::INTROSPECTION)),
        None => {}
    }
}

/// The Docker Engine: `/version`, `/containers/ecs-agent/json`, `/info`, `/restart`.
pub fn docker_engine(bytes: &[u8]) {
    let Some(engine) = DockerEngine::scripted(bytes) else { return };
    match block_on(engine.inspect_agent(LIMIT)) {
        Some(Ok((container, proxies))) => {
            assert_short_texts(&(&container, &proxies));
            assert_round_trip(&container);
            assert_round_trip(&proxies);
            assert!(container.pid != Some(0) && !container.id.is_empty(), "{container:?}");
            let restarted = block_on(engine.restart(&container.id, LIMIT, LIMIT));
            if let Some(Err(error)) = restarted {
                assert_short_texts(&error.to_string());
            }
        }
        Some(Err(error)) => assert_short_texts(&error.absence()),
        None => {}
    }
    let told = block_on(engine.proxies(LIMIT)).flatten();
    assert_round_trip(&told);
    let in_force = docker_proxies::in_force(told.clone(), Vec::new());
    assert_eq!(in_force, told.unwrap_or_default());
}
