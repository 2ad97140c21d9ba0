//! What templates look at, and what they merely print.
//!
//! A value that is only printed, or asked whether it is there, says nothing else about what is printed around it. Read
//! with caution: what isn't plainly one of these counts as looking at it. Not here: which values that matters for
//! (`render::stencil`).

use std::collections::BTreeSet;

use super::{Token, has_tags, is_word, tags, tokens};

/// What some templates do with the values they name. A value is known by the last part of its name: `email` for
/// `brand.support.email`, since loops give its map another name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Values that are compared, filtered, passed on or bound to another name.
    pub at: BTreeSet<String>,
    /// Values that are printed as they are.
    pub printed: BTreeSet<String>,
    /// Values that are printed with `| safe`.
    pub raw: BTreeSet<String>,
    /// Values that loops go through.
    pub looped: BTreeSet<String>,
    /// Names without a dot that are printed or looked at.
    pub whole: BTreeSet<String>,
    /// Names that loops and `set` bind.
    pub bound: BTreeSet<String>,
    /// Every part of every name.
    pub named: BTreeSet<String>,
    /// Functions that are called.
    pub called: BTreeSet<String>,
    /// What is printed somewhere is taken in and may be changed: by a `filter` or a `set` around it, by a component's
    /// call, or by what is done with `super()`. So it may where a comment keeps the tags from being read.
    pub captures: bool,
}

impl Looks {
    /// Takes in what one more template does.
    pub fn add(&mut self, text: &str) {
        self.captures |= hides_tags(text);
        for tag in tags(text) {
            let tokens = tokens(text, tag.inner.clone());
            Tag { text, tokens: &tokens, is_output: tag.is_output }.read(self);
        }
    }
}

struct Tag<'t> {
    text: &'t str,
    tokens: &'t [Token],
    is_output: bool,
}

impl<'t> Tag<'t> {
    fn word(&self, at: usize) -> Option<&'t str> {
        match self.tokens.get(at)? {
            Token::Word(range) => Some(&self.text[range.clone()]),
            _ => None,
        }
    }

    fn is_sign(&self, at: usize, sign: u8) -> bool {
        matches!(self.tokens.get(at), Some(Token::Sign(byte, _)) if *byte == sign)
    }

    fn read(&self, looks: &mut Looks) {
        let keyword = if self.is_output { None } else { self.word(0) };
        let mut at = usize::from(keyword.is_some());
        let all = || 0..self.tokens.len();
        let is_super_alone = self.is_output && self.word(0) == Some("super") && self.tokens.len() == 3;
        looks.captures |= match keyword {
            Some("filter" | "component") => true,
            // what else has the sign are arguments of filters
            Some("set" | "set_global") if !self.is_sign(2, b'=') => true,
            _ => self.is_sign(0, b'<') || (all().any(|at| self.word(at) == Some("super")) && !is_super_alone),
        };
        let is_binding = matches!(keyword, Some("for" | "set" | "set_global"));
        while is_binding && at < self.tokens.len() && self.word(at) != Some("in") && !self.is_sign(at, b'=') {
            looks.bound.extend(self.word(at).map(str::to_owned));
            at += 1;
        }
        if matches!(keyword, Some("raw" | "endraw" | "block" | "endblock" | "extends" | "include")) {
            return;
        }
        while at < self.tokens.len() {
            let Some(name) = self.word(at) else {
                at += 1;
                continue;
            };
            let is_filter = at > 0 && self.is_sign(at - 1, b'|');
            let is_test = at > 0 && matches!(self.word(at - 1), Some("is")) && name != "not";
            let is_argument = self.is_sign(at + 1, b'=') && !self.is_sign(at + 2, b'=');
            if self.is_sign(at + 1, b'(') && !is_word(name) {
                looks.called.insert(name.to_owned());
            } else if !is_filter && !is_test && !is_argument && !is_word(name) {
                at = self.read_name(at, keyword, looks);
                continue;
            }
            at += 1;
        }
    }

    /// Reads a dotted name, and says where it ends.
    fn read_name(&self, from: usize, keyword: Option<&str>, looks: &mut Looks) -> usize {
        let mut last = self.word(from).unwrap_or_default();
        let mut end = from + 1;
        looks.named.insert(last.to_owned());
        while self.is_sign(end, b'.')
            && let Some(part) = self.word(end + 1)
        {
            last = part;
            looks.named.insert(part.to_owned());
            end += 2;
        }
        let is_printed = self.is_output && from == 0 && end == self.tokens.len();
        let is_safe = self.is_sign(end, b'|') && self.word(end + 1) == Some("safe") && end + 2 == self.tokens.len();
        let is_raw = self.is_output && from == 0 && is_safe;
        let is_looped = keyword == Some("for") && self.word(from - 1) == Some("in") && end == self.tokens.len();
        let is_condition = matches!(keyword, Some("if" | "elif")) && self.is_flat();
        let is_asked = is_condition && self.begins(from) && self.ends(end);
        let is_whole = end == from + 1;
        match () {
            () if is_printed => looks.printed.insert(last.to_owned()),
            () if is_raw => looks.raw.insert(last.to_owned()),
            () if is_looped => looks.looped.insert(last.to_owned()),
            () if is_asked => return end,
            () => looks.at.insert(last.to_owned()),
        };
        if is_whole && !is_looped {
            looks.whole.insert(last.to_owned());
        }
        end
    }

    /// Is there nothing in brackets, and no choice by a second `if`? What is in there may become a part of something.
    fn is_flat(&self) -> bool {
        (0..self.tokens.len())
            .all(|at| !matches!(self.tokens[at], Token::Sign(b'(' | b'[' | b'{', _)) && self.word(at) != Some("else"))
    }

    /// Does a condition of its own begin here?
    fn begins(&self, at: usize) -> bool {
        match self.word(at - 1) {
            Some("if" | "elif" | "and" | "or") => true,
            Some("not") => self.begins(at - 1),
            _ => false,
        }
    }

    /// Does it end here?
    fn ends(&self, at: usize) -> bool {
        at == self.tokens.len() || matches!(self.word(at), Some("and" | "or"))
    }
}

/// Is there a comment with what would be a tag elsewhere? Read as one, it could end too late.
fn hides_tags(text: &str) -> bool {
    let mut comments = text.split("{#").skip(1).map(|rest| rest.split("#}").next().unwrap_or_default());
    comments.any(has_tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_printed_or_asked_for_is_not_looked_at() {
        for (text, at) in [
            ("{{ a.name }}{% if a.name %}{% elif not a.name and b or a.name %}{% endif %}", ""),
            ("{% for o in page.alternates %}{{ o.url }}{% endfor %}", ""),
            ("{{ t(id=\"x\") }}{% if t(id=a.name) %}", "name"),
            ("{{ a.name | upper }}", "name"),
            ("{{ a.name | safe }}", ""),
            ("{{ a.name | safe | upper }}", "name"),
            ("{{ a.name ~ b.c }}", "c name"),
            ("{{ -a.name }}", "name"),
            ("{% if a.name == \"x\" %}", "name"),
            ("{% if a.name is defined %}", "name"),
            ("{% if (a.name) %}{% elif not b and (c or a.name) %}", "b c name"),
            ("{% if (a.name) == \"x\" %}{% elif \"x\" == (b) %}{% elif not (c) in [d] %}", "b c d name"),
            ("{% if (a.id or a.name) == \"x\" and b %}{% elif (c) ~ \"x\" == \"xx\" %}", "b c id name"),
            ("{% if (a.name) | length == 1 %}{{ (b) | length }}", "b name"),
            ("{% if f(x=a and a.name and b) %}{% elif [a and b.id and c] == d %}", "a b c d id name"),
            ("{% if a if b and a.name and c else d %}", "a b c d name"),
            ("{% if a?.name == \"x\" %}", "a name"),
            ("{% if a and b.id == c %}{% elif d or c in b %}", "b c id"),
            ("{% if a not in b.name %}", "a name"),
            ("{% if f(a.name) %}{% elif a.name | length > 1 %}", "name"),
            ("{% set x = a.name %}", "name"),
            ("{% for x in a.name | split(pat=b.id) %}", "id name"),
            ("{{ a[\"name\"] }}", "a"),
            ("{{ a.name if b.id else c.d }}", "d id name"),
            ("{% raw %}{{ a.name | upper }}{% endraw %}", ""),
        ] {
            let mut looks = Looks::default();
            looks.add(text);
            assert_eq!(looks.at.iter().map(String::as_str).collect::<Vec<_>>().join(" "), at, "{text}");
        }
    }

    #[test]
    fn what_takes_in_what_is_printed_is_told() {
        for (text, captures) in [
            ("{% block a %}{{ super() }}{{ a.name }}{% endblock a %}", false),
            ("{% set x = a.name %}", false),
            ("{% filter upper %}{{ a.name }}{% endfilter %}", true),
            ("{%- set x -%}{{ a.name }}{% endset %}", true),
            ("{% set_global x %}{{ a.name }}{% endset_global %}", true),
            ("{{ super() | upper }}", true),
            ("{% set x = super() ~ a.name %}", true),
            ("{% if super() == a.name %}", true),
            ("{% set x | replace(from=\"A\", to=\"B\") %}{{ a.name }}{% endset %}", true),
            ("{# {% raw %} #}{% if a.name == 1 %}{# {% endraw %} #}", true),
            ("{# {{ it's #}{# #}{#- a -#}", true),
            ("{#- a -#}{{ a.name }}{# #}", false),
            ("{% component x() %}{% endcomponent x %}", true),
            ("{{ <x()> }}", true),
            ("{% <x()> %}{{ a.name }}{% </x> %}", true),
        ] {
            let mut looks = Looks::default();
            looks.add(text);
            assert_eq!(looks.captures, captures, "{text}");
        }
    }

    #[test]
    fn what_else_is_done_is_told() {
        let mut looks = Looks::default();
        looks.add("{% for s in page.alternates %}{{ s }}{{ asset(path=\"x\") }}{% endfor %}{{ brand.facts.x }}");
        let words = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&looks.looped), "alternates");
        assert_eq!((words(&looks.whole), words(&looks.bound)), ("s".to_owned(), "s".to_owned()));
        assert_eq!(words(&looks.called), "asset");
        assert!(looks.named.contains("facts") && looks.printed.contains("x"));
    }
}
