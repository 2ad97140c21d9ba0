//! The sink of `etape build`: a folder on the disk that is replaced as a whole.
//!
//! A file that the old tree already holds, byte for byte, isn't written again: it becomes a hard link. The old tree is
//! believed only where the disk says that nobody has touched it (`ledger`), so an output that somebody has changed by
//! hand comes out right all the same.
//! Nothing is flushed to the hardware: the promise covers kills and full disks, not a power cut.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::compare::{has_hash, holds, holds_only, open_to_compare};
use super::ledger::{Ledger, Line, Made, Part, Shelf, Whole};
use super::manifest::{self, Entry, MARK};
use super::place::{Place, Swap, swap};
use super::tree::{Tree, Visited};
use super::{OutputError, Sink, Store, check_path};
use crate::memo::Key;
use crate::stamp::Stamp;

/// How to go through a list of `n` things: calls the function once with each of `0..n`, in any order and on any
/// threads, and returns when all is done. It keeps the choice of threads with the caller.
pub type Each<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync));

/// A file that a build was made from; with its stamp if it may be known by that.
pub type Input = (Entry, Option<Stamp>);

/// The plainest `Each`: in order, on this thread.
pub fn one_by_one(n: usize, each: &(dyn Fn(usize) + Sync)) {
    (0..n).for_each(each);
}

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
    done: Mutex<Vec<Done>>,
    /// What the next build may keep.
    parts: Mutex<Vec<Part>>,
    /// What the next build may find as it stands.
    whole: Option<Made>,
    /// Folders of the old tree that are looked into, and of the new one that are written to.
    looked: Visited,
    written: Visited,
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
struct Done {
    entry: Entry,
    /// The old tree holds it; the new one gets a link at the end.
    kept: bool,
    /// How it stands, if that is known.
    stamp: Option<Stamp>,
}

/// Files that are linked in one go: enough to be worth a thread's while.
const LINKS_AT_ONCE: usize = 128;

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
            done: Mutex::default(),
            parts: Mutex::default(),
            whole: None,
            looked: Visited::default(),
            written: Visited::default(),
            made,
            finished: false,
            _lock: lock,
        };
        let (new, has_old) = folder.place.begin()?;
        folder.begun = Some(Stamp::of(&new));
        folder.kept_as = has_old.then(|| new.permissions());
        Ok(folder)
    }

    /// Reads what an earlier build has noted of the output in `store`, and notes there what this one does. `maker` tells
    /// this program from others, which may make something else from the same.
    pub fn remember(&mut self, store: Arc<dyn Store + Send>, maker: Key) {
        let Ok(path) = std::path::absolute(&self.place.dist) else { return };
        let shelf = Shelf::new(store, &path, maker);
        self.ledger = shelf.read();
        if let Some(ledger) = self.ledger.as_mut().filter(|_| self.kept_as.is_none()) {
            (ledger.files, ledger.parts, ledger.whole) = (Vec::new(), Vec::new(), None);
        }
        self.shelf = Some(shelf);
    }

    /// The hash of an input that was noted by an earlier build, and stands as it did then.
    pub fn known_input(&self, path: &str, stamp: &Stamp) -> Option<blake3::Hash> {
        let line = self.ledger.as_ref()?.input(path).filter(|line| line.stamp == *stamp)?;
        Some(line.entry().blake3)
    }

    /// What the last build made, if everything would be made from the same (`key`) and stands as it was left: then there
    /// is nothing to do.
    pub fn standing(&self, key: Key, each: Each) -> Option<(Made, Summary)> {
        let ledger = self.ledger.as_ref()?;
        let whole = ledger.whole.as_ref().filter(|whole| whole.made.key == key)?;
        let lines: Vec<&Line> = ledger.files.iter().chain([&whole.manifest]).collect();
        let chunks: Vec<_> = lines.chunks(LINKS_AT_ONCE).collect();
        let is_other = AtomicBool::new(false);
        each(chunks.len(), &|index| {
            let mut tree = Tree::new(&self.place.dist);
            let stands = |line: &&Line| self.kept(line, &mut tree).is_some();
            if !chunks.get(index).into_iter().copied().flatten().all(stands) {
                is_other.store(true, Ordering::Relaxed);
            }
        });
        let is_known = |path: &str| ledger.line(path).is_some();
        if is_other.into_inner() || !holds_only(&self.place.dist, ledger.files.len(), &is_known, each) {
            return None;
        }
        let (files, bytes) = (ledger.files.len(), ledger.files.iter().map(|line| line.size).sum());
        Some((whole.made, Summary { files, bytes, kept: files }))
    }

    /// Notes that the next build has nothing to do if it would be made from the same: nothing is to be told again.
    pub fn note_made(&mut self, made: Made) {
        self.whole = Some(made);
    }

    /// Writes the manifest and puts the new tree in the place of the old. `inputs` are the files that the build was made
    /// from, in any order, with the stamps of those that the next build needn't read if they stand as they do. On an
    /// error the old tree stands, but for one: if the old tree can't be deleted, the new one is in place. When nothing
    /// has changed, the output isn't touched at all.
    pub fn finish(self, inputs: Vec<Input>, each: Each) -> Result<Summary, OutputError> {
        self.finish_by(inputs, each, swap)
    }

    pub(super) fn finish_by(mut self, mut inputs: Vec<Input>, each: Each, swap: Swap) -> Result<Summary, OutputError> {
        let mut done = std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner));
        done.sort_unstable_by(|a, b| a.entry.path.cmp(&b.entry.path));
        if let Some([twice, _]) = done.array_windows().find(|[a, b]| a.entry.path == b.entry.path) {
            return Err(OutputError::Twice { path: twice.entry.path.to_string() });
        }
        let summary = Summary {
            files: done.len(),
            bytes: done.iter().map(|d| d.entry.size).sum(),
            kept: done.iter().filter(|d| d.kept).count(),
        };
        if summary.kept < summary.files {
            // what was noted of the old tree is of no use any more, and takes room
            self.ledger = None;
        }
        inputs.sort_unstable_by(|a, b| a.0.path.cmp(&b.0.path));
        let text = manifest::text(done.iter().map(|d| &d.entry), inputs.iter().map(|(entry, _)| entry));
        let text = text.map_err(|error| self.failed("write", manifest::NAME, error))?;

        let is_same = summary.kept == summary.files && self.kept_as.is_some();
        let is_known = |path: &str| done.binary_search_by(|d| (*d.entry.path).cmp(path)).is_ok();
        let is_same = is_same && holds_only(&self.place.dist, done.len(), &is_known, each);
        if is_same {
            // One rename is as whole as an exchange.
            if !self.keeps(manifest::NAME, &text) {
                self.write_manifest(&text)?;
                let renamed = fs::rename(self.in_new(manifest::NAME), self.in_old(manifest::NAME));
                renamed.map_err(|error| self.failed("replace", manifest::NAME, error))?;
            }
        } else {
            self.link_kept(&done, each)?;
            self.write_manifest(&text)?;
            self.place.exchange(swap)?;
        }
        self.finished = true;
        self.place.clear(each)?;
        let manifest = Entry::of(manifest::NAME, &text);
        drop(text);
        self.note(&done, inputs, manifest, is_same, each);
        Ok(summary)
    }

    /// Notes how the output stands, for the next build. What can't be noted is found out again then.
    fn note(&self, done: &[Done], inputs: Vec<Input>, manifest: Entry, is_same: bool, each: Each) {
        let Some(shelf) = &self.shelf else { return };
        let mut parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        parts.sort_unstable();
        let line = |(entry, stamp): &Input| stamp.map(|stamp| Line::new(entry, stamp));
        let inputs: Vec<Line> = inputs.iter().filter_map(line).collect();
        let is_known = is_same && done.iter().all(|d| d.stamp.is_some());
        let is_made = |ledger: &Ledger| ledger.whole.as_ref().map(|whole| whole.made) == self.whole;
        let is_noted = |ledger: &Ledger| ledger.parts == parts && ledger.inputs == inputs && is_made(ledger);
        if is_known && self.ledger.as_ref().is_some_and(is_noted) {
            return;
        }
        // files are looked at after the clock
        let clock = if is_same { self.begun } else { self.place.clock().ok() };
        let Some((clock, begun)) = clock.zip(self.begun) else { return };
        let look = |d: &Done, tree: &mut Tree<'_>| {
            // links to a file, made or deleted, are changes of it too
            let known = d.stamp.filter(|_| is_same || !d.kept);
            let mut found = || Some(tree.look(&d.entry.path, None).ok()?.stamp);
            // of what is written to meanwhile, nothing is known
            known.or_else(|| found().filter(|stamp| stamp.is_written_before(&begun))).unwrap_or_default()
        };
        let chunks: Vec<_> = done.chunks(LINKS_AT_ONCE).collect();
        let lines: Vec<OnceLock<Vec<Line>>> = chunks.iter().map(|_| OnceLock::new()).collect();
        each(chunks.len(), &|index| {
            if let (Some(chunk), Some(lines)) = (chunks.get(index), lines.get(index)) {
                let mut tree = Tree::new(&self.place.dist);
                let _ = lines.set(chunk.iter().map(|d| Line::new(&d.entry, look(d, &mut tree))).collect());
            }
        });
        let whole = self.whole.and_then(|made| {
            let stamp = Tree::new(&self.place.dist).look(manifest::NAME, None).ok()?.stamp;
            Some(Whole { made, manifest: Line::new(&manifest, stamp) })
        });
        let files = lines.into_iter().filter_map(OnceLock::into_inner).flatten().collect();
        shelf.write(&Ledger { maker: shelf.maker, clock, files, parts, whole, inputs });
    }

    /// How a file of the old tree stands, if nobody has touched it since it was noted.
    fn untouched(&self, line: &Line, old: &mut Tree<'_>) -> Option<Stamp> {
        let (ledger, kept_as) = (self.ledger.as_ref()?, self.kept_as.as_ref()?);
        let found = old.look(&line.path, Some(kept_as)).ok()?;
        (found.is_plain && ledger.believes(line, &found.stamp)).then_some(found.stamp)
    }

    /// A file of the old tree as it would be put, if it is what was noted.
    fn kept(&self, line: &Line, old: &mut Tree<'_>) -> Option<Done> {
        let stamp = self.untouched(line, old);
        let is_it = stamp.is_some() || {
            let file = open_to_compare(&self.in_old(&line.path)).ok()?;
            has_hash(file, self.kept_as.as_ref()?, line).unwrap_or(false)
        };
        is_it.then(|| Done { entry: line.entry(), kept: true, stamp })
    }

    /// Takes over files of the old tree, if all of them are what was noted.
    fn keep_all(&self, lines: &[Option<&Line>]) -> bool {
        let first = lines.first().copied().flatten().map_or("", |line| &line.path);
        let kept: Option<Vec<Done>> = self
            .looked
            .within(&self.place.dist, first, |old| lines.iter().map(|line| self.kept((*line)?, old)).collect());
        let is_kept = kept.is_some();
        self.done.lock().unwrap_or_else(PoisonError::into_inner).extend(kept.into_iter().flatten());
        is_kept
    }

    /// Links what the old tree holds into the new one.
    fn link_kept(&self, done: &[Done], each: Each) -> Result<(), OutputError> {
        let chunks: Vec<_> = done.chunks(LINKS_AT_ONCE).collect();
        let failed = Mutex::new(None);
        each(chunks.len(), &|index| {
            let (mut old, mut new) = (Tree::new(&self.place.dist), Tree::new(&self.place.new));
            let mut kept = chunks.get(index).into_iter().copied().flatten().filter(|d| d.kept);
            if let Err(error) = kept.try_for_each(|d| self.link(&d.entry, &mut old, &mut new)) {
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Links one file, or copies it where links can't be made.
    fn link(&self, entry: &Entry, old: &mut Tree<'_>, new: &mut Tree<'_>) -> Result<(), OutputError> {
        if new.link(old, &entry.path).is_ok() {
            return Ok(());
        }
        let bytes = fs::read(self.in_old(&entry.path)).map_err(|error| self.failed("read", &entry.path, error))?;
        if blake3::hash(&bytes) != entry.blake3 {
            return Err(self.failed("read", &entry.path, io::Error::other("it has just been changed")));
        }
        self.write(&entry.path, &bytes).map(drop)
    }

    /// Writes a file of the new tree, which must not be there yet. Returns how it stands.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<Stamp, OutputError> {
        let written = self.written.within(&self.place.new, path, |new| -> io::Result<Stamp> {
            let mut file = new.create(path)?;
            file.write_all(bytes)?;
            Ok(Stamp::of(&file.metadata()?))
        });
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => OutputError::Twice { path: path.to_owned() },
            _ => self.failed("write", path, error),
        })
    }

    /// Writes the rest of the manifest after its mark.
    fn write_manifest(&self, text: &[u8]) -> Result<(), OutputError> {
        let rest = text.get(MARK.len()..).unwrap_or_default();
        let file = File::options().append(true).open(self.in_new(manifest::NAME));
        let written = file.and_then(|mut file| file.write_all(rest));
        written.map_err(|error| self.failed("write", manifest::NAME, error))
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
        let line = self.ledger.as_ref().and_then(|ledger| ledger.line(path));
        let untouched = |line| self.looked.within(&self.place.dist, path, |old| self.untouched(line, old));
        let known = line.filter(|line| line.is(&entry)).and_then(untouched);
        let kept = known.is_some() || self.keeps(path, bytes);
        let stamp = if kept { known } else { Some(self.write(path, bytes)?) };
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(Done { entry, kept, stamp });
        Ok(())
    }

    fn noted(&self, folder: &str) -> Option<Vec<u8>> {
        Some(self.ledger.as_ref()?.part(folder)?.note.to_vec())
    }

    fn keep(&self, folder: &str) -> bool {
        self.ledger
            .as_ref()
            .is_some_and(|ledger| self.keep_all(&ledger.folder(folder).iter().map(Some).collect::<Vec<_>>()))
    }

    fn keep_files(&self, paths: &[String]) -> bool {
        self.ledger
            .as_ref()
            .is_some_and(|ledger| self.keep_all(&paths.iter().map(|path| ledger.line(path)).collect::<Vec<_>>()))
    }

    fn stands(&self, path: &str) -> bool {
        let line = self.ledger.as_ref().and_then(|ledger| ledger.line(path));
        let stands = |line| self.looked.within(&self.place.dist, path, |old| self.kept(line, old).is_some());
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
