//! What a server sends where a handshake is expected.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::tls_answer(bytes));

#[cfg(not(fuzzing))]
fn main() {}
