//! The `vpce-probe` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    vpce_probe::main()
}
