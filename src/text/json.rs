//! Text made safe for a string of JSON, byte for byte as serde_json writes it.
//!
//! For long texts that are put into JSON which is written already. Not here: numbers, lists, objects, and the quotes
//! around a string; all that is serde's.

use std::fmt::Write;

/// Appends text for between quotes.
pub fn escape(text: &str, out: &mut String) {
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = first_special(&text.as_bytes()[at..]) {
        at += found;
        out.push_str(&text[copied..at]);
        match text.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\x08' => out.push_str("\\b"),
            b'\x0c' => out.push_str("\\f"),
            // writing to a string can't fail
            control => _ = write!(out, "\\u{control:04x}"),
        }
        at += 1;
        copied = at;
    }
    out.push_str(&text[copied..]);
}

/// Where the first byte stands that JSON doesn't take as it is. Most do, so eight are looked at in one go.
fn first_special(bytes: &[u8]) -> Option<usize> {
    let (eights, rest) = bytes.as_chunks();
    for (index, eight) in eights.iter().enumerate() {
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| matches!(byte, 0..b' ' | b'"' | b'\\');
    rest.iter().position(is_special).map(|at| eights.len() * 8 + at)
}

/// Of eight bytes, the upper bit of each that is a control character, `"` or `\`. Subtracting borrows from the next
/// byte only where there was a find, so the lowest bit is always right.
fn special(eight: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xFF;
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word;
    let upper_bits = EACH << 7;
    // this makes `"` a blank, a blank `"`, and leaves control characters below both
    let controls_and_quotes = below(eight ^ (EACH * u64::from(b'"' ^ b' ')), b' ' + 1);
    let backslashes = below(eight ^ (EACH * u64::from(b'\\')), 1);
    (controls_and_quotes | backslashes) & upper_bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::escape;

    fn both(text: &str) -> (String, String) {
        let mut own = "\"".to_owned();
        escape(text, &mut own);
        own.push('"');
        (own, serde_json::to_string(text).unwrap())
    }

    #[test]
    fn every_character_at_every_place_is_as_of_serde() {
        for character in (0..0x300).chain([0x2028, 0xFFFC, 0x1F511, 0x10_FE22]).filter_map(char::from_u32) {
            for before in 0..10 {
                for around in ["é", "\"", "\\", "\0", " ", "x"] {
                    let (own, serdes) = both(&format!("{}{character}{}", around.repeat(before), around.repeat(9)));
                    assert_eq!(own, serdes);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_as_of_serde(text in "[\0-\x7f\u{80}\u{a0}é🔑]{0,60}", words in "([a-z ]{0,30}[\"\n\\\\\x01])*") {
            for text in [text, words] {
                let (own, serdes) = both(&text);
                prop_assert_eq!(own, serdes);
            }
        }
    }
}
