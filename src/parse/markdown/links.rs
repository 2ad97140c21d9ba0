//! What a link's or picture's target is, and where in the text it stands.

use std::ops::Range;

use memchr::{memchr_iter, memmem, memrchr_iter};

use crate::text::{armour, holes, percent};

/// What a target is, by its form alone.
#[derive(Debug, PartialEq)]
pub enum Target<'t> {
    /// `https:`, `mailto:`, `tel:` and their like, or `//host`.
    External,
    /// `#anchor`.
    Anchor(&'t str),
    /// `/path`: can't work under every base path.
    Absolute,
    /// `03-code.md`, `../other/02-x.md`.
    Page(&'t str, Option<&'t str>),
    /// `form.pdf`.
    File(&'t str),
    /// Nothing at all.
    Empty,
}

/// Sorts a target by its form.
pub fn classify(target: &str) -> Target<'_> {
    if target.is_empty() {
        return Target::Empty;
    }
    if let Some(anchor) = target.strip_prefix('#') {
        return Target::Anchor(anchor);
    }
    if target.starts_with("//") || has_scheme(target) {
        return Target::External;
    }
    if target.starts_with('/') {
        return Target::Absolute;
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    if path.ends_with(".md") { Target::Page(path, anchor) } else { Target::File(path) }
}

fn has_scheme(target: &str) -> bool {
    let Some((scheme, _)) = target.split_once(':') else { return false };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Is this an address that a browser asks another machine for?
pub fn is_web(target: &str) -> bool {
    let begins = |scheme: &str| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["https://", "http://", "//"].into_iter().any(begins)
}

/// `%C3%A9` to `é`; a target that isn't UTF-8 afterwards stays as it is.
pub fn decode_percent(target: &str) -> String {
    if !target.contains('%') {
        return target.to_owned();
    }
    let bytes = target.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match (bytes[at], hex.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| target.to_owned())
}

/// The place of a target in the text of its link: `](target`, `<target>`, or the definition it refers to.
pub fn place(text: &str, link: Range<usize>, target: &str, definition: Option<Range<usize>>) -> Range<usize> {
    let body = text.get(link.clone()).unwrap_or("");
    let first_behind = |start: usize, end: usize| {
        let rest = text.get(start..end)?;
        memmem::find(rest.as_bytes(), target.as_bytes()).map(|at| start + at)
    };
    let found = if let Some(definition) = definition {
        let colon = text.get(definition.clone()).and_then(|text| text.find("]:")).map_or(0, |at| at + 2);
        first_behind(definition.start + colon, definition.end)
    } else if let Some(paren) = memrchr_iter(b'(', body.as_bytes()).find(|at| body[..*at].ends_with(']')) {
        first_behind(link.start + paren + 1, link.end)
    } else {
        body.rfind(target).map(|at| link.start + at)
    };
    match found {
        Some(start) if !target.is_empty() => start..start + target.len(),
        _ => link,
    }
}

/// Where a link's text ends and its target begins: at a `](`.
pub fn end_of_text(text: &str) -> Option<usize> {
    memchr_iter(b']', text.as_bytes()).find(|at| text[at + 1..].starts_with('('))
}

/// An address as it may stand anywhere: values as typed, unsafe characters percent-encoded, a phone number as it is
/// dialled.
pub fn href(target: &str) -> String {
    let typed = armour::strip(target);
    let mut out = String::with_capacity(typed.len());
    if let Some(number) = typed.strip_prefix("tel:") {
        let number = decode_percent(number);
        let (number, parameters) = number.split_at(number.find(';').unwrap_or(number.len()));
        out.push_str("tel:");
        out.extend(number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*')));
        out.extend(
            parameters.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ';' | '=' | '-' | '+' | '.')),
        );
        return out;
    }
    for (at, character) in typed.char_indices() {
        match character {
            '"'
            | '<'
            | '>'
            | '\\'
            | '^'
            | '`'
            | '{'
            | '|'
            | '}'
            | ' '
            | '('
            | ')'
            | '\''
            | '\u{0}'..='\u{1F}'
            | '\u{7F}' => {
                percent::push_char(character, &mut out);
            }
            // a sign of its own, not the beginning of an encoded one
            '%' if !typed[at + 1..].bytes().take(2).filter(u8::is_ascii_hexdigit).count().eq(&2) => out.push_str("%25"),
            _ if character.is_ascii() || holes::is_mark(character) => out.push(character),
            _ => percent::push_char(character, &mut out),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_sorted() {
        for (target, kind) in [
            ("https://x.ca", Target::External),
            ("mailto:a@b.c", Target::External),
            ("//x.ca/y", Target::External),
            ("#top", Target::Anchor("top")),
            ("/x", Target::Absolute),
            ("03-code.md", Target::Page("03-code.md", None)),
            ("../o/02-x.md#a", Target::Page("../o/02-x.md", Some("a"))),
            ("form.pdf", Target::File("form.pdf")),
            ("", Target::Empty),
        ] {
            assert_eq!(classify(target), kind, "{target}");
        }
    }

    #[test]
    fn phone_numbers_are_dialled() {
        for (target, dialled) in [
            ("tel:+1 (855) 528-8364", "tel:+18555288364"),
            ("tel:+1%20(555)%20010-0000", "tel:+15550100000"),
            ("tel:+1-855-555-0100;ext=22", "tel:+18555550100;ext=22"),
        ] {
            assert_eq!(href(target), dialled);
        }
    }

    #[test]
    fn the_target_is_pointed_at() {
        for (text, target) in [
            ("[03-code.md](03-code.md)", "03-code.md"),
            ("[a](<03 code.md> \"03 code.md\")", "03 code.md"),
            ("<https://x.ca>", "https://x.ca"),
        ] {
            let span = place(text, 0..text.len(), target, None);
            assert_eq!(&text[span.clone()], target);
            assert!(span.start > 0);
        }
        let text = "[a][b]\n\n[b]: x.md\n";
        assert_eq!(place(text, 0..6, "x.md", Some(8..17)), 13..17);
    }
}
