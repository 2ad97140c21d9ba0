//! Names for addresses: a heading's text as an id.

use crate::text::{armour, holes};

/// A heading's text as an id: letters and digits of any script, joined by `-`.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in armour::strip(text).chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        // a hole in an id shows that other words make another one
        } else if character.is_alphanumeric() || holes::is_mark(character) {
            out.extend(character.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') && !matches!(character, '\'' | '’') {
            out.push('-');
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    if out.is_empty() { "section".to_owned() } else { out }
}
