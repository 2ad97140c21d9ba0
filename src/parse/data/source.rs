//! From a byte of a decoded string back to the byte of the file that it came from.
//!
//! Placeholders are found in decoded strings, mistakes in them must be shown in the file. The tree keeps no map
//! for this: few strings are ever asked about, and the file still holds all that is needed. Not here: decoding for
//! its own sake (the parsers did that; this follows them).

use std::ops::Range;

use super::{Node, Value};

/// The byte of the file where byte `byte` of a string node's text stands. Exact for plain, quoted and block
/// strings of TOML and YAML, but for white space that YAML folds, where the run of white space is the answer.
/// For a node that isn't a string, its beginning; always a byte within the node's span.
pub fn source_of(node: &Node, file_text: &str, byte: usize) -> usize {
    let Value::String(value) = &node.value else {
        return node.span.start;
    };
    let Some(raw) = file_text.get(node.span.clone()) else {
        return node.span.start;
    };
    let byte = value.floor_char_boundary(byte);
    let found = if raw == value {
        Some(byte)
    } else {
        // What a mark at the beginning means depends on the language: the first reading that fits the whole text.
        readings(raw).into_iter().find_map(|reading| follow(raw, &reading, value, byte))
    };
    node.span.start + raw.floor_char_boundary(found.unwrap_or(byte))
}

/// How the inside of a string is written.
#[derive(Clone, Copy)]
enum Escapes {
    None,
    /// `''` for `'`.
    Doubled,
    /// A backslash and what follows it.
    Backslash,
}

struct Reading {
    inside: Range<usize>,
    escapes: Escapes,
}

fn readings(raw: &str) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (quote, escapes) in [
        ("\"\"\"", Escapes::Backslash),
        ("'''", Escapes::None),
        ("\"", Escapes::Backslash),
        ("'", Escapes::Doubled),
        ("'", Escapes::None),
        ("", Escapes::None),
    ] {
        let inside = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside {
            readings.push(Reading { inside: quote.len()..quote.len() + inside.len(), escapes });
        }
    }
    readings
}

/// Walks the written and the decoded text side by side. Runs of white space are matched as wholes, since folding
/// and indentation make them differ; everything else must agree, or the reading is wrong.
fn follow(raw: &str, reading: &Reading, value: &str, byte: usize) -> Option<usize> {
    let mut at = reading.inside.start;
    let mut decoded = 0;
    let mut found = None;
    loop {
        let blank = blank_length(&value[decoded..]);
        let raw_start = at;
        while let Some(piece) = piece(raw, at, reading)
            && piece.is_blank()
        {
            at = piece.end;
        }
        if found.is_none() && byte < decoded + blank {
            // Inside a run: as far from its beginning as its own length allows.
            found = Some((raw_start + (byte - decoded)).min(at));
        }
        decoded += blank;
        if found.is_none() && byte == decoded {
            found = Some(if decoded == value.len() { raw_start.max(at.min(reading.inside.end)) } else { at });
        }
        let Some(expected) = value[decoded..].chars().next() else {
            return if at == reading.inside.end { found } else { None };
        };
        let piece = piece(raw, at, reading)?;
        if piece.decoded != Some(expected) {
            return None;
        }
        at = piece.end;
        decoded += expected.len_utf8();
    }
}

/// One character or escape of the written text.
struct Piece {
    /// What it stands for; nothing for a line end that is escaped away.
    decoded: Option<char>,
    end: usize,
}

impl Piece {
    fn is_blank(&self) -> bool {
        self.decoded.is_none_or(is_blank)
    }
}

fn piece(raw: &str, at: usize, reading: &Reading) -> Option<Piece> {
    let rest = &raw[at..reading.inside.end];
    let first = rest.chars().next()?;
    let (decoded, length) = match (reading.escapes, first) {
        (Escapes::Doubled, '\'') => (Some('\''), if rest.starts_with("''") { 2 } else { 1 }),
        (Escapes::Backslash, '\\') => escape(rest),
        _ => (Some(first), first.len_utf8()),
    };
    Some(Piece { decoded, end: at + length })
}

/// What an escape at the beginning of `rest` means, and its length in bytes: TOML's and YAML's together.
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(letter) = rest[1..].chars().next() else {
        return (Some('\\'), 1);
    };
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let code = |from: usize| rest.get(from..from + digits).and_then(|d| u32::from_str_radix(d, 16).ok());
        let Some(first) = code(2) else {
            return (Some('\\'), 1);
        };
        // YAML takes JSON's pairs of surrogates.
        if (0xd800..0xdc00).contains(&first)
            && rest[6..].starts_with("\\u")
            && let Some(second) = code(8).filter(|second| (0xdc00..0xe000).contains(second))
        {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return (char::from_u32(code), 12);
        }
        return (char::from_u32(first), 2 + digits);
    }
    let decoded = match letter {
        '0' => Some('\0'),
        'a' => Some('\x07'),
        'b' => Some('\x08'),
        't' => Some('\t'),
        'n' => Some('\n'),
        'v' => Some('\x0b'),
        'f' => Some('\x0c'),
        'r' => Some('\r'),
        'e' => Some('\x1b'),
        'N' => Some('\u{85}'),
        '_' => Some('\u{a0}'),
        'L' => Some('\u{2028}'),
        'P' => Some('\u{2029}'),
        '\n' | '\r' => None,
        other => Some(other),
    };
    (decoded, 1 + letter.len_utf8())
}

fn blank_length(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_blank).len()
}

/// What folding may change.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::source_of;
    use crate::parse::data::{Node, Value, toml, yaml};

    /// The string of a file's only key, and where `needle` in it stands in the file.
    fn found(node: Option<Node>, file: &str, needle: &str) -> usize {
        let Some(Node { value: Value::Table(entries), .. }) = node else {
            panic!("no table: {file:?}");
        };
        let node = &entries[0].node;
        let Value::String(text) = &node.value else {
            panic!("no string: {file:?}");
        };
        let byte = text.find(needle).unwrap_or_else(|| panic!("no {needle} in {text:?}"));
        source_of(node, file, byte)
    }

    #[test]
    fn placeholders_are_found_where_they_were_typed() {
        for yaml_file in [
            "a: {{\n",
            "a: é 😀 x {{ y }}\n",
            "a: '{{'\n",
            "a: 'it''s é: {{'\n",
            "a: \"{{\"\n",
            "a: \"\\\"é\\\" \\t\\x41\\u00e9\\U0001F600\\ud83d\\ude00 \\n {{\"\n",
            "a: \"x\n\n    y \\\n   z {{\"\n",
            "a: \"x\\\r\n  {{\"\r\n",
            "a: x\n\n  y\n  {{ z\n",
            "a: |\n  é\n\n    x\n  {{ y\n",
            "a: |\r\n  é\r\n  {{\r\n",
            "a: |2\n    {{\n",
            "a: |+\n\n  {{\n\n",
            "a: >-\n  é\n  x\n\n  {{ y\n",
            "a: !!str {{x\n",
        ] {
            // A brace at the beginning needs something else in its place to be text.
            let file = if yaml_file.contains(": {{\n") || yaml_file.contains("!!str") {
                yaml_file.replace("{{", "<<")
            } else {
                yaml_file.to_owned()
            };
            let needle = if file.contains("<<") { "<<" } else { "{{" };
            let (node, problems) = yaml(&file, 0);
            assert_eq!(problems, [], "{file:?}");
            assert_eq!(found(node, &file, needle), file.find(needle).unwrap(), "{file:?}");
        }
        for file in [
            "a = \"{{\"\n",
            "a = \"\\\"é\\\" \\t\\u00e9\\U0001F600 {{\"\n",
            "a = '\\n é {{'\n",
            "a = '''\né '' {{'''\n",
            "a = '''{{'''\n",
            "a = \"\"\"\r\né \"\" \\\r\n   {{\"\"\"\r\n",
            "a = \"\"\"\n\n  é {{ \"\"\"\n",
        ] {
            let (node, problems) = toml(file);
            assert_eq!(problems, [], "{file:?}");
            assert_eq!(found(node, file, "{{"), file.find("{{").unwrap(), "{file:?}");
        }
    }

    #[test]
    fn every_byte_has_a_place_inside_its_string() {
        for (file, from, places) in [
            ("a: é b", 3, &[3, 3, 5, 6, 7, 7][..]),
            ("a: \"\\u00e9b\"", 3, &[4, 4, 10, 11, 11]),
            ("a: 'b''c'", 3, &[4, 5, 7, 8, 8]),
            ("a: >\n  b\n  c\n", 7, &[7, 8, 11, 12, 13]),
            ("a: 'b", 3, &[]),
        ] {
            let (node, _) = yaml(file, 0);
            let Some(Node { value: Value::Table(entries), .. }) = node else {
                panic!("no table: {file:?}");
            };
            for (byte, place) in places.iter().enumerate() {
                assert_eq!(entries[0].node.span.start, from, "{file:?}");
                assert_eq!(source_of(&entries[0].node, file, byte), *place, "byte {byte} of {file:?}");
            }
        }
    }

    #[test]
    fn what_is_no_string_of_this_file_has_a_place_too() {
        let node = Node { value: Value::Integer(1), span: 3..4 };
        assert_eq!(source_of(&node, "a: 1", 7), 3);
        let node = Node { value: Value::String("other".to_owned()), span: 3..6 };
        for (file, byte, place) in [("a: b c d", 4, 6), ("a: b c d", 99, 6), ("a", 0, 3), ("a: é", 0, 3)] {
            assert_eq!(source_of(&node, file, byte), place, "byte {byte} of {file:?}");
        }
    }
}
