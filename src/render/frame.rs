//! Frames: files without the texts that stand in them.
//!
//! Not here: what is in a frame (`render::pages`), and what a text says (`model::body`).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

/// A file without the texts of pages that stand in it.
///
/// No template looks into a text, so what surrounds it is the same whatever it says, and so is what can go wrong there.
pub struct Frame {
    print: Arc<Print>,
    values: Arc<[Option<String>]>,
    own: Vec<(usize, String)>,
}

/// What a template has printed, cut up at the places of texts and at its holes.
#[derive(Debug)]
pub struct Print {
    bytes: Vec<u8>,
    /// In order.
    places: Vec<(Range<usize>, Place)>,
}

/// What stands in a frame.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The text of a page, by its index.
    Text(usize),
    /// A value, by its hole.
    Value(usize),
    /// Nothing: the sign of a place that is none.
    Nothing,
}

impl Print {
    /// Cuts up what was printed around places of texts and `mark`s.
    pub fn new(bytes: Vec<u8>) -> Self {
        let (mut places, mut at) = (Vec::new(), 0);
        while let Some(found) = memchr(OPEN as u8, &bytes[at..]) {
            let start = at + found;
            let is_value = bytes.get(start + 1) == Some(&(VALUE as u8));
            let number = start + 1 + usize::from(is_value);
            let end = number + bytes[number..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let index = std::str::from_utf8(&bytes[number..end]).ok().and_then(|digits| digits.parse().ok());
            let (stretch, place) = match index.filter(|_| bytes.get(end) == Some(&(CLOSE as u8))) {
                Some(index) => (start..end + 1, if is_value { Place::Value(index) } else { Place::Text(index) }),
                None => (start..start + 1, Place::Nothing),
            };
            at = stretch.end;
            places.push((stretch, place));
        }
        Self { bytes, places }
    }
}

impl Frame {
    /// From what a template, or anything else, has written around places of texts.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { print: Print::new(bytes).into(), values: [].into(), own: Vec::new() }
    }

    /// From what was printed with holes. `own` stands before `values`, which are by their holes.
    pub fn filled(print: Arc<Print>, values: Arc<[Option<String>]>, own: Vec<(usize, String)>) -> Self {
        Self { print, values, own }
    }

    /// Everything that the texts don't say.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        if self.print.places.iter().all(|(_, place)| matches!(place, Place::Text(_))) {
            return Cow::Borrowed(&self.print.bytes);
        }
        let mut out = Vec::with_capacity(self.print.bytes.len() + 1024);
        let mut text = |index: usize, piece: &mut String| piece.push_str(&place_of(index, true));
        self.fill(&mut text, &mut String::new(), &mut out);
        out.into()
    }

    /// How many `bytes` there are.
    pub fn len(&self) -> usize {
        let values = self.print.places.iter().filter_map(|(span, place)| match *place {
            Place::Text(_) => None,
            Place::Value(hole) => Some((span.len(), self.value(hole).len())),
            Place::Nothing => Some((span.len(), 0)),
        });
        let (marks, values) = values.fold((0, 0), |(marks, values), (mark, value)| (marks + mark, values + value));
        self.print.bytes.len() - marks + values
    }

    /// What stands in a hole; nothing if there is no such value.
    fn value(&self, hole: usize) -> &str {
        let own = self.own.iter().find(|(own, _)| *own == hole).map(|(_, value)| value);
        own.or_else(|| self.values.get(hole)?.as_ref()).map_or("", String::as_str)
    }

    /// Puts texts into it, at the end of `out`. `text` writes the text of a page, by its index, into `piece`.
    pub fn fill(&self, text: &mut dyn FnMut(usize, &mut String), piece: &mut String, out: &mut Vec<u8>) {
        let mut from = 0;
        for (span, place) in &self.print.places {
            out.extend_from_slice(&self.print.bytes[from..span.start]);
            from = span.end;
            match *place {
                Place::Text(index) => {
                    piece.clear();
                    text(index, piece);
                    out.extend_from_slice(piece.as_bytes());
                }
                Place::Value(hole) => out.extend_from_slice(self.value(hole).as_bytes()),
                Place::Nothing => {}
            }
        }
        out.extend_from_slice(&self.print.bytes[from..]);
    }
}

/// What stands around the index of a page in a frame, in place of its text: characters that HTML can't hold.
pub(super) const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';
/// Behind the first of them for a value.
const VALUE: char = '=';

/// What stands in a hole's place while a template runs: nothing escapes it.
pub fn mark(hole: usize) -> String {
    format!("{OPEN}{VALUE}{hole}{CLOSE}")
}

/// The place of a page's text; nothing for one without a text, so that templates can ask.
pub fn place_of(index: usize, has_text: bool) -> String {
    if has_text { format!("{OPEN}{index}{CLOSE}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_long_as_its_bytes() {
        let bytes = format!("<p>{}{}</p>{}{}", mark(0), place_of(12, true), mark(1), mark(2));
        let values = [Some("value".to_owned()), None, Some(String::new())];
        let own = vec![(2, "of the page".to_owned())];
        for (frame, filled) in [
            (
                Frame::filled(Print::new(bytes.clone().into_bytes()).into(), values.into(), own),
                "<p>value\u{1}12\u{2}</p>of the page",
            ),
            (Frame::new(place_of(3, true).into_bytes()), "\u{1}3\u{2}"),
            (Frame::new(format!("a{OPEN}b").into_bytes()), "ab"),
        ] {
            assert_eq!(frame.bytes(), filled.as_bytes());
            assert_eq!(frame.len(), filled.len());
        }
    }

    #[test]
    fn texts_stand_in_their_places() {
        for (bytes, filled) in [
            (format!("<p>{}</p>{}", place_of(1, true), place_of(0, true)), "<p>[1]</p>[0]"),
            (place_of(0, false), ""),
            (format!("a{OPEN}b{OPEN}2{CLOSE}c{OPEN}"), "ab[2]c"),
            ("no place".to_owned(), "no place"),
        ] {
            let mut out = Vec::new();
            let mut text = |index: usize, piece: &mut String| piece.push_str(&format!("[{index}]"));
            Frame::new(bytes.into_bytes()).fill(&mut text, &mut String::new(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), filled);
        }
    }
}
