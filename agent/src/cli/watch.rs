//! Options of `vpce-probe watch` and of `vpce-probe health`, which asks it.

use std::net::SocketAddr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr as UnixAddress;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, value_parser};

use super::{LogArgs, LookArgs, SelectionArgs, duration, names, wait, without_form};

/// Where a watch tells how things stand. The name is in the network namespace instead of a folder:
/// it needs no disk that can be written.
const SOCKET: &str = "@vpce-probe";
const USUAL_NAME: &[u8] = b"vpce-probe";

pub(super) const AFTER_WATCH: &str = "\
Prints a line of JSON whenever the verdict changes; lines that nobody reads are dropped. Never ends
because a check fails. SIGTERM and SIGINT end it with exit code 0; SIGHUP reads the files of --ca-file
and --task-definition again, and checks at once. Options that are changed in the configuration file
take effect when it is started again. Every check finds out anew where this is, and reads resolv.conf
and the metadata again.

Exit codes: 0 ended by a signal, 64 wrong command line, 70 internal error, 77 missing permission,
78 unusable file or address.";

#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// Time from one check to the next: 30s, 5m
    #[arg(long, env = "VPCE_PROBE_INTERVAL", default_value = "30s", value_name = "DURATION", value_parser = duration::pause)]
    pub(crate) interval: Duration,
    /// Checks in a row that must be worse before the verdict gets worse
    #[arg(long, env = "VPCE_PROBE_FAIL_AFTER", default_value = "3", value_name = "CHECKS", value_parser = value_parser!(u8).range(1..=100))]
    pub(crate) fail_after: u8,
    /// Checks in a row that must be better before the verdict gets better
    #[arg(long, env = "VPCE_PROBE_RECOVER_AFTER", default_value = "1", value_name = "CHECKS", value_parser = value_parser!(u8).range(1..=100))]
    pub(crate) recover_after: u8,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
    #[command(flatten)]
    pub(crate) socket: SocketArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// The option as it is meant by a watch, where a check is one of many and ends nothing.
pub(super) fn for_watching(option: Arg) -> Arg {
    match option.get_id().as_str() {
        "fail_on" => option
            .help("Not healthy is what fails (fail), or warns too (warn)")
            .hide_possible_values(true),
        _ => without_form::hide(wait::for_each_check(option)),
    }
}

impl WatchArgs {
    /// Refuses what contradicts itself, and options of a report, which a watch does not print.
    pub(super) fn settle(
        &self,
        matches: &ArgMatches,
        command: &mut Command,
    ) -> Result<(), clap::Error> {
        let whom = "watch, whose events always are JSON";
        without_form::refuse(without_form::FORM, whom, matches, command)?;
        let (interval, deadline) = (self.interval, self.look.deadline);
        if interval < deadline {
            let words = format!(
                "--interval ({interval:?}) must not be shorter than --deadline ({deadline:?}): a \
                 check has to end before the next one is due"
            );
            return Err(command.error(ErrorKind::ValueValidation, words));
        }
        Ok(())
    }
}

/// To whom the results are told.
#[derive(Args, Debug)]
#[command(next_help_heading = "Telling others")]
pub(crate) struct TellingArgs {
    /// Print every check for CloudWatch (embedded metric format) instead of events
    #[arg(long, env = "VPCE_PROBE_EMF", value_parser = FalseyValueParser::new())]
    pub(crate) emf: bool,
    /// Serve /metrics, /healthz, /livez and /report here: 127.0.0.1:9110
    #[arg(long, env = "VPCE_PROBE_LISTEN", value_name = "ADDRESS:PORT", value_parser = names::listen)]
    pub(crate) listen: Option<SocketAddr>,
    /// Write metrics to this file too, for node_exporter (ends in .prom)
    #[arg(long, env = "VPCE_PROBE_TEXTFILE", value_name = "PATH", value_parser = names::textfile)]
    pub(crate) textfile: Option<PathBuf>,
}

/// Where health asks.
#[derive(Args, Debug)]
#[command(next_help_heading = "Where the watch is asked")]
pub(crate) struct SocketArgs {
    /// Unix socket: a path, or a name after @ that needs no disk
    #[arg(long, env = "VPCE_PROBE_SOCKET", default_value = SOCKET, value_name = "SOCKET", value_parser = names::socket)]
    pub(crate) socket: UnixAddress,
    /// Whether the caller has chosen it.
    #[arg(skip)]
    pub(crate) is_given: bool,
}

impl SocketArgs {
    /// Notes where the name comes from. A file may have it too, and is no other source than none.
    pub(super) fn note(&mut self, matches: &ArgMatches) {
        let is_typed = matches.value_source("socket") != Some(ValueSource::DefaultValue);
        let is_usual = self.socket.as_abstract_name().is_some_and(|name| name == USUAL_NAME);
        self.is_given = is_typed || !is_usual;
    }
}

pub(super) const AFTER_HEALTH: &str = "\
Asks the vpce-probe watch that runs here, as this user or as root. Its verdict counts for two of its
intervals; that it does not answer is not healthy. Where none runs, the check is done now, within
--deadline; what to check counts only then. Prints one line, the verdict first.

Exit codes: 0 healthy, 1 not healthy or not known; there are no others.";

#[derive(Args, Debug)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    pub(crate) socket: SocketArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}
