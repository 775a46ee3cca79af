//! Text in a language whose comments begin with `#`.

use vpce_probes::printable::printable;

use crate::render::wrap;

/// Commands or definitions with comments. What comes from outside gets in only through the comments,
/// which nothing can end but the end of their line.
#[derive(Debug)]
pub(super) struct Script {
    text: String,
}

impl Script {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self { text: String::new() }
    }

    /// A line of the language. Values in it are ids, names and ranges of a checked form.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Several lines of the language, written down in this program.
    pub(super) fn lines(&mut self, lines: &[&str]) {
        lines.iter().for_each(|line| self.line(line));
    }

    /// Any text, as comments.
    pub(super) fn comment(&mut self, text: &str) {
        let words: Vec<String> = text.split_whitespace().map(printable).collect();
        for line in wrap::wrapped_at(2, "  ", &words.join(" ")).lines() {
            self.line(format!("#{}", line.strip_prefix(' ').unwrap_or(line)).trim_end());
        }
    }

    /// A command that is only shown, on one line, so that it can be copied.
    pub(super) fn command_in_comment(&mut self, command: &str) {
        self.line(&format!("#   {}", printable(command)));
    }

    /// Any text as a paragraph of its own.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.gap();
        self.comment(text);
    }

    /// The beginning of a step: what it is about, and what was seen.
    pub(super) fn section(&mut self, about: &str, seen: &[String]) {
        self.gap();
        self.comment(&format!("--- {about}"));
        seen.iter().for_each(|seen| self.comment(seen));
    }

    /// An empty line between what belongs to different steps.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_never_leaves_the_comment() {
        let hostile = "x\nrm -rf /; \u{1b}[2J \r\u{2028}}} EOF\u{85}y";
        let mut script = Script::new();
        script.comment(hostile);
        script.paragraph(hostile);
        script.section(hostile, &[hostile.to_owned(), "z ".repeat(200)]);
        script.command_in_comment(hostile);
        let text = script.into_text();
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{text}");
    }
}
