//! Escapes that Fluent's own parser can't take.
//!
//! Where a digit of `\u` is wanted in a quoted text and a character of several bytes stands, it looks into the middle of
//! that character and panics. Such a text is wrong anyway. Not here: what is said of it (`words`).

use std::ops::Range;

use fluent::FluentResource;
use fluent_syntax::ast::Entry;

/// The same text with such characters masked, each by as many bytes, so that places stay.
pub(super) fn masked(text: &str) -> String {
    let found = found(text);
    if found.is_empty() {
        return text.to_owned();
    }
    let resource = FluentResource::try_new(mask(text, &found)).unwrap_or_else(|(resource, _)| resource);
    let lost = resource.entries().filter_map(|entry| match entry {
        Entry::Junk { content } => Some(super::span(resource.source(), content)),
        _ => None,
    });
    let lost: Vec<Range<usize>> = lost.collect();
    // outside quotes a backslash is a backslash; what is lost stands in order
    let is_lost = |at: &Range<usize>| {
        let next = lost.partition_point(|lost| lost.end <= at.start);
        lost.get(next).is_some_and(|lost| lost.contains(&at.start))
    };
    mask(text, &found.into_iter().filter(is_lost).collect::<Vec<_>>())
}

fn found(text: &str) -> Vec<Range<usize>> {
    let short = |(at, _): (usize, &str)| {
        let rest = &text[at + 1..];
        let wanted = match rest.bytes().next()? {
            b'u' => 4,
            b'U' => 6,
            _ => return None,
        };
        let digits = rest.bytes().skip(1).take(wanted).take_while(u8::is_ascii_hexdigit).count();
        let next = rest[1 + digits..].chars().next().filter(|next| digits < wanted && !next.is_ascii())?;
        let start = at + 2 + digits;
        Some(start..start + next.len_utf8())
    };
    text.match_indices('\\').filter_map(short).collect()
}

fn mask(text: &str, places: &[Range<usize>]) -> String {
    let mut masked = text.to_owned();
    for place in places {
        masked.replace_range(place.clone(), &"?".repeat(place.len()));
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_cost_what_they_are_worth() {
        let text = "a = { \"\\ué\" }\n".repeat(50_000);
        assert_eq!(masked(&text), text.replace('é', "??"));
    }

    #[test]
    fn only_what_would_break_is_masked() {
        for (text, expected) in [
            ("a = { \"\\u00é\" }\n", "a = { \"\\u00??\" }\n"),
            ("a = { \"\\U01F\u{feff}\" }\nb = \\u00é\n", "a = { \"\\U01F???\" }\nb = \\u00é\n"),
            ("a = C:\\ué { \"\\\\ué\" }\n", "a = C:\\ué { \"\\\\ué\" }\n"),
            ("a = { \"\\u00e9é\" }\n", "a = { \"\\u00e9é\" }\n"),
            ("a = \\", "a = \\"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
