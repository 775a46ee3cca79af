//! What a finding means.

use vpce_probes::explanation::explanation;
use vpce_probes::findings::Code;

use super::{Failure, request};
use crate::cli::ExplainArgs;
use crate::exit_code::Exit;
use crate::{output, render};

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let Some(text) = args.code.as_deref().filter(|_| !args.list) else {
        output::write(&render::code_list());
        return Ok(Exit::Pass);
    };
    let code: Code = text.trim().parse().map_err(|()| {
        Failure::new(
            Exit::Usage,
            format!("there is no finding {text}; vpce-probe explain --list shows all"),
        )
    })?;
    let long =
        explanation(code).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
    output::write(&render::explanation(code, &long, &request::catalog()?));
    Ok(Exit::Pass)
}
