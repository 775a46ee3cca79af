//! `/etc/ecs/ecs.config`: what the ECS container agent is told.

use std::collections::BTreeMap;

/// The agent's own reading: `KEY=VALUE` lines split at the first `=`, no quoting, no comments.
/// Source: amazon-ecs-agent, `agent/config` and README.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct EcsConfig(BTreeMap<String, String>);

impl EcsConfig {
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            text.lines()
                .filter_map(|line| line.split_once('='))
                .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
                .filter(|(key, _)| !key.is_empty() && !key.starts_with('#'))
                .collect(),
        )
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_equals_sign_and_ignores_the_rest() {
        let config = EcsConfig::parse(
            "ECS_CLUSTER=prod=blue\n# note\n#A=b\nECS_EXTERNAL = TRUE \nbroken\n=x\nEMPTY=\n",
        );
        assert_eq!(config.get("ECS_CLUSTER"), Some("prod=blue"));
        assert!(config.is_true("ECS_EXTERNAL"));
        assert_eq!(config.get("EMPTY"), None);
        assert_eq!(config.get("#A"), None);
        assert_eq!(config.0.len(), 3);
    }
}
