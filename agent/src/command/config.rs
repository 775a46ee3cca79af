//! What the options are set to.

use crate::cli::ConfigArgs;
use crate::exit_code::Exit;
use crate::{output, render};

pub(super) fn run(args: &ConfigArgs) -> Exit {
    let text = if args.template {
        render::template(&args.options)
    } else if args.json {
        render::settings_json(args)
    } else {
        render::settings(args)
    };
    output::write(&text);
    Exit::Pass
}
