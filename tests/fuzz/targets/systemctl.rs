//! What `systemctl show` writes.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::systemctl(bytes));

#[cfg(not(fuzzing))]
fn main() {}
