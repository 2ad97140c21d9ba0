//! One brand: what is known of it before its first page is made, then its editions and its own files.
//!
//! Not here: the pages of an edition (`edition`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use rayon::prelude::*;
use sha2::Digest;
use tera::Context;

use super::drawn;
use super::edition;
use super::outcome::{Asset, Outcome};
use super::pictures::hashed_name;
use super::published::{self, Shelf};
use super::safe;
use super::sources::{self, Sources};
use super::tree::BrandTree;
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::{Key, KeyMaker};
use crate::model::locale::Locale;
use crate::model::site::Brand;
use crate::model::weight::{Shared, gzipped};
use crate::output::{OutputError, Sink};
use crate::path::{Address, SourcePath};
use crate::render::context::{BrandFiles, Icons, Outline};
use crate::render::theme::Theme;
use crate::render::weight::Frames;
use crate::render::{feeds, single, style};
use crate::resolve::messages::Messages;
use crate::resolve::names;
use crate::resolve::outline::{self, Input, Speech};
use crate::resolve::terms;
use crate::resolve::values::{self, Values};
use crate::screen;

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
        let (mut files, found) = brand_files(sources, brand, &shelf);
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
            files: &sources.content,
            index: &sources.index,
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
        let mut taken = outline::check_addresses(brand, &sources.site.locales, guides, &sources.content);
        outline::tell_once(&mut taken, &sources.content, source);
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
        let fluent = sources.fluent_for(&brand.id);
        let source = sources.site.source_locale();
        Arc::new(Messages::new(&fluent, sources.fluent_is_partial, &brand.id, locale, source))
    })
}

/// What a brand has come to.
pub struct BrandResult {
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
    /// What is published, if bytes are made later.
    pub tree: Option<BrandTree>,
    /// The files in `assets/` that were used.
    pub used: BTreeSet<SourcePath>,
    /// Which file each screen is, if somebody wants to know.
    pub screens: Vec<super::ScreenUse>,
    /// Links that lead to other sites, if somebody wants to know.
    pub elsewhere: Vec<(String, Place)>,
    /// Pages of guides, in all its locales.
    pub pages: usize,
}

/// Builds a brand in some locales.
pub fn build(
    sources: &Arc<Sources>,
    brand: &Brand,
    locales: &[Locale],
    sink: &dyn Sink,
) -> Result<BrandResult, OutputError> {
    let (kept, round) = (&sources.kept, sources.kept.round());
    let key = sources.plan_key(brand);
    let plan = kept.plans.get_or(round, key, || Arc::new(Plan::new(sources, brand, locales, key)));
    let writer = Writer { sink: sink.takes_bytes().then_some(sink), brand: &brand.id, failed: Mutex::new(None) };
    let editions: Vec<Arc<Outcome>> =
        (0..locales.len()).into_par_iter().map(|current| edition::build(sources, &plan, current, &writer)).collect();
    let own = own_files(sources, &plan, &writer);

    let mut problems = plan.problems.clone();
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
        problems.extend(published::write(&assets, &sources.pictures, &|address, bytes| writer.put(address, bytes)));
    }
    match writer.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // two files at one address are told as a problem of the content
        Some(error) if !matches!(error, OutputError::Twice { .. }) || problems.is_empty() => return Err(error),
        _ => {}
    }
    let pages = plan.pages();
    let tree = round.keeps().then(|| BrandTree { plan, own, editions });
    Ok(BrandResult { problems, tree, used, screens, elsewhere, pages })
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
        return make();
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

    fn put(&self, address: &Address, bytes: &[u8]) {
        let Some(sink) = self.sink else { return };
        if let Err(error) = sink.put(&format!("{}/{address}", self.brand), bytes) {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }
}

/// Publishes what a brand's pages share: the theme's files, the style sheet, the script.
fn brand_files(sources: &Sources, brand: &Brand, shelf: &Shelf) -> (BrandFiles, Vec<Diagnostic>) {
    let snapshot = &sources.snapshot;
    let mut problems = Vec::new();
    let mut theme: BTreeMap<String, (SourcePath, Address)> = BTreeMap::new();
    let own = format!("themes/{}", brand.id);
    for folder in ["themes/base", &own] {
        for (path, _) in snapshot.under(folder).filter(|(path, _)| is_theme_asset(path, folder)) {
            let Some(bytes) = safe::theme_file(&sources.pictures, path, &mut problems) else { continue };
            let extension = path.file_name().rsplit_once('.').map_or("", |(_, extension)| extension);
            let address = shelf.add(&hashed_name(path, extension, &bytes), bytes);
            theme.insert(path.as_str()[folder.len() + 1..].to_owned(), (path.clone(), address));
        }
    }
    let addresses: BTreeMap<String, Address> =
        theme.iter().map(|(name, (_, address))| (name.clone(), address.clone())).collect();
    let text_of = |folder: &str, name: &str| {
        let path = SourcePath::new(format!("{folder}/{name}"));
        snapshot.text(&path).cloned().map(|text| (path, text))
    };
    let mut css = style::colors(&brand.colors);
    for folder in ["themes/base", &own] {
        if let Some((path, text)) = text_of(folder, "style.css") {
            let (published, found) = style::publish(&path, &text, &addresses);
            css.push_str(&published);
            problems.extend(found);
        }
    }
    let overridden = |name: &str| {
        text_of(&own, name).or_else(|| text_of("themes/base", name)).map_or_else(|| Arc::from(""), |(_, text)| text)
    };
    let script = style::script(&overridden("guide.js"));
    let inline_style = format!("{}{}", style::colors(&brand.colors), overridden("not-found.css"));
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inline_style.as_bytes()));
    let named = |name: &str, extension: &str, text: &str| {
        shelf.add(&hashed_name(&SourcePath::new(name), extension, text.as_bytes()), Arc::from(text.as_bytes()))
    };
    let logo = brand.logo.as_ref().and_then(|name| {
        let (path, address) = theme.get(name)?;
        let size = sources.pictures.plain(path).ok().and_then(|bytes| {
            let measured = screen::measure(path.file_name(), &bytes).map_err(|problem| {
                let place = Place::start_of(path);
                problems.push(Diagnostic::new(problem.code, place, problem.message).help(problem.help));
            });
            measured.ok().flatten()
        });
        Some((address.clone(), size))
    });
    let inside = sources.options.single_file.then(|| single::inside(&css, &script, &|address| shelf.bytes(address)));
    let files = BrandFiles {
        style: named("style.css", "css", &css),
        script: named("guide.js", "js", &script),
        weight: weight(sources, &own, &css, &script),
        logo,
        icons: Icons::default(),
        cards: BTreeMap::new(),
        inside,
        theme: addresses,
        // the pages themselves connect to nothing; tools that rate a page look for its robots.txt from within it
        policy: format!(
            "default-src 'none'; style-src 'self' 'sha256-{hash}'; script-src 'self'; img-src 'self' data:; manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
        ),
        inline_style,
    };
    (files, problems)
}

/// How heavy what all pages share is, and where it can be made lighter.
fn weight(sources: &Sources, own: &str, css: &str, script: &str) -> Shared {
    let (style, script) = (gzipped(css.as_bytes()), gzipped(script.as_bytes()));
    let name = if script > style { "guide.js" } else { "style.css" };
    let paths = [own, "themes/base"].map(|folder| SourcePath::new(format!("{folder}/{name}")));
    let of_site = paths.iter().find(|path| sources.snapshot.is_own(path));
    let place = of_site.map_or_else(
        || Place::new(&SourcePath::new(crate::config::SITE_FILE), sources.site.budget.span.clone()),
        Place::start_of,
    );
    Shared { style, script, place }
}

/// A file that templates and style sheets may name, not one of the theme's workings.
fn is_theme_asset(path: &SourcePath, folder: &str) -> bool {
    let name = &path.as_str()[folder.len() + 1..];
    let is_working = name.ends_with(".html")
        || name.ends_with(".ftl")
        || matches!(name, "theme.toml" | "style.css" | "guide.js" | "not-found.css");
    !is_working && !name.ends_with(".md") && !name.ends_with(".txt")
}
