//! Mail to a brand's help that says which page it is about.
//!
//! Not here: where the link stands (the templates).

use std::borrow::Cow;

use super::pages::Edition;
use crate::model::guide::{Guide, Kind, Page};
use crate::resolve::messages::Argument;

/// A `mailto:` link with the edition, the guide and the page in its subject; none for a brand without an address.
pub fn link(edition: &Edition<'_>, guide: &Guide, page: &Page) -> Option<String> {
    let email = edition.brand.support.email.as_ref()?;
    let text = |text| Argument::Text(Cow::Borrowed(text));
    let (id, number) = match page.kind {
        Kind::Step { number } | Kind::StepOption { step: number, .. } => ("email-subject-step", Some(number)),
        Kind::Index | Kind::Loose => ("email-subject", None),
    };
    let arguments = [
        ("page", text(&page.title)),
        ("guide", text(&guide.index().title)),
        ("brand", text(&edition.brand.name)),
        ("language", text(&edition.outlines[edition.current].name)),
        ("number", Argument::Number(number.unwrap_or_default() as f64)),
    ];
    let arguments = if number.is_some() { &arguments[..] } else { &arguments[..4] };
    let subject = edition.message(id, arguments);
    let mut mailto = String::with_capacity("mailto:?subject=".len() + email.len() + 3 * subject.len());
    mailto.push_str("mailto:");
    mailto.push_str(email);
    mailto.push_str("?subject=");
    push_encoded(&subject, &mut mailto);
    Some(mailto)
}

fn push_encoded(text: &str, out: &mut String) {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let (mut from, bytes) = (0, text.as_bytes());
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| !stays(**byte)) {
        // what stays is ASCII, so it ends where a character does
        out.push_str(text.get(from..at).unwrap_or_default());
        let hex = |digit: u8| char::from(HEX[usize::from(digit)]);
        out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::push_encoded;

    #[test]
    fn a_subject_is_encoded_but_for_plain_signs() {
        for (text, encoded) in [("", ""), ("a-b_c.~9", "a-b_c.~9"), ("é x/", "%C3%A9%20x%2F"), ("a→b", "a%E2%86%92b")]
        {
            let mut out = String::new();
            push_encoded(text, &mut out);
            assert_eq!(out, encoded);
        }
    }
}
