//! The ECS agent first, then everything that is checked.

use std::time::Instant;

use super::{Failure, check};
use crate::cli::{LookArgs, OutputArgs, SelectionArgs};
use crate::exit_code::Exit;
use crate::render;

pub(super) fn run(args: &LookArgs, started: Instant) -> Result<Exit, Failure> {
    let rendered = |report, output: &OutputArgs| render::agent_status(&report, output);
    check::look(args, &SelectionArgs::for_the_ecs_agent(), rendered, started)
}
