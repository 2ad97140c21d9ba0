//! The tree before the last, out of the readers' way: most of its files are those of the output too, so the next tree is
//! made of it with few links, and nothing has to be deleted.
//!
//! What it holds is never believed for its name: a file of it is one of the output only if the disk says that the two are
//! one file. Not here: when the one becomes the other (`folder`).

use std::fs::{self, DirEntry, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::each::Each;
use super::manifest;
use super::place;

/// A place for a tree, which needn't be there.
#[derive(Debug)]
pub(super) struct Spare {
    pub(super) path: PathBuf,
    /// How many files an output must have to be worth it.
    pub(super) least: usize,
}

/// Says of a path in the tree and the number of the file there whether it stays.
pub(super) type Stays<'s> = &'s (dyn Fn(&str, u64) -> bool + Sync);

impl Spare {
    /// Deletes all of the tree but its mark and the files that stay; `like` is how a new folder stands. Says no if there is
    /// no tree that a new one may be made of: then there is none afterwards, but for what isn't ours to delete.
    pub(super) fn strip(&self, like: &Path, stays: Stays, each: Each) -> bool {
        let is_usable = || -> io::Result<bool> {
            let (found, like) = (self.path.symlink_metadata()?, like.symlink_metadata()?);
            let is_like = found.is_dir() && found.permissions() == like.permissions() && is_near(&found, &like);
            Ok(is_like && manifest::marks(&self.path)?)
        };
        let is_stripped = is_usable().unwrap_or(false) && strip(&self.path, stays, each).is_ok();
        if !is_stripped {
            let _ = place::clear(&self.path, each);
        }
        is_stripped
    }

    /// Keeps a tree for the next build, if none is kept. Where that can't be done, it stays where it is.
    pub(super) fn take(&self, tree: &Path) {
        if self.path.symlink_metadata().is_err() {
            let _ = fs::rename(tree, &self.path);
        }
    }
}

fn strip(tree: &Path, stays: Stays, each: Each) -> io::Result<()> {
    let permissions = tree.metadata()?.permissions();
    let mut parts = fs::read_dir(tree)?.collect::<io::Result<Vec<_>>>()?;
    parts.retain(|part| part.file_name() != manifest::NAME);
    let failed = Mutex::new(None);
    each(parts.len(), &|index| {
        let stripped = parts.get(index).map_or(Ok(true), |part| strip_part(part, "", &permissions, stays));
        if let Err(error) = stripped {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Strips what is at a name; says whether something is left. `above` is the path of the folder around it, with a
/// trailing `/`.
fn strip_part(part: &DirEntry, above: &str, permissions: &Permissions, stays: Stays) -> io::Result<bool> {
    let (kind, name) = (part.file_type()?, part.file_name());
    let path = name.to_str().map(|name| format!("{above}{name}"));
    if !kind.is_dir() {
        let does_stay = kind.is_file() && path.is_some_and(|path| stays(&path, number(part)));
        if !does_stay {
            fs::remove_file(part.path())?;
        }
        return Ok(does_stay);
    }
    let is_like = part.metadata()?.permissions() == *permissions;
    let Some(path) = path.filter(|_| is_like) else {
        fs::remove_dir_all(part.path())?;
        return Ok(false);
    };
    let inside = format!("{path}/");
    let mut is_left = false;
    for inner in fs::read_dir(part.path())? {
        is_left |= strip_part(&inner?, &inside, permissions, stays)?;
    }
    if !is_left {
        fs::remove_dir(part.path())?;
    }
    Ok(is_left)
}

#[cfg(unix)]
fn number(part: &DirEntry) -> u64 {
    use std::os::unix::fs::DirEntryExt;
    part.ino()
}

/// Are they on one disk?
#[cfg(unix)]
fn is_near(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev()
}

/// What files are one can't be told here.
#[cfg(not(unix))]
fn number(_: &DirEntry) -> u64 {
    0
}

#[cfg(not(unix))]
fn is_near(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}
