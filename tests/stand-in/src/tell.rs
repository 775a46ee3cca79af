//! One line on standard output for every step.

use std::io::{self, Write};

/// Tells a step; whoever does not listen has no loss.
pub(crate) fn tell(step: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{step}").and_then(|()| stdout.flush());
}
