//! The `vpce-probe` program.
fn main() {}
