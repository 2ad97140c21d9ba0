//! New sites, and new guides, steps, options, brands and locales in them: which files are written, and what they say.
//!
//! What is decided here is a `Plan`: files that aren't there yet and, for brands and locales, a line more in site.toml.
//! Not here: writing them (`output::add`), and telling about it (`cli`).

mod brand;
mod facts;
mod locale;
mod name;
mod page;
mod settings;
mod site;

use std::sync::Arc;

pub use brand::brand;
pub use locale::locale;
pub use page::{guide, option, step};
pub use site::{First, IGNORE_FILE, site};

use crate::config;
use crate::model::site::Site;
use crate::parse::content::ContentFile;
use crate::path::SourcePath;
use crate::source::{File, Snapshot};

/// What is to be done to a site. Nothing in it replaces a file.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files that aren't there yet, in the order in which they are told.
    pub files: Vec<NewFile>,
    /// site.toml with a brand or a locale more.
    pub settings: Option<String>,
    /// What the writer should know about it, in sentences.
    pub notes: Vec<String>,
    /// The commands that most likely come next.
    pub next: Vec<String>,
}

/// A file that isn't there yet.
#[derive(Debug)]
pub struct NewFile {
    /// Where.
    pub path: SourcePath,
    /// What it says.
    pub bytes: Vec<u8>,
}

impl NewFile {
    fn new(path: String, text: impl Into<Vec<u8>>) -> Self {
        Self { path: SourcePath::new(path), bytes: text.into() }
    }
}

/// Why something can't be begun. Each says what to type instead.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A site as far as new things depend on it.
pub struct Ground<'s> {
    snapshot: &'s Snapshot,
    site: Site,
    /// Its pages, in all languages.
    pages: Vec<ContentFile>,
    /// site.toml as it stands on the disk, line ends and all.
    settings: String,
}

impl<'s> Ground<'s> {
    /// Reads the settings and the pages of a site. Mistakes in pages are `etape check`'s to tell; without settings
    /// nothing can be begun.
    pub fn new(snapshot: &'s Snapshot) -> Result<Self, Refusal> {
        let (Some(site), _) = config::load(snapshot) else {
            return Err(Refusal::new("site.toml can't be read: mend first what etape check says"));
        };
        let texts = snapshot.under("content").filter_map(|(path, file)| match file {
            File::Text(text) => Some((path, text)),
            _ => None,
        });
        let pages = texts.filter_map(|(path, text)| ContentFile::parse(path, text, &site).0).collect();
        let path = SourcePath::new(config::SITE_FILE);
        let original = snapshot.original(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let settings = original.or_else(|| snapshot.text(&path).map(|text| text.to_string())).unwrap_or_default();
        Ok(Self { snapshot, site, pages, settings })
    }

    /// The guides, in order.
    fn guides(&self) -> Vec<Arc<str>> {
        let mut guides: Vec<Arc<str>> = self.pages.iter().map(|page| page.guide.clone()).collect();
        guides.sort();
        guides.dedup();
        guides
    }

    /// The line that has an editor help with a file, if the site keeps schemas: site.toml's own line tells where.
    fn schema_line(&self, folder_depth: usize, name: &str) -> String {
        let Some(path) = self.settings.strip_prefix("#:schema ").and_then(|rest| rest.lines().next()) else {
            return String::new();
        };
        match path.trim().strip_suffix("site.schema.json") {
            Some(folder) if !folder.contains("://") && !folder.starts_with('/') => {
                let folder = folder.trim_start_matches("./");
                format!("#:schema {}{folder}{name}.schema.json\n", "../".repeat(folder_depth))
            }
            _ => String::new(),
        }
    }
}
