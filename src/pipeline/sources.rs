//! Everything that editions are made from: each file parsed once for all of them, with the keys of what was read.
//!
//! Not here: what one brand makes of it (`brand`).

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::before::Own;
use super::files::Ready;
use super::kept::{Found, Kept};
use super::moulds::Moulds;
use super::pictures::Pictures;
use super::texts::{self, Texts};
use super::{Options, Tools};
use crate::config;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker, Memo};
use crate::model::site::{Brand, Site};
use crate::model::variant::VariantName;
use crate::output::OutputError;
use crate::parse::fluent::{self, FluentFile};
use crate::parse::listed;
use crate::path::SourcePath;
use crate::render::theme::Theme;
use crate::render::weight::Frames;
use crate::resolve::assets::Assets;
use crate::resolve::expand::Engine;
use crate::resolve::messages::Common;
use crate::resolve::names::Vocabulary;
use crate::source::{File, Snapshot};

/// A site's files, parsed: all that is shared, and the texts that one brand needs.
pub struct Sources {
    shared: Arc<Shared>,
    /// The content files.
    pub texts: Texts,
}

impl Deref for Sources {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// What all brands share of a site's files.
pub struct Shared {
    /// The files.
    pub snapshot: Arc<Snapshot>,
    /// What site.toml and the themes say.
    pub site: Arc<Site>,
    /// What is built.
    pub options: Options,
    /// The Fluent files.
    pub fluent: Vec<Arc<FluentFile>>,
    /// Which of them are for one brand alone, and which (`None`) for all.
    fluent_of: BTreeMap<Option<Arc<str>>, Vec<usize>>,
    /// What all brands have of their messages.
    pub messages: Common,
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
    /// What is said of names in files by what site.toml lists.
    pub listed: Key,
    /// The options, the site as a whole, the base theme, the names that exist.
    pub site: Key,
    /// The files in `assets/`.
    pub assets: Key,
    /// The Fluent files for all brands (`None`), and for each alone.
    fluent: BTreeMap<Option<Arc<str>>, Key>,
}

impl Keys {
    /// The key of all Fluent files.
    pub fn messages(&self) -> Key {
        KeyMaker::new("all messages").keys(self.fluent.values().copied()).make()
    }
}

impl Shared {
    /// The Fluent files that a brand's editions read.
    pub fn fluent_for(&self, brand: &Arc<str>) -> Vec<&FluentFile> {
        [None, Some(brand)].into_iter().flat_map(|brand| self.fluent_of(brand)).collect()
    }

    /// The Fluent files that are for one brand alone, or (`None`) for all.
    pub fn fluent_of(&self, brand: Option<&Arc<str>>) -> Vec<&FluentFile> {
        let indices = self.fluent_of.get(&brand.cloned());
        indices.into_iter().flatten().map(|index| &*self.fluent[*index]).collect()
    }

    /// The key of the Fluent files that a brand's editions read; none of them is for this brand alone if `is_shared`.
    pub fn fluent_key(&self, brand: &Arc<str>) -> (Key, bool) {
        let own = self.keys.fluent.get(&Some(brand.clone()));
        let shared = self.keys.fluent.get(&None);
        (KeyMaker::new("fluent").keys(shared.copied()).keys(own.copied()).make(), own.is_none())
    }
}

impl Sources {
    /// The same with texts of one brand that weren't held; the same as it is if there are none.
    pub fn with(self: &Arc<Self>, own: &[Own<'_>]) -> Result<(Arc<Self>, Vec<Diagnostic>), OutputError> {
        let texts = texts::read(own)?;
        if texts.is_empty() {
            return Ok((self.clone(), Vec::new()));
        }
        let (texts, problems) = self.texts.with(&self.shared, &texts, Vec::new());
        Ok((Arc::new(Self { shared: self.shared.clone(), texts }), problems))
    }

    /// The key of everything that a brand's plan is made from.
    pub fn plan_key(&self, brand: &Brand) -> Key {
        let id = &brand.id;
        let theme = self.snapshot.keys_under(&format!("themes/{id}"));
        let key = KeyMaker::new("plan").key(self.keys.site).text(id).key(self.fluent_key(id).0);
        let key = self.texts.fronts(id).into_iter().fold(key, KeyMaker::keys);
        theme.fold(key.maybe(brand.base_url.as_deref()), |key, (path, own)| key.text(path.as_str()).key(own)).make()
    }

    /// The key of everything that is published of a brand.
    pub fn brand_key(&self, brand: &Brand) -> Key {
        let key = KeyMaker::new("brand").key(self.plan_key(brand)).key(self.keys.assets);
        self.texts.contents(&brand.id).into_iter().fold(key, KeyMaker::keys).make()
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

/// Parses the files of a site, but for texts that aren't held.
pub fn parse(
    snapshot: &Arc<Snapshot>,
    site: &Arc<Site>,
    options: &Options,
    tools: &Tools,
) -> Result<(Arc<Sources>, Vec<Diagnostic>), OutputError> {
    let kept = &tools.kept;
    let mut problems = Vec::new();
    let vocabulary = Vocabulary::new(site);
    let listed = listed_key(site);

    let (fluent, fluent_is_partial, found) = parse_fluent(snapshot, site, kept, listed);
    problems.extend(found);
    let mut fluent_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, file) in fluent.iter().enumerate() {
        fluent_of.entry(file.brand.clone()).or_default().push(index);
    }
    let for_all: Vec<&FluentFile> = fluent.iter().map(|file| &**file).filter(|file| file.brand.is_none()).collect();
    let messages = Common::new(&for_all, &site.locales, site.source_locale());
    let (assets, found) = Assets::new(snapshot, site);
    problems.extend(found);
    let theme = theme(snapshot, None, kept);
    problems.extend(theme.1.iter().cloned());
    let keys = Keys {
        listed,
        site: site_key(snapshot, site, options, &vocabulary, fluent_is_partial),
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
    };
    let held = texts::held(snapshot, site)?;
    let shared = Arc::new(Shared {
        snapshot: snapshot.clone(),
        site: site.clone(),
        options: options.clone(),
        fluent,
        fluent_of,
        messages,
        fluent_is_partial,
        assets,
        vocabulary,
        engine: Engine::new(),
        theme,
        frames: site.locales.iter().map(|_| Frames::default()).collect(),
        pictures: Pictures::new(snapshot, tools.clone()),
        moulds: Moulds::new(held.len() + snapshot.lost().count()),
        ready: Memo::default(),
        kept: kept.clone(),
        keys,
    });
    let (texts, found) = Texts::of(&shared, &held);
    problems.extend(found);
    Ok((Arc::new(Sources { shared, texts }), problems))
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
