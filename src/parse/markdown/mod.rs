//! Markdown to a page's body: HTML with slots where only the edition knows what stands there.
//!
//! Here: the events of pulldown-cmark turned into our HTML, with typography, heading ids, alerts, figures and
//! footnotes. Not here: where a link leads or which picture a name means (`resolve::link` fills the slots), and
//! placeholders, which are expanded before.

mod headings;
mod links;
mod media;
mod notes;
mod raw;
mod slug;
mod twin;
mod writer;

pub use slug::slug;

use std::ops::Range;

use crate::diagnostic::Code;
use crate::model::figure::Stand;
use crate::text::typography::Typography;

/// A page's body as its own text determines it: the same for every edition that expands to the same text.
#[derive(Debug, Default)]
pub struct Body {
    /// HTML, to be cut at the slots.
    pub html: String,
    /// What the edition fills in, with the byte of `html` it stands at; in order.
    pub slots: Vec<(usize, Slot)>,
    /// The ids that links may point at, in order.
    pub anchors: Vec<String>,
    /// Addresses of other sites that links lead to, with their places in the expanded text.
    pub elsewhere: Vec<(String, Range<usize>)>,
    /// What is wrong, in bytes of the expanded text.
    pub findings: Vec<Finding>,
    /// The Markdown twin's changes against the expanded text, in order.
    pub patches: Vec<Patch>,
}

/// What only the edition, or the page around it, knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// The address of a page of this site: `03-code.md`, with the place of the target in the expanded text.
    Page {
        /// The source file, relative to the guide's folder.
        target: String,
        /// The id on it.
        anchor: Option<String>,
        /// The place of the whole target in the expanded text.
        span: Range<usize>,
    },
    /// A place on this page.
    Anchor {
        /// The id.
        anchor: String,
        /// Its place in the expanded text.
        span: Range<usize>,
    },
    /// The address of a file in `assets/`.
    File {
        /// Relative to the guide's folder there.
        target: String,
        /// Shown on the page, not linked to.
        is_picture: bool,
        /// Its place in the expanded text.
        span: Range<usize>,
    },
    /// A whole picture.
    Picture(Picture),
    /// An id of this page: alone on its page as it is, made unique where pages are joined.
    Id(String),
    /// The level of a heading: one deeper where pages are joined.
    Level(u8),
    /// An interface string in an attribute, some with a `$number`.
    Message(&'static str, Option<usize>),
    /// An interface string that is shown.
    Label(&'static str, Option<usize>),
}

/// A picture as the text asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The name in `assets/<guide>/`, without variant: `code.png`.
    pub target: String,
    /// What those hear who can't see it; empty for decoration.
    pub alt: String,
    /// A figure of its own, in a line of text, or in a link's text.
    pub stand: Stand,
    /// The place of the target in the expanded text.
    pub span: Range<usize>,
}

/// A problem in the expanded text.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which kind.
    pub code: Code,
    /// Where, in bytes of the expanded text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// The cure.
    pub help: Option<String>,
}

/// A change of the Markdown twin against the expanded text.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// What it replaces.
    pub span: Range<usize>,
    /// By what.
    pub with: Replacement,
}

/// What stands in the Markdown twin instead of a target of the site.
#[derive(Clone, Debug, PartialEq)]
pub enum Replacement {
    /// The address that the slot with this index leads to.
    Slot(usize),
    /// What the marks say of the picture in the slot with this index.
    Marks(usize),
    /// This text.
    Text(String),
}

/// Renders an expanded text.
pub fn render(text: &str, typography: &Typography) -> Body {
    writer::Writer::new(text, typography).run()
}
