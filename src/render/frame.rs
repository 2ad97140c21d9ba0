//! Frames: files without the texts that stand in them.
//!
//! Not here: what is in a frame (`render::pages`), and what a text says (`model::body`).

use memchr::memchr;

/// A file without the texts of pages that stand in it.
///
/// No template looks into a text, so what surrounds it is the same whatever it says, and so is what can go wrong there.
pub struct Frame {
    bytes: Vec<u8>,
}

impl Frame {
    /// From what a template, or anything else, has written around places.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Everything that the texts don't say.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Puts texts into it, at the end of `out`. `text` writes the text of a page, by its index, into `piece`.
    pub fn fill(&self, text: &mut dyn FnMut(usize, &mut String), piece: &mut String, out: &mut Vec<u8>) {
        let mut rest = self.bytes.as_slice();
        while let Some(open) = memchr(OPEN as u8, rest) {
            out.extend_from_slice(&rest[..open]);
            rest = &rest[open + 1..];
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let index = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
            if let Some(index) = index.filter(|_| rest.get(digits) == Some(&(CLOSE as u8))) {
                piece.clear();
                text(index, piece);
                out.extend_from_slice(piece.as_bytes());
                rest = &rest[digits + 1..];
            }
        }
        out.extend_from_slice(rest);
    }
}

/// What stands around the index of a page in a frame, in place of its text: characters that HTML can't hold.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// The place of a page's text; nothing for one without a text, so that templates can ask.
pub fn place_of(index: usize, has_text: bool) -> String {
    if has_text { format!("{OPEN}{index}{CLOSE}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

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
