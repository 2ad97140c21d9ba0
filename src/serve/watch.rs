//! When the site's files change: events of the system, gathered until a save is whole.
//!
//! Folders are watched, not files: a file that is replaced as a whole would be lost. Events only say when to look and
//! where; what has changed is found by comparing. Not here: reading (`source`), building (`rebuild`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::quiet::{Batch, Gathering, Sign};
use crate::config::SITE_FILE;
use crate::source::FOLDERS;
use crate::source::places::{self, Folder, may_be_input};

/// How often the files are looked at where the system tells nothing.
const POLL: Duration = Duration::from_millis(500);

/// When new folders are looked at a second time: what was written into them before they were watched is told by
/// nobody.
const SECOND_LOOK: Duration = Duration::from_millis(150);

/// The changes of a site's files, one batch after the other.
pub enum Changes {
    /// The system tells them.
    Told(Told),
    /// It is to be looked for them, every so often.
    Polled,
}

/// What the system's watcher needs.
pub struct Told {
    root: PathBuf,
    watcher: RecommendedWatcher,
    signs: Receiver<(Instant, Heard)>,
    /// Folders that are watched, and whether with all below them.
    watched: BTreeMap<PathBuf, bool>,
    /// New folders that are to be looked at once more.
    second_look: Option<(Instant, BTreeSet<PathBuf>)>,
}

/// What the watcher's thread hands on.
enum Heard {
    Signs(Vec<Sign>),
    /// Events were lost, or a folder that holds others has come or gone.
    Everything,
}

impl Changes {
    /// Watches the site at `root`. If the system can't, the reason comes with the poll that is done instead.
    pub fn watch(root: &Path, poll: bool) -> (Self, Option<String>) {
        if poll {
            return (Self::Polled, None);
        }
        match Told::new(root) {
            Ok(told) => (Self::Told(told), None),
            Err(reason) => (Self::Polled, Some(reason)),
        }
    }

    /// Waits for the next changes, at most so long.
    pub fn next(&mut self, patience: Duration) -> Option<Batch> {
        match self {
            Self::Told(told) => told.next(patience),
            Self::Polled => {
                std::thread::sleep(POLL.min(patience));
                Some(Batch { everything: true, ..Batch::default() })
            }
        }
    }

    /// After a build: watches folders that have come since. True if there are some, whose files nobody has told. If
    /// the system can't watch more, the reason comes, and it is looked for changes from now on.
    pub fn settle(&mut self, batch: &Batch) -> Result<bool, String> {
        let Self::Told(told) = self else { return Ok(false) };
        if !batch.everything && batch.new.is_empty() {
            return Ok(false);
        }
        told.follow().map_err(|error| {
            *self = Self::Polled;
            error.to_string()
        })
    }
}

impl Told {
    fn new(root: &Path) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|error| error.to_string())?;
        let (sender, signs) = mpsc::channel();
        let handler = handler(root.clone(), sender);
        let config = notify::Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(handler, config).map_err(|error| reason(&error))?;
        let mut told = Self { root, watcher, signs, watched: BTreeMap::new(), second_look: None };
        told.follow().map_err(|error| error.to_string())?;
        Ok(told)
    }

    /// Watches every folder that inputs stand in; true if one of them wasn't watched before.
    fn follow(&mut self) -> io::Result<bool> {
        let folders = places::folders(&self.root)?;
        // a folder that has gone may come back, and must be watched anew then
        self.watched.retain(|path, is_deep| folders.contains(&Folder { path: path.clone(), is_deep: *is_deep }));
        let mut has_new = false;
        for Folder { path, is_deep } in folders {
            if self.watched.contains_key(&path) {
                continue;
            }
            let mode = if is_deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            match self.watcher.watch(&path, mode) {
                Ok(()) => {
                    self.watched.insert(path, is_deep);
                    has_new = true;
                }
                // it has gone in the meantime, which will be told
                Err(_) if !path.exists() => {}
                Err(error) => return Err(io::Error::other(reason(&error))),
            }
        }
        Ok(has_new)
    }

    fn next(&mut self, patience: Duration) -> Option<Batch> {
        let mut gathering = Gathering::default();
        let end = Instant::now() + patience;
        loop {
            let due = gathering.due();
            let until = due.or(self.second_look.as_ref().map(|(when, _)| *when)).unwrap_or(end);
            match self.signs.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((when, Heard::Signs(signs))) => signs.into_iter().for_each(|sign| gathering.add(sign, when)),
                Ok((when, Heard::Everything)) => {
                    // a folder of the site may be another one now, under the same name
                    self.watched.retain(|path, _| *path == self.root);
                    gathering.add(Sign::Everything, when);
                }
                Err(RecvTimeoutError::Timeout) if due.is_some() => {
                    let batch = gathering.take();
                    if !batch.new.is_empty() {
                        let (when, folders) = self.second_look.get_or_insert_with(|| (Instant::now(), BTreeSet::new()));
                        *when = Instant::now() + SECOND_LOOK;
                        folders.extend(batch.new.iter().cloned());
                    }
                    return Some(batch);
                }
                Err(_) => {
                    let is_time = |look: &mut (Instant, BTreeSet<PathBuf>)| look.0 <= Instant::now();
                    let (_, paths) = self.second_look.take_if(is_time)?;
                    return Some(Batch { paths, ..Batch::default() });
                }
            }
        }
    }
}

/// Puts the system's events into our words, on the watcher's own thread.
fn handler(root: PathBuf, sender: Sender<(Instant, Heard)>) -> impl Fn(notify::Result<Event>) + Send + 'static {
    move |event| {
        let heard = match event {
            Ok(event) if event.need_rescan() => Heard::Everything,
            Ok(event) => match hear(&root, &event) {
                Some(heard) => heard,
                None => return,
            },
            Err(_) => Heard::Everything,
        };
        // nobody listens any more when the preview ends
        let _ = sender.send((Instant::now(), heard));
    }
}

/// What an event says about the site's inputs; none if nothing.
fn hear(root: &Path, event: &Event) -> Option<Heard> {
    let inputs: Vec<&PathBuf> = event.paths.iter().filter(|path| is_input(root, path)).collect();
    let all = |sign: fn(PathBuf) -> Sign| inputs.iter().map(|path| sign((*path).clone())).collect::<Vec<_>>();
    let signs = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => all(Sign::Closed),
        // reading is no change
        EventKind::Access(_) => return None,
        EventKind::Remove(RemoveKind::Folder)
        | EventKind::Create(CreateKind::Folder)
        | EventKind::Modify(ModifyKind::Name(_))
            if inputs.iter().any(|path| is_top_folder(root, path)) =>
        {
            return Some(Heard::Everything);
        }
        // moved within the site: nothing is about to take the old name's place
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if inputs.len() == 2 => {
            vec![Sign::Written(inputs[0].clone()), there(inputs[1])]
        }
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => return None,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => all(Sign::Gone),
        EventKind::Modify(ModifyKind::Data(_)) => all(Sign::Writing),
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) => all(|path| there(&path)),
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => all(Sign::Written),
    };
    (!signs.is_empty()).then_some(Heard::Signs(signs))
}

/// A file, or a folder with files in it that nobody tells of.
fn there(path: &Path) -> Sign {
    if path.is_dir() || path.is_symlink() { Sign::New(path.to_owned()) } else { Sign::Written(path.to_owned()) }
}

/// Is it one of the four folders of a site?
fn is_top_folder(root: &Path, path: &Path) -> bool {
    path.strip_prefix(root).is_ok_and(|inside| FOLDERS.iter().any(|folder| inside == Path::new(folder)))
}

/// May this be one of the site's inputs, or a folder of them? Hidden files, what editors leave behind, the output and
/// caches aren't.
fn is_input(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let mut names = inside.components().map(|part| part.as_os_str().to_string_lossy());
    let Some(top) = names.next() else { return false };
    // a link in the site may lead to a folder of it that is none of the four; only such folders are watched beside
    let is_deeper = inside.components().count() > 1;
    let is_known = top == SITE_FILE || FOLDERS.contains(&&*top) || is_deeper;
    is_known && may_be_input(&top) && names.all(|name| may_be_input(&name))
}

fn reason(error: &notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => "the system watches as many folders as it may".to_owned(),
        _ => error.to_string(),
    }
}
