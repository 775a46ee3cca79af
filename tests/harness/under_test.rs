//! The program under test.

use std::env;

/// The one that cargo has built; or the one that this variable names, so that a release can be tried too.
pub(crate) fn program() -> String {
    env::var("PROGRAM_UNDER_TEST").unwrap_or_else(|_| env!("CARGO_BIN_EXE_vpce-probe").to_owned())
}
