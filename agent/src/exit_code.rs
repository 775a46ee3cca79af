//! The exit codes of the program, the same for every output format.

use std::process::ExitCode;

use vpce_probes::status::Status;

/// Everything that the program can end with. Docker reserves 2 in health checks, so misuse has the
/// code that sysexits(3) gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// The verdict is pass.
    Pass = 0,
    /// The verdict is fail, or something that matters is not known.
    Fail = 1,
    /// The command line is wrong.
    Usage = 64,
    /// The program itself is at fault.
    Internal = 70,
    /// A file may not be read by this user.
    NoPermission = 77,
    /// A file given as configuration is wrong.
    Config = 78,
}

impl Exit {
    /// The exit code of a verdict.
    pub(crate) fn of_verdict(status: Status, fail_on_warn: bool) -> Self {
        match status {
            Status::Pass => Self::Pass,
            Status::Warn if !fail_on_warn => Self::Pass,
            Status::Warn | Status::Unknown | Status::Skip | Status::Fail => Self::Fail,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_seen_to_be_well_passes() {
        assert_eq!(Exit::of_verdict(Status::Pass, true), Exit::Pass);
        assert_eq!(Exit::of_verdict(Status::Warn, false), Exit::Pass);
        assert_eq!(Exit::of_verdict(Status::Warn, true), Exit::Fail);
        for status in [Status::Unknown, Status::Skip, Status::Fail] {
            assert_eq!(Exit::of_verdict(status, false), Exit::Fail);
        }
    }
}
