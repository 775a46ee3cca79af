//! The answer of a resolver.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::dns_answer(bytes));

#[cfg(not(fuzzing))]
fn main() {}
