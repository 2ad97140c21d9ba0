//! Content files, parsed, with the keys of what they say: those that are held from the beginning, and for a brand those
//! that it alone has.
//!
//! Not here: what an edition makes of them (`edition`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::before::brand_of;
use super::checks;
use super::sources::Shared;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker};
use crate::model::site::Site;
use crate::model::variant::{Parts, looks_like_locale};
use crate::output::OutputError;
use crate::parse::content::ContentFile;
use crate::path::SourcePath;
use crate::resolve::expand::Compiled;
use crate::resolve::outline::{Index, Names};
use crate::source::{File, Snapshot};

/// Content files.
#[derive(Clone, Default)]
pub struct Texts {
    /// Those that couldn't be taken stand behind those that were parsed with them.
    pub files: Vec<Arc<ContentFile>>,
    /// The key of each with its body.
    pub keys: Vec<Key>,
    /// Tags of each that are known to be wrong, in bytes of its body.
    pub bad_tags: Vec<Arc<[Range<usize>]>>,
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
pub type Raw<'s> = (&'s SourcePath, Arc<str>);

/// The texts in `content/` that are held, and those whose brand isn't known.
pub fn held<'s>(snapshot: &'s Snapshot, site: &Site) -> Result<Vec<Raw<'s>>, OutputError> {
    let is_held = |(path, file): &(&SourcePath, &File)| match file {
        File::Text(_) => true,
        File::Later(_) => brand_of(path, site).is_none(),
        File::Binary(..) | File::Bytes(_) => false,
    };
    let text = |(path, file): (&'s SourcePath, &'s File)| match file {
        File::Text(text) => Some(Ok((path, text.clone()))),
        File::Later(_) => Some(read_one(snapshot, path)),
        File::Binary(..) | File::Bytes(_) => None,
    };
    snapshot.under("content").filter(is_held).filter_map(text).collect()
}

/// Those of some texts that aren't held, read now.
pub fn read<'s>(snapshot: &Snapshot, paths: impl Iterator<Item = &'s SourcePath>) -> Result<Vec<Raw<'s>>, OutputError> {
    paths.filter(|path| snapshot.later(path).is_some()).map(|path| read_one(snapshot, path)).collect()
}

fn read_one<'s>(snapshot: &Snapshot, path: &'s SourcePath) -> Result<Raw<'s>, OutputError> {
    let read = snapshot.later(path).map(|later| later.read(path)).transpose();
    let text = read.map_err(|error| OutputError::io("read", Path::new(path.as_str()), error))?;
    Ok((path, text.unwrap_or_default()))
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
        let (kept, round) = (&shared.kept, shared.kept.round());
        let key = |file: &Arc<ContentFile>| {
            let key = KeyMaker::new("content").text(file.path.as_str()).number(u64::from(file.is_lost));
            key.keys(shared.snapshot.key(&file.path)).key(shared.keys.listed).make()
        };
        let keys: Vec<Key> = files.par_iter().map(key).collect();
        let drafts = shared.options.drafts;
        let tags_key = KeyMaker::new("tags").key(shared.vocabulary.key()).number(u64::from(drafts));
        let compile = |(file, key): (&Arc<ContentFile>, &Key)| {
            kept.compiled.get_or(round, *key, || {
                // templates take room: those that one brand alone uses are compiled when it comes to them
                let is_shared = file.brand.is_none();
                let compiled =
                    if is_shared { shared.engine.compile(file.body()) } else { Compiled::simple(file.body()) };
                compiled.map(Arc::new)
            })
        };
        let compiled: Vec<_> = files.par_iter().zip(&keys).map(compile).collect();
        let check = |((file, key), compiled): ((&Arc<ContentFile>, &Key), &Option<Arc<Compiled>>)| {
            kept.tags.get_or(round, tags_key.clone().key(*key).make(), || {
                let (bad, found) = checks::names(file, compiled.as_deref(), &shared.vocabulary, drafts);
                Arc::new((bad.into(), found))
            })
        };
        let checked: Vec<_> = files.par_iter().zip(&keys).zip(&compiled).map(check).collect();
        problems.extend(checked.iter().flat_map(|found| found.1.iter().cloned()));
        let mut all = self.clone();
        all.compiled.extend(compiled);
        all.bad_tags.extend(checked.iter().map(|found| found.0.clone()));
        all.keys.extend(keys);
        all.files.extend(files);
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
    let parts = Parts::of(path.file_name(), |part| site.has_locale(part) || looks_like_locale(part));
    let source = &site.source_locale().id;
    let is_other = parts.extension == "md" && parts.locale.is_some_and(|locale| *locale != **source);
    let brand = parts.brand.map_or_else(String::new, |brand| format!("@{brand}"));
    is_other.then(|| SourcePath::new(format!("{}/{}{brand}.{source}.md", path.folder(), parts.stem)))
}

/// The guide and the key of a page of one brand, by its path.
fn name<'p>(path: &'p SourcePath, site: &Site) -> Option<(&'p str, &'p str)> {
    let (guide, file) = path.as_str().strip_prefix("content/")?.split_once('/')?;
    let parts = Parts::of(file, |part| site.has_locale(part) || looks_like_locale(part));
    let is_page = !file.contains('/') && parts.extension == "md" && parts.locale.is_some();
    let is_page = is_page && site.has_brand(parts.brand?);
    is_page.then_some((guide, parts.stem))
}

fn parse<'s>(
    shared: &Shared,
    raw: &[Raw<'s>],
    mut lost: Vec<&'s SourcePath>,
) -> (Vec<Arc<ContentFile>>, Vec<Diagnostic>) {
    let (site, kept) = (&shared.site, &shared.kept);
    let mut problems = Vec::new();
    let parsed: Vec<_> = raw
        .par_iter()
        .map(|(path, text)| {
            let key = KeyMaker::new("content file").text(path.as_str()).keys(shared.snapshot.key(path));
            kept.content.get_or(kept.round(), key.key(shared.keys.listed).make(), || {
                let (file, found) = ContentFile::parse(path, text, site);
                Arc::new((file.map(Arc::new), found))
            })
        })
        .collect();
    let mut files = Vec::with_capacity(parsed.len());
    for ((path, _), parsed) in raw.iter().zip(&parsed) {
        let (file, found) = &**parsed;
        if file.is_none() && !found.is_empty() {
            lost.push(path);
        }
        problems.extend(found.iter().cloned());
        files.extend(file.clone());
    }
    files.extend(lost.into_iter().filter_map(|path| ContentFile::lost(path, site)).map(Arc::new));
    (files, problems)
}
