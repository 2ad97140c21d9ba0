//! Where the files of a build go: a folder on the disk, the memory, or nowhere.
//!
//! Here: the sinks, the manifest, the exchange of the old tree for the new one, and the cache of a site; nothing
//! else in the project writes to the disk. Not here: what the files hold (`render`), and threads (`pipeline`): a sink
//! only promises that many threads may use it at once.

mod add;
mod built;
mod cache;
mod compare;
mod each;
#[cfg(test)]
mod fault_tests;
mod folder;
#[cfg(test)]
mod folder_tests;
mod ledger;
#[cfg(test)]
mod ledger_tests;
mod manifest;
mod memory;
mod place;
mod spare;
#[cfg(test)]
mod spare_tests;
mod tree;
mod zip;

use std::io;
use std::path::{Path, PathBuf};

pub use add::add;
pub use built::{Built, make_folder};
pub use cache::{Cache, NoStore, Store};
pub use each::{Each, one_by_one};
pub use folder::{Folder, Input, Summary};
pub use ledger::{Made, Said};
pub use manifest::Entry;
pub use memory::{Memory, Nothing};
pub use zip::Zipped;

/// A place that takes the files of a build. Called from many threads at once.
pub trait Sink: Sync {
    /// Takes one file whole. `path` is relative to the output and written with `/`:
    /// `auvenir/fr/mfa/code.html`. Every path is put once. What goes wrong, a second time too, may be
    /// told only later: when another file is put, or at the end.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError>;

    /// What the last build noted of a folder at the top (`done`), if the same program made it.
    fn noted(&self, _folder: &str) -> Option<Vec<u8>> {
        None
    }

    /// Takes over all files of a folder at the top, if they stand as the last build left them; none of them otherwise.
    fn keep(&self, _folder: &str) -> bool {
        false
    }

    /// The same for some files.
    fn keep_files(&self, _paths: &[String]) -> bool {
        false
    }

    /// Is a file there as the last build left it? It isn't taken over yet.
    fn stands(&self, _path: &str) -> bool {
        false
    }

    /// Notes what the next build is to know of a folder at the top whose files are all put.
    fn done(&self, _folder: &str, _note: Vec<u8>) {}

    /// Does it want files at all? If not, those are left out that can be made later without anything new to be told.
    fn takes_bytes(&self) -> bool {
        true
    }
}

/// Why the output could not be written. Whatever the error, what stood there before still stands.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Something with the name that is wanted isn't ours to replace or delete.
    #[error("{} {what}: choose another --output or move it away", path.display())]
    Foreign {
        /// The file or folder in the way.
        path: PathBuf,
        /// `was not made by etape`, `is a file, not a folder`, …
        what: &'static str,
    },
    /// A file that would have to be new.
    #[error("{} is there already: nothing was written", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file isn't what the build left there.
    #[error("{} has changed since it was built: type etape build, then the same again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The output names no folder of its own: `/`, `.` or `..`.
    #[error("{} can't be replaced as a whole: choose a folder of its own as --output, such as dist", path.display())]
    NoName {
        /// The output as it was asked for.
        path: PathBuf,
    },
    /// The system refused.
    #[error("can't {doing} {}: {error}", path.display())]
    Io {
        /// What was tried, as a verb: `write`, `delete`, `lock`.
        doing: &'static str,
        /// The file or folder; files of the new tree are named as they would be called in the output.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Two files of one build have the same path: a mistake of ours.
    #[error("{path} was written twice in one build; this is a mistake in etape, please report it")]
    Twice {
        /// Relative to the output.
        path: String,
    },
    /// A path that would leave the output, or that not every system can write: a mistake of ours.
    #[error("{path:?} is no path for a published file; this is a mistake in etape, please report it")]
    Path {
        /// As it was put.
        path: String,
    },
}

impl OutputError {
    /// An error of the system, with what was tried and where.
    pub(crate) fn io(doing: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), error }
    }
}

/// Replaces one file of the author's as a whole: at any moment it is the old or the new one. Its permissions stay.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let beside = path.with_extension("etape-new");
    let write = || {
        let permissions = std::fs::metadata(path)?.permissions();
        std::fs::write(&beside, bytes)?;
        std::fs::set_permissions(&beside, permissions)?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error| {
        // what is left of the try is ours
        let _ = std::fs::remove_file(&beside);
        OutputError::io("write", path, error)
    })
}

/// Refuses paths that would leave the output, that take the manifest's place, or that mean something else on
/// another system.
fn check_path(path: &str) -> Result<(), OutputError> {
    let plain = |segment: &[u8]| !matches!(segment, b"" | b"." | b"..");
    let odd = |byte: &u8| matches!(byte, b'\\' | b'\0') || (cfg!(windows) && *byte == b':');
    let bytes = path.as_bytes();
    if bytes.split(|byte| *byte == b'/').all(plain) && !bytes.iter().any(odd) && path != manifest::NAME {
        Ok(())
    } else {
        Err(OutputError::Path { path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for path in ["index.html", "auvenir/fr/mfa/code.html", "a/..b/c.", "a b/é:’.html", "a/manifest.json"] {
            assert!(check_path(path).is_ok() || cfg!(windows), "{path}");
        }
        for path in
            ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\\b", "a\0", "manifest.json"]
        {
            let error = check_path(path).unwrap_err().to_string();
            let told =
                format!("{path:?} is no path for a published file; this is a mistake in etape, please report it");
            assert_eq!(error, told);
        }
    }
}
