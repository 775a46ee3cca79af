//! Several documents in one text, as kept bytes for services that answer several requests hold them.

/// What begins a section.
const MARK: &[u8] = b"--- ";

/// One document: a line `--- STATUS NAME DATE`, and what follows it up to the next such line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Section {
    /// HTTP status; 200 where none is told.
    pub(crate) status: u16,
    pub(crate) name: String,
    /// The rest of the line.
    pub(crate) date: String,
    pub(crate) body: Vec<u8>,
}

impl Section {
    /// The sections of a text. What stands before the first one belongs to none.
    pub(crate) fn all_of(bytes: &[u8]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if let Some(heading) = line.strip_prefix(MARK) {
                all.push(Self::headed(&String::from_utf8_lossy(heading)));
            } else if let Some(last) = all.last_mut() {
                last.body.extend_from_slice(line);
            }
        }
        for section in &mut all {
            if section.body.ends_with(b"\n") {
                section.body.pop();
            }
        }
        all
    }

    /// The body of the first section of that name, or nothing.
    pub(crate) fn body_of<'s>(all: &'s [Self], name: &str) -> &'s [u8] {
        all.iter().find(|section| section.name == name).map_or(&[], |section| &section.body)
    }

    fn headed(heading: &str) -> Self {
        let mut words = heading.trim().splitn(3, ' ');
        let status = words.next().and_then(|word| word.parse().ok()).unwrap_or(200);
        let mut text = || words.next().unwrap_or_default().to_owned();
        Self { status, name: text(), date: text(), body: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_a_heading_and_all_that_follows() {
        let all = Section::all_of(b"x\n--- 404 /a Sat, 21 Nov\n--- 200 /b\nfirst\n\nlast\n--- ?");
        let named: Vec<_> = all.iter().map(|one| (one.status, one.name.as_str())).collect();
        assert_eq!(named, [(404, "/a"), (200, "/b"), (200, "")]);
        assert_eq!(all[0].date, "Sat, 21 Nov");
        assert_eq!(Section::body_of(&all, "/b"), b"first\n\nlast");
        assert!(Section::body_of(&all, "/c").is_empty());
    }
}
