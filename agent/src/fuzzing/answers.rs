//! What a watch answers to a health check.

use crate::health::Answer;

/// The line of a watch, which may be of another version, or something else altogether.
pub fn health_answer(bytes: &[u8]) {
    let Some(answer) = Answer::from_line(bytes) else { return };
    for fail_on_warn in [false, true] {
        let told = answer.judged(fail_on_warn);
        let begins = if told.is_healthy() { "healthy: " } else { "unhealthy: " };
        assert!(told.line.starts_with(begins) && told.line.len() <= 2_000, "{}", told.line);
        let mut bytes = told.line.bytes();
        assert!(bytes.all(|byte| (b' '..=b'~').contains(&byte)), "{}", told.line);
        assert!(!told.is_healthy() || !fail_on_warn || answer.judged(false).is_healthy());
    }
    let line = answer.to_line();
    let again = Answer::from_line(line.as_bytes()).map(|answer| answer.to_line());
    assert_eq!(again, Some(line));
}
