//! guide.json: a guide as data, for programs that show it elsewhere: a help desk's search, an app, an assistant.
//!
//! The types below are its form; docs/schemas/guide.schema.json is made from them, so a doc comment here is the text
//! that its users read. Not here: what a page says (`model::body`).

use schemars::JsonSchema;
use serde::Serialize;

use super::pages::Edition;
use super::twin;
use crate::model::body::Filled;
use crate::model::guide::{Guide, Kind, Page};
use crate::path::Address;
use crate::text::{json, plain};

/// The number of this form. Another one means that a program has to be changed; new members don't.
const FORM: u32 = 1;

/// A guide of one brand in one language. Addresses are relative to this file.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "guide.json")]
struct Data<'g> {
    /// The number of this form: 1. Members may be added under the same number.
    form: u32,
    /// The guide's name in addresses.
    guide: &'g str,
    /// The language of this edition, as a BCP 47 tag.
    locale: &'g str,
    /// The direction it is written in: `ltr` or `rtl`.
    dir: &'static str,
    /// Whose guide it is.
    brand: BrandData<'g>,
    /// The same guide in every language, this one included.
    languages: Vec<LanguageData<'g>>,
    /// The first page: what the guide is for, how long it takes, what to have at hand.
    introduction: PageData<'g>,
    /// The steps, in order.
    steps: Vec<StepData<'g>>,
    /// Pages without a number, such as support.
    pages: Vec<PageData<'g>>,
}

/// A brand, and how to reach its help. What a brand doesn't have is left out.
#[derive(Serialize, JsonSchema)]
struct BrandData<'g> {
    /// Its name in addresses.
    id: &'g str,
    /// What its readers call it.
    name: &'g str,
    /// Help by e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'g str>,
    /// Help by phone, as people write the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'g str>,
    /// When someone answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<&'g str>,
}

/// A guide in one of the brand's languages.
#[derive(Serialize, JsonSchema)]
struct LanguageData<'g> {
    /// The language, as a BCP 47 tag.
    locale: &'g str,
    /// Its name in itself.
    name: &'g str,
    /// Its guide.json.
    href: String,
}

/// A page of the guide.
#[derive(Serialize, JsonSchema)]
struct PageData<'g> {
    /// Its name in the files of the site: the same in every language.
    key: &'g str,
    /// Its title.
    title: &'g str,
    /// What it is for, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'g str>,
    /// How long it takes, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
    /// What it is done on: `computer`, `phone` or `both`.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'static str>,
    /// The language its text is in: another one than the guide's where there is no translation.
    lang: &'g str,
    /// The page.
    href: String,
    /// The page as Markdown.
    markdown: String,
    /// Its text as HTML, without its title. Links and pictures are relative to this file.
    html: String,
    /// The same as plain text. A picture is its description in brackets.
    text: String,
}

/// A step.
#[derive(Serialize, JsonSchema)]
struct StepData<'g> {
    /// Its number, from 1.
    number: usize,
    #[serde(flatten)]
    page: PageData<'g>,
    /// The ways to do it, of which the reader takes one; empty if there is only one.
    options: Vec<OptionData<'g>>,
}

/// One of several ways to do a step.
#[derive(Serialize, JsonSchema)]
struct OptionData<'g> {
    /// Its number within the step, from 1.
    number: usize,
    /// Whether most readers should take this one.
    recommended: bool,
    #[serde(flatten)]
    page: PageData<'g>,
}

/// Where a guide's data is published.
pub fn address(guide: &Guide) -> Address {
    guide.sibling("guide.json")
}

/// A guide of an edition as data, with the texts of its pages.
pub fn guide(edition: &Edition<'_>, guide: &Guide, bodies: &[Filled]) -> Vec<u8> {
    let at = address(guide);
    let outline = &edition.outlines[edition.current];
    let (brand, support) = (edition.brand, &edition.brand.support);
    let mut data = Data {
        form: FORM,
        guide: &guide.id,
        locale: &outline.locale.id,
        dir: outline.locale.direction(),
        brand: BrandData {
            id: &brand.id,
            name: &brand.name,
            email: support.email.as_deref(),
            phone: support.phone.as_deref(),
            hours: support.hours.as_deref(),
        },
        languages: edition
            .outlines
            .iter()
            .filter_map(|other| {
                let own = other.guides.iter().find(|own| own.id == guide.id)?;
                Some(LanguageData { locale: &other.locale.id, name: &other.name, href: at.link_to(&address(own)) })
            })
            .collect(),
        introduction: page(guide.index(), 0, &at),
        steps: Vec::with_capacity(guide.total()),
        pages: Vec::new(),
    };
    for (index, own) in guide.pages.iter().enumerate().skip(1) {
        let page = page(own, index, &at);
        match own.kind {
            Kind::Step { number } => data.steps.push(StepData { number, page, options: Vec::new() }),
            // options stand behind their step; one without a step is an error of the content
            Kind::StepOption { number, .. } => {
                if let Some(step) = data.steps.last_mut() {
                    step.options.push(OptionData { number, recommended: own.is_recommended(), page });
                }
            }
            Kind::Index | Kind::Loose => data.pages.push(page),
        }
    }
    // strings and numbers: this can't fail
    let frame = serde_json::to_string(&data).unwrap_or_default();
    let mut out = String::with_capacity(frame.len() + bodies.iter().map(|body| body.len() * 3).sum::<usize>());
    let mut pieces = frame.split(PLACE);
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (index, rest) = piece.split_at(digits);
        match index.parse().ok().and_then(|index: usize| bodies.get(index)) {
            Some(body) => body.push_data(&at, push_text, &mut out),
            None => push_text("", &mut out),
        }
        out.push_str(rest.strip_prefix(PLACE_END).unwrap_or_default());
    }
    out.push('\n');
    out.into_bytes()
}

/// What stands in a frame in the place of a text, before and behind the index of its page: no value can hold these quotes.
const PLACE: &str = "\"html\":\"\\u0001";
const PLACE_END: &str = "\",\"text\":\"";

/// The two members that hold a text, all but the last quote.
fn push_text(html: &str, out: &mut String) {
    let html = html.trim_end();
    out.push_str("\"html\":\"");
    json::escape(html, out);
    out.push_str("\",\"text\":\"");
    json::escape(&plain::from_html(html), out);
}

fn page<'g>(page: &'g Page, index: usize, at: &Address) -> PageData<'g> {
    PageData {
        key: &page.key,
        title: &page.title,
        description: page.description.as_deref(),
        duration: page.duration,
        device: page.device.map(|device| device.key()),
        lang: &page.lang,
        href: at.link_to(&page.address),
        markdown: at.link_to(&twin::address(&page.address)),
        html: format!("\u{1}{index}"),
        text: String::new(),
    }
}

/// The JSON Schema of guide.json.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Data<'static>).into()
}
