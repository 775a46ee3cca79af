//! The line that a health check prints, and its exit code.

use vpce_probes::printable::printable;

use crate::exit_code::Exit;

/// Longest line, in bytes. Docker keeps 4,096 of what a health check prints, on stdout and on
/// stderr together.
const LONGEST: usize = 2_000;

/// What a health check is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Told {
    is_healthy: bool,
    /// One line of printable ASCII without a newline: `healthy: ...` or `unhealthy: ...`.
    pub(crate) line: String,
}

impl Told {
    /// A verdict, and the words for it.
    pub(crate) fn new(is_healthy: bool, words: &str) -> Self {
        let verdict = if is_healthy { "healthy" } else { "unhealthy" };
        let mut line = format!("{verdict}: {}", printable(words));
        if line.len() > LONGEST {
            line.truncate(LONGEST - 3);
            line.push_str("...");
        }
        Self { is_healthy, line }
    }

    /// Whatever is not known to be well.
    pub(crate) fn unhealthy(words: &str) -> Self {
        Self::new(false, words)
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.is_healthy
    }

    /// Docker and Amazon ECS know two exit codes of a health check; all others are reserved.
    pub(crate) fn exit(&self) -> Exit {
        if self.is_healthy { Exit::Pass } else { Exit::Fail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_short_plain_and_begins_with_the_verdict() {
        let told = Told::new(true, "pass: 14 host names");
        assert_eq!((told.line.as_str(), told.exit()), ("healthy: pass: 14 host names", Exit::Pass));
        let told = Told::unhealthy(&"\u{e9}\n".repeat(5_000));
        assert!(told.line.starts_with("unhealthy: \\u{e9}\\u{a}\\u{e9}"), "{}", told.line);
        assert_eq!((told.line.len(), told.exit()), (LONGEST, Exit::Fail));
    }
}
