//! Wrapping text to a width that tickets and terminals keep.

/// Columns of a line.
const WIDTH: usize = 100;

/// The text on lines of at most 100 columns: the first begins with `first`, the others with as many
/// spaces as `indent` says. Words longer than a line stay whole, so that they can be copied.
pub(super) fn wrapped_at(indent: usize, first: &str, text: &str) -> String {
    let indent = " ".repeat(indent);
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let fits = line.chars().count() + 1 + word.chars().count() <= WIDTH;
        if !is_empty && !fits {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_the_width_and_the_indent() {
        let text = wrapped_at(8, "  CODE  ", &"word ".repeat(60));
        assert!(text.lines().all(|line| line.len() <= WIDTH));
        assert!(text.lines().skip(1).all(|line| line.starts_with("        word")));
        assert_eq!(text.split_whitespace().count(), 61);
    }

    #[test]
    fn long_words_stay_whole() {
        let name = "x".repeat(150);
        assert!(wrapped_at(2, "- ", &format!("a {name} b")).contains(&name));
        assert_eq!(wrapped_at(2, "- ", ""), "-\n");
    }
}
