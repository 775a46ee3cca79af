//! An answer over HTTP, byte by byte.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::http_answer(bytes));

#[cfg(not(fuzzing))]
fn main() {}
