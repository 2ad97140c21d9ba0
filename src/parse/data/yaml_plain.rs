//! The plainest YAML without a parser: lines with a word, a colon and a value, which is what most front matter is.
//!
//! What this gives is what the parser would give, and where anything could be read in another way than it looks, or
//! there is something to tell, it gives nothing. Not here: all other YAML, also what is plain to a writer, as lists,
//! comments and empty lines are (`yaml`).

use serde_yaml::granit_parser::ScalarStyle;

use super::yaml_scalar::scalar;
use super::{Entry, Node, Value};

/// Each key is looked for among those before it.
const MOST_KEYS: usize = 32;
/// Far below the length at which the parser takes a key for something else.
const LONGEST_KEY: usize = 100;

/// The tree of a text that begins at byte `offset` of its file, if all its lines are plain.
pub(super) fn plain(text: &str, offset: usize) -> Option<Node> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut start = offset;
    for line in text.split_terminator('\n') {
        let (key, written) = divide(line)?;
        if entries.len() == MOST_KEYS || entries.iter().any(|entry| entry.key == key) {
            return None;
        }
        let end = start + line.len();
        let node = Node { value: value(written)?, span: end - written.len()..end };
        entries.push(Entry { key: key.to_owned(), key_span: start..start + key.len(), node });
        start = end + 1;
    }
    let end = entries.last()?.node.span.end;
    Some(Node { value: Value::Table(entries), span: offset..end })
}

/// A line's key, and its value as it is written.
fn divide(line: &str) -> Option<(&str, &str)> {
    let end = line.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')))?;
    let (key, rest) = line.split_at(end);
    let is_word = key.len() <= LONGEST_KEY && key.starts_with(|c: char| c.is_ascii_alphabetic());
    Some((key, rest.strip_prefix(": ").filter(|_| is_word)?))
}

/// What is written in quotes or without, if it is meant as it stands there.
fn value(written: &str) -> Option<Value> {
    let within = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote);
    let (text, style) = match written.as_bytes().first()? {
        b'"' => (within('"').filter(|text| !text.contains(['"', '\\']))?, ScalarStyle::DoubleQuoted),
        b'\'' => (within('\'').filter(|text| !text.contains('\''))?, ScalarStyle::SingleQuoted),
        _ => (written, ScalarStyle::Plain),
    };
    let is_meant = text.chars().all(is_usual) && (style != ScalarStyle::Plain || is_word_or_more(text));
    is_meant.then(|| scalar(text, style, None))
}

/// Without quotes: no sign at the beginning, and nothing that ends a key or begins a comment.
fn is_word_or_more(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii())
        && !text.ends_with([' ', ':'])
        && !text.as_bytes().windows(2).any(|pair| matches!(pair, b": " | b" #"))
}

/// No control character, line end of another standard, or mark of an encoding.
fn is_usual(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{ff00}'..='\u{ffef}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::samples::sketch;
    use super::super::yaml::by_parser;
    use super::*;

    #[test]
    fn front_matter_is_plain() {
        for text in [
            "title: \"Étape 3\"\ndescription: \"some words: a, b # c\"\nduration: 2\ndevice: computer\n",
            "title: L’invitation de {{ brand.name }}, à 12:30\ndraft: true",
            "title: 'C:\\x'\nslug: \"\"\ntranslates: 0123456789ab\nnull: null\n",
        ] {
            let (node, problems) = by_parser(text, 4);
            assert_eq!(plain(text, 4), node, "{text}");
            assert_eq!(problems, []);
        }
    }

    #[test]
    fn the_rest_is_the_parsers() {
        for text in [
            "",
            "\n",
            "a",
            "a:",
            "a:\n",
            "a: \n",
            "a: b\n\n",
            "a: b \n",
            "a: b\r\n",
            "a:  b\n",
            "a:\tb\n",
            " a: b\n",
            "a : b\n",
            "1: b\n",
            "é: b\n",
            "\"a\": b\n",
            "a: b\na: c\n",
            "a: b\n  c\n",
            "a: b\n# c\n",
            "a: b # c\n",
            "a: b: c\n",
            "a: b:\n",
            "a: - b\n",
            "a: -b\n",
            "a: [b]\n",
            "a: |\n",
            "a: @b\n",
            "a: *b\n",
            "a: \"\n",
            "a: \"b\" c\n",
            "a: \"b\\n\"\n",
            "a: 'it''s'\n",
            "a: \u{feff}b\n",
            "a: b\u{85}\n",
            "---\na: b\n",
            "a: b\n...\n",
        ] {
            assert_eq!(plain(text, 0), None, "{text:?}");
        }
        assert_eq!(plain(&format!("{}: b\n", "a".repeat(LONGEST_KEY + 1)), 0), None);
        assert_eq!(plain(&(0..=MOST_KEYS).map(|i| format!("a{i}: b\n")).collect::<String>(), 0), None);
    }

    /// A line, mostly with a key of its own and its value on the same line.
    fn line() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            12 => "[a-z]{1,3}",
            2 => "[a-zA-Z0-9_-]{1,3}",
            1 => "[a-z]{90,110}",
            1 => select(PIECES).prop_map(String::from),
        ];
        let colon = prop_oneof![30 => Just(": "), 1 => select(vec![":", " : ", ":  ", ":\t", "", ": \n "])];
        let piece = prop_oneof![
            40 => "[a-z0-9 .]{1,3}",
            60 => select(PIECES).prop_map(String::from),
            1 => Just("long word".repeat(300)),
        ];
        let value = vec(piece, 1..5).prop_map(|pieces| pieces.concat());
        let value =
            (value, select(vec!["", "", "\"", "'"])).prop_map(|(value, quote)| format!("{quote}{value}{quote}"));
        let end = prop_oneof![20 => Just("\n"), 1 => select(vec!["", " \n", "\r\n", "\r", "\n\n", " # x\n", "\n  "])];
        (key, colon, value, end).prop_map(|(key, colon, value, end)| format!("{key}{colon}{value}{end}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_is_plain_is_what_the_parser_reads(lines in vec(line(), 1..4), offset in 0..9_usize) {
            let text = lines.concat();
            if let Some(node) = plain(&text, offset) {
                let (read, problems) = by_parser(&text, offset);
                prop_assert_eq!(Some(sketch(&node)), read.as_ref().map(sketch), "{:?}", text);
                prop_assert_eq!(problems, [], "{:?}", text);
            }
        }
    }

    const PIECES: &[&str] = &[
        " ",
        "  ",
        "\t",
        ":",
        ": ",
        "#",
        " #",
        "# ",
        "-",
        "- ",
        "---",
        "...",
        "?",
        "? ",
        "!",
        "!tag ",
        "!!str ",
        "&a ",
        "*a",
        "|",
        ">",
        "|-",
        "%",
        "@",
        "`",
        "~",
        "null",
        "Null",
        "true",
        "FALSE",
        "yes",
        "No",
        "on",
        "=",
        "<<",
        "<",
        "1",
        "012",
        "0x1F",
        "0o17",
        "1e3",
        "1.5",
        ".inf",
        "-.inf",
        ".nan",
        "1_000",
        "12:30",
        "2026-01-01",
        "99999999999999999999",
        "\"",
        "'",
        "''",
        "\\",
        "\\n",
        "[",
        "]",
        "{",
        "}",
        "[b]",
        "{b: c}",
        ",",
        ", ",
        "{{ a }}",
        "{% b %}",
        "(",
        "/",
        "+",
        "$",
        "^",
        "é",
        "’",
        "« x »",
        "\u{a0}",
        "\u{a0}: ",
        "\u{2009}",
        "\u{3000}",
        "\u{2028}",
        "\u{85}",
        "\u{feff}",
        "\u{fffd}",
        "\u{fffe}",
        "\u{e000}",
        "：",
        "中文",
        "😀",
        "e\u{301}",
        "\u{200b}",
        "\u{202e}",
        "\u{0}",
        "\u{1}",
        "\u{7f}",
        "\u{9f}",
        "\r",
        "\n",
        "\n ",
        "\n# x\n",
        "https://x.example/a?b=c&d#e",
        "key: value",
        "word",
        "ab",
    ];
}
