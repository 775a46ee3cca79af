//! The value of a setting for proxies.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::proxy_value(bytes));

#[cfg(not(fuzzing))]
fn main() {}
