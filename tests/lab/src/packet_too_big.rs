//! What a router says about a packet that is too long for the next link.

use std::net::{IpAddr, Ipv6Addr};

use crate::packet::{Ends, ends};

/// Of a packet that is too long, as much as every link can carry back.
const QUOTED_V4: usize = 548;
const QUOTED_V6: usize = 1232;

/// ICMP "fragmentation needed" or ICMPv6 "packet too big" for the sender of a packet, in the name
/// of whom it was sent to.
pub(crate) fn answer(packet: &[u8], mtu: u16) -> Option<Vec<u8>> {
    let ends = ends(packet)?;
    match (ends.from, ends.to) {
        (IpAddr::V4(_), IpAddr::V4(_)) => Some(fragmentation_needed(packet, &ends, mtu)),
        (IpAddr::V6(from), IpAddr::V6(to)) => Some(packet_too_big(packet, from, to, mtu)),
        _ => None,
    }
}

fn fragmentation_needed(packet: &[u8], ends: &Ends, mtu: u16) -> Vec<u8> {
    let quoted = packet.get(..QUOTED_V4.min(packet.len())).unwrap_or_default();
    let [high, low] = mtu.to_be_bytes();
    let message = with_checksum([&[3, 4, 0, 0, 0, 0, high, low], quoted].concat(), 2, &[]);
    let [length_high, length_low] = length(20 + message.len());
    let mut header = vec![0x45, 0, length_high, length_low, 0, 0, 0, 0, 64, 1, 0, 0];
    for address in [ends.to, ends.from] {
        if let IpAddr::V4(address) = address {
            header.extend(address.octets());
        }
    }
    [with_checksum(header, 10, &[]), message].concat()
}

fn packet_too_big(packet: &[u8], from: Ipv6Addr, to: Ipv6Addr, mtu: u16) -> Vec<u8> {
    let quoted = packet.get(..QUOTED_V6.min(packet.len())).unwrap_or_default();
    let [high, low] = mtu.to_be_bytes();
    let message = [&[2, 0, 0, 0, 0, 0, high, low], quoted].concat();
    let [length_high, length_low] = length(message.len());
    let addresses = [to.octets(), from.octets()].concat();
    let pseudo = [&addresses[..], &[0, 0, length_high, length_low, 0, 0, 0, 58]].concat();
    let header = [&[0x60, 0, 0, 0, length_high, length_low, 58, 64], &addresses[..]].concat();
    [header, with_checksum(message, 2, &pseudo)].concat()
}

fn length(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

/// The same bytes with their checksum, as RFC 1071 has it, at a place that is zero so far.
fn with_checksum(mut bytes: Vec<u8>, at: usize, pseudo: &[u8]) -> Vec<u8> {
    let words = pseudo.chunks(2).chain(bytes.chunks(2));
    let mut sum: u32 = words
        .map(|word| match word {
            [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
            [high] => u32::from(*high) << 8,
            _ => 0,
        })
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let [_, _, high, low] = (!sum).to_be_bytes();
    for (place, value) in bytes.iter_mut().skip(at).zip([high, low]) {
        *place = value;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_textbook() {
        // RFC 1071, section 3: the sum of these is ddf2.
        let bytes = vec![0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7, 0, 0];
        let done = with_checksum(bytes, 8, &[]);
        assert_eq!(done.get(8..), Some(&[0x22, 0x0d][..]));
    }

    #[test]
    fn the_answer_goes_back_and_quotes_what_was_too_long() {
        let mut packet = vec![0x45, 0, 0x23, 0, 0, 0, 0x40, 0, 64, 6, 0, 0];
        packet.extend([10, 0, 1, 10, 10, 0, 1, 101]);
        packet.resize(9000, 7);
        let answer = answer(&packet, 1400).unwrap();
        let ends = ends(&answer).unwrap();
        assert_eq!(
            (ends.from.to_string(), ends.to.to_string()),
            ("10.0.1.101".into(), "10.0.1.10".into())
        );
        assert_eq!(answer.get(20..22), Some(&[3, 4][..]));
        assert_eq!(answer.get(26..28), Some(&1400_u16.to_be_bytes()[..]));
        assert_eq!(answer.get(28..48), packet.get(..20));
    }
}
