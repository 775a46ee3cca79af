//! The log of the ECS agent.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::agent_log(bytes));

#[cfg(not(fuzzing))]
fn main() {}
