//! One DNS question in, the bytes and the time of its answer out.

use std::net::IpAddr;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, Metadata, Query, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use crate::behaviour::DnsBehaviour;
use crate::dns_forgery::{Forgeries, forge, oversized, pointer_loop};
use crate::zone::{Family, Records, Zone};

/// What a server without EDNS may send over UDP.
const PLAIN_UDP: u16 = 512;
/// What this server takes over UDP.
const OWN_UDP: u16 = 1232;
/// Time to live of a negative answer.
const NEGATIVE_TTL: u32 = 60;

/// How the question came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
}

/// What happens to a question.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// How long the client waits for it.
    pub(crate) after: Duration,
    /// What it gets, if anything.
    pub(crate) bytes: Option<Vec<u8>>,
    /// What else it gets, which is not true.
    pub(crate) forgeries: Forgeries,
}

/// Answers a question as the resolver and the name have it.
pub(crate) fn answer(
    zone: &Zone,
    resolver: DnsBehaviour,
    question: &[u8],
    transport: Transport,
) -> Answer {
    let Ok(request) = Message::from_vec(question) else { return Answer::default() };
    let Some(query) = request.queries.first() else { return Answer::default() };
    let name = query.name().to_ascii();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let family = match query.query_type() {
        RecordType::A => Some(Family::V4),
        RecordType::AAAA => Some(Family::V6),
        _ => None,
    };
    let of_name = zone.behaviour(name, family);
    let behaviour = match resolver {
        DnsBehaviour::Answer | DnsBehaviour::Delay(_) => of_name,
        other => other,
    };
    let after = [resolver, of_name].into_iter().map(delay).sum();

    let mut response = reply_to(&request);
    match behaviour {
        DnsBehaviour::Silent | DnsBehaviour::Refuse => return Answer::default(),
        DnsBehaviour::Garbage => {
            let bytes = Some(b"this is not DNS".to_vec());
            return Answer { after, bytes, ..Answer::default() };
        }
        DnsBehaviour::TruncatedTcpSilent if transport == Transport::Tcp => {
            return Answer::default();
        }
        DnsBehaviour::Truncated | DnsBehaviour::TruncatedTcpSilent
            if transport == Transport::Udp =>
        {
            let bytes = response.truncate().to_vec().ok();
            return Answer { after, bytes, ..Answer::default() };
        }
        DnsBehaviour::Servfail => response.metadata.response_code = ResponseCode::ServFail,
        DnsBehaviour::Refused => response.metadata.response_code = ResponseCode::Refused,
        DnsBehaviour::Nxdomain => fill(&mut response, query, &nothing(false)),
        DnsBehaviour::Nodata => fill(&mut response, query, &nothing(true)),
        _ => fill(&mut response, query, &zone.lookup(name, family)),
    }
    if behaviour == DnsBehaviour::WrongId {
        response.metadata.id = response.metadata.id.wrapping_add(1);
    }
    let forgeries = forge(behaviour, &mut response);
    let bytes = match behaviour {
        DnsBehaviour::PointerLoop => pointer_loop(&response),
        DnsBehaviour::Oversized if transport == Transport::Udp => oversized(response),
        _ => to_wire(&request, &response, transport),
    };
    Answer { after, bytes, forgeries }
}

fn delay(behaviour: DnsBehaviour) -> Duration {
    match behaviour {
        DnsBehaviour::Delay(milliseconds) => Duration::from_millis(milliseconds.into()),
        _ => Duration::ZERO,
    }
}

fn nothing(exists: bool) -> Records {
    Records { exists, cname: Vec::new(), addresses: Vec::new(), ttl: NEGATIVE_TTL }
}

fn reply_to(request: &Message) -> Message {
    let mut response = Message::response(request.metadata.id, request.metadata.op_code);
    response.metadata = Metadata::response_from_request(&request.metadata);
    response.metadata.recursion_available = true;
    response.queries.clone_from(&request.queries);
    if request.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(OWN_UDP);
        response.set_edns(edns);
    }
    response
}

fn fill(response: &mut Message, query: &Query, records: &Records) {
    let mut owner = query.name().clone();
    for alias in &records.cname {
        let Ok(alias) = absolute(alias) else { continue };
        let target = RData::CNAME(CNAME(alias.clone()));
        response.add_answer(Record::from_rdata(owner, records.ttl, target));
        owner = alias;
    }
    for address in &records.addresses {
        let data = match *address {
            IpAddr::V4(v4) => RData::A(v4.into()),
            IpAddr::V6(v6) => RData::AAAA(v6.into()),
        };
        response.add_answer(Record::from_rdata(owner.clone(), records.ttl, data));
    }
    if !records.exists {
        response.metadata.response_code = ResponseCode::NXDomain;
    }
    if records.addresses.is_empty() {
        response.authorities.extend(start_of_authority(&owner, records.exists));
    }
}

/// Of the name itself when it exists, as in a private zone, else of the one above it.
fn start_of_authority(name: &Name, exists: bool) -> Option<Record> {
    let zone = if exists { name.clone() } else { name.base_name() };
    let (server, hostmaster) = (absolute("ns.vpce-lab").ok()?, absolute("root.vpce-lab").ok()?);
    let soa = SOA::new(server, hostmaster, 1, 7200, 900, 1_209_600, NEGATIVE_TTL);
    Some(Record::from_rdata(zone, NEGATIVE_TTL, RData::SOA(soa)))
}

fn absolute(name: &str) -> Result<Name, hickory_proto::ProtoError> {
    let mut name = Name::from_ascii(name)?;
    name.set_fqdn(true);
    Ok(name)
}

fn to_wire(request: &Message, response: &Message, transport: Transport) -> Option<Vec<u8>> {
    let bytes = response.to_vec().ok()?;
    let limit = request.edns.as_ref().map_or(PLAIN_UDP, Edns::max_payload).max(PLAIN_UDP);
    if transport == Transport::Udp && bytes.len() > limit.into() {
        return response.truncate().to_vec().ok();
    }
    Some(bytes)
}
