//! What each finding means and what to do, readable without a network.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::built_in::{BuiltInError, built_in};
use crate::findings::Code;

/// The long text about one code.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What the finding says, and what follows from it.
    pub meaning: String,
    /// What causes it, the most frequent first.
    pub causes: Vec<String>,
    /// What to change, step by step.
    pub change: Vec<String>,
    /// Commands that look closer.
    pub check: Vec<String>,
    /// Ids of documents in the catalog.
    pub documents: Vec<String>,
}

/// Why the explanations could not be used.
#[derive(Debug, Error)]
pub enum ExplanationError {
    /// The file built into the program is not valid.
    #[error("the built-in explanations cannot be read: {0}")]
    Syntax(#[from] BuiltInError),
    /// The file built into the program has no entry for a code.
    #[error("there is no explanation of {0}")]
    Absent(Code),
}

/// The explanation of a code.
///
/// # Errors
/// Only when the file that was compiled in is damaged, which the tests rule out.
pub fn explanation(code: Code) -> Result<Explanation, ExplanationError> {
    let mut all: BTreeMap<Code, Explanation> = built_in!("explanations.toml")?;
    all.remove(&code).ok_or(ExplanationError::Absent(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_code_is_explained_and_nothing_else_is() {
        let all: BTreeMap<Code, Explanation> = built_in!("explanations.toml").unwrap();
        assert_eq!(all.keys().copied().collect::<Vec<_>>(), Code::ALL);
        let catalog = Catalog::builtin().unwrap();
        for (code, text) in &all {
            assert!(text.meaning.len() > 80, "{code}: too short to help");
            assert!(!text.causes.is_empty() && !text.change.is_empty(), "{code}");
            for document in &text.documents {
                assert!(catalog.document(document).is_some(), "{code}: {document}");
            }
        }
    }
}
