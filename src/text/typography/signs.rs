//! What a character counts as between words and marks, and which words are addresses.
//!
//! Here: plain questions about single characters and words. Not here: what is done about the answers.

use std::ops::Range;

/// Letters and figures; signs that aren't punctuation; the stand-ins for inserted values.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        !c.is_whitespace() && !matches!(c, '«' | '»' | '¡' | '¿' | '\u{2010}'..='\u{205e}')
    }
}

/// The characters that stand for those of an inserted value, or for its words (see `armour` and `holes`).
pub(super) fn is_stand_in(c: char) -> bool {
    c >= '\u{f0000}'
}

/// The end of a sentence or of a part of it.
pub(super) fn ends(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | ')' | ']' | '}' | '%' | '”' | '»')
}

/// What may stand right after a closing quote.
pub(super) fn closes(right: char) -> bool {
    right.is_whitespace() || ends(right) || matches!(right, '-' | '/' | '’' | '\u{2010}'..='\u{2015}')
}

/// The part of a word that is a URL or an e-mail address, without the punctuation around it.
pub(super) fn address(word: &str) -> Range<usize> {
    // Most words are cleared at a glance.
    if !word.bytes().any(|b| matches!(b, b'@' | b'/' | b'.')) {
        return 0..0;
    }
    let trailing: &[char] =
        &['"', '\'', '.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '«', '»', '“', '”', '‘', '’', '…'];
    let end = word.trim_end_matches(trailing).len();
    let leading: &[char] = &['"', '\'', '(', '[', '{', '<', '«', '»', '“', '”', '‘', '’'];
    let start = word.len() - word.trim_start_matches(leading).len();
    let bytes = word.as_bytes();
    let scheme = word.find("://").map(|colon| {
        let letters = |b: &&u8| b.is_ascii_alphanumeric() || b"+.-".contains(b);
        colon - bytes[..colon].iter().rev().take_while(letters).count()
    });
    let mut starts = word.match_indices("www.").map(|(www, _)| www);
    let www = starts.find(|&www| !word[..www].ends_with(is_word));
    let mail = is_mail(word).then_some(start);
    let start = [scheme, www, mail].into_iter().flatten().min().unwrap_or(end);
    start.min(end)..end
}

/// An `@` between two letters, as in `a@b.c`, but not in `@name`.
fn is_mail(word: &str) -> bool {
    word.match_indices('@').any(|(at, _)| word[..at].ends_with(is_word) && word[at + 1..].starts_with(is_word))
}

/// What `; ! ?` keep their distance from. Not brackets, dashes and other marks: `(?)`, `—!`, `?!`.
pub(super) fn takes_mark(left: char) -> bool {
    is_word(left) || matches!(left, ')' | ']' | '}' | '»' | '”' | '’' | '%' | '$' | '.' | '+' | '#')
}

/// What `; ! ?` stand close to, but not if a space was typed between: `! !`, `… ?`, `https://a.b/ ?`.
pub(super) fn follows_loosely(left: char) -> bool {
    matches!(left, ';' | '!' | '?' | '…' | '/')
}

/// What a colon keeps its distance from.
pub(super) fn takes_colon(left: char) -> bool {
    takes_mark(left) || matches!(left, '!' | '?' | '…' | '/')
}

/// What may follow `; ! ?` as punctuation. Anything else makes them part of a word: `a?b`, `!important`, `!=`.
pub(super) fn ends_clause(next: char) -> bool {
    match next {
        ')' | ']' | '}' | '"' | '\'' | '.' | ',' | ':' | '-' => true,
        c if c.is_ascii() => c.is_ascii_whitespace(),
        c => !c.is_alphanumeric() && !is_stand_in(c),
    }
}

/// Whether the next colon would be the second one of `:smile:`.
pub(super) fn ends_short_code(before: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    let rest = before.trim_end_matches(name);
    rest.len() < before.len()
        && rest.strip_suffix(':').is_some_and(|rest| !rest.ends_with(|c: char| !c.is_whitespace()))
}
