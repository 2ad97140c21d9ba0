//! The phases in order: a snapshot in, published files out to a sink, problems back. The only place with threads.
//!
//! `build`, `check` and `serve` all come this way; they differ in the sink they bring. Editions are rendered and
//! handed on one by one: nobody holds the whole tree.

mod brand;
mod checks;
mod contents;
mod drawn;
mod messages;
mod pictures;
mod published;
pub mod translations;

pub use contents::{Edition, PageEntry};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::config;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::site::Site;
use crate::output::{NoStore, OutputError, Sink, Store};
use crate::parse::content::ContentFile;
use crate::parse::fluent::{self, FluentFile};
use crate::parse::listed;
use crate::path::SourcePath;
use crate::render::theme::Theme;
use crate::resolve::assets::Assets;
use crate::resolve::expand::Engine;
use crate::resolve::names::Vocabulary;
use crate::resolve::outline::Index;
use crate::source::{File, Snapshot};

pub use crate::resolve::assets::Standing;

/// What to build.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these brands; all if empty. Each must exist.
    pub brands: Vec<String>,
    /// Only these locales; all if empty. Each must exist.
    pub locales: Vec<String>,
    /// Pages marked as drafts too.
    pub drafts: bool,
    /// Instead of the brands' own; with several brands, each is a folder of it.
    pub base_url: Option<String>,
    /// Each guide also as one file with everything inside.
    pub single_file: bool,
    /// The day that feeds give (`2026-11-22`): `SOURCE_DATE_EPOCH`.
    pub date: Option<String>,
}

/// What a build works with beside its inputs. Nothing of it changes what comes out.
#[derive(Clone, Copy)]
pub struct Tools<'t> {
    /// Keeps pictures that took time to make.
    pub store: &'t dyn Store,
    /// Hears how it goes on.
    pub progress: &'t dyn Progress,
}

impl Default for Tools<'_> {
    fn default() -> Self {
        Self { store: &NoStore, progress: &() }
    }
}

/// Hears how a build goes on. Called from many threads at once.
pub trait Progress: Sync {
    /// There is one more picture to make.
    fn expect_picture(&self) {}
    /// This one takes time.
    fn begin_picture(&self, _name: &str) {}
    /// One picture is done, or can't be made.
    fn end_picture(&self) {}
}

impl Progress for () {}

/// A file that stands for the name of a screen in an edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScreenUse {
    /// As texts name it, below `assets/`: `mfa/code.png`.
    pub name: String,
    /// `auvenir/fr`.
    pub edition: String,
    /// What the edition gets.
    pub file: SourcePath,
    /// How that stands to the other files of this name.
    pub standing: Standing,
}

/// What a build found out.
#[derive(Debug, Default)]
pub struct Report {
    /// Every problem once, by file and place.
    pub problems: Vec<Diagnostic>,
    /// Pages of guides, in all editions.
    pub pages: usize,
    /// Brands times locales.
    pub editions: usize,
    /// Pictures that had to be decoded.
    pub pictures: usize,
    /// Which file each edition gets for each screen, in order.
    pub screens: Vec<ScreenUse>,
    /// What stands where, in the order of site.toml.
    pub contents: Vec<Edition>,
}

impl Report {
    /// How many problems are as bad as this.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity() == severity).count()
    }
}

/// A selection that the site doesn't have.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    /// `brand` or `locale`.
    pub kind: &'static str,
    /// As it was asked for.
    pub name: String,
    /// What there is.
    pub known: Vec<String>,
}

/// Everything that editions are made from, parsed once and shared.
struct Sources<'s> {
    snapshot: &'s Snapshot,
    site: &'s Site,
    options: &'s Options,
    content: Vec<ContentFile>,
    /// Tags of each content file that are known to be wrong, in bytes of its body.
    bad_tags: Vec<Vec<std::ops::Range<usize>>>,
    fluent: Vec<FluentFile>,
    /// Which of them are for one brand alone, and which (`None`) for all.
    fluent_of: BTreeMap<Option<Arc<str>>, Vec<usize>>,
    /// A Fluent file couldn't be taken: no message can be called missing.
    fluent_is_partial: bool,
    assets: Assets,
    vocabulary: Vocabulary,
    engine: Engine,
    theme: Theme,
    pictures: pictures::Pictures<'s>,
    /// The files of `assets/` that some page uses.
    used: Mutex<BTreeSet<SourcePath>>,
    screens: Mutex<BTreeSet<ScreenUse>>,
    pages: AtomicUsize,
}

impl Sources<'_> {
    /// The Fluent files that a brand's editions read.
    fn fluent_for(&self, brand: &Arc<str>) -> Vec<&FluentFile> {
        let indices = [None, Some(brand.clone())].into_iter().filter_map(|key| self.fluent_of.get(&key)).flatten();
        indices.map(|index| &self.fluent[*index]).collect()
    }
}

/// Builds a site into a sink. The sink holds nothing worth keeping if there are errors among the problems.
pub fn build(
    snapshot: &Snapshot,
    options: &Options,
    tools: Tools<'_>,
    sink: &dyn Sink,
) -> Result<Result<Report, Unknown>, OutputError> {
    let mut problems = snapshot.problems().to_vec();
    let (site, found) = config::load(snapshot);
    problems.extend(found);
    let Some(mut site) = site else {
        return Ok(Ok(Report { problems: diagnostic::merge(problems), ..Report::default() }));
    };
    if let Some(unknown) = select(&mut site, options) {
        return Ok(Err(unknown));
    }
    let (sources, found) = parse(snapshot, &site, options, tools);
    problems.extend(found);
    let index = Index::new(&sources.content);
    let locales: Vec<_> = site
        .locales
        .iter()
        .filter(|locale| options.locales.is_empty() || options.locales.iter().any(|id| *id == *locale.id))
        .cloned()
        .collect();
    let brands: Vec<_> = site
        .brands
        .iter()
        .filter(|brand| options.brands.is_empty() || options.brands.iter().any(|id| *id == *brand.id))
        .collect();
    let built: Vec<_> = brands.par_iter().map(|brand| brand::build(&sources, &index, brand, &locales, sink)).collect();
    let mut contents = Vec::with_capacity(brands.len() * locales.len());
    for result in built {
        let (found, editions) = result?;
        problems.extend(found);
        contents.extend(editions);
    }
    let is_in_order = problems.iter().all(|problem| problem.severity() == Severity::Warning);
    problems.extend(checks::site(&sources, is_in_order));
    problems.extend(sources.pictures.problems());
    let screens = sources.screens.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = Report {
        problems: diagnostic::merge(problems),
        pages: sources.pages.load(Ordering::Relaxed),
        editions: brands.len() * locales.len(),
        pictures: sources.pictures.count(),
        screens: screens.into_iter().collect(),
        contents,
    };
    Ok(Ok(report))
}

/// Applies the options to the site: base addresses; and checks that what is asked for exists.
fn select(site: &mut Site, options: &Options) -> Option<Unknown> {
    for (kind, asked, known) in [
        ("brand", &options.brands, site.brands.iter().map(|brand| brand.id.to_string()).collect::<Vec<_>>()),
        ("locale", &options.locales, site.locales.iter().map(|locale| locale.id.to_string()).collect()),
    ] {
        if let Some(name) = asked.iter().find(|name| !known.contains(name)) {
            return Some(Unknown { kind, name: name.clone(), known });
        }
    }
    if let Some(url) = &options.base_url {
        let chosen = if options.brands.is_empty() { site.brands.len() } else { options.brands.len() };
        for brand in &mut site.brands {
            brand.base_url = Some(if chosen > 1 { format!("{url}{}/", brand.id) } else { url.clone() });
        }
    }
    None
}

fn parse<'s>(
    snapshot: &'s Snapshot,
    site: &'s Site,
    options: &'s Options,
    tools: Tools<'s>,
) -> (Sources<'s>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let texts: Vec<_> = snapshot
        .under("content")
        .filter_map(|(path, file)| match file {
            File::Text(text) => Some((path, text)),
            _ => None,
        })
        .collect();
    let parsed: Vec<_> = texts.par_iter().map(|(path, text)| ContentFile::parse(path, text, site)).collect();
    let mut content = Vec::with_capacity(parsed.len());
    let mut lost: Vec<&SourcePath> = snapshot.lost().collect();
    for ((path, _), (file, found)) in texts.iter().zip(parsed) {
        if file.is_none() && !found.is_empty() {
            lost.push(path);
        }
        problems.extend(found);
        content.extend(file);
    }
    content.extend(lost.into_iter().filter_map(|path| ContentFile::lost(path, site)));
    let (fluent, fluent_is_partial, found) = parse_fluent(snapshot, site);
    problems.extend(found);
    let (assets, found) = Assets::new(snapshot, site);
    problems.extend(found);
    let vocabulary = Vocabulary::new(site);
    let checked: Vec<_> = content.par_iter().map(|file| checks::names(file, &vocabulary, options.drafts)).collect();
    let mut bad_tags = Vec::with_capacity(content.len());
    for (bad, found) in checked {
        problems.extend(found);
        bad_tags.push(bad);
    }
    // texts that one edition alone uses are compiled when it comes to them
    let shared = content
        .iter()
        .filter(|file| file.brand.is_none() && crate::parse::tags::has_tags(file.body()))
        .map(|file| (file.path.as_str(), file.body()));
    let engine = Engine::new(shared);
    let (theme, found) = Theme::new(snapshot, None);
    problems.extend(found);
    let mut fluent_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, file) in fluent.iter().enumerate() {
        fluent_of.entry(file.brand.clone()).or_default().push(index);
    }
    let sources = Sources {
        snapshot,
        site,
        options,
        bad_tags,
        fluent,
        fluent_of,
        fluent_is_partial,
        assets,
        vocabulary,
        engine,
        theme,
        pictures: pictures::Pictures::new(snapshot, tools),
        used: Mutex::default(),
        screens: Mutex::default(),
        pages: AtomicUsize::new(0),
        content,
    };
    (sources, problems)
}

/// Every Fluent file: the base theme's, then the site's.
fn parse_fluent(snapshot: &Snapshot, site: &Site) -> (Vec<FluentFile>, bool, Vec<Diagnostic>) {
    let mut is_partial = snapshot.lost().any(|path| path.as_str().ends_with(".ftl") || path.as_str() == "locales");
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for (folder, is_base) in [("themes/base/locales", true), ("locales", false)] {
        for (path, file) in snapshot.under(folder) {
            let File::Text(text) = file else { continue };
            let locale = path.as_str()[folder.len() + 1..].split('/').next().unwrap_or_default().to_owned();
            if !path.file_name().ends_with(".ftl") || locale == path.file_name() {
                continue;
            }
            let name = crate::model::variant::VariantName::parse(path.file_name(), |_| false);
            if let Some(problem) = listed::check_variant(&name, path, site) {
                problems.push(problem);
                is_partial = true;
                continue;
            }
            let (file, found) = fluent::parse(path, &locale, name.brand, is_base, text);
            problems.extend(found);
            // an unlisted folder is told as such, not message by message
            if is_base || site.has_locale(&file.locale) {
                files.push(file);
            }
        }
    }
    (files, is_partial, problems)
}
