//! Publishing files of `assets/` for a brand: what a text asks for is written down, and handed over at the end.
//!
//! Not here: how pictures are made (`pictures`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::outcome::{Asked, Asset};
use super::pictures::{Made, Pictures, hashed_name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::figure::Source;
use crate::path::{Address, SourcePath};
use crate::resolve::link::{PublishedPicture, Publisher, Refusal};
use crate::screen;

/// Writes down what a text asks for.
pub struct Recorder<'r> {
    pictures: &'r Pictures,
    asked: RefCell<Asked>,
}

impl<'r> Recorder<'r> {
    /// Nothing asked for yet.
    pub fn new(pictures: &'r Pictures) -> Self {
        Self { pictures, asked: RefCell::default() }
    }

    /// What was asked for.
    pub fn into_asked(self) -> Asked {
        self.asked.into_inner()
    }

    fn add(&self, address: &Address, asset: impl FnOnce() -> Asset) {
        self.asked.borrow_mut().files.entry(address.clone()).or_insert_with(asset);
    }
}

impl Publisher for Recorder<'_> {
    fn picture(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<PublishedPicture, Refusal> {
        sidecar.into_iter().chain([path]).for_each(|path| self.note(path));
        let made = self.pictures.get(path, sidecar)?;
        let sources: Vec<Source> = made
            .files
            .iter()
            .map(|file| Source { address: address(&file.name), width: file.width, bytes: file.bytes })
            .collect();
        for (index, source) in sources.iter().enumerate() {
            self.add(&source.address, || Asset::Picture(made.clone(), index));
        }
        Ok(PublishedPicture { sources, size: made.size, marks: made.marks.clone() })
    }

    fn note(&self, path: &SourcePath) {
        self.asked.borrow_mut().used.insert(path.clone());
    }

    fn file(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<Address, Refusal> {
        let name = path.file_name();
        if screen::is_picture(name) {
            let picture = self.picture(path, sidecar)?;
            return Ok(picture.sources.last().map_or_else(|| address(name), |whole| whole.address.clone()));
        }
        self.note(path);
        let refused = |code, message, help: &str| Refusal { code, message, help: help.to_owned() };
        let bytes = self.pictures.plain(path).map_err(|error| {
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
        let address = address(&hashed_name(path, extension, &bytes));
        self.add(&address, || Asset::Plain(bytes));
        Ok(address)
    }
}

/// The files that a brand's pages share.
#[derive(Default)]
pub struct Shelf {
    files: RefCell<BTreeMap<Address, Asset>>,
}

impl Shelf {
    /// Takes a file whose bytes are there.
    pub fn add(&self, name: &str, bytes: Arc<[u8]>) -> Address {
        self.add_asset(name, Asset::Plain(bytes))
    }

    /// Takes any file; its name holds a hash of what it is made from.
    pub fn add_asset(&self, name: &str, asset: Asset) -> Address {
        let address = address(name);
        self.files.borrow_mut().insert(address.clone(), asset);
        address
    }

    /// The bytes of a file that had them from the beginning.
    pub fn bytes(&self, address: &Address) -> Option<Arc<[u8]>> {
        match self.files.borrow().get(address)? {
            Asset::Plain(bytes) => Some(bytes.clone()),
            Asset::Picture(..) | Asset::Drawn(_) | Asset::Standing => None,
        }
    }

    /// All of them.
    pub fn into_files(self) -> BTreeMap<Address, Asset> {
        self.files.into_inner()
    }
}

/// Files of one picture, by their index in it.
type Parts<'a> = Vec<(&'a Address, usize)>;

/// Hands over every file that a brand has published, on all threads, but for those that `keep` takes over as they stand,
/// and gives back what is wrong with those that have changed meanwhile. Screens come one by one from where they are kept:
/// nobody holds them all.
pub fn write(
    assets: &BTreeMap<&Address, &Asset>,
    pictures: &Pictures,
    keep: &(dyn Fn(&Address, &Asset) -> bool + Sync),
    put: &(dyn Fn(&Address, &[u8]) + Sync),
) -> Vec<Diagnostic> {
    let mut of_pictures: Vec<(&Arc<Made>, Parts<'_>)> = Vec::new();
    let mut others: Vec<(&Address, &Asset)> = Vec::new();
    for (address, asset) in assets.iter().filter(|(address, asset)| !keep(address, asset)) {
        match asset {
            Asset::Plain(_) | Asset::Drawn(_) | Asset::Standing => others.push((address, asset)),
            Asset::Picture(made, index) => {
                match of_pictures.iter_mut().rev().find(|(other, _)| Arc::ptr_eq(other, made)) {
                    Some((_, parts)) => parts.push((address, *index)),
                    None => of_pictures.push((made, vec![(address, *index)])),
                }
            }
        }
    }
    let problems = of_pictures
        .par_iter()
        .filter_map(|(made, parts)| match pictures.bytes(made) {
            Ok(bytes) => {
                for (address, index) in parts {
                    bytes.get(*index).into_iter().for_each(|bytes| put(address, bytes));
                }
                None
            }
            Err(problem) => Some(problem),
        })
        .collect();
    others.par_iter().for_each(|(address, asset)| {
        pictures.bytes_of(asset).into_iter().for_each(|bytes| put(address, &bytes));
    });
    problems
}

/// Where a file of a brand's `assets/` is published.
pub fn address(name: &str) -> Address {
    Address::new(["assets/", name].concat())
}
