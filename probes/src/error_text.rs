//! What an error text tells: a stopped reason of an ECS task, a line of an agent's log, an error of
//! an SDK, of Docker or of a Go program. Pure: the texts that are known are data, in
//! `error_texts.toml`, and nothing is asked of anybody.

mod addresses;
mod answer;
mod aws_host;
mod hosts;
mod known;
mod records;
mod services;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::addresses::NamedAddress;
pub use self::answer::Answer;
pub use self::hosts::{HostKind, NamedHost};
pub use self::known::{Kind, KnownText, Part, known_texts};
pub use self::services::ImpliedService;

use self::addresses::Public;
use crate::built_in::BuiltInError;
use crate::catalog::{Catalog, Document};
use crate::explanation::{ExplanationError, explanation};
use crate::findings::Code;
use crate::plan::FromText;
use crate::report::{Report, SCHEMA_VERSION};

/// Most of a text that is read, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// Most entries that are told of one text.
const MAX_MATCHES: usize = 5;

/// What a text tells, as `vpce-probe explain --json` prints it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextExplanation {
    /// Version of this form: `1.0`.
    pub schema_version: String,
    /// The short answer; absent where no text was recognised and no endpoint is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The known texts in it, in the order of the text; at most 5.
    pub matches: Vec<Match>,
    /// The services whose endpoints it implies.
    pub services: Vec<ImpliedService>,
    /// The host names in it.
    pub hosts: Vec<NamedHost>,
    /// The addresses in it that something was connected to.
    pub addresses: Vec<NamedAddress>,
    /// The resolvers in it that were asked for a name.
    pub resolvers: Vec<NamedAddress>,
    /// The report of the check, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Box<Report>>,
}

/// A known text that was found, or a finding that the text names.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Match {
    /// Its id: `registry-login`, or the code of the finding.
    pub id: String,
    /// Whether it says what was tried, or how it failed.
    pub part: Part,
    /// Kind of the cause.
    pub kind: Kind,
    /// It in one sentence.
    pub title: String,
    /// What it says, and what follows from it.
    pub meaning: String,
    /// What causes it, the most frequent first.
    pub causes: Vec<String>,
    /// What to change.
    pub change: Vec<String>,
    /// The findings that a check of the endpoints has for these causes.
    pub codes: Vec<Code>,
    /// Where to read more.
    pub documents: Vec<Document>,
    /// The line of the text, counted from 1, at which it begins.
    pub line: usize,
}

/// Why a text could not be explained.
#[derive(Debug, Error)]
pub enum ErrorTextError {
    /// The file built into the program is not valid.
    #[error("the built-in error texts cannot be read: {0}")]
    Syntax(#[from] BuiltInError),
    /// The explanations built into the program are not valid.
    #[error(transparent)]
    Explanation(#[from] ExplanationError),
}

/// Reads a text. Of a longer one, the last [`MAX_TEXT`] bytes are read: what happened last stands
/// last in a log.
///
/// # Errors
/// Only when the files that were compiled in are damaged, which the tests rule out.
pub fn read(catalog: &Catalog, text: &str) -> Result<TextExplanation, ErrorTextError> {
    let (before, text) = ending(text);
    let lines_before = before.bytes().filter(|byte| *byte == b'\n').count();
    let known = known_texts()?;
    let mut found: Vec<(&KnownText, usize)> = Vec::new();
    for record in records::records(text) {
        for part in [Part::Operation, Part::Failure] {
            let Some(best) = known::best(&known, part, &record.text) else { continue };
            if !found.iter().any(|(other, _)| other.id == best.id) {
                found.push((best, record.line));
            }
        }
    }
    // Of a long log, what comes first is told: the rest follows from it most of the time.
    found.truncate(MAX_MATCHES);
    let mut matches: Vec<Match> =
        found.iter().map(|(known, line)| Match::of_text(known, *line, catalog)).collect();
    matches.extend(findings(text, catalog, MAX_MATCHES - matches.len())?);
    matches.iter_mut().for_each(|found| found.line += lines_before);
    let hosts = hosts::hosts(catalog, text);
    let entries: Vec<&KnownText> = found.iter().map(|(known, _)| *known).collect();
    let services = services::implied(catalog, text, &entries, &hosts);
    let public = Public::of(&hosts, &services);
    let (addresses, resolvers) = addresses::addresses(text, public);
    if let Some(region) = services::usual_region(catalog, &services) {
        matches.iter_mut().for_each(|found| found.name_region(region));
    }
    let mut explained = TextExplanation {
        schema_version: SCHEMA_VERSION.to_owned(),
        answer: None,
        matches,
        services,
        hosts,
        addresses,
        resolvers,
        report: None,
    };
    explained.answer = answer::answer(&explained);
    Ok(explained)
}

/// The entry of an id or the finding of a code, by itself.
///
/// # Errors
/// As [`read`].
pub fn by_name(catalog: &Catalog, name: &str) -> Result<Option<TextExplanation>, ErrorTextError> {
    let entry = known_texts()?.into_iter().find(|known| known.id == name);
    let found = match (entry, name.parse::<Code>()) {
        (Some(known), _) => Match::of_text(&known, 1, catalog),
        (None, Ok(code)) => Match::of_finding(code, 1, catalog)?,
        (None, Err(())) => return Ok(None),
    };
    Ok(Some(TextExplanation {
        schema_version: SCHEMA_VERSION.to_owned(),
        answer: None,
        matches: vec![found],
        services: Vec::new(),
        hosts: Vec::new(),
        addresses: Vec::new(),
        resolvers: Vec::new(),
        report: None,
    }))
}

impl TextExplanation {
    /// Whether nothing in the text was recognised: no known text, and no name of an endpoint.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty() && !self.hosts.iter().any(|host| host.kind != HostKind::Outside)
    }

    /// With the report of the check. What the text names of another Region than this place's calls
    /// for something else than an endpoint here, and the finding about that tells what.
    #[must_use]
    pub fn checked(mut self, report: Report) -> Self {
        let of_another = report.findings.iter().find(|found| found.code == Code::OtherRegion);
        // Where the service answered, no check was called for, and the Region is not what is wrong.
        let answer = self.answer.as_mut().filter(|answer| answer.check.is_some());
        if let (Some(answer), Some(found)) = (answer, of_another) {
            answer.change.clone_from(&found.change);
        }
        self.report = Some(Box::new(report));
        self
    }

    /// What a check of just this looks at; `None` where the text implies nothing to check.
    pub fn to_check(&self) -> Option<FromText> {
        let checked = FromText {
            services: self
                .services
                .iter()
                .map(|implied| (implied.service.clone(), implied.region.clone()))
                .collect(),
            hosts: self.hosts.iter().filter_map(NamedHost::to_check).collect(),
        };
        (!checked.services.is_empty() || !checked.hosts.is_empty()).then_some(checked)
    }
}

impl Match {
    fn of_text(known: &KnownText, line: usize, catalog: &Catalog) -> Self {
        Self {
            id: known.id.clone(),
            part: known.part,
            kind: known.kind,
            title: known.title.clone(),
            meaning: known.meaning.trim_end().to_owned(),
            causes: known.causes.clone(),
            change: known.change.clone(),
            codes: known.codes.clone(),
            documents: documents(catalog, &known.documents),
            line,
        }
    }

    /// Puts the Region into commands and names that can then be copied. Names of variables
    /// (`AWS_REGION`) stay as they are.
    fn name_region(&mut self, region: &str) {
        for line in &mut self.change {
            let mut pieces = line.split("REGION");
            let mut named = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                named.push_str(if named.ends_with('_') { "REGION" } else { region });
                named.push_str(piece);
            }
            *line = named;
        }
    }

    fn of_finding(code: Code, line: usize, catalog: &Catalog) -> Result<Self, ErrorTextError> {
        let long = explanation(code)?;
        Ok(Self {
            id: code.word().to_owned(),
            part: Part::Failure,
            kind: Kind::Finding,
            title: code.title().to_owned(),
            meaning: long.meaning.trim_end().to_owned(),
            causes: long.causes,
            change: long.change,
            codes: vec![code],
            documents: documents(catalog, &long.documents),
            line,
        })
    }
}

fn documents(catalog: &Catalog, ids: &[String]) -> Vec<Document> {
    ids.iter().filter_map(|id| catalog.document(id)).cloned().collect()
}

/// The findings whose codes stand in the text: somebody pasted a report.
fn findings(text: &str, catalog: &Catalog, most: usize) -> Result<Vec<Match>, ErrorTextError> {
    let mut found: Vec<Match> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            let Ok(code) = word.parse::<Code>() else { continue };
            if found.len() < most && !found.iter().any(|other| other.id == code.word()) {
                found.push(Match::of_finding(code, number + 1, catalog)?);
            }
        }
    }
    Ok(found)
}

/// What comes before the last [`MAX_TEXT`] bytes, and these.
fn ending(text: &str) -> (&str, &str) {
    let start = text.ceil_char_boundary(text.len().saturating_sub(MAX_TEXT));
    text.split_at_checked(start).unwrap_or(("", text))
}

#[cfg(test)]
mod tests;
