//! Asking the introspection API of the agent.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::gateways::default_gateways;
use super::short::short;
use super::{EcsAgentOutside, INTROSPECTION_PORT, Introspection};
use crate::bounded_http::{HttpClient, HttpError, Problem, Request, SHORT_ANSWER};
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

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
    let mut troubles: Vec<Option<Absence>> = vec![None; asked.len()];
    while let Some(joined) = asked.join_next().await {
        match joined {
            Ok((_, Ok(metadata))) => return Fact::known(metadata, Source::INTROSPECTION),
            Ok((index, Err(error))) => {
                if let Some(trouble) = troubles.get_mut(index) {
                    *trouble = Some(error.absence(Source::INTROSPECTION));
                }
            }
            Err(_) => {}
        }
    }
    let reasons = troubles.into_iter().flatten().map(Fact::missing);
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

pub(super) async fn ask_one(
    client: &HttpClient,
    base: String,
    limit: Duration,
) -> Result<Introspection, HttpError> {
    let url = format!("{base}/v1/metadata");
    let request = Request { method: "GET", url: &url, header: None, limit, most: SHORT_ANSWER };
    let (value, _) = client.json(request).await?;
    let wrong = |words: String| HttpError {
        method: "GET",
        url: url.clone(),
        problem: Problem::WrongForm(words),
    };
    // Source: amazon-ecs-agent, `ecs-agent/introspection/v1/response.go`.
    let text = |key: &str| match value.get(key) {
        Some(Value::String(text)) => Ok(short(text)),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(wrong(format!("{key} is no text"))),
    };
    let metadata = Introspection {
        version: text("Version")?,
        cluster: text("Cluster")?,
        container_instance_arn: text("ContainerInstanceArn")?,
        url: base,
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
