//! Mail to a brand's help that says which page it is about.
//!
//! Not here: where the link stands (the templates).

use super::pages::Edition;
use crate::model::guide::{Guide, Kind, Page};
use crate::resolve::messages::Argument;

/// A `mailto:` link with the edition, the guide and the page in its subject; none for a brand without an address.
pub fn link(edition: &Edition<'_>, guide: &Guide, page: &Page) -> Option<String> {
    let email = edition.brand.support.email.as_ref()?;
    let text = |name: &str, text: &str| (name.to_owned(), Argument::Text(text.to_owned()));
    let mut arguments = vec![
        text("page", &page.title),
        text("guide", &guide.index().title),
        text("brand", &edition.brand.name),
        text("language", &edition.outlines[edition.current].name),
    ];
    let id = match page.kind {
        Kind::Step { number } | Kind::StepOption { step: number, .. } => {
            arguments.push(("number".to_owned(), Argument::Number(number as f64)));
            "email-subject-step"
        }
        Kind::Index | Kind::Loose => "email-subject",
    };
    let mut mailto = format!("mailto:{email}?subject=");
    for byte in edition.message(id, &arguments).bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => mailto.push(char::from(byte)),
            _ => {
                mailto.push('%');
                mailto.push(char::from(HEX[usize::from(byte >> 4)]));
                mailto.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    Some(mailto)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";
