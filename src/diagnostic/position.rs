//! From a byte of a text to the line and column that an editor shows.
//!
//! Lines end at `\n` or `\r\n` alone; a byte-order mark takes no column. Not here: what is shown at a position
//! (`text`).

use std::collections::BTreeMap;
use std::ops::Range;

use super::Diagnostic;
use crate::path::SourcePath;

/// A line and a column in characters, both from 1, as an editor counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A text whose lines have been found once, however many messages point into it.
pub struct Lines<'t> {
    text: &'t str,
    /// The byte where each line begins, in order; after the byte-order mark for the first.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of a text.
    pub fn new(text: &'t str) -> Self {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = [mark].into_iter().chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        Self { text, starts }
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Where a byte of the text stands. A byte inside a character counts as its first one, one beyond the end as the
    /// end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.settle(byte);
        let line = self.line(byte);
        Position { line: line + 1, column: self.text[self.starts[line]..byte].chars().count() + 1 }
    }

    /// Where a stretch begins and ends; the end is the position just past its last character.
    pub fn positions(&self, span: &Range<usize>) -> (Position, Position) {
        let start = self.position(span.start);
        let end = self.position(span.end);
        (start, end.max(start))
    }

    /// The nearest place at or before `byte` where a character that can be pointed at begins, or a line ends: never
    /// beyond the text, inside a character, inside `\r\n` or before the end of a byte-order mark.
    pub fn settle(&self, byte: usize) -> usize {
        let mut byte = self.text.floor_char_boundary(byte);
        if byte > 0 && self.text[..byte].ends_with('\r') && self.text[byte..].starts_with('\n') {
            byte -= 1;
        }
        byte.max(self.starts[0])
    }

    /// The byte where the line of a settled `byte` begins; after the byte-order mark for the first.
    pub fn line_start(&self, byte: usize) -> usize {
        self.starts[self.line(byte)]
    }

    /// The byte where the line of a settled `byte` ends, before its `\n` or `\r\n`.
    pub fn line_end(&self, byte: usize) -> usize {
        let Some(next) = self.starts.get(self.line(byte) + 1) else { return self.text.len() };
        let end = next - 1;
        // a return that `byte` stands behind is the line's own
        if self.text[byte..end].ends_with('\r') { end - 1 } else { end }
    }

    /// The number of a settled byte's line, from 0.
    fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }
}

/// The texts that some messages point into, by file.
pub struct Texts<'t>(BTreeMap<&'t SourcePath, Lines<'t>>);

impl<'t> Texts<'t> {
    /// Finds the lines of each file that messages are about. `source` gives the text of a file, if it is known.
    pub fn of(messages: &'t [Diagnostic], source: impl Fn(&SourcePath) -> Option<&'t str>) -> Self {
        let mut texts = BTreeMap::new();
        // sorted messages name a file many times in a row
        for group in messages.chunk_by(|a, b| a.place.file == b.place.file) {
            let file = &group[0].place.file;
            if let Some(text) = source(file) {
                texts.entry(file).or_insert_with(|| Lines::new(text));
            }
        }
        Self(texts)
    }

    /// The text of a message's file, if it is known.
    pub fn get(&self, d: &Diagnostic) -> Option<&Lines<'t>> {
        self.0.get(&d.place.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_lines_and_columns() {
        let lines = Lines::new("\u{feff}é😀\r\nz\u{2028}y\n\nfin");
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
            assert_eq!(lines.position(byte), Position { line, column }, "byte {byte}");
        }
        assert_eq!(Lines::new("").position(7), Position { line: 1, column: 1 });
        assert_eq!(Lines::new("a\r").position(2), Position { line: 1, column: 3 }, "a lone return doesn't end a line");
        assert_eq!(Lines::new("a\n").position(2), Position { line: 2, column: 1 });
    }

    #[test]
    fn an_end_never_stands_before_its_start() {
        let place = |line, column| Position { line, column };
        #[expect(clippy::reversed_empty_ranges, reason = "that is the mistake")]
        let backwards = 3..1;
        assert_eq!(Lines::new("abc\nd").positions(&(1..5)), (place(1, 2), place(2, 2)));
        assert_eq!(Lines::new("abc\nd").positions(&backwards), (place(1, 4), place(1, 4)));
    }

    #[test]
    fn lines_begin_and_end_where_an_editor_ends_them() {
        let lines = Lines::new("\u{feff}ab\r\ncd\r");
        assert_eq!((lines.line_start(4), lines.line_end(4)), (3, 5));
        assert_eq!((lines.line_start(8), lines.line_end(8)), (7, 10));
        assert_eq!(Lines::new("a\r\n").line_end(1), 1);
    }
}
