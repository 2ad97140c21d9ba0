//! Reads the raw HTML inside Markdown: what would run, what is a link or a picture, which tags open and close.
//!
//! Here: a tokenizer that cuts as browsers cut; what attributes mean is said in `judge`. Not here: resolving links, checking that tags
//! balance across fragments, and the messages.
//!
//! What the caller must join first: a block of HTML is handed out line by line, so its lines go in as one string;
//! an inline tag is one string already. A tag cut in two shows as `Kind::Unterminated`.

mod escape;
mod judge;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;
use std::ops::Range;

pub use escape::{escape_attribute, escape_text};
pub use url::{decode, unsafe_url};

/// Something found in raw HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bytes it covers: a whole tag or comment, or a whole attribute with its name and quotes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What can be found. A tag comes before what is found in its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A tag, safe or not.
    Tag {
        /// The element, in lower case.
        name: String,
        /// What the tag does.
        form: Form,
    },
    /// Something that doesn't belong on a page: it runs, it loads, or it breaks the page's policy.
    Unsafe(Unsafe),
    /// A `style` attribute: harmless, but the pages' policy ignores it.
    Style,
    /// Where `a` and `area` lead.
    Link(Value),
    /// An `img` with a `src`; the span is the whole tag.
    Image {
        /// Its `src` attribute.
        source: Value,
        /// Its text, decoded; `None` if there is no `alt` at all.
        alt: Option<String>,
    },
    /// Something else that a browser would load: each address of a `srcset`, a `poster`, the `src` of a video.
    Load(Value),
    /// A place that links can lead to: an `id`, or the `name` of an `a`.
    Anchor(Value),
    /// A comment, a declaration, a processing instruction, and what a browser takes for one.
    Comment,
    /// A tag or comment without an end.
    Unterminated,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Opens an element.
    Open,
    /// Closes one.
    Close,
    /// `<path/>`: opens like any other in HTML (`<div/>`), but stands alone inside `svg` and `math`.
    SelfClosing,
    /// Stands alone by its nature: `<br>`, `<img>`.
    Void,
}

/// Why something is unsafe; displayed as what to name in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsafe {
    /// The element, in lower case; the span is its tag.
    Element(String),
    /// An event handler: the attribute, in lower case.
    Handler(String),
    /// An address that runs: the attribute that holds it, in lower case.
    Address(String),
    /// A value that would end the text of a `title` around it: the attribute, in lower case.
    ClosingTag(String),
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The attribute's name, in lower case.
    pub attribute: String,
    /// The bytes of the whole attribute: to replace it, write name, `="`, escaped value and `"`.
    pub whole: Range<usize>,
    /// The bytes of the value without quotes, or of the one address in it: to point at it.
    pub span: Range<usize>,
    /// The value with its character references decoded, without white space around it.
    pub text: String,
    /// Quotes stand around it.
    pub is_quoted: bool,
}

/// Finds everything of note in a fragment of HTML, in the order of the text.
///
/// It never fails: what browsers tolerate is read as they read it, and an unfinished tag or comment is the last
/// finding. After an element whose content isn't markup (`script`, `style` …) it goes on at the closing tag.
pub fn scan(html: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        at = markup(html, open, &mut findings);
    }
    findings
}

impl fmt::Display for Unsafe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(name) => write!(f, "the element <{name}>"),
            Self::Handler(name) => write!(f, "the event handler \"{name}\""),
            Self::Address(name) => write!(f, "an address that runs in \"{name}\""),
            Self::ClosingTag(name) => write!(f, "a closing tag in \"{name}\""),
        }
    }
}

/// An attribute as it stands in a tag.
struct Attribute {
    name: String,
    whole: Range<usize>,
    value: Range<usize>,
}

/// Reads what begins with the `<` at `open`; returns where to go on.
fn markup(html: &str, open: usize, findings: &mut Vec<Finding>) -> usize {
    let rest = &html.as_bytes()[open + 1..];
    let (slash, first) = match rest {
        [b'/', first, ..] => (1, *first),
        [first, ..] => (0, *first),
        [] => return open + 1,
    };
    if first.is_ascii_alphabetic() {
        return tag(html, open, slash, findings);
    }
    let comment = slash == 1 && first != b'>' || matches!(first, b'!' | b'?');
    if !comment {
        return open + 1;
    }
    let end = match html[open..].strip_prefix("<!--") {
        Some(text) => comment_end(text).map(|end| open + 4 + end),
        // Browsers end everything else, CDATA too, at the first `>`.
        None => html[open..].find('>').map(|end| open + end + 1),
    };
    let (end, kind) = match end {
        Some(end) => (end, Kind::Comment),
        None => (html.len(), Kind::Unterminated),
    };
    findings.push(Finding { span: open..end, kind });
    end
}

/// Where a comment ends, from behind its `<!--`.
fn comment_end(text: &str) -> Option<usize> {
    // `<!-->` and `<!--->` are whole comments to a browser.
    if text.starts_with('>') {
        return Some(1);
    }
    if text.starts_with("->") {
        return Some(2);
    }
    let mut at = 0;
    while let Some(dashes) = text[at..].find("--").map(|found| at + found) {
        let rest = &text[dashes + 2..];
        if rest.starts_with('>') {
            return Some(dashes + 3);
        }
        if rest.starts_with("!>") {
            return Some(dashes + 4);
        }
        at = dashes + 1;
    }
    None
}

fn tag(html: &str, open: usize, slash: usize, findings: &mut Vec<Finding>) -> usize {
    let bytes = html.as_bytes();
    let start = open + 1 + slash;
    let mut at = start + length(&bytes[start..], |b| !b.is_ascii_whitespace() && !b"/>".contains(&b));
    let name = html[start..at].to_ascii_lowercase();
    let mut attributes = Vec::new();
    let mut form = if slash == 1 { Form::Close } else { Form::Open };
    loop {
        at += length(&bytes[at..], |b| b.is_ascii_whitespace());
        match bytes.get(at) {
            None => {
                let span = open..html.len();
                findings.push(Finding { span, kind: Kind::Unterminated });
                return html.len();
            }
            Some(b'>') => break,
            Some(b'/') => {
                if form == Form::Open && bytes.get(at + 1) == Some(&b'>') {
                    form = Form::SelfClosing;
                }
                at += 1;
            }
            Some(_) => {
                let attribute = attribute(html, at);
                at = attribute.whole.end;
                attributes.push(attribute);
            }
        }
    }
    if form != Form::Close && VOID.contains(&name.as_str()) {
        form = Form::Void;
    }
    let end = at + 1;
    let unsafe_element = UNSAFE.contains(&name.as_str());
    findings.push(Finding { span: open..end, kind: Kind::Tag { name: name.clone(), form } });
    if form == Form::Close {
        return end;
    }
    if unsafe_element {
        let kind = Kind::Unsafe(Unsafe::Element(name.clone()));
        findings.push(Finding { span: open..end, kind });
    }
    let opened = judge::Opened { html, span: open..end, element: &name, attributes: &attributes };
    judge::judge(&opened, unsafe_element, findings);
    if OPAQUE.contains(&name.as_str()) { closing_tag(html, end, &name) } else { end }
}

/// The attribute that begins at `at`. An unfinished one reaches to the end of the text.
fn attribute(html: &str, at: usize) -> Attribute {
    let bytes = html.as_bytes();
    // A `=` in front belongs to the name.
    let name_end = at + 1 + length(&bytes[at + 1..], |b| !b.is_ascii_whitespace() && !b"/>=".contains(&b));
    let name = html[at..name_end].to_ascii_lowercase();
    let equals = name_end + length(&bytes[name_end..], |b| b.is_ascii_whitespace());
    if bytes.get(equals) != Some(&b'=') {
        return Attribute { name, whole: at..name_end, value: name_end..name_end };
    }
    let start = equals + 1 + length(&bytes[equals + 1..], |b| b.is_ascii_whitespace());
    let (value, end) = match bytes.get(start) {
        Some(&quote @ (b'"' | b'\'')) => {
            let end = start + 1 + length(&bytes[start + 1..], |b| b != quote);
            (start + 1..end, (end + 1).min(bytes.len()))
        }
        _ => {
            let end = start + length(&bytes[start..], |b| !b.is_ascii_whitespace() && b != b'>');
            (start..end, end)
        }
    };
    Attribute { name, whole: at..end, value }
}

/// Where the next `</name` begins, or the end of the text.
fn closing_tag(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(open) = html[at..].find("</").map(|found| at + found) {
        let rest = &html.as_bytes()[open + 2..];
        let same = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
        if same && rest.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || b"/>".contains(b)) {
            return open;
        }
        at = open + 2;
    }
    html.len()
}

/// How many bytes from the start fit.
fn length(bytes: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&b| !fits(b)).unwrap_or(bytes.len())
}

/// Elements that run or load something, change how the page is read, or that its policy forbids.
const UNSAFE: &[&str] = &[
    "applet",
    "base",
    "embed",
    "fencedframe",
    "form",
    "frame",
    "frameset",
    "iframe",
    "link",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "portal",
    "script",
    "style",
    "textarea",
    "xmp",
];

/// Elements whose content is no markup to a browser. All of them are unsafe.
const OPAQUE: &[&str] =
    &["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "xmp"];

/// Elements without content.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
