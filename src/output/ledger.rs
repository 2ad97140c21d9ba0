//! What is known of an output since a build left it there: how each file stood on the disk, and from what the parts were
//! made.
//!
//! A file is believed to be what it was only as long as the disk says that nobody has touched it (`stamp`); a part is
//! taken over only if it would be made from the same and all its files are what they were. Without a ledger, or with a
//! damaged one, everything is made and compared. Not here: the comparing and the linking (`folder`).

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Store;
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
    /// Every file but the manifest, in order.
    pub(super) files: Vec<Line>,
    /// In order.
    pub(super) parts: Vec<Part>,
    /// From what all of it was made, if nothing was to be told of that.
    pub(super) whole: Option<Whole>,
    /// Pictures and the like that the output was made from, in order: those that needn't be read to know what they are.
    pub(super) inputs: Vec<Line>,
}

/// A file of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) path: Box<str>,
    pub(super) size: u64,
    blake3: [u8; 32],
    pub(super) stamp: Stamp,
}

/// An output that was made without a word, and its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whole {
    pub(super) made: Made,
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

impl Line {
    pub(super) fn new(entry: &Entry, stamp: Stamp) -> Self {
        Self { path: entry.path.clone(), size: entry.size, blake3: *entry.blake3.as_bytes(), stamp }
    }

    pub(super) fn entry(&self) -> Entry {
        Entry { path: self.path.clone(), size: self.size, blake3: self.blake3.into() }
    }

    pub(super) fn is(&self, entry: &Entry) -> bool {
        self.size == entry.size && self.blake3 == *entry.blake3.as_bytes()
    }
}

impl Ledger {
    /// The line of a file.
    pub(super) fn line(&self, path: &str) -> Option<&Line> {
        line(&self.files, path)
    }

    /// The line of an input.
    pub(super) fn input(&self, path: &str) -> Option<&Line> {
        line(&self.inputs, path)
    }

    /// What was noted of a folder at the top.
    pub(super) fn part(&self, folder: &str) -> Option<&Part> {
        let at = self.parts.binary_search_by(|part| (*part.folder).cmp(folder)).ok()?;
        self.parts.get(at)
    }

    /// The lines of a folder's files.
    pub(super) fn folder(&self, folder: &str) -> &[Line] {
        let prefix = format!("{folder}/");
        let start = self.files.partition_point(|line| *line.path < *prefix);
        let count = self.files[start..].partition_point(|line| line.path.starts_with(&prefix));
        &self.files[start..start + count]
    }

    /// Does an untouched file have this line?
    pub(super) fn believes(&self, line: &Line, found: &Stamp) -> bool {
        line.stamp == *found && line.stamp.is_settled_at(&self.clock)
    }
}

fn line<'l>(lines: &'l [Line], path: &str) -> Option<&'l Line> {
    lines.get(lines.binary_search_by(|line| (*line.path).cmp(path)).ok()?)
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
        hasher.update(b"ledger 4\n");
        hasher.update(path.as_os_str().as_encoded_bytes());
        Self { store, key: hasher.finalize(), maker }
    }

    /// What an earlier build noted. Of another program's, the files are what they are, but what they are made from may
    /// be made into others.
    pub(super) fn read(&self) -> Option<Ledger> {
        let mut ledger: Ledger = postcard::from_bytes(&self.store.get(&self.key)?).ok()?;
        if ledger.maker != self.maker {
            ledger.parts.clear();
            ledger.whole = None;
        }
        Some(ledger)
    }

    /// Notes what stands in the output. What can't be kept is found out again.
    pub(super) fn write(&self, ledger: &Ledger) {
        let bytes = postcard::to_extend(ledger, Vec::with_capacity(LINE * ledger.files.len()));
        let _ = bytes.map(|bytes| self.store.put(&self.key, &bytes));
    }
}
