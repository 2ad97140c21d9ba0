//! The phases in order: a snapshot in, published files out to a sink, problems back. The only place with threads.
//!
//! `build`, `check` and `serve` all come this way; they differ in the sink they bring. Editions are rendered and
//! handed on one by one: nobody holds the whole tree.

mod before;
mod brand;
mod checks;
mod contents;
mod drawn;
mod edition;
mod elsewhere;
mod files;
mod kept;
mod messages;
mod moulds;
mod outcome;
mod pictures;
mod published;
mod safe;
mod sources;
mod texts;
pub mod translations;
mod tree;

pub use contents::{Edition, PageEntry};
pub use kept::Kept;
pub use tree::Tree;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use before::Inputs;
use brand::BrandResult;
use checks::Mentioned;

use crate::diagnostic::{self, Diagnostic, Place, Severity};
use crate::memo::{Key, KeyMaker};
use crate::model::site::{Brand, Site};
use crate::output::{NoStore, OutputError, Sink, Store};
use crate::path::SourcePath;
use crate::source::Snapshot;

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
    /// Note the links that lead to other sites (`Report::elsewhere`).
    pub external: bool,
    /// The day that feeds give (`2026-11-22`): `SOURCE_DATE_EPOCH`.
    pub date: Option<String>,
}

impl Options {
    /// The key of a build from inputs that have this key.
    pub fn key(&self, inputs: Key) -> Key {
        let key = KeyMaker::new("build").key(inputs).maybe(self.base_url.as_deref()).maybe(self.date.as_deref());
        let flags = [self.drafts, self.single_file, self.external];
        let key = flags.iter().fold(key, |key, flag| key.number(u64::from(*flag)));
        let list = |key: KeyMaker, names: &[String]| names.iter().fold(key.number(0), |key, name| key.text(name));
        list(list(key, &self.brands), &self.locales).make()
    }
}

/// What a build works with beside its inputs. Nothing of it changes what comes out.
#[derive(Clone)]
pub struct Tools {
    /// Keeps pictures that took time to make.
    pub store: Arc<dyn Store + Send>,
    /// Hears how it goes on.
    pub progress: Arc<dyn Progress + Send>,
    /// What is kept from build to build, if there are several.
    pub kept: Arc<Kept>,
}

impl Default for Tools {
    fn default() -> Self {
        Self { store: Arc::new(NoStore), progress: Arc::new(()), kept: Arc::default() }
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
#[derive(Default)]
pub struct Report {
    /// Every problem once, by file and place.
    pub problems: Vec<Diagnostic>,
    /// Pages of guides, in all editions.
    pub pages: usize,
    /// Brands times locales.
    pub editions: usize,
    /// Pictures that had to be decoded.
    pub pictures: usize,
    /// Which file each edition gets for each screen, in order; only from a build without bytes.
    pub screens: Vec<ScreenUse>,
    /// What is published, if something is kept from build to build: its bytes are made when they are asked for.
    pub tree: Option<Tree>,
    /// Links that lead to other sites, if they were asked for: each address with its places, in order.
    pub elsewhere: Vec<(String, Place)>,
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

/// Builds a site into a sink. The sink holds nothing worth keeping if there are errors among the problems.
pub fn build(
    snapshot: &Arc<Snapshot>,
    options: &Options,
    tools: &Tools,
    sink: &dyn Sink,
) -> Result<Result<Report, Unknown>, OutputError> {
    let result = build_once(snapshot, options, tools, sink);
    Kept::next(&tools.kept);
    result
}

fn build_once(
    snapshot: &Arc<Snapshot>,
    options: &Options,
    tools: &Tools,
    sink: &dyn Sink,
) -> Result<Result<Report, Unknown>, OutputError> {
    let mut problems = snapshot.problems().to_vec();
    let loaded = sources::site(snapshot, &tools.kept);
    problems.extend(loaded.1.iter().cloned());
    let Some(site) = loaded.0.clone() else {
        return Ok(Ok(Report { problems: diagnostic::merge(problems), ..Report::default() }));
    };
    let site = match select(site, options) {
        Ok(site) => site,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let is_chosen = |brand: &&Brand| options.brands.is_empty() || options.brands.iter().any(|id| *id == *brand.id);
    let (brands, others): (Vec<_>, Vec<_>) = site.brands.iter().partition(is_chosen);
    let look = || {
        let inputs = Inputs::new(snapshot, &site, options);
        let untouched = inputs.untouched(&brands, sink);
        (inputs, untouched)
    };
    let ((inputs, mut untouched), parsed) = rayon::join(look, || sources::parse(snapshot, &site, options, tools));
    let (sources, found) = parsed?;
    problems.extend(found);
    let locales: Vec<_> = site
        .locales
        .iter()
        .filter(|locale| options.locales.is_empty() || options.locales.iter().any(|id| *id == *locale.id))
        .cloned()
        .collect();
    let build = |brand: &&Brand| match untouched.get(&brand.id) {
        Some(_) => Ok(None),
        None => brand::build(&sources, brand, &inputs, &locales, sink).map(Some),
    };
    // a brand at a time, so that no thread is left with many
    let built: Vec<_> = brands.par_iter().with_max_len(1).map(build).collect();
    let mut report = Report { editions: brands.len() * locales.len(), ..Report::default() };
    let mut used = BTreeSet::new();
    let mut trees = Vec::new();
    let mut mentioned = BTreeMap::new();
    for (brand, result) in brands.iter().zip(built) {
        let note = untouched.remove(&brand.id);
        note.iter().for_each(|note| sink.done(&brand.id, note.bytes()));
        let mut result = result?.unwrap_or_else(|| note.map_or_else(BrandResult::default, BrandResult::noted));
        problems.extend(result.problems);
        mentioned.insert(brand.id.clone(), result.mentioned);
        used.append(&mut result.used);
        report.screens.append(&mut result.screens);
        report.elsewhere.append(&mut result.elsewhere);
        report.pages += result.pages;
        trees.extend(result.tree);
    }
    // what is wrong with other brands' texts is told as well
    for brand in others {
        let (sources, found) = sources.with(inputs.own(brand))?;
        problems.extend(found);
        mentioned.insert(brand.id.clone(), Mentioned::by(&sources, &brand.id));
    }
    checks::tell_heavy_once(&sources, &mut problems);
    let is_in_order = problems.iter().all(|problem| problem.severity() == Severity::Warning);
    problems.extend(checks::site(&sources, &used, &mentioned, is_in_order));
    report.screens.sort_unstable();
    report.screens.dedup();
    elsewhere::sort(&mut report.elsewhere);
    report.problems = diagnostic::merge(problems);
    report.pictures = sources.pictures.count();
    report.tree = tools.kept.round().keeps().then(|| Tree::new(sources, trees));
    Ok(Ok(report))
}

/// Applies the options to the site: base addresses; and checks that what is asked for exists.
fn select(site: Arc<Site>, options: &Options) -> Result<Arc<Site>, Unknown> {
    for (kind, asked, known) in [
        ("brand", &options.brands, site.brands.iter().map(|brand| brand.id.to_string()).collect::<Vec<_>>()),
        ("locale", &options.locales, site.locales.iter().map(|locale| locale.id.to_string()).collect()),
    ] {
        if let Some(name) = asked.iter().find(|name| !known.contains(name)) {
            return Err(Unknown { kind, name: name.clone(), known });
        }
    }
    let Some(url) = &options.base_url else { return Ok(site) };
    let mut site = Site::clone(&site);
    let chosen = if options.brands.is_empty() { site.brands.len() } else { options.brands.len() };
    for brand in &mut site.brands {
        brand.base_url = Some(if chosen > 1 { format!("{url}{}/", brand.id) } else { url.clone() });
    }
    Ok(Arc::new(site))
}
