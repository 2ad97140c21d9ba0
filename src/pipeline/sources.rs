//! Everything that editions are made from: each file parsed once for all of them, with the keys of what was read.
//!
//! Not here: what one brand makes of it (`brand`).

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::before::{Untouched, brand_of};
use super::files::Ready;
use super::kept::{Found, Kept};
use super::moulds::Moulds;
use super::pictures::Pictures;
use super::{Options, Tools, checks};
use crate::config;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker, Memo};
use crate::model::site::{Brand, Site};
use crate::model::variant::VariantName;
use crate::output::OutputError;
use crate::parse::content::ContentFile;
use crate::parse::fluent::{self, FluentFile};
use crate::parse::listed;
use crate::path::SourcePath;
use crate::render::theme::Theme;
use crate::render::weight::Frames;
use crate::resolve::assets::Assets;
use crate::resolve::expand::{Compiled, Engine};
use crate::resolve::names::Vocabulary;
use crate::resolve::outline::Index;
use crate::source::{File, Snapshot};

/// A site's files, parsed.
pub struct Sources {
    /// The files.
    pub snapshot: Arc<Snapshot>,
    /// What site.toml and the themes say.
    pub site: Arc<Site>,
    /// What is built.
    pub options: Options,
    /// Brands that aren't made: their own texts aren't read.
    pub untouched: Untouched,
    /// The content files, those that couldn't be taken behind the others.
    pub content: Vec<Arc<ContentFile>>,
    /// Which of them are for all brands (`None`), and for each alone.
    pub files: BTreeMap<Option<Arc<str>>, Vec<usize>>,
    /// Tags of each content file that are known to be wrong, in bytes of its body.
    pub bad_tags: Vec<Arc<[Range<usize>]>>,
    /// The texts that several brands may share, compiled, in the same order.
    pub compiled: Vec<Option<Arc<Compiled>>>,
    /// The content files by guide, page and brand.
    pub index: Index,
    /// The Fluent files.
    pub fluent: Vec<Arc<FluentFile>>,
    /// Which of them are for one brand alone, and which (`None`) for all.
    fluent_of: BTreeMap<Option<Arc<str>>, Vec<usize>>,
    /// A Fluent file couldn't be taken: no message can be called missing.
    pub fluent_is_partial: bool,
    /// The files in `assets/`.
    pub assets: Assets,
    /// The names that texts may speak of.
    pub vocabulary: Vocabulary,
    /// Expands texts.
    pub engine: Engine,
    /// The base theme's templates.
    pub theme: Found<Arc<Theme>>,
    /// What has been weighed of these, in each of the site's locales that is built.
    pub frames: Vec<Frames>,
    /// Pictures, made when they are asked for.
    pub pictures: Pictures,
    /// Texts that brands share.
    pub moulds: Moulds,
    /// Style sheets and scripts that brands may share.
    pub ready: Memo<Arc<Ready>>,
    /// What is kept from build to build.
    pub kept: Arc<Kept>,
    /// The keys of all that.
    pub keys: Keys,
}

/// Keys of what many editions share.
pub struct Keys {
    /// The options, the site as a whole, the base theme, the names that exist.
    pub site: Key,
    /// Which content files there are, and which are drafts or couldn't be taken.
    pub names: Key,
    /// The files in `assets/`.
    pub assets: Key,
    /// The Fluent files for all brands (`None`), and for each alone.
    fluent: BTreeMap<Option<Arc<str>>, Key>,
    /// The front matter of files for all brands, and for each alone.
    fronts: BTreeMap<Option<Arc<str>>, Key>,
    /// Each content file with its body.
    pub content: Vec<Key>,
    /// Those for all brands together, and those for each alone.
    contents: BTreeMap<Option<Arc<str>>, Key>,
}

impl Keys {
    /// The key of all Fluent files.
    pub fn messages(&self) -> Key {
        KeyMaker::new("all messages").keys(self.fluent.values().copied()).make()
    }
}

impl Sources {
    /// Which content files are for a brand alone, or for all.
    pub fn files_of(&self, brand: Option<&Arc<str>>) -> &[usize] {
        self.files.get(&brand.cloned()).map_or(&[], Vec::as_slice)
    }

    /// Is one of the pages that are for a brand alone a draft, or couldn't it be taken?
    pub fn has_drafts(&self, brand: &Arc<str>) -> bool {
        let mut files = self.files_of(Some(brand)).iter().map(|index| &self.content[*index]);
        files.any(|file| file.front.draft || file.is_lost)
    }

    /// The Fluent files that a brand's editions read.
    pub fn fluent_for(&self, brand: &Arc<str>) -> Vec<&FluentFile> {
        let indices = [None, Some(brand.clone())].into_iter().filter_map(|key| self.fluent_of.get(&key)).flatten();
        indices.map(|index| &*self.fluent[*index]).collect()
    }

    /// The key of the Fluent files that a brand's editions read; none of them is for this brand alone if `is_shared`.
    pub fn fluent_key(&self, brand: &Arc<str>) -> (Key, bool) {
        let own = self.keys.fluent.get(&Some(brand.clone()));
        let shared = self.keys.fluent.get(&None);
        (KeyMaker::new("fluent").keys(shared.copied()).keys(own.copied()).make(), own.is_none())
    }

    /// The key of everything that a brand's plan is made from.
    pub fn plan_key(&self, brand: &Brand) -> Key {
        let id = &brand.id;
        let fronts = |brand: Option<&Arc<str>>| self.keys.fronts.get(&brand.cloned()).copied();
        let theme = self.snapshot.keys_under(&format!("themes/{id}"));
        let key = KeyMaker::new("plan").key(self.keys.site).key(self.keys.names).text(id);
        let key = key.key(self.fluent_key(id).0).keys(fronts(None)).keys(fronts(Some(id)));
        theme.fold(key.maybe(brand.base_url.as_deref()), |key, (path, own)| key.text(path.as_str()).key(own)).make()
    }

    /// The key of everything that is published of a brand.
    pub fn brand_key(&self, brand: &Brand) -> Key {
        let contents = [None, Some(brand.id.clone())].into_iter().map(|whose| self.keys.contents.get(&whose).copied());
        let key = KeyMaker::new("brand").key(self.plan_key(brand)).key(self.keys.assets);
        contents.fold(key, |key, contents| key.keys(contents)).make()
    }
}

/// Reads site.toml and the themes' settings.
pub fn site(snapshot: &Snapshot, kept: &Kept) -> Found<Option<Arc<Site>>> {
    let file = |key: KeyMaker, (path, own): (&SourcePath, Key)| {
        let settings = (path.file_name() == "theme.toml").then_some(own);
        key.text(path.as_str()).keys(settings)
    };
    let key = KeyMaker::new("site").keys(snapshot.key(&SourcePath::new(config::SITE_FILE)));
    let key = snapshot.keys_under("themes").chain(snapshot.keys_under("locales")).fold(key, file);
    let key = snapshot.lost().fold(key, |key, path| key.text(path.as_str()));
    kept.site.get_or(kept.round(), key.make(), || {
        let (site, found) = config::load(snapshot);
        Arc::new((site.map(Arc::new), found))
    })
}

/// Parses every file of a site.
pub fn parse(
    snapshot: &Arc<Snapshot>,
    site: &Arc<Site>,
    options: &Options,
    tools: &Tools,
    untouched: Untouched,
) -> Result<(Arc<Sources>, Vec<Diagnostic>), OutputError> {
    let (kept, round) = (&tools.kept, tools.kept.round());
    let mut problems = Vec::new();
    let vocabulary = Vocabulary::new(site);
    let listed = listed_key(site);

    let (content, found) = content(snapshot, site, kept, listed, &untouched)?;
    problems.extend(found);
    let content_keys: Vec<Key> = content
        .par_iter()
        .map(|file| {
            let key = KeyMaker::new("content").text(file.path.as_str()).number(u64::from(file.is_lost));
            key.keys(snapshot.key(&file.path)).key(listed).make()
        })
        .collect();
    let tags_key = KeyMaker::new("tags").key(vocabulary.key()).number(u64::from(options.drafts));
    let checked: Vec<_> = content
        .par_iter()
        .zip(&content_keys)
        .map(|(file, key)| {
            kept.tags.get_or(round, tags_key.clone().key(*key).make(), || {
                let (bad, found) = checks::names(file, &vocabulary, options.drafts);
                Arc::new((bad.into(), found))
            })
        })
        .collect();
    problems.extend(checked.iter().flat_map(|found| found.1.iter().cloned()));
    let engine = Engine::new();
    let compiled = content
        .par_iter()
        .zip(&content_keys)
        .map(|(file, key)| {
            // texts that one brand alone uses are compiled when it comes to them
            let compile = || engine.compile(file.body()).map(Arc::new);
            if file.brand.is_some() { None } else { kept.compiled.get_or(round, *key, compile) }
        })
        .collect();

    let (fluent, fluent_is_partial, found) = parse_fluent(snapshot, site, kept, listed);
    problems.extend(found);
    let mut fluent_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, file) in fluent.iter().enumerate() {
        fluent_of.entry(file.brand.clone()).or_default().push(index);
    }
    let mut files: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, file) in content.iter().enumerate() {
        files.entry(file.brand.clone()).or_default().push(index);
    }
    let (assets, found) = Assets::new(snapshot, site);
    problems.extend(found);
    let theme = theme(snapshot, None, kept);
    problems.extend(theme.1.iter().cloned());
    let keys = || Keys {
        site: site_key(snapshot, site, options, &vocabulary, fluent_is_partial),
        names: names_key(snapshot, &content),
        assets: assets_key(snapshot),
        fluent: fluent_of
            .iter()
            .map(|(brand, files)| {
                let file = |key: KeyMaker, index: &usize| {
                    let path = &fluent[*index].path;
                    key.text(path.as_str()).keys(snapshot.key(path))
                };
                (brand.clone(), files.iter().fold(KeyMaker::new("messages"), file).make())
            })
            .collect(),
        fronts: fronts(&content, &site.source_locale().id),
        contents: contents(&files, &content_keys),
        content: content_keys,
    };
    let (keys, index) = rayon::join(keys, || Index::new(&content));
    let sources = Sources {
        snapshot: snapshot.clone(),
        site: site.clone(),
        options: options.clone(),
        untouched,
        files,
        index,
        moulds: Moulds::new(content.len()),
        content,
        bad_tags: checked.iter().map(|found| found.0.clone()).collect(),
        compiled,
        fluent,
        fluent_of,
        fluent_is_partial,
        assets,
        vocabulary,
        engine,
        theme,
        frames: site.locales.iter().map(|_| Frames::default()).collect(),
        pictures: Pictures::new(snapshot, tools.clone()),
        ready: Memo::default(),
        kept: kept.clone(),
        keys,
    };
    Ok((Arc::new(sources), problems))
}

/// Templates: the base's, or a brand's over them.
pub fn theme(snapshot: &Snapshot, brand: Option<&str>, kept: &Kept) -> Found<Arc<Theme>> {
    let folders = brand.map(|brand| format!("themes/{brand}"));
    let all = folders.iter().map(String::as_str).chain(["themes/base"]).flat_map(|folder| snapshot.keys_under(folder));
    let templates = all.filter(|(path, _)| path.file_name().ends_with(".html"));
    let key = templates.fold(KeyMaker::new("theme").maybe(brand), |key, (path, own)| key.text(path.as_str()).key(own));
    kept.themes.get_or(kept.round(), key.make(), || {
        let (theme, found) = Theme::new(snapshot, brand);
        Arc::new((Arc::new(theme), found))
    })
}

/// What is said of names in files by what site.toml lists.
fn listed_key(site: &Site) -> Key {
    let key = site.brands.iter().fold(KeyMaker::new("listed"), |key, brand| key.text(&brand.id)).number(0);
    site.locales.iter().fold(key, |key, locale| key.text(&locale.id)).make()
}

fn site_key(
    snapshot: &Snapshot,
    site: &Site,
    options: &Options,
    vocabulary: &Vocabulary,
    fluent_is_partial: bool,
) -> Key {
    let budget = &site.budget;
    let key = KeyMaker::new("editions").text(&site.title).key(vocabulary.key());
    let key = key.number(budget.page.to_bits()).number(budget.screens.to_bits());
    let key = key.number(budget.span.start as u64).number(budget.span.end as u64);
    let key = site.locales.iter().fold(key, |key, locale| key.text(&locale.id));
    let key = options.locales.iter().fold(key.number(0), |key, locale| key.text(locale));
    let key = key.number(u64::from(options.drafts)).maybe(options.base_url.as_deref()).maybe(options.date.as_deref());
    let key = key.number(u64::from(fluent_is_partial)).number(u64::from(options.single_file));
    // a brand's id is in the suggestions of all
    let key = key.key(listed_key(site));
    snapshot.keys_under("themes/base").fold(key, |key, (path, own)| key.text(path.as_str()).key(own)).make()
}

fn assets_key(snapshot: &Snapshot) -> Key {
    let key = snapshot
        .keys_under("assets")
        .fold(KeyMaker::new("assets"), |key, (path, own)| key.text(path.as_str()).key(own));
    snapshot.lost().fold(key.number(0), |key, path| key.text(path.as_str())).make()
}

/// What outlines are made from: the front matter of each file, and whether it translates its source as it is now.
fn fronts(content: &[Arc<ContentFile>], source: &str) -> BTreeMap<Option<Arc<str>>, Key> {
    let page = |file: &ContentFile, brand: Option<&Arc<str>>| (file.guide.clone(), file.key.clone(), brand.cloned());
    let originals: BTreeMap<_, &ContentFile> = content
        .iter()
        .filter(|file| &*file.locale == source)
        .map(|file| (page(file, file.brand.as_ref()), &**file))
        .collect();
    let mut keys: BTreeMap<Option<Arc<str>>, KeyMaker> = BTreeMap::new();
    for file in content {
        let key = keys.entry(file.brand.clone()).or_insert_with(|| KeyMaker::new("fronts"));
        let mut own = std::mem::take(key).text(file.path.as_str()).text(&file.text[..file.body_start]);
        if let Some(mark) = &file.front.translates {
            // the brand's own, and the one for all
            for brand in [file.brand.as_ref(), None] {
                let is_current = originals.get(&page(file, brand)).map(|other| mark.value == other.fingerprint());
                own = own.number(is_current.map_or(2, u64::from));
            }
        }
        *key = own;
    }
    keys.into_iter().map(|(brand, key)| (brand, key.make())).collect()
}

/// Which content files there are, also of those that aren't read: none of these is a draft (`Note::inputs`).
fn names_key(snapshot: &Snapshot, content: &[Arc<ContentFile>]) -> Key {
    let all = snapshot.under("content").fold(KeyMaker::new("names"), |key, (path, _)| key.text(path.as_str()));
    let flags = |file: &ContentFile| u64::from(file.is_lost) + 2 * u64::from(file.front.draft);
    let flagged = content.iter().filter(|file| flags(file) > 0);
    flagged.fold(all.number(0), |key, file| key.text(file.path.as_str()).number(flags(file))).make()
}

/// The keys of all that is said to the readers of every brand, and of each.
fn contents(files: &BTreeMap<Option<Arc<str>>, Vec<usize>>, keys: &[Key]) -> BTreeMap<Option<Arc<str>>, Key> {
    let of = |files: &Vec<usize>| KeyMaker::new("contents").keys(files.iter().map(|index| keys[*index])).make();
    files.iter().map(|(brand, files)| (brand.clone(), of(files))).collect()
}

fn content(
    snapshot: &Snapshot,
    site: &Site,
    kept: &Kept,
    listed: Key,
    untouched: &Untouched,
) -> Result<(Vec<Arc<ContentFile>>, Vec<Diagnostic>), OutputError> {
    let mut problems = Vec::new();
    let stands = |path: &SourcePath| brand_of(path, site).is_some_and(|brand| untouched.contains_key(&brand.id));
    let texts: Vec<_> = snapshot
        .under("content")
        .filter_map(|(path, file)| match file {
            File::Text(text) => Some(Ok((path, text.clone()))),
            File::Later(_) if stands(path) => None,
            File::Later(later) => Some(
                later
                    .read(path)
                    .map(|text| (path, text))
                    .map_err(|error| OutputError::io("read", Path::new(path.as_str()), error)),
            ),
            File::Binary(..) | File::Bytes(_) => None,
        })
        .collect::<Result<_, _>>()?;
    let parsed: Vec<_> = texts
        .par_iter()
        .map(|(path, text)| {
            let key = KeyMaker::new("content file").text(path.as_str()).keys(snapshot.key(path)).key(listed);
            kept.content.get_or(kept.round(), key.make(), || {
                let (file, found) = ContentFile::parse(path, text, site);
                Arc::new((file.map(Arc::new), found))
            })
        })
        .collect();
    let mut content = Vec::with_capacity(parsed.len());
    let mut lost: Vec<&SourcePath> = snapshot.lost().collect();
    for ((path, _), parsed) in texts.iter().zip(&parsed) {
        let (file, found) = &**parsed;
        if file.is_none() && !found.is_empty() {
            lost.push(path);
        }
        problems.extend(found.iter().cloned());
        content.extend(file.clone());
    }
    content.extend(lost.into_iter().filter_map(|path| ContentFile::lost(path, site)).map(Arc::new));
    Ok((content, problems))
}

/// The Fluent files of a site, those that can be read.
pub fn fluent_files(snapshot: &Snapshot, site: &Site) -> Vec<Arc<FluentFile>> {
    parse_fluent(snapshot, site, &Kept::default(), listed_key(site)).0
}

/// Every Fluent file: the base theme's, then the site's.
fn parse_fluent(
    snapshot: &Snapshot,
    site: &Site,
    kept: &Kept,
    listed: Key,
) -> (Vec<Arc<FluentFile>>, bool, Vec<Diagnostic>) {
    let mut is_partial = snapshot.lost().any(|path| path.as_str().ends_with(".ftl") || path.as_str() == "locales");
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for (folder, is_base) in [("themes/base/locales", true), ("locales", false)] {
        for (path, file) in snapshot.under(folder) {
            let File::Text(text) = file else { continue };
            let locale = path.as_str()[folder.len() + 1..].split('/').next().unwrap_or_default();
            if !path.file_name().ends_with(".ftl") || locale == path.file_name() {
                continue;
            }
            let key = KeyMaker::new("fluent file").text(path.as_str()).keys(snapshot.key(path)).key(listed);
            let parsed = kept.fluent.get_or(kept.round(), key.make(), || {
                let name = VariantName::parse(path.file_name(), |_| false);
                if let Some(problem) = listed::check_variant(&name, path, site) {
                    return Arc::new((None, vec![problem]));
                }
                let (file, found) = fluent::parse(path, locale, name.brand, is_base, text);
                Arc::new((Some(Arc::new(file)), found))
            });
            problems.extend(parsed.1.iter().cloned());
            match &parsed.0 {
                None => is_partial = true,
                // an unlisted folder is told as such, not message by message
                Some(file) if is_base || site.has_locale(&file.locale) => files.push(file.clone()),
                Some(_) => {}
            }
        }
    }
    (files, is_partial, problems)
}
