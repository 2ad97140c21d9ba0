//! manifest.json: what a build made and from what, and the mark by which Étape knows its own folders.
//!
//! Only ever written, never believed: what a build knows of the disk it has noted elsewhere (`ledger`). It holds no
//! times and no absolute paths, so the same inputs give the same manifest.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::memmem;
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
    pub blake3: blake3::Hash,
}

impl Entry {
    /// The entry of a file with this content.
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.into(), size: bytes.len() as u64, blake3: blake3::hash(bytes) }
    }
}

/// A folder at the top of an old tree that its manifest doesn't list: somebody else's, such as a `.git`. A manifest
/// that isn't whole says nothing.
pub(super) fn stranger(tree: &Path) -> io::Result<Option<PathBuf>> {
    let text = fs::read(tree.join(NAME))?;
    let Some(end) = memmem::find(&text, b"\n\"inputs\":[") else { return Ok(None) };
    let mut known = BTreeSet::new();
    let mut last: &[u8] = b"";
    for line in text[..end].split(|byte| *byte == b'\n') {
        let Some(path) = line.strip_prefix(b"{\"path\":\"") else { continue };
        // files of a folder follow each other
        if !path.strip_prefix(last).is_some_and(|rest| !last.is_empty() && rest.starts_with(b"/"))
            && let Some(length) = memchr::memchr2(b'/', b'"', path).filter(|at| path.get(*at) == Some(&b'/'))
        {
            last = &path[..length];
            known.insert(last);
        }
    }
    for entry in fs::read_dir(tree)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && !known.contains(entry.file_name().as_encoded_bytes()) {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// About the bytes of a line.
const LINE: usize = 160;

/// The whole manifest, `MARK` included: one entry a line, in the order given.
pub(super) fn text(files: &[&Entry], inputs: &[&Entry], each: Each) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(LINE * (files.len() + inputs.len()) + MARK.len());
    text.extend_from_slice(MARK.as_bytes());
    text.extend_from_slice(b"\"version\":");
    serde_json::to_writer(&mut text, env!("CARGO_PKG_VERSION"))?;
    list(&mut text, "files", files, each)?;
    list(&mut text, "inputs", inputs, each)?;
    text.extend_from_slice(b"\n}\n");
    Ok(text)
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
fn list(text: &mut Vec<u8>, name: &str, entries: &[&Entry], each: Each) -> io::Result<()> {
    text.extend_from_slice(b",\n\"");
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"\":[");
    let mut comma: &[u8] = b"";
    for lines in by_chunks(entries, AT_ONCE, each, &lines) {
        text.extend_from_slice(comma);
        text.extend_from_slice(&lines?);
        comma = b",";
    }
    text.extend_from_slice(b"\n]");
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
        text.extend_from_slice(entry.blake3.to_hex().as_bytes());
        text.extend_from_slice(b"\"}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::one_by_one;

    #[test]
    fn one_entry_a_line_and_valid_json() {
        let files = [Entry::of("a/\"é\".html", b"hello"), Entry::of("b.html", b"")];
        let text = String::from_utf8(text(&files.each_ref(), &[], &one_by_one).unwrap()).unwrap();
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
