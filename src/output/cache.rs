//! What is kept between builds, in `.etape/cache/` of a site: pictures that took time to make, and notes (`ledger`).
//!
//! Nothing in it is believed: an entry counts only if its bytes have the hash that it begins with, and anything wrong
//! with it, or with the folder, is as if it weren't there. Entries are written beside and renamed, so that builds at
//! the same time don't disturb each other. Not here: what an entry holds (`screen::entry`).

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use super::compare::open_to_compare;

/// A place that keeps what took time to make. Called from many threads at once.
pub trait Store: Sync {
    /// What was put under a key, if it is still there and whole.
    fn get(&self, key: &blake3::Hash) -> Option<Vec<u8>>;
    /// Keeps something that comes in parts. False if it isn't kept: whoever put it has to keep it.
    fn put_parts(&self, key: &blake3::Hash, parts: &[&[u8]]) -> bool;
    /// The same of something whole.
    fn put(&self, key: &blake3::Hash, bytes: &[u8]) -> bool {
        self.put_parts(key, &[bytes])
    }
}

/// Keeps nothing.
#[derive(Debug, Default)]
pub struct NoStore;

impl Store for NoStore {
    fn get(&self, _key: &blake3::Hash) -> Option<Vec<u8>> {
        None
    }

    fn put_parts(&self, _key: &blake3::Hash, _parts: &[&[u8]]) -> bool {
        false
    }
}

/// `.etape/cache/` of a site.
#[derive(Debug)]
pub struct Cache {
    /// The folder around it: `.etape`.
    home: PathBuf,
    folder: PathBuf,
    /// Since 1970.
    now: Duration,
    writes: bool,
    /// Whether the folder can be written to, once somebody has tried.
    ready: OnceLock<bool>,
    written: AtomicU64,
}

/// How every entry begins; then the hash of its key and content, then its content.
const MARK: &[u8] = b"etape cache 1\n";
const HASH: usize = blake3::OUT_LEN;

/// Nothing that is kept is larger.
const LIMIT: u64 = 1 << 30;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Entries that nobody has asked for in this time are deleted.
const UNUSED: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// Changed whenever old entries are looked for.
const PRUNED: &str = "pruned";

impl Cache {
    /// The cache of the site at `root`; `now` is the time since 1970. Nothing is touched yet. If it only reads, it
    /// changes nothing on the disk at all.
    pub fn new(root: &Path, now: Duration, writes: bool) -> Self {
        let home = root.join(".etape");
        let folder = home.join("cache");
        Self { home, folder, now, writes, ready: OnceLock::new(), written: AtomicU64::new(0) }
    }

    /// Deletes what hasn't been used for long, at most once a day. What can't be deleted stays.
    pub fn prune(&self) {
        if !self.writes || !self.is_there() {
            return;
        }
        let stamp = self.folder.join(PRUNED);
        if age(&stamp, self.now).is_some_and(|age| age < DAY) {
            return;
        }
        let touched = open(File::options().write(true).create(true).truncate(true), &stamp)
            .and_then(|file| file.set_modified(UNIX_EPOCH + self.now));
        if touched.is_err() {
            return;
        }
        for entry in fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let lifetime = match name.strip_prefix('.') {
                None if is_key(name) => UNUSED,
                // what a killed build was writing
                Some(rest) if rest.split_once('.').is_some_and(|(key, _)| is_key(key)) => DAY,
                _ => continue,
            };
            if age(&entry.path(), self.now).is_some_and(|age| age > lifetime) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Is the folder there, and in the site itself? A link could lead anywhere.
    fn is_there(&self) -> bool {
        is_folder(&self.home) && is_folder(&self.folder)
    }

    /// Makes the folder if need be.
    fn make(&self) -> bool {
        if fs::create_dir(&self.home).is_ok() {
            // it isn't for a repository; if this can't be said, so be it
            let _ = fs::write(self.home.join(".gitignore"), "*\n");
        }
        // what is there already is looked at like the rest
        is_folder(&self.home) && (fs::create_dir(&self.folder).is_ok() || is_folder(&self.folder))
    }

    fn read(&self, key: &blake3::Hash) -> io::Result<Vec<u8>> {
        let path = self.folder.join(key.to_hex().as_str());
        let mut file = open_to_compare(&path)?;
        let found = file.metadata()?;
        if !found.is_file() || found.len() > LIMIT {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut head = [0; MARK.len() + HASH];
        file.read_exact(&mut head)?;
        let mut content = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default());
        file.read_to_end(&mut content)?;
        let (mark, hash) = head.split_at(MARK.len());
        if mark != MARK || hash != hash_of(key, &[&content]).as_bytes() {
            return Err(ErrorKind::InvalidData.into());
        }
        let used = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        if self.writes && self.now.saturating_sub(used) > DAY {
            // what is used stays; a cache that can't be written to isn't pruned either
            let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(UNIX_EPOCH + self.now));
        }
        Ok(content)
    }

    fn write(&self, key: &blake3::Hash, parts: &[&[u8]]) -> io::Result<()> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let name = key.to_hex();
        let beside = self.folder.join(format!(".{name}.{}.{number}", std::process::id()));
        let written = open(File::options().write(true).create_new(true), &beside).and_then(|mut file| {
            file.write_all(MARK)?;
            file.write_all(hash_of(key, parts).as_bytes())?;
            parts.iter().try_for_each(|part| file.write_all(part))
        });
        let done = written.and_then(|()| fs::rename(&beside, self.folder.join(name.as_str())));
        if done.is_err() {
            let _ = fs::remove_file(&beside);
        }
        done
    }
}

impl Store for Cache {
    fn get(&self, key: &blake3::Hash) -> Option<Vec<u8>> {
        if !self.is_there() {
            return None;
        }
        self.read(key).ok()
    }

    fn put_parts(&self, key: &blake3::Hash, parts: &[&[u8]]) -> bool {
        self.writes && *self.ready.get_or_init(|| self.make()) && self.write(key, parts).is_ok()
    }
}

/// The key counts too, so that an entry under another one's name is none.
fn hash_of(key: &blake3::Hash, parts: &[&[u8]]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.as_bytes());
    parts.iter().for_each(|part| _ = hasher.update(part));
    hasher.finalize()
}

/// A folder itself, not a link to one.
fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

fn is_key(name: &str) -> bool {
    name.len() == 2 * HASH && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How long ago a plain file was changed; none if there is none.
fn age(path: &Path, now: Duration) -> Option<Duration> {
    let found = path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
    Some(now.saturating_sub(found.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default()))
}

/// Opens a file, but never through a symbolic link.
fn open(options: &mut fs::OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tempfile::TempDir;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn key(name: &str) -> blake3::Hash {
        blake3::hash(name.as_bytes())
    }

    fn cache(root: &TempDir, now: Duration) -> Cache {
        Cache::new(root.path(), now, true)
    }

    fn names(root: &TempDir) -> BTreeSet<String> {
        let folder = root.path().join(".etape/cache");
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_is_put_is_got() {
        let root = TempDir::new().unwrap();
        let cache = cache(&root, NOW);
        assert_eq!(cache.get(&key("a")), None);
        assert!(cache.put(&key("a"), b"one"));
        assert!(cache.put(&key("a"), b"two"));
        assert!(cache.put(&key("b"), b""));
        assert_eq!(cache.get(&key("a")).as_deref(), Some(&b"two"[..]));
        assert_eq!(cache.get(&key("b")).as_deref(), Some(&b""[..]));
        assert_eq!(names(&root), ["a", "b"].map(|name| key(name).to_hex().to_string()).into());
        assert_eq!(fs::read(root.path().join(".etape/.gitignore")).unwrap(), b"*\n");
    }

    #[test]
    fn what_is_damaged_is_not_there() {
        let root = TempDir::new().unwrap();
        let cache = cache(&root, NOW);
        cache.put(&key("a"), b"content");
        let path = root.path().join(".etape/cache").join(key("a").to_hex().as_str());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert_eq!(cache.get(&key("a")), None, "a bit of byte {at} flipped");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(cache.get(&key("a")), None, "cut off after {at}");
        }
        fs::write(&path, [&whole[..], b"!"].concat()).unwrap();
        assert_eq!(cache.get(&key("a")), None);
        fs::copy(&path, root.path().join(".etape/cache").join(key("b").to_hex().as_str())).unwrap();
        fs::write(&path, &whole).unwrap();
        assert_eq!(cache.get(&key("a")).as_deref(), Some(&b"content"[..]));
        assert_eq!(cache.get(&key("b")), None, "another one's entry");
        cache.put(&key("b"), b"mended");
        assert_eq!(cache.get(&key("b")).as_deref(), Some(&b"mended"[..]));
    }

    #[test]
    fn old_entries_go_and_used_ones_stay() {
        let root = TempDir::new().unwrap();
        let old = cache(&root, NOW);
        for name in ["used", "unused"] {
            old.put(&key(name), b"x");
            let path = root.path().join(".etape/cache").join(key(name).to_hex().as_str());
            File::options().append(true).open(path).unwrap().set_modified(UNIX_EPOCH + NOW).unwrap();
        }
        let foreign = root.path().join(".etape/cache/notes.txt");
        fs::write(&foreign, "mine").unwrap();
        File::options().append(true).open(&foreign).unwrap().set_modified(UNIX_EPOCH).unwrap();
        cache(&root, NOW + 59 * DAY).get(&key("used")).unwrap();
        cache(&root, NOW + 59 * DAY).prune();
        assert_eq!(names(&root).len(), 4, "nothing is old enough, and the stamp has come");
        cache(&root, NOW + 61 * DAY).prune();
        let left: BTreeSet<String> =
            [key("used").to_hex().to_string(), "notes.txt".to_owned(), PRUNED.to_owned()].into();
        assert_eq!(names(&root), left);
    }

    #[test]
    fn a_cache_that_only_reads_leaves_everything_as_it_was() {
        let root = TempDir::new().unwrap();
        let reader = Cache::new(root.path(), NOW, false);
        assert!(!reader.put(&key("a"), b"x"));
        reader.prune();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        cache(&root, NOW).put(&key("a"), b"x");
        assert_eq!(reader.get(&key("a")).as_deref(), Some(&b"x"[..]));
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_site_are_not_followed() {
        use std::os::unix::fs::symlink;
        let (root, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        symlink(elsewhere.path(), root.path().join(".etape")).unwrap();
        let cache = cache(&root, NOW);
        assert!(!cache.put(&key("a"), b"x"));
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

        let root = TempDir::new().unwrap();
        let cache = Cache::new(root.path(), NOW, true);
        cache.put(&key("a"), b"x");
        let path = root.path().join(".etape/cache").join(key("a").to_hex().as_str());
        let moved = elsewhere.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        assert_eq!(cache.get(&key("a")), None);
    }
}
