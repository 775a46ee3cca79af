//! Asking the introspection API of the agent.

use std::time::Duration;

use serde::Deserialize;
use tokio::task::JoinSet;

use super::gateways::default_gateways;
use super::short::short;
use super::{EcsAgentOutside, INTROSPECTION_PORT, Introspection};
use crate::bounded_http::{HttpClient, HttpError, Problem, Request};
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// `/v1/metadata`. Source: amazon-ecs-agent, `ecs-agent/introspection/v1/response.go`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    cluster: Option<String>,
    container_instance_arn: Option<String>,
    version: Option<String>,
}

/// Asks all addresses side by side. The first good answer is believed; without one, the reasons of
/// all of them are told, in their order.
pub(super) async fn ask(outside: &EcsAgentOutside) -> Fact<Introspection> {
    let client = match HttpClient::new() {
        Ok(client) => client,
        Err(why) => return missing(AbsenceReason::NotAsked, &why),
    };
    let mut asked = JoinSet::new();
    for (index, base) in addresses(outside).into_iter().enumerate() {
        let (client, limit) = (client.clone(), outside.limit);
        asked.spawn(async move { (index, ask_one(&client, base, limit).await) });
    }
    let mut troubles = Vec::new();
    while let Some(joined) = asked.join_next().await {
        match joined {
            Ok((_, Ok(metadata))) => return Fact::known(metadata, Source::INTROSPECTION),
            Ok((index, Err(error))) => troubles.push((index, error.absence(Source::INTROSPECTION))),
            Err(_) => {}
        }
    }
    troubles.sort_by_key(|(index, _)| *index);
    let reasons = troubles.into_iter().map(|(_, absence)| Fact::missing(absence));
    reasons
        .reduce(Fact::or)
        .unwrap_or_else(|| missing(AbsenceReason::NotAsked, "no address is known to ask"))
}

fn addresses(outside: &EcsAgentOutside) -> Vec<String> {
    let mut all = outside.introspection.clone();
    if outside.ask_gateways {
        let gateways = default_gateways(&outside.proc.join("net"));
        all.extend(gateways.into_iter().map(|address| match address.is_ipv6() {
            true => format!("http://[{address}]:{INTROSPECTION_PORT}"),
            false => format!("http://{address}:{INTROSPECTION_PORT}"),
        }));
    }
    all
}

async fn ask_one(
    client: &HttpClient,
    base: String,
    limit: Duration,
) -> Result<Introspection, HttpError> {
    let url = format!("{base}/v1/metadata");
    let request = Request { method: "GET", url: &url, header: None, limit };
    let (value, _) = client.json(request).await?;
    let wrong = |words: String| HttpError {
        method: "GET",
        url: url.clone(),
        problem: Problem::WrongForm(words),
    };
    let metadata = Metadata::deserialize(value).map_err(|error| wrong(error.to_string()))?;
    let metadata = Introspection {
        url: base,
        version: metadata.version.as_deref().and_then(short),
        cluster: metadata.cluster.as_deref().and_then(short),
        container_instance_arn: metadata.container_instance_arn.as_deref().and_then(short),
    };
    // Anything may listen there, and say `{}` to everything.
    let told = [&metadata.version, &metadata.cluster, &metadata.container_instance_arn];
    match told.iter().any(|fact| fact.is_some()) {
        true => Ok(metadata),
        false => Err(wrong("it has none of Version, Cluster and ContainerInstanceArn".to_owned())),
    }
}

fn missing(reason: AbsenceReason, detail: &str) -> Fact<Introspection> {
    Fact::missing(Absence::new(Source::INTROSPECTION, reason, detail))
}

#[cfg(test)]
mod tests;
