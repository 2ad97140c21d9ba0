//! A page's text, ready to be placed: HTML with parts that depend on the page it is placed in.
//!
//! The same body stands on its own page and in `all.html`; links, ids and heading levels differ between the two.

use super::figure::{Figure, Form};
use crate::path::{Address, Links};
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

impl Body {
    /// Does it say nothing at all?
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.parts.is_empty()
    }

    /// Appends the HTML for a place. `is_first_picture` says whether the page has had no picture yet.
    pub fn place(&self, placing: Placing<'_>, is_first_picture: &mut bool, out: &mut String) {
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
