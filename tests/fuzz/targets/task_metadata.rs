//! The documents of the task metadata.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::task_metadata(bytes));

#[cfg(not(fuzzing))]
fn main() {}
