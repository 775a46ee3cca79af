//! Looking up the names that show how zones were made.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Conditions, MAX_COMPARING};
use crate::observation::{Record, SideNameObservation};
use crate::plan::Plan;

/// Looks up every side name of the plan: IPv4 addresses, or those of the only family that this
/// machine has. Ends when other lookups do. Nothing, when there is no resolver.
pub async fn observe_side_names(
    plan: &Plan,
    conditions: &Conditions,
    record: Record,
) -> Vec<SideNameObservation> {
    let Some(resolvers) = &conditions.resolvers else { return Vec::new() };
    let places = Arc::new(Semaphore::new(MAX_COMPARING));
    let mut tasks = JoinSet::new();
    for (index, name) in plan.side_names.iter().enumerate() {
        let (host, resolvers, places) = (name.host.clone(), resolvers.clone(), places.clone());
        let budget = conditions.budget;
        tasks.spawn(async move {
            let _place = budget.within(places.acquire()).await;
            let lookup = resolvers.lookup(&host, record, &budget).await;
            (index, SideNameObservation { host, lookup })
        });
    }
    let mut observed: Vec<Option<SideNameObservation>> = vec![None; plan.side_names.len()];
    while let Some(joined) = tasks.join_next().await {
        let Ok((index, seen)) = joined else { continue };
        if let Some(place) = observed.get_mut(index) {
            *place = Some(seen);
        }
    }
    observed.into_iter().flatten().collect()
}
