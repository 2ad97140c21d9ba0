//! The pages of one edition: each guide's, the list of guides, redirects from old addresses, Markdown twins.
//!
//! Pages go to the caller one by one as they are made; nobody holds them all.

use std::sync::Arc;

use tera::value::{Key, Map};
use tera::{Context, Value};

use super::context::{self, BrandFiles, Outline};
use super::theme::Theme;
use super::{data, single};
use crate::diagnostic::Diagnostic;
use crate::model::body::{Body, Placing};
use crate::model::guide::{Device, Guide, Kind, Page};
use crate::model::site::{Brand, Site};
use crate::path::{Address, Links};
use crate::resolve::link::section_id;
use crate::resolve::messages::{Argument, Messages};
use crate::resolve::values::map;
use crate::text::{armour, qr};

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
    /// The texts of its pages, in the order of its guides and their pages.
    pub bodies: &'e [Vec<Body>],
    /// The brand's templates.
    pub theme: &'e Theme,
    /// The edition's messages.
    pub messages: &'e Arc<Messages>,
    /// Reads published files back, for pages that have everything inside.
    pub bytes: &'e single::Bytes<'e>,
}

/// Takes a file: its address in the brand's folder, its bytes.
pub type Put<'p> = dyn FnMut(&Address, &[u8]) + 'p;

/// Renders an edition. Runs inside `terms::within` its messages.
pub fn edition(edition: &Edition<'_>, put: &mut Put<'_>) -> Vec<Diagnostic> {
    let mut renderer =
        Renderer { edition, out: Vec::with_capacity(16 << 10), html: String::new(), problems: Vec::new(), put };
    renderer.list_of_guides();
    for index in 0..edition.outlines[edition.current].guides.len() {
        renderer.guide(index);
    }
    renderer.problems
}

struct Renderer<'r, 'p> {
    edition: &'r Edition<'r>,
    out: Vec<u8>,
    html: String,
    problems: Vec<Diagnostic>,
    put: &'r mut Put<'p>,
}

impl<'r> Renderer<'r, '_> {
    fn outline(&self) -> &'r Outline {
        &self.edition.outlines[self.edition.current]
    }

    fn folder(&self, at: &Address) -> Context {
        context::folder(self.edition.site, self.edition.brand, self.edition.files, self.outline(), at)
    }

    /// `fr/index.html`: the guides, or straight to the only one.
    fn list_of_guides(&mut self) {
        let outline = self.outline();
        let at = Address::new(format!("{}/index.html", outline.locale.id));
        let find = |other: &Outline| Address::new(format!("{}/index.html", other.locale.id));
        if let [only] = outline.guides.as_slice() {
            self.redirect(&at, only.index());
            return;
        }
        let mut context = self.folder(&at);
        let guides = outline.guides.iter().map(|guide| Value::from(context::described(guide.index(), &at)));
        context.insert_value("guides", Value::from(guides.collect::<Vec<_>>()));
        context.insert_value("languages", context::languages(self.edition.outlines, &outline.locale, &at, &find));
        let title = self.message("guides-title", &[]);
        let mut page = page_map("guides", &title, &outline.locale.id);
        self.addresses(&mut page, &at, &find);
        context.insert_value("page", Value::from(page));
        self.render("guides.html", &context, &at);
    }

    fn guide(&mut self, index: usize) {
        let outline = self.outline();
        let guide = &outline.guides[index];
        let bodies = &self.edition.bodies[index];
        let mut shared = self.folder(&guide.index().address);
        context::insert_guide(&mut shared, guide, &guide.index().address);
        for (page, body) in guide.pages.iter().zip(bodies) {
            self.page(guide, page, body, &shared);
            self.twin(guide, page, body);
            for (_, alias) in &page.aliases {
                self.redirect(alias, page);
            }
        }
        self.all(guide, bodies, &shared);
        (self.put)(&data::address(guide), &data::guide(self.edition, guide, bodies));
        if let Some(files) = &self.edition.files.inside {
            self.out.clear();
            match single::guide(self.edition, guide, bodies, files, self.edition.bytes, &mut self.out) {
                Ok(()) => (self.put)(&single::address(guide, outline), &self.out),
                Err(problem) => self.tell(*problem),
            }
        }
    }

    fn page(&mut self, guide: &Guide, page: &Page, body: &Body, shared: &Context) {
        let at = &page.address;
        let mut context = shared.clone();
        let (kind, template) = match page.kind {
            Kind::Index => ("guide", "guide.html"),
            Kind::Step { .. } => ("step", "step.html"),
            Kind::StepOption { .. } => ("option", "step.html"),
            Kind::Loose => ("page", "page.html"),
        };
        self.insert_step(&mut context, guide, page);
        let (previous, next) = neighbours(guide, page);
        context.insert_value("previous", self.neighbour(previous, at));
        context.insert_value("next", self.neighbour(next, at));
        let find = |other: &Outline| context::counterpart(other, &guide.id, &page.key);
        context.insert_value("languages", context::languages(self.edition.outlines, &self.outline().locale, at, &find));
        let mut map = page_map(kind, &page.title, &page.lang);
        map.insert(Key::Str("fallback"), Value::from(page.is_fallback));
        map.insert(Key::Str("extra"), page.extra.clone());
        for (key, value) in context::described(page, at) {
            if matches!(key.as_str(), Some("description" | "duration" | "device")) {
                map.insert(key, value);
            }
        }
        map.insert(Key::Str("markdown"), Value::normal_string(&at.link_to(&twin_address(at))));
        self.html.clear();
        body.place(Placing::Alone(at), &mut true, &mut self.html);
        map.insert(Key::Str("body"), Value::safe_string(&self.html));
        if let Some(mailto) = self.mailto(guide, page) {
            map.insert(Key::Str("mailto"), Value::normal_string(&mailto));
        }
        self.addresses(&mut map, at, &find);
        if let Some(code) = self.code(page) {
            map.insert(Key::Str("qr"), Value::safe_string(&code));
        }
        context.insert_value("page", Value::from(map));
        self.render(template, &context, at);
    }

    /// A QR code that opens the page on a phone: where a phone is needed, and the page's whole address is known.
    fn code(&self, page: &Page) -> Option<String> {
        let base = self.edition.brand.base_url.as_ref()?;
        let is_step = matches!(page.kind, Kind::Step { .. } | Kind::StepOption { .. });
        let needs_phone = matches!(page.device, Some(Device::Phone | Device::Both));
        // an address that is too long for a code can still be copied
        (is_step && needs_phone).then(|| qr::svg(&format!("{base}{}", page.address.encoded())).ok()).flatten()
    }

    /// A message to the brand's help that says which page it is about.
    fn mailto(&self, guide: &Guide, page: &Page) -> Option<String> {
        let email = self.edition.brand.support.email.as_ref()?;
        let text = |name: &str, text: &str| (name.to_owned(), Argument::Text(text.to_owned()));
        let mut arguments = vec![
            text("page", &page.title),
            text("guide", &guide.index().title),
            text("brand", &self.edition.brand.name),
            text("language", &self.outline().name),
        ];
        let id = match page.kind {
            Kind::Step { number } | Kind::StepOption { step: number, .. } => {
                arguments.push(("number".to_owned(), Argument::Number(number as f64)));
                "email-subject-step"
            }
            Kind::Index | Kind::Loose => "email-subject",
        };
        let mut mailto = format!("mailto:{email}?subject=");
        for byte in self.message(id, &arguments).bytes() {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => mailto.push(char::from(byte)),
                _ => mailto.push_str(&format!("%{byte:02X}")),
            }
        }
        Some(mailto)
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
            map.insert(Key::Str("label"), Value::normal_string(&self.message("introduction", &[])));
        }
        Value::from(map)
    }

    /// Everything on one page.
    fn all(&mut self, guide: &Guide, bodies: &[Body], shared: &Context) {
        let at = guide.sibling("all.html");
        let mut context = shared.clone();
        context.insert_value("sections", sections(guide, bodies, &at, false));
        let find = |other: &Outline| match other.guides.iter().find(|own| own.id == guide.id) {
            Some(own) => own.sibling("all.html"),
            None => context::home(other),
        };
        context
            .insert_value("languages", context::languages(self.edition.outlines, &self.outline().locale, &at, &find));
        let mut page = page_map("all", &guide.index().title, &guide.index().lang);
        if let Some(description) = &guide.index().description {
            page.insert(Key::Str("description"), Value::normal_string(description));
        }
        self.addresses(&mut page, &at, &find);
        context.insert_value("page", Value::from(page));
        self.render("all.html", &context, &at);
    }

    /// A page that leads on to another one.
    fn redirect(&mut self, from: &Address, to: &Page) {
        let mut context = self.folder(from);
        context.insert_value("target", Value::normal_string(&from.link_to(&to.address)));
        let mut page = page_map("redirect", &to.title, &to.lang);
        if let Some(base) = &self.edition.brand.base_url {
            page.insert(Key::Str("url"), Value::normal_string(&format!("{base}{}", to.address.encoded())));
        }
        context.insert_value("page", Value::from(page));
        self.render("redirect.html", &context, from);
    }

    /// The page as plain Markdown.
    fn twin(&mut self, guide: &Guide, page: &Page, body: &Body) {
        let mut text = "# ".to_owned();
        armour::push_escaped(&page.title, &mut text);
        text.push_str("\n\n");
        let number = |number: usize| Argument::Number(number as f64);
        if let Kind::Step { number: step } | Kind::StepOption { step, .. } = page.kind {
            let total = guide.total();
            text.push_str(
                &self.message(
                    "step-of-total",
                    &[("number".to_owned(), number(step)), ("total".to_owned(), number(total))],
                ),
            );
            if let Kind::StepOption { number: option, .. } = page.kind {
                text.push_str(" · ");
                text.push_str(&self.message("option-number", &[("number".to_owned(), number(option))]));
            }
            text.push_str("\n\n");
        }
        text.push_str(body.markdown.trim());
        text.push('\n');
        if let Kind::Step { number: step } = page.kind {
            for option in guide.options(step) {
                let Kind::StepOption { number: own, .. } = option.kind else { continue };
                let label = self.message("option-number", &[("number".to_owned(), number(own))]);
                let link = Address::new(page.address.link_to(&twin_address(&option.address))).encoded();
                let recommended = if option.is_recommended() {
                    format!(" ({})", self.message("recommended", &[]))
                } else {
                    String::new()
                };
                let mut title = String::new();
                armour::push_escaped(&option.title, &mut title);
                text.push_str(&format!("\n- {label}: [{title}]({link}){recommended}"));
            }
            if guide.options(step).next().is_some() {
                text.push('\n');
            }
        }
        (self.put)(&twin_address(&page.address), text.as_bytes());
    }

    /// The absolute addresses of a page, which only a brand with a base address has.
    fn addresses(&self, page: &mut Map, at: &Address, find: &dyn Fn(&Outline) -> Address) {
        let Some(base) = &self.edition.brand.base_url else { return };
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

    fn message(&self, id: &str, arguments: &[(String, Argument)]) -> String {
        self.edition.messages.format(id, arguments).unwrap_or_else(|_| id.to_owned())
    }

    fn render(&mut self, template: &str, context: &Context, at: &Address) {
        self.out.clear();
        match self.edition.theme.render(template, context, self.edition.messages, &mut self.out) {
            Ok(()) => (self.put)(at, &self.out),
            Err(problem) => self.tell(*problem),
        }
    }

    fn tell(&mut self, problem: Diagnostic) {
        self.problems.push(problem.in_edition(&self.edition.brand.id, &self.outline().locale.id));
    }
}

/// The pages of a guide as sections of one page, which may have its files inside.
pub fn sections(guide: &Guide, bodies: &[Body], links: &dyn Links, is_inside: bool) -> Value {
    let mut sections = Vec::with_capacity(guide.pages.len());
    let mut is_first_picture = true;
    let mut html = String::new();
    for (page, body) in guide.pages.iter().zip(bodies) {
        let id = section_id(page);
        html.clear();
        let placing = if is_inside { Placing::Inside(links, &id) } else { Placing::Section(links, &id) };
        body.place(placing, &mut is_first_picture, &mut html);
        let mut map = Map::new();
        let (kind, number, option) = match page.kind {
            Kind::Index => ("guide", None, None),
            Kind::Step { number } => ("step", Some(number), None),
            Kind::StepOption { step, number } => ("option", Some(step), Some(number)),
            Kind::Loose => ("page", None, None),
        };
        map.insert(Key::Str("id"), Value::normal_string(&id));
        map.insert(Key::Str("kind"), Value::normal_string(kind));
        map.insert(Key::Str("title"), Value::normal_string(&page.title));
        map.insert(Key::Str("lang"), Value::normal_string(&page.lang));
        map.insert(Key::Str("body"), Value::safe_string(&html));
        for (name, value) in [("number", number), ("option", option)] {
            if let Some(value) = value {
                map.insert(Key::Str(name), Value::from(value));
            }
        }
        sections.push(Value::from(map));
    }
    Value::from(sections)
}

/// What every page says of itself.
pub fn page_map(kind: &str, title: &str, lang: &str) -> Map {
    let mut map = Map::new();
    map.insert(Key::Str("kind"), Value::normal_string(kind));
    map.insert(Key::Str("title"), Value::normal_string(title));
    map.insert(Key::Str("lang"), Value::normal_string(lang));
    map.insert(Key::Str("fallback"), Value::from(false));
    map.insert(Key::Str("alternates"), Value::from(Vec::<Value>::new()));
    map.insert(Key::Str("extra"), Value::from(Map::new()));
    map
}

/// Where a page's Markdown twin is published.
pub fn twin_address(page: &Address) -> Address {
    let path = page.as_str();
    Address::new(format!("{}.md", path.strip_suffix(".html").unwrap_or(path)))
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
