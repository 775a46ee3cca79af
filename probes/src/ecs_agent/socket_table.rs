//! `/proc/PID/net/tcp` and `tcp6`: the TCP sockets of one network.
//!
//! Source: Linux, `Documentation/networking/proc_net_tcp.rst`.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Instant;

/// More sockets than a host has ports to connect from on each of several addresses. A line is 150
/// bytes long, so a table beyond this is larger than 150 MB.
const MAX_LINES: usize = 1_000_000;

/// Lines that are read before the clock is looked at again.
const LINES_BETWEEN_LOOKS: usize = 1024;

/// No line of these tables is longer.
const MAX_LINE_BYTES: u64 = 1024;

/// The kernel fills at least a page of memory with whole lines, as long as there are any. Source:
/// Linux, `fs/seq_file.c`: `seq_read_iter`.
const PAGE_BYTES: usize = 4096;

/// Half as much again as the longest line that the kernel writes: what is left of a page that has no
/// room for another line.
const MOST_LEFT_BYTES: usize = 512;

/// A socket, as far as it matters here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Socket {
    pub(super) state: State,
    pub(super) local_port: u16,
    /// Address at the other end, an IPv4-mapped one as IPv4.
    pub(super) peer: IpAddr,
    pub(super) peer_port: u16,
    pub(super) uid: u32,
    /// Number of the socket, which descriptors name; 0 when no process holds it any more.
    pub(super) inode: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Established,
    Listening,
    Other,
}

/// Hands every socket of both tables in `net` (`/proc/PID/net`) to `take`. A kernel without IPv6 has
/// no second table.
///
/// # Errors
/// As reading a file; `FileTooLarge` for a table that does not end, `TimedOut` past `until`.
pub(super) fn each_socket(net: &Path, until: Instant, mut take: impl FnMut(&Socket)) -> Result<()> {
    read_table(ToItsEnd::new(File::open(net.join("tcp"))?), until, &mut take)?;
    match File::open(net.join("tcp6")) {
        Ok(file) => read_table(ToItsEnd::new(file), until, &mut take),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// A table that is not asked for more once it gave less than it would have if there were more: to
/// find that nothing is left, the kernel walks through all that it has room for from the start, which
/// takes it as long as the whole table did.
struct ToItsEnd<Table> {
    table: Table,
    ended: bool,
}

impl<Table> ToItsEnd<Table> {
    fn new(table: Table) -> Self {
        Self { table, ended: false }
    }
}

impl<Table: Read> Read for ToItsEnd<Table> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let length = self.table.read(buffer)?;
        self.ended = length < PAGE_BYTES - MOST_LEFT_BYTES;
        Ok(length)
    }
}

pub(super) fn read_table(
    table: impl Read,
    until: Instant,
    take: &mut impl FnMut(&Socket),
) -> Result<()> {
    let mut reader = BufReader::with_capacity(64 * 1024, table);
    let mut line = Vec::new();
    for number in 0..=MAX_LINES {
        if number % LINES_BETWEEN_LOOKS == 0 && Instant::now() > until {
            return Err(Error::new(ErrorKind::TimedOut, "not read to its end in time"));
        }
        line.clear();
        if reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if let Some(socket) = std::str::from_utf8(&line).ok().and_then(parse_line) {
            take(&socket);
        }
    }
    let words = format!("more than {MAX_LINES} lines");
    Err(Error::new(ErrorKind::FileTooLarge, words))
}

/// Fields: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...`. The heading
/// has no hexadecimal addresses, and so is none.
fn parse_line(line: &str) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace();
    let (_, local_port) = address(fields.nth(1)?)?;
    let (peer, peer_port) = address(fields.next()?)?;
    let state = match fields.next()? {
        "01" => State::Established,
        "0A" => State::Listening,
        _ => State::Other,
    };
    let uid = fields.nth(3)?.parse().ok()?;
    let inode = fields.nth(1)?.parse().ok()?;
    Some(Socket { state, local_port, peer, peer_port, uid, inode })
}

/// `0500000A:01BB`: an address in words of 32 bits, each in the byte order of the machine, and a
/// port as a number.
fn address(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |index: usize| {
        let digits = address.get(index * 8..index * 8 + 8)?;
        u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
    };
    let address: IpAddr = match address.len() {
        8 => Ipv4Addr::from(word(0)?).into(),
        32 => {
            let mut bytes = [0; 16];
            for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(index)?);
            }
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some((address.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const HEADING: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn read(table: &str) -> Vec<Socket> {
        let mut sockets = Vec::new();
        read_table(table.as_bytes(), later(), &mut |socket| sockets.push(*socket)).unwrap();
        sockets
    }

    // The tables of a machine with the other byte order look different.
    #[cfg(target_endian = "little")]
    #[test]
    fn addresses_ports_and_owners_are_read() {
        let sockets = read(&format!(
            "{HEADING}\n   0: 0100007F:C9DE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 18213 1 0000000000000000 100 0 0 10 0\n   \
             1: 0A01000A:9C40 6502000A:01BB 01 00000000:00000000 02:000003A1 00000000  1000        0 18214 2 0000000000000000 20 4 30 10 -1\n   \
             2: 0000000000000000FFFF00000A01000A:9C41 0000000000000000FFFF000067E45E34:01BB 01 00000000:00000000 00:00000000 00000000     0        0 18215 1 0 20 4 30 10 -1\n   \
             3: 0100000000000000000000000000000A:9C42 001F002601000000AABBCCDD01000000:01BB 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0\n"
        ));
        assert_eq!(sockets.len(), 4);
        assert_eq!((sockets[0].state, sockets[0].local_port), (State::Listening, 51678));
        assert_eq!(sockets[1].peer, "10.0.2.101".parse::<IpAddr>().unwrap());
        assert_eq!((sockets[1].peer_port, sockets[1].uid, sockets[1].inode), (443, 1000, 18214));
        assert_eq!(sockets[1].state, State::Established);
        assert_eq!(sockets[2].peer, "52.94.228.103".parse::<IpAddr>().unwrap());
        assert_eq!(sockets[3].peer, "2600:1f00:0:1:ddcc:bbaa:0:1".parse::<IpAddr>().unwrap());
        assert_eq!((sockets[3].state, sockets[3].inode), (State::Other, 0));
    }

    #[test]
    fn hundreds_of_thousands_of_lines_are_read() {
        let line = "   1: 0A01000A:9C40 6502000A:01BB 01 0:0 0:0 0 0 0 7 1 0\n";
        assert_eq!(read(&line.repeat(300_000)).len(), 300_000);
    }

    /// Gives its pages one by one, and counts how often it is asked.
    struct Pages<'a>(std::slice::Iter<'a, String>, usize);

    impl Read for Pages<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            self.1 += 1;
            let page = self.0.next().map_or(&b""[..], |page| page.as_bytes());
            buffer[..page.len()].copy_from_slice(page);
            Ok(page.len())
        }
    }

    #[test]
    fn the_end_of_a_table_is_asked_for_only_where_it_cannot_be_told() {
        let line = format!("{:149}\n", "1: 0A01000A:9C40 6502000A:01BB 01 0:0 0:0 0 0 0 7 1 0");
        let asked = |lines: &[usize]| {
            let pages: Vec<String> = lines.iter().map(|lines| line.repeat(*lines)).collect();
            let mut table = ToItsEnd::new(Pages(pages.iter(), 0));
            let mut sockets = 0;
            read_table(&mut table, later(), &mut |_| sockets += 1).unwrap();
            assert_eq!(sockets, lines.iter().sum::<usize>());
            table.table.1
        };
        assert_eq!(asked(&[0]), 1);
        assert_eq!(asked(&[3]), 1);
        assert_eq!(asked(&[27, 27, 3]), 3);
        assert_eq!(asked(&[27, 27]), 3, "nothing may be left, or another page");
    }

    #[test]
    fn the_table_of_this_machine_has_all_its_sockets() {
        let listeners: Vec<_> =
            (0..200).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let mut ports = std::collections::HashSet::new();
        each_socket(Path::new("/proc/self/net"), later(), |socket| {
            ports.insert(socket.local_port);
        })
        .unwrap();
        assert!(listeners.iter().all(|one| ports.contains(&one.local_addr().unwrap().port())));
    }

    #[test]
    fn a_table_without_end_is_given_up() {
        let endless = std::io::repeat(b'\n');
        let error = read_table(endless, later(), &mut |_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        let past = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        let error = read_table(std::io::repeat(b'x'), past, &mut |_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn a_broken_line_hides_no_other() {
        let good = "1: 0A01000A:9C40 6502000A:01BB 01 0:0 0:0 0 0 0 7 1 0\n";
        for broken in
            ["", "x\n", "1: 0A01000A 6502000A:01BB 01\n", "1: \u{e4}\u{f6}aaaa:0 b:1 01\n"]
        {
            assert_eq!(read(&format!("{HEADING}\n{broken}{good}")).len(), 1, "{broken:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in "(([0-9A-F]{8}|[0-9A-F]{32}|[0-9]+|\\PC{1,8}|:[0-9A-F]{4})[ \n:]?)*"
        ) {
            let _ = read(&text);
            let _ = parse_line(&text);
        }
    }
}
