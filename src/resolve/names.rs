//! The names that texts may speak of, and which of them don't exist.
//!
//! Here: the check of every placeholder before anything is expanded, so that all mistakes of a file are told at
//! once, also those in a branch that no edition takes. Not here: facts that one brand has and another lacks; those
//! are found when the text is expanded (`resolve::expand`).

use std::collections::BTreeSet;
use std::ops::Range;

use tera::Context;
use tera::value::Key;

use super::shapes::Shapes;
use super::simple::Simple;
use super::terms::FUNCTIONS;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::memo::{self, KeyMaker};
use crate::model::site::Site;
use crate::parse::tags::{self, Mentions, Name};

/// A name that doesn't exist.
#[derive(Debug, PartialEq)]
pub struct BadName {
    /// Its place in the text that was checked.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// The name that was probably meant.
    pub help: Option<String>,
    /// Which code it has.
    pub code: Code,
}

/// The names that exist in at least one brand of a site.
pub struct Vocabulary {
    facts: BTreeSet<String>,
    /// A brand's facts couldn't be read: no fact can be called unknown.
    is_partial: bool,
    filters: Vec<&'static str>,
    shapes: Shapes,
    brands: Vec<String>,
    locales: Vec<String>,
}

const ROOTS: &[&str] = &["brand", "guide", "locale", "option", "site", "step"];
const BRAND: &[&str] = &["facts", "id", "name", "support"];
const SUPPORT: &[&str] = &["email", "hours", "phone"];
const GUIDE: &[&str] = &["id", "title"];
const SITE: &[&str] = &["title"];
const STEP: &[&str] = &["number", "total"];
const OPTION: &[&str] = &["number"];

/// Tera's own filters.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];

/// Tera's own tests.
const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// What a theme's templates see beside `ROOTS` (`render::context`).
const TEMPLATE_ROOTS: &[&str] = &[
    "assets",
    "csp",
    "dir",
    "guides",
    "home",
    "inline_style",
    "languages",
    "next",
    "page",
    "pages",
    "previous",
    "script",
    "sections",
    "steps",
    "style",
    "target",
];

/// A placeholder that asks for more than Tera may give.
pub fn beyond_limits(text: &str) -> Option<BadName> {
    let (span, message) = tags::beyond_limits(text)?;
    let help = "write it simpler: what a text says of a brand belongs into [facts] of its theme.toml";
    Some(BadName { span, message: message.to_owned(), help: Some(help.to_owned()), code: Code::TemplateInvalid })
}

/// A quote as it is printed, where a placeholder wants a straight one.
fn printed_quote(text: &str) -> Option<BadName> {
    const PRINTED: [char; 8] = ['«', '»', '“', '”', '„', '‘', '’', '‚'];
    tags::tags(text).into_iter().find_map(|tag| {
        let mut open = None;
        let (at, quote) = text[tag.inner.clone()].char_indices().find(|(_, c)| {
            match open {
                None if matches!(c, '"' | '\'' | '`') => open = Some(*c),
                Some(own) if own == *c => open = None,
                _ => {}
            }
            open.is_none() && PRINTED.contains(c)
        })?;
        let start = tag.inner.start + at;
        Some(BadName {
            span: start..start + quote.len_utf8(),
            message: format!("a placeholder can't read the quote {quote}"),
            help: Some("write straight quotes: \"…\"".to_owned()),
            code: Code::TemplateInvalid,
        })
    })
}

/// The problem of a filter, function or test that doesn't exist, by the words of Tera's own message.
pub fn unknown_word(message: &str, span: Range<usize>) -> Option<BadName> {
    let (kind, rest) = message.strip_prefix("Unknown ")?.split_once(" `")?;
    let name = rest.strip_suffix('`')?;
    let known = match kind {
        "filter" => FILTERS,
        "function" => FUNCTIONS,
        "test" => TESTS,
        _ => return None,
    };
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there is {}", known.join(", ")),
    };
    Some(BadName { span, message: format!("no {kind} \"{name}\""), help: Some(help), code: Code::NameUnknown })
}

/// What is wrong with a text's placeholders, whatever names they have.
fn grammar(text: &str) -> Option<BadName> {
    let unclosed = tags::unclosed(text).map(|span| {
        let close = if text[span.clone()] == *"{{" { "}}" } else { "%}" };
        BadName {
            span,
            message: "a placeholder that isn't closed".to_owned(),
            help: Some(format!(
                "write {close} behind it; to show the braces as they are: {{% raw %}}{{{{{{% endraw %}}"
            )),
            code: Code::TemplateInvalid,
        }
    });
    unclosed.or_else(|| beyond_limits(text)).or_else(|| printed_quote(text))
}

impl Vocabulary {
    /// The names of a site.
    pub fn new(site: &Site) -> Self {
        let facts = site.brands.iter().filter_map(|brand| brand.facts.as_map()).flat_map(|map| map.keys());
        Self {
            is_partial: site.brands.iter().any(|brand| brand.is_partial),
            facts: facts.filter_map(|key| key.as_str().map(str::to_owned)).collect(),
            filters: FILTERS.to_vec(),
            shapes: Shapes::new(site),
            brands: site.brands.iter().map(|brand| brand.id.to_string()).collect(),
            locales: site.locales.iter().map(|locale| locale.id.to_string()).collect(),
        }
    }

    /// The key of all that is known.
    pub fn key(&self) -> memo::Key {
        let key = KeyMaker::new("vocabulary").number(u64::from(self.is_partial));
        self.facts.iter().fold(key, |key, fact| key.text(fact)).make()
    }

    /// Every name in a text that exists in no edition.
    pub fn check(&self, text: &str) -> Vec<BadName> {
        if !tags::has_tags(text) {
            return Vec::new();
        }
        // what only prints is closed and within limits
        match Simple::new(text) {
            Some(simple) => self.check_mentions(&simple.mentions(text)),
            None => match grammar(text) {
                Some(bad) => vec![bad],
                None => self.check_mentions(&tags::mentions(text)),
            },
        }
    }

    /// Every name that exists in no edition, of those that a text speaks of whose placeholders are in order.
    pub fn check_mentions(&self, mentions: &Mentions<'_>) -> Vec<BadName> {
        let check = |name| self.check_name(name, &mentions.bound);
        let mut bad: Vec<BadName> = mentions.names.iter().filter_map(check).collect();
        bad.extend(self.shapes.check(mentions));
        bad.extend(mentions.compared.iter().filter_map(|(name, id, span)| self.check_id(name, id, span)));
        for (kind, used, known) in [
            ("function", &mentions.functions, FUNCTIONS),
            ("filter", &mentions.filters, self.filters.as_slice()),
            ("test", &mentions.tests, TESTS),
        ] {
            for (name, span) in used {
                if !known.contains(name) {
                    let near = nearest(name, known.iter().copied());
                    bad.push(BadName {
                        span: span.clone(),
                        message: format!("no {kind} \"{name}\""),
                        help: Some(near.map_or_else(|| list(known), |near| format!("did you mean \"{near}\"?"))),
                        code: Code::NameUnknown,
                    });
                }
            }
        }
        bad.sort_by_key(|bad| bad.span.start);
        bad
    }

    /// A brand or a locale that the site doesn't have can't be the one at hand.
    fn check_id(&self, name: &Name<'_>, id: &str, span: &Range<usize>) -> Option<BadName> {
        let (kind, known, code) = match name.dotted().as_str() {
            "brand.id" => ("brand", &self.brands, Code::BrandUnknown),
            "locale" => ("locale", &self.locales, Code::LocaleUnknown),
            _ => return None,
        };
        (!known.iter().any(|own| own == id)).then(|| {
            let help = match nearest(id, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("site.toml lists {}", known.join(", ")),
            };
            BadName { span: span.clone(), message: format!("no {kind} \"{id}\""), help: Some(help), code }
        })
    }

    fn check_name(&self, name: &Name<'_>, bound: &[&str]) -> Option<BadName> {
        let part = |index: usize| name.parts.get(index).map(|(part, _)| *part);
        let unknown = |index: usize, known: &[&str]| {
            let (part, span) = name.parts.get(index)?;
            if known.contains(part) {
                return None;
            }
            let owner: Vec<&str> = name.parts[..index].iter().map(|(part, _)| *part).collect();
            Some(bad_name(part, span.clone(), &owner.join("."), known))
        };
        match part(0)? {
            "brand" => unknown(1, BRAND).or_else(|| match part(1)? {
                "facts" if self.is_partial || self.facts.contains(part(2)?) => None,
                "facts" => unknown(2, &self.facts.iter().map(String::as_str).collect::<Vec<_>>()),
                "support" => unknown(2, SUPPORT),
                "id" | "name" => unknown(2, &[]),
                _ => None,
            }),
            "guide" => unknown(1, GUIDE),
            "site" => unknown(1, SITE),
            "step" => unknown(1, STEP),
            "option" => unknown(1, OPTION),
            "locale" => unknown(1, &[]),
            _ => {
                let bound = bound.iter().filter(|name| **name != "loop");
                unknown(0, &ROOTS.iter().chain(bound).copied().collect::<Vec<_>>())
            }
        }
    }
}

/// `there is abs, all, …`: enough to see what they are like.
fn list(known: &[&str]) -> String {
    const SHOWN: usize = 20;
    let more = if known.len() > SHOWN { " …" } else { "" };
    format!("there is {}{more}", known[..known.len().min(SHOWN)].join(", "))
}

fn bad_name(part: &str, span: Range<usize>, owner: &str, known: &[&str]) -> BadName {
    let message = match owner {
        "" => format!("no value \"{part}\""),
        "brand.facts" => format!("no brand has a fact \"{part}\""),
        owner => format!("\"{owner}\" has no \"{part}\""),
    };
    let help = match nearest(part, known.iter().copied()) {
        Some(near) => Some(format!("did you mean \"{near}\"?")),
        None if owner == "brand.facts" => Some("write it under [facts] in the brand's theme.toml".to_owned()),
        None if known.is_empty() => Some(format!("take \".{part}\" out: \"{owner}\" is a value by itself")),
        None => Some(format!("there is {}", known.join(", "))),
    };
    BadName { span, message, help, code: Code::NameUnknown }
}

/// Is this a value that one brand lacks and another has?
pub fn is_lacking(problem: &Diagnostic) -> bool {
    problem.code == Code::NameUnknown && problem.message.starts_with(NOT_EVERY)
}

const NOT_EVERY: &str = "not every brand has";

/// A field that a loop's value lacks, by Tera's words: `field X is not defined. Available fields: Y, Z`.
pub fn no_field(message: &str, text: &str, span: &Range<usize>) -> Option<BadName> {
    let (_, known) = message.split_once("is not defined. Available fields: ")?;
    let mut known: Vec<&str> = known.split(", ").map(|name| name.trim_matches(['`', '"', '.'])).collect();
    known.sort_unstable();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let before = text[..span.start].strip_suffix('.')?;
    let owner = &before[before.trim_end_matches(is_part).len()..];
    Some(bad_name(&text[span.clone()], span.clone(), owner, &known))
}

/// The first name in a stretch of text that an edition's values lack.
pub fn lacking(text: &str, within: &Range<usize>, context: &Context) -> Option<BadName> {
    let overlaps = |span: &Range<usize>| span.start < within.end.max(within.start + 1) && within.start < span.end;
    let tag = tags::tags(text).into_iter().find(|tag| overlaps(&tag.span))?;
    let mentions = tags::mentions(text);
    let names = mentions.names.iter().filter(|name| {
        name.parts.first().is_some_and(|(_, span)| tag.span.start <= span.start && span.end <= tag.span.end)
    });
    names.filter_map(|name| lacks(name, context)).min_by_key(|bad| bad.span.start.abs_diff(within.start))
}

fn lacks(name: &Name<'_>, context: &Context) -> Option<BadName> {
    let (root, span) = name.parts.first()?;
    let Some(mut value) = context.get(root) else {
        if matches!(*root, "step" | "option" | "guide") {
            let message = format!("there is no \"{root}\" on this page");
            let help = Some(format!("ask first: {{% if {root} %}}"));
            return Some(BadName { span: span.clone(), message, help, code: Code::NameUnknown });
        }
        // only templates have a page
        let more = if context.contains_key("page") { TEMPLATE_ROOTS } else { &[] };
        let known: Vec<&str> = ROOTS.iter().chain(more).copied().collect();
        return Some(bad_name(root, span.clone(), "", &known));
    };
    for (index, (part, span)) in name.parts.iter().enumerate().skip(1) {
        let map = value.as_map();
        if let Some(next) = map.and_then(|map| map.get(&Key::Str(part))) {
            value = next;
            continue;
        }
        let owner: Vec<&str> = name.parts[..index].iter().map(|(part, _)| *part).collect();
        let owner = owner.join(".");
        let mut known: Vec<&str> = map.into_iter().flat_map(|map| map.keys()).filter_map(Key::as_str).collect();
        known.sort_unstable();
        if index > 2
            || owner != "brand.facts" && owner != "brand.support" && nearest(part, known.iter().copied()).is_some()
        {
            return Some(bad_name(part, span.clone(), &owner, &known));
        }
        let message = if owner.starts_with("brand.") {
            format!("{NOT_EVERY} \"{owner}.{part}\"")
        } else {
            format!("\"{owner}\" has no \"{part}\" here")
        };
        let help = format!("give it to every brand, or ask first: {{% if {owner}.{part} %}}");
        return Some(BadName { span: span.clone(), message, help: Some(help), code: Code::NameUnknown });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_exist_nowhere_are_told_with_the_nearest() {
        let vocabulary = Vocabulary {
            is_partial: false,
            facts: ["sender".to_owned()].into(),
            filters: FILTERS.to_vec(),
            shapes: Shapes::default(),
            brands: vec!["a".to_owned(), "auvenir".to_owned()],
            locales: Vec::new(),
        };
        for (text, message, help) in [
            ("{{ brnad.name }}", "no value \"brnad\"", "did you mean \"brand\"?"),
            ("{{ brand.nme }}", "\"brand\" has no \"nme\"", "did you mean \"name\"?"),
            ("{{ brand.facts.sendr }}", "no brand has a fact \"sendr\"", "did you mean \"sender\"?"),
            ("{% if brand.support.fone %}x{% endif %}", "\"brand.support\" has no \"fone\"", "did you mean \"phone\"?"),
            ("{{ brand.name | uper }}", "no filter \"uper\"", "did you mean \"upper\"?"),
            ("{{ tt(id=\"x\") }}", "no function \"tt\"", "did you mean \"t\"?"),
        ] {
            let bad = vocabulary.check(text);
            assert_eq!(bad.len(), 1, "{text}: {bad:?}");
            assert_eq!((bad[0].message.as_str(), bad[0].help.as_deref()), (message, Some(help)), "{text}");
        }
        for text in [
            "{{ brand.facts.sender }}{{ locale }}{{ step.number }}{{ guide.title }}",
            "{% for x in brand.facts.sender %}{{ x.y }}{{ loop.index }}{% endfor %}",
            "{% set a = 1 %}{{ a }}",
            "{% if brand.id is starting_with(pat=\"a\") %}{% endif %}",
        ] {
            assert_eq!(vocabulary.check(text), [], "{text}");
        }
    }
}
