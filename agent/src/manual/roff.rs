//! The language of manual pages, as far as these pages use it: man(7).

/// Pages are dated by hand, so that making them anew changes nothing that they do not say.
const DATE: &str = "2026-11-22";

/// A page while it is written.
pub(super) struct Roff(String);

impl Roff {
    /// A page with its title, its section of the manual, and what stands behind the name in NAME.
    pub(super) fn new(name: &str, section: u8, about: &str) -> Self {
        let title = escaped(&name.to_uppercase());
        let version = env!("CARGO_PKG_VERSION");
        let manual = "vpce\\-probe manual";
        let mut page = Self(format!(
            ".\\\" Made of what \"vpce-probe --help\" is made of; not to be edited.\n\
             .TH {title} {section} \"{DATE}\" \"vpce\\-probe {version}\" \"{manual}\"\n\
             .nh\n.ad l\n"
        ));
        page.section("NAME");
        page.line(&format!("{} \\- {}", escaped(name), escaped(about)));
        page
    }

    pub(super) fn section(&mut self, title: &str) {
        self.line(&format!(".SH \"{}\"", escaped(title)));
    }

    pub(super) fn subsection(&mut self, title: &str) {
        self.line(&format!(".SS \"{}\"", escaped(title)));
    }

    /// Text that goes on where the last one ended, or begins a section.
    pub(super) fn text(&mut self, text: &str) {
        self.line(&escaped(text.trim()));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.line(".PP");
        self.text(text);
    }

    /// What is explained, in the language of pages, and its explanation below.
    pub(super) fn tagged(&mut self, tag: &str, text: &str) {
        self.line(".TP");
        self.line(tag);
        self.text(text);
    }

    /// A line of its own below what is explained.
    pub(super) fn below(&mut self, text: &str) {
        self.line(".br");
        self.text(text);
    }

    /// What is typed or printed, line by line.
    pub(super) fn example(&mut self, lines: &str) {
        self.line(".EX");
        lines.lines().for_each(|line| self.line(&escaped(line)));
        self.line(".EE");
    }

    /// A line that is in the language of pages already.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Text that means what it says: what the language of pages would take for its own is masked.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    if text.starts_with(['.', '\'']) {
        out.push_str("\\&");
    }
    for c in text.chars() {
        match c {
            '\n' => out.push(' '),
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '"' => out.push_str("\\(dq"),
            '^' => out.push_str("\\(ha"),
            '`' => out.push_str("\\(ga"),
            '~' => out.push_str("\\(ti"),
            _ => out.push(c),
        }
    }
    out
}

/// What a reader sees of a page, in one line.
pub(super) fn plain(page: &str) -> String {
    let text: Vec<&str> = page
        .lines()
        .map(|line| line.strip_prefix(".SH ").or(line.strip_prefix(".SS ")).unwrap_or(line))
        .filter(|line| !line.starts_with('.'))
        .collect();
    let mut text = text.join(" ");
    for (written, seen) in [
        ("\\fB", ""),
        ("\\fI", ""),
        ("\\fR", ""),
        ("\\&", ""),
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\(dq", "\""),
        ("\\(ha", "^"),
        ("\\(ga", "`"),
        ("\\(ti", "~"),
        ("\\e", "\\"),
    ] {
        text = text.replace(written, seen);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
