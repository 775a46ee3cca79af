//! What a hostile resolver, or somebody on the way to a good one, makes of an answer.

use std::net::{Ipv4Addr, Ipv6Addr};

use hickory_proto::op::Message;
use hickory_proto::rr::rdata::CNAME;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use crate::behaviour::DnsBehaviour;

/// Where nobody must be led.
const EVIL_V4: Ipv4Addr = Ipv4Addr::new(52, 94, 228, 66);
const EVIL_V6: Ipv6Addr = Ipv6Addr::new(0x2600, 0x1f18, 0, 0, 0, 0, 0, 0x66);

/// The first of the addresses that make an answer long. Nobody has them.
const MANY_V4: Ipv4Addr = Ipv4Addr::new(10, 0, 64, 0);

/// Messages beside the answer itself.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Forgeries {
    /// From another port, over UDP.
    pub(crate) from_elsewhere: Option<Vec<u8>>,
    pub(crate) before: Vec<Vec<u8>>,
    pub(crate) behind: Vec<Vec<u8>>,
}

/// Spoils the right answer, and adds false ones, as the behaviour says.
pub(crate) fn forge(behaviour: DnsBehaviour, response: &mut Message) -> Forgeries {
    let mut forgeries = Forgeries::default();
    let Some(query) = response.queries.first() else { return forgeries };
    let (asked, kind) = (query.name().clone(), query.query_type());
    let Some(falsehood) = evil(kind) else { return forgeries };
    let of = |owner: &Name, data: &RData| Record::from_rdata(owner.clone(), 60, data.clone());
    let false_answer = |owner: &Name| {
        let mut answer = response.clone();
        answer.answers = vec![of(owner, &falsehood)];
        answer.authorities.clear();
        answer
    };
    match behaviour {
        DnsBehaviour::ForgedIds => {
            let id = response.metadata.id;
            let under = |other: u16| {
                let mut answer = false_answer(&asked);
                answer.metadata.id = id.wrapping_add(other);
                answer.to_vec().ok()
            };
            forgeries.before.extend((1..=100).filter_map(under));
        }
        DnsBehaviour::ForgedQuestion => {
            let other = name("evil.example");
            let mut answer = false_answer(&asked);
            for query in &mut answer.queries {
                query.set_name(other.clone());
            }
            forgeries.before.extend(answer.to_vec().ok());
        }
        DnsBehaviour::ForgedSource => {
            forgeries.from_elsewhere = false_answer(&asked).to_vec().ok();
        }
        DnsBehaviour::ForgedBehind => forgeries.behind.extend(false_answer(&asked).to_vec().ok()),
        DnsBehaviour::OtherOwners => {
            let (sibling, parent) = (name("evil.example"), asked.base_name());
            response.answers.insert(0, of(&sibling, &falsehood));
            response.answers.push(of(&parent, &falsehood));
            response.authorities.push(of(&parent, &falsehood));
            response.additionals.push(of(&sibling, &falsehood));
        }
        DnsBehaviour::OnlyOtherOwners => *response = false_answer(&name("evil.example")),
        DnsBehaviour::OtherSections => {
            response.authorities.push(of(&asked, &falsehood));
            response.additionals.push(of(&asked, &falsehood));
        }
        DnsBehaviour::AliasLoop => {
            let other = name("circle.example");
            response.answers = vec![of(&asked, &alias(&other)), of(&other, &alias(&asked))];
        }
        DnsBehaviour::OddAlias => lead_through(response, &asked, vec![odd_name()]),
        DnsBehaviour::Aliases(count) => {
            let link = |number| name(&format!("link-{number}.example"));
            lead_through(response, &asked, (1..=count).map(link).collect());
        }
        DnsBehaviour::OtherFamily => {
            let other = if kind == RecordType::A { RecordType::AAAA } else { RecordType::A };
            response.answers = evil(other).iter().map(|data| of(&asked, data)).collect();
            response.authorities.clear();
        }
        DnsBehaviour::Records(count) if kind == RecordType::A => {
            let there = u32::try_from(response.answers.len()).unwrap_or(u32::MAX);
            let nth = |at| Ipv4Addr::from_bits(MANY_V4.to_bits().saturating_add(at));
            let others = (0..count.saturating_sub(there)).map(|at| RData::A(nth(at).into()));
            response.answers.extend(others.map(|data| of(&asked, &data)));
        }
        _ => {}
    }
    forgeries
}

/// The header and question of an answer, and one record whose name is a pointer to itself.
pub(crate) fn pointer_loop(response: &Message) -> Option<Vec<u8>> {
    let mut empty = response.clone();
    empty.answers.clear();
    empty.authorities.clear();
    empty.additionals.clear();
    empty.edns = None;
    let mut bytes = empty.to_vec().ok()?;
    let own = u16::try_from(bytes.len()).ok()? | 0xc000;
    // The number of answers stands there.
    *bytes.get_mut(7)? = 1;
    bytes.extend(own.to_be_bytes());
    // A record of type A and class IN for a minute, with four bytes of data.
    bytes.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 1, 101]);
    Some(bytes)
}

/// More than any client without larger buffers takes, and not marked as cut off.
pub(crate) fn oversized(mut response: Message) -> Option<Vec<u8>> {
    let owner = response.queries.first()?.name().clone();
    let more = Record::from_rdata(owner, 60, RData::A(EVIL_V4.into()));
    response.answers.extend(std::iter::repeat_n(more, 400));
    response.to_vec().ok()
}

/// The same addresses at the end of aliases.
fn lead_through(response: &mut Message, asked: &Name, aliases: Vec<Name>) {
    let mut owner = asked.clone();
    let mut answers = Vec::new();
    for next in aliases {
        answers.push(Record::from_rdata(owner, 60, alias(&next)));
        owner = next;
    }
    for mut record in response.answers.drain(..) {
        record.name = owner.clone();
        answers.push(record);
    }
    response.answers = answers;
}

fn alias(to: &Name) -> RData {
    RData::CNAME(CNAME(to.clone()))
}

fn evil(kind: RecordType) -> Option<RData> {
    match kind {
        RecordType::A => Some(RData::A(EVIL_V4.into())),
        RecordType::AAAA => Some(RData::AAAA(EVIL_V6.into())),
        _ => None,
    }
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap_or_default();
    name.set_fqdn(true);
    name
}

/// Labels may hold any byte.
fn odd_name() -> Name {
    let labels: [&[u8]; 4] =
        [b"\x1b[2J\x1b]0;title\x07", b"PASS\n<1>forged", b"a.b\0\xff", b"example"];
    Name::from_labels(labels).unwrap_or_default()
}
