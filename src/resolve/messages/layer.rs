//! The files of one locale, laid over each other: which message stands on top.
//!
//! What all brands have is sorted once (`Common`); a brand's own files come into the pile as parts of their own. Not
//! here: what a message says (`messages`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use fluent::FluentResource;
use fluent::concurrent::FluentBundle;
use fluent_syntax::ast;

use crate::model::locale::Locale;
use crate::parse::fluent::FluentFile;
use crate::text::typography::Typography;

pub(super) type Bundle = FluentBundle<Arc<FluentResource>>;

/// The language whose built-in strings stand under every other.
pub(super) const LAST_RESORT: &str = "en";

/// What all brands have of the messages, ready to be laid under a brand's own.
pub struct Common {
    /// For each locale, without order.
    parts: BTreeMap<Arc<str>, Vec<Arc<Part>>>,
    /// Ids of messages that couldn't be read.
    pub(super) lost: BTreeSet<String>,
}

impl Common {
    /// Of the files that are for no brand alone.
    pub fn new(files: &[&FluentFile], locales: &[Locale], source: &Locale) -> Self {
        let parts = locales.iter().map(|locale| (locale.id.clone(), parts(files, locale, source)));
        let lost = files.iter().flat_map(|file| file.lost.iter().cloned());
        Self { parts: parts.collect(), lost: lost.collect() }
    }
}

/// All that is laid over each other for a locale.
pub(super) struct Layer {
    /// From the top to the bottom.
    parts: Vec<Arc<Part>>,
    /// All of them, for messages that refer to others; made when one is asked for.
    bundle: OnceLock<Bundle>,
    pub(super) locale: Locale,
    pub(super) typography: Typography,
}

/// Files of one rank.
struct Part {
    rank: Rank,
    /// In order; what is in a later one stands over what is in an earlier one.
    resources: Vec<Arc<FluentResource>>,
    /// In order.
    entries: Vec<(Box<str>, Named)>,
    /// For messages that refer to no others: these say the same whatever lies above and below.
    bundle: OnceLock<Bundle>,
}

/// What has a name, without a term's dash: as in Fluent's bundles, one hides the other.
#[derive(Default)]
struct Named {
    has_message: bool,
    /// The message that stands on top, if it isn't a term: the file, the place in it, whether it refers to others.
    top: Option<(usize, usize, bool)>,
}

/// A message that was found.
#[derive(Clone, Copy)]
pub(super) struct Found<'l> {
    layer: &'l Layer,
    part: &'l Arc<Part>,
    /// What it says; none if it has attributes alone.
    pub(super) pattern: Option<&'l ast::Pattern<&'l str>>,
    refers: bool,
}

impl<'l> Found<'l> {
    /// Does the layer's locale itself have it?
    pub(super) fn is_own(&self) -> bool {
        self.part.rank.is_own
    }

    /// The layer that it is in.
    pub(super) fn layer(&self) -> &'l Layer {
        self.layer
    }

    /// What it comes from, if it says the same wherever it comes from that.
    pub(super) fn origin(&self) -> Option<Origin> {
        (!self.refers).then(|| Origin(self.part.clone()))
    }

    /// What Fluent formats it with.
    pub(super) fn bundle(&self) -> &'l Bundle {
        let layer = self.layer;
        if self.refers {
            let resources = || layer.parts.iter().rev().flat_map(|part| &part.resources);
            return layer.bundle.get_or_init(|| bundle(resources(), &layer.locale));
        }
        self.part.bundle.get_or_init(|| bundle(self.part.resources.iter(), &layer.locale))
    }
}

/// The files that a message comes from, in the language that it is formatted in.
#[derive(Clone)]
pub struct Origin(Arc<Part>);

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin").finish_non_exhaustive()
    }
}

fn bundle<'r>(resources: impl Iterator<Item = &'r Arc<FluentResource>>, locale: &Locale) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![locale.language.clone()]);
    bundle.set_use_isolating(false);
    // can't fail in a new bundle
    let _ = bundle.add_builtins();
    resources.for_each(|resource| bundle.add_resource_overriding(resource.clone()));
    bundle
}

impl Layer {
    /// A locale's files: what all brands have, and one brand's own.
    pub(super) fn new(common: &Common, own: &[&FluentFile], locale: &Locale, source: &Locale) -> Self {
        let shared = common.parts.get(&locale.id).into_iter().flatten().cloned();
        let mut parts: Vec<Arc<Part>> = shared.chain(parts(own, locale, source)).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.rank));
        Self { parts, bundle: OnceLock::new(), locale: locale.clone(), typography: Typography::new(&locale.id) }
    }

    /// The message with an id, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<Found<'_>> {
        let (part, named) = self.parts.iter().find_map(|part| Some((part, part.get(id)?)))?;
        let (resource, entry, refers) = named.top?;
        let ast::Entry::Message(message) = part.resources.get(resource)?.get_entry(entry)? else { return None };
        Some(Found { layer: self, part, pattern: message.value.as_ref(), refers })
    }

    /// Does the locale itself have the message?
    pub(super) fn has_own(&self, id: &str) -> bool {
        self.own_parts().any(|part| part.get(id).is_some_and(|named| named.has_message))
    }

    /// The ids that the locale itself has.
    pub(super) fn own_ids(&self) -> impl Iterator<Item = &str> {
        let entries = self.own_parts().flat_map(|part| &part.entries);
        entries.filter(|(_, named)| named.has_message).map(|(id, _)| &**id)
    }

    fn own_parts(&self) -> impl Iterator<Item = &Arc<Part>> {
        self.parts.iter().take_while(|part| part.rank.is_own)
    }
}

/// Where a file stands in the pile; the order of the fields is the order from the bottom to the top.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Of the locale itself, not of what lies under it.
    is_own: bool,
    /// Of the source locale rather than the last resort.
    is_source: bool,
    /// The site's file rather than a built-in one.
    is_site: bool,
    /// The brand's file rather than a shared one.
    is_brand: bool,
}

impl Rank {
    /// Of a file in a locale; none if it says nothing there.
    fn of(file: &FluentFile, locale: &Locale, source: &Locale) -> Option<Self> {
        let speaks = |locale: &Locale| *file.locale == *locale.id || (file.is_base && *file.locale == *locale.base());
        let is_own = speaks(locale);
        let is_source = is_own || speaks(source);
        let is_last_resort = file.is_base && &*file.locale == LAST_RESORT;
        let rank = Self { is_own, is_source, is_site: !file.is_base, is_brand: file.brand.is_some() };
        (is_own || is_source || is_last_resort).then_some(rank)
    }
}

/// The files that say something in a locale, from the bottom to the top.
fn ranked<'f>(files: &[&'f FluentFile], locale: &Locale, source: &Locale) -> Vec<(Rank, &'f FluentFile)> {
    let mut all: Vec<_> = files.iter().filter_map(|file| Some((Rank::of(file, locale, source)?, *file))).collect();
    all.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.path.cmp(&other.path)));
    all
}

fn parts(files: &[&FluentFile], locale: &Locale, source: &Locale) -> Vec<Arc<Part>> {
    let ranked = ranked(files, locale, source);
    ranked.chunk_by(|(a, _), (b, _)| a == b).map(|files| Arc::new(Part::new(files))).collect()
}

impl Part {
    fn new(files: &[(Rank, &FluentFile)]) -> Self {
        let rank = files.first().map(|(rank, _)| *rank);
        let mut entries: BTreeMap<Box<str>, Named> = BTreeMap::new();
        for (index, (_, file)) in files.iter().enumerate() {
            let read =
                |(_, entry): &(usize, &ast::Entry<&str>)| matches!(entry, ast::Entry::Message(_) | ast::Entry::Term(_));
            // what was read of them stands in the same order
            for ((at, entry), read) in file.resource.entries().enumerate().filter(read).zip(&file.entries) {
                let refers = !read.references.is_empty();
                match entry {
                    ast::Entry::Message(message) => {
                        let named = entries.entry(message.id.name.into()).or_default();
                        *named = Named { has_message: true, top: Some((index, at, refers)) };
                    }
                    ast::Entry::Term(term) => entries.entry(term.id.name.into()).or_default().top = None,
                    _ => {}
                }
            }
        }
        let resources = files.iter().map(|(_, file)| file.resource.clone()).collect();
        let entries = entries.into_iter().collect();
        Self { rank: rank.unwrap_or_default(), resources, entries, bundle: OnceLock::new() }
    }

    fn get(&self, id: &str) -> Option<&Named> {
        let at = self.entries.binary_search_by(|(other, _)| (**other).cmp(id)).ok()?;
        self.entries.get(at).map(|(_, named)| named)
    }
}

/// The ids that a set of layers has for one edition: for the checks of references and translations.
pub fn defined<'f>(
    files: &[&'f FluentFile],
    brand: &str,
    locale: &Locale,
    source: &Locale,
) -> BTreeMap<&'f str, &'f FluentFile> {
    let own: Vec<_> =
        files.iter().copied().filter(|file| file.brand.as_deref().is_none_or(|own| own == brand)).collect();
    let mut all = BTreeMap::new();
    for (_, file) in ranked(&own, locale, source) {
        for entry in &file.entries {
            all.insert(entry.id.as_str(), file);
        }
    }
    all
}
