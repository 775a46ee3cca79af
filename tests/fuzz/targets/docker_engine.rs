//! What the Docker Engine answers.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::docker_engine(bytes));

#[cfg(not(fuzzing))]
fn main() {}
