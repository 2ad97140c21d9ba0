//! One brand: what is known of it before its first page is made, then its editions and its own files.
//!
//! Not here: the pages of an edition (`edition`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use tera::Context;

use super::before::{EditionNote, Inputs, Note};
use super::checks::Mentioned;
use super::drawn;
use super::edition;
use super::files;
use super::outcome::{Asset, Outcome};
use super::published::{self, Shelf};
use super::sources::{self, Sources};
use super::tree::BrandTree;
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::{Key, KeyMaker};
use crate::model::locale::Locale;
use crate::model::site::Brand;
use crate::output::{OutputError, Sink};
use crate::path::{Address, SourcePath};
use crate::render::context::{BrandFiles, Outline};
use crate::render::feeds;
use crate::render::theme::Theme;
use crate::render::weight::Frames;
use crate::resolve::addresses;
use crate::resolve::messages::Messages;
use crate::resolve::names;
use crate::resolve::outline::{self, Input, Speech};
use crate::resolve::terms;
use crate::resolve::values::{self, Values};

/// What is known of a brand before its first page is made: what its pages are, and what they are made with.
pub struct Plan {
    /// Of everything it was made from.
    pub key: Key,
    /// The brand.
    pub brand: Brand,
    /// Its templates.
    pub theme: Arc<Theme>,
    /// What its pages share.
    pub files: BrandFiles,
    /// The bytes of that.
    pub assets: BTreeMap<Address, Asset>,
    /// Its locales with their guides.
    pub outlines: Vec<Outline>,
    /// Their messages, in the same order.
    pub messages: Vec<Arc<Messages>>,
    /// Those of the source locale.
    pub source_messages: Arc<Messages>,
    /// What texts may say of it.
    pub value: tera::Value,
    /// What is wrong so far.
    pub problems: Vec<Diagnostic>,
    /// What has been weighed of its own templates, in each locale; none if it has none of its own.
    pub frames: Option<Vec<Frames>>,
    /// What the pages of each guide share, in each locale; made when it is first asked for.
    pub shared: Vec<Vec<OnceLock<Context>>>,
}

impl Plan {
    fn new(sources: &Sources, brand: &Brand, locales: &[Locale], key: Key) -> Self {
        let own_theme = Theme::is_own(&sources.snapshot, &brand.id)
            .then(|| sources::theme(&sources.snapshot, Some(&brand.id), &sources.kept));
        let mut problems = own_theme.iter().flat_map(|own| own.1.iter().cloned()).collect::<Vec<_>>();
        let frames = own_theme.as_ref().map(|_| locales.iter().map(|_| Frames::default()).collect());
        let theme = own_theme.as_ref().unwrap_or(&sources.theme).0.clone();
        let shelf = Shelf::default();
        let (mut files, found) = files::publish(sources, brand, &shelf);
        problems.extend(found);
        let source = sources.site.source_locale();
        let messages: Vec<_> = locales.iter().map(|locale| messages(sources, brand, locale)).collect();
        let source_messages = match locales.iter().position(|locale| locale.id == source.id) {
            Some(at) => messages[at].clone(),
            None => self::messages(sources, brand, source),
        };
        let value = values::brand(brand);
        let input = Input {
            site: &sources.site,
            files: &sources.texts.files,
            index: &sources.texts.index,
            names: &sources.texts.names,
            engine: &sources.engine,
            vocabulary: &sources.vocabulary,
            drafts: sources.options.drafts,
        };
        let mut outlines = Vec::with_capacity(locales.len());
        for (locale, own) in locales.iter().zip(&messages) {
            let values = Values::new(&sources.site, &value, locale);
            let speech = Speech { own, source: &source_messages };
            let (guides, found) = outline::outline(&input, brand, locale, &speech, &values);
            problems.extend(found);
            let name = own.own_text("language-name").unwrap_or_else(|| locale.id.to_string());
            outlines.push(Outline { locale: locale.clone(), name, guides });
        }
        drawn::add(sources, brand, &outlines, &shelf, &mut files);
        let assets = shelf.into_files();
        let guides = outlines.iter().flat_map(|outline| &outline.guides);
        let mut taken = addresses::check(brand, &sources.site.locales, guides, &sources.texts.files);
        addresses::tell_once(&mut taken, &sources.texts.files, source);
        problems.extend(taken);
        let shared = outlines.iter().map(|outline| outline.guides.iter().map(|_| OnceLock::new()).collect()).collect();
        let brand = brand.clone();
        Self { key, brand, theme, files, assets, outlines, messages, source_messages, value, problems, frames, shared }
    }

    /// Pages of guides, in all its locales.
    pub fn pages(&self) -> usize {
        self.outlines.iter().flat_map(|outline| &outline.guides).map(|guide| guide.pages.len()).sum()
    }
}

/// The messages of an edition; brands that have none of their own share them.
fn messages(sources: &Sources, brand: &Brand, locale: &Locale) -> Arc<Messages> {
    let (files, is_shared) = sources.fluent_key(&brand.id);
    let whose = if is_shared { None } else { Some(&*brand.id) };
    let key = KeyMaker::new("messages").key(files).key(sources.keys.site).maybe(whose).text(&locale.id).make();
    sources.kept.messages.get_or(sources.kept.round(), key, || {
        let (own, source) = (sources.fluent_of(Some(&brand.id)), sources.site.source_locale());
        Arc::new(Messages::new(&sources.messages, &own, sources.fluent_is_partial, locale, source))
    })
}

/// What a brand has come to.
#[derive(Default)]
pub struct BrandResult {
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
    /// What is published, if bytes are made later.
    pub tree: Option<BrandTree>,
    /// The files in `assets/` that were used.
    pub used: BTreeSet<SourcePath>,
    /// What its own texts may use.
    pub mentioned: Mentioned,
    /// Which file each screen is, if somebody wants to know.
    pub screens: Vec<super::ScreenUse>,
    /// Links that lead to other sites, if somebody wants to know.
    pub elsewhere: Vec<(String, Place)>,
    /// Pages of guides, in all its locales.
    pub pages: usize,
}

impl BrandResult {
    /// Of a brand that stands as it was noted.
    pub fn noted(note: Note) -> Self {
        Self { used: note.used(), pages: note.pages, mentioned: note.mentioned, ..Self::default() }
    }
}

/// Builds a brand in some locales.
pub fn build(
    shared: &Arc<Sources>,
    brand: &Brand,
    inputs: &Inputs<'_>,
    locales: &[Locale],
    sink: &dyn Sink,
) -> Result<BrandResult, OutputError> {
    let (sources, found) = shared.with(inputs.own(brand))?;
    let (sources, inputs) = (&sources, inputs.of(brand));
    let whole = sources.brand_key(brand);
    let mut noted = sink.noted(&brand.id).and_then(|note| Note::read(&note));
    if let Some(note) = noted.take_if(|note| note.whole == whole && sink.keep(&brand.id)) {
        let note = Note { inputs, ..note };
        sink.done(&brand.id, note.bytes());
        return Ok(BrandResult::noted(note));
    }
    let (kept, round) = (&sources.kept, sources.kept.round());
    let key = sources.plan_key(brand);
    let before = noted.filter(|note| note.plan == key && note.assets == sources.keys.assets);
    let plan = kept.plans.get_or(round, key, || Arc::new(Plan::new(sources, brand, locales, key)));
    let sink_of_bytes = sink.takes_bytes().then_some(sink);
    let writer = Writer { sink: sink_of_bytes, brand: &brand.id, before: before.as_ref(), failed: Mutex::new(None) };
    let editions: Vec<Arc<Outcome>> =
        (0..locales.len()).into_par_iter().map(|current| edition::build(sources, &plan, current, &writer)).collect();
    let own = own_files(sources, &plan, &writer);

    let mut problems = found;
    problems.extend(plan.problems.iter().cloned());
    let mut used = BTreeSet::new();
    let (mut screens, mut elsewhere) = (Vec::new(), Vec::new());
    for outcome in editions.iter().chain([&own]) {
        used.extend(outcome.asked.used.iter().cloned());
        problems.extend(outcome.problems.iter().cloned());
        screens.extend(outcome.screens.iter().cloned());
        elsewhere.extend(outcome.elsewhere.iter().cloned());
    }
    if brand.is_partial {
        problems.retain(|problem| !names::is_lacking(problem));
    }
    if sink.takes_bytes() {
        let asked = editions.iter().flat_map(|edition| edition.all()).flat_map(|part| &part.asked.files);
        let assets: BTreeMap<_, _> = plan.assets.iter().chain(asked).collect();
        let keep = |address: &Address, asset: &Asset| {
            let is_kept = writer.keep([address.clone()]);
            // it stood a moment ago
            if !is_kept && matches!(asset, Asset::Standing) {
                writer.fail(OutputError::Changed { path: format!("{}/{address}", brand.id).into() });
            }
            is_kept
        };
        problems
            .extend(published::write(&assets, &sources.pictures, &keep, &|address, bytes| writer.put(address, bytes)));
    }
    match writer.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // two files at one address are told as a problem of the content
        Some(error) if !matches!(error, OutputError::Twice { .. }) || problems.is_empty() => return Err(error),
        _ => {}
    }
    let pages = plan.pages();
    let mut mentioned = Mentioned::by(sources, &brand.id);
    if problems.is_empty() && !sources.options.external {
        let texts = (0..locales.len()).map(|current| edition::texts(sources, &plan, current));
        let editions = texts.zip(&editions).map(|(texts, outcome)| EditionNote::new(texts, outcome)).collect();
        let note = Note { inputs, whole, plan: key, assets: sources.keys.assets, pages, mentioned, editions };
        sink.done(&brand.id, note.bytes());
        mentioned = note.mentioned;
    }
    let tree = round.keeps().then(|| BrandTree { plan, own, editions });
    Ok(BrandResult { problems, tree, used, mentioned, screens, elsewhere, pages })
}

/// The files of a brand that belong to no guide.
fn own_files(sources: &Sources, plan: &Plan, writer: &Writer<'_>) -> Arc<Outcome> {
    let make = || {
        let mut outcome = Outcome::default();
        let found = render_own(sources, plan, &mut |address, bytes| writer.take(address, bytes, &mut outcome));
        outcome.problems = found;
        Arc::new(outcome)
    };
    if writer.sink.is_some() {
        let is_kept = writer.keep(feeds::addresses(&plan.brand));
        return if is_kept { Arc::default() } else { make() };
    }
    sources.kept.outcomes.get_or(sources.kept.round(), KeyMaker::new("own files").key(plan.key).make(), make)
}

/// Renders the files of a brand that belong to no guide.
pub fn render_own(sources: &Sources, plan: &Plan, put: &mut dyn FnMut(&Address, &[u8])) -> Vec<Diagnostic> {
    let view = feeds::BrandView {
        site: &sources.site,
        brand: &plan.brand,
        files: &plan.files,
        outlines: &plan.outlines,
        messages: &plan.messages,
        theme: &plan.theme,
        stencils: &plan.frames.as_ref().unwrap_or(&sources.frames)[0].others,
        date: sources.options.date.as_deref(),
    };
    terms::within_templates(&plan.messages[0], || feeds::brand(&view, put))
}

/// Puts a brand's files into the sink and remembers the first failure; writes down which files there are if the sink
/// doesn't take them.
pub struct Writer<'w> {
    /// None: bytes are made later.
    pub sink: Option<&'w dyn Sink>,
    brand: &'w str,
    /// What the last build made from the same plan and `assets/`.
    pub before: Option<&'w Note>,
    failed: Mutex<Option<OutputError>>,
}

impl Writer<'_> {
    /// Takes a file.
    pub fn take(&self, address: &Address, bytes: &[u8], outcome: &mut Outcome) {
        match self.sink {
            Some(_) => self.put(address, bytes),
            None => drop(outcome.files.insert(address.clone(), Key::of(bytes))),
        }
    }

    /// Takes over files of the last build, if all of them stand as it left them. They must be made from nothing but the
    /// plan and `assets/`, or from texts that are still the same.
    pub fn keep(&self, addresses: impl IntoIterator<Item = Address>) -> bool {
        let Some((sink, _)) = self.sink.zip(self.before) else { return false };
        let paths: Vec<String> = addresses.into_iter().map(|address| self.path(&address)).collect();
        sink.keep_files(&paths)
    }

    /// Is a file there as the last build left it?
    pub fn stands(&self, address: &Address) -> bool {
        self.sink.is_some_and(|sink| sink.stands(&self.path(address)))
    }

    /// Where a file stands in the output.
    fn path(&self, address: &Address) -> String {
        [self.brand, "/", address.as_str()].concat()
    }

    fn put(&self, address: &Address, bytes: &[u8]) {
        let Some(sink) = self.sink else { return };
        if let Err(error) = sink.put(&self.path(address), bytes) {
            self.fail(error);
        }
    }

    fn fail(&self, error: OutputError) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}
