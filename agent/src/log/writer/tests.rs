use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::cli::LogFormat;

use super::*;

/// A reader that reads a line whenever it is told to, and says which.
struct Reader {
    may_read: Receiver<()>,
    read: Sender<String>,
}

impl Write for Reader {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Who may read for ever has dropped the other end.
        let _ = self.may_read.recv();
        let _ = self.read.send(String::from_utf8_lossy(line).into_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn with_reader() -> (Writer, Sender<()>, Receiver<String>) {
    let (let_read, may_read) = channel();
    let (read, seen) = channel();
    let form = Form::new(LogFormat::Text, true);
    (Writer::start(form, Box::new(Reader { may_read, read })), let_read, seen)
}

#[test]
fn a_line_is_written_before_its_writer_goes_on() {
    let (writer, let_read, seen) = with_reader();
    drop(let_read);
    writer.write("one\n".to_owned());
    writer.write("two\n".to_owned());
    writer.drain();
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), ["one\n", "two\n"]);
}

#[test]
fn nobody_who_reads_holds_nobody_up_and_what_is_lost_is_counted() {
    let (writer, let_read, seen) = with_reader();
    let line = |number: u64| format!("{number:01023}\n");
    // The reader holds one; the others wait, as far as there is room.
    writer.write(line(0));
    let mut state = writer.shared.lock();
    while state.begun.is_none() {
        state = writer.shared.changed.wait(state).unwrap();
    }
    drop(state);
    let room = ROOM as u64 / 1024;
    for number in 1..=room + 7 {
        writer.write(line(number));
    }
    assert!(writer.shared.lock().is_stuck);
    // It comes back all the same.
    writer.flush();
    assert_eq!(writer.shared.lock().lost, 7);
    drop(let_read);
    for number in 0..=room {
        assert_eq!(seen.recv().unwrap(), line(number));
    }
    assert_eq!(seen.recv().unwrap(), "<4>Lines of this log are lost, because nobody read it: 7\n");
    writer.drain();
    writer.write(line(99));
    assert_eq!(seen.recv().unwrap(), line(99));
    writer.drain();
    assert!(!writer.shared.lock().is_stuck);
}

/// Takes a few bytes every other time.
struct Reluctant {
    is_willing: bool,
    taken: Sender<Vec<u8>>,
}

impl Write for Reluctant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_willing = !self.is_willing;
        if self.is_willing {
            return Err(ErrorKind::WouldBlock.into());
        }
        let taken = &bytes[..bytes.len().min(3)];
        let _ = self.taken.send(taken.to_vec());
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_that_does_not_wait_gets_whole_lines() {
    let (taken, seen) = channel();
    let form = Form::new(LogFormat::Text, true);
    let writer = Writer::start(form, Box::new(Reluctant { is_willing: false, taken }));
    writer.write("12345\n".to_owned());
    writer.write("67\n".to_owned());
    writer.drain();
    assert_eq!(seen.try_iter().flatten().collect::<Vec<u8>>(), b"12345\n67\n");
}
