//! Stub.
use std::time::Instant;

use super::Failure;
use crate::cli::WaitArgs;
use crate::exit_code::Exit;

pub(super) fn run(_args: &WaitArgs, _started: Instant) -> Result<Exit, Failure> {
    Err(Failure::new(Exit::Internal, "stub"))
}
