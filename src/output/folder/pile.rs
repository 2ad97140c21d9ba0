//! Files on their way into the new tree: they are made one after the other, and written some at a time.
//!
//! To make a page takes more code than a processor keeps close at hand, and to write a file takes other code, the
//! system's. Page by page, each would push the other out. Not here: how a file is written (`folder`).

use std::sync::{Mutex, PoisonError};

use super::top;
use crate::output::manifest::Entry;

/// How many bytes are written at once, about: few enough to be close at hand themselves.
const FULL: usize = 128 << 10;

/// Some files with their bytes.
#[derive(Debug, Default)]
pub(super) struct Pile {
    /// One file after the other.
    bytes: Vec<u8>,
    /// The files, and where the bytes of each end.
    files: Vec<(Entry, usize)>,
}

impl Pile {
    /// Is it better to write a file as it is than to copy it first?
    pub(super) fn is_large(bytes: &[u8]) -> bool {
        bytes.len() > FULL / 4
    }

    /// Adds a file.
    pub(super) fn add(&mut self, entry: Entry, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.files.push((entry, self.bytes.len()));
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Is it time to write?
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Takes all files off, until one can't be taken.
    pub(super) fn empty<E>(&mut self, mut take: impl FnMut(Entry, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut start = 0;
        let mut files = self.files.drain(..);
        let taken = files.try_for_each(|(entry, end)| {
            take(entry, self.bytes.get(std::mem::replace(&mut start, end)..end).unwrap_or_default())
        });
        drop(files);
        self.bytes.clear();
        taken
    }

    /// The path of its first file; none if it is empty.
    pub(super) fn first(&self) -> Option<&str> {
        self.files.first().map(|(entry, _)| &*entry.path)
    }
}

/// The piles of a tree: one for each thread that adds to it, more or less.
#[derive(Debug, Default)]
pub(super) struct Piles(Mutex<Vec<Pile>>);

impl Piles {
    /// A pile that nobody else adds to: one with files of the same folder at the top if there is one, so that files
    /// follow each other in folders.
    pub(super) fn take(&self, path: &str) -> Pile {
        let mut piles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = piles.iter().position(|pile| pile.first().is_some_and(|first| top(first) == top(path)));
        match own {
            Some(index) => piles.swap_remove(index),
            None => piles.pop().unwrap_or_default(),
        }
    }

    /// Gives it back.
    pub(super) fn give_back(&self, pile: Pile) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(pile);
    }

    /// All of them, to be written.
    pub(super) fn take_all(&self) -> Vec<Pile> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
