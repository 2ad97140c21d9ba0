//! From a byte of a text to the line and column that an editor shows.
//!
//! Lines end at `\n` or `\r\n` alone; a byte-order mark takes no column. Not here: what is shown at a position
//! (`text`).

use std::ops::Range;

/// A line and a column in characters, both from 1, as an editor counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Where a byte of the text stands. A byte inside a character counts as its first one, one beyond the end as the end.
pub fn position(text: &str, byte: usize) -> Position {
    let byte = settle(text, byte);
    let before = &text[..byte];
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let in_line = &before[line_start(text, byte)..];
    Position { line, column: in_line.chars().count() + 1 }
}

/// Where a stretch begins and ends; the end is the position just past its last character.
pub fn positions(text: &str, span: &Range<usize>) -> (Position, Position) {
    let start = position(text, span.start);
    let end = position(text, span.end);
    (start, end.max(start))
}

/// The nearest place at or before `byte` where a character that can be pointed at begins, or a line ends: never
/// beyond the text, inside a character, inside `\r\n` or before the end of a byte-order mark.
pub fn settle(text: &str, byte: usize) -> usize {
    let mut byte = text.floor_char_boundary(byte);
    if byte > 0 && text[..byte].ends_with('\r') && text[byte..].starts_with('\n') {
        byte -= 1;
    }
    byte.max(mark_length(text))
}

/// The byte where the line of a settled `byte` begins; after the byte-order mark for the first.
pub fn line_start(text: &str, byte: usize) -> usize {
    text[..byte].rfind('\n').map_or(mark_length(text), |newline| newline + 1)
}

/// The byte where the line of a settled `byte` ends, before its `\n` or `\r\n`.
pub fn line_end(text: &str, byte: usize) -> usize {
    let rest = &text[byte..];
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    byte + if line.len() < rest.len() { line.strip_suffix('\r').unwrap_or(line).len() } else { line.len() }
}

fn mark_length(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_lines_and_columns() {
        let text = "\u{feff}é😀\r\nz\u{2028}y\n\nfin";
        for (byte, line, column) in [
            (0, 1, 1),          // before the mark
            (1, 1, 1),          // inside it
            (3, 1, 1),          // é
            (4, 1, 1),          // inside é
            (5, 1, 2),          // 😀
            (8, 1, 2),          // inside it
            (9, 1, 3),          // \r
            (10, 1, 3),         // between \r and \n
            (11, 2, 1),         // z
            (12, 2, 2),         // U+2028 doesn't end a line
            (15, 2, 3),         // y
            (16, 2, 4),         // \n
            (17, 3, 1),         // the empty line
            (18, 4, 1),         // fin
            (21, 4, 4),         // the end
            (22, 4, 4),         // beyond
            (usize::MAX, 4, 4), // far beyond
        ] {
            assert_eq!(position(text, byte), Position { line, column }, "byte {byte}");
        }
        assert_eq!(position("", 7), Position { line: 1, column: 1 });
        assert_eq!(position("a\r", 2), Position { line: 1, column: 3 }, "a lone return doesn't end a line");
        assert_eq!(position("a\n", 2), Position { line: 2, column: 1 });
    }

    #[test]
    fn an_end_never_stands_before_its_start() {
        let place = |line, column| Position { line, column };
        #[expect(clippy::reversed_empty_ranges, reason = "that is the mistake")]
        let backwards = 3..1;
        assert_eq!(positions("abc\nd", &(1..5)), (place(1, 2), place(2, 2)));
        assert_eq!(positions("abc\nd", &backwards), (place(1, 4), place(1, 4)));
    }

    #[test]
    fn lines_begin_and_end_where_an_editor_ends_them() {
        let text = "\u{feff}ab\r\ncd\r";
        assert_eq!((line_start(text, 4), line_end(text, 4)), (3, 5));
        assert_eq!((line_start(text, 8), line_end(text, 8)), (7, 10));
        assert_eq!(line_end("a\r\n", 1), 1);
    }
}
