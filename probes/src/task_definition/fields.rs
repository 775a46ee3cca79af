//! Fields by their names. The API writes `logConfiguration`, CloudFormation `LogConfiguration` and
//! Terraform `log_configuration`: case and underscores do not count.

use serde_json::Value;

use super::{MAX_ITEMS, TaskDefinitionError};

/// The field of that name; `null` counts as none.
pub(super) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let fields = value.as_object()?;
    let is_meant = |key: &str| {
        let letters =
            key.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
        letters.eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    let found = fields
        .get(name)
        .or_else(|| fields.iter().find(|(key, _)| is_meant(key)).map(|(_, value)| value));
    found.filter(|value| !value.is_null())
}

/// A part that there is once. Terraform shows it as a list of one.
pub(super) fn part<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let part = field(value, name)?;
    if part.is_array() { part.get(0) } else { Some(part) }
}

/// Whether there is a part of that name. Terraform shows one that is not there as an empty list.
pub(super) fn has(value: &Value, name: &str) -> bool {
    field(value, name).is_some_and(|part| part.as_array().is_none_or(|list| !list.is_empty()))
}

/// A field that is a text.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    field(value, name)?.as_str()
}

/// Whether a field is true. CloudFormation templates may hold it as a text.
pub(super) fn is_true(value: &Value, name: &str) -> bool {
    match field(value, name) {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// The entries of a list; none when it is absent or no list.
///
/// # Errors
/// When there are more than any real one has.
pub(super) fn items<'v>(
    list: Option<&'v Value>,
    name: &'static str,
) -> Result<&'v [Value], TaskDefinitionError> {
    match list {
        Some(Value::Array(items)) if items.len() > MAX_ITEMS => {
            Err(TaskDefinitionError::TooMany(name))
        }
        Some(Value::Array(items)) => Ok(items),
        _ => Ok(&[]),
    }
}
