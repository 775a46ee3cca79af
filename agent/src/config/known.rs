//! Which options there are, and which of them can stand in a file.

use std::any::TypeId;
use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Command};

/// Every option of every command by its long name. Those with the same name mean the same.
pub(crate) fn options(command: &Command) -> BTreeMap<&str, &Arg> {
    let mut found = BTreeMap::new();
    collect(command, &mut found);
    found
}

fn collect<'c>(command: &'c Command, found: &mut BTreeMap<&'c str, &'c Arg>) {
    for option in command.get_arguments() {
        if let Some(long) = option.get_long() {
            found.entry(long).or_insert(option);
        }
    }
    command.get_subcommands().for_each(|command| collect(command, found));
}

/// Why an option cannot stand in a file, where it cannot.
pub(crate) fn why_not(long: &str) -> Option<&'static str> {
    match long {
        "check" | "dry-run" | "force" | "if-needed" | "list" | "report" | "template" => {
            Some("asks for one act, so give it with the command")
        }
        "config" => Some("names this file, so give it with the command or as VPCE_PROBE_CONFIG"),
        "help" | "version" => Some("asks for a text, so give it with the command"),
        _ => None,
    }
}

/// Whether it takes nothing: it is given or not.
pub(crate) fn is_switch(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::SetTrue)
}

/// Whether it can be given more than once.
pub(crate) fn is_repeatable(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append)
}

/// Whether it takes a count.
pub(crate) fn is_number(option: &Arg) -> bool {
    let counts = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
    ];
    counts.iter().any(|count| option.get_value_parser().type_id() == *count)
}
