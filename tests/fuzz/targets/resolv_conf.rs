//! `/etc/resolv.conf`.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::resolv_conf(bytes));

#[cfg(not(fuzzing))]
fn main() {}
