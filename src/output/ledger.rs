//! What is known of an output since a build left it there: how each file stood on the disk, and from what the parts were
//! made.
//!
//! A file is believed to be what it was only as long as the disk says that nobody has touched it (`stamp`); a part is
//! taken over only if it would be made from the same and all its files are what they were. Without a ledger, or with a
//! damaged one, everything is made and compared. Not here: the comparing and the linking (`folder`).

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Store;
use super::each::{Each, by_chunks};
use super::manifest::Entry;
use crate::memo::Key;
use crate::stamp::Stamp;

/// A build's notes on its output, for the next one.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// The program that made them.
    pub(super) maker: Key,
    /// The disk's clock when the files were looked at.
    pub(super) clock: Stamp,
    /// Its clock before links to files were made and after others were deleted.
    pub(super) links: (Stamp, Stamp),
    /// Every file but the manifest, in order.
    #[serde(skip)]
    pub(super) files: Vec<Line>,
    /// In order.
    pub(super) parts: Vec<Part>,
    /// From what all of it was made, if nothing was to be told of that.
    pub(super) whole: Option<Whole>,
    /// What the output was made from, in order: what needn't be read to know what it is, as pictures and texts of one brand.
    pub(super) inputs: Vec<Line>,
}

/// A file of the output or of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line<E = Entry> {
    pub(super) entry: E,
    /// How it stood; as `Stamp::default` if that isn't known.
    pub(super) stamp: Stamp,
    /// It stood so before it got a new link and lost the old one. The disk counts that as a change, made at some time
    /// between those of `Ledger::links`.
    pub(super) is_linked: bool,
}

/// The path of a text, and the key of what it said.
pub type Said = (String, Key);

/// An output that was made without a word, and its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whole {
    pub(super) made: Made,
    /// Texts that it was made from and that might have changed again unseen, with the keys of what they said.
    pub(super) fresh: Vec<Said>,
    pub(super) manifest: Line,
}

/// From what an output was made, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The key of everything it was made from, but for the program.
    pub key: Key,
    /// Pages of guides.
    pub pages: usize,
    /// Brands times locales.
    pub editions: usize,
}

/// A folder at the top of the output, and what whoever made it wants to know again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) folder: Box<str>,
    pub(super) note: Box<[u8]>,
}

impl<E> Line<E> {
    /// A file that stood so when it was looked at.
    pub(super) fn new(entry: E, stamp: Stamp) -> Self {
        Self { entry, stamp, is_linked: false }
    }

    pub(super) fn is_known(&self) -> bool {
        self.stamp != Stamp::default()
    }
}

impl Ledger {
    /// Which of the files one is.
    pub(super) fn find(&self, path: &str) -> Option<usize> {
        find(&self.files, path)
    }

    /// The line of a file.
    pub(super) fn line(&self, path: &str) -> Option<&Line> {
        self.files.get(self.find(path)?)
    }

    /// The line of an input.
    pub(super) fn input(&self, path: &str) -> Option<&Line> {
        self.inputs.get(find(&self.inputs, path)?)
    }

    /// What was noted of a folder at the top.
    pub(super) fn part(&self, folder: &str) -> Option<&Part> {
        let at = self.parts.binary_search_by(|part| (*part.folder).cmp(folder)).ok()?;
        self.parts.get(at)
    }

    /// Which files are in a folder.
    pub(super) fn folder(&self, folder: &str) -> Range<usize> {
        let prefix = format!("{folder}/");
        let start = self.files.partition_point(|line| *line.entry.path < *prefix);
        let count = self.files[start..].partition_point(|line| line.entry.path.starts_with(&prefix));
        start..start + count
    }

    /// Does an untouched file have this line?
    pub(super) fn believes(&self, line: &Line, found: &Stamp) -> bool {
        if line.is_linked {
            let (before, after) = &self.links;
            return line.stamp.is_but_linked(found, before) && found.is_settled_at(after);
        }
        line.stamp == *found && line.stamp.is_settled_at(&self.clock)
    }
}

fn find(lines: &[Line], path: &str) -> Option<usize> {
    lines.binary_search_by(|line| (*line.entry.path).cmp(path)).ok()
}

/// About the bytes of a line.
const LINE: usize = 128;

/// Where ledgers are kept, and under which key that of one output.
pub(super) struct Shelf {
    store: Arc<dyn Store + Send>,
    key: blake3::Hash,
    pub(super) maker: Key,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Shelf {
    /// For the output at `path`, which needn't be there yet; `maker` tells the program from others that make it.
    pub(super) fn new(store: Arc<dyn Store + Send>, path: &Path, maker: Key) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"ledger 9\n");
        hasher.update(path.as_os_str().as_encoded_bytes());
        Self { store, key: hasher.finalize(), maker }
    }

    /// What an earlier build noted. Of another program's, the files are what they are, but what they are made from may
    /// be made into others. If the output `is_gone`, only its inputs are read.
    pub(super) fn read(&self, is_gone: bool, each: Each) -> Option<Ledger> {
        let bytes = self.store.get(&self.key)?;
        let ((mut ledger, lengths), mut rest): ((Ledger, Vec<usize>), _) = postcard::take_from_bytes(&bytes).ok()?;
        if is_gone {
            (ledger.parts, ledger.whole) = (Vec::new(), None);
            return Some(ledger).filter(|ledger| ledger.maker == self.maker);
        }
        let mut parts = Vec::with_capacity(lengths.len());
        for length in lengths {
            let (part, after) = rest.split_at_checked(length)?;
            parts.push(part);
            rest = after;
        }
        let lines = |parts: &[&[u8]]| parts.first().and_then(|part| postcard::from_bytes::<Vec<Line>>(part).ok());
        for lines in by_chunks(&parts, 1, each, &lines) {
            ledger.files.append(&mut lines?);
        }
        if ledger.maker != self.maker {
            ledger.parts.clear();
            ledger.inputs.clear();
            ledger.whole = None;
        }
        Some(ledger)
    }

    /// Notes what stands in the output: the files' lines come in parts that `lines` has made. What can't be kept is found
    /// out again.
    pub(super) fn write(&self, ledger: &Ledger, files: &[Vec<u8>]) {
        let lengths: Vec<usize> = files.iter().map(Vec::len).collect();
        let Ok(head) = postcard::to_allocvec(&(ledger, lengths)) else { return };
        let parts: Vec<&[u8]> = std::iter::once(&head).chain(files).map(Vec::as_slice).collect();
        self.store.put_parts(&self.key, &parts);
    }
}

/// Some files' lines as they are noted.
pub(super) fn lines(lines: &[Line<&Entry>]) -> Vec<u8> {
    postcard::to_extend(lines, Vec::with_capacity(LINE * lines.len())).unwrap_or_default()
}
