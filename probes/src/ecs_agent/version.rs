//! The version of the ECS agent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A version of the ECS agent, compared number by number: 1.100.0 is newer than 1.25.1.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub struct AgentVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl AgentVersion {
    /// The oldest version with which AWS supports interface endpoints.
    /// Source: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints": tasks using the EC2
    /// launch type require "version 1.25.1 or later of the Amazon ECS container agent".
    pub const FIRST_WITH_ENDPOINTS: Self = Self { major: 1, minor: 25, patch: 1 };

    /// The first `X.Y.Z` in a text such as `Amazon ECS Agent - v1.105.1 (*a8b3e7d3)`, also without
    /// the `v` and with what a build adds behind: `1.30.0-dev`. None when there is none.
    ///
    /// Source: amazon-ecs-agent, `agent/version/formatting.go`.
    pub fn find_in(text: &str) -> Option<Self> {
        let is_of_version = |c: char| c.is_ascii_digit() || c == '.';
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
            .map(|word| word.strip_prefix(['v', 'V']).unwrap_or(word))
            .filter_map(|word| word.split(|c| !is_of_version(c)).next())
            .find_map(Self::exactly)
    }

    fn exactly(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|part| part.parse().ok());
        let version =
            Self { major: numbers.next()??, minor: numbers.next()??, patch: numbers.next()?? };
        numbers.next().is_none().then_some(version)
    }
}

impl fmt::Display for AgentVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl From<AgentVersion> for String {
    fn from(version: AgentVersion) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for AgentVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::exactly(&text).ok_or_else(|| format!("{text:?} is not a version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        AgentVersion::find_in(text).map(|version| version.to_string())
    }

    #[test]
    fn every_known_form_is_read() {
        for (text, version) in [
            ("Amazon ECS Agent - v1.105.1 (*a8b3e7d3)", "1.105.1"),
            ("Amazon ECS Agent - v1.30.0 (02ff320c)", "1.30.0"),
            ("Amazon ECS Agent:\n\tVersion: 1.72.0\n\tCommit: ac93073e", "1.72.0"),
            ("v1.25.1", "1.25.1"),
            ("1.67.1", "1.67.1"),
            ("Amazon ECS Agent - v1.30.0-dev (12345678)", "1.30.0"),
            ("amazon/amazon-ecs-agent:v1.99.0", "1.99.0"),
        ] {
            assert_eq!(found(text).as_deref(), Some(version), "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in [
            "",
            "Amazon ECS Agent - v (02ff320c)",
            "v1.25",
            "1.2.3.4",
            "v1.99999999999.0",
            "latest",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let version = |text| AgentVersion::find_in(text).unwrap();
        assert!(version("v1.100.0") > AgentVersion::FIRST_WITH_ENDPOINTS);
        assert!(version("v1.25.1") >= AgentVersion::FIRST_WITH_ENDPOINTS);
        assert!(version("v1.25.0") < AgentVersion::FIRST_WITH_ENDPOINTS);
        assert!(version("v1.9.9") < AgentVersion::FIRST_WITH_ENDPOINTS);
        assert!(version("v2.0.0") > version("v1.999.999"));
    }
}
