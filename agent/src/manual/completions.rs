//! Completions of the command line. Beside what `--help` knows they know the catalog and the codes,
//! so that shells can propose services, features and findings by name.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use vpce_probes::catalog::Catalog;
use vpce_probes::findings::Code;

use super::option_text::takes_value;
use crate::cli::command_line;

/// The file of each shell.
pub(super) const FILES: [(Shell, &str); 3] = [
    (Shell::Bash, "vpce-probe.bash"),
    (Shell::Fish, "vpce-probe.fish"),
    (Shell::Zsh, "_vpce-probe"),
];

pub(super) fn completions(shell: Shell) -> String {
    let catalog = Catalog::builtin().unwrap();
    let mut made = Vec::new();
    let mut command = with_proposals(command_line(), &catalog);
    clap_complete::generate(shell, &mut command, "vpce-probe", &mut made);
    let made = String::from_utf8(made).unwrap();
    match shell {
        // clap_complete 4.6 takes the hyphen in the program's name for the end of a command's name in
        // one of two places, and then knows no command.
        Shell::Bash => made.replace("vpce__subcmd__probe", "vpce__probe"),
        // It takes a line whose last word is an option without its value for a wrong one, and then
        // proposes no value.
        Shell::Fish => {
            made.replace("-- $cmd 2>/dev/null", "-- $cmd '' 2>/dev/null")
                .replace("if set -q argv[1]", "if test -n \"$argv[1]\"")
                + &codes_for_fish()
        }
        _ => made,
    }
}

/// clap_complete proposes to fish nothing that stands without an option before it.
fn codes_for_fish() -> String {
    let line = |code: &Code| {
        let title = code.title().trim_end_matches('.').replace('\'', "\\'");
        let place = "complete -c vpce-probe -n \"__fish_vpce_probe_using_subcommand explain\"";
        format!("{place} -f -a {} -d '{title}'\n", code.word())
    };
    Code::ALL.iter().map(line).collect()
}

fn with_proposals(command: Command, catalog: &Catalog) -> Command {
    command
        .mut_args(|option| proposing(option, catalog))
        .mut_subcommands(|command| with_proposals(command, catalog))
}

fn proposing(option: Arg, catalog: &Catalog) -> Arg {
    match option.get_id().as_str() {
        "feature" => option.value_parser(one_of(catalog.features())),
        "service" | "only" | "skip" => {
            let services = catalog.services.iter().map(|service| service.name.as_str());
            option.value_parser(one_of(services.collect()))
        }
        "text" => {
            let codes = Code::ALL.iter().map(|code| {
                PossibleValue::new(code.word()).help(code.title().trim_end_matches('.'))
            });
            option.value_parser(PossibleValuesParser::new(codes))
        }
        // A path of its own parser: the textfile of metrics, and a socket.
        "textfile" | "socket" => option.value_hint(ValueHint::AnyPath),
        // What is neither a word nor a file cannot be proposed.
        _ if takes_value(&option) && option.get_value_hint() == ValueHint::Unknown => {
            option.value_hint(ValueHint::Other)
        }
        _ => option,
    }
}

fn one_of(names: Vec<&str>) -> PossibleValuesParser {
    // The parser wants them for ever, and a test does not live longer.
    names
        .into_iter()
        .map(|name| &*Box::leak(name.to_owned().into_boxed_str()))
        .collect::<Vec<_>>()
        .into()
}
