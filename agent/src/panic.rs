//! A fault of the program itself is told in one line, and ends with the exit code for it.

use crate::exit_code::Exit;
use crate::{health, output};

/// From here on a panic on any thread ends the program with 70, in a health check with 1, whether the
/// build unwinds or aborts: nothing that was seen up to then is a verdict.
pub(crate) fn ends_the_program() {
    std::panic::set_hook(Box::new(|panic| {
        let words = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let message = format!("internal error{place}: {words}");
        let exit = if health::is_wanted() {
            health::refuse(&message)
        } else {
            output::give_up(&message);
            Exit::Internal
        };
        std::process::exit(exit as i32);
    }));
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    const IN_CHILD: &str = "VPCE_PROBE_TEST_PANICS";

    #[test]
    fn a_panic_ends_with_70() {
        let Some(output) = panicked("panic::tests::a_panic_ends_with_70", &[]) else { return };
        assert_eq!(output.status.code(), Some(70));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("vpce-probe: internal error at agent/src/panic.rs:"), "{told}");
        assert!(told.contains(": of \\u{1b}[31m a test"), "{told}");
    }

    #[test]
    fn in_a_health_check_a_panic_ends_with_1() {
        let name = "panic::tests::in_a_health_check_a_panic_ends_with_1";
        let Some(output) = panicked(name, &["health"]) else { return };
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(told.contains("\nunhealthy: internal error at agent/src/panic.rs:"), "{told}");
    }

    /// How that test ends in a process of its own; there it panics.
    fn panicked(name: &str, args: &[&str]) -> Option<Output> {
        if std::env::var_os(IN_CHILD).is_some() {
            super::ends_the_program();
            std::thread::spawn(|| panic!("of \u{1b}[31m a test")).join().unwrap_err();
            return None;
        }
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture"]).args(args).env(IN_CHILD, "1");
        Some(child.output().unwrap())
    }
}
