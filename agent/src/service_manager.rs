//! What systemd is told, where it is this program's parent and wants to know (Type=notify).

mod channel;

use std::env::var_os;
use std::ffi::OsString;
use std::time::Duration;

use vpce_probes::printable::printable;

use self::channel::Channel;

/// Longest status, in bytes: `systemctl status` shows it in one line.
const LONGEST_STATUS: usize = 999;

/// A watchdog that is more impatient than anybody can mean does not keep the program busy.
const LEAST_PAUSE: Duration = Duration::from_millis(10);

/// The way to systemd. Without one, everything here does nothing. Nothing here fails or waits.
///
/// Source: sd_notify(3), sd_watchdog_enabled(3).
#[derive(Debug, Default)]
pub(crate) struct ServiceManager {
    channel: Option<Channel>,
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// As the environment says (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID).
    pub(crate) fn from_environment() -> Self {
        Self::told(var_os)
    }

    fn told(var: impl Fn(&'static str) -> Option<OsString>) -> Self {
        let Some(socket) = var("NOTIFY_SOCKET").filter(|socket| !socket.is_empty()) else {
            return Self::default();
        };
        match Channel::to(&socket) {
            Ok(channel) => Self {
                channel: Some(channel),
                watchdog: watchdog(var("WATCHDOG_USEC"), var("WATCHDOG_PID")),
            },
            Err(error) => {
                let socket = socket.display();
                tracing::warn!(%socket, %error, "systemd cannot be told how things stand");
                Self::default()
            }
        }
    }

    /// How often [`Self::is_alive`] has to be called; none where no watchdog waits.
    pub(crate) fn watchdog_pause(&self) -> Option<Duration> {
        self.watchdog.map(|patience| (patience / 2).max(LEAST_PAUSE))
    }

    /// The first check has ended. To be called once.
    pub(crate) fn is_ready(&self) {
        self.tell("READY", "1");
    }

    /// How things stand, in one line.
    pub(crate) fn status(&self, line: &str) {
        let mut line = printable(line);
        // Every byte of what is printable is a character.
        line.truncate(LONGEST_STATUS);
        self.tell("STATUS", &line);
    }

    /// Checks are still done.
    pub(crate) fn is_alive(&self) {
        self.tell("WATCHDOG", "1");
    }

    /// The program ends now.
    pub(crate) fn is_stopping(&self) {
        self.tell("STOPPING", "1");
    }

    fn tell(&self, key: &'static str, value: &str) {
        if let Some(channel) = &self.channel {
            channel.tell(key, value);
        }
    }
}

/// How long the watchdog waits; none where it waits for another process, or not at all.
fn watchdog(microseconds: Option<OsString>, pid: Option<OsString>) -> Option<Duration> {
    let microseconds: u64 = microseconds?.to_str()?.parse().ok()?;
    let is_meant = match pid {
        Some(pid) => pid.to_str()?.parse() == Ok(std::process::id()),
        None => true,
    };
    (is_meant && microseconds > 0).then(|| Duration::from_micros(microseconds))
}

#[cfg(test)]
mod tests;
