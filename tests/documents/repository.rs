//! The documents of this repository, found by looking for them.

use std::path::{Path, PathBuf};

/// Folders that hold no documents of ours.
const ELSEWHERE: [&str; 2] = ["target", ".git"];

/// A document and where it is, seen from the root of the repository.
pub(crate) struct Document {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A fenced block of a document.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every document, in the order of their paths.
pub(crate) fn documents() -> Vec<Document> {
    let mut paths = Vec::new();
    collect(&root(), "", &mut paths);
    paths.sort();
    assert!(paths.len() >= 8 && paths.iter().any(|path| path == "docs/findings.md"), "{paths:?}");
    paths.into_iter().map(|path| Document { text: read(&path), path }).collect()
}

fn collect(folder: &Path, beneath: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = if beneath.is_empty() { name.clone() } else { format!("{beneath}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            if !ELSEWHERE.contains(&name.as_str()) {
                collect(&entry.path(), &path, found);
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

impl Document {
    /// What stands between fences.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for line in self.text.lines() {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    open = Some(Block { language: language.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block has no end", self.path);
        blocks
    }

    pub(crate) fn blocks_of(&self, language: &str) -> Vec<String> {
        let of_language = |block: &Block| block.language == language;
        self.blocks().into_iter().filter(of_language).map(|block| block.text).collect()
    }

    /// The text outside of fences.
    pub(crate) fn prose(&self) -> String {
        let mut is_inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.trim_start().starts_with("```") {
                is_inside = !is_inside;
            } else if !is_inside {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }

    /// What is set in the letters of a program: `tests/run`.
    pub(crate) fn spans(&self) -> Vec<String> {
        let prose = self.prose();
        let spans = prose.split('`').skip(1).step_by(2);
        // Where a line ends inside, a reader sees a space.
        spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }
}
