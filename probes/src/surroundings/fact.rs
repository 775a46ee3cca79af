//! A fact: a value and where it came from, or why there is none.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a fact came from, in words: `instance metadata`, `environment variable AWS_REGION`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source(Cow<'static, str>);

impl Source {
    /// The EC2 instance metadata service.
    pub const INSTANCE_METADATA: Self = Self::fixed("instance metadata");
    /// The ECS task metadata endpoint.
    pub const TASK_METADATA: Self = Self::fixed("task metadata");
    /// That there is a task metadata endpoint of version 4: the value is the least it can be.
    pub const TASK_METADATA_FROM_1_4_0: Self =
        Self::fixed("at least, as the task metadata have version 4");
    /// This program's own command line, environment or configuration.
    pub const OPTION: Self = Self::fixed("option");
    /// The partition's entry in the catalog.
    pub const CATALOG: Self = Self::fixed("catalog");
    /// This machine's network interfaces.
    pub const INTERFACES: Self = Self::fixed("network interfaces");

    /// The introspection API of the ECS agent.
    pub const INTROSPECTION: Self = Self::fixed("ECS agent introspection");
    /// The Docker Engine.
    pub const DOCKER: Self = Self::fixed("Docker Engine");
    /// systemd, by `systemctl`.
    pub const SYSTEMD: Self = Self::fixed("systemd");
    /// The table of processes, and what the kernel tells of them.
    pub const PROCESSES: Self = Self::fixed("process table");

    /// A file.
    pub fn file(path: &std::path::Path) -> Self {
        Self(Cow::Owned(path.display().to_string()))
    }

    /// A variable of the environment.
    pub fn variable(name: &str) -> Self {
        Self(Cow::Owned(format!("environment variable {name}")))
    }

    const fn fixed(words: &'static str) -> Self {
        Self(Cow::Borrowed(words))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value and where it came from, or why there is none.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fact<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Absence>,
}

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self { value: None, source: None, missing: Vec::new() }
    }
}

impl<T> Fact<T> {
    /// A known value.
    pub fn known(value: T, source: Source) -> Self {
        Self { value: Some(value), source: Some(source), missing: Vec::new() }
    }

    /// No value, and why.
    pub fn missing(absence: Absence) -> Self {
        Self { value: None, source: None, missing: vec![absence] }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The value, to be completed.
    pub(super) fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// Where the value came from.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// Why there is no value.
    pub fn why_missing(&self) -> &[Absence] {
        &self.missing
    }

    /// This fact, or the other one where this has no value. Reasons for absence add up.
    pub fn or(mut self, other: Self) -> Self {
        if self.value.is_some() {
            return self;
        }
        if other.value.is_some() {
            return other;
        }
        for absence in other.missing {
            if !self.missing.contains(&absence) {
                self.missing.push(absence);
            }
        }
        self
    }
}

/// Why a source did not give a fact.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Absence {
    /// The source that was asked.
    pub source: Source,
    /// Kind of trouble.
    pub reason: AbsenceReason,
    /// The trouble in words: what was attempted, on which address, and what came of it.
    pub detail: String,
}

/// Kinds of trouble with a source.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AbsenceReason {
    /// Switched off, or access forbidden (HTTP 403).
    Disabled,
    /// HTTP 401.
    Unauthorized,
    /// HTTP 404, or no such file.
    NotFound,
    /// Another HTTP status.
    HttpStatus,
    /// No answer in time.
    TimedOut,
    /// The metadata service answers, but token requests get lost: hop limit.
    HopLimit,
    /// Connection refused.
    Refused,
    /// No route to it.
    Unreachable,
    /// A route of this machine or task leads it into nothing.
    Blackhole,
    /// The connection broke, or the answer was not HTTP.
    NotHttp,
    /// The answer was shorter than announced.
    Truncated,
    /// The answer was larger than any real one.
    TooLarge,
    /// Not UTF-8 text.
    NotUtf8,
    /// Not JSON.
    NotJson,
    /// Valid, but of another type or form than documented.
    WrongForm,
    /// The source does not carry this fact.
    NotTold,
    /// The source is not set up here, or not asked in this place.
    NotAsked,
    /// The file cannot be read.
    Unreadable,
    /// The user of this program may not ask.
    NotPermitted,
}

/// Longest text of a reason, in characters.
const MAX_DETAIL: usize = 1000;

impl Absence {
    /// A reason in words. Whoever was asked may have written a part of them: they are cut to what a
    /// person would read.
    pub fn new(source: Source, reason: AbsenceReason, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if let Some((end, _)) = detail.char_indices().nth(MAX_DETAIL) {
            detail.truncate(end);
            detail.push_str("...");
        }
        Self { source, reason, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent(reason: AbsenceReason) -> Fact<u8> {
        Fact::missing(Absence::new(Source::OPTION, reason, "detail"))
    }

    #[test]
    fn reasons_are_no_longer_than_anybody_reads() {
        let said = format!("it says {}", "\u{e9}".repeat(MAX_DETAIL));
        let absence = Absence::new(Source::TASK_METADATA, AbsenceReason::WrongForm, said);
        assert_eq!(absence.detail.chars().count(), MAX_DETAIL + 3);
        assert!(
            absence.detail.starts_with("it says \u{e9}") && absence.detail.ends_with("\u{e9}...")
        );
    }

    #[test]
    fn the_first_value_wins_and_reasons_add_up() {
        let first = Fact::known(1, Source::OPTION).or(Fact::known(2, Source::TASK_METADATA));
        assert_eq!(first.value(), Some(&1));
        let second = absent(AbsenceReason::TimedOut).or(Fact::known(2, Source::TASK_METADATA));
        assert_eq!(second.value(), Some(&2));
        assert!(second.why_missing().is_empty());
        let neither = absent(AbsenceReason::TimedOut)
            .or(absent(AbsenceReason::NotJson))
            .or(absent(AbsenceReason::TimedOut));
        assert_eq!(neither.why_missing().len(), 2);
    }
}
