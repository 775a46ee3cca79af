//! What systemd is told, where it is this program's parent and wants to know (Type=notify).

use std::time::Duration;

/// The way to systemd. Without one, everything here does nothing.
#[derive(Debug, Default)]
pub(crate) struct ServiceManager;

impl ServiceManager {
    /// As the environment says (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID).
    pub(crate) fn from_environment() -> Self {
        Self
    }

    /// How often [`Self::is_alive`] has to be called; none where no watchdog waits.
    pub(crate) fn watchdog_pause(&self) -> Option<Duration> {
        None
    }

    /// The first check has ended. To be called once.
    pub(crate) fn is_ready(&self) {}

    /// How things stand, in one line.
    pub(crate) fn status(&self, _line: &str) {}

    /// Checks are still done.
    pub(crate) fn is_alive(&self) {}

    /// The program ends now.
    pub(crate) fn is_stopping(&self) {}
}
