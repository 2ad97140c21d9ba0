//! Text in XML: references in, references out, and what names may look like.
//!
//! Here: one text, value or name at a time. Not here: the tree.

use std::borrow::Cow;

use super::{SvgError, error};

/// A value with its references replaced and its white space made plain, as every reader of XML does.
pub(super) fn unescape(raw: &str, at: usize) -> Result<Cow<'_, str>, SvgError> {
    if !raw.contains(['&', '\n', '\r', '\t']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, reference)) = rest.split_once('&') {
        out.push_str(plain);
        let (name, after) = reference.split_once(';').ok_or_else(|| error(at, "there is a & without its ;"))?;
        out.push(referred(name, at)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(Cow::Owned(out.replace(['\n', '\r', '\t'], " ")))
}

/// The character that `&name;` stands for.
pub(super) fn referred(name: &str, at: usize) -> Result<char, SvgError> {
    let c = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
            (Some(digits), _) => numbered(digits, 16),
            (None, Some(digits)) => numbered(digits, 10),
            (None, None) => None,
        },
    };
    c.ok_or_else(|| {
        let shown: String = name.chars().take(32).collect();
        error(at, format!("the reference \"&{shown};\" isn't known here"))
    })
}

fn numbered(digits: &str, radix: u32) -> Option<char> {
    // A sign would be read as part of the number.
    let plain = digits.bytes().all(|b| b.is_ascii_alphanumeric());
    let number = u32::from_str_radix(digits, radix).ok().filter(|_| plain);
    number.and_then(char::from_u32).filter(|&c| is_xml(c))
}

/// Appends text for a double-quoted attribute or for between tags.
pub(super) fn escape(text: &str, quoted: bool, out: &mut String) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let reference = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' if quoted => "&quot;",
            b'\r' => "&#13;",
            _ => continue,
        };
        out.push_str(&text[copied..at]);
        out.push_str(reference);
        copied = at + 1;
    }
    out.push_str(&text[copied..]);
}

/// A name with at most one colon, inside. SVG's own names are ASCII.
pub(super) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

/// Whether XML allows the character.
pub(super) fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
