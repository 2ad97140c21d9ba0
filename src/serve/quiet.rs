//! When a save is whole: events in, a batch of changed paths out after a short quiet time.
//!
//! Times are given, so nothing here waits or asks the clock.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long nothing must happen before the files are looked at.
const QUIET: Duration = Duration::from_millis(5);

/// The same when a file has gone: an editor may be about to put the new one in its place.
const GONE: Duration = Duration::from_millis(25);

/// A stream of changes is looked at after this time in any case.
const LONGEST: Duration = Duration::from_millis(50);

/// What happened to a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Sign {
    /// Something is being written into a file.
    Writing(PathBuf),
    /// Whoever wrote into it has closed it.
    Closed(PathBuf),
    /// A file is there, or has changed.
    Written(PathBuf),
    /// A folder, or a link that may lead to one, is there that wasn't: made, or moved here.
    New(PathBuf),
    /// It has gone, or was moved away.
    Gone(PathBuf),
    /// Anything may have happened.
    Everything,
}

/// Changes that are looked at together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Files and folders that may have changed; a folder stands for all that is in it.
    pub paths: BTreeSet<PathBuf>,
    /// Anything may have changed.
    pub everything: bool,
    /// When the first of it was seen.
    pub since: Option<Instant>,
    /// Those that are new, and may be folders or lead to some.
    pub new: BTreeSet<PathBuf>,
}

/// Changes that are being gathered.
#[derive(Debug, Default)]
pub struct Gathering {
    batch: Batch,
    first: Option<Instant>,
    last: Option<Instant>,
    /// Written into, and not yet closed.
    open: BTreeSet<PathBuf>,
    gone: BTreeSet<PathBuf>,
}

impl Gathering {
    /// Takes a sign that was seen at a time.
    pub fn add(&mut self, sign: Sign, when: Instant) {
        match &sign {
            Sign::Closed(path) => {
                // the system tells it for files too that were only opened
                if !self.open.remove(path) {
                    return;
                }
            }
            Sign::Writing(path) => {
                self.open.insert(path.clone());
            }
            Sign::Gone(path) => {
                self.gone.insert(path.clone());
                self.open.remove(path);
            }
            Sign::New(path) => {
                self.batch.new.insert(path.clone());
                self.gone.remove(path);
            }
            Sign::Written(path) => {
                self.gone.remove(path);
            }
            Sign::Everything => self.batch.everything = true,
        }
        self.first.get_or_insert(when);
        self.last = Some(when);
        match sign {
            Sign::Writing(path) | Sign::Closed(path) | Sign::Written(path) | Sign::New(path) | Sign::Gone(path) => {
                self.batch.paths.insert(path);
            }
            Sign::Everything => {}
        }
    }

    /// When the files are to be looked at; none while nothing has happened.
    pub fn due(&self) -> Option<Instant> {
        let (first, last) = (self.first?, self.last?);
        let latest = first + LONGEST;
        let quiet = match () {
            () if !self.open.is_empty() => LONGEST,
            () if !self.gone.is_empty() => GONE,
            () => QUIET,
        };
        Some((last + quiet).min(latest))
    }

    /// What has been gathered.
    pub fn take(self) -> Batch {
        Batch { since: self.first, ..self.batch }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds from the first sign to the look at the files.
    fn due(signs: &[(u64, Sign)]) -> Option<u128> {
        let start = Instant::now();
        let mut gathering = Gathering::default();
        for (when, sign) in signs {
            gathering.add(sign.clone(), start + Duration::from_millis(*when));
        }
        gathering.due().map(|due| (due - start).as_millis())
    }

    #[test]
    fn a_save_is_looked_at_when_it_is_whole() {
        let path = |name: &str| PathBuf::from(name);
        let (a, b) = (|| path("a.md"), || path("b.md"));
        for (what, signs, expected) in [
            ("nothing", vec![], None),
            ("written and closed", vec![(0, Sign::Writing(a())), (1, Sign::Closed(a()))], Some(6)),
            ("emptied, not yet written", vec![(0, Sign::Writing(a()))], Some(50)),
            (
                "two files, one open",
                vec![(0, Sign::Writing(a())), (2, Sign::Writing(b())), (3, Sign::Closed(a()))],
                Some(50),
            ),
            ("only read", vec![(0, Sign::Closed(a()))], None),
            ("moved from elsewhere", vec![(0, Sign::Written(a()))], Some(5)),
            (
                "moved over the old one",
                vec![(0, Sign::Gone(path("a.tmp"))), (0, Sign::Written(path("a.tmp"))), (0, Sign::Written(a()))],
                Some(5),
            ),
            (
                "moved away, written anew",
                vec![(0, Sign::Gone(a())), (3, Sign::Written(a())), (4, Sign::Writing(a())), (4, Sign::Closed(a()))],
                Some(9),
            ),
            ("gone", vec![(0, Sign::Gone(a()))], Some(25)),
            ("a stream", (0..20).map(|i| (i * 4, Sign::Written(path(&i.to_string())))).collect(), Some(50)),
        ] {
            assert_eq!(due(&signs), expected, "{what}");
        }
    }

    #[test]
    fn a_batch_names_each_path_once() {
        let start = Instant::now();
        let mut gathering = Gathering::default();
        for sign in [
            Sign::Writing(PathBuf::from("b.md")),
            Sign::Closed(PathBuf::from("b.md")),
            Sign::New(PathBuf::from("a")),
            Sign::Gone(PathBuf::from("c.md")),
        ] {
            gathering.add(sign, start);
        }
        let paths = ["a", "b.md", "c.md"].map(PathBuf::from).into();
        let new = [PathBuf::from("a")].into();
        assert_eq!(gathering.take(), Batch { paths, everything: false, since: Some(start), new });
    }
}
