//! Which files a site is made of, and how they stand on the disk: known before any of them is read.
//!
//! Not here: reading them (`source`).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::{
    Before, FOLDERS, File, Later, Loaded, Snapshot, builtin_files, is_dropping, is_of_one_brand, is_text, load,
    read_text,
};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::memo::{Key, KeyMaker};
use crate::path::SourcePath;
use crate::stamp::Stamp;

/// So many files are soon read.
const FEW: usize = 100;

/// Files that a thread takes up at once: few, so that none is left with many.
const AT_ONCE: usize = 64;

/// Folders that a thread lists at once.
const FOLDERS_AT_ONCE: usize = 8;

/// How much of the texts that only one brand has is held from when they were first read, in bytes.
const HELD: usize = 16 << 20;

/// What is known of a file that stands like that: its size and its hash, of a text those of what it says.
pub type Known<'k> = &'k (dyn Fn(&SourcePath, &Stamp) -> Option<(u64, blake3::Hash)> + Sync);

/// The files of a site, as they were found.
pub struct Listing {
    real_root: PathBuf,
    files: Vec<(SourcePath, PathBuf, Stamp)>,
    problems: Vec<Diagnostic>,
    has_links: bool,
}

impl Listing {
    /// Lists the site at `root`.
    pub fn new(root: &Path) -> io::Result<Self> {
        let mut problems = Vec::new();
        let real_root = root.canonicalize()?;
        let (config, path) = (root.join("site.toml"), SourcePath::new("site.toml"));
        let target = config.canonicalize().map_err(|error| named(&path, &error))?;
        let mut has_links = config.is_symlink();
        let mut tops = Vec::with_capacity(FOLDERS.len());
        for folder in FOLDERS {
            let (path, disk) = (SourcePath::new(folder), root.join(folder));
            has_links |= disk.is_symlink();
            tops.extend(is_folder(&path, &disk, &real_root, &mut problems)?.then_some((path, disk)));
        }
        let Walked { mut files, links, .. } = walk(tops)?;
        has_links |= !links.is_empty();
        follow(links, &real_root, &mut files, &mut problems)?;
        if target.starts_with(&real_root) {
            files.push((path, config));
        } else {
            problems.push(leads_out(&path));
        }
        // a disk lists them in an order of its own
        files.par_sort_unstable();
        problems.sort_by(|a, b| a.place.file.cmp(&b.place.file));
        let look = |(path, disk): Found| match disk.metadata() {
            Ok(metadata) => Ok((path, disk, Stamp::of(&metadata))),
            Err(error) => Err(named(&path, &error)),
        };
        let files = files.into_par_iter().with_max_len(AT_ONCE).map(look).collect::<io::Result<_>>()?;
        Ok(Self { real_root, files, problems, has_links })
    }

    /// The site's folder on the disk.
    pub fn root(&self) -> &Path {
        &self.real_root
    }

    /// The key of how everything stands, and the texts that have changed so lately that they may change again unseen:
    /// few, or there is no key. Nor is there one if something can't be taken. `since` is a time before the listing.
    pub fn key(&self, since: SystemTime) -> Option<(Key, Vec<SourcePath>)> {
        let unsettled = self.files.iter().filter(|(_, _, stamp)| !stamp.is_settled(since)).map(|(path, ..)| path);
        let unsettled: Vec<SourcePath> = unsettled.take(FEW + 1).cloned().collect();
        let is_clear = unsettled.len() <= FEW && unsettled.iter().all(is_text) && self.problems.is_empty();
        let file = |key: KeyMaker, (path, disk, stamp): &(SourcePath, PathBuf, Stamp)| {
            key.text(path.as_str()).text(&disk.to_string_lossy()).key(stamp.key())
        };
        let files = |files: &[_]| files.iter().fold(KeyMaker::new("files"), file).make();
        is_clear.then(|| {
            let keys: Vec<Key> = self.files.par_chunks(1024).map(files).collect();
            (KeyMaker::new("listing").keys(keys).make(), unsettled)
        })
    }

    /// Do texts say what they said when they had these keys?
    pub fn still_says(&self, texts: &[(String, Key)]) -> bool {
        texts.iter().all(|(path, key)| {
            let file = self.files.iter().find(|(other, ..)| other.as_str() == path);
            let read = file.and_then(|(path, disk, stamp)| load(path.clone(), disk, *stamp, None).ok()?.ok());
            read.is_some_and(|(_, taken)| taken.key == *key)
        })
    }

    /// Does every later change of what isn't read until it is needed show?
    pub fn is_settled(&self, since: SystemTime) -> bool {
        self.files.iter().all(|(path, _, stamp)| is_text(path) || stamp.is_settled(since))
    }

    /// Reads the files.
    pub fn read(self) -> io::Result<Snapshot> {
        self.read_by(&|path, disk, stamp| load(path, disk, stamp, None))
    }

    /// Reads every file that an earlier snapshot doesn't hold as it stands on the disk now.
    pub(super) fn read_after(self, before: &Before<'_>) -> io::Result<Snapshot> {
        self.read_by(&|path, disk, stamp| load(path, disk, stamp, Some(before)))
    }

    /// Reads the files without holding the texts that only one brand has; those that are `known` aren't even read.
    pub fn read_leanly(self, known: Known<'_>) -> io::Result<Snapshot> {
        let held = AtomicUsize::new(0);
        self.read_by(&|path, disk, stamp| {
            if !is_of_one_brand(&path) {
                return load(path, disk, stamp, None);
            }
            let (size, hash, first) = match known(&path, &stamp) {
                Some((size, hash)) => (size, hash, None),
                None => match read_text(&path, disk, &stamp)? {
                    Ok(text) => {
                        let is_held = held.fetch_add(text.len(), Ordering::Relaxed) + text.len() <= HELD;
                        (text.len() as u64, blake3::hash(text.as_bytes()), Some(text).filter(|_| is_held))
                    }
                    Err(refused) => return Ok(Err(refused)),
                },
            };
            let later = Later { disk: disk.into(), size, hash, first: first.into(), text: OnceLock::new() };
            Ok(Ok((path, File::Later(later.into()).taken(Some(stamp)))))
        })
    }

    fn read_by(self, load: &(dyn Fn(SourcePath, &Path, Stamp) -> io::Result<Loaded> + Sync)) -> io::Result<Snapshot> {
        let Self { real_root, files: found, mut problems, has_links } = self;
        let read: Vec<_> = found
            .into_par_iter()
            .with_max_len(AT_ONCE)
            .map(|(path, disk, stamp)| {
                let name = path.clone();
                load(path, &disk, stamp).map_err(|error| named(&name, &error))
            })
            .collect::<io::Result<_>>()?;
        let mut broken = BTreeMap::new();
        let own = read.into_iter().filter_map(|entry| match entry {
            Ok(taken) => Some(taken),
            Err(refused) => {
                refused.take(&mut problems, &mut broken);
                None
            }
        });
        // the site's own stand over those that are built in
        let files = builtin_files().into_iter().chain(own).collect();
        Ok(Snapshot { root: real_root, files, problems, broken, has_links, hashes: BTreeMap::new() })
    }
}

fn named(path: &SourcePath, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path}: {error}"))
}

/// The site's spelling of a path, and where it is.
type Found = (SourcePath, PathBuf);

/// What is in folders.
#[derive(Default)]
struct Walked {
    files: Vec<Found>,
    folders: Vec<Found>,
    links: Vec<Found>,
}

/// Is it one of the site's folders? It may be missing, or be a link that stays in the site.
fn is_folder(path: &SourcePath, disk: &Path, real_root: &Path, problems: &mut Vec<Diagnostic>) -> io::Result<bool> {
    match disk.canonicalize() {
        Ok(target) if !target.starts_with(real_root) => problems.push(leads_out(path)),
        Ok(target) if target.is_dir() => return Ok(true),
        Ok(_) => return Err(named(path, &io::ErrorKind::NotADirectory.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems.extend(disk.is_symlink().then(|| leads_nowhere(path)));
        }
        Err(error) => return Err(named(path, &error)),
    }
    Ok(false)
}

/// Walks through folders and the folders in them, all of a depth at once.
fn walk(mut folders: Vec<Found>) -> io::Result<Walked> {
    let mut walked = Walked::default();
    while !folders.is_empty() {
        let listed = folders.par_iter().with_max_len(FOLDERS_AT_ONCE).map(list).collect::<io::Result<Vec<_>>>()?;
        folders.clear();
        for mut listed in listed {
            walked.files.append(&mut listed.files);
            walked.links.append(&mut listed.links);
            folders.append(&mut listed.folders);
        }
    }
    Ok(walked)
}

/// What is in one folder; names that aren't Unicode are no one's.
fn list((path, disk): &Found) -> io::Result<Walked> {
    let mut listed = Walked::default();
    for entry in WalkDir::new(disk).min_depth(1).max_depth(1) {
        let entry = entry.map_err(io::Error::from)?;
        let Some(name) = entry.file_name().to_str().filter(|name| !is_dropping(name)) else { continue };
        let path = SourcePath::new([path.as_str(), "/", name].concat());
        let kind = entry.file_type();
        if kind.is_file() {
            listed.files.push((path, entry.into_path()));
        } else if kind.is_dir() {
            listed.folders.push((path, entry.into_path()));
        } else if kind.is_symlink() {
            listed.links.push((path, entry.into_path()));
        }
    }
    Ok(listed)
}

/// Finds what links lead to, while that is in the site.
fn follow(
    links: Vec<Found>,
    real_root: &Path,
    files: &mut Vec<Found>,
    problems: &mut Vec<Diagnostic>,
) -> io::Result<()> {
    for (path, disk) in links {
        match disk.canonicalize() {
            Ok(target) if !target.starts_with(real_root) => problems.push(leads_out(&path)),
            Ok(target) if target.is_file() => files.push((path, target)),
            Ok(target) => follow_folder(&path, &target, real_root, files)?,
            Err(_) => problems.push(leads_nowhere(&path)),
        }
    }
    Ok(())
}

fn leads_out(path: &SourcePath) -> Diagnostic {
    Diagnostic::new(
        Code::PathOutside,
        Place::start_of(path),
        format!("the symbolic link \"{path}\" leads out of the site"),
    )
    .help("put the file itself into the site instead of a link to it")
}

fn leads_nowhere(path: &SourcePath) -> Diagnostic {
    let message = format!("the symbolic link \"{path}\" leads nowhere");
    Diagnostic::new(Code::PathOutside, Place::start_of(path), message)
        .help("remove it, or point it at a file in the site")
}

/// Takes the plain files of a linked folder; links inside it are not followed again, so that there is no loop.
fn follow_folder(path: &SourcePath, target: &Path, real_root: &Path, found: &mut Vec<Found>) -> io::Result<()> {
    let is_dropping = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_str().is_some_and(is_dropping);
    let inside = WalkDir::new(target).follow_links(false).into_iter();
    for entry in inside.filter_entry(|entry| !is_dropping(entry)) {
        let entry = entry.map_err(io::Error::from)?;
        if let Some(rest) = source_path(target, entry.path())
            && entry.file_type().is_file()
            && entry.path().starts_with(real_root)
        {
            found.push((SourcePath::new(format!("{path}/{rest}")), entry.into_path()));
        }
    }
    Ok(())
}

/// The site's spelling of a path on the disk; none for names that aren't Unicode.
pub(super) fn source_path(root: &Path, path: &Path) -> Option<SourcePath> {
    let rest = path.strip_prefix(root).ok()?;
    let text = rest.to_str()?;
    let is_plain = std::path::MAIN_SEPARATOR == '/' && !["//", "/."].iter().any(|odd| text.contains(odd));
    if is_plain && !text.ends_with('/') {
        return Some(SourcePath::new(text));
    }
    let parts: Option<Vec<&str>> = rest.iter().map(|part| part.to_str()).collect();
    Some(SourcePath::new(parts?.join("/")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn site() -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir_all(site.path().join("shared/.trash")).unwrap();
        for path in ["site.toml", "shared/1.md", "shared/.trash/2.md"] {
            fs::write(site.path().join(path), "").unwrap();
        }
        site
    }

    #[test]
    fn a_site_that_is_gone_is_no_empty_site() {
        let site = site();
        fs::remove_file(site.path().join("site.toml")).unwrap();
        let error = Listing::new(site.path()).err().unwrap();
        assert!(error.to_string().starts_with("site.toml: "), "{error}");
        fs::write(site.path().join("site.toml"), "").unwrap();
        fs::write(site.path().join("content"), "").unwrap();
        let error = Listing::new(site.path()).err().unwrap();
        assert!(error.to_string().starts_with("content: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_or_told() {
        use std::os::unix::fs::symlink;
        let site = site();
        fs::create_dir(site.path().join("content")).unwrap();
        symlink("../shared", site.path().join("content/guide")).unwrap();
        symlink("not/mounted", site.path().join("assets")).unwrap();
        let listing = Listing::new(site.path()).unwrap();
        let paths: Vec<&str> = listing.files.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(paths, ["content/guide/1.md", "site.toml"]);
        let problems: Vec<&str> = listing.problems.iter().map(|problem| &*problem.message).collect();
        assert_eq!(problems, ["the symbolic link \"assets\" leads nowhere"]);
    }

    #[test]
    fn what_has_just_changed_is_known_by_what_it_says() {
        use std::time::{Duration, SystemTime};
        let site = site();
        let listing = Listing::new(site.path()).unwrap();
        let (long_ago, now) = (SystemTime::now() - Duration::from_mins(1), SystemTime::now() + Duration::from_mins(1));
        let (key, fresh) = listing.key(long_ago).unwrap();
        assert_eq!((key, Vec::new()), listing.key(now).unwrap());
        let said: Vec<_> = fresh.iter().map(|path| (path.to_string(), Key::of(b""))).collect();
        assert_eq!(said, [("site.toml".to_owned(), Key::of(b""))]);
        assert!(listing.still_says(&said));
        fs::write(site.path().join("site.toml"), "x").unwrap();
        assert!(!Listing::new(site.path()).unwrap().still_says(&said));
        fs::create_dir(site.path().join("assets")).unwrap();
        fs::write(site.path().join("assets/x.png"), "").unwrap();
        assert_eq!(Listing::new(site.path()).unwrap().key(long_ago), None);
    }
}
