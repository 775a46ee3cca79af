//! Stub.
use std::time::Instant;

use super::Failure;
use crate::cli::HealthArgs;
use crate::exit_code::Exit;

pub(super) fn run(_args: &HealthArgs, _started: Instant) -> Result<Exit, Failure> {
    Err(Failure::new(Exit::Internal, "stub"))
}
