//! Why an endpoint is in the plan, said once for all lines that give the same reason.

use vpce_probes::findings::{Code, EndpointCheck};
use vpce_probes::plan::{Endpoint, Reason};
use vpce_probes::report::Report;
use vpce_probes::status::Status;

/// Lines that are named.
const SHOWN: usize = 3;

/// A reason with everybody who gives it.
pub(super) struct Grouped<'e> {
    /// The first of them.
    pub(super) reason: &'e Reason,
    who: Vec<&'e str>,
}

impl Grouped<'_> {
    /// `task definition, container app: secrets A, B, C and 7 more`
    pub(super) fn who(&self) -> String {
        told_together(&self.who)
    }
}

/// The reasons of an endpoint, those that say the same together.
pub(super) fn grouped(endpoint: &Endpoint) -> Vec<Grouped<'_>> {
    let mut groups: Vec<Grouped<'_>> = Vec::new();
    for reason in &endpoint.reasons {
        let same = groups.iter_mut().find(|group| {
            group.reason.text == reason.text
                && group.reason.need == reason.need
                && group.reason.source == reason.source
        });
        match same {
            Some(group) => group.who.push(&reason.who),
            None => groups.push(Grouped { reason, who: vec![&reason.who] }),
        }
    }
    groups
}

/// The lines of the task that ask for an endpoint which is not well, at the first name that shows
/// it, unless a finding has them already.
pub(super) fn lines_for(report: &Report, check: &EndpointCheck) -> Option<String> {
    let is_ill = |check: &EndpointCheck| check.status != Status::Pass;
    let first = report.checks.iter().find(|it| it.title() == check.title() && is_ill(it));
    if first != Some(check) || check.codes.contains(&Code::OtherRegion) {
        return None;
    }
    let endpoint = report.plan.endpoints.iter().find(|it| it.title() == check.title())?;
    let mut lines: Vec<&str> = Vec::new();
    for reason in endpoint.reasons.iter().filter(|reason| reason.is_of_task()) {
        if !lines.contains(&reason.who.as_str()) {
            lines.push(&reason.who);
        }
    }
    (!lines.is_empty()).then(|| told_together(&lines))
}

/// What a line has in common with the one before it is not said again.
fn told_together(lines: &[&str]) -> String {
    let mut told = String::new();
    let mut before = "";
    for line in lines.iter().take(SHOWN) {
        let added = match (common(before, line, ' '), common(before, line, ',')) {
            _ if before.is_empty() => (*line).to_owned(),
            (Some(rest), _) => format!(", {rest}"),
            (None, Some(rest)) => format!("; {}", rest.trim_start()),
            (None, None) => format!("; {line}"),
        };
        told.push_str(&added);
        before = line;
    }
    match lines.len().saturating_sub(SHOWN) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// What comes in a line after a separator, when all before it is as in the line before: after the
/// last space, or after the first comma.
fn common<'l>(before: &str, line: &'l str, separator: char) -> Option<&'l str> {
    let split = |text: &'l str| match separator {
        ' ' => text.rsplit_once(separator),
        _ => text.split_once(separator),
    };
    let (place, rest) = split(line)?;
    let same = before.strip_prefix(place)?.strip_prefix(separator)?;
    (separator != ' ' || !same.contains(separator)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_are_told_shortly() {
        let secret = |name: &str| format!("task definition, container app: secrets {name}");
        let secrets: Vec<String> = (0..10).map(|number| secret(&format!("S{number}"))).collect();
        let lines: Vec<&str> = secrets.iter().map(String::as_str).collect();
        assert_eq!(
            told_together(&lines),
            "task definition, container app: secrets S0, S1, S2 and 7 more"
        );
        let images = ["task metadata, container a: image", "task metadata, container b: image"];
        assert_eq!(told_together(&images), "task metadata, container a: image; container b: image");
        let other = ["task metadata, container a: image", "task definition: volume data"];
        assert_eq!(told_together(&other), other.join("; "));
        assert_eq!(told_together(&["profile ec2", "feature logs"]), "profile ec2; feature logs");
    }
}
