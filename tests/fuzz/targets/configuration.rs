//! The configuration file.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probe::fuzzing::configuration(bytes));

#[cfg(not(fuzzing))]
fn main() {}
