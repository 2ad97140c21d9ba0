//! Is what stands in the old tree what would be written now?
//!
//! Not here: what the disk tells without anything being read (`ledger`).

use std::fs::{self, DirEntry, File, Permissions};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use rustix::fs::OFlags;

use super::each::Each;
use super::manifest::{self, Entry};

/// Whether a plain file with these permissions and this content is there.
pub(super) fn holds(path: &Path, permissions: &Permissions, bytes: &[u8]) -> io::Result<bool> {
    let mut file = open_to_compare(path)?;
    let found = file.metadata()?;
    if !found.is_file() || found.len() != bytes.len() as u64 || found.permissions() != *permissions {
        return Ok(false);
    }
    let mut buffer = [0; 16 * 1024];
    let mut rest = bytes;
    while !rest.is_empty() {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read).and_then(|part| rest.strip_prefix(part)) {
            Some(left) if read > 0 => rest = left,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether a plain file with these permissions has the size and the hash of an entry.
pub(super) fn has_hash(mut file: File, permissions: &Permissions, entry: &Entry) -> io::Result<bool> {
    let found = file.metadata()?;
    if !found.is_file() || found.len() != entry.size || found.permissions() != *permissions {
        return Ok(false);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&mut file)?;
    Ok(hasher.finalize() == entry.blake3)
}

/// Opens whatever is there, but for a symbolic link, and without waiting for the other end of a pipe.
#[cfg(unix)]
pub(super) fn open_to_compare(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
pub(super) fn open_to_compare(path: &Path) -> io::Result<File> {
    if !path.symlink_metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)
}

/// Whether a tree that holds all files that are known, so many, holds nothing else but the manifest: no other file, no
/// empty folder.
pub(super) fn holds_only(tree: &Path, count: usize, is_known: &(dyn Fn(&str) -> bool + Sync), each: Each) -> bool {
    let Ok(top) = fs::read_dir(tree).and_then(Iterator::collect::<io::Result<Vec<_>>>) else {
        return false;
    };
    let (known, strange) = (AtomicUsize::new(0), AtomicBool::new(false));
    each(top.len(), &|index| match top.get(index).and_then(|part| count_known(part, "", is_known)) {
        Some(count) => _ = known.fetch_add(count, Ordering::Relaxed),
        None => strange.store(true, Ordering::Relaxed),
    });
    // Names may differ in case alone where case doesn't count, so being there isn't enough.
    !strange.into_inner() && known.into_inner() == count + 1
}

/// How many files a folder holds, or one for a file; nothing if one of them isn't known, or if a folder is empty. `above`
/// is the path of the folder around it, with a trailing `/`.
fn count_known(found: &DirEntry, above: &str, is_known: &dyn Fn(&str) -> bool) -> Option<usize> {
    let path = format!("{above}{}", found.file_name().to_str()?);
    let kind = found.file_type().ok()?;
    if kind.is_file() {
        return (is_known(&path) || path == manifest::NAME).then_some(1);
    }
    if !kind.is_dir() {
        return None;
    }
    let inside = format!("{path}/");
    let mut count = 0;
    for part in fs::read_dir(found.path()).ok()? {
        count += count_known(&part.ok()?, &inside, is_known)?;
    }
    (count > 0).then_some(count)
}
