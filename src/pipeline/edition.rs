//! One edition: its texts expanded and linked, its pages rendered and handed on one by one.
//!
//! Where something is kept from build to build, a page is found by the key of everything it is made from, and made only
//! if it isn't there. Not here: what pages look like (`render`).

mod pictures;
mod shared;
mod standing;

use std::cell::{LazyCell, OnceCell};
use std::sync::Arc;

use super::brand::{Plan, Writer};
use super::elsewhere;
use super::moulds::Mould;
use super::outcome::{Asset, Outcome};
use super::published::Recorder;
use super::sources::Sources;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker};
use crate::model::body::{Body, Filled};
use crate::model::guide::Page;
use crate::path::Address;
use crate::render::data;
use crate::render::pages::{self, Renderer};
use crate::render::twin;
use crate::resolve::link::Linker;
use crate::resolve::messages::Messages;
use crate::resolve::outline::Speech;
use crate::resolve::terms;
use crate::resolve::text::{Facts, PageText};
use crate::resolve::values::Values;
use crate::text::holes::Words;

/// Builds an edition: one of the plan's locales.
pub fn build(sources: &Sources, plan: &Plan, current: usize, writer: &Writer<'_>) -> Arc<Outcome> {
    let edition = Edition::new(sources, plan, current);
    let (kept, round) = (&sources.kept, sources.kept.round());
    let make = || Arc::new(terms::within_templates(edition.speech.own, || edition.make(writer)));
    if writer.sink.is_some() || !round.keeps() {
        return edition.standing(writer).map_or_else(make, Arc::new);
    }
    let key = KeyMaker::new("edition").key(edition.key).keys(edition.text_keys()).key(sources.keys.assets);
    kept.outcomes.get_or(round, key.make(), make)
}

/// The keys of the content files that an edition is made from, in the order of its pages.
pub fn texts(sources: &Sources, plan: &Plan, current: usize) -> Vec<Key> {
    Edition::new(sources, plan, current).text_keys().collect()
}

/// The bytes of one of an edition's files, made now.
pub fn render(sources: &Sources, plan: &Plan, current: usize, wanted: &Address) -> Option<Vec<u8>> {
    let edition = Edition::new(sources, plan, current);
    terms::within_templates(edition.speech.own, || edition.render(wanted))
}

struct Edition<'e> {
    sources: &'e Sources,
    plan: &'e Plan,
    current: usize,
    speech: Speech<'e>,
    /// What the texts of each guide may speak of, made when it is first asked for.
    values: Vec<OnceCell<Values>>,
    /// Of everything that its pages share.
    key: Key,
    /// Of what texts of its own and of the source locale share with those of other brands.
    alike: [OnceCell<Key>; 2],
}

/// A page's text, and what others need to know of it.
struct Text<'e> {
    key: Key,
    facts: Arc<Facts>,
    /// Read only when the page is made.
    read: OnceCell<PageText<'e>>,
    /// What it shares with other brands, and its words.
    mould: Option<(Arc<Mould>, Words)>,
}

impl<'e> Edition<'e> {
    fn new(sources: &'e Sources, plan: &'e Plan, current: usize) -> Self {
        let speech = Speech { own: &plan.messages[current], source: &plan.source_messages };
        let values = plan.outlines[current].guides.iter().map(|_| OnceCell::new()).collect();
        let key = KeyMaker::new("edition").key(plan.key).number(current as u64).make();
        Self { sources, plan, current, speech, values, key, alike: [const { OnceCell::new() }; 2] }
    }

    /// What the texts of a guide may speak of.
    fn values(&self, guide: usize) -> &Values {
        self.values[guide].get_or_init(|| {
            let outline = &self.plan.outlines[self.current];
            let of = &outline.guides[guide];
            let values = Values::new(&self.sources.site, &self.plan.value, &outline.locale);
            values.for_guide(&of.id, of.total()).with_title(&of.index().title)
        })
    }

    /// Every page with its guide's and its own index.
    fn pages(&self) -> impl Iterator<Item = (usize, usize, &'e Page)> + use<'e> {
        let guides = &self.plan.outlines[self.current].guides;
        guides
            .iter()
            .enumerate()
            .flat_map(|(guide, of)| of.pages.iter().enumerate().map(move |(index, page)| (guide, index, page)))
    }

    fn text_keys(&self) -> impl Iterator<Item = Key> + use<'e> {
        let keys = &self.sources.texts.keys;
        self.pages().map(|(_, _, page)| keys[page.source])
    }

    fn text_key(&self, page: &Page) -> Key {
        KeyMaker::new("text").key(self.key).key(self.sources.texts.keys[page.source]).make()
    }

    fn renderer(&self) -> Renderer<'e> {
        Renderer::new(pages::Edition {
            site: &self.sources.site,
            brand: &self.plan.brand,
            files: &self.plan.files,
            outlines: &self.plan.outlines,
            current: self.current,
            shared: &self.plan.shared[self.current],
            theme: &self.plan.theme,
            frames: &self.plan.frames.as_ref().unwrap_or(&self.sources.frames)[self.current],
            messages: &self.plan.messages[self.current],
        })
    }

    /// A page's text, expanded and read.
    fn read(&self, guide: usize, page: &Page) -> PageText<'e> {
        let sources = self.sources;
        let context = self.values(guide).for_page(page.kind).into_context();
        let (file, bad) = (&sources.texts.files[page.source], &sources.texts.spoken[page.source].0.bad);
        let compiled = sources.texts.compiled[page.source].as_deref();
        let messages = self.speech.of(page.is_fallback);
        let read = || PageText::new(&sources.engine, compiled, file, bad, context, messages);
        if page.is_fallback { terms::within(messages, read) } else { read() }
    }

    fn texts(&self) -> Vec<Vec<Text<'e>>> {
        let (kept, round) = (&self.sources.kept, self.sources.kept.round());
        let mut texts: Vec<Vec<Text<'e>>> =
            self.plan.outlines[self.current].guides.iter().map(|guide| Vec::with_capacity(guide.pages.len())).collect();
        for (guide, index, page) in self.pages() {
            let read = OnceCell::new();
            if let Some(mould) = self.cast(guide, index, page) {
                texts[guide].push(Text { key: self.key, facts: mould.0.facts.clone(), read, mould: Some(mould) });
                continue;
            }
            let make = || {
                let text = self.read(guide, page);
                let facts = Arc::new(Facts::of(&text));
                let _ = read.set(text);
                facts
            };
            let (key, facts) = if round.keeps() {
                let key = self.text_key(page);
                (key, kept.facts.get_or(round, key, make))
            } else {
                (self.key, make())
            };
            texts[guide].push(Text { key, facts, read, mould: None });
        }
        texts
    }

    fn make(&self, writer: &Writer<'_>) -> Outcome {
        let (kept, round) = (&self.sources.kept, self.sources.kept.round());
        let is_kept = round.keeps() && writer.sink.is_none();
        let texts = terms::within(self.speech.own, || self.texts());
        let facts: Vec<Vec<Arc<Facts>>> =
            texts.iter().map(|texts| texts.iter().map(|text| text.facts.clone()).collect()).collect();
        let anchors =
            LazyCell::new(|| KeyMaker::new("anchors").keys(facts.iter().flatten().map(|facts| facts.key())).make());
        let page_key = |text: &Text<'_>| {
            let anchors = text.facts.points_into_pages.then(|| *anchors);
            KeyMaker::new("page").key(text.key).key(self.sources.keys.assets).keys(anchors).make()
        };
        let known = |text| if is_kept { kept.outcomes.get(round, page_key(text)) } else { None };
        let known: Vec<Vec<Option<Arc<Outcome>>>> =
            texts.iter().map(|texts| texts.iter().map(known).collect()).collect();
        self.sources.pictures.prepare(&self.screens(&facts, &known));

        let mut renderer = self.renderer();
        let mut outcome = Outcome::default();
        let mut list = || {
            let mut list = Outcome::default();
            renderer.list_of_guides(&mut |address, bytes| writer.take(address, bytes, &mut list));
            list.problems = renderer.problems();
            Arc::new(list)
        };
        let key = KeyMaker::new("guides").key(self.key);
        if !writer.keep([pages::list_address(&self.plan.outlines[self.current])]) {
            outcome.take(if is_kept { kept.outcomes.get_or(round, key, list) } else { list() });
        }
        for ((guide, texts), known) in texts.iter().enumerate().zip(known) {
            let mut bodies = Vec::with_capacity(texts.len());
            let mut keys = Vec::with_capacity(texts.len());
            // all texts first, then all pages: each takes much code, which stays close at hand so
            let linked = |((page, text), known): ((usize, &_), Option<_>)| {
                known.ok_or_else(|| Box::new(self.body((guide, page), text, &facts)))
            };
            let linked: Vec<Result<Arc<Outcome>, _>> = texts.iter().enumerate().zip(known).map(linked).collect();
            for ((page, text), part) in texts.iter().enumerate().zip(linked) {
                let part = part.unwrap_or_else(|linked| {
                    let (body, part) = *linked;
                    let part = self.page((guide, page), text, &body, part, &mut renderer, writer);
                    bodies.extend(writer.sink.map(|_| body));
                    let part = Arc::new(part);
                    if is_kept {
                        kept.outcomes.put(round, page_key(text), part.clone());
                    }
                    part
                });
                keys.extend(part.text);
                outcome.take(part);
            }
            match writer.sink {
                Some(_) => {
                    let parts = outcome.parts.clone();
                    self.all(guide, &bodies, &parts, &mut renderer, writer, &mut outcome);
                }
                None => self.all_later(guide, &facts[guide], &keys, &mut renderer, &mut outcome),
            }
        }
        outcome
    }

    /// A page's text, linked.
    fn body(&self, (guide, index): (usize, usize), text: &Text<'e>, facts: &[Vec<Arc<Facts>>]) -> (Filled, Outcome) {
        let page = &self.plan.outlines[self.current].guides[guide].pages[index];
        if let Some((mould, words)) = &text.mould {
            let outcome = Outcome { asked: mould.asked.clone(), ..Outcome::default() };
            return (Filled::shared(mould.body.clone(), words.clone()), outcome);
        }
        let recorder = Recorder::new(&self.sources.pictures);
        let read = text.read.get_or_init(|| terms::within(self.speech.own, || self.read(guide, page)));
        let (body, mut problems) = self.link(guide, index, read, facts, &recorder);
        let asked = recorder.into_asked();
        problems.extend(asked.files.values().flat_map(Asset::problems).cloned());
        let elsewhere = elsewhere::links(self.sources, read, self.speech.of(page.is_fallback));
        (Filled::own(body), Outcome { problems, asked, elsewhere, ..Outcome::default() })
    }

    /// Makes a page of its text: the page and its twin rendered.
    fn page(
        &self,
        (guide, index): (usize, usize),
        text: &Text<'e>,
        body: &Filled,
        mut outcome: Outcome,
        renderer: &mut Renderer<'e>,
        writer: &Writer<'_>,
    ) -> Outcome {
        if writer.sink.is_some() && self.keeps_page(guide, index, writer) {
            return outcome;
        }
        if writer.sink.is_some() {
            renderer.page(guide, index, body, &mut |address, bytes| writer.take(address, bytes, &mut outcome));
        } else {
            self.page_later((guide, index), body, renderer, &mut outcome);
        }
        if writer.sink.is_none() && !self.sources.kept.round().keeps() {
            outcome.screens = self.screen_uses(guide, &text.facts);
        }
        renderer.redirects(guide, index, &mut |address, bytes| writer.take(address, bytes, &mut outcome));
        outcome.problems.extend(renderer.problems());
        outcome
    }

    /// A page and its twin, if they are made later: what can go wrong in them is in their frames.
    fn page_later(
        &self,
        (guide, index): (usize, usize),
        body: &Filled,
        renderer: &mut Renderer<'e>,
        outcome: &mut Outcome,
    ) {
        let (kept, round) = (&self.sources.kept, self.sources.kept.round());
        let has_text = !body.is_empty();
        let key = KeyMaker::new("page frame").key(self.key).number(guide as u64).number(index as u64);
        let address = &self.plan.outlines[self.current].guides[guide].pages[index].address;
        let twin = twin::address(address);
        let frames = kept.outcomes.get_or(round, key.number(u64::from(has_text)).make(), || {
            let mut frames = Outcome::default();
            if let Some(frame) = renderer.page_frame(guide, index, has_text) {
                frames.files.insert(address.clone(), Key::of(&frame.bytes()));
                frames.weight = renderer.weight(guide, index, &frame);
            }
            frames.files.insert(twin.clone(), Key::of(&renderer.twin_frame(guide, index).bytes()));
            frames.problems = renderer.problems();
            Arc::new(frames)
        });
        let (mut placed, mut markdown) = (String::with_capacity(body.len() + 512), String::new());
        body.place_alone(address, &mut placed);
        body.push_markdown(&mut markdown);
        let text = Key::of(placed.as_bytes());
        for (at, frame) in &frames.files {
            let text = if *at == twin { Key::of(markdown.as_bytes()) } else { text };
            outcome.files.insert(at.clone(), KeyMaker::new("file").key(*frame).key(text).make());
        }
        outcome.text = Some(text);
        if renderer.may_be_heavy(frames.weight, placed.len()) {
            // only the whole page can tell
            renderer.page(guide, index, body, &mut |_, _| {});
            outcome.problems.extend(renderer.problems());
        } else {
            outcome.problems.extend(frames.problems.iter().cloned());
        }
    }

    /// A file of the brand's `assets/` that pages have asked for, or that all share.
    fn asset<'p>(&'p self, address: &Address, parts: &'p [Arc<Outcome>]) -> Option<&'p Asset> {
        let asked = || parts.iter().find_map(|part| part.asked.files.get(address));
        self.plan.assets.get(address).or_else(asked)
    }

    /// `all.html` and what else holds all texts, for a sink that takes it.
    fn all(
        &self,
        guide: usize,
        bodies: &[Filled],
        parts: &[Arc<Outcome>],
        renderer: &mut Renderer<'e>,
        writer: &Writer<'_>,
        outcome: &mut Outcome,
    ) {
        let mut put = |address: &Address, bytes: &[u8]| writer.take(address, bytes, outcome);
        renderer.all(guide, &|index| &bodies[index], &mut put);
        renderer.data(guide, bodies, &mut put);
        let bytes = |address: &Address| self.sources.pictures.bytes_of(self.asset(address, parts)?);
        renderer.single(guide, bodies, &bytes, &mut put);
        outcome.problems.extend(renderer.problems());
    }

    /// What holds all texts, if it is made later: what can go wrong in it is in its frame.
    fn all_later(
        &self,
        guide: usize,
        facts: &[Arc<Facts>],
        texts: &[Key],
        renderer: &mut Renderer<'e>,
        outcome: &mut Outcome,
    ) {
        let (kept, round) = (&self.sources.kept, self.sources.kept.round());
        let has_text: Vec<bool> = facts.iter().map(|facts| !facts.is_empty).collect();
        let key = KeyMaker::new("frame").key(self.key).number(guide as u64);
        let key = has_text.iter().fold(key, |key, has_text| key.number(u64::from(*has_text)));
        let of = &self.plan.outlines[self.current].guides[guide];
        let frames = kept.outcomes.get_or(round, key.make(), || {
            let mut frames = Outcome::default();
            let all = renderer.all_frame(guide, &has_text).map(|frame| Key::of(&frame.bytes()));
            frames.files.extend(all.map(|key| (of.sibling("all.html"), key)));
            let nothing = vec![Filled::default(); of.pages.len()];
            renderer.data(guide, &nothing, &mut |at, bytes| {
                frames.files.insert(at.clone(), Key::of(bytes));
            });
            frames.problems = renderer.problems();
            Arc::new(frames)
        });
        outcome.problems.extend(frames.problems.iter().cloned());
        for (at, frame) in &frames.files {
            let key = KeyMaker::new("all").key(*frame).keys(texts.iter().copied()).make();
            outcome.files.insert(at.clone(), key);
        }
    }

    fn link(
        &self,
        guide: usize,
        index: usize,
        text: &PageText<'_>,
        facts: &[Vec<Arc<Facts>>],
        recorder: &Recorder<'_>,
    ) -> (Body, Vec<Diagnostic>) {
        let outline = &self.plan.outlines[self.current];
        let linker = Linker {
            file_problems: std::cell::RefCell::default(),
            guides: &outline.guides,
            facts,
            files: &self.sources.texts.files,
            names: &self.sources.texts.names,
            assets: &self.sources.assets,
            publisher: recorder,
            budget: self.sources.site.budget.screens,
            brand: &self.plan.brand.id,
            locale: &outline.locale.id,
        };
        let messages: &Arc<Messages> = self.speech.of(outline.guides[guide].pages[index].is_fallback);
        let (body, findings) = linker.link(guide, index, text, messages);
        let all = text.body.findings.iter().chain(&findings);
        let located = text.locate(&self.sources.engine, messages, all);
        let mut problems = self.located(text.problems.iter().cloned().chain(located).collect());
        problems.extend(linker.file_problems.into_inner());
        (body, problems)
    }

    fn located(&self, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let locale = &self.plan.outlines[self.current].locale.id;
        problems.into_iter().map(|problem| problem.in_edition(&self.plan.brand.id, locale)).collect()
    }

    fn render(&self, wanted: &Address) -> Option<Vec<u8>> {
        let mut renderer = self.renderer();
        let mut found = None;
        let mut put = |address: &Address, bytes: &[u8]| {
            if address == wanted {
                found = Some(bytes.to_vec());
            }
        };
        let guides = &self.plan.outlines[self.current].guides;
        // what links point at has been checked; how it looks doesn't depend on it
        let nothing = Arc::new(Facts::default());
        let facts: Vec<Vec<Arc<Facts>>> =
            guides.iter().map(|guide| guide.pages.iter().map(|_| nothing.clone()).collect()).collect();
        let body = |guide: usize, index: usize| {
            let text = terms::within(self.speech.own, || self.read(guide, &guides[guide].pages[index]));
            let recorder = Recorder::new(&self.sources.pictures);
            Filled::own(self.link(guide, index, &text, &facts, &recorder).0)
        };
        for (guide, of) in guides.iter().enumerate() {
            if [of.sibling("all.html"), data::address(of)].contains(wanted) {
                let bodies: Vec<Filled> = (0..of.pages.len()).map(|index| body(guide, index)).collect();
                renderer.all(guide, &|index| &bodies[index], &mut put);
                renderer.data(guide, &bodies, &mut put);
                return found;
            }
            for (index, page) in of.pages.iter().enumerate() {
                if *wanted == page.address || *wanted == twin::address(&page.address) {
                    renderer.page(guide, index, &body(guide, index), &mut put);
                } else if page.aliases.iter().any(|(_, alias)| alias == wanted) {
                    renderer.redirects(guide, index, &mut put);
                } else {
                    continue;
                }
                return found;
            }
        }
        renderer.list_of_guides(&mut put);
        found
    }
}
