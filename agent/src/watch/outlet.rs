//! Lines for stdout, which may be a pipe that nobody reads: no check waits for it.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// Most texts that wait for a reader.
const WAITING: usize = 16;

/// Pause before a pipe is tried again that is full and that somebody has made not to wait.
const AGAIN: Duration = Duration::from_millis(50);

/// The way to stdout, with a thread that waits in the place of the checks.
#[derive(Debug)]
pub(crate) struct Outlet {
    queue: SyncSender<String>,
    ended: Receiver<()>,
    lost: Arc<AtomicU64>,
    /// Whether the last text could not be written.
    has_failed: Arc<AtomicBool>,
    lost_before: u64,
    is_losing: bool,
}

impl Outlet {
    /// To stdout itself, past the buffer that everything else in this program would share.
    ///
    /// # Errors
    /// When stdout or a thread cannot be had.
    pub(crate) fn stdout() -> io::Result<Self> {
        Self::to(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
    }

    pub(crate) fn to(mut stream: Box<dyn Write + Send>) -> io::Result<Self> {
        let (queue, queued) = sync_channel::<String>(WAITING);
        let (tell, ended) = channel();
        let (lost, has_failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, fails) = (lost.clone(), has_failed.clone());
        thread::Builder::new().name("stdout".to_owned()).spawn(move || {
            let mut is_torn = false;
            for text in queued {
                let is_written = write(&mut stream, &text, &mut is_torn);
                fails.store(!is_written, Ordering::Relaxed);
                if !is_written {
                    count.fetch_add(lines(&text), Ordering::Relaxed);
                }
            }
            drop(tell);
        })?;
        Ok(Self { queue, ended, lost, has_failed, lost_before: 0, is_losing: false })
    }

    /// Writes these lines as soon as they are read. Where too many wait already they are lost.
    pub(crate) fn put(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        if let Err(refused) = self.queue.try_send(text) {
            use std::sync::mpsc::TrySendError::{Disconnected, Full};
            let (Full(text) | Disconnected(text)) = refused;
            self.lost.fetch_add(lines(&text), Ordering::Relaxed);
        }
        let lost = self.lost();
        // The thread may count what was put before only after this.
        let is_losing = lost > self.lost_before || self.has_failed.load(Ordering::Relaxed);
        if is_losing && !self.is_losing {
            tracing::warn!(lines_lost = lost, "Nobody reads stdout: lines are lost");
        }
        (self.is_losing, self.lost_before) = (is_losing, lost);
    }

    /// How many lines were lost so far.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Writes what waits, as far as it is read within this time.
    pub(crate) fn end(self, limit: Duration) {
        drop(self.queue);
        // Nobody ever sends: this ends with the thread.
        let _ = self.ended.recv_timeout(limit);
    }
}

fn lines(text: &str) -> u64 {
    text.lines().count() as u64
}

/// Whether all of it could be written. A line of which only a part could be is ended before the next
/// one begins.
fn write(stream: &mut dyn Write, text: &str, is_torn: &mut bool) -> bool {
    if *is_torn {
        if !written(stream, b"\n", &mut false) {
            return false;
        }
        *is_torn = false;
    }
    written(stream, text.as_bytes(), is_torn)
}

fn written(stream: &mut dyn Write, mut bytes: &[u8], is_begun: &mut bool) -> bool {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return false,
            Ok(count) => {
                bytes = bytes.get(count..).unwrap_or_default();
                *is_begun = !bytes.is_empty();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(AGAIN),
            Err(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::Sender;

    use super::*;

    const HANGS: Duration = Duration::from_secs(60);

    /// Writes nothing until it may, and says that it has begun.
    struct Valve {
        begun: Sender<()>,
        opened: Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Valve {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.begun.send(());
            let _ = self.opened.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_nobody_reads_is_lost_and_counted_and_holds_up_nothing() {
        let ((begun, begins), (open, opened)) = (channel(), channel());
        let written = Arc::new(Mutex::new(Vec::new()));
        let valve = Valve { begun, opened, written: written.clone() };
        let mut outlet = Outlet::to(Box::new(valve)).unwrap();
        outlet.put("first\n".to_owned());
        begins.recv_timeout(HANGS).unwrap();
        for number in 0..WAITING {
            outlet.put(format!("{number}\n"));
        }
        assert_eq!(outlet.lost(), 0);
        outlet.put("one\ntwo\n".to_owned());
        outlet.put("three\n".to_owned());
        assert_eq!(outlet.lost(), 3);
        assert!(outlet.is_losing);
        drop(open);
        outlet.end(HANGS);
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().count(), 1 + WAITING);
        assert!(written.starts_with("first\n0\n") && written.ends_with("\n15\n"), "{written}");
    }

    /// Says that it has begun, and fails when it may.
    struct Broken(Sender<()>, Receiver<()>);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(());
            let _ = self.1.recv();
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_is_gone_is_told_of_once() {
        let ((begun, begins), (fail, fails)) = (channel(), channel());
        let mut outlet = Outlet::to(Box::new(Broken(begun, fails))).unwrap();
        let told = crate::log::logged(|| {
            outlet.put("first\n".to_owned());
            for number in 0..5 {
                begins.recv_timeout(HANGS).unwrap();
                // Nothing is counted between these.
                outlet.put(format!("{number}\n"));
                outlet.put(format!("{number}\n"));
                fail.send(()).unwrap();
            }
        });
        assert_eq!(told.matches("lines are lost").count(), 1, "{told}");
    }

    #[test]
    fn the_end_waits_for_no_reader() {
        let ((begun, begins), (_open, opened)) = (channel(), channel());
        let valve = Valve { begun, opened, written: Arc::default() };
        let mut outlet = Outlet::to(Box::new(valve)).unwrap();
        outlet.put("first\n".to_owned());
        begins.recv_timeout(HANGS).unwrap();
        outlet.end(Duration::ZERO);
    }

    /// Takes as many bytes at a time as this says; nothing means an error.
    struct Script(Vec<Option<usize>>, Vec<u8>);

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let Some(Some(count)) = self.0.pop() else {
                return Err(ErrorKind::StorageFull.into());
            };
            let count = count.min(bytes.len());
            self.1.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_torn_line_spoils_no_other() {
        let mut script = Script(vec![Some(99), Some(99), None, None, None, Some(2)], Vec::new());
        let mut is_torn = false;
        let written: Vec<bool> =
            (0..4).map(|_| write(&mut script, "line\n", &mut is_torn)).collect();
        assert_eq!(written, [false, false, false, true]);
        assert_eq!(script.1, b"li\nline\n");
    }
}
