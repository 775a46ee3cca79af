//! A saved report.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probe::fuzzing::saved_report(bytes));

#[cfg(not(fuzzing))]
fn main() {}
