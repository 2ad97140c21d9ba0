//! A tree on the disk that is gone through file by file: a folder is looked up once for all files that follow each other
//! in it.
//!
//! Not here: which files those are, and why (`folder`).

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

#[cfg(unix)]
use rustix::fd::OwnedFd;
#[cfg(unix)]
use rustix::fs::{self as system, AtFlags, Mode, OFlags};

use crate::stamp::Stamp;

/// A tree, and the folder in it where the last file was.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    root: &'t Path,
    at: At,
}

/// A folder of a tree.
#[derive(Debug, Default)]
struct At {
    path: String,
    #[cfg(unix)]
    open: Option<OwnedFd>,
}

/// Folders of a tree that were gone into lately, for whoever goes there next. Many threads share it.
#[derive(Debug, Default)]
pub(super) struct Visited(Mutex<Vec<At>>);

/// How many folders are kept open.
const VISITED: usize = 16;

impl Visited {
    /// Does something in a tree whose first file is at a path.
    pub(super) fn within<R>(&self, root: &Path, path: &str, act: impl FnOnce(&mut Tree<'_>) -> R) -> R {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = {
            let mut visited = lock();
            match visited.iter().rposition(|at| at.holds(path)) {
                Some(index) => Some(visited.remove(index)),
                None if visited.len() >= VISITED => Some(visited.remove(0)),
                None => None,
            }
        };
        let mut tree = Tree { root, at: at.unwrap_or_default() };
        let result = act(&mut tree);
        lock().push(tree.at);
        result
    }
}

/// What the disk tells of something without following it.
#[derive(Debug)]
pub(super) struct Look {
    /// How it stands.
    pub(super) stamp: Stamp,
    /// It is a plain file with the permissions that were asked for.
    pub(super) is_plain: bool,
}

impl<'t> Tree<'t> {
    /// At its root.
    pub(super) fn new(root: &'t Path) -> Self {
        Self { root, at: At::default() }
    }
}

#[cfg(unix)]
impl Tree<'_> {
    fn enter<'p>(&mut self, path: &'p str, make: bool) -> io::Result<(&OwnedFd, &'p str)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if self.at.open.is_none() || self.at.path != folder {
            let whole = self.root.join(folder);
            self.at.open = Some(match open(&whole) {
                Err(error) if make && error.kind() == ErrorKind::NotFound => {
                    fs::create_dir_all(&whole)?;
                    open(&whole)?
                }
                opened => opened?,
            });
            folder.clone_into(&mut self.at.path);
        }
        let open = self.at.open.as_ref().ok_or(ErrorKind::NotFound)?;
        Ok((open, name))
    }

    /// What there is at a path.
    pub(super) fn look(&mut self, path: &str, permissions: Option<&fs::Permissions>) -> io::Result<Look> {
        use std::os::unix::fs::PermissionsExt;
        let (folder, name) = self.enter(path, false)?;
        let found = system::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_file = system::FileType::from_raw_mode(found.st_mode).is_file();
        let is_plain = is_file && permissions.is_none_or(|wanted| u64::from(wanted.mode()) == u64::from(found.st_mode));
        Ok(Look { stamp: Stamp::of_stat(&found), is_plain })
    }

    /// Makes a new file, and the folders around it.
    pub(super) fn create(&mut self, path: &str) -> io::Result<File> {
        let (folder, name) = self.enter(path, true)?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        Ok(File::from(system::openat(folder, name, flags, Mode::from_raw_mode(0o666))?))
    }

    /// Makes a link to the file of the same path in another tree, and the folders around it.
    pub(super) fn link(&mut self, from: &mut Tree<'_>, path: &str) -> io::Result<()> {
        let (old, name) = from.enter(path, false)?;
        let (new, _) = self.enter(path, true)?;
        Ok(system::linkat(old, name, new, name, AtFlags::empty())?)
    }
}

#[cfg(unix)]
fn open(folder: &Path) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(system::open(folder, flags, Mode::empty())?)
}

impl At {
    /// Is this the folder of a file?
    fn holds(&self, path: &str) -> bool {
        path.rsplit_once('/').is_some_and(|(folder, _)| folder == self.path)
    }
}

#[cfg(not(unix))]
impl Tree<'_> {
    /// What there is at a path.
    pub(super) fn look(&mut self, path: &str, permissions: Option<&fs::Permissions>) -> io::Result<Look> {
        let found = self.root.join(path).symlink_metadata()?;
        let is_plain = found.is_file() && permissions.is_none_or(|wanted| *wanted == found.permissions());
        Ok(Look { stamp: Stamp::of(&found), is_plain })
    }

    /// Makes a new file, and the folders around it.
    pub(super) fn create(&mut self, path: &str) -> io::Result<File> {
        let path = self.root.join(path);
        in_folder(&path, || File::create_new(&path))
    }

    /// Makes a link to the file of the same path in another tree, and the folders around it.
    pub(super) fn link(&mut self, from: &mut Tree<'_>, path: &str) -> io::Result<()> {
        let (old, new) = (from.root.join(path), self.root.join(path));
        in_folder(&new, || fs::hard_link(&old, &new))
    }
}

/// Does something in a folder that is made first if it isn't there.
#[cfg(not(unix))]
fn in_folder<T>(path: &Path, act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match (act(), path.parent()) {
        (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            act()
        }
        (result, _) => result,
    }
}
