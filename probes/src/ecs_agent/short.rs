//! Texts that others wrote, kept short.

/// Longer than any name, ARN or version.
const MAX_CHARS: usize = 256;

/// The text without surrounding space, cut to 256 characters; none when nothing is left.
pub(super) fn short(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(MAX_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_none_and_long_is_cut() {
        assert_eq!(short(" \n"), None);
        assert_eq!(short(" default\n").as_deref(), Some("default"));
        assert_eq!(short(&"\u{e4}".repeat(1000)).unwrap().chars().count(), 256);
    }
}
