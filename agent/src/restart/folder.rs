//! The folder of the record. Who can write to it decides how often the agent is restarted, so it has to
//! be this user's or root's alone, and so has the way to it.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

/// Write permission of the group and of all others.
const OF_OTHERS: u32 = 0o022;

/// Where everybody may make files, and nobody may take away those of others, as in `/tmp`.
const STICKY: u32 = 0o1000;

const ROOT: u32 = 0;

/// Makes the folder, where it is missing.
///
/// # Errors
/// When that cannot be, or when others may change what is in it.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
    let own = fs::metadata("/proc/self").map_or(ROOT, |process| process.uid());
    // As it is named, where a link may be exchanged, and as it is.
    is_kept(&std::path::absolute(folder)?, own)?;
    is_kept(&fs::canonicalize(folder)?, own)
}

/// Whether nobody but this user and root can put something else in the place of a folder, or of what
/// is in it.
fn is_kept(folder: &Path, own: u32) -> io::Result<()> {
    for part in folder.ancestors().filter(|part| part.parent().is_some()) {
        let facts = fs::symlink_metadata(part)?;
        let is_last = part == folder;
        if ![ROOT, own].contains(&facts.uid()) {
            return Err(not_kept(part, &format!("belongs to user {}", facts.uid())));
        }
        if is_open(&facts) && (is_last || facts.mode() & STICKY == 0) {
            return Err(not_kept(part, &format!("has the mode {:o}", facts.mode() & 0o7777)));
        }
    }
    Ok(())
}

/// Links have no permissions of their own.
fn is_open(facts: &Metadata) -> bool {
    !facts.is_symlink() && facts.mode() & OF_OTHERS != 0
}

fn not_kept(part: &Path, why: &str) -> io::Error {
    io::Error::other(format!("other users may write there: {} {why}", part.display()))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::scratch::Scratch;

    fn refused(folder: &Path) -> String {
        make(folder).unwrap_err().to_string()
    }

    #[test]
    fn a_new_folder_is_kept() {
        let scratch = Scratch::new("folder");
        make(&scratch.path().join("a/b")).unwrap();
        make(&scratch.path().join("a/b/../b/.")).unwrap();
    }

    #[test]
    fn a_folder_that_others_write_to_is_refused_and_so_is_what_is_below() {
        let scratch = Scratch::new("folder-open");
        let folder = scratch.path().join("open");
        make(&folder.join("below")).unwrap();
        for mode in [0o777, 0o1777, 0o775, 0o757] {
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
            let told = refused(&folder);
            assert!(told.ends_with(&format!("open has the mode {mode:o}")), "{told}");
            assert_eq!(make(&folder.join("below")).is_ok(), mode == 0o1777, "{mode:o}");
        }
    }

    #[test]
    fn a_link_in_a_folder_of_others_is_refused_wherever_it_leads() {
        let scratch = Scratch::new("folder-link");
        let (kept, open) = (scratch.path().join("kept"), scratch.path().join("open"));
        make(&kept).unwrap();
        make(&open).unwrap();
        symlink(&kept, open.join("link")).unwrap();
        make(&open.join("link")).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        assert!(refused(&open.join("link")).contains("open has the mode 777"));
        symlink(&open, kept.join("link")).unwrap();
        assert!(refused(&kept.join("link")).contains("open has the mode 777"));
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        let scratch = Scratch::new("folder-other");
        let own = fs::metadata(scratch.path()).unwrap().uid();
        is_kept(scratch.path(), own).unwrap();
        let told = is_kept(scratch.path(), own + 1);
        // What is root's is kept for everybody.
        assert_eq!(told.is_ok(), own == ROOT, "{told:?}");
        fs::create_dir(scratch.path().join("a")).unwrap();
        if own == ROOT {
            std::os::unix::fs::chown(scratch.path(), Some(4711), None).unwrap();
            assert!(refused(&scratch.path().join("a")).ends_with("belongs to user 4711"));
        }
    }
}
