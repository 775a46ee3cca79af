//! What a client takes from an answer: the addresses of the name that it asked for, and of no other.
//! Whoever answers may add records of any owner.

use std::net::IpAddr;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData};

use crate::observation::{LookupOutcome, Record};

/// Aliases in a row that are followed. Resolvers give up after some 10 to 20.
const MAX_ALIASES: usize = 64;

/// Addresses that are kept: more than are connected to, so that the report tells of them. An answer
/// over TCP holds four thousand.
const MAX_ADDRESSES: usize = 128;

/// The greatest time to live; what is greater counts as none.
/// Source: RFC 2181, section 8.
const MAX_TTL: u32 = i32::MAX.cast_unsigned();

/// Follows the aliases from the name to its addresses. They stand in order, as resolvers send them and
/// glibc wants them.
pub(super) fn answered(answer: &Message, asked: &Name, record: Record) -> LookupOutcome {
    let mut addresses = Vec::new();
    let mut chain: Vec<Name> = Vec::new();
    let mut ttl_s = MAX_TTL;
    let mut stranger = None;
    for entry in &answer.answers {
        let is_wanted = matches!(
            (&entry.data, record),
            (RData::A(_), Record::A) | (RData::AAAA(_), Record::Aaaa)
        );
        if entry.name != *chain.last().unwrap_or(asked) {
            stranger = stranger.or(is_wanted.then_some(&entry.name));
            continue;
        }
        match &entry.data {
            RData::A(address) if is_wanted => keep(IpAddr::V4(address.0), &mut addresses),
            RData::AAAA(address) if is_wanted => keep(IpAddr::V6(address.0), &mut addresses),
            RData::CNAME(target) if target.0 == *asked || chain.contains(&target.0) => {
                return unusable(format!("the alias {} leads back to itself", written(asked)));
            }
            RData::CNAME(_) if chain.len() == MAX_ALIASES => {
                return unusable(format!("it has more than {MAX_ALIASES} aliases in a row"));
            }
            RData::CNAME(target) => chain.push(target.0.clone()),
            _ => continue,
        }
        ttl_s = ttl_s.min(if entry.ttl > MAX_TTL { 0 } else { entry.ttl });
    }
    if !addresses.is_empty() {
        let chain = chain.iter().map(written).collect();
        return LookupOutcome::Answered { addresses, chain, ttl_ms: f64::from(ttl_s) * 1000.0 };
    }
    match stranger {
        Some(other) if chain.contains(other) => {
            let other = written(other);
            unusable(format!(
                "the alias to {other} stands behind the addresses of {other}, where glibc does not look for them"
            ))
        }
        Some(other) => {
            let asked = written(chain.last().unwrap_or(asked));
            unusable(format!("it holds addresses of {}, not of {asked}", written(other)))
        }
        None if answer.metadata.response_code == ResponseCode::NXDomain => {
            LookupOutcome::NoSuchName
        }
        None => LookupOutcome::NoData,
    }
}

/// Keeps an address once, so that one that stands there a hundred times hides no other.
fn keep(address: IpAddr, addresses: &mut Vec<IpAddr>) {
    if addresses.len() < MAX_ADDRESSES && !addresses.contains(&address) {
        addresses.push(address);
    }
}

fn unusable(detail: String) -> LookupOutcome {
    LookupOutcome::Unusable { detail }
}

/// As people write it: without the final dot, and plain ASCII whatever its labels hold.
fn written(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use hickory_resolver::proto::op::OpCode;
    use hickory_resolver::proto::rr;
    use hickory_resolver::proto::rr::rdata::{A, CNAME, SRV};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(format!("{text}.")).unwrap()
    }

    fn a(owner: &str, last: u8) -> rr::Record {
        rr::Record::from_rdata(name(owner), 60, RData::A(A::new(10, 0, 0, last)))
    }

    fn cname(owner: &str, target: &str) -> rr::Record {
        rr::Record::from_rdata(name(owner), 60, RData::CNAME(CNAME(name(target))))
    }

    fn to_a(records: impl IntoIterator<Item = rr::Record>) -> LookupOutcome {
        let mut answer = Message::response(1, OpCode::Query);
        answer.answers.extend(records);
        answered(&answer, &name("a.example"), Record::A)
    }

    fn found(last: impl IntoIterator<Item = u8>, chain: &[&str]) -> LookupOutcome {
        LookupOutcome::Answered {
            addresses: last.into_iter().map(|last| IpAddr::from([10, 0, 0, last])).collect(),
            chain: chain.iter().map(ToString::to_string).collect(),
            ttl_ms: 60_000.0,
        }
    }

    #[test]
    fn more_addresses_than_any_name_has_are_passed_over() {
        let many = (0..=255).map(|last| a("a.example", last));
        let LookupOutcome::Answered { addresses, .. } = to_a(many) else { panic!() };
        assert_eq!(addresses.len(), MAX_ADDRESSES);
    }

    #[test]
    fn an_address_that_stands_there_often_hides_no_other() {
        let many = (0..1_000).map(|_| a("a.example", 1)).chain([a("a.example", 2)]);
        assert_eq!(to_a(many), found([1, 2], &[]));
    }

    #[test]
    fn an_alias_behind_its_addresses_is_told() {
        let told = "the alias to b.example stands behind the addresses of b.example, where glibc does not look for them";
        let disordered = [a("b.example", 1), cname("a.example", "b.example")];
        assert_eq!(to_a(disordered), unusable(told.to_owned()));
    }

    #[test]
    fn only_the_addresses_of_the_name_count() {
        assert_eq!(to_a([a("A.Example", 1), a("a.example", 2)]), found([1, 2], &[]));
        assert_eq!(to_a([a("b.example", 9), a("a.example", 1), a("example", 9)]), found([1], &[]));
        let through = [
            a("a.example", 1),
            cname("a.example", "b.example"),
            a("a.example", 9),
            a("c.example", 9),
            a("b.example", 2),
        ];
        // An address beside an alias is against the rules; both are its.
        assert_eq!(to_a(through), found([1, 2], &["b.example"]));
        let told = "it holds addresses of b.example, not of a.example";
        assert_eq!(to_a([a("b.example", 9)]), unusable(told.to_owned()));
    }

    #[test]
    fn records_of_other_types_and_sections_are_nothing() {
        let v6 = RData::AAAA(Ipv6Addr::LOCALHOST.into());
        assert_eq!(
            to_a([rr::Record::from_rdata(name("a.example"), 60, v6)]),
            LookupOutcome::NoData
        );
        let srv = RData::SRV(SRV::new(1, 1, 1, name("b.example")));
        let leads_away = [rr::Record::from_rdata(name("a.example"), 60, srv), a("b.example", 9)];
        assert!(matches!(to_a(leads_away), LookupOutcome::Unusable { .. }));
        let mut elsewhere = Message::response(1, OpCode::Query);
        elsewhere.additionals.push(a("a.example", 9));
        elsewhere.authorities.push(a("a.example", 9));
        assert_eq!(answered(&elsewhere, &name("a.example"), Record::A), LookupOutcome::NoData);
        elsewhere.metadata.response_code = ResponseCode::NXDomain;
        assert_eq!(answered(&elsewhere, &name("a.example"), Record::A), LookupOutcome::NoSuchName);
    }

    #[test]
    fn aliases_end() {
        let itself = to_a([cname("a.example", "a.example"), a("a.example", 1)]);
        assert!(matches!(itself, LookupOutcome::Unusable { .. }), "{itself:?}");
        let circle = [cname("a.example", "b.example"), cname("b.example", "A.example")];
        let told = "the alias a.example leads back to itself";
        assert_eq!(to_a(circle), unusable(told.to_owned()));
        let links = |count: usize| {
            let owner = |at: usize| if at == 0 { "a.example".to_owned() } else { format!("n{at}") };
            let mut links: Vec<_> =
                (0..count).map(|at| cname(&owner(at), &owner(at + 1))).collect();
            links.push(a(&owner(count), 1));
            to_a(links)
        };
        let LookupOutcome::Answered { chain, .. } = links(50) else { panic!() };
        assert_eq!((chain.len(), chain[49].as_str()), (50, "n50"));
        assert!(matches!(links(MAX_ALIASES), LookupOutcome::Answered { .. }));
        assert!(matches!(links(MAX_ALIASES + 1), LookupOutcome::Unusable { .. }));
    }

    #[test]
    fn an_alias_that_leads_nowhere_says_what_the_resolver_says_of_its_end() {
        assert_eq!(to_a([cname("a.example", "b.example")]), LookupOutcome::NoData);
    }

    #[test]
    fn the_shortest_time_to_live_counts_and_one_beyond_all_bounds_is_none() {
        for (given, counts_ms) in [(0, 0.0), (60, 60_000.0), (u32::MAX, 0.0), (1 << 31, 0.0)] {
            let mut record = a("a.example", 1);
            record.ttl = given;
            let LookupOutcome::Answered { ttl_ms, .. } = to_a([record]) else { panic!() };
            assert!((ttl_ms - counts_ms).abs() < 1e-9, "{given}: {ttl_ms}");
        }
    }

    #[test]
    fn names_are_written_in_plain_ascii() {
        let odd = Name::from_labels([&b"e\x1b[2J\nvil"[..], b"a.b", b"\x00\xff"]).unwrap();
        let mut through = cname("a.example", "x");
        through.data = RData::CNAME(CNAME(odd.clone()));
        let end = rr::Record::from_rdata(odd, 60, RData::A(A::new(10, 0, 0, 1)));
        let LookupOutcome::Answered { chain, .. } = to_a([through, end]) else { panic!() };
        assert!(chain[0].bytes().all(|byte| byte.is_ascii_graphic()), "{chain:?}");
    }
}
