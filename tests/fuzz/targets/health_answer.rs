//! What a watch answers to a health check.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probe::fuzzing::health_answer(bytes));

#[cfg(not(fuzzing))]
fn main() {}
