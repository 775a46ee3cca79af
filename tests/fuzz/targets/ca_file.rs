//! A file of certificate authorities.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::ca_file(bytes));

#[cfg(not(fuzzing))]
fn main() {}
