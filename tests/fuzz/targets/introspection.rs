//! What the introspection API of the ECS agent answers.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::introspection(bytes));

#[cfg(not(fuzzing))]
fn main() {}
