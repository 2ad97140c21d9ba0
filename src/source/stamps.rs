//! What was read, to be compared with what is read next: the sources that differ between two snapshots.
//!
//! Texts are compared by what they say; pictures, which aren't read until they are needed, by size and time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use super::{File, Snapshot};
use crate::diagnostic::Diagnostic;
use crate::path::SourcePath;

/// A snapshot's files, without the snapshot.
#[derive(Debug, Default)]
pub struct Stamps {
    files: BTreeMap<SourcePath, Stamp>,
    problems: Vec<Diagnostic>,
}

#[derive(Clone, Debug, PartialEq)]
enum Stamp {
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    /// Size and time of the last change; no time if the disk doesn't tell it.
    Disk(u64, Option<SystemTime>),
}

impl Stamps {
    /// Of a snapshot that has just been read.
    pub fn of(snapshot: &Snapshot) -> Self {
        let stamp = |file: &File| match file {
            File::Text(text) => Stamp::Text(text.clone()),
            File::Bytes(bytes) => Stamp::Bytes(bytes.clone()),
            File::Binary(disk, size) => {
                Stamp::Disk(*size, disk.metadata().and_then(|metadata| metadata.modified()).ok())
            }
        };
        let taken = snapshot.files.iter().map(|(path, file)| (path.clone(), stamp(file)));
        let broken = snapshot.broken.iter().map(|(path, text)| (path.clone(), Stamp::Text(text.clone())));
        let files = taken.chain(broken).collect();
        Self { files, problems: snapshot.problems.clone() }
    }

    /// The files that are new, gone or different, in order; those that couldn't be taken as well.
    pub fn changed_since(&self, before: &Self) -> Vec<SourcePath> {
        let differing = |path: &&SourcePath| self.files.get(*path) != before.files.get(*path);
        let mut changed: Vec<SourcePath> =
            self.files.keys().chain(before.files.keys()).filter(differing).cloned().collect();
        if self.problems != before.problems {
            changed.extend(self.problems.iter().chain(&before.problems).map(|problem| problem.place.file.clone()));
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(files: &[(&str, &str)]) -> Stamps {
        Stamps::of(&Snapshot::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))))
    }

    #[test]
    fn differences_are_told_once_and_in_order() {
        let before = stamps(&[("content/a/1.md", "1"), ("content/a/2.md", "2"), ("assets/x.png", "x")]);
        for (after, changed) in [
            (vec![("content/a/1.md", "1"), ("content/a/2.md", "2"), ("assets/x.png", "x")], vec![]),
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
            assert_eq!(stamps(&after).changed_since(&before), changed);
        }
    }

    #[test]
    fn files_that_cannot_be_taken_count() {
        let before = stamps(&[("content/a/1.md", "1")]);
        let bad = Stamps::of(&Snapshot::from_files([("content/a/1.md", &b"\xff"[..])]));
        let worse = Stamps::of(&Snapshot::from_files([("content/a/1.md", &b"1\n\xff"[..])]));
        let path = [SourcePath::new("content/a/1.md")];
        assert_eq!(bad.changed_since(&before), path);
        assert_eq!(worse.changed_since(&bad), path);
        assert_eq!(worse.changed_since(&worse), []);
    }
}
