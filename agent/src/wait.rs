//! Waiting until everything that is required passes: when the next check is made, and what has
//! changed since the last one.

mod pace;
mod standings;

pub(crate) use self::pace::Pace;
pub(crate) use self::standings::{Change, Standings};
