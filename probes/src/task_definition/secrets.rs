//! Where secrets come from.
//!
//! Source: Amazon ECS API Reference, "Secret": the ARN of a secret of Secrets Manager or of a
//! parameter, or the bare name of a parameter of the task's own Region.

use serde_json::Value;

use super::TaskDefinitionError;
use super::fields::{field, items, text};
use crate::arn::Arn;
use crate::plan::TaskNeeds;

/// The services that values come from.
const OF_SECRETS: &[&str] = &["secretsmanager", "ssm"];

/// Entries with `name` and `valueFrom`.
pub(super) fn add_secrets(
    needs: &mut TaskNeeds,
    line: &str,
    what: &'static str,
    list: Option<&Value>,
) -> Result<(), TaskDefinitionError> {
    if list.is_some_and(|list| !list.is_array()) {
        needs.unread(&format!("{line}: {what}"), "an expression, not a list", OF_SECRETS);
    }
    for secret in items(list, what)? {
        let name = text(secret, "name").unwrap_or("without name");
        let line = format!("{line}: {what} {}", name.chars().take(255).collect::<String>());
        add(needs, &line, field(secret, "valueFrom"), "ssm-parameters");
    }
    Ok(())
}

/// What logs in to a registry that is not of Amazon ECR: always of Secrets Manager.
pub(super) fn add_credentials(needs: &mut TaskNeeds, line: &str, credentials: &Value) {
    let line = format!("{line}: repositoryCredentials");
    add(needs, &line, field(credentials, "credentialsParameter"), "secrets");
}

/// `of_bare_name` is the feature that a name without ARN stands for.
fn add(needs: &mut TaskNeeds, line: &str, value: Option<&Value>, of_bare_name: &'static str) {
    let Some(Value::String(value)) = value else {
        return needs.unread(line, "an expression, not a plain value", OF_SECRETS);
    };
    if value.is_empty() || value.contains(['$', '{', '}', '<', '>']) {
        return needs.unread(line, "still to be filled in", OF_SECRETS);
    }
    let Some(arn) = Arn::parse(value) else {
        return match value.starts_with("arn:") {
            true => needs.unread(line, "not a whole ARN", OF_SECRETS),
            false => needs.feature(line, None, of_bare_name),
        };
    };
    let feature = match (arn.service, arn.resource) {
        ("secretsmanager", _) => "secrets",
        ("ssm", _) => "ssm-parameters",
        _ => return needs.unread(line, "the ARN of neither a secret nor a parameter", OF_SECRETS),
    };
    match arn.region() {
        Some(region) => needs.feature(line, Some(region.to_owned()), feature),
        None => needs.unread(line, "an ARN without the plain name of a Region", OF_SECRETS),
    }
}
