//! Published pictures, each made once for all editions, and what one brand has published of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::diagnostic::Code;
use crate::model::variant::VariantName;
use crate::parse::sidecar;
use crate::path::{Address, SourcePath};
use crate::resolve::link::{PublishedPicture, Publisher, Refusal};
use crate::screen::{self, Published};
use crate::source::Snapshot;

/// A picture with its sidecar.
type Key = (SourcePath, Option<SourcePath>);
type Made = Arc<OnceLock<Result<(Published, String), Refusal>>>;

/// Pictures of a site, made when they are first asked for.
pub struct Pictures<'s> {
    snapshot: &'s Snapshot,
    made: Mutex<BTreeMap<Key, Made>>,
}

impl<'s> Pictures<'s> {
    /// None made yet.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, made: Mutex::default() }
    }

    /// The published picture and its name, or why there is none.
    fn get(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<(Published, String), Refusal> {
        let key = (path.clone(), sidecar.cloned());
        let cell = self.made.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_init(|| self.make(path, sidecar)).clone()
    }

    fn make(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<(Published, String), Refusal> {
        let name = path.file_name();
        let bytes = self.snapshot.bytes(path).map_err(|error| Refusal {
            code: Code::ImageUnreadable,
            message: format!("the picture \"{name}\" can't be read: {error}"),
            help: "look at the file's permissions".to_owned(),
        })?;
        // what is wrong with a sidecar is told once, by the check of the site
        let redact = sidecar
            .and_then(|path| Some((path, self.snapshot.text(path)?)))
            .map_or_else(Vec::new, |(path, text)| sidecar::parse(path, text).0.redact);
        let published = screen::publish(name, &bytes, &redact).map_err(|problem| Refusal {
            code: problem.code,
            message: problem.message,
            help: problem.help.to_owned(),
        })?;
        let name = hashed_name(path, published.extension, &published.bytes);
        Ok((published, name))
    }
}

/// `code.0123456789ab.png`: a name that changes with the content, so that it can be kept for ever.
pub fn hashed_name(path: &SourcePath, extension: &str, bytes: &[u8]) -> String {
    let name = VariantName::parse(path.file_name(), |_| false);
    let stem: String =
        name.stem.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    format!("{stem}.{}.{extension}", &blake3::hash(bytes).to_hex()[..12])
}

/// What one brand's pages have asked for.
pub struct BrandPictures<'b, 's> {
    pictures: &'b Pictures<'s>,
    /// The files to be written, by address.
    files: Mutex<BTreeMap<Address, Arc<[u8]>>>,
    /// The sources that were used.
    used: Mutex<Vec<SourcePath>>,
}

impl<'b, 's> BrandPictures<'b, 's> {
    /// Nothing asked for yet.
    pub fn new(pictures: &'b Pictures<'s>) -> Self {
        Self { pictures, files: Mutex::default(), used: Mutex::default() }
    }

    /// Takes a file that has no source of its own in `assets/`.
    pub fn add(&self, name: &str, bytes: Arc<[u8]>) -> Address {
        let address = Address::new(format!("assets/{name}"));
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone(), bytes);
        address
    }

    /// What is to be written, and the sources it came from.
    pub fn into_parts(self) -> (BTreeMap<Address, Arc<[u8]>>, Vec<SourcePath>) {
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        (files, self.used.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Publisher for BrandPictures<'_, '_> {
    fn picture(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<PublishedPicture, Refusal> {
        self.note(path);
        sidecar.into_iter().for_each(|path| self.note(path));
        let (published, name) = self.pictures.get(path, sidecar)?;
        Ok(PublishedPicture { size: published.size, address: self.add(&name, published.bytes) })
    }

    fn note(&self, path: &SourcePath) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    }

    fn file(&self, path: &SourcePath) -> Result<Address, Refusal> {
        let extension = path.file_name().rsplit_once('.').map_or("", |(_, extension)| extension);
        if matches!(extension, "svg" | "png" | "jpg" | "jpeg" | "webp" | "gif") {
            return Ok(self.picture(path, None)?.address);
        }
        self.note(path);
        let bytes = self.pictures.snapshot.bytes(path).map_err(|error| Refusal {
            code: Code::LinkBroken,
            message: format!("\"{}\" can't be read: {error}", path.file_name()),
            help: "look at the file's permissions".to_owned(),
        })?;
        if matches!(extension.to_ascii_lowercase().as_str(), "html" | "htm" | "xhtml" | "js" | "mjs" | "xml") {
            return Err(Refusal {
                code: Code::HtmlUnsafe,
                message: format!("\"{}\" could run scripts in the reader's browser", path.file_name()),
                help: "publish it as a PDF or a picture".to_owned(),
            });
        }
        let name = hashed_name(path, extension, &bytes);
        Ok(self.add(&name, bytes))
    }
}
