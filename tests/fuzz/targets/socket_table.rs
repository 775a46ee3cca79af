//! `/proc/net/tcp` and `tcp6`.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::socket_table(bytes));

#[cfg(not(fuzzing))]
fn main() {}
