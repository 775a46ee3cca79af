//! Many clients at once.

use std::collections::VecDeque;

use tokio::task::AbortHandle;

/// The connections of the moment, the oldest first.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    connections: VecDeque<AbortHandle>,
}

impl Crowd {
    /// Room for so many.
    pub(super) fn of_at_most(most: usize) -> Self {
        Self { most, connections: VecDeque::new() }
    }

    /// Takes one more in. Where there is no room the oldest gives way: those that only hang there
    /// are older than those that ask and go.
    pub(super) fn add(&mut self, connection: AbortHandle) {
        if self.connections.len() >= self.most {
            self.connections.retain(|connection| !connection.is_finished());
        }
        if self.connections.len() >= self.most {
            self.drop_oldest();
        }
        self.connections.push_back(connection);
    }

    /// Ends the oldest one.
    pub(super) fn drop_oldest(&mut self) {
        if let Some(oldest) = self.connections.pop_front() {
            oldest.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    #[tokio::test]
    async fn the_oldest_that_is_still_there_gives_way() {
        let mut crowd = Crowd::of_at_most(3);
        let stay = |crowd: &mut Crowd| -> JoinHandle<()> {
            let task = tokio::spawn(pending());
            crowd.add(task.abort_handle());
            task
        };
        let oldest = stay(&mut crowd);
        let gone = tokio::spawn(ready(()));
        crowd.add(gone.abort_handle());
        gone.await.unwrap();
        let third = stay(&mut crowd);
        let fourth = stay(&mut crowd);
        yield_now().await;
        assert!(!oldest.is_finished(), "there was room");
        let fifth = stay(&mut crowd);
        assert!(oldest.await.unwrap_err().is_cancelled());
        assert!([third, fourth, fifth].iter().all(|task| !task.is_finished()));
        assert_eq!(crowd.connections.len(), 3);
    }
}
