//! What one brand has published in its `assets/`: pictures, and the files that texts and themes name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::pictures::{Made, Pictures, hashed_name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::figure::Source;
use crate::path::{Address, SourcePath};
use crate::resolve::link::{PublishedPicture, Publisher, Refusal};
use crate::screen;

/// What one brand's pages have asked for.
pub struct BrandAssets<'b, 's> {
    pictures: &'b Pictures<'s>,
    asked: Mutex<Asked>,
}

/// Files of one picture, by their index in it.
type Parts = Vec<(Address, usize)>;

#[derive(Default)]
struct Asked {
    /// Files that are no screens, by address.
    files: BTreeMap<Address, Arc<[u8]>>,
    /// Screens, by the address of each of their files.
    pictures: BTreeMap<Address, (Arc<Made>, usize)>,
    /// The sources that were used.
    used: BTreeSet<SourcePath>,
}

impl<'b, 's> BrandAssets<'b, 's> {
    /// Nothing asked for yet.
    pub fn new(pictures: &'b Pictures<'s>) -> Self {
        Self { pictures, asked: Mutex::default() }
    }

    /// Takes a file that has no source of its own in `assets/`.
    pub fn add(&self, name: &str, bytes: Arc<[u8]>) -> Address {
        let address = address(name);
        self.asked(|asked| asked.files.insert(address.clone(), bytes));
        address
    }

    /// Hands every file over, on all threads, and gives back the sources that they came from, and what is wrong with
    /// those that have changed meanwhile. Screens come one by one from where they are kept: nobody holds them all.
    pub fn write(self, put: &(dyn Fn(&Address, &[u8]) + Sync)) -> (BTreeSet<SourcePath>, Vec<Diagnostic>) {
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        let files = asked.files;
        let mut pictures: Vec<(Arc<Made>, Parts)> = Vec::new();
        for (address, (made, index)) in asked.pictures {
            // a file with this name has these bytes, wherever they come from
            if files.contains_key(&address) {
                continue;
            }
            match pictures.iter_mut().rev().find(|(other, _)| Arc::ptr_eq(other, &made)) {
                Some((_, parts)) => parts.push((address, index)),
                None => pictures.push((made, vec![(address, index)])),
            }
        }
        let problems = pictures
            .par_iter()
            .filter_map(|(made, parts)| match self.pictures.bytes(made) {
                Ok(bytes) => {
                    for (address, index) in parts {
                        bytes.get(*index).into_iter().for_each(|bytes| put(address, bytes));
                    }
                    None
                }
                Err(problem) => Some(problem),
            })
            .collect();
        files.par_iter().for_each(|(address, bytes)| put(address, bytes));
        (asked.used, problems)
    }

    fn asked<R>(&self, work: impl FnOnce(&mut Asked) -> R) -> R {
        work(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Publisher for BrandAssets<'_, '_> {
    fn picture(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<PublishedPicture, Refusal> {
        sidecar.into_iter().chain([path]).for_each(|path| self.note(path));
        let made = self.pictures.get(path, sidecar)?;
        let sources: Vec<Source> = made
            .files
            .iter()
            .map(|file| Source { address: address(&file.name), width: file.width, bytes: file.bytes })
            .collect();
        self.asked(|asked| {
            for (index, source) in sources.iter().enumerate() {
                asked.pictures.entry(source.address.clone()).or_insert_with(|| (made.clone(), index));
            }
        });
        Ok(PublishedPicture { sources, size: made.size, marks: made.marks.clone() })
    }

    fn bytes(&self, address: &Address) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.asked(|asked| asked.files.get(address).cloned()) {
            return Some(bytes);
        }
        let (made, index) = self.asked(|asked| asked.pictures.get(address).cloned())?;
        self.pictures.bytes(&made).ok()?.get(index).cloned()
    }

    fn note(&self, path: &SourcePath) {
        self.asked(|asked| asked.used.insert(path.clone()));
    }

    fn file(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<Address, Refusal> {
        let name = path.file_name();
        if screen::is_picture(name) {
            let picture = self.picture(path, sidecar)?;
            return Ok(picture.sources.last().map_or_else(|| address(name), |whole| whole.address.clone()));
        }
        self.note(path);
        let refused = |code, message, help: &str| Refusal { code, message, help: help.to_owned() };
        let bytes = self.pictures.snapshot().bytes(path).map_err(|error| {
            refused(Code::LinkBroken, format!("\"{name}\" can't be read: {error}"), "look at the file's permissions")
        })?;
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if matches!(extension.to_ascii_lowercase().as_str(), "html" | "htm" | "xhtml" | "js" | "mjs" | "xml") {
            return Err(refused(
                Code::HtmlUnsafe,
                format!("\"{name}\" could run scripts in the reader's browser"),
                "publish it as a PDF or a picture",
            ));
        }
        Ok(self.add(&hashed_name(path, extension, &bytes), bytes))
    }
}

fn address(name: &str) -> Address {
    Address::new(format!("assets/{name}"))
}
