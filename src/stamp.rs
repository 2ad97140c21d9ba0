//! What a disk tells of a file without its being read, and how far that can be believed.
//!
//! Not here: reading (`source`) and writing (`output`).

use std::fs::{File, Metadata};
use std::io;
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::memo::{Key, KeyMaker};

/// What tells a file from itself after somebody has changed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// In bytes.
    pub size: u64,
    /// When it was written to; none if the disk keeps no such time.
    modified: Option<Time>,
    /// The latest of its times.
    changed: Option<Time>,
    /// What else tells one file from the next one of its name.
    number: u64,
}

/// Nanoseconds since 1970, and one.
type Time = NonZeroU64;

fn time(seconds: u64, nanos: u32) -> Option<Time> {
    seconds.checked_mul(1_000_000_000)?.checked_add(u64::from(nanos) + 1).and_then(Time::new)
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// No disk's clock ticks more slowly; FAT's, with its two seconds, is the slowest.
const SLOWEST: Duration = Duration::from_secs(2);

/// A kernel's clock ticks at least a hundred times a second.
const KERNEL: Duration = Duration::from_millis(20);

impl Stamp {
    /// Of what the disk tells.
    pub fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| time(since.as_secs(), since.subsec_nanos()));
        #[cfg(unix)]
        let (changed, number) = {
            use std::os::unix::fs::MetadataExt;
            let seconds = u64::try_from(metadata.ctime()).unwrap_or_default();
            let nanos = u32::try_from(metadata.ctime_nsec()).unwrap_or_default();
            (modified.max(time(seconds, nanos)), metadata.ino())
        };
        #[cfg(not(unix))]
        let (changed, number) = (modified, 0);
        Self { size: metadata.len(), modified, changed, number }
    }

    /// Of an open file.
    #[cfg(unix)]
    pub fn of_open(file: &File) -> io::Result<Self> {
        // std asks for more, which takes longer
        Ok(Self::of_stat(&rustix::fs::fstat(file)?))
    }

    /// Of an open file.
    #[cfg(not(unix))]
    pub fn of_open(file: &File) -> io::Result<Self> {
        Ok(Self::of(&file.metadata()?))
    }

    /// The same from what the system tells itself.
    #[cfg(unix)]
    pub fn of_stat(found: &rustix::fs::Stat) -> Self {
        let time =
            |seconds: i64, nanos: u64| time(u64::try_from(seconds).ok()?, u32::try_from(nanos).unwrap_or_default());
        #[expect(clippy::useless_conversion, reason = "the widths differ from system to system")]
        let [modified, changed] = [(found.st_mtime, found.st_mtime_nsec), (found.st_ctime, found.st_ctime_nsec)]
            .map(|(seconds, nanos)| time(seconds.into(), u64::try_from(nanos).unwrap_or_default()));
        let size = u64::try_from(found.st_size).unwrap_or_default();
        Self { size, modified, changed: modified.max(changed.or(time(0, 0))), number: found.st_ino }
    }

    /// What tells the file from every other one on its disk at that moment.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// For a file that isn't read until somebody asks for it.
    pub fn key(&self) -> Key {
        let changed = self.changed.map_or(0, Time::get);
        KeyMaker::new("stamp").number(self.size).number(self.number).number(changed).make()
    }

    /// Was the file changed so long before a time of this machine's clock that every later change shows? A file that
    /// changes twice within one tick of the disk's clock looks the same both times.
    pub fn is_settled(&self, since: SystemTime) -> bool {
        since.duration_since(UNIX_EPOCH).is_ok_and(|since| self.is_older(nanos(since).saturating_add(1), SLOWEST))
    }

    /// The same, where the other time is one of the same disk's, that of a file which was changed then.
    pub fn is_settled_at(&self, other: &Self) -> bool {
        let has_fine_clock = self.changed.is_some_and(|changed| !(changed.get() - 1).is_multiple_of(1_000_000));
        let tick = if has_fine_clock { KERNEL } else { SLOWEST };
        other.changed.is_some_and(|since| self.is_older(since.get(), tick))
    }

    /// Was the file last written to before something else on the same disk was changed? What was linked or renamed since
    /// is the same.
    pub fn is_written_before(&self, other: &Self) -> bool {
        self.modified.zip(other.changed).is_some_and(|(modified, changed)| modified < changed)
    }

    /// Is what was found the same file with the same content, to which nothing has happened since but that links to it
    /// were made and deleted, after something else on the same disk was changed?
    pub fn is_but_linked(&self, found: &Self, since: &Self) -> bool {
        let same = |stamp: &Self| (stamp.size, stamp.modified, stamp.number);
        self.modified.is_some() && same(self) == same(found) && since.changed <= found.changed
    }

    fn is_older(&self, since: u64, tick: Duration) -> bool {
        self.changed.is_some_and(|changed| changed.get().saturating_add(nanos(tick)) < since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> Stamp {
        Stamp { size: 1, modified: None, changed: time(0, 0).map(|time| time.saturating_add(nanos)), number: 7 }
    }

    #[test]
    fn what_has_just_changed_may_change_again_unseen() {
        let (second, fine) = (1_000_000_000, 123_456_789);
        for (changed, other, is_settled) in [
            (fine, fine, false),
            (fine, fine + 20_000_000, false),
            (fine, fine + 20_000_001, true),
            // no clock with nanoseconds stops at a whole second
            (5 * second, 7 * second, false),
            (5 * second, 7 * second + 1, true),
            (fine, 0, false),
        ] {
            assert_eq!(at(changed).is_settled_at(&at(other)), is_settled, "{changed} {other}");
        }
        let timeless = Stamp { changed: None, ..at(0) };
        assert!(!timeless.is_settled_at(&at(9 * second)) && !at(fine).is_settled_at(&timeless));
        assert!(at(fine).is_settled(UNIX_EPOCH + Duration::from_secs(3)));
        assert!(!at(fine).is_settled(UNIX_EPOCH + Duration::from_secs(2)));
        assert!(!timeless.is_settled(UNIX_EPOCH + Duration::from_secs(9)));
    }
}
