//! Text that comes from outside, made safe for a terminal.

use std::fmt::Write;

/// The text with everything that is not printable ASCII as `\u{..}`: terminals obey control
/// characters, and other alphabets hold letters that look alike or turn the direction around.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() || c == ' ' {
            safe.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(safe, "{}", c.escape_unicode());
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_printable_ascii_is_left() {
        assert_eq!(printable("ecs.us-east-1 ~\\"), "ecs.us-east-1 ~\\");
        assert_eq!(printable("\u{1b}[2J\n\u{7f}"), "\\u{1b}[2J\\u{a}\\u{7f}");
        assert_eq!(printable("\u{9b}31m\u{202e}\u{e9}"), "\\u{9b}31m\\u{202e}\\u{e9}");
    }
}
