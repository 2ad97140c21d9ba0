//! A tree on the disk that is gone through file by file: a folder is looked up once for all files that follow each other
//! in it or in the folders in it.
//!
//! Not here: which files those are, and why (`folder`).

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
#[cfg(unix)]
use std::sync::OnceLock;
use std::sync::{Mutex, PoisonError};

#[cfg(unix)]
use rustix::fd::{AsFd, OwnedFd};
#[cfg(unix)]
use rustix::fs::{self as system, AtFlags, CWD, Mode, OFlags};
#[cfg(unix)]
use rustix::io::Errno;

use crate::stamp::Stamp;

/// A tree, and the folder in it around the last file.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    root: &'t Path,
    /// The root, open, if it is to be gone through often.
    #[cfg(unix)]
    top: Option<&'t OwnedFd>,
    at: At,
}

/// A folder of a tree: the one around a file's folder, so that pages that have a folder each need no look-up each.
#[derive(Debug, Default)]
struct At {
    path: String,
    #[cfg(unix)]
    open: Option<OwnedFd>,
    /// The folder in it that was made last.
    #[cfg(unix)]
    made: String,
}

/// Folders of a tree that were gone into lately, for whoever goes there next. Many threads share it.
#[derive(Debug, Default)]
pub(super) struct Visited {
    #[cfg(unix)]
    top: OnceLock<OwnedFd>,
    at: Mutex<Vec<At>>,
}

/// How many folders are kept open.
const VISITED: usize = 16;

impl Visited {
    /// Does something in a tree whose first file is at a path.
    pub(super) fn within<R>(&self, root: &Path, path: &str, act: impl FnOnce(&mut Tree<'_>) -> R) -> R {
        let lock = || self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let at = {
            let mut visited = lock();
            match visited.iter().rposition(|at| at.rest(path).is_some()) {
                Some(index) => Some(visited.remove(index)),
                None if visited.len() >= VISITED => Some(visited.remove(0)),
                None => None,
            }
        };
        let mut tree = Tree { at: at.unwrap_or_default(), ..Tree::new(root) };
        #[cfg(unix)]
        {
            tree.top = self.top(root);
        }
        let result = act(&mut tree);
        lock().push(tree.at);
        result
    }

    /// The root, open; none if it can't be, which whoever goes there is told.
    #[cfg(unix)]
    fn top(&self, root: &Path) -> Option<&OwnedFd> {
        if self.top.get().is_none() {
            open(CWD, root).ok().map(|top| self.top.set(top));
        }
        self.top.get()
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
        Self {
            root,
            #[cfg(unix)]
            top: None,
            at: At::default(),
        }
    }
}

#[cfg(unix)]
impl Tree<'_> {
    /// Goes to the folder around a file's folder. Returns the path from there.
    fn enter<'p>(&mut self, path: &'p str) -> io::Result<&'p str> {
        if let Some(rest) = self.at.rest(path).filter(|_| self.at.open.is_some()) {
            return Ok(rest);
        }
        let (around, rest) = split(path);
        self.at.open = Some(match self.top {
            Some(top) if !around.is_empty() => open(top, Path::new(around))?,
            _ => open(CWD, &self.root.join(around))?,
        });
        around.clone_into(&mut self.at.path);
        self.at.made.clear();
        Ok(rest)
    }

    /// The same for a file that is to be made: the folders around it are there then.
    fn enter_new<'p>(&mut self, path: &'p str) -> io::Result<&'p str> {
        let rest = match self.enter(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.make(split(path).0)?;
                self.enter(path)?
            }
            entered => entered?,
        };
        if let Some((folder, _)) = rest.split_once('/')
            && self.at.made != folder
        {
            mkdir(self.at.folder()?, folder)?;
            folder.clone_into(&mut self.at.made);
        }
        Ok(rest)
    }

    /// Makes a folder, and those around it.
    fn make(&self, folder: &str) -> io::Result<()> {
        let Some(top) = self.top else { return fs::create_dir_all(self.root.join(folder)) };
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        ends.map(|end| &folder[..end]).try_for_each(|folder| mkdir(top, folder))
    }

    /// What there is at a path.
    pub(super) fn look(&mut self, path: &str, permissions: Option<&fs::Permissions>) -> io::Result<Look> {
        use std::os::unix::fs::PermissionsExt;
        let rest = self.enter(path)?;
        let found = system::statat(self.at.folder()?, rest, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_file = system::FileType::from_raw_mode(found.st_mode).is_file();
        let is_plain = is_file && permissions.is_none_or(|wanted| u64::from(wanted.mode()) == u64::from(found.st_mode));
        Ok(Look { stamp: Stamp::of_stat(&found), is_plain })
    }

    /// Makes a new file, and the folders around it.
    pub(super) fn create(&mut self, path: &str) -> io::Result<File> {
        let rest = self.enter_new(path)?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        Ok(File::from(system::openat(self.at.folder()?, rest, flags, Mode::from_raw_mode(0o666))?))
    }

    /// Makes a link to the file of the same path in another tree, and the folders around it.
    pub(super) fn link(&mut self, from: &mut Tree<'_>, path: &str) -> io::Result<()> {
        let (old, new) = (from.enter(path)?, self.enter_new(path)?);
        Ok(system::linkat(from.at.folder()?, old, self.at.folder()?, new, AtFlags::empty())?)
    }

    /// Takes a file from the same path in another tree.
    pub(super) fn take(&mut self, from: &mut Tree<'_>, path: &str) -> io::Result<()> {
        let (old, new) = (from.enter(path)?, self.enter_new(path)?);
        Ok(system::renameat(from.at.folder()?, old, self.at.folder()?, new)?)
    }
}

/// Makes a folder that may be there already.
#[cfg(unix)]
fn mkdir(around: &OwnedFd, folder: &str) -> io::Result<()> {
    match system::mkdirat(around, folder, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
fn open(around: impl AsFd, folder: &Path) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(system::openat(around, folder, flags, Mode::empty())?)
}

impl At {
    /// The path of a file from here, if this is the folder around its own, or that itself.
    fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = match self.path.as_str() {
            "" => path,
            own => path.strip_prefix(own)?.strip_prefix('/')?,
        };
        (rest.bytes().filter(|byte| *byte == b'/').count() < 2).then_some(rest)
    }

    #[cfg(unix)]
    fn folder(&self) -> io::Result<&OwnedFd> {
        self.open.as_ref().ok_or_else(|| ErrorKind::NotFound.into())
    }
}

/// The folder around a file's folder, and the path from there: `a/b` and `c/d.html`.
fn split(path: &str) -> (&str, &str) {
    path.rmatch_indices('/').nth(1).map_or(("", path), |(at, _)| (&path[..at], &path[at + 1..]))
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

    /// Takes a file from the same path in another tree.
    pub(super) fn take(&mut self, from: &mut Tree<'_>, path: &str) -> io::Result<()> {
        let (old, new) = (from.root.join(path), self.root.join(path));
        in_folder(&new, || fs::rename(&old, &new))
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
