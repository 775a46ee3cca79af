//! What is published is what is made, all of it, and nothing besides.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::completions::{FILES, completions};
use super::parts::Parts;
use super::roff::plain;
use super::{FILE_PAGE, all, file_page, name, pages};
use crate::cli::command_line;
use crate::config::{options, why_not};
use crate::scratch::Scratch;

const UPDATE: &str = "UPDATE_MANUAL";

/// Where the repository keeps it.
fn packaging(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging").join(folder)
}

#[track_caller]
fn assert_published(path: &Path, made: &[u8]) {
    if std::env::var_os(UPDATE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, made).unwrap();
    }
    assert!(
        fs::read(path).unwrap_or_default() == made,
        "{} is out of date; write it anew with {UPDATE}=1 cargo test -p vpce-probe --lib manual",
        path.display()
    );
}

#[track_caller]
fn assert_nothing_else_in(folder: &Path, made: &BTreeSet<String>) {
    let kept: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(&kept, made, "{}", folder.display());
}

#[test]
fn the_published_pages_are_those_of_the_command_line() {
    let folder = packaging("man");
    for (file, page) in pages() {
        assert_published(&folder.join(file), page.as_bytes());
    }
    assert_nothing_else_in(&folder, &pages().into_keys().collect());
}

#[test]
fn the_published_completions_are_those_of_the_command_line() {
    let folder = packaging("completions");
    for (shell, file) in FILES {
        assert_published(&folder.join(file), completions(shell).as_bytes());
    }
    assert_nothing_else_in(&folder, &FILES.map(|(_, file)| file.to_owned()).into());
}

/// Read from what `--help` prints, not from what the pages are made of.
#[test]
fn all_that_help_says_of_options_is_in_the_page() {
    let pages = pages();
    let mut command = command_line();
    command.build();
    for command in all(&command) {
        let page = plain(&pages[&format!("{}.1", name(command))]);
        let help = command.clone().render_long_help().to_string();
        let help = help.split("Exit codes:").next().unwrap();
        let mut seen = 0;
        for line in help.lines().map(str::trim) {
            let word = line.trim_start_matches("-h, ").trim_start_matches("-v, ");
            let word = word.trim_start_matches("-V, ");
            if !word.starts_with("--") {
                continue;
            }
            let option = word.split([' ', '.']).next().unwrap();
            assert!(page.contains(&format!("{option} ")), "{}: {option}", name(command));
            seen += 1;
        }
        assert!(seen >= 1, "{}: --help is there at least", name(command));
        for line in help.lines().map(str::trim) {
            let default = line.strip_prefix("[default: ").and_then(|rest| rest.strip_suffix(']'));
            if let Some(default) = default {
                let told = format!("Unless given: {default}.");
                assert!(page.contains(&told), "{}: {told}", name(command));
            }
            let variable = line.strip_prefix("[env: ").and_then(|rest| rest.split('=').next());
            if let Some(variable) = variable {
                let told = format!("Variable: {variable}.");
                assert!(page.contains(&told), "{}: {told}", name(command));
            }
        }
    }
}

#[test]
fn all_that_help_says_below_the_options_is_in_the_page() {
    let pages = pages();
    let mut command = command_line();
    command.build();
    for command in all(&command) {
        let page = plain(&pages[&format!("{}.1", name(command))]);
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for paragraph in after.split("\n\n") {
            let text = paragraph.trim_start_matches("Examples:\n");
            let text = text.trim_start_matches("Exit codes: ");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains(&text), "{}: {text}", name(command));
        }
        if !after.is_empty() {
            assert!(Parts::of(command).exit_codes.is_some(), "{}", name(command));
        }
    }
}

#[test]
fn the_page_of_the_file_has_every_key_and_every_option_that_is_none() {
    let page = plain(&pages()[FILE_PAGE]);
    let command = command_line();
    let (keys, others) = page.split_once("WHAT CANNOT STAND IN A FILE").unwrap();
    for (name, _) in options(&command) {
        match why_not(name) {
            None => assert!(keys.contains(&format!(" {name} = ")), "{name}"),
            Some(why) => assert!(others.contains(&format!("--{name} It {why}.")), "{name}"),
        }
    }
}

#[test]
fn the_example_of_the_file_is_one() {
    let scratch = Scratch::new("manual");
    let file = scratch.path().join("config.toml");
    fs::write(&file, file_page::EXAMPLE).unwrap();
    let settings = crate::config::read(Some(&file), &command_line()).unwrap();
    assert_eq!(settings.by_key.len(), 5);
}
