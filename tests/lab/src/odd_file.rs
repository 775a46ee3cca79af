//! Files that no program should read as a whole, or at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::Ipv4Addr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::behaviour::FileForm;
use crate::tools;

/// Stands in a line for an address of 10.0.0.0/8 that no other line has.
const ADDRESS: &str = "@ADDRESS@";

/// A file of a form that a text in a scenario cannot have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddFile {
    /// What it is.
    pub form: FileForm,
    /// What stands on each line; `@ADDRESS@` becomes another address on each.
    #[serde(default)]
    pub line: String,
    /// What stands behind all of that.
    #[serde(default)]
    pub end: String,
}

impl OddFile {
    /// Puts it there, in the place of what is there.
    pub(crate) fn make(&self, path: &Path) -> io::Result<()> {
        let _ = fs::remove_file(path);
        match self.form {
            FileForm::Pipe => {
                let path = path.display().to_string();
                tools::run("mkfifo", &["--mode=0644", &path], "").map_err(io::Error::other)
            }
            FileForm::Zeros(mebibytes) => {
                File::create(path)?.set_len(u64::from(mebibytes) * 1024 * 1024)
            }
            FileForm::Lines(count) => {
                let mut file = BufWriter::new(File::create(path)?);
                for number in 0..count {
                    // Within the range and apart from each other as long as there are fewer than that.
                    let address = Ipv4Addr::from(0x0a00_0000 | (number & 0x00ff_ffff));
                    writeln!(file, "{}", self.line.replace(ADDRESS, &address.to_string()))?;
                }
                file.write_all(self.end.as_bytes())?;
                file.flush()
            }
        }
    }
}
