//! A drawing as an address that holds it.
//!
//! Not here: which drawings are small enough for that (`pipeline::files`), and pictures of pixels (`render::single`).

use super::percent;

/// An SVG as `data:image/svg+xml,…`. What neither means something in an address nor in HTML stays readable, and packs
/// well.
pub fn svg(text: &str) -> String {
    let text = text.trim();
    // most drawings hold no ', which then stands for the " that HTML would have to escape
    let quote = if text.contains('\'') { None } else { Some("'") };
    let mut uri = String::with_capacity(text.len() * 2);
    uri.push_str("data:image/svg+xml,");
    for character in text.chars() {
        match (character, quote) {
            ('"', Some(quote)) => uri.push_str(quote),
            // between elements, a line's end means nothing
            ('\n' | '\r', _) if uri.ends_with("%3E") => {}
            (' ' | '\n' | '\r' | '\t', _) => uri.push_str("%20"),
            ('<' | '>' | '"' | '#' | '%' | '&' | '\\' | '^' | '`' | '{' | '|' | '}', _) => {
                percent::push_char(character, &mut uri);
            }
            _ if character.is_ascii() && !character.is_control() => uri.push(character),
            _ => percent::push_char(character, &mut uri),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn what_means_something_is_written_in_another_way() {
        for (text, uri) in [
            ("<svg a=\"#b\"/>\n", "data:image/svg+xml,%3Csvg%20a='%23b'/%3E"),
            ("<svg a='b\"'/>", "data:image/svg+xml,%3Csvg%20a='b%22'/%3E"),
            ("<svg>\né 100%\n&amp;</svg>", "data:image/svg+xml,%3Csvg%3E%C3%A9%20100%25%20%26amp;%3C/svg%3E"),
        ] {
            assert_eq!(svg(text), uri);
        }
    }
}
