//! How many questions are sent in a second.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::budget::Budget;

/// Questions in any second, to all resolvers together. Behind most of them is Amazon's, which drops what
/// a network interface sends beyond 1,024 packets a second; programs beside this one have to ask it too, and what
/// gets its turn late in one second is sent with what has it early in the next: one in five at worst.
/// Source: Amazon VPC User Guide, "DNS quotas".
const MOST: usize = 820;

const SECOND: Duration = Duration::from_secs(1);

/// The questions of a run, in turn. Up to the first [`MOST`] nobody waits.
#[derive(Debug, Default)]
pub(super) struct DnsPace(Mutex<Turns>);

impl DnsPace {
    /// Waits until a question may be sent. Nothing, when the deadline comes first.
    pub(super) async fn turn(&self, budget: &Budget) -> Option<()> {
        let now = Instant::now();
        let turn = self.turns().next(now);
        if turn > now {
            budget.within(tokio::time::sleep_until(turn.into())).await?;
        }
        Some(())
    }

    /// Takes a turn, if it is now: for a question that need not be asked.
    pub(super) fn turn_now(&self) -> bool {
        self.turns().now(Instant::now())
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moments of the last questions, also of those whose turn is still to come.
#[derive(Debug, Default)]
struct Turns(VecDeque<Instant>);

impl Turns {
    /// Gives the next turn.
    fn next(&mut self, now: Instant) -> Instant {
        let turn = self.earliest(now);
        self.give(turn);
        turn
    }

    /// Whether the next turn is now, and given.
    fn now(&mut self, now: Instant) -> bool {
        let is_now = self.earliest(now) == now;
        if is_now {
            self.give(now);
        }
        is_now
    }

    fn earliest(&self, now: Instant) -> Instant {
        let before_a_second = match self.0.front() {
            Some(first) if self.0.len() >= MOST => Some(*first + SECOND),
            _ => None,
        };
        // Nobody overtakes those who wait.
        before_a_second.max(self.0.back().copied()).map_or(now, |turn| turn.max(now))
    }

    fn give(&mut self, turn: Instant) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(turn);
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio::net::UdpSocket;
    use tokio::sync::Semaphore;

    use super::super::dns::Resolvers;
    use super::super::separately::Comparison;
    use super::*;
    use crate::observation::{LookupOutcome, Record};
    use crate::surroundings::{ResolverAddress, ResolverKind, ResolverSettings};

    #[test]
    fn a_usual_run_never_waits() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        assert!((0..MOST).all(|_| turns.next(now) == now));
        assert_eq!(turns.next(now), now + SECOND);
    }

    #[test]
    fn two_thousand_questions_at_once_take_two_seconds() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        let given: Vec<Instant> = (0..2000).map(|_| turns.next(now)).collect();
        let at = |turn: Instant| given.iter().filter(|given| **given == turn).count();
        assert_eq!(
            [at(now), at(now + SECOND), at(now + 2 * SECOND)],
            [MOST, MOST, 2000 - 2 * MOST]
        );
    }

    #[test]
    fn what_need_not_be_asked_waits_for_nobody_and_takes_no_turn() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        for _ in 0..MOST - 1 {
            turns.next(now);
        }
        assert!(turns.now(now));
        assert!(!turns.now(now));
        assert_eq!(turns.next(now), now + SECOND);
        assert!(!turns.now(now + SECOND / 2), "somebody waits");
        assert!(turns.now(now + SECOND));
    }

    proptest! {
        #[test]
        fn no_second_has_more(pauses in prop::collection::vec(0_u64..3_000, 0..4000)) {
            let (mut turns, mut now) = (Turns::default(), Instant::now());
            let mut given = Vec::new();
            for (number, pause) in pauses.iter().enumerate() {
                now += Duration::from_micros(*pause);
                if number % 3 == 0 {
                    given.extend(turns.now(now).then_some(now));
                } else {
                    given.push(turns.next(now));
                }
            }
            prop_assert!(given.is_sorted());
            for (first, after) in given.iter().zip(given.iter().skip(MOST)) {
                prop_assert!(*after >= *first + SECOND);
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn who_has_no_turn_before_the_deadline_gets_none() {
        let (pace, started) = (DnsPace::default(), Instant::now());
        let budget = Budget::divide(started, Duration::from_millis(20));
        for _ in 0..MOST {
            assert!(pace.turn(&budget).await.is_some());
        }
        assert!(!pace.turn_now());
        assert!(pace.turn(&budget).await.is_none());
    }

    /// Resolvers whose only one stays silent at this address, beside itself as Amazon's.
    fn resolvers_at(server: SocketAddr, budget: &Budget) -> Resolvers {
        let address = ResolverAddress { address: server.ip(), kind: ResolverKind::Amazon };
        let settings = ResolverSettings {
            servers: vec![address],
            timeout_ms: 5000.0,
            attempts: 1,
            use_tcp: false,
        };
        Resolvers::new(&settings, budget, server.port()).beside_amazon(
            &[server.ip()],
            &settings,
            server.port(),
        )
    }

    #[tokio::test(flavor = "current_thread")]
    async fn nothing_is_asked_out_of_turn() {
        let host = "ecs.us-east-1.amazonaws.com";
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let budget = Budget::divide(Instant::now(), Duration::from_millis(300));
        let resolvers = resolvers_at(server.local_addr().unwrap(), &budget);
        while resolvers.pace.turn_now() {}
        let lookup = resolvers.lookup(host, Record::A, &budget).await;
        assert_eq!(lookup.attempts[0].outcome, LookupOutcome::NotFinished);
        let places = Arc::new(Semaphore::new(1));
        let comparison = Comparison::new(host.to_owned(), Record::A, budget, places);
        assert!(comparison.ask_amazon(&resolvers).await.is_empty());
        let question = server.try_recv(&mut [0; 512]).unwrap_err();
        assert_eq!(question.kind(), ErrorKind::WouldBlock);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_question_is_not_asked_again_out_of_turn() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let budget = Budget::divide(Instant::now(), Duration::from_millis(2_000));
        let resolvers = resolvers_at(server.local_addr().unwrap(), &budget);
        for _ in 1..MOST {
            assert!(resolvers.pace.turn_now());
        }
        // The time for one resolver, in which it would be asked twice.
        resolvers.lookup("ecs.us-east-1.amazonaws.com", Record::A, &budget).await;
        let mut questions = 0;
        while server.try_recv(&mut [0; 512]).is_ok() {
            questions += 1;
        }
        assert_eq!(questions, 1);
    }
}
