//! Addresses as they are shown.

use reqwest::Url;

/// The task metadata URL holds an identifier that also opens the credentials path, in whatever form
/// the variable names it: only scheme, host and the name of a known document are shown.
pub(crate) fn without_secrets(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else { return "(unreadable address)".to_owned() };
    let origin = parsed.origin().ascii_serialization();
    let path = parsed.path();
    if ["/", "/v1/metadata"].contains(&path) || path.starts_with("/latest/") {
        return format!("{origin}{path}");
    }
    let version = if path.starts_with("/v4/") { "/v4" } else { "" };
    let document = if path.ends_with("/task") { "/task" } else { "" };
    format!("{origin}{version}/...{document}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_identifier_is_not_shown() {
        assert_eq!(
            without_secrets("http://169.254.170.2/v4/0a1b-22/task"),
            "http://169.254.170.2/v4/.../task"
        );
        assert_eq!(
            without_secrets("http://169.254.170.2/v4/0a1b-22"),
            "http://169.254.170.2/v4/..."
        );
        let imds = "http://169.254.169.254/latest/meta-data/mac";
        assert_eq!(without_secrets(imds), imds);
        assert_eq!(without_secrets("http://u:p@10.0.0.1/x?token=1"), "http://10.0.0.1/...");
        for path in ["v3/0a1b", "v4//0a1b/task", "V4/0a1b", "0a1b", "v4/x/0a1b", "/task/0a1b"] {
            let shown = without_secrets(&format!("http://169.254.170.2/{path}"));
            assert!(!shown.contains("0a1b"), "{shown}");
        }
        let introspection = "http://127.0.0.1:51678/v1/metadata";
        assert_eq!(without_secrets(introspection), introspection);
        assert_eq!(without_secrets("::"), "(unreadable address)");
    }
}
