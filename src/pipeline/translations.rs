//! The state of translations, and marking one as up to date.
//!
//! A translation carries the fingerprint of the source text that it translates. Not here: the warnings that a build
//! gives (`resolve::outline`), and disks (`cli`, `output`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sources;
use crate::config;
use crate::model::locale::Locale;
use crate::model::site::Site;
use crate::parse::content::{self, ContentFile};
use crate::parse::fluent::FluentFile;
use crate::parse::mark::{self, Unmarkable};
use crate::path::SourcePath;
use crate::source::{File, Snapshot, history};
use crate::text::difference;

pub use crate::text::difference::Piece;

/// How a page of the source locale fares in another locale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Marked with the source text as it is.
    UpToDate,
    /// Marked with another source text.
    Outdated,
    /// There, but not marked.
    Unmarked,
    /// Not there.
    Missing,
}

impl State {
    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::UpToDate => "up-to-date",
            Self::Outdated => "outdated",
            Self::Unmarked => "unmarked",
            Self::Missing => "missing",
        }
    }
}

/// The translations of a site.
#[derive(Debug)]
pub struct Status {
    /// Every brand in every locale but the source locale.
    pub editions: Vec<EditionStatus>,
    /// The files that need work, by state and path; what is outdated, the longest first if it is known since when.
    pub files: Vec<FileStatus>,
}

/// One edition's pages, counted.
#[derive(Debug)]
pub struct EditionStatus {
    /// The brand.
    pub brand: Arc<str>,
    /// The locale.
    pub locale: Arc<str>,
    /// Up to date, outdated, unmarked, missing.
    pub counts: [usize; 4],
    /// Messages of the source locale's Fluent files: how many this locale has, and how many there are.
    pub messages: [usize; 2],
}

impl EditionStatus {
    /// How much is there and not outdated, of pages and messages, rounded down.
    pub fn percent(&self) -> usize {
        let all = self.counts.iter().sum::<usize>() + self.messages[1];
        ((self.counts[0] + self.counts[2] + self.messages[0]) * 100).checked_div(all).unwrap_or(100)
    }
}

/// One file that needs work.
#[derive(Debug)]
pub struct FileStatus {
    /// The translation, also one that isn't there yet.
    pub path: SourcePath,
    /// What it translates.
    pub source: SourcePath,
    /// Its locale.
    pub locale: Arc<str>,
    /// What is to do.
    pub state: State,
    /// The fingerprint of the source text that it translates.
    pub mark: Option<String>,
    /// The messages that it lacks, if it is a Fluent file.
    pub messages: Vec<String>,
    /// What has become of the source text since, if git knows.
    pub change: Option<Change>,
}

/// How a source text has changed since it was translated.
#[derive(Debug)]
pub struct Change {
    /// The commit whose text was translated.
    pub commit: String,
    /// Its day.
    pub date: String,
    /// From that text to the present one.
    pub pieces: Vec<Piece>,
}

/// Why a file can't be marked.
#[derive(Debug, PartialEq, Eq)]
pub enum MarkError {
    /// No file of `content/<guide>/`.
    NoPage,
    /// It is the source locale's.
    IsSource,
    /// The source locale has no such page.
    NoSource,
    /// Its front matter can't be read.
    NoFrontMatter,
    /// Its front matter has a form that can't be marked, with this fingerprint.
    Form(String),
}

/// The state of every translation; none if the site can't be read at all.
pub fn status(snapshot: &Snapshot) -> Option<Status> {
    let site = config::load(snapshot).0?;
    let pages = Pages::new(snapshot, &site);
    let source = &site.source_locale().id;
    let messages = Catalogue::new(snapshot, &site);
    let mut files: BTreeMap<SourcePath, FileStatus> = BTreeMap::new();
    let mut editions = Vec::new();
    for brand in &site.brands {
        for locale in site.locales.iter().filter(|locale| locale.id != *source) {
            let mut counts = [0; 4];
            for (guide, key) in pages.keys() {
                let Some(original) = pages.find(guide, key, &brand.id, source) else { continue };
                let brands = original.front.brands.as_ref();
                if original.front.draft || brands.is_some_and(|brands| brands.iter().all(|own| own.value != *brand.id))
                {
                    continue;
                }
                let translation = pages.exact(guide, key, original.brand.as_deref(), &locale.id);
                let state = match translation {
                    None => State::Missing,
                    Some(file) => match &file.front.translates {
                        None => State::Unmarked,
                        Some(mark) if mark.value == original.fingerprint() => State::UpToDate,
                        Some(_) => State::Outdated,
                    },
                };
                counts[state as usize] += 1;
                if state != State::UpToDate {
                    let path = original.sibling(&locale.id);
                    let status = FileStatus {
                        path: path.clone(),
                        source: original.path.clone(),
                        locale: locale.id.clone(),
                        state,
                        mark: translation.and_then(|file| Some(file.front.translates.as_ref()?.value.clone())),
                        messages: Vec::new(),
                        change: None,
                    };
                    files.insert(path, status);
                }
            }
            let all = messages.wanted(&brand.id);
            let lacking = messages.lacking(&all, &brand.id, locale);
            for (id, source) in &lacking {
                let path = in_locale(source, &locale.id);
                let file = files.entry(path.clone()).or_insert_with(|| FileStatus {
                    path,
                    source: (*source).clone(),
                    locale: locale.id.clone(),
                    state: State::Missing,
                    mark: None,
                    messages: Vec::new(),
                    change: None,
                });
                if !file.messages.iter().any(|known| known == id) {
                    file.messages.push((*id).to_owned());
                }
            }
            let messages = [all.len() - lacking.len(), all.len()];
            editions.push(EditionStatus { brand: brand.id.clone(), locale: locale.id.clone(), counts, messages });
        }
    }
    let mut files: Vec<FileStatus> = files.into_values().collect();
    for file in files.iter_mut().filter(|file| file.state == State::Outdated) {
        file.change = change(snapshot, file);
    }
    let since = |file: &FileStatus| file.change.as_ref().map_or("9", |change| change.date.as_str()).to_owned();
    files.sort_by_key(|file| (file.state, since(file)));
    Some(Status { editions, files })
}

/// What has become of a source text since it was translated.
fn change(snapshot: &Snapshot, file: &FileStatus) -> Option<Change> {
    let (mark, now) = (file.mark.as_ref()?, snapshot.text(&file.source)?);
    let is_it = |text: &str| content::fingerprint_of(text) == *mark;
    let history::Version { commit, date, text } = history::find(snapshot.root(), &file.source, &is_it)?;
    Some(Change { commit, date, pieces: difference::words(&text, now) })
}

/// The same file's name in another locale's folder.
fn in_locale(source: &SourcePath, locale: &str) -> SourcePath {
    let rest = source.as_str().splitn(3, '/').nth(2).unwrap_or_default();
    SourcePath::new(format!("locales/{locale}/{rest}"))
}

/// The messages of a site's Fluent files.
struct Catalogue {
    files: Vec<Arc<FluentFile>>,
    source: Arc<str>,
}

impl Catalogue {
    fn new(snapshot: &Snapshot, site: &Site) -> Self {
        Self { files: sources::fluent_files(snapshot, site), source: site.source_locale().id.clone() }
    }

    /// The messages that the source locale has for a brand, each with its file. A term may be a matter of one language.
    fn wanted(&self, brand: &str) -> BTreeMap<&str, &SourcePath> {
        let own = self.files.iter().filter(|file| !file.is_base && file.locale == self.source);
        let own = own.filter(|file| file.brand.as_deref().is_none_or(|own| own == brand));
        let all = own.flat_map(|file| file.entries.iter().map(|entry| (entry.id.as_str(), &file.path)));
        all.filter(|(id, _)| !id.starts_with('-')).collect()
    }

    /// Those of them that a locale lacks.
    fn lacking<'c>(
        &self,
        wanted: &BTreeMap<&'c str, &'c SourcePath>,
        brand: &str,
        locale: &Locale,
    ) -> Vec<(&'c str, &'c SourcePath)> {
        let speaks = |file: &&Arc<FluentFile>| {
            file.brand.as_deref().is_none_or(|own| own == brand)
                && (file.locale == locale.id || file.is_base && *file.locale == *locale.base())
        };
        let entries = self.files.iter().filter(speaks).flat_map(|file| &file.entries);
        let has: BTreeSet<&str> = entries.map(|entry| entry.id.as_str()).collect();
        wanted.iter().filter(|(id, _)| !has.contains(*id)).map(|(id, path)| (*id, *path)).collect()
    }
}

/// A translation's bytes, marked as up to date; none if it was. Everything else of the file stays, line ends too.
pub fn mark(snapshot: &Snapshot, path: &SourcePath, bytes: &[u8]) -> Result<Option<Vec<u8>>, MarkError> {
    let site = config::load(snapshot).0.ok_or(MarkError::NoPage)?;
    let pages = Pages::new(snapshot, &site);
    let file = pages.files.iter().find(|file| file.path == *path).ok_or(MarkError::NoPage)?;
    let source = &site.source_locale().id;
    if file.locale == *source {
        return Err(MarkError::IsSource);
    }
    let original = pages.exact(&file.guide, &file.key, file.brand.as_deref(), source);
    let original = original.or_else(|| pages.exact(&file.guide, &file.key, None, source)).ok_or(MarkError::NoSource)?;
    let text = std::str::from_utf8(bytes).map_err(|_| MarkError::NoFrontMatter)?;
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fingerprint = original.fingerprint();
    match mark::write(bare, fingerprint) {
        Ok(marked) => Ok(marked.map(|marked| format!("{}{marked}", &text[..text.len() - bare.len()]).into_bytes())),
        Err(Unmarkable::Unreadable) => Err(MarkError::NoFrontMatter),
        Err(Unmarkable::Form) => Err(MarkError::Form(fingerprint.to_owned())),
    }
}

/// The content files of a site, found by page, brand and locale.
struct Pages {
    files: Vec<ContentFile>,
}

impl Pages {
    fn new(snapshot: &Snapshot, site: &Site) -> Self {
        let texts = snapshot.under("content").filter_map(|(path, file)| match file {
            File::Text(text) => Some((path, text)),
            _ => None,
        });
        Self { files: texts.filter_map(|(path, text)| ContentFile::parse(path, text, site).0).collect() }
    }

    /// Every page once, in order.
    fn keys(&self) -> std::collections::BTreeSet<(&str, &str)> {
        self.files.iter().map(|file| (&*file.guide, &*file.key)).collect()
    }

    fn exact(&self, guide: &str, key: &str, brand: Option<&str>, locale: &str) -> Option<&ContentFile> {
        let is_it = |file: &&ContentFile| *file.guide == *guide && *file.key == *key && *file.locale == *locale;
        self.files.iter().filter(is_it).find(|file| file.brand.as_deref() == brand)
    }

    /// The file that stands for a page in a brand's edition.
    fn find(&self, guide: &str, key: &str, brand: &str, locale: &str) -> Option<&ContentFile> {
        self.exact(guide, key, Some(brand), locale).or_else(|| self.exact(guide, key, None, locale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(translation: &str) -> Snapshot {
        Snapshot::from_files([
            ("site.toml", &b"locales = [\"fr\", \"en\"]\n[brands.a]\n"[..]),
            ("themes/a/theme.toml", b"name = \"A\"\n"),
            ("content/g/index.fr.md", b"---\ntitle: G\n---\n"),
            ("content/g/index.en.md", translation.as_bytes()),
        ])
    }

    #[test]
    fn marking_touches_nothing_else() {
        let path = SourcePath::new("content/g/index.en.md");
        let print = blake3::hash(b"---\ntitle: G\n---\n").to_hex()[..12].to_owned();
        for (before, after) in [
            ("---\ntitle: G\n---\nx\n", "---\ntitle: G\ntranslates: PRINT\n---\nx\n"),
            ("---\r\ntitle: G\r\n---\r\nx", "---\r\ntitle: G\r\ntranslates: PRINT\r\n---\r\nx"),
            ("\u{feff}---\ntitle: G\n---\n", "\u{feff}---\ntitle: G\ntranslates: PRINT\n---\n"),
        ] {
            let marked = mark(&site(before), &path, before.as_bytes()).unwrap().unwrap();
            let marked = String::from_utf8(marked).unwrap();
            assert_eq!(marked, after.replace("PRINT", &print));
            assert_eq!(mark(&site(&marked), &path, marked.as_bytes()), Ok(None));
            let status = status(&site(&marked)).unwrap();
            assert_eq!(status.editions[0].counts, [1, 0, 0, 0]);
        }
    }

    #[test]
    fn what_is_no_translation_is_refused() {
        let bytes = b"---\ntitle: G\n---\n";
        let snapshot = site("---\ntitle: G\n---\n");
        let mark = |path: &str| mark(&snapshot, &SourcePath::new(path), bytes);
        assert_eq!(mark("content/g/index.fr.md"), Err(MarkError::IsSource));
        assert_eq!(mark("site.toml"), Err(MarkError::NoPage));
    }
}
