//! Which addresses run something, and character references decoded.
//!
//! Here: the scheme of an address as browsers find it. Not here: whether an address leads anywhere.

use std::borrow::Cow;

use memchr::memchr;

/// Whether following or loading this address would run something: `javascript:`, `vbscript:`, and `data:` other
/// than pictures made of pixels. Case, control characters and white space don't hide it; character references
/// must be decoded before, as they are in Markdown's link targets. U+10FE00 to U+10FE7F, which stand for the
/// characters of an inserted value, are taken for those.
pub fn unsafe_url(url: &str) -> bool {
    runs(url, &["png", "jpeg", "jpg", "gif", "webp", "avif"])
}

/// The same for the source of an `img`, where SVG can't run anything.
pub(super) fn unsafe_picture(url: &str) -> bool {
    runs(url, &["png", "jpeg", "jpg", "gif", "webp", "avif", "svg+xml"])
}

fn runs(url: &str, pictures: &[&str]) -> bool {
    let mut signs = url
        .chars()
        .map(|c| match u32::from(c).checked_sub(0x10_fe00) {
            Some(ascii @ 0..0x80) => char::from_u32(ascii).unwrap_or(c),
            _ => c,
        })
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .peekable();
    // Most addresses are cleared by their first letter.
    if !matches!(signs.peek(), Some('j' | 'v' | 'l' | 'd')) {
        return false;
    }
    // No scheme is longer, nor a picture's type; the rest may be megabytes.
    let start: String = signs.take(32).collect();
    match start.split_once(':') {
        Some(("javascript" | "vbscript" | "livescript", _)) => true,
        Some(("data", rest)) => !rest.strip_prefix("image/").is_some_and(|rest| {
            let end = rest.find([';', ',']).unwrap_or(rest.len());
            pictures.contains(&&rest[..end])
        }),
        _ => false,
    }
}

/// An attribute's value with its character references decoded: all numeric ones, and the named ones that matter
/// in addresses and are usual in text. Unknown names stay as they are.
pub fn decode(value: &str) -> Cow<'_, str> {
    if memchr(b'&', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((plain, reference)) = rest.split_once('&') {
        out.push_str(plain);
        match numeric(reference).or_else(|| named(reference)) {
            Some((c, length)) => {
                out.push(c);
                rest = &reference[length..];
            }
            None => {
                out.push('&');
                rest = reference;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of `#106;` or `#x6a;`, and how long that is. The `;` may be missing.
fn numeric(reference: &str) -> Option<(char, usize)> {
    let digits = reference.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let number = digits[..end].chars().filter_map(|c| c.to_digit(radix));
    let number = number.fold(0_u32, |sum, digit| sum.saturating_mul(radix).saturating_add(digit));
    let c = char::from_u32(number).filter(|&c| c != '\0').unwrap_or('\u{fffd}');
    let semicolon = usize::from(digits[end..].starts_with(';'));
    Some((c, reference.len() - digits.len() + end + semicolon))
}

fn named(reference: &str) -> Option<(char, usize)> {
    // In `?a=1&lt=2` nothing is meant.
    let ends = |name: &str| {
        let next = reference.as_bytes().get(name.len());
        name.ends_with(';') || !next.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'=')
    };
    let fits = |(name, _): &&(&str, char)| reference.starts_with(name) && ends(name);
    NAMED.iter().find(fits).map(|(name, c)| (*c, name.len()))
}

/// Those that browsers know without `;` stand here without it too, behind the same with it.
const NAMED: &[(&str, char)] = &[
    ("amp;", '&'),
    ("amp", '&'),
    ("lt;", '<'),
    ("lt", '<'),
    ("gt;", '>'),
    ("gt", '>'),
    ("quot;", '"'),
    ("quot", '"'),
    ("apos;", '\''),
    ("nbsp;", '\u{a0}'),
    ("Tab;", '\t'),
    ("NewLine;", '\n'),
    ("colon;", ':'),
    ("sol;", '/'),
    ("period;", '.'),
    ("comma;", ','),
    ("semi;", ';'),
    ("num;", '#'),
    ("quest;", '?'),
    ("equals;", '='),
    ("percnt;", '%'),
    ("lowbar;", '_'),
    ("excl;", '!'),
    ("commat;", '@'),
    ("plus;", '+'),
    ("lpar;", '('),
    ("rpar;", ')'),
    ("ndash;", '–'),
    ("mdash;", '—'),
    ("hellip;", '…'),
    ("rsquo;", '’'),
    ("laquo;", '«'),
    ("raquo;", '»'),
    ("agrave;", 'à'),
    ("eacute;", 'é'),
    ("egrave;", 'è'),
    ("ecirc;", 'ê'),
    ("ccedil;", 'ç'),
];
