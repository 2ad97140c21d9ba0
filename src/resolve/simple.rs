//! Texts whose placeholders only print: expanded without Tera, which takes longer to begin than all of that.
//!
//! What comes out is what Tera writes. Whatever isn't simple, or can't be printed, is Tera's, and so is telling why.
//! Such a text may also be expanded with holes, for brands that are alike in all but words. Not here: everything else
//! about expanding (`expand`).

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use memchr::memchr;
use tera::value::Key;
use tera::{Context, Value};

use super::terms;
use crate::parse::tags::{self, Mentions, Name};
use crate::text::armour;
use crate::text::holes::{self, Words};

/// A text cut up at its placeholders.
pub struct Simple {
    pieces: Vec<Piece>,
    /// What stands around its values would be read in the same way whatever words they are; found out when it is asked.
    is_indifferent: OnceLock<bool>,
}

/// A text with its values, whose words may be holes.
pub struct Shape {
    /// Markdown, values in armour.
    pub text: String,
    /// The words for its holes.
    pub words: Words,
}

enum Piece {
    /// The author's own words.
    Text(Range<usize>),
    /// `{{ brand.name }}`: the place of the dotted name.
    Value(Range<usize>),
    /// `{{ t(id="of-brand") }}`: the place of the id.
    Message(Range<usize>),
}

impl Simple {
    /// A text all of whose placeholders are simple; none if one of them asks for more.
    pub fn new(text: &str) -> Option<Self> {
        // where Tera's comments would begin
        if memchr(1, text.as_bytes()).is_some() {
            return None;
        }
        let tags = tags::tags(text);
        let mut pieces = Vec::with_capacity(tags.len() * 2 + 1);
        let mut at = 0;
        for tag in tags {
            // a dash trims what is around
            if !tag.is_output || tag.inner != (tag.span.start + 2..tag.span.end - 2) {
                return None;
            }
            pieces.push(Piece::Text(at..tag.span.start));
            pieces.push(read(text, tag.inner)?);
            at = tag.span.end;
        }
        if tags::has_tags(&text[at..]) {
            return None;
        }
        pieces.push(Piece::Text(at..text.len()));
        Some(Self { pieces, is_indifferent: OnceLock::new() })
    }

    /// The text with holes for the words of its values; none if it would be read in another way with other words, or as
    /// `expand`.
    pub fn shape(&self, text: &str, context: &Context, limit: usize) -> Option<Shape> {
        if !*self.is_indifferent.get_or_init(|| is_indifferent(text, &self.pieces)) {
            return None;
        }
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        let mut words = Words::default();
        // a no-break space comes between a figure and its unit, and `5"` are inches
        let has_unit = |text: &str| {
            let signs = text.split(char::is_alphanumeric).next().unwrap_or_default();
            signs.contains(['%', '$', '€', '"', '\''])
        };
        let (mut ends_in_figure, mut is_in_link) = (false, false);
        for piece in &self.pieces {
            let value = match piece {
                Piece::Text(range) => {
                    let text = &text[range.clone()];
                    let signs = text.split(char::is_alphanumeric).next().unwrap_or_default();
                    // where the unit stands behind a link's target or a tag, any end of one may be that
                    is_in_link |= ends_in_figure && ["](", "][", "<"].iter().any(|start| signs.contains(start));
                    let is_behind = || text.split([')', ']', '>']).skip(1).any(has_unit);
                    if ends_in_figure && has_unit(text) || is_in_link && is_behind() {
                        return None;
                    }
                    out.push_str(text);
                    continue;
                }
                Piece::Value(name) => printed(find(context, &text[name.clone()])?)?,
                Piece::Message(id) => &*printed(&terms::message(&text[id.clone()])?)?.to_owned(),
            };
            let value = armour::armour(value);
            ends_in_figure = value.chars().last().map_or(ends_in_figure, |last| last.is_ascii_digit());
            if holes::has(&value) || out.len() + value.len() > limit {
                return None;
            }
            words.cut(&value, &mut out)?;
        }
        Some(Shape { text: out, words })
    }

    /// What the placeholders speak of, as `tags::mentions` tells it.
    pub fn mentions<'t>(&self, text: &'t str) -> Mentions<'t> {
        let of_value = |piece: &&Piece| matches!(piece, Piece::Value(_));
        let values = self.pieces.iter().filter(of_value).count();
        let (names, printed) = (Vec::with_capacity(values), Vec::with_capacity(values));
        let mut all = Mentions { bound: vec!["loop"], names, printed, ..Mentions::default() };
        for piece in &self.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Value(name) => {
                    let mut at = name.start;
                    let part = |part: &'t str| {
                        let start = at;
                        at += part.len() + 1;
                        (part, start..start + part.len())
                    };
                    let name = Name { parts: parts(&text[name.clone()]).map(part).collect() };
                    all.printed.push(name.clone());
                    all.names.push(name);
                }
                Piece::Message(id) => {
                    // `t(id="`
                    let start = id.start - "t(id=\"".len();
                    all.functions.push((&text[start..=start], start..start + 1));
                    all.messages.push((&text[id.clone()], id.clone()));
                    all.strings.push(&text[id.clone()]);
                }
            }
        }
        all
    }

    /// The text with its values in armour; none if one of them isn't a string that is there, or if it gets longer than
    /// `limit`.
    pub fn expand(&self, text: &str, context: &Context, limit: usize) -> Option<String> {
        let mut out = Vec::with_capacity(text.len() + text.len() / 4);
        for piece in &self.pieces {
            match piece {
                Piece::Text(range) => out.extend_from_slice(&text.as_bytes()[range.clone()]),
                Piece::Value(name) => print(find(context, &text[name.clone()])?, &mut out)?,
                Piece::Message(id) => print(&terms::message(&text[id.clone()])?, &mut out)?,
            }
            if out.len() > limit {
                return None;
            }
        }
        String::from_utf8(out).ok()
    }
}

fn print(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    armour::write(printed(value)?, out).ok()
}

fn printed(value: &Value) -> Option<&str> {
    value.as_str().filter(|_| !value.is_safe())
}

/// Would a text be read in the same way whatever words its values are?
///
/// Words of letters are the same to Markdown but where it looks for names: of elements and entities, of links and notes
/// that are defined elsewhere, in attributes of headings; and a code for phones is drawn from them. A text with any of
/// these is left alone, and so is one where a value is a part of a longer word.
fn is_indifferent(text: &str, pieces: &[Piece]) -> bool {
    let own = |piece: &Piece| match piece {
        Piece::Text(range) => Some(&text[range.clone()]),
        _ => None,
    };
    let looks =
        |text: &str| text.contains(['<', '&', '{']) || ["]:", "[^", "qr:"].iter().any(|sign| text.contains(sign));
    let values = || pieces.iter().enumerate().filter(|(_, piece)| own(piece).is_none());
    if values().next().is_none() {
        return !holes::has(text);
    }
    let text_at = |at: usize| pieces.get(at).and_then(own).unwrap_or_default();
    !holes::has(text)
        && !pieces.iter().filter_map(own).any(looks)
        && values().all(|(at, _)| may_stand(text_at(at - 1), text_at(at + 1)))
}

/// May any word stand between these?
fn may_stand(before: &str, after: &str) -> bool {
    // `:smile:`
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    let code = before.trim_end_matches(name).strip_suffix(':');
    if code.is_some_and(|rest| !rest.ends_with(|c: char| !c.is_whitespace())) || after.starts_with("://") {
        return false;
    }
    let mut back = before.chars().rev();
    let follows = match back.next() {
        None
        | Some('(' | '*' | '_' | '"' | '«' | '“' | '/' | ',' | '.' | ';' | '>' | '|' | '~' | '@' | '-' | '–' | '—') => {
            true
        }
        // `[x]` is a task
        Some('[') => after.starts_with("]("),
        // `mailto:`, `d'`
        Some(':' | '\'' | '’') => back.next().is_some_and(char::is_alphabetic),
        Some(c) => c.is_whitespace(),
    };
    follows && !after.starts_with(char::is_alphanumeric)
}

/// Is this in a few bytes? For those a search by tables takes longer to begin than to look.
fn has<const N: usize>(bytes: &[u8], sign: &[u8; N]) -> bool {
    bytes.windows(N).any(|window| window == sign)
}

/// The parts of a dotted name.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let name = rest?;
        let end = name.bytes().position(|byte| byte == b'.');
        rest = end.map(|end| &name[end + 1..]);
        Some(&name[..end.unwrap_or(name.len())])
    })
}

fn find<'c>(context: &'c Context, name: &'c str) -> Option<&'c Value> {
    let mut parts = parts(name);
    let first = context.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.as_map()?.get(&Key::Str(part)))
}

fn read(text: &str, inner: Range<usize>) -> Option<Piece> {
    let place = |part: &str| {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        start..start + part.len()
    };
    let trimmed = text[inner.clone()].trim_ascii();
    // what isn't closed swallows a paragraph; names that are too long, or that are functions' too, are told elsewhere
    let bytes = &text.as_bytes()[inner];
    if bytes.len() > 4096 || has(bytes, b"\n\n") || has(bytes, b"replace") || has(bytes, b"__tera") {
        return None;
    }
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !tags::is_word(part)
            && part != "loop"
    };
    if parts(trimmed).all(is_name) {
        return Some(Piece::Value(place(trimmed)));
    }
    let quoted = trimmed.strip_prefix("t(id=")?.strip_suffix(')')?;
    let id = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id.then(|| Piece::Message(place(id)))
}
