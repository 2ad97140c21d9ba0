//! A page's text, ready to be placed: HTML with parts that depend on the page it is placed in.
//!
//! The same body stands on its own page and in `all.html`; links, ids and heading levels differ between the two. Brands
//! may share a body that has holes (`text::holes`) where their own words go.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::figure::{Figure, Form};
use crate::path::{Address, Links};
use crate::text::holes::Words;
use crate::text::html::escape_attribute;

/// HTML with parts to fill in.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The HTML, to be cut at the parts.
    pub html: String,
    /// What is filled in, with the byte of `html` it stands at; in order.
    pub parts: Vec<(usize, Part)>,
    /// The same text as Markdown, everything expanded, links leading to the published pages.
    pub markdown: String,
    /// The HTML on the page it was first placed on, alone.
    alone: OnceLock<(Address, String)>,
    /// The same as members of guide.json.
    data: OnceLock<(Address, String)>,
}

/// A body with the words of one brand in its holes.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    body: Arc<Body>,
    words: Words,
    /// What is made of the body serves others too.
    is_shared: bool,
}

/// Something that depends on the page around. Ids are what a text says they are: they may have any sign in them.
#[derive(Clone, Debug)]
pub enum Part {
    /// The address of a page, and a place on it.
    Page(PageLink),
    /// The address of a published file.
    File(Address),
    /// An id of the text itself.
    Id(String),
    /// A link to an id of the text itself: `#id`.
    Anchor(String),
    /// A heading's level on a page of its own.
    Level(u8),
    /// Text that is ready for HTML.
    Text(String),
    /// A picture.
    Picture(Figure),
}

/// A link to a page of the edition.
#[derive(Clone, Debug)]
pub struct PageLink {
    /// Where it is published.
    pub address: Address,
    /// Its id in `all.html`, if it is a page of the same guide.
    pub section: Option<String>,
    /// The id on it.
    pub anchor: Option<String>,
}

/// Where a body is placed, and how links are written there.
#[derive(Clone, Copy)]
pub enum Placing<'p> {
    /// On its own page.
    Alone(&'p dyn Links),
    /// As a section among others on one page: with the section's id.
    Section(&'p dyn Links, &'p str),
    /// The same, on a page that has its files inside.
    Inside(&'p dyn Links, &'p str),
}

impl<'p> Placing<'p> {
    fn links(self) -> &'p dyn Links {
        match self {
            Self::Alone(links) | Self::Section(links, _) | Self::Inside(links, _) => links,
        }
    }

    fn section(self) -> Option<&'p str> {
        match self {
            Self::Alone(_) => None,
            Self::Section(_, section) | Self::Inside(_, section) => Some(section),
        }
    }
}

impl Filled {
    /// A body that brands share, and a brand's words.
    pub fn shared(body: Arc<Body>, words: Words) -> Self {
        Self { body, words, is_shared: true }
    }

    /// A brand's own.
    pub fn own(body: Body) -> Self {
        Self { body: Arc::new(body), words: Words::default(), is_shared: false }
    }

    /// Does it say nothing at all?
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// About how long its HTML is, in bytes.
    pub fn len(&self) -> usize {
        self.body.html.len()
    }

    /// Appends the HTML for a place. `is_first_picture` says whether the page has had no picture yet.
    pub fn place(&self, placing: Placing<'_>, is_first_picture: &mut bool, out: &mut String) {
        if self.words.is_empty() {
            return self.body.place(placing, is_first_picture, out);
        }
        let mut placed = String::with_capacity(self.body.html.len() * 3 / 2);
        self.body.place(placing, is_first_picture, &mut placed);
        self.words.fill(&placed, out);
    }

    /// Appends the HTML for the page itself.
    pub fn place_alone(&self, at: &Address, out: &mut String) {
        self.words.fill(&self.body.alone(at), out);
    }

    /// Appends the text as Markdown.
    pub fn push_markdown(&self, out: &mut String) {
        self.words.fill(without_blank_lines(&self.body.markdown), out);
    }

    /// Appends the text as data at an address, which `write` makes of its HTML there.
    pub fn push_data(&self, at: &Address, write: impl Fn(&str, &mut String), out: &mut String) {
        if !self.is_shared {
            return write(&self.body.alone(at), out);
        }
        let make = || {
            let html = self.body.alone(at);
            let mut data = String::with_capacity(html.len() * 2);
            write(&html, &mut data);
            data
        };
        match self.body.data.get_or_init(|| (at.clone(), make())) {
            (own, data) if own == at => self.words.fill(data, out),
            _ => self.words.fill(&make(), out),
        }
    }
}

impl Body {
    /// HTML with parts, in order of where they stand, and the same text as Markdown.
    pub fn new(html: String, parts: Vec<(usize, Part)>, markdown: String) -> Self {
        Self { html, parts, markdown, ..Self::default() }
    }

    /// Does it say nothing at all?
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.parts.is_empty()
    }

    /// The HTML alone on a page. What was made for one serves all files of its folder: links are the same from there.
    fn alone(&self, at: &Address) -> Cow<'_, str> {
        let make = || {
            let mut placed = String::with_capacity(self.html.len() * 3 / 2);
            self.place(Placing::Alone(at), &mut true, &mut placed);
            placed
        };
        match self.alone.get_or_init(|| (at.clone(), make())) {
            (own, placed) if own.folder() == at.folder() => Cow::Borrowed(placed),
            _ => make().into(),
        }
    }

    fn place(&self, placing: Placing<'_>, is_first_picture: &mut bool, out: &mut String) {
        let mut from = 0;
        for (at, part) in &self.parts {
            out.push_str(&self.html[from..*at]);
            from = *at;
            match (part, placing) {
                // a link to a file leads out of the page, what is shown is inside
                (Part::File(address), Placing::Inside(links, _)) if !out.ends_with(" src=\"") => {
                    out.push_str(&links.page(address));
                }
                _ => part.place(placing, is_first_picture, out),
            }
        }
        out.push_str(&self.html[from..]);
    }
}

/// The text from its first line to the last one that says something; what the first is indented by may make it code.
fn without_blank_lines(text: &str) -> &str {
    let blank = &text[..text.len() - text.trim_ascii_start().len()];
    text[blank.rfind('\n').map_or(0, |end| end + 1)..].trim_ascii_end()
}

/// Between a section's id and an id of its text: no address has it, so that no two pairs make one id.
const JOINT: char = ':';

impl Part {
    fn place(&self, placing: Placing<'_>, is_first_picture: &mut bool, out: &mut String) {
        let links = placing.links();
        match (self, placing.section()) {
            (Part::Page(PageLink { section: Some(section), anchor, .. }), Some(_)) => {
                out.push('#');
                out.push_str(section);
                if let Some(anchor) = anchor {
                    out.push(JOINT);
                    escape_attribute(anchor, out);
                }
            }
            (Part::Page(link), _) => {
                out.push_str(&links.page(&link.address));
                if let Some(anchor) = &link.anchor {
                    out.push('#');
                    escape_attribute(anchor, out);
                }
            }
            (Part::File(address), _) => out.push_str(&links.file(address)),
            (Part::Id(id), None) => escape_attribute(id, out),
            (Part::Anchor(id), None) => {
                out.push('#');
                escape_attribute(id, out);
            }
            (Part::Id(id), Some(section)) => {
                out.push_str(section);
                out.push(JOINT);
                escape_attribute(id, out);
            }
            (Part::Anchor(id), Some(section)) => {
                out.push('#');
                out.push_str(section);
                out.push(JOINT);
                escape_attribute(id, out);
            }
            (Part::Level(level), None) => out.push(char::from(b'0' + level)),
            (Part::Level(level), Some(_)) => out.push(char::from(b'0' + (level + 1).min(6))),
            (Part::Text(text), _) => out.push_str(text),
            (Part::Picture(figure), _) => {
                let form = if matches!(placing, Placing::Inside(..)) { Form::Inside } else { Form::Linked };
                figure.place(links, form, *is_first_picture, out);
                *is_first_picture = false;
            }
        }
    }
}
