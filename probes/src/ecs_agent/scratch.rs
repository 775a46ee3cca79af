//! A directory of one test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A new directory, removed with all that is in it.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// `name` is of this test alone.
    pub(super) fn new(name: &str) -> Self {
        let directory = format!("vpce-probes-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(directory);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and the directories above it.
    pub(super) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes a script that can be started. Another process writes it: as long as any process has it
    /// open for writing, such as a child of a test beside this one, it cannot be started.
    pub(super) fn program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        let mut writer = Command::new("/bin/sh")
            .args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writer.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it: the next run has another number.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
