//! JSON of others, which takes up to a hundred times its length once it is taken apart.

use serde_json::Value;

/// More values than any document read here holds: a task document with hundreds of containers stays
/// below it. So many take up some megabytes at most.
const MAX_VALUES: usize = 10_000;

/// Why a text gives no document.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum NoDocument {
    /// It holds more values than any real one.
    TooMany,
    /// It is not JSON, in these words.
    NotJson(String),
}

/// The document that a text of at most some mebibytes holds.
///
/// # Errors
/// When it is not JSON, or of more values than any real document.
pub(crate) fn parse(text: &str) -> Result<Value, NoDocument> {
    if values_at_most(text) > MAX_VALUES {
        return Err(NoDocument::TooMany);
    }
    serde_json::from_str(text).map_err(|error| NoDocument::NotJson(error.to_string()))
}

/// As many as begin after a bracket or a comma outside of strings. Keys are counted with their values.
fn values_at_most(text: &str) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' | b'[' | b',' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        for (text, count) in [
            ("7", 1),
            ("[]", 2),
            ("[1,2,3]", 4),
            (r#"{"a":[1,{"b":2}]}"#, 5),
            (r#"["a,b,[{","c\",d","\\"]"#, 4),
        ] {
            assert_eq!(values_at_most(text), count, "{text}");
        }
    }

    #[test]
    fn only_a_document_that_could_be_real_is_taken_apart() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values));
        assert!(parse(&list(5_000)).is_ok());
        assert_eq!(parse(&list(20_000)), Err(NoDocument::TooMany));
        assert!(matches!(parse("<html>"), Err(NoDocument::NotJson(_))));
        // As long as a string may be, it is one value.
        assert!(parse(&format!("\"{}\"", ",".repeat(20_000))).is_ok());
    }
}
