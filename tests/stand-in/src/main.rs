//! `ecs-agent-stand-in`: the stand-in as a program, also as process 1 of a container.

use std::io::{self, Write};
use std::process::ExitCode;

use ecs_agent_stand_in::StandIn;
use tokio::runtime::Builder;

/// With this code the agent says that starting it again would not help.
/// Source: amazon-ecs-agent, `agent/sighandlers/exitcodes/exitcodes.go`.
const TERMINAL: u8 = 5;

fn main() -> ExitCode {
    let ended = StandIn::from_env().map_err(io::Error::other).and_then(|stand_in| {
        Builder::new_current_thread().enable_all().build()?.block_on(stand_in.run())
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "ecs-agent-stand-in: {error}");
            ExitCode::from(TERMINAL)
        }
    }
}
