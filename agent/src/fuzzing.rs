//! What comes from outside and is read by the program itself, one function a format. See
//! `vpce_probes::fuzzing`.

mod answers;
mod printed;

pub use self::answers::health_answer;
pub use self::printed::{error_text, saved_report};
pub use crate::cli::fuzzing::{command_line, configuration};
pub use crate::serve::fuzzing::http_request;

vpce_probes::formats!(
    command_line,
    configuration,
    error_text,
    health_answer,
    http_request,
    saved_report,
);

#[cfg(test)]
#[path = "../../tests/harness/kept_bytes.rs"]
mod kept_bytes;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::TARGETS;

    /// Each has a folder of kept bytes, which its test reads; a program for the fuzzer, and an entry
    /// that compiles it.
    #[test]
    fn every_format_has_bytes_and_a_target_and_nothing_else_has() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz");
        let files = |folder: &str| -> BTreeSet<String> {
            let files = std::fs::read_dir(fuzz.join(folder)).unwrap();
            let names = files.map(|entry| entry.unwrap().path().with_extension(""));
            names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
        };
        let formats = vpce_probes::fuzzing::TARGETS.iter().chain(TARGETS);
        let formats: BTreeSet<String> = formats.map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(files("corpus"), formats);
        assert_eq!(files("targets"), formats);
        let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
        for name in &formats {
            let target = std::fs::read_to_string(fuzz.join(format!("targets/{name}.rs"))).unwrap();
            assert!(target.contains(&format!("::fuzzing::{name}(")), "{name}");
            assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
        }
        assert_eq!(manifest.matches("[[bin]]").count(), formats.len());
    }
}
