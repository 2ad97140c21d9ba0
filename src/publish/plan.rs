//! What is to be done, from what was built and what is there. Pure.

use std::collections::BTreeMap;

use super::ledger::{self, Ledger};
use crate::output::Built;

/// What is to be done, file by file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be sent, in waves: each begins when the one before is there.
    pub waves: [Vec<Sending>; 3],
    /// To be deleted, at the very end.
    pub deletions: Vec<String>,
    /// How many files are there as they should be.
    pub same: usize,
}

/// A file to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Sending {
    /// Relative to the target, and to `dist/`.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// Another file stands there now.
    pub replaces: bool,
}

impl Plan {
    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.sendings().next().is_none() && self.deletions.is_empty()
    }

    /// Every file to be sent, in order.
    pub fn sendings(&self) -> impl Iterator<Item = &Sending> {
        self.waves.iter().flatten()
    }

    /// Adds what is to be done for one brand.
    pub fn add(&mut self, built: &Built, brand: &str, ledger: &Ledger, there: &BTreeMap<String, u64>) {
        let mut wanted = BTreeMap::new();
        for entry in built.of(brand) {
            wanted.insert(&*entry.path, entry);
            let stands = there.get(&*entry.path);
            let has_size = stands == Some(&entry.size);
            let hash = entry.blake3.to_hex();
            let is_same = match ledger.files.get(&*entry.path) {
                Some(Some(known)) => has_size && **known == *hash,
                // on its way when the last run was cut off: its name says what it holds
                Some(None) => has_size && is_for_ever(&entry.path),
                None => false,
            };
            if is_same {
                self.same += 1;
                continue;
            }
            let wave = match stands {
                _ if is_for_ever(&entry.path) => 0,
                None => 1,
                Some(_) => 2,
            };
            let sending = Sending { path: entry.path.to_string(), size: entry.size, replaces: stands.is_some() };
            self.waves[wave].push(sending);
        }
        let gone = ledger.files.keys().filter(|path| !wanted.contains_key(path.as_str()) && there.contains_key(*path));
        self.deletions.extend(gone.cloned());
    }
}

/// A file that would be written over though etape didn't publish it.
pub fn foreign(built: &Built, brand: &str, there: &BTreeMap<String, u64>) -> Option<String> {
    let taken = built.of(brand).find(|entry| there.contains_key(&*entry.path)).map(|entry| entry.path.to_string());
    // or a manifest that isn't ours
    taken.or_else(|| Some(ledger::path(brand)).filter(|path| there.contains_key(path)))
}

/// Does the name change with what the file holds? Then it may be kept for ever, and nothing else ever has this name.
pub fn is_for_ever(path: &str) -> bool {
    let Some((_, rest)) = path.split_once('/') else { return false };
    let Some(name) = rest.strip_prefix("assets/") else { return false };
    let mut parts = name.rsplit('.').skip(1);
    let is_hash =
        |part: &str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    parts.next().is_some_and(is_hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Entry;

    fn built(files: &[(&str, &str)]) -> Built {
        Built::of_entries(files.iter().map(|(path, text)| Entry::of(path, text.as_bytes())).collect())
    }

    fn hash(text: &str) -> Option<String> {
        Some(blake3::hash(text.as_bytes()).to_hex().to_string())
    }

    #[test]
    fn assets_then_new_pages_then_changed_ones_then_deletions() {
        let built = built(&[
            ("a/assets/x.0123456789ab.css", "x"),
            ("a/assets/y.0123456789ab.css", "y"),
            ("a/changed.html", "new"),
            ("a/new.html", "n"),
            ("a/same.html", "s"),
            ("b/other.html", "o"),
        ]);
        let files = [
            ("a/assets/x.0123456789ab.css", None),
            ("a/changed.html", hash("old")),
            ("a/gone.html", hash("g")),
            ("a/lost.html", hash("l")),
            ("a/same.html", hash("s")),
        ];
        let ledger = Ledger { files: files.map(|(path, hash)| (path.to_owned(), hash)).into() };
        let there = [
            ("a/assets/x.0123456789ab.css", 1),
            ("a/changed.html", 3),
            ("a/gone.html", 1),
            ("a/same.html", 1),
            ("a/theirs.html", 1),
        ];
        let mut plan = Plan::default();
        plan.add(&built, "a", &ledger, &there.map(|(path, size)| (path.to_owned(), size)).into());
        let sending = |path: &str, size, replaces| Sending { path: path.to_owned(), size, replaces };
        assert_eq!(
            plan,
            Plan {
                waves: [
                    vec![sending("a/assets/y.0123456789ab.css", 1, false)],
                    vec![sending("a/new.html", 1, false)],
                    vec![sending("a/changed.html", 3, true)],
                ],
                deletions: vec!["a/gone.html".to_owned()],
                same: 2,
            }
        );
    }

    #[test]
    fn what_lies_there_otherwise_is_sent_again() {
        let built = built(&[("a/x.html", "12")]);
        let ledger = |hash| Ledger { files: [("a/x.html".to_owned(), hash)].into() };
        for (ledger, there, sent) in [
            (ledger(hash("12")), Some(2), 0),
            // somebody took it away, or cut it
            (ledger(hash("12")), None, 1),
            (ledger(hash("12")), Some(1), 1),
            // on its way: a page's name doesn't say what it holds
            (ledger(None), Some(2), 1),
            (Ledger::default(), Some(2), 1),
        ] {
            let there = there.map(|size| ("a/x.html".to_owned(), size)).into_iter().collect();
            let mut plan = Plan::default();
            plan.add(&built, "a", &ledger, &there);
            assert_eq!(plan.sendings().count(), sent, "{ledger:?} {there:?}");
        }
    }

    #[test]
    fn names_with_a_hash_are_for_ever() {
        for (path, expected) in [
            ("a/assets/style.0a1b2c3d4e5f.css", true),
            ("a/assets/code-640.0a1b2c3d4e5f.webp", true),
            ("a/assets/style.css", false),
            ("a/fr/mfa/code.0a1b2c3d4e5f.html", false),
            ("a/index.html", false),
        ] {
            assert_eq!(is_for_ever(path), expected, "{path}");
        }
    }
}
