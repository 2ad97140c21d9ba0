//! What stands in an output folder: its manifest read, for those who send it on.
//!
//! A file is given only with the bytes that the manifest names; a folder that was changed by hand, or built anew in the
//! meantime, is told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::manifest::{self, Entry};
use super::{OutputError, manifest::marks};

/// A whole output.
#[derive(Debug)]
pub struct Built {
    folder: PathBuf,
    files: BTreeMap<Box<str>, Entry>,
    inputs: BTreeMap<Box<str>, Entry>,
}

#[derive(Deserialize)]
struct Written {
    files: Vec<Line>,
    #[serde(default)]
    inputs: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    path: Box<str>,
    size: u64,
    blake3: String,
}

impl Built {
    /// Reads the manifest of an output folder; none if etape hasn't built there.
    pub fn open(folder: &Path) -> Result<Option<Self>, OutputError> {
        let path = folder.join(manifest::NAME);
        if !marks(folder).map_err(|error| OutputError::io("read", &path, error))? {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(|error| OutputError::io("read", &path, error))?;
        let Ok(written) = serde_json::from_slice::<Written>(&bytes) else { return Ok(None) };
        let (files, inputs) = (entries(written.files), entries(written.inputs));
        Ok(files.zip(inputs).map(|(files, inputs)| Self { folder: folder.to_owned(), files, inputs }))
    }

    /// An output without a folder, for tests of what only looks at entries.
    #[cfg(test)]
    pub fn of_entries(files: Vec<Entry>) -> Self {
        let files = files.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
        Self { folder: PathBuf::new(), files, inputs: BTreeMap::new() }
    }

    /// The brands that were built.
    pub fn brands(&self) -> Vec<&str> {
        let mut brands: Vec<&str> = self.files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        // in order but for folders whose names begin alike
        brands.sort_unstable();
        brands.dedup();
        brands
    }

    /// The files of a brand, without its archive, which stands beside its folder.
    pub fn of<'b>(&'b self, brand: &'b str) -> impl Iterator<Item = &'b Entry> {
        let is_its = move |entry: &&Entry| entry.path.split_once('/').is_some_and(|(folder, _)| folder == brand);
        self.files.values().filter(is_its)
    }

    /// The files that it was built from.
    pub fn inputs(&self) -> impl Iterator<Item = &Entry> {
        self.inputs.values()
    }

    /// The bytes of a file, which are those that the manifest names.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, OutputError> {
        let disk = self.folder.join(path);
        let bytes = fs::read(&disk).map_err(|error| OutputError::io("read", &disk, error))?;
        let is_it = self.files.get(path).is_some_and(|entry| entry.blake3 == blake3::hash(&bytes));
        if is_it { Ok(bytes) } else { Err(OutputError::Changed { path: disk }) }
    }
}

/// The entries of a manifest, by path; none if one of them isn't what a build writes.
fn entries(lines: Vec<Line>) -> Option<BTreeMap<Box<str>, Entry>> {
    let entry = |line: Line| {
        let blake3 = blake3::Hash::from_hex(&line.blake3).ok()?;
        super::check_path(&line.path).ok()?;
        Some((line.path.clone(), Entry { path: line.path, size: line.size, blake3 }))
    };
    lines.into_iter().map(entry).collect()
}

/// Makes a folder, and those around it, unless it is there.
pub fn make_folder(path: &Path) -> Result<(), OutputError> {
    fs::create_dir_all(path).map_err(|error| OutputError::io("create", path, error))
}
