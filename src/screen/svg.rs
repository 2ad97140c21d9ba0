//! Makes an SVG picture safe to publish: what runs, what loads something from elsewhere, and what nobody sees is
//! left out.
//!
//! Here: reading XML event by event and writing what may stay, so that the output is well-formed whatever the
//! input was. Style sheets are cleaned in `css`, the picture's size is found in
//! `size`, and `xml` deals with text. Not here: drawing, and pictures made of pixels.

mod css;
mod size;
#[cfg(test)]
mod tests;
mod xml;

use std::borrow::Cow;
use std::fmt;

use quick_xml::NsReader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, QName, ResolveResult};

use size::Measures;
use xml::{escape, is_name, is_xml, referred, unescape};

/// Larger files are refused: 16 MiB.
const MAX_BYTES: usize = 16 << 20;
/// Elements inside each other.
const MAX_DEPTH: usize = 256;
/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 256;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Elements that are left out with all they hold, in lower case. Elements of other namespaces are left out anyway.
const DROPPED: &[&str] = &[
    "audio",
    "base",
    "canvas",
    "embed",
    "foreignobject",
    "handler",
    "iframe",
    "link",
    "listener",
    "meta",
    "metadata",
    "object",
    "script",
    "video",
];

/// Elements that change an attribute over time, in lower case.
const ANIMATIONS: &[&str] = &["animate", "animatecolor", "animatemotion", "animatetransform", "set"];

/// A picture made safe.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    /// The file to publish, without an XML declaration. Cleaning it again changes nothing.
    pub svg: String,
    /// Width and height in pixels, above 0: from the attributes, or from the view box. `None` if the picture names
    /// neither.
    pub size: Option<(f64, f64)>,
}

/// Why a picture can't be cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvgError {
    /// Where, in bytes of the input.
    pub byte: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
}

impl fmt::Display for SvgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.byte)
    }
}

impl std::error::Error for SvgError {}

/// Makes a picture safe.
///
/// Left out are scripts, event handlers, `foreignObject`, animated links, references to anything but `#…` and
/// embedded PNG, JPEG, GIF and WebP, `@import`, DOCTYPE, processing instructions, comments, metadata, and
/// whatever belongs to an editor's own namespace. Everything else stays as it is, style sheets for dark mode too.
///
/// Fails on what isn't SVG or not well-formed, on entities that a DOCTYPE defines, and on files beyond 16 MiB,
/// 256 levels or 256 attributes of one element.
pub fn clean(svg: &str) -> Result<Cleaned, SvgError> {
    if svg.len() > MAX_BYTES {
        return Err(error(0, format!("the picture is larger than {} MiB", MAX_BYTES >> 20)));
    }
    let text = svg.strip_prefix('\u{feff}').unwrap_or(svg);
    let mut cleaner = Cleaner { out: String::with_capacity(text.len()), ..Cleaner::default() };
    cleaner.read(text).map_err(|e| error(e.byte + svg.len() - text.len(), e.message))?;
    Ok(Cleaned { svg: cleaner.out, size: cleaner.size })
}

/// What is written, and where in the tree the reading is.
#[derive(Default)]
struct Cleaner {
    out: String,
    size: Option<(f64, f64)>,
    /// Open elements.
    depth: usize,
    /// The level of the element that is being left out.
    skipped: Option<usize>,
    /// The text of the style sheet that is being read.
    style: Option<String>,
    /// The root element has been there.
    rooted: bool,
    /// The root names no namespace: elements without one are SVG.
    bare: bool,
}

impl Cleaner {
    /// Reads the whole picture.
    fn read(&mut self, svg: &str) -> Result<(), SvgError> {
        if let Some((byte, c)) = svg.char_indices().find(|&(_, c)| !is_xml(c)) {
            return Err(error(byte, format!("U+{:04X} isn't allowed in XML", u32::from(c))));
        }
        let mut reader = NsReader::from_str(svg);
        loop {
            let at = position(reader.buffer_position());
            let event = reader.read_event();
            let event = event.map_err(|e| error(position(reader.error_position()), e.to_string()))?;
            match event {
                Event::Start(tag) => {
                    let kept = self.open(&tag, reader.resolver(), at, false)?;
                    if !kept && self.skipped.is_none() {
                        self.skipped = Some(self.depth);
                    }
                }
                Event::Empty(tag) => {
                    self.open(&tag, reader.resolver(), at, true)?;
                    self.depth -= 1;
                }
                Event::End(tag) => self.close(tag.name()),
                Event::Text(text) => self.text(&text.xml10_content(), at)?,
                Event::CData(text) => self.text(&text.xml10_content(), at)?,
                Event::GeneralRef(_) if self.skipped.is_some() => {}
                Event::GeneralRef(name) => {
                    let c = referred(&name, at)?;
                    self.text(c.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
                Event::Eof if self.depth > 0 => return Err(error(at, "the picture is cut off")),
                Event::Eof if !self.rooted => {
                    return Err(error(at, "there is no <svg> in the file"));
                }
                Event::Eof => return Ok(()),
            }
        }
    }

    /// Writes an opening tag if it may stay; says whether it did.
    fn open(&mut self, tag: &BytesStart, names: &NamespaceResolver, at: usize, empty: bool) -> Result<bool, SvgError> {
        let name = tag.name();
        let root = self.depth == 0;
        if root && self.rooted {
            return Err(error(at, "there is a second picture after the first"));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(at, format!("elements stand inside each other more than {MAX_DEPTH} deep")));
        }
        let (namespace, local) = names.resolve_element(name);
        let local = local.into_inner();
        if root {
            self.rooted = true;
            self.bare = namespace == ResolveResult::Unbound;
            if local != "svg" || !(self.bare || is(&namespace, SVG)) {
                return Err(error(at, "the picture isn't SVG: its root is another element"));
            }
        }
        let attributes = attributes(tag, at)?;
        let foreign = !(is(&namespace, SVG) || self.bare && namespace == ResolveResult::Unbound);
        let element = local.to_ascii_lowercase();
        if self.skipped.is_some()
            || self.style.is_some()
            || foreign
            || !is_name(name.0)
            || DROPPED.contains(&element.as_str())
            || ANIMATIONS.contains(&element.as_str()) && animates_link(&attributes, at)?
        {
            return Ok(false);
        }
        self.out.push('<');
        self.out.push_str(name.0);
        if root && self.bare {
            self.attribute("xmlns", SVG);
        }
        let mut measures = Measures::default();
        for attribute in &attributes {
            if let Some(value) = kept(attribute, names, at)? {
                measures.note(attribute.key.0, &value);
                self.attribute(attribute.key.0, &value);
            }
        }
        self.out.push_str(if empty { "/>" } else { ">" });
        if root {
            self.size = measures.size();
        }
        if element == "style" && !empty {
            self.style = Some(String::new());
        }
        Ok(true)
    }

    fn close(&mut self, name: QName) {
        if self.skipped.is_none() {
            if let Some(style) = self.style.take() {
                escape(&css::clean(&style), false, &mut self.out);
            }
            self.out.push_str("</");
            self.out.push_str(name.0);
            self.out.push('>');
        } else if self.skipped == Some(self.depth) {
            self.skipped = None;
        }
        self.depth -= 1;
    }

    /// Writes text, given without references.
    fn text(&mut self, text: &str, at: usize) -> Result<(), SvgError> {
        if self.depth == 0 {
            let blank = text.trim().is_empty();
            return if blank { Ok(()) } else { Err(error(at, "there is text outside the picture")) };
        }
        match &mut self.style {
            _ if self.skipped.is_some() => {}
            Some(style) => style.push_str(text),
            None => escape(text, false, &mut self.out),
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(value, true, &mut self.out);
        self.out.push('"');
    }
}

/// The attributes of a tag with their values as written.
fn attributes<'a>(tag: &'a BytesStart, at: usize) -> Result<Vec<Attribute<'a>>, SvgError> {
    let mut found: Vec<Attribute> = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|e| error(at, format!("an attribute can't be read: {e}")))?;
        if found.iter().any(|other| other.key == attribute.key) {
            let name = attribute.key.0;
            return Err(error(at, format!("the attribute \"{}\" stands twice in one tag", name)));
        }
        if found.len() == MAX_ATTRIBUTES {
            return Err(error(at, format!("a tag has more than {MAX_ATTRIBUTES} attributes")));
        }
        found.push(attribute);
    }
    Ok(found)
}

/// An attribute's value as it may stay; `None` if it may not.
fn kept<'a>(attribute: &'a Attribute, names: &NamespaceResolver, at: usize) -> Result<Option<Cow<'a, str>>, SvgError> {
    let (key, raw) = (attribute.key, attribute.value.as_ref());
    if !is_name(key.0) {
        return Ok(None);
    }
    if let Some(prefix) = key.as_namespace_binding() {
        let known = match prefix {
            PrefixDeclaration::Default => raw == SVG,
            PrefixDeclaration::Named(prefix) => prefix != "xml" && matches!(raw, SVG | XLINK),
        };
        return Ok(known.then_some(Cow::Borrowed(raw)));
    }
    let (namespace, local) = names.resolve_attribute(key);
    let local = local.into_inner().to_ascii_lowercase();
    let allowed = match namespace {
        ResolveResult::Unbound => !local.starts_with("on"),
        ResolveResult::Bound(Namespace(XLINK)) => true,
        ResolveResult::Bound(Namespace(XML)) => matches!(local.as_str(), "lang" | "space"),
        _ => false,
    };
    if !allowed {
        return Ok(None);
    }
    let value = unescape(raw, at)?;
    if local == "href" {
        return Ok(is_inside(&value).then_some(value));
    }
    let prose = local.starts_with("aria-") || local.starts_with("data-");
    if local == "style" || value.contains('(') && !prose {
        return Ok(Some(Cow::Owned(css::clean(&value))));
    }
    Ok(Some(value))
}

/// Whether an animation changes where something leads, or an event handler.
fn animates_link(attributes: &[Attribute], at: usize) -> Result<bool, SvgError> {
    for attribute in attributes {
        let name = attribute.key.local_name().into_inner();
        if name.eq_ignore_ascii_case("attributeName") {
            let target = unescape(&attribute.value, at)?.to_ascii_lowercase();
            let target = target.rsplit(':').next().unwrap_or_default().trim();
            if target == "href" || target.starts_with("on") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a reference stays inside the file: a fragment, or an embedded picture made of pixels.
fn is_inside(reference: &str) -> bool {
    let start = reference.chars().filter(|c| !c.is_ascii_whitespace() && !c.is_ascii_control());
    let start: String = start.take(32).map(|c| c.to_ascii_lowercase()).collect();
    start.starts_with('#')
        || start.strip_prefix("data:image/").is_some_and(|rest| {
            let kind = rest.split([';', ',']).next();
            matches!(kind, Some("png" | "jpeg" | "jpg" | "gif" | "webp"))
        })
}

fn is(namespace: &ResolveResult, name: &str) -> bool {
    *namespace == ResolveResult::Bound(Namespace(name))
}

fn error(byte: usize, message: impl Into<String>) -> SvgError {
    SvgError { byte, message: message.into() }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
