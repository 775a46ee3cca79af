//! A fault of the program itself is told in one line, and ends with the exit code for it.

use crate::exit_code::Exit;
use crate::{log, output};

/// From here on a panic on any thread ends the program with 70, whether the build unwinds or
/// aborts: nothing that was seen up to then is a verdict.
pub(crate) fn ends_the_program() {
    std::panic::set_hook(Box::new(|panic| {
        let words = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        output::give_up(&format!("internal error{place}: {words}"));
        log::flush();
        std::process::exit(Exit::Internal as i32);
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const IN_CHILD: &str = "VPCE_PROBE_TEST_PANICS";

    #[test]
    fn a_panic_ends_with_70() {
        if std::env::var_os(IN_CHILD).is_some() {
            super::ends_the_program();
            std::thread::spawn(|| panic!("of \u{1b}[31m a test")).join().unwrap_err();
            return;
        }
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "panic::tests::a_panic_ends_with_70", "--nocapture"])
            .env(IN_CHILD, "1")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(70));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("vpce-probe: internal error at agent/src/panic.rs:"), "{told}");
        assert!(told.contains(": of \\u{1b}[31m a test"), "{told}");
    }
}
