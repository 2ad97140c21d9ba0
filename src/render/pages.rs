//! The pages of one edition: each guide's, the list of guides, redirects from old addresses, Markdown twins.
//!
//! Each is made when it is asked for and goes to the caller at once; nobody holds them all. Not here: which of them are
//! needed, and in which order (`pipeline::edition`).

use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use tera::value::{Key, Map};
use tera::{Context, Value};

use super::context::{self, BrandFiles, Outline};
use super::frame::{Frame, place_of};
use super::stencil::{self, Blind, MAILTO, OfGuide, OfPage, QR, URL, Which};
use super::theme::Theme;
use super::weight::{Frames, Scales};
use super::{data, mail, redirect, single, twin};
use crate::diagnostic::Diagnostic;
use crate::model::body::{Filled, Placing};
use crate::model::guide::{Device, Guide, Kind, Page};
use crate::model::site::{Brand, Site};
use crate::path::Address;
use crate::resolve::link::section_id;
use crate::resolve::messages::{Argument, Messages};
use crate::resolve::terms;
use crate::resolve::values::map;
use crate::text::qr;

/// Everything that the pages of an edition are made from.
pub struct Edition<'e> {
    /// The site.
    pub site: &'e Site,
    /// The edition's brand.
    pub brand: &'e Brand,
    /// What the brand has published.
    pub files: &'e BrandFiles,
    /// The brand's locales, all of them.
    pub outlines: &'e [Outline],
    /// Which of them this edition is.
    pub current: usize,
    /// What the pages of each of its guides share, made when it is first asked for.
    pub shared: &'e [OnceLock<Context>],
    /// The brand's templates.
    pub theme: &'e Theme,
    /// What has been weighed of them in the edition's language.
    pub frames: &'e Frames,
    /// The edition's messages.
    pub messages: &'e Arc<Messages>,
}

impl Edition<'_> {
    /// A message; its id where it can't be formatted, which is told elsewhere.
    pub fn message(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.messages.format(id, arguments).unwrap_or_else(|_| id.to_owned())
    }
}

/// Takes a file: its address in the brand's folder, its bytes.
pub type Put<'p> = dyn FnMut(&Address, &[u8]) + 'p;

/// Renders the pages of an edition. Runs inside `terms::within` its messages.
pub struct Renderer<'r> {
    edition: Edition<'r>,
    out: Vec<u8>,
    html: String,
    problems: Vec<Diagnostic>,
    /// For each guide, what its pages share with those of other brands.
    stencils: Vec<OnceCell<Option<OfGuide>>>,
}

impl<'r> Renderer<'r> {
    /// For an edition, with nothing rendered yet.
    pub fn new(edition: Edition<'r>) -> Self {
        let stencils = edition.shared.iter().map(|_| OnceCell::new()).collect();
        Self { edition, out: Vec::with_capacity(16 << 10), html: String::new(), problems: Vec::new(), stencils }
    }

    /// What went wrong since it was asked last.
    pub fn problems(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.problems)
    }

    fn outline(&self) -> &'r Outline {
        &self.edition.outlines[self.edition.current]
    }

    fn folder(&self, at: &Address) -> Context {
        context::folder(self.edition.site, self.edition.brand, self.edition.files, self.outline(), at)
    }

    /// What the pages of a guide share.
    fn shared(&self, index: usize) -> &'r Context {
        let make = || {
            let guide = &self.outline().guides[index];
            let at = &guide.index().address;
            let mut context = self.folder(at);
            context::insert_guide(&mut context, guide, at);
            context
        };
        self.edition.shared[index].get_or_init(make)
    }

    /// `fr/index.html`: the guides, or straight to the only one.
    pub fn list_of_guides(&mut self, put: &mut Put<'_>) {
        let outline = self.outline();
        let (at, find) = (list_address(outline), list_address);
        if let [only] = outline.guides.as_slice() {
            self.redirect(&at, only.index(), put);
            return;
        }
        let mut context = self.folder(&at);
        let guides = outline.guides.iter().map(|guide| Value::from(context::described(guide.index(), &at)));
        context.insert_value("guides", Value::from(guides.collect::<Vec<_>>()));
        context.insert_value("languages", context::languages(self.edition.outlines, &outline.locale, &at, &find));
        let title = self.label("guides-title");
        let mut page = context::page_map("guides", &title, &outline.locale.id);
        self.addresses(&mut page, &at, &find, &Blind::default());
        context.insert_value("page", Value::from(page));
        self.render("guides.html", &context, &at, put);
    }

    /// The old addresses of a page.
    pub fn redirects(&mut self, guide: usize, page: usize, put: &mut Put<'_>) {
        let page = &self.outline().guides[guide].pages[page];
        for (_, alias) in &page.aliases {
            self.redirect(alias, page, put);
        }
    }

    /// A page with its text, and its Markdown twin.
    pub fn page(&mut self, guide: usize, page: usize, body: &Filled, put: &mut Put<'_>) {
        let address = &self.outline().guides[guide].pages[page].address;
        if let Some(frame) = self.page_frame(guide, page, !body.is_empty()) {
            let mut text = |_, out: &mut String| body.place_alone(address, out);
            self.fill(&frame, address, &mut text, put);
            self.weigh(&self.outline().guides[guide].pages[page], &frame);
        }
        let frame = self.twin_frame(guide, page);
        self.fill(&frame, &twin::address(address), &mut |_, out| body.push_markdown(out), put);
    }

    /// Weighs the page that was put together last.
    fn weigh(&mut self, page: &Page, frame: &Frame) {
        let scales = self.scales();
        if !scales.doubt_whole(self.out.len()) {
            return;
        }
        let text = self.out.len().saturating_sub(frame.len());
        if scales.doubt(self.edition.frames.weigh(template_of(page), frame), text) {
            let problem = scales.weigh(page, &frame.bytes(), &self.out);
            let (brand, locale) = (&self.edition.brand.id, &self.outline().locale.id);
            self.problems.extend(problem.map(|problem| problem.in_edition(brand, locale)));
        }
    }

    fn scales(&self) -> Scales<'r> {
        Scales { shared: &self.edition.files.weight, budget: self.edition.site.budget.page }
    }

    /// About what gzip makes of a page's frame.
    pub fn weight(&self, guide: usize, page: usize, frame: &Frame) -> usize {
        self.edition.frames.weigh(template_of(&self.outline().guides[guide].pages[page]), frame)
    }

    /// Could a page with such a frame and so long a text be too heavy?
    pub fn may_be_heavy(&self, weight: usize, text: usize) -> bool {
        self.scales().doubt(weight, text)
    }

    fn fill(&mut self, frame: &Frame, at: &Address, text: &mut dyn FnMut(usize, &mut String), put: &mut Put<'_>) {
        self.out.clear();
        frame.fill(text, &mut self.html, &mut self.out);
        put(at, &self.out);
    }

    /// A page without its text.
    pub fn page_frame(&mut self, guide: usize, index: usize, has_text: bool) -> Option<Frame> {
        let page = &self.outline().guides[guide].pages[index];
        let mailto = mail::link(&self.edition, &self.outline().guides[guide], page);
        let own = OfPage { mailto: mailto.as_deref().map(stencil::escape), qr: self.code(page) };
        let which = (Some(index), vec![has_text, own.qr.is_some()]);
        self.frame(guide, which, &own, template_of(page), &page.address, &|renderer, context, blind| {
            renderer.insert_page(context, (guide, index), has_text, (mailto.as_deref(), own.qr.as_deref()), blind);
        })
    }

    /// A file's frame: from the stencil that brands share, or rendered. `insert` adds what it doesn't share with the
    /// guide's pages.
    fn frame(
        &mut self,
        guide: usize,
        which: Which,
        own: &OfPage,
        template: &str,
        at: &Address,
        insert: &dyn Fn(&Self, &mut Context, &Blind),
    ) -> Option<Frame> {
        let stencils = self.stencils[guide].get_or_init(|| self.stencils_of(guide));
        if let Some(stencils) = stencils {
            if let Some(frame) = stencils.frame(&which, own) {
                return Some(frame);
            }
            let mut context = stencils.masked(self.shared(guide), &self.edition.theme.blind);
            insert(self, &mut context, &self.edition.theme.blind);
            let mut bytes = Vec::new();
            let render = || self.edition.theme.render(template, &context, self.edition.messages, &mut bytes);
            // what is wrong is told with the brand's own values
            if let (Ok(()), asked) = terms::recorded(render) {
                return Some(stencils.keep(which, bytes, asked, own));
            }
        }
        let mut context = self.shared(guide).clone();
        insert(self, &mut context, &Blind::default());
        self.frame_of(template, &context, at)
    }

    /// What a guide's pages share with those of other brands.
    fn stencils_of(&self, guide: usize) -> Option<OfGuide> {
        let guide = &self.outline().guides[guide];
        let alike = stencil::key(&self.edition, guide);
        let (base, blind) = (self.edition.brand.base_url.as_deref(), &self.edition.theme.blind);
        // what else its pages share is in the key
        let folder = self.folder(&guide.index().address);
        self.edition.frames.stencils.of_guide(&folder, base, blind, alike)
    }

    /// What a page doesn't share with the others of its guide. `own` are its mail and its code.
    fn insert_page(
        &self,
        context: &mut Context,
        (guide, index): (usize, usize),
        has_text: bool,
        (mailto, qr): (Option<&str>, Option<&str>),
        blind: &Blind,
    ) {
        let guide = &self.outline().guides[guide];
        let page = &guide.pages[index];
        let at = &page.address;
        let kind = match page.kind {
            Kind::Index => "guide",
            Kind::Step { .. } => "step",
            Kind::StepOption { .. } => "option",
            Kind::Loose => "page",
        };
        self.insert_step(context, guide, page);
        let (previous, next) = neighbours(guide, page);
        context.insert_value("previous", self.neighbour(previous, at));
        context.insert_value("next", self.neighbour(next, at));
        let find = |other: &Outline| context::counterpart(other, &guide.id, &page.key);
        context.insert_value("languages", context::languages(self.edition.outlines, &self.outline().locale, at, &find));
        let mut map = context::page_map(kind, &page.title, &page.lang);
        map.insert(Key::Str("fallback"), Value::from(page.is_fallback));
        map.insert(Key::Str("extra"), page.extra.clone());
        for (key, value) in context::described(page, at) {
            if matches!(key.as_str(), Some("description" | "duration" | "device")) {
                map.insert(key, value);
            }
        }
        map.insert(Key::Str("markdown"), Value::normal_string(&at.link_to(&twin::address(at))));
        map.insert(Key::Str("body"), Value::safe_string(&place_of(index, has_text)));
        if let Some(mailto) = mailto {
            map.insert(Key::Str("mailto"), Value::normal_string(&stencil::shown(MAILTO, blind, mailto)));
        }
        self.addresses(&mut map, at, &find, blind);
        if let Some(code) = qr {
            map.insert(Key::Str("qr"), Value::safe_string(&stencil::shown(QR, blind, code)));
        }
        context.insert_value("page", Value::from(map));
    }

    fn frame_of(&mut self, template: &str, context: &Context, at: &Address) -> Option<Frame> {
        let mut frame = None;
        self.render(template, context, at, &mut |_, bytes| frame = Some(Frame::new(bytes.to_vec())));
        frame
    }

    /// A QR code that opens the page on a phone: where a phone is needed, and the page's whole address is known.
    fn code(&self, page: &Page) -> Option<String> {
        let base = self.edition.brand.base_url.as_ref()?;
        let is_step = matches!(page.kind, Kind::Step { .. } | Kind::StepOption { .. });
        let needs_phone = matches!(page.device, Some(Device::Phone | Device::Both));
        // an address that is too long for a code can still be copied
        (is_step && needs_phone).then(|| qr::svg(&format!("{base}{}", page.address.encoded())).ok()).flatten()
    }

    fn insert_step(&self, context: &mut Context, guide: &Guide, page: &Page) {
        let (number, option) = match page.kind {
            Kind::Step { number } => (number, None),
            Kind::StepOption { step, .. } => (step, Some(page)),
            Kind::Index | Kind::Loose => return,
        };
        let Some(step) = guide.pages.iter().find(|other| other.kind == Kind::Step { number }) else { return };
        let mut map = context::step(guide, step, number, &page.address);
        map.insert(Key::Str("total"), Value::from(guide.total()));
        context.insert_value("step", Value::from(map));
        if let Some(option) = option {
            context.insert_value("option", Value::from(context::option(option, &page.address)));
        }
    }

    fn neighbour(&self, page: Option<&Page>, at: &Address) -> Value {
        let Some(page) = page else { return Value::none() };
        let mut map = context::described(page, at);
        if page.kind == Kind::Index {
            map.insert(Key::Str("label"), Value::normal_string(&self.label("introduction")));
        }
        Value::from(map)
    }

    /// Everything on one page: what stands around the texts. `has_text` says which of its pages have one.
    pub fn all_frame(&mut self, guide: usize, has_text: &[bool]) -> Option<Frame> {
        let of = &self.outline().guides[guide];
        let at = of.sibling("all.html");
        let find = |other: &Outline| match other.guides.iter().find(|own| own.id == of.id) {
            Some(own) => own.sibling("all.html"),
            None => context::home(other),
        };
        let insert = |renderer: &Self, context: &mut Context, blind: &Blind| {
            let sections = context::sections(of, &mut |index, _, out| {
                out.push_str(&place_of(index, has_text.get(index).is_some_and(|has_text| *has_text)));
            });
            context.insert_value("sections", sections);
            let locale = &renderer.outline().locale;
            context.insert_value("languages", context::languages(renderer.edition.outlines, locale, &at, &find));
            let mut page = context::page_map("all", &of.index().title, &of.index().lang);
            if let Some(description) = &of.index().description {
                page.insert(Key::Str("description"), Value::normal_string(description));
            }
            renderer.addresses(&mut page, &at, &find, blind);
            context.insert_value("page", Value::from(page));
        };
        self.frame(guide, (None, has_text.to_vec()), &OfPage::default(), "all.html", &at, &insert)
    }

    /// Everything on one page. `body` gives the text of each page.
    pub fn all<'b>(&mut self, guide: usize, body: &dyn Fn(usize) -> &'b Filled, put: &mut Put<'_>) {
        let guide_of = &self.outline().guides[guide];
        let at = guide_of.sibling("all.html");
        let has_text: Vec<bool> = (0..guide_of.pages.len()).map(|index| !body(index).is_empty()).collect();
        let Some(frame) = self.all_frame(guide, &has_text) else { return };
        let mut is_first_picture = true;
        let mut text = |index: usize, out: &mut String| {
            if let Some(page) = guide_of.pages.get(index) {
                let id = section_id(page);
                body(index).place(Placing::Section(&at, &id), &mut is_first_picture, out);
            }
        };
        self.fill(&frame, &at, &mut text, put);
    }

    /// The guide as data. Without texts, what stands around them.
    pub fn data(&mut self, guide: usize, bodies: &[Filled], put: &mut Put<'_>) {
        let guide = &self.outline().guides[guide];
        put(&data::address(guide), &data::guide(&self.edition, guide, bodies));
    }

    /// The guide as one file with everything inside, if that was asked for; `bytes` reads published files.
    pub fn single(&mut self, guide: usize, bodies: &[Filled], bytes: &single::Bytes<'_>, put: &mut Put<'_>) {
        let Some(files) = &self.edition.files.inside else { return };
        let guide = &self.outline().guides[guide];
        self.out.clear();
        match single::guide(&self.edition, guide, bodies, files, bytes, &mut self.out) {
            Ok(()) => put(&guide.single_file(), &self.out),
            Err(problem) => self.tell(*problem),
        }
    }

    /// A page that leads on to another one.
    fn redirect(&mut self, from: &Address, to: &Page, put: &mut Put<'_>) {
        self.out.clear();
        match redirect::page(&self.edition, from, to, &mut self.out) {
            Ok(()) => put(from, &self.out),
            Err(problem) => self.tell(*problem),
        }
    }

    /// The absolute addresses of a page, which only a brand with a base address has.
    fn addresses(&self, page: &mut Map, at: &Address, find: &dyn Fn(&Outline) -> Address, blind: &Blind) {
        let Some(base) = &self.edition.brand.base_url else { return };
        let base = stencil::shown(URL, blind, base);
        let absolute = |address: &Address| Value::normal_string(&format!("{base}{}", address.encoded()));
        page.insert(Key::Str("url"), absolute(at));
        if self.edition.outlines.len() < 2 {
            return;
        }
        let alternates = self.edition.outlines.iter().map(|outline| {
            map([("locale", Value::normal_string(&outline.locale.id)), ("url", absolute(&find(outline)))])
        });
        page.insert(Key::Str("alternates"), Value::from(alternates.collect::<Vec<_>>()));
        page.insert(Key::Str("default_url"), absolute(&find(&self.edition.outlines[0])));
    }

    /// A string that a template shows.
    fn label(&self, id: &str) -> String {
        terms::marked(&self.edition.messages.label(id, None))
    }

    /// The page as plain Markdown, without its text.
    pub fn twin_frame(&self, guide: usize, index: usize) -> Frame {
        twin::frame(&self.edition, &self.outline().guides[guide], index)
    }

    fn render(&mut self, template: &str, context: &Context, at: &Address, put: &mut Put<'_>) {
        self.out.clear();
        match self.edition.theme.render(template, context, self.edition.messages, &mut self.out) {
            Ok(()) => put(at, &self.out),
            Err(problem) => self.tell(*problem),
        }
    }

    fn tell(&mut self, problem: Diagnostic) {
        self.problems.push(problem.in_edition(&self.edition.brand.id, &self.outline().locale.id));
    }
}

/// Where the guides of a locale are listed.
pub fn list_address(outline: &Outline) -> Address {
    Address::new(format!("{}/index.html", outline.locale.id))
}

/// The template that a page is made with.
fn template_of(page: &Page) -> &'static str {
    match page.kind {
        Kind::Index => "guide.html",
        Kind::Step { .. } | Kind::StepOption { .. } => "step.html",
        Kind::Loose => "page.html",
    }
}

/// The pages before and after a page on a reader's way. A step's options are ways to do it, so they come between
/// it and the next step; from one of them, the next step follows.
fn neighbours<'g>(guide: &'g Guide, page: &Page) -> (Option<&'g Page>, Option<&'g Page>) {
    let step = |number: usize| guide.pages.iter().find(|other| other.kind == Kind::Step { number });
    match page.kind {
        Kind::Index => (None, step(1)),
        Kind::Step { number } => {
            let previous = if number > 1 { step(number - 1) } else { Some(guide.index()) };
            (previous, step(number + 1))
        }
        Kind::StepOption { step: number, .. } => (step(number), step(number + 1)),
        Kind::Loose => (Some(guide.index()), None),
    }
}
