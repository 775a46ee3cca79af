//! Asking single resolvers, to compare what they say with what a client gets to know.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

use super::budget::Budget;
use super::dns::{Resolvers, Server};
use super::dns_pace::DnsPace;
use crate::observation::{Lookup, LookupAttempt, LookupOutcome, Record, SeparateAnswer};
use crate::timestamp::milliseconds;

/// Longest wait for a resolver that no program here waits for: it is at hand, or shows nothing.
const LIMIT: Duration = Duration::from_millis(500);

/// For so long at most the answer goes first that is compared: what a check waits for is not to wait
/// for what it is compared with.
const AFTER_YOU: Duration = Duration::from_millis(50);

/// One question that is asked for comparison.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    host: String,
    record: Record,
    budget: Budget,
    places: Arc<Semaphore>,
}

impl Comparison {
    /// `places` are the sockets for it: not those of the checks, as a silent resolver keeps them.
    pub(super) fn new(
        host: String,
        record: Record,
        budget: Budget,
        places: Arc<Semaphore>,
    ) -> Self {
        Self { host, record, budget, places }
    }

    /// Waits until a lookup has told that it ended, or is late.
    pub(super) async fn after(&self, lookup: &Notify) {
        let wait = AFTER_YOU.min(self.budget.dns / 4);
        // Either way it is time to ask.
        let _ = timeout(wait, lookup.notified()).await;
    }

    /// The configured resolvers that the lookup did not get to, side by side.
    pub(super) async fn ask_the_rest(
        &self,
        resolvers: &Arc<Resolvers>,
        lookup: &Lookup,
    ) -> Vec<SeparateAnswer> {
        let ask = |index: usize| {
            let (comparison, resolvers) = (self.clone(), resolvers.clone());
            tokio::spawn(async move {
                comparison.ask(resolvers.servers.get(index)?, &resolvers.pace).await
            })
        };
        let rest = lookup.attempts.len()..resolvers.servers.len();
        let asked: Vec<_> = rest.map(ask).collect();
        let mut answers = Vec::new();
        for asked in asked {
            answers.extend(asked.await.ok().flatten());
        }
        answers
    }

    /// The Amazon-provided resolver, at one of its addresses after the other until it answers. Behind
    /// all of them is the same one, and it drops what is more than 1,024 packets a second.
    /// Source: Amazon VPC User Guide, "DNS quotas".
    pub(super) async fn ask_amazon(&self, resolvers: &Resolvers) -> Vec<SeparateAnswer> {
        let mut answers = Vec::new();
        for server in &resolvers.amazon {
            let Some(answer) = self.ask(server, &resolvers.pace).await else { continue };
            let outcome = &answer.attempt.outcome;
            let is_final = !outcome.asks_the_next() && *outcome != LookupOutcome::NotFinished;
            if is_final {
                return vec![answer];
            }
            answers.push(answer);
        }
        answers
    }

    /// Nothing, when the resolver was silent about another name: it would be about this one too. And
    /// nothing, when a plan has so many names that a comparison would hold up its lookups.
    async fn ask(&self, server: &Server, pace: &DnsPace) -> Option<SeparateAnswer> {
        let _place = self.budget.within(self.places.acquire()).await?;
        if server.is_silent.load(Ordering::Relaxed) || !pace.turn_now() {
            return None;
        }
        let limit = LIMIT.min(self.budget.dns);
        let started = Instant::now();
        let outcome = server.ask(&self.host, self.record, limit, &self.budget).await;
        if outcome == LookupOutcome::TimedOut {
            server.is_silent.store(true, Ordering::Relaxed);
        }
        let elapsed_ms = milliseconds(started.elapsed());
        let attempt = LookupAttempt { server: server.address, outcome, elapsed_ms };
        Some(SeparateAnswer { record: self.record, kind: server.kind, attempt })
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_compared_goes_first_unless_it_is_late() {
        let budget = Budget::divide(Instant::now(), Duration::from_secs(10));
        let host = "ecs.us-east-1.amazonaws.com".to_owned();
        let comparison = Comparison::new(host, Record::A, budget, Arc::new(Semaphore::new(1)));
        let lookup = Notify::new();
        tokio::select! {
            biased;
            () = comparison.after(&lookup) => panic!("does not wait"),
            () = ready(()) => {}
        }
        lookup.notify_one();
        tokio::select! {
            biased;
            () = comparison.after(&lookup) => {}
            () = ready(()) => panic!("still waits"),
        }
        comparison.after(&lookup).await;
    }
}
