//! The output's place on the disk: its name, the names beside it, and every step that renames or deletes.
//!
//! At any moment, also after a kill, the output is the old tree or the new one. The rules that make it so:
//! a tree's mark comes before its other files and goes after them; nothing without a mark is deleted, unless
//! it holds nothing; one build at a time works here, by a lock that dies with its owner.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::manifest::{self, MARK};
use super::{Each, OutputError, one_by_one};
use crate::stamp::Stamp;

/// The output and its neighbours, all in one folder.
#[derive(Debug)]
pub(super) struct Place {
    /// The output itself: `dist`.
    pub(super) dist: PathBuf,
    /// The tree that is being made: `.dist.etape-new`.
    pub(super) new: PathBuf,
    /// The old tree, where two renames stand in for an exchange: `.dist.etape-old`.
    old: PathBuf,
    /// A file to lock, on systems that can't lock a folder: `.dist.etape-lock`.
    lock: PathBuf,
    /// The folder that they are in.
    parent: PathBuf,
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Nothing.
    Absent,
    /// A folder without anything in it.
    Empty,
    /// A tree that etape made, whole or in part.
    Ours,
    /// A folder that was given up while its mark was written: it holds nothing else.
    Begun,
    /// Anything else, and what it is.
    Foreign(&'static str),
}

impl State {
    /// If this isn't for us to replace: what it is.
    fn foreign(&self) -> Option<&'static str> {
        match self {
            Self::Absent | Self::Empty | Self::Ours => None,
            Self::Begun => Some(NOT_OURS),
            Self::Foreign(what) => Some(what),
        }
    }
}

/// Exchanges two folders in one step: `renameat2`, or something that fails where there is none.
pub(super) type Swap = fn(&Path, &Path) -> io::Result<()>;

impl Place {
    /// The place of an output. Nothing is touched.
    pub(super) fn new(output: &Path) -> Result<Self, OutputError> {
        let name = output.file_name().ok_or_else(|| OutputError::NoName { path: output.to_owned() })?;
        let parent = match output.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let beside = |what: &str| {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(what);
            output.with_file_name(hidden)
        };
        Ok(Self {
            dist: output.to_owned(),
            new: beside(".etape-new"),
            old: beside(".etape-old"),
            lock: beside(".etape-lock"),
            parent: parent.to_owned(),
        })
    }

    /// Makes the folder around the output if need be, and waits until no other build works there, after a call
    /// of `on_wait` if one does. Returns the lock, and the folders that had to be made, innermost first.
    ///
    /// The lock lies on the folder itself, so that no file is left behind, and ends with the handle or with the
    /// process. Where a folder can't be locked (Windows, NFS), a file beside the output stands in for it.
    pub(super) fn lock(&self, on_wait: impl FnOnce()) -> Result<(File, Vec<PathBuf>), OutputError> {
        let failed = |error| OutputError::io("lock", &self.parent, error);
        let mut on_wait = Some(on_wait);
        loop {
            let made = self.make_parent()?;
            let try_file = |_| try_lock(&self.lock, File::options().write(true).create(true));
            let tried = try_lock(&self.parent, File::options().read(true)).or_else(try_file);
            let (file, path, free) = tried.map_err(failed)?;
            if !free {
                if let Some(on_wait) = on_wait.take() {
                    on_wait();
                }
                wait_for_lock(&file).map_err(failed)?;
            }
            // While we waited it may have been removed or replaced; a lock on that is worth nothing.
            if is_still(path, &file) {
                return Ok((file, made));
            }
        }
    }

    /// Makes the folder around the output, and returns what had to be made, innermost first.
    fn make_parent(&self) -> Result<Vec<PathBuf>, OutputError> {
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let made = self.parent.ancestors().take_while(missing).map(Path::to_owned).collect();
        fs::create_dir_all(&self.parent).map_err(|error| OutputError::io("create", &self.parent, error))?;
        Ok(made)
    }

    /// Cleans up after builds that were killed, refuses an output that isn't ours, and begins a new tree.
    /// Returns what the disk tells of a new file, and whether there is an old tree.
    pub(super) fn begin(&self) -> Result<(Metadata, bool), OutputError> {
        // Killed between the two renames: back to the old tree.
        if look(&self.dist)? == State::Absent && matches!(look(&self.old)?, State::Ours | State::Empty) {
            rename(&self.old, &self.dist)?;
        }
        let found = look(&self.dist)?;
        if let Some(what) = found.foreign() {
            return Err(foreign(&self.dist, what));
        }
        let has_old = found == State::Ours;
        if has_old
            && let Some(stranger) =
                manifest::stranger(&self.dist).map_err(|error| OutputError::io("read", &self.dist, error))?
        {
            return Err(foreign(&stranger, "was not made by etape, and would go with the folder around it"));
        }
        self.clear(&one_by_one)?;
        fs::create_dir(&self.new).map_err(|error| OutputError::io("create", &self.new, error))?;
        let mark = self.new.join(manifest::NAME);
        let written = File::create_new(&mark).and_then(|mut file| {
            file.write_all(MARK.as_bytes())?;
            file.metadata()
        });
        let new = written.map_err(|error| OutputError::io("write", &mark, error))?;
        Ok((new, has_old))
    }

    /// Puts a new tree in the place of the old, which is left there or beside for `clear`. Where the filesystem can't
    /// exchange two folders, two renames do it; a kill between them is made good by the next `begin`.
    pub(super) fn exchange(&self, new: &Path, swap: Swap) -> Result<(), OutputError> {
        if look(&self.dist)? == State::Absent {
            return rename(new, &self.dist);
        }
        let out = match swap(new, &self.dist) {
            Ok(()) => new,
            Err(error) if has_no_swap(&error) => {
                rename(&self.dist, &self.old)?;
                if let Err(error) = rename(new, &self.dist) {
                    rename(&self.old, &self.dist)?;
                    return Err(error);
                }
                &self.old
            }
            Err(error) if error.kind() == ErrorKind::ResourceBusy => {
                return Err(foreign(&self.dist, "is a mount point, not a folder of its own"));
            }
            Err(error) => return Err(OutputError::io("replace", &self.dist, error)),
        };
        // Only `begin` had seen the output, and somebody else may have put theirs there since.
        if let Some(what) = look(out)?.foreign() {
            if out == self.old {
                rename(&self.dist, new)?;
                rename(&self.old, &self.dist)?;
            } else {
                swap(new, &self.dist).map_err(|error| OutputError::io("replace", &self.dist, error))?;
            }
            return Err(foreign(&self.dist, what));
        }
        Ok(())
    }

    /// What the disk's clock shows: the stamp of something new. Nothing else stands beside the output by then.
    pub(super) fn clock(&self) -> io::Result<Stamp> {
        fs::create_dir(&self.new)?;
        let found = fs::metadata(&self.new);
        fs::remove_dir(&self.new)?;
        Ok(Stamp::of(&found?))
    }

    /// Deletes the trees beside the output, if they are ours. An old tree without a successor stays.
    pub(super) fn clear(&self, each: Each) -> Result<(), OutputError> {
        clear(&self.new, each)?;
        let old = look(&self.old)?;
        if let Some(what) = old.foreign() {
            return Err(foreign(&self.old, what));
        }
        if old != State::Absent && matches!(look(&self.dist)?, State::Ours | State::Empty) {
            // Under its own name it must stay whole: `begin` may have to go back to it.
            rename(&self.old, &self.new)?;
            clear(&self.new, each)?;
        }
        Ok(())
    }
}

/// `renameat2` with `RENAME_EXCHANGE`, and its like on Apple's systems.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn swap(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

/// There is no such thing here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

const NOT_OURS: &str = "was not made by etape";

fn foreign(path: &Path, what: &'static str) -> OutputError {
    OutputError::Foreign { path: path.to_owned(), what }
}

/// What stands at a path.
fn look(path: &Path) -> Result<State, OutputError> {
    let state = || {
        let found = match path.symlink_metadata() {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::Absent),
            Err(error) => return Err(error),
        };
        if found.is_symlink() {
            return Ok(State::Foreign("is a symbolic link, not a folder"));
        }
        if !found.is_dir() {
            return Ok(State::Foreign("is a file, not a folder"));
        }
        if manifest::marks(path)? {
            return Ok(State::Ours);
        }
        let names: Vec<_> =
            fs::read_dir(path)?.take(2).map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        match names.as_slice() {
            [] => Ok(State::Empty),
            [only] if only == manifest::NAME => {
                let begun = path.join(manifest::NAME);
                let short = begun.symlink_metadata().is_ok_and(|f| f.is_file() && f.len() < MARK.len() as u64);
                Ok(if short && MARK.as_bytes().starts_with(&fs::read(begun)?) {
                    State::Begun
                } else {
                    State::Foreign(NOT_OURS)
                })
            }
            _ => Ok(State::Foreign(NOT_OURS)),
        }
    };
    state().map_err(|error| OutputError::io("read", path, error))
}

/// Whether the system or the filesystem can't exchange folders at all.
fn has_no_swap(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

fn rename(from: &Path, to: &Path) -> Result<(), OutputError> {
    fs::rename(from, to).map_err(|error| OutputError::io("rename", from, error))
}

/// Deletes a tree, if it is ours.
pub(super) fn clear(tree: &Path, each: Each) -> Result<(), OutputError> {
    match look(tree)? {
        State::Absent => Ok(()),
        State::Empty | State::Begun | State::Ours => {
            delete(tree, each).map_err(|error| OutputError::io("delete", tree, error))
        }
        State::Foreign(what) => Err(foreign(tree, what)),
    }
}

/// Deletes a tree, its mark last.
fn delete(tree: &Path, each: Each) -> io::Result<()> {
    let mut parts = fs::read_dir(tree)?.collect::<io::Result<Vec<_>>>()?;
    parts.retain(|part| part.file_name() != manifest::NAME);
    let failed = Mutex::new(None);
    each(parts.len(), &|index| {
        let Some(part) = parts.get(index) else { return };
        let delete = || match part.file_type()?.is_dir() {
            true => fs::remove_dir_all(part.path()),
            false => fs::remove_file(part.path()),
        };
        let deleted = delete().or_else(|error| match error.kind() {
            ErrorKind::PermissionDenied => open_folders(&part.path()).and_then(|()| delete()),
            _ => Err(error),
        });
        if let Err(error) = deleted {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    match fs::remove_file(tree.join(manifest::NAME)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir(tree),
    }
}

/// Lets its owner change the folders of a tree: somebody may have forbidden it by hand.
fn open_folders(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    for part in fs::read_dir(folder)? {
        let part = part?;
        if part.file_type()?.is_dir() {
            open_folders(&part.path())?;
        }
    }
    Ok(())
}

/// Opens a path and tries to lock it: the handle, the path, and whether the lock is ours already.
fn try_lock<'a>(path: &'a Path, options: &OpenOptions) -> io::Result<(File, &'a Path, bool)> {
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok((file, path, true)),
        Err(TryLockError::WouldBlock) => Ok((file, path, false)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Waits for a lock, through the signals that interrupt a wait.
fn wait_for_lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Whether the path still leads to the open file.
#[cfg(unix)]
fn is_still(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (path.metadata(), file.metadata()) {
        (Ok(there), Ok(here)) => (there.dev(), there.ino()) == (here.dev(), here.ino()),
        _ => false,
    }
}

/// Elsewhere a locked file can't be removed.
#[cfg(not(unix))]
fn is_still(_: &Path, _: &File) -> bool {
    true
}
