//! The fix for what a run found, in every format: printed whatever the run found, harmless, and left
//! below the target directory for `tests/verify-fixes`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use vpce_lab::Scenario;

use crate::under_test;

/// The formats, and what their files end in.
const FORMATS: [(&str, &str); 3] = [("cli", "sh"), ("terraform", "tf"), ("cloudformation", "yaml")];

/// What failed has a fix, what passed has none, and no secret gets into any.
pub(crate) fn hold_what_is_expected(scenario: &Scenario, saved: &str) -> Result<(), Failed> {
    let expect = &scenario.expect;
    for text in of(&scenario.name, saved)? {
        let has_none = text.starts_with("# Nothing to fix in ");
        let wrong = match expect.status.as_str() {
            "fail" => has_none,
            "pass" if expect.codes.is_empty() => !has_none,
            _ => false,
        };
        if wrong {
            return Err(format!("the status is {}, but the fix is\n{text}", expect.status).into());
        }
        if let Some(secret) = expect.never.iter().find(|secret| text.contains(*secret)) {
            return Err(format!("the fix says {secret:?}\n{text}").into());
        }
    }
    Ok(())
}

/// The texts for a saved report, one for each format; none where its Region is not known.
fn of(name: &str, saved: &str) -> Result<Vec<String>, Failed> {
    let mut texts = Vec::new();
    for (format, ending) in FORMATS {
        let mut child = Command::new(under_test::program())
            .args(["fix", "--report", "-", "--format", format])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or("no stdin")?.write_all(saved.as_bytes())?;
        let output = child.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        let told = String::from_utf8(output.stderr)?;
        match output.status.code() {
            Some(0) if !text.is_empty() && told.is_empty() => {}
            Some(64) if text.is_empty() && told.contains("Region") => continue,
            Some(64) if text.is_empty() && told.contains("partition") => continue,
            code => return Err(format!("fix ends with {code:?}: {told}\n{text}").into()),
        }
        if let Some(line) = text.lines().find(|line| !is_plain(line)) {
            return Err(format!("the fix is not plain ASCII: {line:?}").into());
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixes");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.{ending}")), &text)?;
        texts.push(text);
    }
    Ok(texts)
}

fn is_plain(line: &str) -> bool {
    line.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}
