//! Content files, parsed, with the keys of what they say: those that are held from the beginning, and for a brand those
//! that it alone has.
//!
//! Not here: what an edition makes of them (`edition`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::before::{Own, brand_of};
use super::checks::{self, Spoken};
use super::kept::Found;
use super::sources::Shared;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker};
use crate::model::site::Site;
use crate::output::OutputError;
use crate::parse::content::ContentFile;
use crate::path::SourcePath;
use crate::resolve::expand::Compiled;
use crate::resolve::outline::{Index, Names};
use crate::source::{File, Later, Snapshot};

/// Content files.
#[derive(Clone, Default)]
pub struct Texts {
    /// Those that couldn't be taken stand behind those that were parsed with them.
    pub files: Vec<Arc<ContentFile>>,
    /// The key of each with its body.
    pub keys: Vec<Key>,
    /// What the tags of each speak of.
    pub spoken: Vec<Found<Spoken>>,
    /// Those that only print or that several brands may share, compiled.
    pub compiled: Vec<Option<Arc<Compiled>>>,
    /// All of them by guide, page and brand.
    pub index: Index,
    /// The names of all pages of the site, also of texts that aren't held.
    pub names: Arc<Names>,
    /// The key of the paths of all files in `content/`.
    paths: Option<Key>,
    /// Which are for all brands (`None`), and for each alone.
    of: BTreeMap<Whose, Vec<usize>>,
    /// The keys of their front matter.
    fronts: BTreeMap<Whose, Key>,
    /// The keys of all that they say.
    contents: BTreeMap<Whose, Key>,
}

/// The brand that files are for alone, if they aren't for all.
type Whose = Option<Arc<str>>;

/// A text that isn't parsed yet.
pub struct Raw<'s> {
    path: &'s SourcePath,
    text: Arc<str>,
    /// Of what it says.
    key: Key,
}

/// The texts in `content/` that are held, and those whose brand isn't known.
pub fn held<'s>(snapshot: &'s Snapshot, site: &Site) -> Result<Vec<Raw<'s>>, OutputError> {
    let raw = |(path, key, file): (_, _, &File)| match file {
        File::Text(text) => Some(Ok(Raw { path, text: text.clone(), key })),
        File::Later(later) if brand_of(path, site).is_none() => Some(read_one(path, key, later)),
        File::Later(_) | File::Binary(..) | File::Bytes(_) => None,
    };
    snapshot.all_under("content").filter_map(raw).collect()
}

/// Those of some texts that aren't held, read now.
pub fn read<'s>(texts: &[Own<'s>]) -> Result<Vec<Raw<'s>>, OutputError> {
    let raw = |own: &Own<'s>| match own.file {
        File::Later(later) => Some(read_one(own.path, own.key, later)),
        _ => None,
    };
    texts.iter().filter_map(raw).collect()
}

fn read_one<'s>(path: &'s SourcePath, key: Key, later: &Later) -> Result<Raw<'s>, OutputError> {
    let text = later.read(path).map_err(|error| OutputError::io("read", Path::new(path.as_str()), error))?;
    Ok(Raw { path, text, key })
}

impl Texts {
    /// The texts that are held.
    pub fn of(shared: &Shared, held: &[Raw<'_>]) -> (Self, Vec<Diagnostic>) {
        let snapshot = &shared.snapshot;
        let paths = snapshot.under("content").fold(KeyMaker::new("paths"), |key, (path, _)| key.text(path.as_str()));
        let nothing = Self { paths: Some(paths.make()), ..Self::default() };
        let (mut texts, problems) = nothing.with(shared, held, snapshot.lost().collect());
        let names = texts.files.iter().map(|file| (&*file.guide, &*file.key));
        let later = snapshot.under("content").filter(|(_, file)| matches!(file, File::Later(_)));
        texts.names = Names::new(names.chain(later.filter_map(|(path, _)| name(path, &shared.site)))).into();
        (texts, problems)
    }

    /// These, and behind them others; `lost` are files that couldn't be taken.
    pub fn with<'s>(&self, shared: &Shared, raw: &[Raw<'s>], lost: Vec<&'s SourcePath>) -> (Self, Vec<Diagnostic>) {
        let (files, mut problems) = parse(shared, raw, lost);
        let (kept, round, drafts) = (&shared.kept, shared.kept.round(), shared.options.drafts);
        let tags_key = KeyMaker::new("tags").key(shared.vocabulary.key()).number(u64::from(drafts));
        let look = |(file, says): (Arc<ContentFile>, Option<Key>)| {
            let key = KeyMaker::new("content").text(file.path.as_str()).number(u64::from(file.is_lost));
            let key = key.keys(says).key(shared.keys.listed).make();
            let compiled = kept.compiled.get_or(round, key, || {
                // templates take room: those that one brand alone uses are compiled when it comes to them
                let is_shared = file.brand.is_none();
                let compiled =
                    if is_shared { shared.engine.compile(file.body()) } else { Compiled::simple(file.body()) };
                compiled.map(Arc::new)
            });
            let spoken = kept.tags.get_or(round, tags_key.clone().key(key), || {
                Arc::new(checks::spoken(&file, compiled.as_deref(), &shared.vocabulary, drafts))
            });
            (file, key, compiled, spoken)
        };
        let looked: Vec<_> = files.into_par_iter().map(look).collect();
        let mut all = self.clone();
        for (file, key, compiled, spoken) in looked {
            problems.extend(spoken.1.iter().cloned());
            all.files.push(file);
            all.keys.push(key);
            all.compiled.push(compiled);
            all.spoken.push(spoken);
        }
        all.index = all.index.with(&all.files);
        all.note(self.files.len(), &shared.site.source_locale().id);
        (all, problems)
    }

    /// Notes whose files there are, from one on.
    fn note(&mut self, start: usize, source: &str) {
        let mut whose = BTreeSet::new();
        for (index, file) in self.files.iter().enumerate().skip(start) {
            self.of.entry(file.brand.clone()).or_default().push(index);
            whose.insert(file.brand.clone());
        }
        for brand in whose {
            let files = self.of.get(&brand).map_or(&[][..], Vec::as_slice);
            let contents = KeyMaker::new("contents").keys(files.iter().map(|index| self.keys[*index])).make();
            let fronts = self.fronts_key(files, source);
            self.contents.insert(brand.clone(), contents);
            self.fronts.insert(brand, fronts);
        }
    }

    /// What outlines are made from: the front matter of each file, and whether it translates its source as it is now.
    fn fronts_key(&self, files: &[usize], source: &str) -> Key {
        let mut key = KeyMaker::new("fronts");
        for file in files.iter().map(|index| &self.files[*index]) {
            key = key.text(file.path.as_str()).text(&file.text[..file.body_start]);
            if let Some(mark) = &file.front.translates {
                // the brand's own, and the one for all
                for brand in [file.brand.as_ref(), None] {
                    let original = self.index.find(file, brand, source).map(|index| &self.files[index]);
                    let is_current = original.map(|original| mark.value == original.fingerprint());
                    key = key.number(is_current.map_or(2, u64::from));
                }
            }
        }
        key.make()
    }

    /// Which files only a brand has.
    pub fn only_of(&self, brand: &Arc<str>) -> &[usize] {
        self.of.get(&Some(brand.clone())).map_or(&[], Vec::as_slice)
    }

    /// Whose files there are, and which.
    pub fn by_brand(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &[usize])> {
        self.of.iter().map(|(brand, files)| (brand.as_ref(), files.as_slice()))
    }

    /// The keys of what a brand's outlines are made from: which files there are, which are drafts or couldn't be taken,
    /// and their front matter.
    pub fn fronts(&self, brand: &Arc<str>) -> [Option<Key>; 3] {
        let flags = |file: &ContentFile| u64::from(file.is_lost) + 2 * u64::from(file.front.draft);
        let flagged = self.files.iter().filter(|file| flags(file) > 0);
        let flagged = flagged.fold(KeyMaker::new("names").keys(self.paths), |key, file| {
            key.text(file.path.as_str()).number(flags(file))
        });
        [Some(flagged.make()), self.fronts.get(&None).copied(), self.fronts.get(&Some(brand.clone())).copied()]
    }

    /// The keys of all that is said to a brand's readers.
    pub fn contents(&self, brand: &Arc<str>) -> [Option<Key>; 2] {
        [None, Some(brand.clone())].map(|whose| self.contents.get(&whose).copied())
    }
}

/// The same page in the source locale, if a path is that of a page in another one.
pub fn original(path: &SourcePath, site: &Site) -> Option<SourcePath> {
    let parts = site.parts(path.file_name());
    let source = &site.source_locale().id;
    let is_other = parts.extension == "md" && parts.locale.is_some_and(|locale| *locale != **source);
    let brand = parts.brand.map_or_else(String::new, |brand| format!("@{brand}"));
    is_other.then(|| SourcePath::new(format!("{}/{}{brand}.{source}.md", path.folder(), parts.stem)))
}

/// The guide and the key of a page of one brand, by its path.
fn name<'p>(path: &'p SourcePath, site: &Site) -> Option<(&'p str, &'p str)> {
    let (guide, file) = path.as_str().strip_prefix("content/")?.split_once('/')?;
    let parts = site.parts(file);
    let is_page = !file.contains('/') && parts.extension == "md" && parts.locale.is_some();
    let is_page = is_page && site.has_brand(parts.brand?);
    is_page.then_some((guide, parts.stem))
}

/// The files, each with the key of what it says; that of one which couldn't be taken isn't always known.
type Parsed = Vec<(Arc<ContentFile>, Option<Key>)>;

fn parse<'s>(shared: &Shared, raw: &[Raw<'s>], mut lost: Vec<&'s SourcePath>) -> (Parsed, Vec<Diagnostic>) {
    let (site, kept) = (&shared.site, &shared.kept);
    let mut problems = Vec::new();
    let parsed: Vec<_> = raw
        .par_iter()
        .map(|Raw { path, text, key }| {
            let key = KeyMaker::new("content file").text(path.as_str()).key(*key).key(shared.keys.listed);
            kept.content.get_or(kept.round(), key, || {
                let (file, found) = ContentFile::parse(path, text, site);
                Arc::new((file.map(Arc::new), found))
            })
        })
        .collect();
    let mut files = Vec::with_capacity(parsed.len());
    for (Raw { path, key, .. }, parsed) in raw.iter().zip(&parsed) {
        let (file, found) = &**parsed;
        if file.is_none() && !found.is_empty() {
            lost.push(path);
        }
        problems.extend(found.iter().cloned());
        files.extend(file.clone().map(|file| (file, Some(*key))));
    }
    let with_key = |file: ContentFile| {
        let key = shared.snapshot.key(&file.path);
        (Arc::new(file), key)
    };
    files.extend(lost.into_iter().filter_map(|path| ContentFile::lost(path, site)).map(with_key));
    (files, problems)
}
