//! The command line. Every option has an environment variable, because a task definition sets
//! environment more easily than arguments.

mod agent;
mod configuration;
mod duration;
mod explain;
mod fix;
mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod log;
mod names;
mod parse;
mod refusal;
mod variables;
mod wait;
mod watch;
mod without_form;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use vpce_probes::plan::{AgentWish, FromText};

pub(crate) use self::agent::{AgentArgs, AgentCommand, RestartArgs};
#[cfg(test)]
pub(crate) use self::configuration::command as command_line;
pub(crate) use self::configuration::{ConfigArgs, Effective, Form, Origin};
pub(crate) use self::explain::ExplainArgs;
pub(crate) use self::fix::FixArgs;
pub(crate) use self::log::{LogArgs, LogFormat, LogLevel};
pub(crate) use self::parse::parse;
pub(crate) use self::wait::WaitArgs;
pub(crate) use self::watch::{HealthArgs, SocketArgs, WatchArgs};
pub(crate) use self::words::{ColorArg, FailOn, FixFormat, LaunchTypeArg, ProfileArg};

/// Checks from inside a VPC that every AWS service endpoint that Amazon ECS needs here is private,
/// reachable and trusted, and says what is wrong and what to change.
#[derive(Debug, Parser)]
#[command(
    name = "vpce-probe",
    version,
    args_conflicts_with_subcommands = true,
    args_override_self = true,
    subcommand_help_heading = "Commands",
    disable_help_subcommand = true,
    after_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
}

const EXAMPLES: &str = "\
Examples:
  vpce-probe                                    check this machine or task
  vpce-probe --feature logs,secrets,exec        also what these features need
  vpce-probe --json --deadline 4s               for a machine to read
  vpce-probe wait --timeout 5m                  in user-data, until the endpoints answer
  vpce-probe watch --listen 127.0.0.1:9110      beside a task, with metrics
  vpce-probe health                             in a container health check
  vpce-probe endpoints --region eu-west-1       what is needed, without checking
  vpce-probe agent restart --if-needed          restart the ECS agent when it is stale
  vpce-probe explain VPCE101                    what a finding means
  vpce-probe explain 'CannotPull...'            what an error text means
  vpce-probe fix --format terraform             what would mend it

Options can stand in /etc/vpce-probe/config.toml too: vpce-probe config shows what is set by what.

Exit codes: 0 pass (also with warnings), 1 fail, 64 wrong command line, 70 internal error,
77 missing permission to read a file, 78 unusable file.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print which endpoints are needed here, and why; checks nothing
    Endpoints(Box<EndpointsArgs>),
    /// Check until everything that is required passes
    #[command(mut_args(wait::for_waiting), after_help = wait::AFTER_WAIT)]
    Wait(Box<WaitArgs>),
    /// Check for ever, and tell changes
    #[command(mut_args(watch::for_watching), after_help = watch::AFTER_WATCH)]
    Watch(Box<WatchArgs>),
    /// Say in one line whether this place is healthy, for health checks of containers
    #[command(mut_args(without_form::hide), after_help = watch::AFTER_HEALTH)]
    Health(Box<HealthArgs>),
    /// Look at the ECS agent of this machine, or restart it
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Explain a finding, or an error text of ECS, Docker, an agent or an SDK
    Explain(Box<ExplainArgs>),
    /// Print what would create or correct the endpoints; changes nothing
    #[command(mut_args(fix::for_a_fix), after_help = fix::AFTER_FIX)]
    Fix(Box<FixArgs>),
    /// Print a saved JSON report again, judged by this version
    Report(ReportArgs),
    /// Print what each option is set to, and by what; checks nothing
    #[command(after_help = configuration::AFTER_CONFIG)]
    Config(Box<ConfigArgs>),
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Write metrics to this file too, for node_exporter (ends in .prom)
    #[arg(long, env = "VPCE_PROBE_TEXTFILE", value_name = "PATH", help_heading = "Output", value_parser = names::textfile)]
    pub(crate) textfile: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// How this place is looked at, whatever is wanted of it.
#[derive(Args, Debug)]
#[command(next_help_heading = None::<&'static str>)]
pub(crate) struct LookArgs {
    /// Time for the whole run: 4s, 1500ms
    #[arg(long, env = "VPCE_PROBE_DEADLINE", default_value = "4s", value_name = "DURATION", value_parser = duration::limit)]
    pub(crate) deadline: Duration,
    /// Further certificate authorities that everything here trusts (PEM); see VPCE129
    #[arg(long, env = "VPCE_PROBE_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Exit with 1 already on this
    #[arg(long, env = "VPCE_PROBE_FAIL_ON", default_value = "fail", value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) names: NameArgs,
    #[command(flatten)]
    pub(crate) agent: AgentArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Where am I (found out, unless given)")]
pub(crate) struct PlaceArgs {
    /// Region: us-east-1
    #[arg(long, env = "VPCE_PROBE_REGION", value_name = "REGION", value_parser = names::region)]
    pub(crate) region: Option<String>,
    /// Account id: twelve digits
    #[arg(long, env = "VPCE_PROBE_ACCOUNT", value_name = "ID", value_parser = names::account)]
    pub(crate) account: Option<String>,
    /// Range of the VPC, or of another network that holds endpoints; repeatable
    #[arg(long, env = "VPCE_PROBE_VPC_CIDR", value_name = "CIDR", value_delimiter = ',', value_parser = names::cidr)]
    pub(crate) vpc_cidr: Vec<IpNet>,
    /// Kind of place
    #[arg(long, env = "VPCE_PROBE_LAUNCH_TYPE", value_name = "TYPE")]
    pub(crate) launch_type: Option<LaunchTypeArg>,
    /// Fargate platform version: 1.4.0
    #[arg(long, env = "VPCE_PROBE_PLATFORM_VERSION", value_name = "VERSION", value_parser = names::platform_version)]
    pub(crate) platform_version: Option<String>,
    /// Instance metadata endpoint: http://169.254.169.254
    #[arg(long, env = "VPCE_PROBE_IMDS_ENDPOINT", value_name = "URL", value_parser = names::metadata_url)]
    pub(crate) imds_endpoint: Option<String>,
}

#[derive(Args, Debug, Default)]
#[command(next_help_heading = "What to check (by default what this place needs)")]
pub(crate) struct SelectionArgs {
    /// Needs of this kind of place: ec2, fargate, ssm, external; repeatable
    #[arg(long, env = "VPCE_PROBE_PROFILE", value_name = "PROFILE", value_delimiter = ',')]
    pub(crate) profile: Vec<ProfileArg>,
    /// Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...
    #[arg(long, env = "VPCE_PROBE_FEATURE", value_name = "FEATURE", value_delimiter = ',')]
    pub(crate) feature: Vec<String>,
    /// Task definition (JSON) that says what its task needs as well; - for standard input
    #[arg(long, env = "VPCE_PROBE_TASK_DEFINITION", value_name = "FILE")]
    pub(crate) task_definition: Option<PathBuf>,
    /// Also check this service: logs, kms, ...; repeatable
    #[arg(long, env = "VPCE_PROBE_SERVICE", value_name = "SERVICE", value_delimiter = ',')]
    pub(crate) service: Vec<String>,
    /// Check only these services; repeatable
    #[arg(long, env = "VPCE_PROBE_ONLY", value_name = "SERVICE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Leave these services out; repeatable
    #[arg(long, env = "VPCE_PROBE_SKIP", value_name = "SERVICE", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Also check this host name, which should be private; repeatable
    #[arg(long, env = "VPCE_PROBE_HOST", value_name = "NAME", value_delimiter = ',', value_parser = names::host)]
    pub(crate) host: Vec<String>,
    /// Also connect to Amazon S3 of another Region, to learn whether there is another way out
    #[arg(long, env = "VPCE_PROBE_CHECK_EGRESS", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) check_egress: bool,
    /// What the command has to do with the ECS agent.
    #[arg(skip)]
    pub(crate) ecs_agent: AgentWish,
    /// Only what an error text implies.
    #[arg(skip)]
    pub(crate) from_text: Option<FromText>,
}

impl SelectionArgs {
    /// What is looked at for the ECS agent's sake: everything that this place needs. An agent also
    /// talks to other services, and only their names tell which of its connections are theirs.
    pub(crate) fn for_the_ecs_agent() -> Self {
        Self { ecs_agent: AgentWish::AskedFor, ..Self::default() }
    }

    /// What an error text implies, and nothing else.
    pub(crate) fn of_a_text(implied: FromText) -> Self {
        Self { from_text: Some(implied), ..Self::default() }
    }
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Which names are used")]
pub(crate) struct NameArgs {
    /// Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)
    #[arg(long, env = "VPCE_PROBE_FIPS", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) fips: bool,
    /// Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)
    #[arg(long, env = "VPCE_PROBE_DUAL_STACK", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) dual_stack: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print JSON
    #[arg(long, env = "VPCE_PROBE_JSON", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) json: bool,
    /// Print only what is not well, and the summary
    #[arg(long, env = "VPCE_PROBE_SHORT", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) short: bool,
    /// Print also what was asked, needs and certificates
    #[arg(long, short, env = "VPCE_PROBE_VERBOSE", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) verbose: bool,
    /// Colours; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, env = "VPCE_PROBE_COLOR", default_value = "auto", value_name = "WHEN")]
    pub(crate) color: ColorArg,
}

#[derive(Args, Debug)]
pub(crate) struct EndpointsArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) names: NameArgs,
    /// Print JSON
    #[arg(long, env = "VPCE_PROBE_JSON", help_heading = "Output", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Saved JSON report; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Exit with 1 already on this
    #[arg(long, env = "VPCE_PROBE_FAIL_ON", default_value = "fail", value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        configuration::command().debug_assert();
    }

    #[test]
    fn every_option_that_takes_effect_has_a_variable() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments() {
                let Some(long) = argument.get_long() else { continue };
                // These ask for a text instead of work.
                if matches!(long, "help" | "version" | "list" | "template") {
                    continue;
                }
                let variable = format!("VPCE_PROBE_{}", long.replace('-', "_").to_uppercase());
                let place = format!("{} --{long}", command.get_name());
                assert_eq!(argument.get_env(), Some(variable.as_ref()), "{place}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&configuration::command());
    }
}
