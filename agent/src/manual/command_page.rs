//! The manual page of a command.

use clap::{Arg, Command};

use super::option_text::placeholder;
use super::parts::Parts;
use super::roff::{Roff, bold, italic};
use super::{all, name, option_text, typed};
use crate::cli::command_line;
use crate::config::DEFAULT_FILE;

pub(super) fn page(command: &Command) -> String {
    let about = about(command);
    let parts = Parts::of(command);
    let mut page = Roff::new(name(command), 1, about.trim_end_matches('.'));
    synopsis(&mut page, command);
    page.section("DESCRIPTION");
    page.text(&sentence(&about));
    parts.prose.iter().for_each(|paragraph| page.paragraph(paragraph));
    commands(&mut page, command);
    options(&mut page, command);
    page.section("EXIT STATUS");
    match &parts.exit_codes {
        Some(codes) => page.text(codes),
        None if command.has_subcommands() => page.text("That of the command below it."),
        None => {
            page.line(&format!("As {} says.", reference("vpce-probe", 1)));
        }
    }
    environment_and_files(&mut page, command);
    if let Some(examples) = &parts.examples {
        page.section("EXAMPLES");
        page.example(examples);
    }
    see_also(&mut page, command);
    page.into_text()
}

/// Another page: `vpce-probe-wait(1)`.
pub(super) fn reference(name: &str, section: u8) -> String {
    format!("{}({section})", bold(name))
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

fn synopsis(page: &mut Roff, command: &Command) {
    page.section("SYNOPSIS");
    let given: Vec<String> = command
        .get_positionals()
        .map(|argument| match argument.is_required_set() {
            true => italic(&placeholder(argument)),
            false => format!("[{}]", italic(&placeholder(argument))),
        })
        .collect();
    let options = format!("[{}]", italic("OPTIONS"));
    if !command.is_subcommand_required_set() {
        let words = [bold(typed(command)), options.clone()];
        page.line(&words.into_iter().chain(given).collect::<Vec<_>>().join(" "));
    }
    if command.has_subcommands() && !command.is_subcommand_required_set() {
        page.line(".br");
    }
    if command.has_subcommands() {
        page.line(&[bold(typed(command)), italic("COMMAND"), options].join(" "));
    }
}

fn commands(page: &mut Roff, command: &Command) {
    if command.has_subcommands() {
        page.section("COMMANDS");
    }
    for below in command.get_subcommands() {
        page.tagged(&reference(name(below), 1), &sentence(&about(below)));
    }
}

/// Under the headings of `--help`, and in their order.
fn options(page: &mut Roff, command: &Command) {
    let shown: Vec<&Arg> = command.get_arguments().filter(|option| !option.is_hide_set()).collect();
    let (given, options): (Vec<&Arg>, Vec<&Arg>) =
        shown.into_iter().partition(|option| option.is_positional());
    if !given.is_empty() {
        page.section("ARGUMENTS");
        given.iter().for_each(|argument| option_text::write(page, argument));
    }
    let mut headings: Vec<Option<&str>> = vec![None];
    for option in &options {
        if !headings.contains(&option.get_help_heading()) {
            headings.push(option.get_help_heading());
        }
    }
    page.section("OPTIONS");
    for heading in headings {
        if let Some(heading) = heading {
            page.subsection(heading);
        }
        let below = options.iter().filter(|option| option.get_help_heading() == heading);
        below.for_each(|option| option_text::write(page, option));
    }
}

fn environment_and_files(page: &mut Roff, command: &Command) {
    page.section("ENVIRONMENT");
    page.text(
        "Each option has the variable that stands beside it. An option that is typed counts before \
         its variable, and a variable before the configuration file. A variable that is empty is \
         as good as none.",
    );
    if command.get_name() == name(command) {
        page.paragraph(
            "AWS_REGION, AWS_DEFAULT_REGION, AWS_EXECUTION_ENV and ECS_CONTAINER_METADATA_URI_V4 \
             tell where this is; AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT which names \
             are used; AWS_CA_BUNDLE and SSL_CERT_FILE whom programs here trust; HTTP_PROXY, \
             HTTPS_PROXY, ALL_PROXY and NO_PROXY which proxy they use; DOCKER_HOST where the Docker \
             Engine is. NO_COLOR, CLICOLOR_FORCE and TERM are honoured. None of them makes \
             vpce-probe itself use a proxy, or credentials.",
        );
    }
    page.section("FILES");
    page.tagged(
        &italic(DEFAULT_FILE),
        "Options for every command, where no other file is named with --config.",
    );
    if command.get_name() == name(command) {
        page.tagged(&italic("/etc/default/vpce-probe"), "Variables for the units of systemd.");
        page.tagged(
            &italic("/run/vpce-probe/agent-restart.json"),
            "The record of restarts, which keeps them from following each other without end.",
        );
        page.tagged(
            &italic("/usr/lib/systemd/system/vpce-probe*"),
            "The units vpce-probe.service, which watches, vpce-probe-check.timer, and \
             vpce-probe-ecs-restart.timer, as packages bring them. None is enabled.",
        );
        page.tagged(
            &italic("/usr/share/vpce-probe/ecs.service.d/10-vpce-probe.conf"),
            "Holds the ECS agent back until its endpoints answer. Does nothing until it is put in \
             place, as it says itself.",
        );
        page.tagged(
            &italic("/usr/share/doc/vpce-probe"),
            "Documents, and examples: user-data, task definitions, Terraform and more.",
        );
    }
}

fn see_also(page: &mut Roff, command: &Command) {
    let mut whole = command_line();
    whole.build();
    let mut pages: Vec<String> = all(&whole)
        .into_iter()
        .map(name)
        .filter(|other| *other != name(command))
        .map(|other| reference(other, 1))
        .collect();
    pages.push(reference("vpce-probe-config", 5));
    page.section("SEE ALSO");
    page.line(&pages.join(",\n"));
}
