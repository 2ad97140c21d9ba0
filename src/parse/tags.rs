//! Where the placeholders of a text stand: the author's side of what Tera expands.
//!
//! Here: finding `{{ … }}` and `{% … %}` with their positions, the names they speak of, and the way back from a
//! place in expanded text to the author's. Not here: expanding (`resolve::expand`); Tera does that, this only
//! lets its results and errors be told in the author's own lines.

use std::ops::Range;

/// One placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// From `{` to after `}`, in bytes of the text.
    pub span: Range<usize>,
    /// Between the delimiters, without the trimming `-`.
    pub inner: Range<usize>,
    /// `{{ }}`, not `{% %}`.
    pub is_output: bool,
}

/// Has this text a placeholder at all? Most texts of a site have none.
pub fn has_tags(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Every placeholder, in order; what stands between `{% raw %}` and `{% endraw %}` is text.
pub fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut raw = false;
    while let Some(start) = find_open(text, at) {
        let is_output = text.as_bytes()[start + 1] == b'{';
        let Some(end) = find_close(text, start + 2, is_output) else { break };
        let inner = trim_dashes(text, start + 2..end - 2);
        let word = text[inner.clone()].trim();
        at = end;
        if raw {
            if !is_output && word == "endraw" {
                raw = false;
            } else {
                at = start + 2;
                continue;
            }
        } else if !is_output && word == "raw" {
            raw = true;
        }
        found.push(Tag { span: start..end, inner, is_output });
    }
    found
}

fn find_open(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1)).find(|&at| bytes[at] == b'{' && matches!(bytes[at + 1], b'{' | b'%'))
}

/// The end of a tag: delimiters inside quotes don't count.
fn find_close(text: &str, from: usize, is_output: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let close: &[u8] = if is_output { b"}}" } else { b"%}" };
    let mut quote = None;
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), b'\\') => at += 1,
            (None, _) if bytes[at..].starts_with(close) => return Some(at + 2),
            _ => {}
        }
        at += 1;
    }
    None
}

fn trim_dashes(text: &str, mut inner: Range<usize>) -> Range<usize> {
    if text[inner.clone()].starts_with('-') {
        inner.start += 1;
    }
    if inner.start < inner.end && text[inner.clone()].ends_with('-') {
        inner.end -= 1;
    }
    inner
}

/// The first placeholder that isn't closed: its beginning.
pub fn unclosed(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut raw = false;
    while let Some(start) = find_open(text, at) {
        let is_output = text.as_bytes()[start + 1] == b'{';
        let end = find_close(text, start + 2, is_output);
        let inner = end.map(|end| &text[start + 2..end - 2]);
        if !raw && inner.is_none_or(|inner| inner.contains("{{") || inner.contains("{%") || inner.contains("\n\n")) {
            return Some(start..start + 2);
        }
        let word = inner.unwrap_or_default().trim_matches('-').trim();
        raw = !is_output && word == "raw" || raw && !(!is_output && word == "endraw");
        at = if raw { start + 2 } else { end.unwrap_or(text.len()) };
    }
    None
}

/// A dotted name in a placeholder: `brand.facts.sender`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'t> {
    /// Its parts with their places in the text.
    pub parts: Vec<(&'t str, Range<usize>)>,
}

impl Name<'_> {
    /// The whole, as written.
    pub fn dotted(&self) -> String {
        self.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>().join(".")
    }
}

/// What the placeholders of a text speak of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions<'t> {
    /// Values: `brand.name`. Names that the text itself binds (`for`, `set`) are left out.
    pub names: Vec<Name<'t>>,
    /// Fluent ids: the `id` of each `t(id="…")`, with the place between the quotes.
    pub messages: Vec<(&'t str, Range<usize>)>,
    /// Names that the text itself binds.
    pub bound: Vec<&'t str>,
    /// Every quoted string: an id may reach `t` by a detour.
    pub strings: Vec<&'t str>,
    /// Functions that are called.
    pub functions: Vec<(&'t str, Range<usize>)>,
    /// Filters that are applied.
    pub filters: Vec<(&'t str, Range<usize>)>,
    /// Tests that are asked for: `is defined`.
    pub tests: Vec<(&'t str, Range<usize>)>,
}

/// Reads all names out of the placeholders of a text.
pub fn mentions(text: &str) -> Mentions<'_> {
    let mut all = Mentions::default();
    let mut bound: Vec<&str> = vec!["loop"];
    for tag in tags(text) {
        read_tag(text, &tag, &mut all, &mut bound);
    }
    all.names.retain(|name| !bound.contains(&name.parts[0].0));
    all.bound = bound;
    all
}

/// Words of Tera's grammar, which are no names of values.
const WORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "is",
    "in",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "set_global",
    "endset",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "break",
    "continue",
    "block",
    "endblock",
    "extends",
    "include",
    "component",
    "endcomponent",
    "ignore",
    "missing",
];

fn read_tag<'t>(text: &'t str, tag: &Tag, all: &mut Mentions<'t>, bound: &mut Vec<&'t str>) {
    let tokens = tokens(text, tag.inner.clone());
    all.strings.extend(tokens.iter().filter_map(|token| match token {
        Token::Text(range) => Some(&text[range.clone()]),
        _ => None,
    }));
    let word = |index: usize| match tokens.get(index) {
        Some(Token::Word(range)) => Some(&text[range.clone()]),
        _ => None,
    };
    let sign = |index: usize, sign: u8| matches!(tokens.get(index), Some(Token::Sign(byte, _)) if *byte == sign);
    let keyword = if tag.is_output { None } else { word(0) };
    let mut at = usize::from(keyword.is_some());
    match keyword {
        Some("for") => {
            while at < tokens.len() && word(at) != Some("in") {
                bound.extend(word(at));
                at += 1;
            }
        }
        Some("set" | "set_global") => {
            bound.extend(word(at));
            at += 1;
        }
        Some("filter") => {
            if let Some(Token::Word(range)) = tokens.get(at) {
                all.filters.push((&text[range.clone()], range.clone()));
                at += 1;
            }
        }
        Some("raw" | "endraw" | "block" | "endblock" | "extends" | "include" | "component" | "endcomponent") => return,
        _ => {}
    }
    while at < tokens.len() {
        let Token::Word(range) = &tokens[at] else {
            at += 1;
            continue;
        };
        let name = &text[range.clone()];
        let after_is = at > 0
            && (word(at - 1) == Some("is") || (word(at - 1) == Some("not") && at > 1 && word(at - 2) == Some("is")));
        if at > 0 && sign(at - 1, b'|') {
            all.filters.push((name, range.clone()));
        } else if after_is && name != "not" {
            all.tests.push((name, range.clone()));
        } else if WORDS.contains(&name) {
            // a word of the grammar
        } else if sign(at + 1, b'(') {
            all.functions.push((name, range.clone()));
            if name == "t" {
                read_message_id(text, &tokens[at + 2..], all);
            }
        } else if sign(at + 1, b'=') && !sign(at + 2, b'=') {
            // the name of an argument
        } else {
            let mut parts = vec![(name, range.clone())];
            while sign(at + 1, b'.') {
                let Some(Token::Word(next)) = tokens.get(at + 2) else { break };
                parts.push((&text[next.clone()], next.clone()));
                at += 2;
            }
            all.names.push(Name { parts });
        }
        at += 1;
    }
}

fn read_message_id<'t>(text: &'t str, arguments: &[Token], all: &mut Mentions<'t>) {
    for window in arguments.windows(3) {
        match window {
            [Token::Word(name), Token::Sign(b'=', _), Token::Text(value)] if &text[name.clone()] == "id" => {
                all.messages.push((&text[value.clone()], value.clone()));
                return;
            }
            [Token::Sign(b')', _), ..] => return,
            _ => {}
        }
    }
}

#[derive(Debug)]
enum Token {
    /// A name, keyword or number.
    Word(Range<usize>),
    /// Between the quotes of a string.
    Text(Range<usize>),
    /// Any other character.
    Sign(u8, #[allow(dead_code)] usize),
}

fn tokens(text: &str, range: Range<usize>) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
            let start = at;
            while at < range.end && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_' || bytes[at] >= 0x80) {
                at += 1;
            }
            found.push(Token::Word(start..at));
        } else if byte.is_ascii_digit() {
            while at < range.end && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'.') {
                at += 1;
            }
            found.push(Token::Sign(b'0', at));
        } else if matches!(byte, b'"' | b'\'' | b'`') {
            let start = at + 1;
            at = start;
            while at < range.end && bytes[at] != byte {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            let end = at.min(range.end);
            // a backslash before the end could lead past it
            if text.is_char_boundary(end) && start <= end {
                found.push(Token::Text(start..end));
            }
            at += 1;
        } else {
            found.push(Token::Sign(byte, at));
            at += 1;
        }
    }
    found
}

/// The way back from expanded text to the author's.
#[derive(Debug, Default)]
pub struct Origin {
    /// Expanded offset, author's offset, and whether what follows is a value (one point in the author's text)
    /// or the author's own text (which runs in parallel). Ordered by expanded offset.
    points: Vec<(usize, Range<usize>, bool)>,
}

impl Origin {
    /// The author's bytes for a byte range of expanded text.
    pub fn back(&self, span: Range<usize>) -> Range<usize> {
        let start = self.locate(span.start, false);
        let end = self.locate(span.end, true);
        start..end.max(start)
    }

    fn locate(&self, at: usize, is_end: bool) -> usize {
        let index = self.points.partition_point(|(expanded, ..)| if is_end { *expanded < at } else { *expanded <= at });
        match index.checked_sub(1).map(|index| &self.points[index]) {
            None => at,
            Some((_, author, true)) => {
                if is_end {
                    author.end
                } else {
                    author.start
                }
            }
            Some((expanded, author, false)) => author.start + (at - expanded),
        }
    }
}

/// The first of the private-use characters that carry positions; none of them occurs in a text by accident.
const MARK: u32 = 0xF_0000;

/// The text with marks that survive expansion: before each value and after each tag.
pub fn instrument(text: &str) -> String {
    let tags = tags(text);
    let mut out = String::with_capacity(text.len() + tags.len() * 24);
    let mut at = 0;
    for (index, tag) in tags.iter().enumerate() {
        let before = &text[at..tag.span.start];
        let trims_before = text[tag.span.start + 2..].starts_with('-');
        // a mark must not stand between white space and a tag that trims it
        let kept = if trims_before { before.trim_end().len() } else { before.len() };
        out.push_str(&before[..kept]);
        if tag.is_output {
            push_mark(&mut out, index * 2);
        }
        out.push_str(&before[kept..]);
        out.push_str(&text[tag.span.clone()]);
        let after = &text[tag.span.end..];
        let trimmed = if text[..tag.span.end - 2].ends_with('-') { after.len() - after.trim_start().len() } else { 0 };
        out.push_str(&after[..trimmed]);
        push_mark(&mut out, index * 2 + 1);
        at = tag.span.end + trimmed;
    }
    out.push_str(&text[at..]);
    out
}

/// A mark is two characters: the high and the low eleven bits of its number, from two separate ranges.
fn push_mark(out: &mut String, number: usize) {
    let (high, low) = ((number / 0x800) as u32 & 0x7FF, (number % 0x800) as u32);
    out.extend(char::from_u32(MARK + high));
    out.extend(char::from_u32(MARK + 0x800 + low));
}

/// Takes the marks out of an expanded text and reads the way back from them.
pub fn origin(author: &str, marked: &str) -> (String, Origin) {
    let tags = tags(author);
    let mut text = String::with_capacity(marked.len());
    let mut points = vec![(0, 0..0, false)];
    let mut high = None;
    for character in marked.chars() {
        let code = character as u32;
        match (high, code) {
            (_, MARK..0xF_0800) => high = Some(code - MARK),
            (Some(first), 0xF_0800..0xF_1000) => {
                high = None;
                let number = (first * 0x800 + (code - MARK - 0x800)) as usize;
                if let Some(tag) = tags.get(number / 2) {
                    if number.is_multiple_of(2) {
                        points.push((text.len(), tag.span.clone(), true));
                    } else {
                        let after = &author[tag.span.end..];
                        let trims = author[..tag.span.end - 2].ends_with('-');
                        let from = tag.span.end + if trims { after.len() - after.trim_start().len() } else { 0 };
                        points.push((text.len(), from..from, false));
                    }
                }
            }
            _ => text.push(character),
        }
    }
    (text, Origin { points })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_outside_raw() {
        let text = "a {{ x }} {% if y == \"%}\" %}b{% endif %} {% raw %}{{ z }}{% endraw %} {#id} {{- w -}}";
        let found: Vec<&str> = tags(text).iter().map(|tag| &text[tag.span.clone()]).collect();
        assert_eq!(found, ["{{ x }}", "{% if y == \"%}\" %}", "{% endif %}", "{% raw %}", "{% endraw %}", "{{- w -}}"]);
    }

    #[test]
    fn names_are_read() {
        let text = "{{ brand.facts.sender | upper }} {% for url in brand.facts.urls %}{{ url }} {{ loop.index }}{% endfor %}\
                    {% if brand.id == \"a\" and not step.number is odd %}{{ t(id=\"of-brand\", name=brand.name) }}{% endif %}";
        let all = mentions(text);
        let names: Vec<String> = all.names.iter().map(Name::dotted).collect();
        assert_eq!(names, ["brand.facts.sender", "brand.facts.urls", "brand.id", "step.number", "brand.name"]);
        assert_eq!(all.messages.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["of-brand"]);
        assert_eq!(all.functions.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["t"]);
        assert_eq!(all.filters.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["upper"]);
    }

    #[test]
    fn marks_lead_back() {
        let text = "é {{ x }} tail {% if y -%}  in{% endif %} end";
        let marked =
            instrument(text).replace("{{ x }}", "VALUE").replace("{% if y -%}  ", "").replace("{% endif %}", "");
        let (expanded, origin) = origin(text, &marked);
        assert_eq!(expanded, "é VALUE tail in end");
        let back = |needle: &str| {
            let start = expanded.find(needle).unwrap();
            &text[origin.back(start..start + needle.len())]
        };
        assert_eq!(back("é"), "é");
        assert_eq!(back("VALUE"), "{{ x }}");
        assert_eq!(back("AL"), "{{ x }}");
        assert_eq!(back("tail"), "tail");
        assert_eq!(back("in"), "in");
        assert_eq!(back("end"), "end");
        assert_eq!(back("VALUE tail"), "{{ x }} tail");
    }
}
