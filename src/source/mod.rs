//! The snapshot: all inputs of a site at one moment. The only reader of the project.
//!
//! Here: the walk over the site's folders within its root, reading and checking of text files, and the files
//! that are built into the binary and stand under the site's own. Not here: what the files mean (`parse`).

mod again;
mod builtin;
pub mod history;
mod listing;
pub mod places;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

pub use again::Before;
pub use listing::{Known, Listing};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::memo::Key;
use crate::path::{SourcePath, split_last};
use crate::stamp::Stamp;

/// The largest text file that is read, in bytes.
pub const TEXT_LIMIT: u64 = 4 << 20;

/// The folders that a site is made of, beside site.toml.
pub const FOLDERS: [&str; 4] = ["assets", "content", "locales", "themes"];

/// All inputs of a site at one moment. Texts are held; pictures are read when they are asked for.
pub struct Snapshot {
    root: PathBuf,
    files: BTreeMap<SourcePath, Taken>,
    problems: Vec<Diagnostic>,
    /// Texts that aren't UTF-8, for messages: what is no character is shown as U+FFFD.
    broken: BTreeMap<SourcePath, Arc<str>>,
    /// Some files are reached through symbolic links.
    has_links: bool,
    /// Hashes of files that aren't read until they are needed, from a time when they stood as they do now.
    hashes: BTreeMap<SourcePath, blake3::Hash>,
}

/// A file that was taken into the snapshot.
#[derive(Clone)]
struct Taken {
    file: File,
    /// Of what it says; of a file that isn't read yet, of its stamp.
    key: Key,
    /// As it was found on the disk; none for files that are built in or held in memory.
    stamp: Option<Stamp>,
}

/// One file of the snapshot.
#[derive(Clone)]
pub enum File {
    /// A text, without a byte order mark.
    Text(Arc<str>),
    /// A picture or another file that isn't text, read on demand; its place on the disk and its size in bytes.
    Binary(Arc<Path>, u64),
    /// Bytes held in memory (tests, pictures made by the program).
    Bytes(Arc<[u8]>),
    /// A text that only one brand has, and that isn't held: read when somebody wants it.
    Later(Arc<Later>),
}

/// A text of which only the hash is held once it has been read.
pub struct Later {
    disk: PathBuf,
    /// In bytes, as a text.
    size: u64,
    hash: blake3::Hash,
    /// What it said when its hash was taken, until somebody reads it; few texts have that.
    first: Mutex<Option<Arc<str>>>,
    /// For messages about it.
    text: OnceLock<Arc<str>>,
}

impl Snapshot {
    /// Reads the site at `root`. Files that can't be taken (not UTF-8, too large, outside the root) become
    /// problems of the snapshot; errors of the disk become errors.
    pub fn read(root: &Path) -> io::Result<Self> {
        Listing::new(root)?.read()
    }

    /// A snapshot from files in memory, over the built-in ones: for tests, which need no disk.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut all = builtin_files();
        let mut problems = Vec::new();
        let mut broken = BTreeMap::new();
        for (path, bytes) in files {
            let path = SourcePath::new(path);
            match decode(&path, bytes.to_vec()) {
                Ok(file) => {
                    all.insert(path, file.taken(None));
                }
                Err(refused) => refused.take(&mut problems, &mut broken),
            }
        }
        let hashes = BTreeMap::new();
        Self { root: PathBuf::new(), files: all, problems, broken, has_links: false, hashes }
    }

    /// What could not be taken into the snapshot.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The site's folder on the disk.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Is there such a file?
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(&SourcePath::new(path))
    }

    /// The text of a file, if it is one. One that wasn't held is from now on.
    pub fn text(&self, path: &SourcePath) -> Option<&Arc<str>> {
        match &self.files.get(path)?.file {
            File::Text(text) => Some(text),
            File::Later(later) => {
                let read = || later.read(path).ok().map(|text| later.text.get_or_init(|| text));
                later.text.get().or_else(read)
            }
            File::Binary(..) | File::Bytes(_) => None,
        }
    }

    /// The key of what a file says; of a picture, of its stamp on the disk.
    pub fn key(&self, path: &SourcePath) -> Option<Key> {
        Some(self.files.get(path)?.key)
    }

    /// The text of a file for a message about it, also of one that couldn't be taken.
    pub fn shown(&self, path: &SourcePath) -> Option<&str> {
        self.broken.get(path).or_else(|| self.text(path)).map(|text| &**text)
    }

    /// The files that couldn't be taken.
    pub fn lost(&self) -> impl Iterator<Item = &SourcePath> {
        self.problems.iter().map(|problem| &problem.place.file)
    }

    /// A file's bytes as they stand on the disk now, line ends and all: for changing it in place.
    pub fn original(&self, path: &SourcePath) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(path.as_str()))
    }

    /// The bytes of any file; pictures are read from the disk now.
    pub fn bytes(&self, path: &SourcePath) -> io::Result<Arc<[u8]>> {
        match self.files.get(path).map(|taken| &taken.file) {
            Some(File::Text(text)) => Ok(Arc::from(text.as_bytes())),
            Some(File::Bytes(bytes)) => Ok(bytes.clone()),
            Some(File::Binary(disk, _)) => Ok(std::fs::read(disk)?.into()),
            Some(File::Later(later)) => Ok(later.read(path)?.as_bytes().into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The hash of a file's bytes, if it is known without reading it.
    pub fn known_hash(&self, path: &SourcePath) -> Option<blake3::Hash> {
        match self.files.get(path).map(|taken| &taken.file) {
            Some(File::Later(later)) => Some(later.hash),
            _ => self.hashes.get(path).copied(),
        }
    }

    /// How many bytes a file has, without reading it.
    pub fn size(&self, path: &SourcePath) -> Option<u64> {
        match &self.files.get(path)?.file {
            File::Text(text) => Some(text.len() as u64),
            File::Bytes(bytes) => Some(bytes.len() as u64),
            File::Binary(_, size) => Some(*size),
            File::Later(later) => Some(later.size),
        }
    }

    /// Every file in a folder and the folders below it, in order: `content`, `themes/base`.
    pub fn under(&self, folder: &str) -> impl Iterator<Item = (&SourcePath, &File)> + use<'_> {
        self.taken_under(folder).map(|(path, taken)| (path, &taken.file))
    }

    /// The same with the key of each file.
    pub fn keys_under(&self, folder: &str) -> impl Iterator<Item = (&SourcePath, Key)> + use<'_> {
        self.taken_under(folder).map(|(path, taken)| (path, taken.key))
    }

    /// Every file with its key, in order.
    pub fn all(&self) -> impl Iterator<Item = (&SourcePath, Key, &File)> {
        self.files.iter().map(|(path, taken)| (path, taken.key, &taken.file))
    }

    /// The same with the file too.
    pub fn all_under(&self, folder: &str) -> impl Iterator<Item = (&SourcePath, Key, &File)> + use<'_> {
        self.taken_under(folder).map(|(path, taken)| (path, taken.key, &taken.file))
    }

    fn taken_under(&self, folder: &str) -> impl Iterator<Item = (&SourcePath, &Taken)> + use<'_> {
        let prefix = format!("{folder}/");
        let start = SourcePath::new(prefix.as_str());
        self.files.range(start..).take_while(move |(path, _)| path.as_str().starts_with(&prefix))
    }

    /// Is this a file of the site itself, not a built-in one?
    pub fn is_own(&self, path: &SourcePath) -> bool {
        self.files.get(path).is_some_and(|taken| !is_builtin(path, &taken.file))
    }

    /// The site's own files, in order: without those that are built in.
    pub fn own_files(&self) -> impl Iterator<Item = &SourcePath> {
        self.files.iter().filter(|(path, taken)| !is_builtin(path, &taken.file)).map(|(path, _)| path)
    }
}

fn builtin_files() -> BTreeMap<SourcePath, Taken> {
    static FILES: LazyLock<BTreeMap<SourcePath, Taken>> = LazyLock::new(|| {
        let all = builtin::FILES.iter();
        all.map(|(path, text)| (SourcePath::new(*path), File::Text(Arc::from(*text)).taken(None))).collect()
    });
    FILES.clone()
}

impl File {
    /// With the key of what it says.
    fn taken(self, stamp: Option<Stamp>) -> Taken {
        let key = match &self {
            Self::Text(text) => Key::of(text.as_bytes()),
            Self::Bytes(bytes) => Key::of(bytes),
            Self::Binary(..) => stamp.as_ref().map_or_else(|| Key::of(b""), Stamp::key),
            Self::Later(later) => Key::from_hash(&later.hash),
        };
        Taken { file: self, key, stamp }
    }
}

impl Later {
    /// Reads it; an error if it has changed since it was listed.
    pub fn read(&self, path: &SourcePath) -> io::Result<Arc<str>> {
        if let Some(text) = self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(text);
        }
        match decode_text(path, read_whole(&self.disk, self.size)?) {
            Ok(text) if blake3::hash(text.as_bytes()) == self.hash => Ok(text),
            _ => Err(io::Error::other("it has changed since the build began; build again")),
        }
    }
}

fn is_builtin(path: &SourcePath, file: &File) -> bool {
    let File::Text(own) = file else { return false };
    builtin::FILES.iter().any(|(name, text)| *name == path.as_str() && **own == **text)
}

/// Hidden files and what editors leave behind.
fn is_dropping(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") || name.starts_with('#')
}

/// A file that isn't taken: why, and its text as far as it is one.
struct Refused {
    problem: Diagnostic,
    text: Option<Arc<str>>,
}

impl Refused {
    fn take(self, problems: &mut Vec<Diagnostic>, broken: &mut BTreeMap<SourcePath, Arc<str>>) {
        if let Some(text) = self.text {
            broken.insert(self.problem.place.file.clone(), text);
        }
        problems.push(self.problem);
    }
}

/// What became of a file: taken, or not.
type Loaded = Result<(SourcePath, Taken), Box<Refused>>;

fn load(path: SourcePath, disk: &Path, stamp: Stamp, before: Option<&Before<'_>>) -> io::Result<Loaded> {
    if let Some(taken) = before.and_then(|before| before.as_it_stands(&path, &stamp)) {
        return Ok(Ok((path, taken.clone())));
    }
    if !is_text(&path) {
        let file = File::Binary(disk.into(), stamp.size);
        return Ok(Ok((path, file.taken(Some(stamp)))));
    }
    Ok(read_text(&path, disk, &stamp)?.map(|text| (path, File::Text(text).taken(Some(stamp)))))
}

fn read_text(path: &SourcePath, disk: &Path, stamp: &Stamp) -> io::Result<Result<Arc<str>, Box<Refused>>> {
    if stamp.size > TEXT_LIMIT {
        return Ok(Err(too_large(path)));
    }
    Ok(decode_text(path, read_whole(disk, stamp.size)?))
}

/// A file's bytes; if it has as many as it should, they are had in one go.
fn read_whole(disk: &Path, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default().saturating_add(1)];
    match std::fs::File::open(disk)?.read(&mut bytes) {
        Ok(count) if count as u64 == size => {
            bytes.truncate(count);
            Ok(bytes)
        }
        _ => std::fs::read(disk),
    }
}

fn decode(path: &SourcePath, bytes: Vec<u8>) -> Result<File, Box<Refused>> {
    if !is_text(path) {
        return Ok(File::Bytes(bytes.into()));
    }
    decode_text(path, bytes).map(File::Text)
}

fn decode_text(path: &SourcePath, bytes: Vec<u8>) -> Result<Arc<str>, Box<Refused>> {
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(too_large(path));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(plain_lines(text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
            let mark = if error.as_bytes().starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
            let start = good - mark;
            let problem = Diagnostic::new(
                Code::EncodingInvalid,
                Place::new(path, start..start + '\u{FFFD}'.len_utf8()),
                format!("\"{}\" isn't UTF-8: this byte is no character", path.file_name()),
            )
            .help("save it as UTF-8 in your editor");
            Err(Box::new(Refused { problem, text: Some(text) }))
        }
    }
}

/// Line ends as on every system: a checkout with others builds the same bytes.
fn plain_lines(text: &str) -> Arc<str> {
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

fn too_large(path: &SourcePath) -> Box<Refused> {
    let problem =
        Diagnostic::new(Code::TextTooLarge, Place::start_of(path), format!("\"{path}\" is larger than 4 MiB"))
            .help("split it, or leave it out of the site");
    Box::new(Refused { problem, text: None })
}

/// Is it a text that only one brand has, by its name? A site may have one of each step for every brand.
fn is_of_one_brand(path: &SourcePath) -> bool {
    path.as_str().starts_with("content/") && path.file_name().contains('@') && path.file_name().ends_with(".md")
}

fn is_text(path: &SourcePath) -> bool {
    let extension = split_last(path.file_name(), b'.').map_or("", |(_, extension)| extension);
    matches!(
        extension.to_ascii_lowercase().as_str(),
        "toml" | "md" | "ftl" | "yaml" | "yml" | "html" | "css" | "js" | "svg" | "txt" | "xml" | "json"
    )
}

#[cfg(test)]
mod tests {
    use walkdir::WalkDir;

    use super::listing::source_path;
    use super::*;

    #[test]
    fn the_built_in_files_are_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/base");
        let on_disk: Vec<String> = WalkDir::new(&folder)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| format!("themes/base/{}", source_path(&folder, entry.path()).unwrap()))
            .collect();
        let mut built_in: Vec<&str> = builtin::FILES.iter().map(|(path, _)| *path).collect();
        built_in.sort_unstable();
        let mut on_disk: Vec<&str> = on_disk.iter().map(String::as_str).collect();
        on_disk.sort_unstable();
        assert_eq!(built_in, on_disk);
    }
}
