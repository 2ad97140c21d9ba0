//! The sink of `etape build`: a folder on the disk that is replaced as a whole.
//!
//! A file that the old tree already holds, byte for byte, isn't written again: it becomes a hard link. The old tree is
//! believed only where the disk says that nobody has touched it (`ledger`), so an output that somebody has changed by
//! hand comes out right all the same.
//! Nothing is flushed to the hardware: the promise covers kills and full disks, not a power cut.

mod finish;
mod pile;

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pile::{Pile, Piles};

use super::compare::{has_hash, holds, holds_only, open_to_compare};
use super::each::{AT_ONCE, Each, by_chunks, one_by_one};
use super::ledger::{Ledger, Line, Made, Part, Said, Shelf};
use super::manifest::Entry;
use super::place::Place;
use super::spare::Spare;
use super::tree::{Tree, Visited};
use super::{OutputError, Sink, Store, check_path};
use crate::memo::Key;
use crate::stamp::Stamp;

/// A file that a build was made from; with its stamp if it may be known by that.
pub type Input = (Entry, Option<Stamp>);

/// A new tree in the making, beside the output. Dropped before `finish`, it leaves everything as it was.
#[derive(Debug)]
pub struct Folder {
    place: Place,
    /// If there is an old tree: what the permissions of its files must be to be kept, those of a new file.
    kept_as: Option<Permissions>,
    /// The disk's clock when the build began.
    begun: Option<Stamp>,
    /// Where notes on the output are kept.
    shelf: Option<Shelf>,
    /// Those on the old tree.
    ledger: Option<Ledger>,
    /// Files that were put and aren't written yet.
    piles: Piles,
    /// A path that was put twice.
    twice: OnceLock<Box<str>>,
    /// Files that were put, those of a pile together, and lines of the ledger whose files are taken over.
    put: Mutex<Vec<Vec<Put>>>,
    kept: Mutex<Vec<Kept>>,
    /// What the next build may keep.
    parts: Mutex<Vec<Part>>,
    /// What the next build may find as it stands.
    whole: Option<(Made, Vec<Said>)>,
    /// Folders of the old tree that are looked into, and of the new one that are written to.
    looked: Visited,
    written: Visited,
    /// Where the tree before the last is, for the next one to be made of.
    spare: Option<Spare>,
    /// Folders around the output that were made for it, innermost first.
    made: Vec<PathBuf>,
    finished: bool,
    /// Held until everything is cleaned up.
    _lock: File,
}

/// What a build did to the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files in the output, without the manifest.
    pub files: usize,
    /// Their sizes, added up.
    pub bytes: u64,
    /// How many of them were there before with the same content.
    pub kept: usize,
}

/// A file that was put.
#[derive(Debug)]
struct Put {
    line: Line,
    /// The old tree holds it; the new one gets a link at the end.
    is_kept: bool,
}

/// A file that the old tree holds.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Of its line in the ledger.
    index: usize,
    /// How it stands; none if it had to be read.
    stamp: Option<Stamp>,
}

/// The folder at the top that a path leads into, with its slash (`a-b/` comes before `a/`); a file at the top is alone.
fn top(path: &str) -> &str {
    path.find('/').map_or(path, |at| &path[..=at])
}

impl Put {
    fn path(&self) -> &str {
        &self.line.entry.path
    }
}

impl Folder {
    /// Begins a new tree for `output`. If another build works in the same parent folder, `on_wait` is called
    /// and the other one is waited for. Leftovers of killed builds are cleaned up. `Foreign`: the output is
    /// neither absent, nor empty, nor made by etape; nothing was touched.
    pub fn open(output: &Path, on_wait: impl FnOnce()) -> Result<Self, OutputError> {
        let place = Place::new(output)?;
        let (lock, made) = place.lock(on_wait)?;
        // From here on, what is given up is cleaned up.
        let mut folder = Self {
            place,
            kept_as: None,
            begun: None,
            shelf: None,
            ledger: None,
            piles: Piles::default(),
            twice: OnceLock::new(),
            put: Mutex::default(),
            kept: Mutex::default(),
            parts: Mutex::default(),
            whole: None,
            looked: Visited::default(),
            written: Visited::default(),
            spare: None,
            made,
            finished: false,
            _lock: lock,
        };
        let (new, has_old) = folder.place.begin()?;
        folder.begun = Some(Stamp::of(&new));
        folder.kept_as = has_old.then(|| new.permissions());
        Ok(folder)
    }

    /// Keeps the tree that is replaced in a folder of `home`, for the next one to be made of: that saves most links, if the
    /// output has so many files at least. Where it can't be kept, as on another disk, it is deleted.
    pub fn keep_old(&mut self, home: &Path, least: usize) {
        let Ok(output) = std::path::absolute(&self.place.dist) else { return };
        let name = blake3::hash(output.as_os_str().as_encoded_bytes()).to_hex();
        let path = home.join(format!("spare-{}", name.get(..16).unwrap_or_default()));
        self.spare = Some(Spare { path, least });
    }

    /// Reads what an earlier build has noted of the output in `store`, and notes there what this one does. `maker` tells
    /// this program from others, which may make something else from the same.
    pub fn remember(&mut self, store: Arc<dyn Store + Send>, maker: Key, each: Each) {
        let Ok(path) = std::path::absolute(&self.place.dist) else { return };
        let shelf = Shelf::new(store, &path, maker);
        self.ledger = shelf.read(self.kept_as.is_none(), each);
        self.shelf = Some(shelf);
    }

    /// Neither believes what was noted nor notes anything.
    pub fn forget(&mut self) {
        (self.shelf, self.ledger) = (None, None);
    }

    /// The size and the hash of an input that was noted by an earlier build, and stands as it did then.
    pub fn known_input(&self, path: &str, stamp: &Stamp) -> Option<(u64, blake3::Hash)> {
        let line = self.ledger.as_ref()?.input(path).filter(|line| line.stamp == *stamp)?;
        Some((line.entry.size, line.entry.blake3))
    }

    /// What the last build made, if everything would be made from the same (`key`) and stands as it was left: then there
    /// is nothing to do. `still` says whether texts that the key may not know still say the same.
    pub fn standing(&self, key: Key, still: impl Fn(&[Said]) -> bool, each: Each) -> Option<(Made, Summary)> {
        let ledger = self.ledger.as_ref()?;
        let whole = ledger.whole.as_ref().filter(|whole| whole.made.key == key && still(&whole.fresh))?;
        let lines: Vec<&Line> = ledger.files.iter().chain([&whole.manifest]).collect();
        let is_other = AtomicBool::new(false);
        by_chunks(&lines, AT_ONCE, each, &|lines| {
            let mut tree = Tree::new(&self.place.dist);
            if !lines.iter().all(|line| self.stands_as(line, &mut tree).is_some()) {
                is_other.store(true, Ordering::Relaxed);
            }
        });
        let is_known = |path: &str| ledger.find(path).is_some();
        if is_other.into_inner() || !holds_only(&self.place.dist, ledger.files.len(), &is_known, each) {
            return None;
        }
        let (files, bytes) = (ledger.files.len(), ledger.files.iter().map(|line| line.entry.size).sum());
        Some((whole.made, Summary { files, bytes, kept: files }))
    }

    /// Notes that the next build has nothing to do if it would be made from the same: nothing is to be told again.
    /// `fresh` are the texts that might change again without another key.
    pub fn note_made(&mut self, made: Made, fresh: Vec<Said>) {
        self.whole = Some((made, fresh));
    }

    /// How a file of the old tree stands, if nobody has touched it since it was noted.
    fn untouched(&self, line: &Line, old: &mut Tree<'_>) -> Option<Stamp> {
        let (ledger, kept_as) = (self.ledger.as_ref()?, self.kept_as.as_ref()?);
        let found = old.look(&line.entry.path, Some(kept_as)).ok()?;
        (found.is_plain && ledger.believes(line, &found.stamp)).then_some(found.stamp)
    }

    /// Is a file of the old tree what was noted of it? How it stands is told unless it has to be read.
    fn stands_as(&self, line: &Line, old: &mut Tree<'_>) -> Option<Option<Stamp>> {
        let stamp = self.untouched(line, old);
        (stamp.is_some() || self.is_in_old(&line.entry)).then_some(stamp)
    }

    /// Does the old tree hold a file, as it would be written now? That is read.
    fn is_in_old(&self, entry: &Entry) -> bool {
        let has_it = |kept_as| has_hash(open_to_compare(&self.in_old(&entry.path)).ok()?, kept_as, entry).ok();
        self.kept_as.as_ref().and_then(has_it) == Some(true)
    }

    /// Takes over files of the old tree, if all of them are what was noted.
    fn keep_all(&self, ledger: &Ledger, lines: impl Iterator<Item = Option<usize>>) -> bool {
        let mut lines = lines.peekable();
        let first = lines.peek().copied().flatten().and_then(|index| ledger.files.get(index));
        let keep = |index: usize, old: &mut Tree<'_>| {
            let stamp = self.stands_as(ledger.files.get(index)?, old)?;
            Some(Kept { index, stamp })
        };
        let kept: Option<Vec<Kept>> =
            self.looked.within(&self.place.dist, first.map_or("", |line| &line.entry.path), |old| {
                lines.map(|index| keep(index?, old)).collect()
            });
        let is_kept = kept.is_some();
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(kept.into_iter().flatten());
        is_kept
    }

    /// Writes the files of a pile into the new tree.
    fn write(&self, pile: &mut Pile) -> Result<(), OutputError> {
        let first = pile.first().unwrap_or_default().to_owned();
        let mut put = Vec::with_capacity(pile.len());
        self.written.within(&self.place.new, &first, |new| {
            pile.empty(|entry, bytes| self.write_file(new, entry, bytes).map(|written| put.extend(written)))
        })?;
        self.note_put(put);
        Ok(())
    }

    /// Notes files that are written, or will be links.
    fn note_put(&self, put: Vec<Put>) {
        self.put.lock().unwrap_or_else(PoisonError::into_inner).push(put);
    }

    /// Writes one file; none if one of its path is there, which is told at the end.
    fn write_file(&self, new: &mut Tree<'_>, entry: Entry, bytes: &[u8]) -> Result<Option<Put>, OutputError> {
        let written = new.create(&entry.path).and_then(|mut file| {
            file.write_all(bytes)?;
            Stamp::of_open(&file)
        });
        match written {
            Ok(stamp) => Ok(Some(Put { line: Line::new(entry, stamp), is_kept: false })),
            // whoever has filled the pile isn't to blame
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let _ = self.twice.set(entry.path);
                Ok(None)
            }
            Err(error) => Err(self.failed("write", &entry.path, error)),
        }
    }

    /// Whether the old tree holds this file just as it would be written now.
    fn keeps(&self, path: &str, bytes: &[u8]) -> bool {
        self.kept_as.as_ref().is_some_and(|kept_as| holds(&self.in_old(path), kept_as, bytes).unwrap_or(false))
    }

    fn in_old(&self, path: &str) -> PathBuf {
        self.place.dist.join(path)
    }

    fn in_new(&self, path: &str) -> PathBuf {
        self.place.new.join(path)
    }

    fn failed(&self, doing: &'static str, path: &str, error: io::Error) -> OutputError {
        OutputError::io(doing, &self.in_old(path), error)
    }
}

impl Sink for Folder {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        check_path(path)?;
        let entry = Entry::of(path, bytes);
        let found = self.ledger.as_ref().and_then(|ledger| {
            let index = ledger.find(path)?;
            Some((index, ledger.files.get(index).filter(|line| line.entry == entry)?))
        });
        let untouched = |line| self.looked.within(&self.place.dist, path, |old| self.untouched(line, old));
        if let Some((index, stamp)) = found.and_then(|(index, line)| Some((index, untouched(line)?))) {
            let kept = Kept { index, stamp: Some(stamp) };
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
            return Ok(());
        }
        if self.keeps(path, bytes) {
            self.note_put(vec![Put { line: Line::new(entry, Stamp::default()), is_kept: true }]);
            return Ok(());
        }
        if Pile::is_large(bytes) {
            let written = self.written.within(&self.place.new, path, |new| self.write_file(new, entry, bytes))?;
            self.note_put(written.into_iter().collect());
            return Ok(());
        }
        let mut pile = self.piles.take(path);
        pile.add(entry, bytes);
        let written = if pile.is_full() { self.write(&mut pile) } else { Ok(()) };
        self.piles.give_back(pile);
        written
    }

    fn noted(&self, folder: &str) -> Option<Vec<u8>> {
        Some(self.ledger.as_ref()?.part(folder)?.note.to_vec())
    }

    fn keep(&self, folder: &str) -> bool {
        self.ledger.as_ref().is_some_and(|ledger| self.keep_all(ledger, ledger.folder(folder).map(Some)))
    }

    fn keep_files(&self, paths: &[String]) -> bool {
        let keep = |ledger: &Ledger| self.keep_all(ledger, paths.iter().map(|path| ledger.find(path)));
        self.ledger.as_ref().is_some_and(keep)
    }

    fn stands(&self, path: &str) -> bool {
        let line = self.ledger.as_ref().and_then(|ledger| ledger.line(path));
        let stands = |line| self.looked.within(&self.place.dist, path, |old| self.stands_as(line, old).is_some());
        line.is_some_and(stands)
    }

    fn done(&self, folder: &str, note: Vec<u8>) {
        let part = Part { folder: folder.into(), note: note.into() };
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to tell; the next build tries again.
            let _ = self.place.clear(&one_by_one);
            let _ = self.made.iter().try_for_each(fs::remove_dir);
        }
    }
}
