//! Statuses, and how the worst of several is chosen.

use serde::{Deserialize, Serialize};

/// What is known about one check, or about the whole run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Status {
    /// Checked, and as it should be.
    Pass,
    /// Not checked, because a step before it failed.
    Skip,
    /// Works, but a person should look at it.
    Warn,
    /// Cannot be known from here, or was not finished.
    Unknown,
    /// Checked, and not as it should be.
    Fail,
}

impl Status {
    /// The worse of two statuses: fail, unknown, warn, skip, pass, in this order.
    pub fn worst(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Skip => 1,
            Self::Warn => 2,
            Self::Unknown => 3,
            Self::Fail => 4,
        }
    }
}

/// How much one finding weighs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Worth knowing; changes no status.
    Info,
    /// Works today, but is fragile or surprising.
    Warn,
    /// Something that matters could not be observed.
    Unknown,
    /// Something that is needed does not work.
    Fail,
}

impl Severity {
    /// The status that a check gets from a finding of this severity.
    pub fn status(self) -> Status {
        match self {
            Self::Info => Status::Pass,
            Self::Warn => Status::Warn,
            Self::Unknown => Status::Unknown,
            Self::Fail => Status::Fail,
        }
    }

    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Status; 5] =
        [Status::Pass, Status::Skip, Status::Warn, Status::Unknown, Status::Fail];

    #[test]
    fn worst_is_commutative_and_never_better_than_its_parts() {
        for a in ALL {
            for b in ALL {
                assert_eq!(a.worst(b), b.worst(a));
                assert!(a.worst(b) == a || a.worst(b) == b);
                assert_eq!(a.worst(Status::Fail), Status::Fail);
                assert_eq!(a.worst(Status::Pass), a);
            }
        }
    }
}
