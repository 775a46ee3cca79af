//! What health checks are told: one line, the verdict first, and exit code 0 or 1.

mod answer;
mod ask;
mod told;
mod wanted;

use std::time::Instant;

pub(crate) use self::answer::Answer;
pub(crate) use self::ask::{Asked, ask};
pub(crate) use self::told::Told;
pub(crate) use self::wanted::is_wanted;
use crate::exit_code::Exit;
use crate::output;

/// Prints that there is no verdict, and why: what cannot be known is not healthy.
pub(crate) fn refuse(words: &str) -> Exit {
    let told = Told::unhealthy(words);
    let exit = told.exit();
    output::write_until(told.line + "\n", Instant::now());
    exit
}
