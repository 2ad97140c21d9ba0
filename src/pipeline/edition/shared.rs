//! What editions of brands that are alike share of a text: its mould.
//!
//! Not here: what makes a mould (`pipeline::moulds`), and what becomes of it (`edition`).

use std::sync::Arc;

use super::Edition;
use crate::memo::{Key, KeyMaker};
use crate::model::guide::Page;
use crate::pipeline::moulds::{self, Mould};
use crate::pipeline::published::Recorder;
use crate::resolve::messages::Messages;
use crate::resolve::simple::Shape;
use crate::resolve::terms;
use crate::resolve::text::{Facts, PageText};
use crate::text::holes::Words;

/// The labels that a text without footnotes may show.
const LABELS: [&str; 10] = [
    "alert-note",
    "alert-tip",
    "alert-important",
    "alert-warning",
    "alert-caution",
    "task-done",
    "task-open",
    "table-label",
    "enlarge",
    "close",
];

impl Edition<'_> {
    /// The mould of a page's text, and this brand's words for it. None if the text is the brand's own, or may be
    /// another one with other words.
    pub(super) fn cast(&self, guide: usize, index: usize, page: &Page) -> Option<(Arc<Mould>, Words)> {
        let sources = self.sources;
        let is_shared = sources.texts.files[page.source].brand.is_none();
        let is_told = || !sources.texts.spoken[page.source].0.bad.is_empty();
        if !is_shared || sources.kept.round().keeps() || sources.options.external || is_told() {
            return None;
        }
        let compiled = sources.texts.compiled[page.source].as_deref()?;
        let context = self.values(guide).for_page(page.kind).into_context();
        let shape = || compiled.shape(sources.texts.files[page.source].body(), &context);
        let messages = self.speech.of(page.is_fallback);
        let Shape { text, words } = if page.is_fallback { terms::within(messages, shape) } else { shape() }?;
        let key = KeyMaker::new("mould").key(self.alike(page.is_fallback, messages));
        let key = key.number(guide as u64).number(index as u64).text(&text).make();
        let mould = sources.moulds.get_or(page.source, key, || self.mould(guide, index, page, &text, words.len()))?;
        let files = mould.facts.files.iter().map(|(name, _)| self.found(guide, name));
        files.eq(mould.found.iter().cloned()).then_some((mould, words))
    }

    /// The key of all but texts and files that what a text says is made from.
    fn alike(&self, is_fallback: bool, messages: &Messages) -> Key {
        *self.alike[usize::from(is_fallback)].get_or_init(|| {
            let outline = &self.plan.outlines[self.current];
            let key = KeyMaker::new("alike").number(u64::from(is_fallback)).text(&outline.locale.id);
            let key = LABELS.iter().fold(key, |key, id| {
                let label = messages.label(id, None);
                key.text(&label.text).maybe(label.lang.as_deref())
            });
            let guides = outline.guides.iter();
            let key = guides.fold(key, |key, guide| {
                let pages = guide.pages.iter();
                pages.fold(key.text(&guide.id), |key, page| key.text(&page.key).text(page.address.as_str())).number(0)
            });
            key.make()
        })
    }

    fn mould(&self, guide: usize, index: usize, page: &Page, text: &str, words: usize) -> Option<Mould> {
        let file = &self.sources.texts.files[page.source];
        let text = PageText::shaped(file, text, self.speech.of(page.is_fallback));
        let facts = Arc::new(Facts::of(&text));
        if !moulds::is_indifferent(&text, &facts, words) {
            return None;
        }
        let pairs = || facts.files.iter().map(|(name, _)| self.found(guide, name));
        self.sources.pictures.prepare(&pairs().flatten().collect());
        // it links to no heading of another page, so nothing has to be known of these
        let nothing = Arc::new(Facts::default());
        let guides = self.plan.outlines[self.current].guides.iter();
        let others: Vec<Vec<_>> = guides.map(|guide| guide.pages.iter().map(|_| nothing.clone()).collect()).collect();
        let recorder = Recorder::new(&self.sources.pictures);
        let (body, problems) = self.link(guide, index, &text, &others, &recorder);
        let asked = recorder.into_asked();
        let is_told = asked.files.values().any(|asset| !asset.problems().is_empty());
        let found = pairs().collect();
        (problems.is_empty() && !is_told && moulds::holds(&body, words)).then(|| Mould {
            facts,
            body: Arc::new(body),
            asked,
            found,
        })
    }
}
