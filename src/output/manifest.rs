//! manifest.json: what a build made and from what, and the mark by which Étape knows its own folders.
//!
//! Only ever written, never believed: what a build knows of the disk it has noted elsewhere (`ledger`). It holds no
//! times and no absolute paths, so the same inputs give the same manifest.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::each::{AT_ONCE, Each, by_chunks};

/// Its name, at the top of the output.
pub(super) const NAME: &str = "manifest.json";

/// How every manifest begins. A new tree gets these bytes before anything else and the rest after everything
/// else, so there is no moment at which its mark is gone.
pub(super) const MARK: &str = "{\"generator\":\"etape\",\n";

/// One file of the build or of the site, as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the output or to the site, with `/`.
    pub path: Box<str>,
    /// In bytes.
    pub size: u64,
    /// Of the content.
    #[serde(with = "as_bytes")]
    pub blake3: blake3::Hash,
}

/// A hash as it is noted: in one go, and not a byte at a time as an array would be.
mod as_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hash: &blake3::Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(hash.as_bytes())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<blake3::Hash, D::Error> {
        blake3::Hash::from_slice(<&[u8]>::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Entry {
    /// The entry of a file with this content.
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.into(), size: bytes.len() as u64, blake3: blake3::hash(bytes) }
    }
}

/// A folder at the top of an old tree that its manifest doesn't list: somebody else's, such as a `.git`. Of a manifest
/// that isn't whole only this is believed: no folder of ours begins with a dot.
pub(super) fn stranger(tree: &Path) -> io::Result<Option<PathBuf>> {
    let path = tree.join(NAME);
    let found = stranger_to(tree, Some(&folders_as_written(File::open(&path)?)?))?;
    // what isn't listed as we write it may be so in another layout
    if found.is_none() { Ok(None) } else { stranger_to(tree, folders(File::open(&path)?)?.as_ref()) }
}

/// The same as far as the folders at the top are known.
fn stranger_to(tree: &Path, known: Option<&Folders>) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(tree)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_known = known.map_or(!name.starts_with(b"."), |known| known.contains(name));
        if entry.file_type()?.is_dir() && !is_known {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// Names of folders at the top.
type Folders = BTreeSet<Box<[u8]>>;

/// The folders at the top that a manifest lists, if it is laid out as we write it; some of them otherwise.
fn folders_as_written(manifest: impl Read) -> io::Result<Folders> {
    let (mut reader, mut known) = (BufReader::with_capacity(1 << 16, manifest), Folders::new());
    let mut last: Box<[u8]> = Box::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") || line.starts_with(b"\"inputs\"") {
            return Ok(known);
        }
        let path = line.strip_prefix(b"{\"path\":\"").unwrap_or_default();
        let folder = memchr::memchr2(b'/', b'"', path).filter(|at| path.get(*at) == Some(&b'/'));
        let folder = folder.and_then(|at| path.get(..at)).unwrap_or_default();
        // files of a folder follow each other
        if *folder != *last {
            last = Box::from(folder);
            known.insert(last.clone());
        }
    }
}

/// More than there is between two quotes of any manifest.
const LONGEST: u64 = 64 * 1024;

/// The folders at the top that a manifest lists, however it is laid out; none if it isn't whole. What is read may be of
/// any size, and needn't be text.
fn folders(manifest: impl Read) -> io::Result<Option<Folders>> {
    let (mut reader, mut known) = (BufReader::with_capacity(1 << 16, manifest), Folders::new());
    let mut last: Box<[u8]> = Box::default();
    let (mut piece, mut since_path) = (Vec::new(), 0);
    loop {
        piece.clear();
        reader.by_ref().take(LONGEST).read_until(b'"', &mut piece)?;
        if piece.pop() != Some(b'"') {
            return Ok(None);
        }
        since_path = match (piece.as_slice(), since_path) {
            (b"inputs", _) => return Ok(Some(known)),
            (b"path", _) => 1,
            (between, 1) if between.trim_ascii() == b":" => 2,
            (path, 2) => {
                let folder = memchr::memchr(b'/', path).and_then(|at| path.get(..at)).unwrap_or_default();
                // files of a folder follow each other
                if *folder != *last {
                    last = Box::from(folder);
                    known.insert(last.clone());
                }
                0
            }
            _ => 0,
        };
    }
}

/// About the bytes of a line.
const LINE: usize = 160;

/// A whole manifest, in pieces: it may be large.
#[derive(Debug)]
pub(super) struct Text {
    entry: OnceLock<Entry>,
    /// What comes after its mark.
    pieces: Vec<Vec<u8>>,
}

impl Text {
    /// One entry a line, in the order given.
    pub(super) fn new(files: &[&Entry], inputs: &[&Entry], each: Each) -> io::Result<Self> {
        let mut pieces = vec![b"\"version\":".to_vec()];
        pieces.push(serde_json::to_vec(env!("CARGO_PKG_VERSION"))?);
        list(&mut pieces, "files", files, each)?;
        list(&mut pieces, "inputs", inputs, each)?;
        pieces.push(b"\n}\n".to_vec());
        Ok(Self { entry: OnceLock::new(), pieces })
    }

    /// What it is, as a file.
    pub(super) fn entry(&self) -> &Entry {
        self.entry.get_or_init(|| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(MARK.as_bytes());
            self.pieces.iter().for_each(|piece| _ = hasher.update(piece));
            Entry { path: NAME.into(), size: hasher.count(), blake3: hasher.finalize() }
        })
    }

    /// Writes all of it.
    pub(super) fn write(&self, mut file: File) -> io::Result<()> {
        file.write_all(MARK.as_bytes())?;
        self.write_rest(file)
    }

    /// Writes what comes after its mark.
    pub(super) fn write_rest(&self, mut file: File) -> io::Result<()> {
        self.pieces.iter().try_for_each(|piece| file.write_all(piece))
    }
}

/// Whether the folder carries our mark. Only the mark is read; white space in it doesn't matter, since people
/// format JSON.
pub(super) fn marks(folder: &Path) -> io::Result<bool> {
    let path = folder.join(NAME);
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let mut start = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut start)?;
    let squeezed: Vec<u8> = start.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Ok(squeezed.starts_with(MARK.trim_ascii_end().as_bytes()))
}

/// Appends a member whose value is a list of entries.
fn list(pieces: &mut Vec<Vec<u8>>, name: &str, entries: &[&Entry], each: Each) -> io::Result<()> {
    pieces.push(format!(",\n\"{name}\":[").into_bytes());
    for (index, lines) in by_chunks(entries, AT_ONCE, each, &lines).into_iter().enumerate() {
        pieces.extend((index > 0).then(|| b",".to_vec()));
        pieces.push(lines?);
    }
    pieces.push(b"\n]".to_vec());
    Ok(())
}

/// Some entries, each in its line, with commas between them.
fn lines(entries: &[&Entry]) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(LINE * entries.len());
    for (index, entry) in entries.iter().enumerate() {
        text.extend_from_slice(if index == 0 { b"\n{\"path\":" } else { b",\n{\"path\":" });
        serde_json::to_writer(&mut text, &*entry.path)?;
        text.extend_from_slice(b",\"size\":");
        serde_json::to_writer(&mut text, &entry.size)?;
        text.extend_from_slice(b",\"blake3\":\"");
        push_hex(entry.blake3.as_bytes(), &mut text);
        text.extend_from_slice(b"\"}");
    }
    Ok(text)
}

/// Appends bytes as `Hash::to_hex` writes them, in a tenth of its time.
fn push_hex(bytes: &[u8; 32], text: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    text.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::one_by_one;

    fn text(files: &[&Entry], inputs: &[&Entry]) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = Text::new(files, inputs, &one_by_one).unwrap();
        text.write(file.reopen().unwrap()).unwrap();
        let written = std::fs::read(file.path()).unwrap();
        assert_eq!(*text.entry(), Entry::of(NAME, &written));
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn one_entry_a_line_and_valid_json() {
        let files = [Entry::of("a/\"é\".html", b"hello"), Entry::of("b.html", b"")];
        let text = text(&files.each_ref(), &[]);
        let wanted = format!(
            "{{\"generator\":\"etape\",\n\"version\":\"{}\",\n\"files\":[\n\
             {{\"path\":\"a/\\\"é\\\".html\",\"size\":5,\"blake3\":\"{}\"}},\n\
             {{\"path\":\"b.html\",\"size\":0,\"blake3\":\"{}\"}}\n\
             ],\n\"inputs\":[\n]\n}}\n",
            env!("CARGO_PKG_VERSION"),
            "ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f",
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        );
        assert_eq!(text, wanted);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["files"][0]["path"], "a/\"é\".html");
    }

    #[test]
    fn folders_are_known_however_a_manifest_is_laid_out() {
        let files = ["index.html", "a/x.html", "a/y/z.html", "b/\"inputs\"/path.html"].map(|path| Entry::of(path, b""));
        let inputs = [Entry::of("content/x.md", b"")];
        let text = text(&files.each_ref(), &inputs.each_ref());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let known = |text: &[u8]| {
            let known = folders(text).unwrap()?;
            Some(known.iter().map(|name| String::from_utf8(name.to_vec()).unwrap()).collect::<Vec<_>>())
        };
        let all = Some(vec!["a".to_owned(), "b".to_owned()]);
        let written = folders_as_written(text.as_bytes()).unwrap();
        let names = [&b""[..], b"a", b"b"].map(Box::from);
        assert_eq!(written, Folders::from(names));
        assert_eq!(folders_as_written(json.to_string().as_bytes()).unwrap(), Folders::new());
        for laid_out in [text.clone(), text.replace('\n', "\r\n"), json.to_string(), format!("{json:#}")] {
            assert_eq!(known(laid_out.as_bytes()), all, "{laid_out}");
        }
        let mut damaged = text.clone().into_bytes();
        damaged[40] = 0xff;
        assert_eq!(known(&damaged), all);
        assert_eq!(known(&text.as_bytes()[..text.len() / 2]), None);
        assert_eq!(known(&vec![0; 1 << 20]), None);
    }

    #[test]
    fn the_mark_is_known_however_it_is_laid_out() {
        for (content, ours) in [
            (MARK, true),
            ("{\n  \"generator\": \"etape\",\n  \"files\": []\n}", true),
            ("{\"generator\":\"etape\"", false),
            ("{\"generator\":\"etaped\",", false),
            ("{\"name\":\"app\"}", false),
            ("", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(NAME), content).unwrap();
            assert_eq!(marks(folder.path()).unwrap(), ours, "{content}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(!marks(folder.path()).unwrap());
        std::fs::create_dir(folder.path().join(NAME)).unwrap();
        assert!(!marks(folder.path()).unwrap());
    }
}
