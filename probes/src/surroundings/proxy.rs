//! Proxy settings of the environment, kept without credentials.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::proxy_value::without_credentials;

/// Proxy settings as clients read them, without credentials.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProxySettings {
    /// Variable or `FILE KEY`, and its value with credentials replaced by `***`.
    pub settings: BTreeMap<String, String>,
}

/// The variables by which clients are told of a proxy; they are known in lower case too.
pub(crate) const PROXY_VARIABLES: [&str; 4] =
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

impl ProxySettings {
    /// Takes the proxy settings out of `KEY=VALUE` settings, in upper and lower case.
    pub(super) fn add<'a>(
        &mut self,
        prefix: &str,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) {
        for (key, value) in settings {
            let known = PROXY_VARIABLES.iter().any(|variable| variable.eq_ignore_ascii_case(key));
            if known && !value.trim().is_empty() {
                self.settings.insert(format!("{prefix}{key}"), without_credentials(key, value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_kept() {
        let mut proxy = ProxySettings::default();
        proxy.add(
            "",
            [
                ("HTTPS_PROXY", "http://user:p@ss@proxy.corp:3128"),
                ("http_proxy", "user:secret@10.0.0.9:3128"),
                ("NO_PROXY", "169.254.169.254,.amazonaws.com"),
                ("PATH", "/bin"),
                ("ALL_PROXY", ""),
                ("all_proxy", " "),
            ],
        );
        let shown = format!("{proxy:?}");
        assert!(!shown.contains("secret") && !shown.contains("p@ss") && !shown.contains("user"));
        assert_eq!(proxy.settings["HTTPS_PROXY"], "http://***@proxy.corp:3128");
        assert_eq!(proxy.settings["http_proxy"], "***@10.0.0.9:3128");
        assert_eq!(proxy.settings["NO_PROXY"], "169.254.169.254,.amazonaws.com");
        assert_eq!(proxy.settings.len(), 3);
    }
}
