//! The next snapshot of a site that has been read before: what hasn't been touched since isn't read again.
//!
//! A file counts as untouched if the disk tells the same of it as before, and told it long enough before the earlier
//! reading: a file that changes twice within one tick of the disk's clock looks the same both times. Not here: when to
//! read (`serve`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::listing::source_path;
use super::{FOLDERS, File, Known, Listing, Snapshot, Taken, is_dropping, is_of_one_brand, load};
use crate::memo::Key;
use crate::path::SourcePath;
use crate::stamp::Stamp;

/// An earlier snapshot, and when its reading began.
#[derive(Clone, Copy)]
pub struct Before<'s> {
    /// What was read.
    pub snapshot: &'s Snapshot,
    /// When.
    pub since: SystemTime,
}

impl Before<'_> {
    /// The file as it was taken, if it still stands as it was read.
    pub(super) fn as_it_stands(&self, path: &SourcePath, stamp: &Stamp) -> Option<&Taken> {
        let taken = self.snapshot.files.get(path)?;
        (taken.stamp.as_ref() == Some(stamp) && stamp.is_settled(self.since)).then_some(taken)
    }
}

impl Snapshot {
    /// Reads the site at `root` again. `touched` names every file and folder that may have changed since the earlier
    /// snapshot, if that is known.
    pub fn read_again(root: &Path, before: &Before<'_>, touched: Option<&BTreeSet<PathBuf>>) -> io::Result<Self> {
        match touched.and_then(|touched| before.snapshot.with(touched)) {
            Some(result) => result,
            None => Listing::new(root)?.read_after(before),
        }
    }

    /// This snapshot with some files read anew; none if more than known files were touched.
    fn with(&self, touched: &BTreeSet<PathBuf>) -> Option<io::Result<Self>> {
        if self.has_links || !self.problems.is_empty() {
            return None;
        }
        let mut known = Vec::new();
        for disk in touched {
            let path = source_path(&self.root, disk)?;
            let top = path.as_str().split('/').next().unwrap_or_default();
            let is_input = path.as_str() == "site.toml" || FOLDERS.contains(&top);
            if !is_input || path.as_str().split('/').any(is_dropping) {
                continue;
            }
            match (self.files.get(&path).is_some_and(|taken| taken.stamp.is_some()), disk.symlink_metadata()) {
                (true, Ok(metadata)) if metadata.is_file() => known.push((path, disk)),
                // it came and went
                (false, Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
                _ => return None,
            }
        }
        let mut files = self.files.clone();
        for (path, disk) in known {
            let loaded = disk.metadata().and_then(|metadata| load(path, disk, Stamp::of(&metadata), None));
            match loaded {
                Ok(Ok((path, taken))) => drop(files.insert(path, taken)),
                Ok(Err(_)) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let (root, broken) = (self.root.clone(), self.broken.clone());
        Some(Ok(Self { root, files, problems: Vec::new(), broken, has_links: false, hashes: BTreeMap::new() }))
    }

    /// The files that a later build needn't read to know what they are, if they stand as they do: pictures, and texts of
    /// one brand. A text that has changed after `since` may change again unseen.
    pub fn settled(&self, since: SystemTime) -> impl Iterator<Item = (&SourcePath, &Stamp)> {
        let is_meant = |path: &SourcePath, file: &File| matches!(file, File::Binary(..)) || is_of_one_brand(path);
        let files = self.files.iter().filter(move |(path, taken)| is_meant(path, &taken.file));
        files.filter_map(move |(path, taken)| Some((path, taken.stamp.as_ref().filter(|at| at.is_settled(since))?)))
    }

    /// Takes hashes of pictures, which aren't read until they are needed, from an earlier reading.
    pub fn recall(&mut self, known: Known<'_>) {
        let unread = self.files.iter().filter(|(_, taken)| matches!(taken.file, File::Binary(..)));
        let stamped = unread.filter_map(|(path, taken)| Some((path, taken.stamp.as_ref()?)));
        let hashes = stamped.filter_map(|(path, stamp)| Some((path.clone(), known(path, stamp)?.1))).collect();
        self.hashes = hashes;
    }

    /// The files that are new, gone or different since an earlier snapshot, in order; those that couldn't be taken as
    /// well. Texts are compared by what they say; pictures, which aren't read until they are needed, by their stamps.
    pub fn changed_since(&self, before: &Self) -> Vec<SourcePath> {
        let key = |snapshot: &Self, path: &SourcePath| {
            let broken = snapshot.broken.get(path).map(|text| Key::of(text.as_bytes()));
            snapshot.key(path).or(broken)
        };
        let all = |snapshot: &'_ Self| -> BTreeSet<SourcePath> {
            snapshot.files.keys().chain(snapshot.broken.keys()).cloned().collect()
        };
        let mut changed: BTreeSet<SourcePath> = if self.has_same_names(before) {
            let differing = |((path, one), (_, other)): ((&SourcePath, &Taken), (_, &Taken))| {
                (one.key != other.key).then(|| path.clone())
            };
            let mut changed: BTreeSet<_> = self.files.iter().zip(before.files.iter()).filter_map(differing).collect();
            changed.extend(self.broken.keys().filter(|path| key(self, path) != key(before, path)).cloned());
            changed
        } else {
            let mut paths = all(self);
            paths.append(&mut all(before));
            paths.into_iter().filter(|path| key(self, path) != key(before, path)).collect()
        };
        if self.problems != before.problems {
            changed.extend(self.problems.iter().chain(&before.problems).map(|problem| problem.place.file.clone()));
        }
        changed.into_iter().collect()
    }

    fn has_same_names(&self, other: &Self) -> bool {
        self.files.len() == other.files.len()
            && self.broken.keys().eq(other.broken.keys())
            && self.files.keys().eq(other.files.keys())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn snapshot(files: &[(&str, &str)]) -> Snapshot {
        Snapshot::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes())))
    }

    #[test]
    fn differences_are_told_once_and_in_order() {
        let before = snapshot(&[("content/a/1.md", "1"), ("content/a/2.md", "2"), ("assets/x.png", "x")]);
        for (after, changed) in [
            (vec![("content/a/1.md", "1"), ("content/a/2.md", "2"), ("assets/x.png", "x")], vec![]),
            (
                vec![("content/a/1.md", "one"), ("content/a/2.md", "2"), ("assets/x.png", "y")],
                vec!["assets/x.png", "content/a/1.md"],
            ),
            (
                vec![("content/a/1.md", "one"), ("content/a/3.md", "2"), ("assets/x.png", "y")],
                vec!["assets/x.png", "content/a/1.md", "content/a/2.md", "content/a/3.md"],
            ),
            (
                vec![
                    ("content/a/1.md", "1"),
                    ("content/a/2.md", "2"),
                    ("assets/x.png", "x"),
                    ("themes/base/style.css", "a{}"),
                ],
                vec!["themes/base/style.css"],
            ),
        ] {
            let changed: Vec<_> = changed.into_iter().map(SourcePath::new).collect();
            assert_eq!(snapshot(&after).changed_since(&before), changed);
        }
    }

    #[test]
    fn files_that_cannot_be_taken_count() {
        let before = snapshot(&[("content/a/1.md", "1")]);
        let bad = Snapshot::from_files([("content/a/1.md", &b"\xff"[..])]);
        let worse = Snapshot::from_files([("content/a/1.md", &b"1\n\xff"[..])]);
        let path = [SourcePath::new("content/a/1.md")];
        assert_eq!(bad.changed_since(&before), path);
        assert_eq!(worse.changed_since(&bad), path);
        assert_eq!(worse.changed_since(&worse), []);
    }

    #[test]
    fn only_what_was_touched_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put("site.toml", "");
        put("content/a/1.md", "1");
        put("content/a/2.md", "2");
        let first = Snapshot::read(&root).unwrap();
        put("content/a/1.md", "one");
        put("content/a/2.md", "two");
        let long_ago = Before { snapshot: &first, since: UNIX_EPOCH };
        let touched = |paths: &[&str]| paths.iter().map(|path| root.join(path)).collect::<BTreeSet<_>>();
        let changed = |touched: Option<&BTreeSet<PathBuf>>| {
            let again = Snapshot::read_again(&root, &long_ago, touched).unwrap();
            again.changed_since(&first).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let one = touched(&["content/a/1.md", "content/a/.1.md.swp", "content/a/4913"]);
        assert_eq!(changed(Some(&one)), ["content/a/1.md"]);
        assert_eq!(changed(None), ["content/a/1.md", "content/a/2.md"]);
        // a new file, and a folder, may mean anything
        put("content/a/3.md", "3");
        let all = ["content/a/1.md", "content/a/2.md", "content/a/3.md"];
        assert_eq!(changed(Some(&touched(&["content/a/3.md"]))), all);
        assert_eq!(changed(Some(&touched(&["content/a"]))), all);
        // what was written just before it was read can't be told from what was written just after
        let at_once = Before { snapshot: &first, since: SystemTime::now() };
        assert_eq!(Snapshot::read_again(&root, &at_once, None).unwrap().changed_since(&first).len(), 3);
    }
}
