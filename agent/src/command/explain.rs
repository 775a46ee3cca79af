//! What a finding or an error text means, and a check of just what the text implies.

use std::io::Read;
use std::time::Instant;

use vpce_probes::error_text::{self, ErrorTextError, MAX_TEXT, TextExplanation, known_texts};
use vpce_probes::explanation::explanation;
use vpce_probes::findings::Code;

use super::{Failure, check, request};
use crate::cli::{ExplainArgs, OutputArgs, SelectionArgs};
use crate::exit_code::Exit;
use crate::{output, render};

pub(super) fn run(args: &ExplainArgs, started: Instant) -> Result<Exit, Failure> {
    let Some(given) = args.text.as_deref().filter(|_| !args.list) else {
        let known = known_texts().map_err(|error| damaged(&error.into()))?;
        output::write(&render::explanation_list(&known));
        return Ok(Exit::Pass);
    };
    // The time for a check does not pass while somebody types.
    let (text, started) = match given {
        "-" => (from_stdin()?, Instant::now()),
        _ => (given.to_owned(), started),
    };
    if text.len() > MAX_TEXT {
        output::complain("the text is long: only its first 64 KiB are read");
    }
    let catalog = request::catalog()?;
    let name = text.trim();
    if let (Ok(code), false) = (name.parse::<Code>(), args.look.output.json) {
        let long =
            explanation(code).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
        output::write(&render::explanation(code, &long, &catalog));
        return nothing_to_check(args);
    }
    let explained = match error_text::by_name(&catalog, name).map_err(|error| damaged(&error))? {
        Some(explained) => explained,
        None => error_text::read(&catalog, &text).map_err(|error| damaged(&error))?,
    };
    if explained.is_empty() {
        return Err(unknown(name));
    }
    let Some(implied) = explained.to_check().filter(|_| args.check) else {
        output::write(&render::text_explanation(&explained, &args.look.output));
        return nothing_to_check(args);
    };
    let rendered = |report, output: &OutputArgs| {
        let told = TextExplanation { report: Some(Box::new(report)), ..explained };
        render::text_explanation(&told, output)
    };
    check::look(&args.look, &SelectionArgs::of_a_text(implied), rendered, started)
}

/// A check that has nothing to look at did not pass.
fn nothing_to_check(args: &ExplainArgs) -> Result<Exit, Failure> {
    if !args.check {
        return Ok(Exit::Pass);
    }
    output::complain("nothing was checked: the text names and implies no endpoint");
    Ok(Exit::Fail)
}

fn unknown(text: &str) -> Failure {
    let is_a_code = text.len() <= 8 && text.to_ascii_uppercase().starts_with("VPCE");
    let message = if is_a_code {
        format!("there is no finding {text}; vpce-probe explain --list shows all")
    } else if text.trim().is_empty() {
        "there is no text to explain: it is empty".to_owned()
    } else {
        "nothing in this text is known. Known are stopped reasons of ECS tasks, errors of image \
         pulls, lines of the logs of the ECS agent and SSM Agent, errors of AWS SDKs, denials, \
         and refusals to create an endpoint, in English; vpce-probe explain --list shows all"
            .to_owned()
    };
    Failure::new(Exit::Usage, message)
}

fn damaged(error: &ErrorTextError) -> Failure {
    Failure::new(Exit::Internal, error.to_string())
}

/// Logs hold bytes that are no text; whatever they stand for, the rest is read. One byte beyond the
/// limit tells that there is more.
fn from_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(|error| {
        Failure::new(Exit::Config, format!("standard input cannot be read: {error}"))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
