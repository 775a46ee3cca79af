//! Carrying packets along the path: out of a TUN device, and some time later into it again.
//!
//! On threads of its own, so that the servers' work does not disturb its clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_tun::Tun;

use crate::error::Trouble;
use crate::packet;
use crate::path::NetworkPath;
use crate::path_fate::Fates;

/// The device that the path begins and ends at.
pub(crate) const DEVICE: &str = "path0";

/// Longest packet of any link.
const MAX_PACKET: usize = 65_536;

/// A path in use. Until it is told to begin, packets take no time and none is lost: what the lab
/// itself does is not what is tested.
#[derive(Clone)]
pub(crate) struct Relay {
    path: NetworkPath,
    fates: Arc<Mutex<Option<Fates>>>,
}

impl Relay {
    /// Makes the device and carries its packets for as long as this process lives.
    pub(crate) fn start(path: &NetworkPath) -> Result<Self, Trouble> {
        let runtime = Builder::new_current_thread().enable_io().build();
        let runtime = runtime.map_err(|why| no_path(&why))?;
        let device = {
            let _inside = runtime.enter();
            let made = Tun::builder().name(DEVICE).close_on_exec().build();
            made.map_err(|why| no_path(&why))?.pop()
        };
        let device = Arc::new(device.ok_or_else(|| no_path(&"no device was made"))?);
        let fates = Arc::new(Mutex::new(None));
        let road = Arc::new(Road::default());
        let (out, under_way) = (device.clone(), road.clone());
        let decided = fates.clone();
        punctually(|| {
            thread::spawn(move || deliver(&out, &under_way));
            thread::spawn(move || take_up(&runtime, &device, &decided, &road));
        });
        Ok(Self { path: path.clone(), fates })
    }

    /// Begins, or begins anew with the same dice.
    pub(crate) fn begin(&self) {
        *locked(&self.fates) = Some(Fates::new(&self.path));
    }
}

/// Lets threads be started that the kernel wakes when they asked for it, and not up to 50 µs later.
/// Without that they are just a little late, so whether it worked does not matter.
fn punctually(start: impl FnOnce()) {
    let slack = |nanoseconds: &str| fs::write("/proc/self/timerslack_ns", nanoseconds);
    let _ = slack("1");
    start();
    // Back to what it was: the program under test inherits it.
    let _ = slack("0");
}

fn no_path(why: &impl ToString) -> Trouble {
    Trouble::NoPath(why.to_string())
}

/// The packets that are under way.
#[derive(Default)]
struct Road {
    packets: Mutex<Packets>,
    changed: Condvar,
}

#[derive(Default)]
struct Packets {
    due: BinaryHeap<Reverse<Due>>,
    count: u64,
}

/// A packet, and when it arrives: of two at the same time, first what was sent first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Instant,
    number: u64,
    packet: Vec<u8>,
}

impl Road {
    fn put(&self, packet: &[u8], at: Instant) {
        let mut packets = locked(&self.packets);
        packets.count += 1;
        let number = packets.count;
        packets.due.push(Reverse(Due { at, number, packet: packet.to_vec() }));
        self.changed.notify_one();
    }

    /// Waits for the next packet to arrive.
    fn next(&self) -> Vec<u8> {
        let mut packets = locked(&self.packets);
        loop {
            let now = Instant::now();
            let wait = packets.due.peek().map(|Reverse(due)| due.at.saturating_duration_since(now));
            packets = match wait {
                Some(Duration::ZERO) => match packets.due.pop() {
                    Some(Reverse(due)) => return due.packet,
                    None => packets,
                },
                Some(wait) => {
                    let waited = self.changed.wait_timeout(packets, wait);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(packets).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Takes every packet off the device and decides what becomes of it.
fn take_up(runtime: &Runtime, device: &Tun, fates: &Mutex<Option<Fates>>, road: &Road) {
    let mut buffer = vec![0; MAX_PACKET];
    runtime.block_on(async {
        // It ends only when the device is gone, and then nobody sends anything any more.
        while let Ok(length) = device.recv(&mut buffer).await {
            let now = Instant::now();
            let packet = buffer.get(..length).unwrap_or_default();
            // The kernel's own search for neighbours; nobody is there to hear it.
            if packet::ends(packet).is_none_or(|ends| ends.to.is_multicast()) {
                continue;
            }
            let mut fates = locked(fates);
            let Some(fates) = fates.as_mut() else {
                put_back(device, packet);
                continue;
            };
            let fate = fates.of(packet);
            for way in fate.arrives {
                if way.is_zero() {
                    put_back(device, packet);
                } else {
                    road.put(packet, now + way);
                }
            }
            if let Some(answer) = fate.answer {
                road.put(&answer, now + fates.rtt());
            }
        }
    });
}

fn deliver(device: &Tun, road: &Road) {
    loop {
        put_back(device, &road.next());
    }
}

/// What the kernel does not take is one more packet that is lost.
fn put_back(device: &Tun, packet: &[u8]) {
    let _: io::Result<usize> = device.try_send(packet);
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_arrive_when_they_are_due_and_in_the_order_they_were_sent() {
        let road = Road::default();
        let now = Instant::now();
        road.put(b"late", now + Duration::from_millis(20));
        road.put(b"first", now);
        road.put(b"second", now);
        assert_eq!([road.next(), road.next(), road.next()], [&b"first"[..], b"second", b"late"]);
        assert!(now.elapsed() >= Duration::from_millis(20));
    }
}
