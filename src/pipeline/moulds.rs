//! Moulds: texts that are read and linked once for all brands that are alike, with holes for the words of each.
//!
//! Brands share a mould where they have the same file, differ in nothing that links or labels are made from, and have
//! values of the same shape: the same but for words. Only a text about which there is nothing to tell makes a mould, so
//! problems are always told with a brand's own values. Not here: what a hole may stand for (`resolve::simple`).

use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::Asked;
use super::pictures::Pair;
use crate::memo::Key;
use crate::model::body::{Body, Part};
use crate::resolve::text::{Facts, PageText};
use crate::text::holes;

/// A text as all brands that are alike have it.
pub struct Mould {
    /// What others need to know of it.
    pub facts: Arc<Facts>,
    /// What it says, with holes.
    pub body: Arc<Body>,
    /// What it asks for.
    pub asked: Asked,
    /// The files that stand for the names in its facts.
    pub found: Vec<Option<Pair>>,
}

/// How many moulds of one text are kept: where no brand is like another, none serves twice.
const KEPT: usize = 8;

/// The moulds of one text, by what brands are alike in; none where no mould can be made.
type OfText = Mutex<Vec<(Key, Option<Arc<Mould>>)>>;

/// The moulds of a site's texts.
pub struct Moulds {
    /// For each content file.
    by_text: Vec<OfText>,
}

impl Moulds {
    /// None yet, for so many texts.
    pub fn new(texts: usize) -> Self {
        Self { by_text: (0..texts).map(|_| Mutex::default()).collect() }
    }

    /// The mould of a text, kept or made now. Two threads that ask for the same at once may both make it.
    pub fn get_or(&self, text: usize, key: Key, make: impl FnOnce() -> Option<Mould>) -> Option<Arc<Mould>> {
        let lock = || self.by_text.get(text).map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner));
        {
            let kept = lock()?;
            if let Some((_, mould)) = kept.iter().find(|(own, _)| *own == key) {
                return mould.clone();
            }
            if kept.len() == KEPT {
                return None;
            }
        }
        let mould = make().map(Arc::new);
        lock()?.push((key, mould.clone()));
        mould
    }
}

/// Is there nothing in a text that another brand's words would change?
pub fn is_indifferent(text: &PageText<'_>, facts: &Facts, words: usize) -> bool {
    let named = facts.anchors.iter().chain(facts.files.iter().map(|(name, _)| name));
    text.is_whole
        && text.problems.is_empty()
        && text.body.findings.is_empty()
        && !facts.points_into_pages
        && (words == 0 || !named.into_iter().any(|name| holes::has(name)))
}

/// Did every word come to where it is read, as it is? What is encoded or left out shows nowhere.
pub fn holds(body: &Body, words: usize) -> bool {
    let links = |part: &Part| match part {
        Part::Page(link) => link.anchor.as_deref().is_some_and(holes::has),
        Part::Id(id) | Part::Anchor(id) => holes::has(id),
        Part::Picture(figure) => !figure.marks.is_empty(),
        Part::File(_) | Part::Level(_) | Part::Text(_) => false,
    };
    if body.parts.iter().any(|(_, part)| links(part)) {
        return false;
    }
    let mut html = vec![false; words];
    let mut markdown = html.clone();
    let alts = body.parts.iter().filter_map(|(_, part)| match part {
        Part::Picture(figure) => Some(&figure.alt),
        _ => None,
    });
    let tick = |list: &mut Vec<bool>, text: &str| {
        holes::marks(text).for_each(|mark| list.get_mut(mark).into_iter().for_each(|seen| *seen = true));
    };
    [&body.html].into_iter().chain(alts).for_each(|text| tick(&mut html, text));
    tick(&mut markdown, &body.markdown);
    html.iter().chain(&markdown).all(|seen| *seen)
}
