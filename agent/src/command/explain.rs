//! What a finding or an error text means, and a check of just what the text implies.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use vpce_probes::error_text::{self, ErrorTextError, MAX_TEXT, known_texts};
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
    let (input, started) = match given {
        "-" => (from_stdin()?, Instant::now()),
        _ => (Tail { bytes: given.as_bytes().to_vec(), ..Tail::default() }, started),
    };
    // Logs hold bytes that are no text; whatever they stand for, the rest is read.
    let text = String::from_utf8_lossy(&input.bytes);
    if input.is_cut || text.len() > MAX_TEXT {
        output::complain("the text is long: only its last 64 KiB are read");
    }
    let catalog = request::catalog()?;
    let name = text.trim();
    if let (Ok(code), false) = (name.parse::<Code>(), args.look.output.json) {
        let long =
            explanation(code).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
        output::write(&render::explanation(code, &long, &catalog));
        return nothing_to_check(args);
    }
    let mut explained =
        match error_text::by_name(&catalog, name).map_err(|error| damaged(&error))? {
            Some(explained) => explained,
            None => error_text::read(&catalog, &text).map_err(|error| damaged(&error))?,
        };
    explained.matches.iter_mut().for_each(|found| found.line += input.lines_before);
    if explained.is_empty() {
        return Err(unknown(name));
    }
    let Some(implied) = explained.to_check().filter(|_| args.check) else {
        output::write(&render::text_explanation(&explained, &args.look.output));
        return nothing_to_check(args);
    };
    let rendered =
        |report, output: &OutputArgs| render::text_explanation(&explained.checked(report), output);
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

/// The end of standard input. What happened last stands last in a log.
fn from_stdin() -> Result<Tail, Failure> {
    let mut tail = Tail::default();
    // One byte beyond the limit tells that there is more.
    let mut input = std::io::stdin().lock().take(MAX_INPUT + 1);
    let mut part = vec![0; MAX_TEXT];
    loop {
        match input.read(&mut part) {
            Ok(0) => break,
            Ok(count) => tail.append(part.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                let message = format!("standard input cannot be read: {error}");
                return Err(Failure::new(Exit::Config, message));
            }
        }
    }
    if input.limit() == 0 {
        output::complain("standard input is longer than 64 MiB: what comes after that is not read");
    }
    Ok(tail)
}

/// Most of standard input that is gone through, in bytes.
const MAX_INPUT: u64 = 64 * 1024 * 1024;

/// The last [`MAX_TEXT`] bytes of something longer.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    /// Lines that ended before them.
    lines_before: usize,
    is_cut: bool,
}

impl Tail {
    fn append(&mut self, part: &[u8]) {
        self.bytes.extend_from_slice(part);
        let too_many = self.bytes.len().saturating_sub(MAX_TEXT);
        let gone = self.bytes.drain(..too_many);
        self.lines_before += gone.filter(|byte| *byte == b'\n').count();
        self.is_cut |= too_many > 0;
    }
}
