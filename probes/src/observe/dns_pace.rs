//! How many questions are sent in a second.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex as Queue;
use tokio::time::sleep_until;

use super::budget::Budget;

/// Questions in any second, to all resolvers together. Behind most of them is Amazon's, which drops what
/// a network interface sends beyond 1,024 packets a second; programs beside this one have to ask it too.
/// Source: Amazon VPC User Guide, "DNS quotas".
const MOST: usize = 900;

const SECOND: Duration = Duration::from_secs(1);

/// The questions of a run, in turn. Up to the first [`MOST`] nobody waits.
#[derive(Debug, Default)]
pub(super) struct DnsPace {
    /// Held by who waits the longest; the others wait for it, in turn.
    queue: Queue<()>,
    turns: Mutex<Turns>,
}

impl DnsPace {
    /// Waits until a question may be sent. Nothing, when the deadline comes first.
    pub(super) async fn turn(&self, budget: &Budget) -> Option<()> {
        let _first = budget.within(self.queue.lock()).await?;
        loop {
            // Who wakes up late takes its turn late: turns that were given beforehand would be used
            // together with those of the next second.
            let turn = match self.turns().take(Instant::now()) {
                Ok(()) => return Some(()),
                Err(turn) => turn,
            };
            budget.within(sleep_until(turn.into())).await?;
        }
    }

    /// Takes a turn, if it is now and nobody waits: for a question that need not be asked.
    pub(super) fn turn_now(&self) -> bool {
        self.queue.try_lock().is_ok() && self.turns().take(Instant::now()).is_ok()
    }

    /// Tells that a question was sent that had its turn: between the two it gets a socket, and busy
    /// processors make a third of a second of that.
    pub(super) fn is_sent(&self) {
        self.turns().is_sent(Instant::now());
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The questions of the last second.
#[derive(Debug, Default)]
struct Turns {
    /// When those had their turn that are not sent yet. What is not sent within a second never will be:
    /// no socket could be had for it, or it went over a connection.
    taken: VecDeque<Instant>,
    /// When the others were sent.
    sent: VecDeque<Instant>,
}

impl Turns {
    /// Takes a turn, or tells when there may be one.
    fn take(&mut self, now: Instant) -> Result<(), Instant> {
        for moments in [&mut self.taken, &mut self.sent] {
            while moments.front().is_some_and(|moment| *moment + SECOND <= now) {
                moments.pop_front();
            }
        }
        if self.taken.len() + self.sent.len() < MOST {
            self.taken.push_back(now);
            return Ok(());
        }
        let first = [self.taken.front(), self.sent.front()].into_iter().flatten().min();
        Err(first.map_or(now, |first| *first) + SECOND)
    }

    /// Which of them it was does not matter where all are sent. Where one is not, it is to count for no
    /// longer than a second: the last is taken for the one that was sent.
    fn is_sent(&mut self, now: Instant) {
        self.taken.pop_back();
        self.sent.push_back(now);
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
        assert!((0..MOST).all(|_| turns.take(now).is_ok()));
        assert_eq!(turns.take(now), Err(now + SECOND));
        assert!(turns.take(now + SECOND).is_ok());
    }

    #[test]
    fn two_thousand_questions_at_once_take_two_seconds() {
        let (mut turns, mut now) = (Turns::default(), Instant::now());
        let mut in_each_second = vec![0];
        for _ in 0..2000 {
            while let Err(later) = turns.take(now) {
                assert_eq!(later, now + SECOND);
                now = later;
                in_each_second.push(0);
            }
            *in_each_second.last_mut().unwrap() += 1;
        }
        assert_eq!(in_each_second, [MOST, MOST, 2000 - 2 * MOST]);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_need_not_be_asked_waits_for_nobody_and_overtakes_nobody() {
        let (pace, started) = (DnsPace::default(), Instant::now());
        let budget = Budget::divide(started, Duration::from_millis(20));
        let somebody = pace.queue.lock().await;
        assert!(!pace.turn_now(), "somebody waits");
        drop(somebody);
        assert!((0..MOST).all(|_| pace.turn_now()));
        assert!(!pace.turn_now(), "there is no turn now");
        assert!(pace.turn(&budget).await.is_none(), "the deadline comes first");
    }

    proptest! {
        #[test]
        fn no_second_has_more(steps in prop::collection::vec((0_u64..1_000, 0..4), 1_000..4_000)) {
            let (mut turns, mut now) = (Turns::default(), Instant::now());
            let mut sent = Vec::new();
            let (mut late, mut refused) = (0, 0);
            for (pause, step) in steps {
                now += Duration::from_micros(pause);
                match (turns.take(now), step) {
                    (Ok(()), 0) => late += 1,
                    (Ok(()), _) => {
                        // Those that had their turn before are sent with it.
                        for _ in 0..=std::mem::take(&mut late) {
                            turns.is_sent(now);
                            sent.push(now);
                        }
                    }
                    (Err(later), step) => {
                        prop_assert!(later > now);
                        refused += 1;
                        now = if step == 0 { later } else { now };
                    }
                }
            }
            prop_assert!(refused > 0, "a thousand came within a second");
            for (first, after) in sent.iter().zip(sent.iter().skip(MOST)) {
                prop_assert!(*after >= *first + SECOND);
            }
        }
    }

    #[test]
    fn what_is_never_sent_counts_for_a_second() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        assert!((0..MOST / 2).all(|_| turns.take(now).is_ok()));
        let later = now + SECOND / 2;
        for _ in MOST / 2..MOST {
            assert!(turns.take(later).is_ok());
            turns.is_sent(later);
        }
        assert_eq!(turns.take(later), Err(now + SECOND));
        assert!((0..MOST / 2).all(|_| turns.take(now + SECOND).is_ok()));
        assert_eq!(turns.take(now + SECOND), Err(later + SECOND));
    }

    #[test]
    fn what_is_sent_late_counts_from_then_on() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        assert!((0..MOST).all(|_| turns.take(now).is_ok()));
        for _ in 0..MOST {
            turns.is_sent(now + SECOND / 3);
        }
        assert_eq!(turns.take(now + SECOND), Err(now + SECOND / 3 + SECOND));
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
