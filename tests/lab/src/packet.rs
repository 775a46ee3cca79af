//! What the path sees of an IP packet: whose it is and what it carries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const TCP: u8 = 6;
const UDP: u8 = 17;
const DNS_PORT: u16 = 53;

/// What a packet carries, as far as the path treats it differently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Load {
    /// A DNS question over UDP, without its id.
    Question(SocketAddr, Vec<u8>),
    /// An answer to it; what was asked, without the id.
    Answer(SocketAddr, Vec<u8>),
    /// The start of a TCP connection to a server.
    Syn(SocketAddr),
    /// Data of a TCP connection to a server.
    Request(SocketAddr),
    /// Data of a TCP connection from a server.
    Reply(SocketAddr),
    /// Anything else.
    Other,
}

/// The addresses of a packet.
pub(crate) struct Ends {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
}

/// Reads the addresses; nothing, when it is no IP packet.
pub(crate) fn ends(packet: &[u8]) -> Option<Ends> {
    match packet.first()? >> 4 {
        4 => Some(Ends {
            from: Ipv4Addr::from(bytes(packet, 12)?).into(),
            to: Ipv4Addr::from(bytes(packet, 16)?).into(),
        }),
        6 => Some(Ends {
            from: Ipv6Addr::from(bytes::<16>(packet, 8)?).into(),
            to: Ipv6Addr::from(bytes::<16>(packet, 24)?).into(),
        }),
        _ => None,
    }
}

/// Reads what a packet carries.
pub(crate) fn load(packet: &[u8]) -> Load {
    carried(packet).unwrap_or(Load::Other)
}

fn carried(packet: &[u8]) -> Option<Load> {
    let Ends { from, to } = ends(packet)?;
    let (protocol, header) = match from {
        IpAddr::V4(_) => (*packet.get(9)?, usize::from(packet.first()? & 0x0f) * 4),
        IpAddr::V6(_) => (*packet.get(6)?, 40),
    };
    let segment = packet.get(header..)?;
    let from = SocketAddr::new(from, u16::from_be_bytes(bytes(segment, 0)?));
    let to = SocketAddr::new(to, u16::from_be_bytes(bytes(segment, 2)?));
    Some(match protocol {
        UDP if to.port() == DNS_PORT => Load::Question(to, asked(segment.get(8..)?)?),
        UDP if from.port() == DNS_PORT => Load::Answer(from, asked(segment.get(8..)?)?),
        TCP => {
            let flags = *segment.get(13)?;
            let (is_syn, is_ack) = (flags & 0x02 != 0, flags & 0x10 != 0);
            let data = usize::from(segment.get(12)? >> 4) * 4;
            match (is_syn, segment.len() > data) {
                (true, _) if !is_ack => Load::Syn(to),
                // Clients have the high ports.
                (false, true) if to.port() < from.port() => Load::Request(to),
                (false, true) => Load::Reply(from),
                _ => Load::Other,
            }
        }
        _ => Load::Other,
    })
}

/// The question of a DNS message: its name, type and class.
fn asked(message: &[u8]) -> Option<Vec<u8>> {
    let question = message.get(12..)?;
    let name = question.iter().position(|byte| *byte == 0)?;
    Some(question.get(..name + 5)?.to_ascii_lowercase())
}

fn bytes<const N: usize>(from: &[u8], at: usize) -> Option<[u8; N]> {
    from.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IPv4 packet from 10.0.1.10 to 10.0.1.101.
    fn packet(protocol: u8, segment: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0];
        packet.extend([10, 0, 1, 10, 10, 0, 1, 101]);
        packet.extend(segment);
        packet
    }

    fn tcp(from: u16, to: u16, flags: u8, data: &[u8]) -> Vec<u8> {
        let mut segment = [from.to_be_bytes(), to.to_be_bytes()].concat();
        segment.extend([0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
        segment.extend(data);
        packet(TCP, &segment)
    }

    #[test]
    fn tells_the_parts_of_a_connection_apart() {
        let server: SocketAddr = "10.0.1.101:443".parse().unwrap();
        let client: SocketAddr = "10.0.1.10:443".parse().unwrap();
        assert_eq!(load(&tcp(40000, 443, 0x02, b"")), Load::Syn(server));
        assert_eq!(load(&tcp(443, 40000, 0x12, b"")), Load::Other);
        assert_eq!(load(&tcp(40000, 443, 0x10, b"")), Load::Other);
        assert_eq!(load(&tcp(40000, 443, 0x18, b"hello")), Load::Request(server));
        assert_eq!(load(&tcp(443, 40000, 0x18, b"hello")), Load::Reply(client));
    }

    #[test]
    fn a_question_is_the_same_whatever_its_id_and_its_answer_belongs_to_it() {
        let message = |id: u8, rest: &[u8]| {
            let mut message = vec![0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            message.extend(b"\x03ECS\0\0\x01\0\x01");
            message.extend(rest);
            message
        };
        let udp = |from: u16, to: u16, message: &[u8]| {
            let ports = [from.to_be_bytes(), to.to_be_bytes()].concat();
            packet(UDP, &[&ports[..], &[0; 4], message].concat())
        };
        let Load::Question(_, first) = load(&udp(40000, 53, &message(1, b""))) else { panic!() };
        let Load::Question(_, again) = load(&udp(40001, 53, &message(2, b""))) else { panic!() };
        let Load::Answer(_, answer) = load(&udp(53, 40001, &message(2, b"more"))) else { panic!() };
        assert_eq!(first, b"\x03ecs\0\0\x01\0\x01");
        assert!(first == again && first == answer);
    }

    #[test]
    fn what_is_cut_off_is_nothing_special() {
        let whole = tcp(40000, 443, 0x18, b"hello");
        for length in 0..40 {
            assert_eq!(load(whole.get(..length).unwrap()), Load::Other);
        }
    }
}
