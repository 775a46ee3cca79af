//! `/etc/hosts`: names pinned to addresses, which every libc client believes before any resolver.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use super::bounded_file;

/// The names of a hosts file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HostsFile(HashMap<String, Vec<IpAddr>>);

impl HostsFile {
    /// Reads a hosts file. One that is missing or cannot be read pins nothing, as for libc.
    pub fn read(path: &Path) -> Self {
        bounded_file::read_text(path).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Reads hosts(5): an address, then names; `#` begins a comment. Lines that are not of that
    /// form are passed over, as libc does.
    pub fn parse(text: &str) -> Self {
        let mut names: HashMap<String, Vec<IpAddr>> = HashMap::new();
        for line in text.lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let Some(address) = words.next().and_then(|word| word.parse::<IpAddr>().ok()) else {
                continue;
            };
            for name in words {
                let known = names.entry(normal(name)).or_default();
                if !known.contains(&address) {
                    known.push(address);
                }
            }
        }
        Self(names)
    }

    /// The addresses that a name is pinned to. Empty when it is not.
    pub fn addresses(&self, name: &str) -> &[IpAddr] {
        self.0.get(&normal(name)).map_or(&[], Vec::as_slice)
    }
}

fn normal(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_in_any_case_and_column() {
        let hosts = HostsFile::parse(
            "127.0.0.1 localhost\n10.0.1.7\tecs.us-east-1.amazonaws.com ECS # 10.9.9.9 x\n\
             not-an-address ecs\n::1 ecs\n10.0.1.8\n",
        );
        let parse = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(hosts.addresses("ecs.US-east-1.amazonaws.com."), [parse("10.0.1.7")]);
        assert_eq!(hosts.addresses("ecs"), [parse("10.0.1.7"), parse("::1")]);
        assert!(hosts.addresses("x").is_empty());
    }
}
