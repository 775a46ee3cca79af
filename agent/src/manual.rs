//! What is published of the command line beside the program: manual pages, completions and the
//! configuration file to begin with. All of it is made of what `--help` is made of.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::command_line;

const UPDATE: &str = "UPDATE_MANUAL";

/// Where the repository keeps it.
fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging")
}

/// This command and those below it, each by the name of its page.
fn pages(command: &Command) -> Vec<(String, &Command)> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let below = command.get_subcommands().flat_map(pages);
    [(name, command)].into_iter().chain(below).collect()
}

fn assert_published(path: &Path, made: &[u8]) {
    if std::env::var_os(UPDATE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, made).unwrap();
    }
    assert!(
        fs::read(path).unwrap_or_default() == made,
        "{} is out of date; write it anew with {UPDATE}=1 cargo test -p vpce-probe --bin vpce-probe manual",
        path.display()
    );
}

#[test]
fn the_published_pages_are_those_of_the_command_line() {
    let mut command = command_line();
    command.build();
    for (name, command) in pages(&command) {
        let mut page = Vec::new();
        Man::new(command.clone()).render(&mut page).unwrap();
        assert_published(&packaging().join("man").join(format!("{name}.1")), &page);
    }
}

#[test]
fn the_published_completions_are_those_of_the_command_line() {
    let files = [
        (Shell::Bash, "vpce-probe.bash"),
        (Shell::Fish, "vpce-probe.fish"),
        (Shell::Zsh, "_vpce-probe"),
    ];
    for (shell, file) in files {
        let mut made = Vec::new();
        clap_complete::generate(shell, &mut command_line(), "vpce-probe", &mut made);
        assert_published(&packaging().join("completions").join(file), &made);
    }
}
