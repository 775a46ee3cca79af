//! An event as one line that every log takes whole.

use vpce_probes::event::Event;

use crate::render;

/// Logs of containers part lines that are longer than 16 KiB. In bytes, with the newline.
const LONGEST: usize = 16 * 1024 - 1;

/// The event on one line, with as many of its findings as there is room for.
pub(super) fn event_line(mut event: Event) -> String {
    loop {
        let line = render::json(&event);
        if line.len() <= LONGEST || !event.leave_one_out() {
            return line;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use vpce_probes::event::{Change, FindingInShort};
    use vpce_probes::findings::{Code, Finding};
    use vpce_probes::observation::Observations;
    use vpce_probes::plan::Plan;
    use vpce_probes::report::Report;
    use vpce_probes::status::{Severity, Status};
    use vpce_probes::surroundings::{Fact, Source, Surroundings};

    use super::*;

    /// An event of so many findings, each as long as what is outside of the program can make it.
    fn line_of(findings: usize) -> (usize, Value) {
        let long = "\u{1f512}".repeat(10_000);
        let surroundings = Surroundings {
            task_arn: Fact::known(long.clone(), Source::TASK_METADATA),
            cluster: Fact::known(long.clone(), Source::TASK_METADATA),
            ..Surroundings::default()
        };
        let mut report = Report::new(surroundings, Plan::default(), Observations::default());
        report.findings = vec![
            Finding {
                code: Code::ALL[0],
                severity: Severity::Fail,
                seen: long.clone(),
                meaning: long.clone(),
                change: long,
                services: vec!["ecs-telemetry".to_owned(); 200],
                hosts: vec!["a-host-name.us-east-1.amazonaws.com".to_owned(); 200],
            };
            findings
        ];
        let change =
            Change { from: None, to: Status::Fail, checks: 1, since: report.started_at.clone() };
        let line = event_line(Event::of(change, false, None, &report));
        (line.len(), serde_json::from_str(&line).unwrap())
    }

    #[test]
    fn a_line_never_gets_too_long_and_says_what_is_missing() {
        for findings in [0, 1, 2, 7, 300] {
            let (length, event) = line_of(findings);
            assert!(length <= LONGEST, "{findings}: {length}");
            let shown = event["findings"].as_array().unwrap().len();
            assert!(shown > 0 || findings == 0, "{findings}");
            assert_eq!(event["findings_left_out"], findings - shown);
        }
    }

    #[test]
    fn findings_in_short_keep_what_is_short() {
        let finding = Finding {
            code: Code::ALL[0],
            severity: Severity::Warn,
            seen: "seen".to_owned(),
            meaning: String::new(),
            change: String::new(),
            services: vec!["ecs".to_owned()],
            hosts: Vec::new(),
        };
        let short = serde_json::to_value(FindingInShort::of(&finding)).unwrap();
        assert_eq!((&short["seen"], &short["services"][0]), (&"seen".into(), &"ecs".into()));
    }
}
