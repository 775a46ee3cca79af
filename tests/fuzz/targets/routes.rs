//! `/proc/net/route` and `ipv6_route`.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vpce_probes::fuzzing::routes(bytes));

#[cfg(not(fuzzing))]
fn main() {}
