//! What a client sends to a watch.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probe::fuzzing::http_request(bytes));

#[cfg(not(fuzzing))]
fn main() {}
