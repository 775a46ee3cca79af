//! Which records the lab's names have: exact names, wildcards, aliases, views.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::behaviour::DnsBehaviour;
use crate::later;
use crate::vpc::{DnsName, VPC_VIEW, Vpc};

/// More aliases than this in a row are a loop.
const MAX_ALIASES: usize = 16;

/// Address families that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// The names as seen in one view.
pub(crate) struct Zone {
    names: BTreeMap<String, Entry>,
}

struct Entry {
    addresses: Vec<IpAddr>,
    later: Option<Vec<IpAddr>>,
    cname: Vec<String>,
    ttl: u32,
    behaviour: DnsBehaviour,
    aaaa: Option<DnsBehaviour>,
}

/// What there is for one question.
#[derive(Debug, PartialEq)]
pub(crate) struct Records {
    /// Whether the name at the end of the aliases exists.
    pub(crate) exists: bool,
    /// The aliases, in order.
    pub(crate) cname: Vec<String>,
    /// The addresses of the family asked for.
    pub(crate) addresses: Vec<IpAddr>,
    /// Their time to live.
    pub(crate) ttl: u32,
}

impl Zone {
    /// What a resolver with that view knows.
    pub(crate) fn new(vpc: &Vpc, view: &str) -> Self {
        let mut names: BTreeMap<String, Entry> = vpc
            .names
            .iter()
            .filter_map(|(name, entry)| Some((name.clone(), Entry::seen(entry, view)?)))
            .collect();
        // The names at the end of alias chains have the addresses too, for who asks them directly.
        let ends: Vec<(String, Entry)> = names
            .values()
            .filter(|entry| !entry.addresses.is_empty())
            .filter_map(|entry| Some((entry.cname.last()?.to_lowercase(), entry.end_of_chain())))
            .collect();
        for (name, entry) in ends {
            names.entry(name).or_insert(entry);
        }
        Self { names }
    }

    /// How the name is to be answered; names that do not exist are answered as usual.
    pub(crate) fn behaviour(&self, name: &str, family: Option<Family>) -> DnsBehaviour {
        self.find(&name.to_lowercase()).map_or(DnsBehaviour::Answer, |entry| match family {
            Some(Family::V6) => entry.aaaa.unwrap_or(entry.behaviour),
            _ => entry.behaviour,
        })
    }

    /// The records of a name; without a family only its aliases.
    pub(crate) fn lookup(&self, name: &str, family: Option<Family>) -> Records {
        let mut records =
            Records { exists: true, cname: Vec::new(), addresses: Vec::new(), ttl: 60 };
        let mut name = name.to_lowercase();
        while records.cname.len() < MAX_ALIASES {
            let Some(entry) = self.find(&name) else {
                records.exists = false;
                break;
            };
            records.ttl = entry.ttl;
            records.cname.extend(entry.cname.iter().cloned());
            let wanted = entry.addresses_now().iter().filter(|address| match family {
                Some(Family::V4) => address.is_ipv4(),
                Some(Family::V6) => address.is_ipv6(),
                None => false,
            });
            records.addresses = wanted.copied().collect();
            // An alias without addresses of its own leads on to another name.
            match entry.cname.last() {
                Some(next) if entry.addresses_now().is_empty() => name = next.to_lowercase(),
                _ => break,
            }
        }
        records
    }

    /// The name itself, or else the most specific wildcard above it.
    fn find(&self, name: &str) -> Option<&Entry> {
        self.names.get(name).or_else(|| {
            let mut rest = name;
            std::iter::from_fn(|| {
                rest = rest.split_once('.')?.1;
                Some(rest)
            })
            .find_map(|above| self.names.get(&format!("*.{above}")))
        })
    }
}

impl Entry {
    fn seen(entry: &DnsName, view: &str) -> Option<Self> {
        let (addresses, later, cname) = if view == VPC_VIEW {
            (entry.addresses.clone(), entry.later.clone(), entry.cname.clone())
        } else {
            (entry.views.get(view)?.clone(), None, Vec::new())
        };
        let DnsName { ttl, behaviour, aaaa, .. } = *entry;
        Some(Self { addresses, later, cname, ttl, behaviour, aaaa })
    }

    fn end_of_chain(&self) -> Self {
        let (addresses, later) = (self.addresses.clone(), self.later.clone());
        Self { addresses, later, cname: Vec::new(), ..*self }
    }

    fn addresses_now(&self) -> &[IpAddr] {
        self.later.as_ref().filter(|_| later::has_come()).unwrap_or(&self.addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(view: &str, names: &str) -> Zone {
        let text = format!("region = 'r'\ninstance = ['10.0.1.10/24']\n{names}");
        Zone::new(&toml::from_str(&text).unwrap(), view)
    }

    fn found(zone: &Zone, name: &str) -> (bool, Vec<String>) {
        let records = zone.lookup(name, Some(Family::V4));
        (records.exists, records.addresses.iter().map(ToString::to_string).collect())
    }

    fn yes(addresses: &[&str]) -> (bool, Vec<String>) {
        (true, addresses.iter().map(ToString::to_string).collect())
    }

    const NOTHING: (bool, Vec<String>) = (false, Vec::new());
    const NO_SUCH_TYPE: (bool, Vec<String>) = (true, Vec::new());

    #[test]
    fn a_name_that_is_not_listed_does_not_exist() {
        let zone = zone("vpc", "[names.'a.example']\naddresses = ['10.0.0.1']");
        assert_eq!(found(&zone, "a.example"), yes(&["10.0.0.1"]));
        assert_eq!(found(&zone, "A.Example"), yes(&["10.0.0.1"]));
        assert_eq!(found(&zone, "b.example"), NOTHING);
        assert_eq!(found(&zone, "example"), NOTHING);
    }

    #[test]
    fn a_name_without_the_family_exists_without_records() {
        let zone = zone("vpc", "[names.'a.example']\naddresses = ['fd00::1']");
        assert_eq!(found(&zone, "a.example"), NO_SUCH_TYPE);
        let records = zone.lookup("a.example", Some(Family::V6));
        assert_eq!(records.addresses, ["fd00::1".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn wildcards_stand_for_any_labels_and_the_most_specific_wins() {
        let zone = zone(
            "vpc",
            "[names.'*.ecr.example']\naddresses = ['10.0.0.1']\n\
             [names.'*.dkr.ecr.example']\naddresses = ['10.0.0.2']\n\
             [names.'x.dkr.ecr.example']\naddresses = ['10.0.0.3']",
        );
        assert_eq!(found(&zone, "x.dkr.ecr.example"), yes(&["10.0.0.3"]));
        assert_eq!(found(&zone, "y.dkr.ecr.example"), yes(&["10.0.0.2"]));
        assert_eq!(found(&zone, "a.b.dkr.ecr.example"), yes(&["10.0.0.2"]));
        assert_eq!(found(&zone, "api.ecr.example"), yes(&["10.0.0.1"]));
        assert_eq!(found(&zone, "ecr.example"), NOTHING);
    }

    #[test]
    fn aliases_come_before_the_addresses() {
        let zone = zone(
            "vpc",
            "[names.'a.example']\ncname = ['b.example', 'c.example']\naddresses = ['10.0.0.1']",
        );
        let records = zone.lookup("a.example", Some(Family::V4));
        assert_eq!(records.cname, ["b.example", "c.example"]);
        assert_eq!(found(&zone, "a.example"), yes(&["10.0.0.1"]));
        assert_eq!(found(&zone, "c.example"), yes(&["10.0.0.1"]));
    }

    #[test]
    fn an_alias_without_addresses_leads_to_another_name_or_nowhere() {
        let zone = zone(
            "vpc",
            "[names.'a.example']\ncname = ['b.example']\n[names.'b.example']\n\
             addresses = ['10.0.0.1']\n[names.'c.example']\ncname = ['gone.example']",
        );
        assert_eq!(found(&zone, "a.example"), yes(&["10.0.0.1"]));
        assert_eq!(found(&zone, "c.example"), NOTHING);
        assert_eq!(zone.lookup("c.example", None).cname, ["gone.example"]);
    }

    #[test]
    fn an_alias_loop_ends() {
        let zone = zone(
            "vpc",
            "[names.'a.example']\ncname = ['b.example']\n[names.'b.example']\n\
             cname = ['a.example']",
        );
        assert_eq!(found(&zone, "a.example"), NO_SUCH_TYPE);
    }

    #[test]
    fn another_view_has_its_own_names_and_addresses() {
        let names = "[names.'a.example']\ncname = ['c.example']\naddresses = ['10.0.0.1']\n\
             views = { custom = ['52.94.0.1'] }\n[names.'b.example']\naddresses = ['10.0.0.2']";
        let custom = zone("custom", names);
        assert_eq!(found(&custom, "a.example"), yes(&["52.94.0.1"]));
        assert!(custom.lookup("a.example", None).cname.is_empty());
        assert_eq!(found(&custom, "b.example"), NOTHING);
        assert_eq!(found(&zone("vpc", names), "a.example"), yes(&["10.0.0.1"]));
    }

    #[test]
    fn aaaa_may_behave_differently() {
        let zone = zone("vpc", "[names.'a.example']\naaaa = 'silent'");
        assert_eq!(zone.behaviour("a.example", Some(Family::V4)), DnsBehaviour::Answer);
        assert_eq!(zone.behaviour("a.example", Some(Family::V6)), DnsBehaviour::Silent);
        assert_eq!(zone.behaviour("none.example", Some(Family::V6)), DnsBehaviour::Answer);
    }
}
