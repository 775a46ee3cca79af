//! The page that a person reads. Text gets onto it only here, and so do colours: whatever a report
//! holds, a terminal sees nothing but printable ASCII.

use vpce_probes::printable::printable;
use vpce_probes::status::Status;

use super::style::Style;
use super::wrap;

/// Lines for a person.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    style: Style,
}

impl Page {
    /// An empty page.
    pub(super) fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// One line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&printable(line));
        self.text.push('\n');
    }

    /// One line with a word in the colour of a status.
    pub(super) fn marked_line(&mut self, before: &str, mark: (Status, &str), after: &str) {
        let (status, word) = mark;
        self.text.push_str(&printable(before));
        self.text.push_str(&self.style.status(status, &printable(word)));
        self.line(after);
    }

    /// A heading, set off from what stands above.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&self.style.heading(&printable(text)));
        self.text.push('\n');
    }

    /// Text on as many lines as it needs: the first begins with `first`, the others with as many
    /// spaces.
    pub(super) fn wrapped(&mut self, first: &str, text: &str) {
        self.wrapped_at(first.chars().count(), first, text);
    }

    /// The same with another indent for the lines after the first.
    pub(super) fn wrapped_at(&mut self, indent: usize, first: &str, text: &str) {
        let words: Vec<String> = text.split_whitespace().map(printable).collect();
        self.text.push_str(&wrap::wrapped_at(indent, &printable(first), &words.join(" ")));
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ColorArg;

    #[test]
    fn nothing_from_outside_is_obeyed() {
        let hostile = "x\u{1b}[2J\u{202e}y";
        let mut page = Page::new(Style::for_stdout(ColorArg::Never));
        page.heading(hostile);
        page.line(&format!("{hostile}\nFAIL"));
        page.marked_line(hostile, (Status::Fail, hostile), hostile);
        page.wrapped(hostile, hostile);
        let text = page.into_text();
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{text}");
        assert_eq!(text.lines().count(), 4, "{text}");
    }

    #[test]
    fn only_its_own_colours_are_left() {
        let mut page = Page::new(Style::for_stdout(ColorArg::Always));
        page.marked_line("  ", (Status::Fail, "FAIL"), "  \u{1b}[32mok");
        assert_eq!(page.into_text(), "  \u{1b}[1;31mFAIL\u{1b}[0m  \\u{1b}[32mok\n");
    }
}
