//! What was made before, found by a hash of everything it was made from.
//!
//! A pure function whose arguments have the same hash gives the same result, so the result may be kept. Nothing here
//! asks what has changed, and nothing kept is ever wrong: an argument that is left out of a hash would be a mistake of
//! the caller's. Not here: what is kept on a disk (`output::Store`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The hash of some arguments, or of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key([u8; 16]);

impl Key {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hash(&blake3::hash(bytes))
    }

    /// Of the bytes that have this hash.
    pub fn from_hash(hash: &blake3::Hash) -> Self {
        let mut key = [0; 16];
        key.copy_from_slice(&hash.as_bytes()[..16]);
        Self(key)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        state.write_u64(u64::from_le_bytes(first));
    }
}

/// Of a key, which is a hash already: a part of it.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, part: u64) {
        self.0 = part;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// By the key of the arguments, with the round in which the result was last asked for.
type Results<V> = HashMap<Key, (u32, V), BuildHasherDefault<AsItIs>>;

/// Makes a key from many parts, each told from the next.
#[derive(Clone, Default)]
pub struct KeyMaker {
    bytes: Vec<u8>,
}

impl KeyMaker {
    /// Nothing yet but the name of what the key is for, which tells it from keys for other things.
    pub fn new(what: &str) -> Self {
        // most keys are made of a few short parts
        Self { bytes: Vec::with_capacity(256) }.text(what)
    }

    /// With a text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    /// With a text that may be missing.
    #[must_use]
    pub fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    /// With a key.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.bytes.extend_from_slice(&key.0);
        self
    }

    /// With several keys, and how many they are.
    #[must_use]
    pub fn keys(mut self, keys: impl IntoIterator<Item = Key>) -> Self {
        let start = self.bytes.len();
        keys.into_iter().for_each(|key| self.bytes.extend_from_slice(&key.0));
        let length = (self.bytes.len() - start) as u64;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self
    }

    /// With a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// The key of all that.
    pub fn make(&self) -> Key {
        Key::of(&self.bytes)
    }
}

impl From<KeyMaker> for Key {
    fn from(maker: KeyMaker) -> Self {
        maker.make()
    }
}

/// Results of one function. Cheap to clone results only: they are shared.
#[derive(Debug)]
pub struct Memo<V> {
    kept: Mutex<Results<V>>,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<V: Clone> Memo<V> {
    /// The result for a key, kept or made now. Two threads that ask for the same at once may both make it. A key that is
    /// still in the making is made only where anything is kept.
    pub fn get_or(&self, round: Round, key: impl Into<Key>, make: impl FnOnce() -> V) -> V {
        if !round.keeps() {
            return make();
        }
        let key = key.into();
        self.get(round, key).unwrap_or_else(|| {
            let made = make();
            self.put(round, key, made.clone());
            made
        })
    }

    /// The result for a key, if it is kept.
    pub fn get(&self, round: Round, key: Key) -> Option<V> {
        let Round::Number(round) = round else { return None };
        self.lock().get_mut(&key).map(|(last, value)| {
            *last = round;
            value.clone()
        })
    }

    /// Keeps a result.
    pub fn put(&self, round: Round, key: Key, value: V) {
        if let Round::Number(round) = round {
            self.lock().insert(key, (round, value));
        }
    }

    /// Forgets what nobody has asked for in the last rounds; looks for that now and then only.
    pub fn forget(&self, round: Round) {
        if let Round::Number(round) = round
            && round.is_multiple_of(KEPT_FOR + 1)
        {
            self.lock().retain(|_, (last, _)| *last + KEPT_FOR >= round);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Results<V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how many rounds a result that nobody asks for is kept: a mistake that is mended, an edit that is taken back.
const KEPT_FOR: u32 = 3;

/// Which build it is, of those that share what is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Round {
    /// The only one: nothing is kept.
    #[default]
    Only,
    /// One of many.
    Number(u32),
}

impl Round {
    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Only => Self::Only,
            Self::Number(number) => Self::Number(number.wrapping_add(1)),
        }
    }

    /// Is anything kept?
    pub fn keeps(self) -> bool {
        self != Self::Only
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let keys = [
            KeyMaker::new("a").text("bc").make(),
            KeyMaker::new("ab").text("c").make(),
            KeyMaker::new("a").text("b").text("c").make(),
            KeyMaker::new("a").maybe(None).make(),
            KeyMaker::new("a").maybe(Some("")).make(),
            KeyMaker::new("a").keys([Key::of(b"x")]).keys([]).make(),
            KeyMaker::new("a").keys([]).keys([Key::of(b"x")]).make(),
        ];
        let different: std::collections::BTreeSet<Key> = keys.into_iter().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(KeyMaker::new("a").text("b").make(), KeyMaker::new("a").text("b").make());
    }

    #[test]
    fn a_result_is_made_once_and_forgotten_when_unused() {
        let memo = Memo::default();
        let mut round = Round::Number(0);
        let key = Key::of(b"x");
        assert_eq!(memo.get_or(round, key, || 1), 1);
        assert_eq!(memo.get_or(round, key, || 2), 1);
        for _ in 0..KEPT_FOR {
            round = round.next();
            memo.forget(round);
        }
        assert_eq!(memo.get(round, key), Some(1), "asked for in time");
        for _ in 0..=2 * KEPT_FOR {
            round = round.next();
            memo.forget(round);
        }
        assert_eq!(memo.get(round, key), None);
    }

    #[test]
    fn the_only_build_keeps_nothing() {
        let memo = Memo::default();
        memo.put(Round::Only, Key::of(b"x"), 1);
        assert_eq!(memo.get_or(Round::Only, KeyMaker::new("x"), || 2), 2);
        assert_eq!(memo.get(Round::Only, Key::of(b"x")), None);
        assert_eq!(Round::Only.next(), Round::Only);
    }
}
