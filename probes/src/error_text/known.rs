//! The texts that are known: data, in `error_texts.toml`, and how a text is held against them.

use serde::{Deserialize, Serialize};

use crate::built_in::{BuiltInError, built_in};
use crate::findings::Code;

/// A known error text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownText {
    /// Its id.
    pub id: String,
    /// Whether it says what was tried, or how it failed.
    pub part: Part,
    /// Whether it is told only where no other entry of its part fits.
    #[serde(default)]
    pub general: bool,
    /// Kind of the cause.
    pub kind: Kind,
    /// It in one sentence.
    pub title: String,
    /// Fragments that all stand in it, in lower case.
    #[serde(default)]
    pub all: Vec<String>,
    /// Fragments of which one stands in it, in lower case.
    #[serde(default)]
    pub any: Vec<String>,
    /// Fragments of which none stands in it, in lower case.
    #[serde(default)]
    pub none: Vec<String>,
    /// Whether it is about a registry outside of AWS PrivateLink, so that what was tried implies no
    /// endpoint.
    #[serde(default)]
    pub outside: bool,
    /// What it says, and what follows from it.
    pub meaning: String,
    /// What causes it, the most frequent first.
    pub causes: Vec<String>,
    /// What to change.
    pub change: Vec<String>,
    /// The services that it is about, whatever names stand in the text.
    #[serde(default)]
    pub services: Vec<String>,
    /// The services that it is about where the text names no host.
    #[serde(default)]
    pub services_unless_named: Vec<String>,
    /// The findings that a check of the endpoints has for these causes.
    #[serde(default)]
    pub codes: Vec<Code>,
    /// Ids of documents in the catalog.
    #[serde(default)]
    pub documents: Vec<String>,
    /// The text as somebody really met it.
    pub example: String,
    /// Where the example is from.
    pub source: String,
}

/// What a known text says of a failure.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Part {
    /// What was tried.
    Operation,
    /// How it failed.
    Failure,
}

/// Kind of the cause.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Kind {
    /// There was no connection.
    Network,
    /// The name did not resolve.
    Dns,
    /// There was a connection, but no trust.
    Tls,
    /// The endpoint answered, and its policy forbids the request.
    EndpointPolicy,
    /// The service answered, and the caller lacks a permission.
    Permission,
    /// The service answered, and what was asked for does not exist.
    Missing,
    /// The service answered, and asks for fewer requests.
    Limit,
    /// The metadata service, which needs no endpoint.
    Metadata,
    /// A setting outside of the network.
    Setting,
    /// A finding of this program.
    Finding,
}

impl Kind {
    /// Whether the text proves that the service was reached.
    pub fn was_answered(self) -> bool {
        matches!(self, Self::EndpointPolicy | Self::Permission | Self::Missing | Self::Limit)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: Vec<KnownText>,
}

/// Every known text, in the order of the file.
///
/// # Errors
/// Only when the file that was compiled in is damaged, which the tests rule out.
pub fn known_texts() -> Result<Vec<KnownText>, BuiltInError> {
    let file: File = built_in!("error_texts.toml")?;
    Ok(file.text)
}

/// The most specific known text in a record: the one with the longest fragments, and a general one
/// only where no other fits.
pub(super) fn best<'k>(known: &'k [KnownText], part: Part, record: &str) -> Option<&'k KnownText> {
    let mut best: Option<(&KnownText, (bool, usize))> = None;
    for text in known.iter().filter(|text| text.part == part) {
        let Some(weight) = text.weight_in(record) else { continue };
        let rank = (!text.general, weight);
        if best.is_none_or(|(_, highest)| rank > highest) {
            best = Some((text, rank));
        }
    }
    best.map(|(text, _)| text)
}

impl KnownText {
    /// How much of a record the fragments cover, in bytes; `None` where they do not stand in it.
    fn weight_in(&self, record: &str) -> Option<usize> {
        let stands = |fragment: &String| record.contains(fragment.as_str());
        if !self.all.iter().all(stands) || self.none.iter().any(stands) {
            return None;
        }
        let longest = self
            .any
            .iter()
            .filter(|fragment| record.contains(fragment.as_str()))
            .map(String::len)
            .max();
        if longest.is_none() && !self.any.is_empty() {
            return None;
        }
        Some(self.all.iter().map(String::len).sum::<usize>() + longest.unwrap_or_default())
    }
}
