//! An error text that somebody wants explained.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probe::fuzzing::error_text(bytes));

#[cfg(not(fuzzing))]
fn main() {}
