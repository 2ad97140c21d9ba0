//! The outline of an edition: which file stands for which page, in which order, under which address.
//!
//! Everything that must be known about all pages before the first one is rendered is known here: variants chosen,
//! numbers counted, titles expanded. Not here: whether two of them have one address (`addresses`), and the texts (`text`).

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expand::Engine;
use super::front;
use super::messages::Messages;
use super::names::Vocabulary;
use super::terms;
use super::values::Values;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::guide::{Guide, Kind, Page};
use crate::model::locale::Locale;
use crate::model::site::{Brand, Site};
use crate::parse::content::{ContentFile, Position};

/// Content files, found by guide, page and brand.
#[derive(Clone, Default)]
pub struct Index {
    guides: BTreeMap<Arc<str>, Pages>,
    /// How many files there are.
    count: usize,
}

/// A guide's pages in their order, with all their variants.
type Pages = BTreeMap<(Position, Arc<str>), PageFiles>;

/// All variants of one page.
#[derive(Clone, Default)]
struct PageFiles {
    /// By brand (`None`: for all) and locale, with the index of the file.
    variants: BTreeMap<Option<Arc<str>>, BTreeMap<Arc<str>, usize>>,
}

impl PageFiles {
    fn get(&self, brand: Option<&Arc<str>>, locale: &str) -> Option<usize> {
        // a key that is asked for by reference must be of the map's own type
        let locales = match brand {
            Some(brand) => self.variants.get(&Some(brand.clone())),
            None => self.variants.get(&None),
        };
        locales?.get(locale).copied()
    }
}

impl Index {
    /// Sorts files, and those that come behind some that are sorted.
    pub fn with(&self, files: &[Arc<ContentFile>]) -> Self {
        let mut all = self.clone();
        for (index, file) in files.iter().enumerate().skip(all.count) {
            let page = all.guides.entry(file.guide.clone()).or_default().entry((file.position, file.key.clone()));
            // a lost file stands behind one that was read
            let locales = page.or_default().variants.entry(file.brand.clone()).or_default();
            locales.entry(file.locale.clone()).or_insert(index);
        }
        all.count = files.len();
        all
    }

    /// The file of a page that is for a brand alone, or for all, in a locale.
    pub fn find(&self, page: &ContentFile, brand: Option<&Arc<str>>, locale: &str) -> Option<usize> {
        self.guides.get(&page.guide)?.get(&(page.position, page.key.clone()))?.get(brand, locale)
    }
}

/// The names of a site's pages, in whatever edition: for what is said of pages that an edition doesn't have.
#[derive(Default)]
pub struct Names {
    /// By guide, in their order.
    guides: BTreeMap<String, Vec<(Position, String)>>,
}

impl Names {
    /// Of pages by guide and key, any number of times each.
    pub fn new<'n>(pages: impl Iterator<Item = (&'n str, &'n str)>) -> Self {
        let mut guides: BTreeMap<&str, BTreeSet<(Position, &str)>> = BTreeMap::new();
        for (guide, key) in pages {
            guides.entry(guide).or_default().insert((Position::of(key), key));
        }
        let owned = |pages: BTreeSet<(Position, &str)>| {
            pages.into_iter().map(|(position, key)| (position, key.to_owned())).collect()
        };
        Self { guides: guides.into_iter().map(|(guide, pages)| (guide.to_owned(), owned(pages))).collect() }
    }

    /// The keys of a guide's pages.
    pub fn keys(&self, guide: &str) -> Vec<&str> {
        self.guides.get(guide).map_or_else(Vec::new, |pages| pages.iter().map(|(_, key)| &**key).collect())
    }

    /// The ids of all guides.
    pub fn guides(&self) -> impl Iterator<Item = &str> {
        self.guides.keys().map(|id| &**id)
    }

    fn has_index(&self, guide: &str) -> bool {
        let pages = self.guides.get(guide);
        pages.and_then(|pages| pages.first()).is_some_and(|(position, _)| *position == Position::Index)
    }
}

/// What an outline is made from.
pub struct Input<'c> {
    /// The site.
    pub site: &'c Site,
    /// The content files.
    pub files: &'c [Arc<ContentFile>],
    /// The same, sorted.
    pub index: &'c Index,
    /// The names of all brands' pages.
    pub names: &'c Names,
    /// For front matter.
    pub engine: &'c Engine,
    /// The names that texts may speak of.
    pub vocabulary: &'c Vocabulary,
    /// Take drafts too.
    pub drafts: bool,
}

/// The messages that texts of an edition speak with.
#[derive(Clone, Copy)]
pub struct Speech<'m> {
    /// The edition's locale's.
    pub own: &'m Arc<Messages>,
    /// The source locale's, for texts that aren't translated.
    pub source: &'m Arc<Messages>,
}

impl<'m> Speech<'m> {
    /// The messages in the language of a text.
    pub fn of(&self, is_fallback: bool) -> &'m Arc<Messages> {
        if is_fallback { self.source } else { self.own }
    }
}

/// A page's file in one edition.
struct Chosen<'c> {
    source: usize,
    /// The same page in the source locale: what concerns all locales is told there, once.
    original: &'c ContentFile,
    file: &'c ContentFile,
    is_fallback: bool,
}

/// Resolves the guides of one edition.
pub fn outline(
    input: &Input<'_>,
    brand: &Brand,
    locale: &Locale,
    messages: &Speech<'_>,
    values: &Values,
) -> (Vec<Guide>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut guides = Vec::new();
    for (id, pages) in &input.index.guides {
        let mut resolver = Resolver { input, brand, locale, messages, values, problems: &mut problems };
        if let Some(guide) = resolver.guide(id, pages) {
            guides.push(guide);
        }
    }
    (guides, problems)
}

struct Resolver<'r, 'c> {
    input: &'r Input<'c>,
    brand: &'r Brand,
    locale: &'r Locale,
    messages: &'r Speech<'r>,
    values: &'r Values,
    problems: &'r mut Vec<Diagnostic>,
}

impl<'c> Resolver<'_, 'c> {
    fn guide(&mut self, id: &Arc<str>, pages: &Pages) -> Option<Guide> {
        let chosen: Vec<(Position, &Arc<str>, Chosen<'c>)> =
            pages.iter().filter_map(|((position, key), files)| Some((*position, key, self.choose(files)?))).collect();
        let index = chosen.iter().find(|(position, ..)| *position == Position::Index);
        let Some((_, _, first)) = index else {
            if let Some((.., any)) = chosen.first()
                && !self.input.names.has_index(id)
            {
                let source = &self.input.site.source_locale().id;
                self.problems.push(
                    Diagnostic::new(
                        Code::FrontMatterInvalid,
                        Place::start_of(&any.original.path),
                        format!("the guide \"{id}\" has no first page"),
                    )
                    .help(format!("write content/{id}/index.{source}.md with the guide's title")),
                );
            }
            return None;
        };
        if !self.is_for_brand(first.file) {
            return None;
        }
        let numbers = self.count(&chosen);
        let total = numbers.iter().flatten().filter(|kind| matches!(kind, Kind::Step { .. })).count();
        let values = self.values.for_guide(id, total);
        let mut guide = Guide { id: id.clone(), pages: Vec::new() };
        let mut guide_values = values.clone();
        let order = |kind: &Kind| match kind {
            Kind::Index => 0,
            Kind::Step { .. } | Kind::StepOption { .. } => 1,
            Kind::Loose => 2,
        };
        let mut entries: Vec<_> =
            chosen.iter().zip(&numbers).filter_map(|(entry, kind)| Some((entry, (*kind)?))).collect();
        entries.sort_by_key(|(_, kind)| order(kind));
        for ((_, key, chosen), kind) in entries {
            let page = self.page(key, kind, chosen, &guide_values, id);
            if kind == Kind::Index {
                guide_values = values.with_title(&page.title);
            }
            guide.pages.push(page);
        }
        Some(guide)
    }

    /// The file that stands for a page in this edition, if there is one and the edition wants it.
    fn choose(&mut self, files: &PageFiles) -> Option<Chosen<'c>> {
        let source_locale = &self.input.site.source_locale().id;
        let brand = Some(&self.brand.id);
        let own = files.get(brand, &self.locale.id).or_else(|| files.get(None, &self.locale.id));
        let original = files.get(brand, source_locale).or_else(|| files.get(None, source_locale));
        let source = own.or(original)?;
        let file = &self.input.files[source];
        if file.front.draft && !self.input.drafts || (file.position != Position::Index && !self.is_for_brand(file)) {
            return None;
        }
        let is_fallback = own.is_none();
        // a brand's own text whose translation would be the shared one is not translated
        let brand_original = files.get(brand, source_locale);
        let untranslated = is_fallback || (file.brand.is_none() && brand_original.is_some());
        if untranslated && let Some(original) = original.map(|index| &self.input.files[index]) {
            if !original.is_lost {
                self.report_missing(original);
            }
        } else if let (Some(own), Some(original)) = (own, original)
            && own != original
        {
            self.report_outdated(own, original);
        }
        let original = original.map_or(file, |index| &self.input.files[index]);
        Some(Chosen { source, original, file, is_fallback })
    }

    fn report_missing(&mut self, original: &ContentFile) {
        let wanted = original.sibling(&self.locale.id);
        self.problems.push(
            Diagnostic::new(
                Code::TranslationMissing,
                Place::start_of(&original.path),
                format!("\"{}\" isn't translated into \"{}\"", original.path.file_name(), self.locale.id),
            )
            .help(format!("write {wanted}"))
            .in_edition(&self.brand.id, &self.locale.id),
        );
    }

    fn report_outdated(&mut self, own: usize, original: usize) {
        let (own, original) = (&self.input.files[own], &self.input.files[original]);
        let Some(mark) = &own.front.translates else { return };
        let fingerprint = original.fingerprint();
        if mark.value != fingerprint {
            self.problems.push(
                Diagnostic::new(
                    Code::TranslationOutdated,
                    Place::new(&own.path, mark.span.clone()),
                    format!("\"{}\" has changed since this was translated", original.path.file_name()),
                )
                .help(format!("bring the translation up to date, then: etape mark {}", own.path))
                .in_edition(&self.brand.id, &self.locale.id),
            );
        }
    }

    fn is_for_brand(&self, file: &ContentFile) -> bool {
        file.front.brands.as_ref().is_none_or(|brands| brands.iter().any(|brand| brand.value == *self.brand.id))
    }

    /// What each page is, numbered as readers see it; none for an option whose step this edition doesn't have.
    fn count(&mut self, chosen: &[(Position, &Arc<str>, Chosen<'c>)]) -> Vec<Option<Kind>> {
        let mut step = 0;
        let mut option = 0;
        let mut current = None;
        let mut kinds = Vec::with_capacity(chosen.len());
        for (position, _, page) in chosen {
            kinds.push(match *position {
                Position::Index => Some(Kind::Index),
                Position::Loose => Some(Kind::Loose),
                Position::Step(number) => {
                    step += 1;
                    option = 0;
                    current = Some(number);
                    Some(Kind::Step { number: step })
                }
                Position::StepOption(number, _) if current == Some(number) => {
                    option += 1;
                    Some(Kind::StepOption { step, number: option })
                }
                Position::StepOption(number, _) => {
                    self.problems.push(
                        Diagnostic::new(
                            Code::OptionWithoutStep,
                            Place::start_of(&page.original.path),
                            format!("this is an option of step {number:02}, which doesn't exist"),
                        )
                        .help(format!(
                            "write the step {number:02}-….{}.md first, or give the option another number",
                            page.original.locale
                        ))
                        .in_edition(&self.brand.id, &self.locale.id),
                    );
                    None
                }
            });
        }
        kinds
    }

    fn page(&mut self, key: &Arc<str>, kind: Kind, chosen: &Chosen<'c>, values: &Values, guide: &str) -> Page {
        let speech = self.messages.of(chosen.is_fallback);
        let expander = front::Expander {
            engine: self.input.engine,
            vocabulary: self.input.vocabulary,
            file: chosen.file,
            kind,
            values,
            of_page: OnceCell::new(),
            messages: speech,
        };
        let mut problems = Vec::new();
        let page = terms::within(speech, || {
            expander.page(key, chosen.source, chosen.is_fallback, guide, &self.locale.id, &mut problems)
        });
        self.problems.extend(problems.into_iter().map(|problem| problem.in_edition(&self.brand.id, &self.locale.id)));
        page
    }
}
