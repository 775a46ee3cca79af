//! The documents are true: commands print what they show, links lead somewhere, what they name is
//! there, and the page of findings is what the program says.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "documents/commands.rs"]
mod commands;
#[path = "documents/default_configuration.rs"]
mod default_configuration;
#[path = "documents/findings_page.rs"]
mod findings_page;
#[path = "documents/links.rs"]
mod links;
#[path = "harness/offline.rs"]
mod offline;
#[path = "documents/readme.rs"]
mod readme;
#[path = "documents/repository.rs"]
mod repository;
#[path = "documents/shell.rs"]
mod shell;
#[path = "harness/times.rs"]
mod times;
#[path = "harness/weights.rs"]
mod weights;
#[path = "documents/words.rs"]
mod words;
