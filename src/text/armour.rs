//! How a value travels through Markdown without being read by it.
//!
//! A placeholder's value is text in the place where it lands. On the way in, every sign of it that Markdown, HTML
//! or typography could read is mapped to private-use characters; on the way out it is mapped back, and escaped for
//! where it stands. Letters and digits pass, and the signs that make an address one: the colon of `https:`, and
//! `.`, `-`, `+`, `_`, `@` between letters, so that `<{{ url }}>` and `<{{ email }}>` work. Not here: Markdown.

use std::borrow::Cow;
use std::convert::Infallible;
use std::io::{self, Write};

use memchr::{memchr, memrchr};

use super::stops::Stops;

/// Stands for the byte 0; the ASCII characters follow in order.
const ASCII: u32 = 0x10_FE00;
/// Stands for the upper bits (from the tenth on) of any other character; its lower bits follow.
const HIGH: u32 = 0x10_0000;
/// Stands for the lower ten bits 0.
const LOW: u32 = 0x10_0800;
/// The first byte of each of those characters in UTF-8.
const LEAD: u8 = 0xF4;

/// Writes a value so that Markdown sees only letters: Tera's escape function for texts.
pub fn write(value: &str, out: &mut dyn Write) -> io::Result<()> {
    pieces(value, |piece| out.write_all(piece.as_bytes()))
}

/// Appends a value so that Markdown sees only letters.
pub fn push(value: &str, out: &mut String) {
    let Ok(()) = pieces(value, |piece| {
        out.push_str(piece);
        Ok::<(), Infallible>(())
    });
}

/// A value in armour, piece by piece.
fn pieces<E>(value: &str, mut put: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let bytes = value.as_bytes();
    let mut plain = 0;
    for (at, character) in value.char_indices() {
        if passes(bytes, at, character) {
            continue;
        }
        put(&value[plain..at])?;
        let code = character as u32;
        let mut armoured = |code: u32| {
            // every code from the ranges above is a character
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            put(character.encode_utf8(&mut [0; 4]))
        };
        if code < 0x80 {
            armoured(ASCII + code)?;
        } else {
            armoured(HIGH + (code >> 10))?;
            armoured(LOW + (code & 0x3FF))?;
        }
        plain = at + character.len_utf8();
    }
    put(&value[plain..])
}

/// Can a character of a value stand as it is?
fn passes(value: &[u8], at: usize, character: char) -> bool {
    match character {
        'A'..='Z' | 'a'..='z' => true,
        // a number at the beginning of a line would open a list
        '0'..='9' => at > 0 || !opens_list(value),
        '.' | '-' | '+' | '_' | '@' => {
            at > 0 && value[at - 1].is_ascii_alphanumeric() && value.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        }
        ':' => at + 1 < value.len() && is_scheme(&value[..at]),
        _ => !character.is_ascii() && character.is_alphanumeric(),
    }
}

fn opens_list(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(value.get(digits), None | Some(b'.' | b')'))
}

fn is_scheme(text: &[u8]) -> bool {
    (2..=32).contains(&text.len())
        && text[0].is_ascii_alphabetic()
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// The same as a string.
pub fn armour(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    push(value, &mut out);
    out
}

/// Is anything in armour here?
pub fn has(text: &str) -> bool {
    memchr(LEAD, text.as_bytes()).is_some()
}

/// The characters of a text, values as they were typed; `true` for those that come out of armour.
pub fn chars(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        let code = character as u32;
        if let Some(ascii) = code.checked_sub(ASCII).filter(|ascii| *ascii < 0x80) {
            return Some((char::from(ascii as u8), true));
        }
        if (HIGH..HIGH + 0x440).contains(&code) {
            let mut ahead = rest.clone();
            if let Some(low) = ahead.next().and_then(|next| (next as u32).checked_sub(LOW)).filter(|low| *low < 0x400)
                && let Some(own) = char::from_u32(((code - HIGH) << 10) | low)
            {
                rest = ahead;
                return Some((own, true));
            }
        }
        Some((character, false))
    })
}

/// An ASCII character of a value as it was typed; any other character as it is.
pub fn typed(character: char) -> char {
    chars(character.encode_utf8(&mut [0; 4])).next().map_or(character, |(typed, _)| typed)
}

/// A text cut up: what isn't in armour, and what is behind it.
fn stretches(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (plain, behind) = rest.split_at(memchr(LEAD, rest.as_bytes()).unwrap_or(rest.len()));
        let armoured = behind.as_bytes().chunks(4).take_while(|bytes| bytes[0] == LEAD).count() * 4;
        let (armoured, behind) = behind.split_at(armoured);
        rest = behind;
        Some((plain, armoured))
    })
}

/// The text with every value as it was typed.
pub fn strip(text: &str) -> Cow<'_, str> {
    if !has(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (plain, armoured) in stretches(text) {
        out.push_str(plain);
        out.extend(chars(armoured).map(|(character, _)| character));
    }
    out.into()
}

/// The same of a text that nobody else needs.
pub fn stripped(text: String) -> String {
    if has(&text) { strip(&text).into_owned() } else { text }
}

/// Appends text for HTML: values as they were typed, everything escaped.
pub fn push_html(text: &str, out: &mut String) {
    for (plain, armoured) in stretches(text) {
        push_plain_html(plain, out);
        for (character, _) in chars(armoured) {
            match entity(character as u32) {
                Some(entity) => out.push_str(entity),
                None => out.push(character),
            }
        }
    }
}

fn push_plain_html(text: &str, out: &mut String) {
    static ESCAPED: Stops = Stops::new(b"&<>\"");
    let mut rest = text;
    while let Some(at) = ESCAPED.find(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str(entity(u32::from(rest.as_bytes()[at])).unwrap_or_default());
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

fn entity(code: u32) -> Option<&'static str> {
    match code {
        0x26 => Some("&amp;"),
        0x3C => Some("&lt;"),
        0x3E => Some("&gt;"),
        0x22 => Some("&quot;"),
        _ => None,
    }
}

/// Appends the author's raw HTML: values in it become character references, which no HTML parser reads as markup.
pub fn push_raw_html(html: &str, out: &mut String) {
    if !has(html) {
        out.push_str(html);
        return;
    }
    for (character, is_value) in chars(html) {
        if is_value && !character.is_alphanumeric() {
            out.push_str("&#");
            out.push_str(&(character as u32).to_string());
            out.push(';');
        } else {
            out.push(character);
        }
    }
}

/// Appends prose for Markdown: values in it are escaped with `\`, their line breaks are spaces.
pub fn push_markdown(text: &str, out: &mut String) {
    if !has(text) {
        out.push_str(text);
        return;
    }
    // the author's full stop behind a value's number would make a list of it
    let mut is_number = false;
    for (plain, armoured) in stretches(text) {
        let digits = plain.bytes().take_while(|byte| is_number && byte.is_ascii_digit()).count();
        let (number, rest) = plain.split_at(digits);
        out.push_str(number);
        if is_number && rest.starts_with(['.', ')']) && is_read(rest.chars().next().unwrap_or_default(), out) {
            out.push('\\');
        }
        out.push_str(rest);
        is_number &= rest.is_empty();
        for (character, is_value) in chars(armoured) {
            is_number = is_value && character.is_ascii_digit();
            match character {
                '\n' | '\r' if is_value => out.push(' '),
                ' ' | '\t' if is_value && (out.is_empty() || out.ends_with('\n')) => out.push_str("&#32;"),
                _ => {
                    if is_value && is_read(character, out) {
                        out.push('\\');
                    }
                    out.push(character);
                }
            }
        }
    }
}

/// Would Markdown read this character behind what is written?
fn is_read(character: char, written: &str) -> bool {
    let line = || &written[memrchr(b'\n', written.as_bytes()).map_or(0, |at| at + 1)..];
    // behind marks of lists and quotes a line begins anew
    let begins = || line().bytes().all(|byte| b" \t>-+*:.)\\".contains(&byte) || byte.is_ascii_digit());
    match character {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '"' | '$' => true,
        '#' | '-' | '+' | '=' | ':' => begins(),
        '.' | ')' => line().ends_with(|c: char| c.is_ascii_digit()) && begins(),
        _ => false,
    }
}

/// The author's words, such as a title, as text in Markdown.
pub fn push_escaped(text: &str, out: &mut String) {
    static READ: Stops = Stops::new(b"\n\r\\`*_[]<>|~&");
    let mut rest = text;
    while let Some(at) = READ.find(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' | b'\r' => out.push(' '),
            sign => out.extend(['\\', char::from(sign)]),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Code as a code span: its fence is longer than any run of backticks in it.
pub fn code_span(code: &str, in_table: bool) -> String {
    let code = strip(code).replace(['\n', '\r'], " ");
    let code = if in_table { code.replace('|', "\\|") } else { code };
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{code}{space}{fence}")
}

/// Values in lines of a code block: nothing in them ends a line.
pub fn code_lines(code: &str) -> String {
    chars(code)
        .map(|(character, is_value)| if is_value && matches!(character, '\n' | '\r') { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &[&str] = &[
        "a_b*c",
        "<b>",
        "https://x.ca/a?b=c&d#e",
        "first_last@x.ca",
        "1. x",
        "2024",
        "- x",
        "  x",
        "\"l'été\" `x`",
        "",
        "a|b",
        "___",
        "é_è",
        "l'été : « oui »",
        "Inc.",
        "🔑",
        "a...b",
        "::",
        "\u{a0}x",
        "e\u{301}",
        "x\ny",
        "{{ x }}",
        "\u{202e}rtl",
    ];

    #[test]
    fn values_come_out_as_typed() {
        for value in VALUES {
            let inside = armour(value);
            assert_eq!(strip(&inside), *value);
            let mut html = String::new();
            push_html(&inside, &mut html);
            assert_eq!(
                html,
                value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
            );
        }
    }

    #[test]
    fn what_stands_between_values_is_read_with_them() {
        // the same, a character at a time
        fn one_by_one(text: &str, out: &mut String) {
            let mut is_number = false;
            for (character, is_value) in chars(text) {
                if !is_value && is_number && matches!(character, '.' | ')') && is_read(character, out) {
                    out.push('\\');
                }
                is_number = character.is_ascii_digit() && (is_value || is_number);
                match character {
                    '\n' | '\r' if is_value => out.push(' '),
                    ' ' | '\t' if is_value && (out.is_empty() || out.ends_with('\n')) => out.push_str("&#32;"),
                    _ if is_value && is_read(character, out) => out.extend(['\\', character]),
                    _ => out.push(character),
                }
            }
        }
        let between = ["", " ", "\n", ". x", "12. x", "7", ") y\n\n1. z", "é", "\u{10ffff}", "\u{100000}"];
        for (one, two) in VALUES.iter().flat_map(|one| VALUES.iter().map(move |two| (one, two))) {
            for text in between.iter().flat_map(|a| between.iter().map(move |b| (a, b))) {
                let text = format!("{}{}{}{}{}", text.0, armour(one), text.1, armour(two), text.0);
                let (mut plain, mut stretched) = (String::new(), String::new());
                one_by_one(&text, &mut plain);
                push_markdown(&text, &mut stretched);
                assert_eq!(stretched, plain, "{text:?}");
            }
        }
    }

    #[test]
    fn addresses_stay_readable_to_markdown() {
        assert!(armour("https://ca.auvenir.com").starts_with("https:"));
        assert_eq!(armour("no-reply@auvenir.ca"), "no-reply@auvenir.ca");
        assert_eq!(armour("first_last@x.ca"), "first_last@x.ca");
    }

    #[test]
    fn nothing_else_is_readable() {
        for value in ["1. x", "2024", "- x", "Inc.", "a...b", "«x»", "…", "x:", "\u{a0}"] {
            let inside = armour(value);
            assert!(inside.ends_with(|last: char| last.is_alphanumeric() || last as u32 >= HIGH), "{value}");
            assert!(
                !inside.starts_with(|first: char| first.is_ascii_digit() || first.is_ascii_punctuation()),
                "{value}"
            );
        }
    }

    #[test]
    fn a_number_and_the_authors_full_stop_open_no_list() {
        for (value, after, markdown) in [
            ("3", ". Texte", "3\\. Texte"),
            ("12", ") Texte", "12\\) Texte"),
            ("a3", ". Texte", "a3. Texte"),
            ("3", "\n\n1. Un", "3\n\n1. Un"),
        ] {
            let mut out = String::new();
            push_markdown(&format!("{}{after}", armour(value)), &mut out);
            assert_eq!(out, markdown);
        }
    }
}
