//! Where the placeholders of a text stand: the author's side of what Tera expands.
//!
//! Here: finding `{{ … }}` and `{% … %}` with their positions, and the names they speak of. Not here: expanding
//! (`resolve::expand`), and the way back from expanded text (`parse::origin`).

pub mod looks;

use std::ops::Range;

use memchr::memchr_iter;

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
    find_open(text, 0).is_some()
}

/// Every placeholder, in order; what stands between `{% raw %}` and `{% endraw %}` is text.
pub fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut raw = false;
    while let Some(start) = find_open(text, at) {
        let is_output = text.as_bytes()[start + 1] == b'{';
        let end = find_close(text, start + 2, is_output);
        let inner = end.map(|end| trim_dashes(text, start + 2..end - 2));
        let word = inner.clone().filter(|_| !is_output).map_or("", |inner| text[inner].trim());
        if raw && word != "endraw" {
            at = start + 2;
            continue;
        }
        let (Some(end), Some(inner)) = (end, inner) else { break };
        at = end;
        raw = word == "raw";
        found.push(Tag { span: start..end, inner, is_output });
    }
    found
}

fn find_open(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut braces = memchr_iter(b'{', &bytes[from.min(bytes.len())..]).map(|at| from + at);
    braces.find(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%')))
}

/// The end of a tag: delimiters inside quotes don't count.
fn find_close(text: &str, from: usize, is_output: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = if is_output { b'}' } else { b'%' };
    let mut quote = None;
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), b'\\') => at += 1,
            (None, byte) if byte == first && bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
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
        if !raw && inner.is_none_or(swallows) {
            return Some(start..start + 2);
        }
        let word = inner.unwrap_or_default().trim_matches('-').trim();
        raw = if raw { is_output || word != "endraw" } else { !is_output && word == "raw" };
        at = if raw { start + 2 } else { end.unwrap_or(text.len()) };
    }
    None
}

/// Has a placeholder taken in what comes behind it? Braces within quotes are its own.
fn swallows(inner: &str) -> bool {
    let mut outside = String::with_capacity(inner.len());
    let mut quote = None;
    for character in inner.chars() {
        match quote {
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            None => outside.push(character),
            Some(open) if open == character => quote = None,
            Some(_) => {}
        }
    }
    outside.contains("{{") || outside.contains("{%") || inner.contains("\n\n")
}

/// `set a = a ~ a`: a few dozen of them fill any memory.
fn doubles(inner: &str) -> bool {
    let Some((name, value)) = inner.trim_start_matches("set").split_once('=') else { return false };
    let name = name.trim();
    let words = value.split(|c: char| !c.is_alphanumeric() && c != '_');
    !name.is_empty() && words.filter(|word| *word == name).count() > 0 && value.contains(['~', '[', '*', '+'])
}

/// The first placeholder that goes beyond what a text may ask of Tera, and why: its own parser and loops have no
/// limits, and a text must not be able to exhaust the machine.
pub fn beyond_limits(text: &str) -> Option<(Range<usize>, &'static str)> {
    let (mut loops, mut branches, mut replaces) = (0_usize, 0_usize, 0_usize);
    for tag in tags(text) {
        let inner = text[tag.inner.clone()].trim();
        let brackets = inner.bytes().fold((0_i32, 0_i32), |(depth, deepest), byte| match byte {
            b'(' | b'[' | b'{' => (depth + 1, deepest.max(depth + 1)),
            b')' | b']' | b'}' => (depth - 1, deepest),
            _ => (depth, deepest),
        });
        if brackets.1 > 32 || inner.matches("not ").count() > 32 || inner.len() > 4096 {
            return Some((tag.span, "this placeholder is too long or nested too deep"));
        }
        replaces += inner.matches("replace").count();
        if replaces > 20 || inner.matches("replace").count() > 3 {
            return Some((tag.span, "too much is replaced in this text"));
        }
        if inner.contains("__tera_context") {
            return Some((tag.span, "everything at once, in no order"));
        }
        match inner.split_whitespace().next().filter(|_| !tag.is_output) {
            Some("for") => {
                loops += 1;
                if loops > 3 {
                    return Some((tag.span, "more than three loops within each other"));
                }
            }
            Some("endfor") => loops = loops.saturating_sub(1),
            Some("if" | "elif") => {
                branches += 1;
                if branches > 200 {
                    return Some((tag.span, "more than 200 conditions in one text"));
                }
            }
            Some("set") if doubles(inner) => return Some((tag.span, "a value that grows out of itself")),
            Some("set_global") => return Some((tag.span, "a value that is changed for all that follows")),
            _ => {}
        }
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
        let mut dotted = String::with_capacity(self.parts.iter().map(|(part, _)| part.len() + 1).sum());
        for (part, _) in &self.parts {
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(part);
        }
        dotted
    }
}

/// What the placeholders of a text speak of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions<'t> {
    /// Values: `brand.name`. Names that the text itself binds (`for`, `set`) are left out.
    pub names: Vec<Name<'t>>,
    /// Values that are compared with a text: `brand.id == "auvenir"`, with the place between the quotes.
    pub compared: Vec<(Name<'t>, &'t str, Range<usize>)>,
    /// Values that are put out as they are, without a filter.
    pub printed: Vec<Name<'t>>,
    /// Values that a loop goes through.
    pub looped: Vec<Name<'t>>,
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
    for names in [&mut all.names, &mut all.printed, &mut all.looped] {
        names.retain(|name| !bound.contains(&name.parts[0].0));
    }
    all.bound = bound;
    all
}

/// Is this a word of Tera's grammar, and no name of a value?
pub fn is_word(name: &str) -> bool {
    matches!(
        name,
        "and"
            | "or"
            | "not"
            | "is"
            | "in"
            | "true"
            | "false"
            | "none"
            | "True"
            | "False"
            | "None"
            | "if"
            | "elif"
            | "else"
            | "endif"
            | "for"
            | "endfor"
            | "set"
            | "set_global"
            | "endset"
            | "filter"
            | "endfilter"
            | "raw"
            | "endraw"
            | "break"
            | "continue"
            | "block"
            | "endblock"
            | "extends"
            | "include"
            | "component"
            | "endcomponent"
            | "ignore"
            | "missing"
    )
}

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
        // no tag at all: Tera tells it, and what stands in it means nothing
        Some(word) if !is_word(word) && !word.starts_with("end") => return,
        _ => {}
    }
    let first = if keyword == Some("for") { at + 1 } else { at };
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
        } else if is_word(name) {
            // a word of the grammar
        } else if sign(at + 1, b'(') {
            all.functions.push((name, range.clone()));
            if name == "t" {
                read_message_id(text, &tokens[at + 2..], all);
            }
        } else if sign(at + 1, b'=') && !sign(at + 2, b'=') {
            // the name of an argument
        } else {
            let is_first = at == first;
            let mut parts = vec![(name, range.clone())];
            while sign(at + 1, b'.') {
                let Some(Token::Word(next)) = tokens.get(at + 2) else { break };
                parts.push((&text[next.clone()], next.clone()));
                at += 2;
            }
            let name = Name { parts };
            let is_compared = (sign(at + 1, b'=') || sign(at + 1, b'!')) && sign(at + 2, b'=');
            if let Some(Token::Text(range)) = tokens.get(at + 3).filter(|_| is_compared) {
                all.compared.push((name.clone(), &text[range.clone()], range.clone()));
            }
            if is_first && at + 1 == tokens.len() && tag.is_output {
                all.printed.push(name.clone());
            } else if is_first && at + 1 == tokens.len() && keyword == Some("for") {
                all.looped.push(name.clone());
            }
            all.names.push(name);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_outside_raw() {
        let text = "a {{ x }} {% if y == \"%}\" %}b{% endif %} {% raw %}{{ z }}{% endraw %} {#id} {{- w -}}";
        let found: Vec<&str> = tags(text).iter().map(|tag| &text[tag.span.clone()]).collect();
        assert_eq!(found, ["{{ x }}", "{% if y == \"%}\" %}", "{% endif %}", "{% raw %}", "{% endraw %}", "{{- w -}}"]);
        let text = "{% raw %}{{ it's {% endraw %}{{ x }}";
        assert_eq!(tags(text).len(), 3);
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
}
