//! A page's text, ready to be placed: HTML with parts that depend on the page it is placed in.
//!
//! The same body stands on its own page and in `all.html`; links, ids and heading levels differ between the two.

use super::figure::Figure;
use crate::path::Address;

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

/// Something that depends on the page around.
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

/// Where a body is placed.
#[derive(Clone, Copy, Debug)]
pub enum Placing<'p> {
    /// On its own page.
    Alone(&'p Address),
    /// As a section among others on one page: the page's address and the section's id.
    Section(&'p Address, &'p str),
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
            part.place(placing, is_first_picture, out);
        }
        out.push_str(&self.html[from..]);
    }
}

/// Between a section's id and an id of its text: no address has it, so that no two pairs make one id.
const JOINT: char = ':';

impl Part {
    fn place(&self, placing: Placing<'_>, is_first_picture: &mut bool, out: &mut String) {
        let page = match placing {
            Placing::Alone(page) | Placing::Section(page, _) => page,
        };
        match (self, placing) {
            (Part::Page(PageLink { section: Some(section), anchor, .. }), Placing::Section(..)) => {
                out.push('#');
                out.push_str(section);
                if let Some(anchor) = anchor {
                    out.push(JOINT);
                    out.push_str(anchor);
                }
            }
            (Part::Page(link), _) => {
                out.push_str(&page.link_to(&link.address));
                if let Some(anchor) = &link.anchor {
                    out.push('#');
                    out.push_str(anchor);
                }
            }
            (Part::File(address), _) => out.push_str(&page.link_to(address)),
            (Part::Id(id), Placing::Alone(_)) => out.push_str(id),
            (Part::Anchor(id), Placing::Alone(_)) => {
                out.push('#');
                out.push_str(id);
            }
            (Part::Id(id), Placing::Section(_, section)) => {
                out.push_str(section);
                out.push(JOINT);
                out.push_str(id);
            }
            (Part::Anchor(id), Placing::Section(_, section)) => {
                out.push('#');
                out.push_str(section);
                out.push(JOINT);
                out.push_str(id);
            }
            (Part::Level(level), Placing::Alone(_)) => out.push(char::from(b'0' + level)),
            (Part::Level(level), Placing::Section(..)) => out.push(char::from(b'0' + (level + 1).min(6))),
            (Part::Text(text), _) => out.push_str(text),
            (Part::Picture(figure), _) => {
                figure.place(page, *is_first_picture, out);
                *is_first_picture = false;
            }
        }
    }
}
