//! The program under test.

use std::env;

const PROGRAM: &str = "PROGRAM_UNDER_TEST";

/// The most memory that a check may take up, in KiB, whatever it meets.
const RELEASE_KIB: u64 = 16 * 1024;

/// What cargo builds for tests takes up three times as much from the beginning.
const DEBUG_KIB: u64 = 32 * 1024;

/// The one that cargo has built; or the one that this variable names, so that a release can be tried too.
pub(crate) fn program() -> String {
    env::var(PROGRAM).unwrap_or_else(|_| env!("CARGO_BIN_EXE_vpce-probe").to_owned())
}

/// The most memory that it may take up, in KiB.
pub(crate) fn most_kib() -> u64 {
    if env::var_os(PROGRAM).is_some() { RELEASE_KIB } else { DEBUG_KIB }
}
