//! The manual page of the configuration file.

use clap::{Arg, Command};

use super::command_page::reference;
use super::option_text::{placeholder, write_facts};
use super::roff::{Roff, bold, italic};
use super::{all, typed};
use crate::config::{self, DEFAULT_FILE, is_number, is_repeatable, is_switch, why_not};

pub(super) fn page(command: &Command) -> String {
    let mut page = Roff::new("vpce-probe-config", 5, "options of vpce-probe in a file");
    page.section("SYNOPSIS");
    page.line(&italic(DEFAULT_FILE));
    page.section("DESCRIPTION");
    page.text(
        "A file in TOML in which options can stand. Its keys are the long names of the options, \
         without the hyphens in front, and its values what those options take. There are no tables: \
         one list of keys is for all commands, and each command takes what is its own.",
    );
    page.paragraph(
        "What is typed counts before the option's environment variable, that before the file, and \
         the file before what the option is by itself. A list in the file is replaced as a whole, \
         not added to.",
    );
    page.paragraph(
        "Every command reads the file when it starts, and refuses one in which anything is wrong, \
         with line and key, and exit code 78: a key that there is not, a value of another form, or \
         one that the option does not take. A file that may not be read ends with 77. That the \
         usual file is not there means nothing; a file that is named has to be there. A file has at \
         most 256 KiB.",
    );
    page.line(".PP");
    page.line(&format!(
        "{} shows what every option is set to and by what; {} prints a file to begin with.",
        bold("vpce-probe config"),
        bold("vpce-probe config --template")
    ));
    page.section("KEYS");
    let (refused, taken): (Vec<_>, Vec<_>) =
        config::options(command).into_iter().partition(|(name, _)| why_not(name).is_some());
    for (name, option) in taken {
        let tag = format!("{} = {}", bold(name), italic(&form(option)));
        page.tagged(&tag, &option.get_help().map(ToString::to_string).unwrap_or_default());
        write_facts(&mut page, option);
        page.below(&format!("For: {}.", takers(command, name).join(", ")));
    }
    page.section("WHAT CANNOT STAND IN A FILE");
    for (name, _) in refused {
        let why = why_not(name).unwrap_or_default();
        page.tagged(&bold(&format!("--{name}")), &format!("It {why}."));
    }
    page.section("ENVIRONMENT");
    page.tagged("VPCE_PROBE_CONFIG", "The file that is read instead, as with --config.");
    page.section("FILES");
    page.tagged(&italic(DEFAULT_FILE), "Read where no other file is named.");
    page.section("EXAMPLES");
    page.text("A watch with metrics, and health checks of the same:");
    page.line(".PP");
    page.example(EXAMPLE);
    page.section("SEE ALSO");
    page.line(&format!("{},\n{}", reference("vpce-probe", 1), reference("vpce-probe-config", 1)));
    page.into_text()
}

/// A file that a test holds to what files are.
pub(super) const EXAMPLE: &str = "\
# What this service uses, beside what every task needs.
feature = [\"logs\", \"secrets\"]
interval = \"1m\"
fail-after = 3
listen = \"127.0.0.1:9110\"
check-egress = true";

/// What stands behind the key.
fn form(option: &Arg) -> String {
    if is_switch(option) {
        "true or false".to_owned()
    } else if is_number(option) {
        placeholder(option)
    } else if is_repeatable(option) {
        format!("[\"{}\", ...]", placeholder(option))
    } else {
        format!("\"{}\"", placeholder(option))
    }
}

/// The commands that have an option, as they are typed.
fn takers<'c>(command: &'c Command, long: &str) -> Vec<&'c str> {
    all(command)
        .into_iter()
        // It takes every option, to show it.
        .filter(|command| command.get_name() != "config")
        .filter(|command| {
            command
                .get_arguments()
                .any(|option| option.get_long() == Some(long) && !option.is_hide_set())
        })
        .map(typed)
        .collect()
}
