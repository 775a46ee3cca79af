//! From the text of a file to its entries. TOML is read here and nowhere else.

use toml::de::{DeTable, DeValue};

use super::Problem;

/// Longest part of a file that is repeated to the reader.
const MAX_SHOWN: usize = 60;

/// A key and what it is set to.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Eq, PartialEq)]
pub(super) enum Value {
    Text(String),
    /// In decimal digits.
    Number(String),
    Switch(bool),
    Texts(Vec<String>),
    /// What no option takes.
    Other,
    Table,
}

/// The entries of a text in the order of their lines, or where it is not TOML.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    if !errors.is_empty() {
        let mut problems: Vec<Problem> =
            errors.iter().map(|error| not_toml(&lines, error)).collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        // One slip is often met more than once.
        problems.dedup_by_key(|problem| problem.line);
        return Err(problems);
    }
    let entries = table.into_inner().into_iter().map(|(key, value)| {
        let (line, _) = lines.position(key.span().start);
        Entry { key: key.into_inner().into_owned(), line, value: Value::of(value.into_inner()) }
    });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by_key(|entry| entry.line);
    Ok(entries)
}

impl Value {
    fn of(value: DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.into_owned()),
            DeValue::Boolean(is_on) => Self::Switch(is_on),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Self::Number(number.to_string()),
                    Err(_) => Self::Other,
                }
            }
            DeValue::Array(values) => {
                let texts = values.into_iter().map(|value| match value.into_inner() {
                    DeValue::String(text) => Some(text.into_owned()),
                    _ => None,
                });
                texts.collect::<Option<_>>().map_or(Self::Other, Self::Texts)
            }
            DeValue::Table(_) => Self::Table,
            DeValue::Float(_) | DeValue::Datetime(_) => Self::Other,
        }
    }
}

fn not_toml(lines: &Lines<'_>, error: &toml::de::Error) -> Problem {
    let (line, column) = lines.position(error.span().map_or(0, |span| span.start));
    Problem { line, column: Some(column), words: error.message().to_owned() }
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    begins: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, begins: std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect() }
    }

    /// Line and column of a byte, both from 1; columns are characters.
    fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.begins.partition_point(|begin| *begin <= byte);
        let begin = self.begins.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(begin..byte).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// Part of a file as it is repeated to the reader.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}
