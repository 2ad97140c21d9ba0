//! How a value travels through Markdown without being read by it.
//!
//! A placeholder's value is text in the place where it lands. On the way in, every character of it that Markdown
//! or HTML could read is mapped to a private-use character; on the way out it is mapped back, and escaped for
//! where it stands. The signs that addresses are made of pass, so that `<{{ url }}>` and `[x](mailto:{{ address }})`
//! work; at the beginning of a value they don't, so that it can't open a list or a heading. Not here: Markdown.

use std::borrow::Cow;
use std::io::{self, Write};

/// The private-use character that stands for the byte 0; the ASCII characters follow in order.
const BASE: u32 = 0x10_FE00;
/// The first bytes of each of those characters in UTF-8.
const LEAD: [u8; 3] = [0xF4, 0x8F, 0xB8];

/// Writes a value so that Markdown sees only letters: Tera's escape function for texts.
pub fn write(value: &str, out: &mut dyn Write) -> io::Result<()> {
    let bytes = value.as_bytes();
    let leading_digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut plain = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let passes = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => true,
            b'.' => at > leading_digits,
            b':' | b'/' | b'@' | b'-' | b'+' => at > 0,
            b'_' => {
                at > 0
                    && bytes[at - 1].is_ascii_alphanumeric()
                    && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => false,
        };
        if !passes {
            out.write_all(&bytes[plain..at])?;
            out.write_all(&[LEAD[0], LEAD[1], LEAD[2] + (byte >> 6), 0x80 | (byte & 0x3F)])?;
            plain = at + 1;
        }
    }
    out.write_all(&bytes[plain..])
}

/// The same as a string.
pub fn armour(value: &str) -> String {
    let mut out = Vec::with_capacity(value.len() + 16);
    // writing to a vector can't fail, and only whole characters are written
    let _ = write(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Is anything in armour here?
pub fn has(text: &str) -> bool {
    text.as_bytes().contains(&LEAD[0])
}

/// The value's own character, if this one stands for it.
pub fn own(character: char) -> Option<char> {
    (character as u32).checked_sub(BASE).filter(|byte| *byte < 0x80).map(|byte| char::from(byte as u8))
}

/// The text with every value as it was typed.
pub fn strip(text: &str) -> Cow<'_, str> {
    if !has(text) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|character| own(character).unwrap_or(character)).collect::<String>().into()
}

/// Appends text for HTML: values as they were typed, everything escaped.
pub fn push_html(text: &str, out: &mut String) {
    let mut plain = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let (entity, length) = match bytes[at] {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' => ("&quot;", 1),
            byte if byte == LEAD[0] => match text[at..].chars().next().map(|character| (own(character), character)) {
                Some((Some(own), _)) => {
                    out.push_str(&text[plain..at]);
                    match own {
                        '&' => out.push_str("&amp;"),
                        '<' => out.push_str("&lt;"),
                        '>' => out.push_str("&gt;"),
                        '"' => out.push_str("&quot;"),
                        other => out.push(other),
                    }
                    at += 4;
                    plain = at;
                    continue;
                }
                _ => {
                    at += 4;
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&text[plain..at]);
        out.push_str(entity);
        at += length;
        plain = at;
    }
    out.push_str(&text[plain..]);
}

/// Appends the author's raw HTML: values in it become character references, which no HTML parser reads as markup.
pub fn push_raw_html(html: &str, out: &mut String) {
    if !has(html) {
        out.push_str(html);
        return;
    }
    for character in html.chars() {
        match own(character) {
            Some(own) if !own.is_ascii_alphanumeric() => {
                out.push_str("&#");
                out.push_str(&(own as u32).to_string());
                out.push(';');
            }
            Some(own) => out.push(own),
            None => out.push(character),
        }
    }
}

/// Appends text for Markdown: values in prose are escaped with `\`, in code they stand as they were typed.
pub fn push_markdown(text: &str, is_code: bool, out: &mut String) {
    if !has(text) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match own(character) {
            Some(own) if !is_code && "\\`*_{}[]()#+-.!|<>&~:=\"'^$".contains(own) => {
                if "\\`*_[]<>|~#&".contains(own) {
                    out.push('\\');
                }
                out.push(own);
            }
            Some('\n' | '\r') if !is_code => out.push(' '),
            Some(own) => out.push(own),
            None => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_as_typed() {
        for value in [
            "a_b*c",
            "<b>",
            "https://x.ca/a?b=c&d#e",
            "first_last@x.ca",
            "1. x",
            "- x",
            "  x",
            "\"l'été\" `x`",
            "",
            "a|b",
            "___",
            "é_è",
        ] {
            let inside = armour(value);
            assert_eq!(strip(&inside), value);
            let mut html = String::new();
            push_html(&inside, &mut html);
            assert_eq!(
                html,
                value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
            );
        }
    }

    #[test]
    fn addresses_stay_readable_to_markdown() {
        assert_eq!(armour("https://ca.auvenir.com"), "https://ca.auvenir.com");
        assert_eq!(armour("no-reply@auvenir.ca"), "no-reply@auvenir.ca");
        assert_eq!(armour("first_last@x.ca"), "first_last@x.ca");
        assert!(!armour("1. x").contains("1. "));
        assert!(!armour("- x").starts_with('-'));
    }
}
