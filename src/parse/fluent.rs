//! One Fluent file: its messages and terms with their places, and what is wrong with its syntax.
//!
//! Not here: which file stands over which (`resolve::messages`), and formatting.

mod escapes;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use fluent::FluentResource;
use fluent_syntax::ast;
use fluent_syntax::parser::ParserError;

use words::Mistake;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::path::SourcePath;

/// A parsed `.ftl` file.
pub struct FluentFile {
    /// Where it stands.
    pub path: SourcePath,
    /// The folder's name: `fr` in `locales/fr/terms.ftl`.
    pub locale: Arc<str>,
    /// The brand it is for alone.
    pub brand: Option<Arc<str>>,
    /// Built into the binary, or in the base theme.
    pub is_base: bool,
    /// For Fluent's bundles.
    pub resource: Arc<FluentResource>,
    /// Its messages and terms, in order.
    pub entries: Vec<Entry>,
    /// The ids of what couldn't be read of it: that has been told.
    pub lost: BTreeSet<String>,
}

/// A message or a term.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `of-brand`; of a term with its dash: `-brand`.
    pub id: String,
    /// The place of the id in the file.
    pub span: Range<usize>,
    /// The arguments it takes: `$number`, without the sign.
    pub arguments: BTreeSet<String>,
    /// The messages and terms it refers to, with their places.
    pub references: Vec<(String, Range<usize>)>,
    /// The same with an attribute: id, attribute, its place.
    pub attribute_references: Vec<(String, String, Range<usize>)>,
    /// Its own attributes.
    pub attributes: Vec<String>,
    /// The functions it calls.
    pub functions: Vec<(String, Range<usize>)>,
}

/// How deep `{` may nest: Fluent's own parser has no limit.
const DEPTH: usize = 64;

/// Reads one file. What can't be read of it is left out and reported; the rest stands.
pub fn parse(
    path: &SourcePath,
    locale: &str,
    brand: Option<Arc<str>>,
    is_base: bool,
    text: &str,
) -> (FluentFile, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let too_deep = deepest(text);
    let source = if let Some(at) = too_deep {
        problems.push(
            Diagnostic::new(
                Code::MessageInvalid,
                Place::new(path, at..at + 1),
                format!("more than {DEPTH} nested \"{{\""),
            )
            .help("write the message flatter, or split it"),
        );
        String::new()
    } else {
        escapes::masked(text)
    };
    let resource = match FluentResource::try_new(source) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            let mistakes = words::without_rest(text, &errors).into_iter().flat_map(|error| mistakes(text, error));
            problems.extend(mistakes.map(|Mistake { span, message, help }| {
                Diagnostic::new(Code::MessageInvalid, Place::new(path, span), message).help(help)
            }));
            resource
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut lost = BTreeSet::new();
    for entry in resource.entries() {
        let read = match entry {
            ast::Entry::Message(message) => {
                let mut entry = Entry::new(message.id.name.to_owned(), span(resource.source(), message.id.name));
                entry.attributes.extend(message.attributes.iter().map(|attribute| attribute.id.name.to_owned()));
                for pattern in message.value.iter().chain(message.attributes.iter().map(|attribute| &attribute.value)) {
                    entry.read(resource.source(), pattern);
                }
                entry
            }
            ast::Entry::Term(term) => {
                let mut name = span(resource.source(), term.id.name);
                name.start = name.start.saturating_sub(1);
                let mut entry = Entry::new(format!("-{}", term.id.name), name);
                entry.read(resource.source(), &term.value);
                for attribute in &term.attributes {
                    entry.attributes.push(attribute.id.name.to_owned());
                    entry.read(resource.source(), &attribute.value);
                }
                entry
            }
            ast::Entry::Junk { content } => {
                lost.extend(content.lines().filter_map(id_of_line));
                // `mark read = …` was meant as mark-read
                let before = content.lines().filter_map(|line| line.split_once('=')).map(|(before, _)| before.trim());
                lost.extend(before.map(|words| words.split_whitespace().collect::<Vec<_>>().join("-")));
                continue;
            }
            _ => continue,
        };
        if let Some(first) = entries.iter().find(|other| other.id == read.id) {
            let line = text[..first.span.start].matches('\n').count() + 1;
            problems.push(
                Diagnostic::new(
                    Code::MessageInvalid,
                    Place::new(path, read.span.clone()),
                    format!("\"{}\" stands twice in this file", read.id),
                )
                .help(format!("remove one of them: the first is in line {line}")),
            );
        }
        entries.push(read);
    }
    (
        FluentFile {
            path: path.clone(),
            locale: locale.into(),
            brand,
            is_base,
            resource: Arc::new(resource),
            entries,
            lost,
        },
        problems,
    )
}

impl Entry {
    fn new(id: String, span: Range<usize>) -> Self {
        Self {
            id,
            span,
            arguments: BTreeSet::new(),
            references: Vec::new(),
            attribute_references: Vec::new(),
            attributes: Vec::new(),
            functions: Vec::new(),
        }
    }

    fn read(&mut self, source: &str, pattern: &ast::Pattern<&str>) {
        for element in &pattern.elements {
            if let ast::PatternElement::Placeable { expression } = element {
                self.read_expression(source, expression);
            }
        }
    }

    fn read_expression(&mut self, source: &str, expression: &ast::Expression<&str>) {
        match expression {
            ast::Expression::Inline(inline) => self.read_inline(source, inline),
            ast::Expression::Select { selector, variants } => {
                self.read_inline(source, selector);
                for variant in variants {
                    self.read(source, &variant.value);
                }
            }
        }
    }

    fn read_inline(&mut self, source: &str, inline: &ast::InlineExpression<&str>) {
        match inline {
            ast::InlineExpression::VariableReference { id } => {
                self.arguments.insert(id.name.to_owned());
            }
            ast::InlineExpression::MessageReference { id, attribute } => {
                self.references.push((id.name.to_owned(), span(source, id.name)));
                self.read_attribute(source, id.name.to_owned(), attribute.as_ref());
            }
            ast::InlineExpression::TermReference { id, attribute, .. } => {
                let mut name = span(source, id.name);
                name.start = name.start.saturating_sub(1);
                self.references.push((format!("-{}", id.name), name));
                self.read_attribute(source, format!("-{}", id.name), attribute.as_ref());
            }
            ast::InlineExpression::FunctionReference { id, arguments } => {
                self.functions.push((id.name.to_owned(), span(source, id.name)));
                for argument in &arguments.positional {
                    self.read_inline(source, argument);
                }
            }
            ast::InlineExpression::Placeable { expression } => self.read_expression(source, expression),
            _ => {}
        }
    }
}

impl Entry {
    fn read_attribute(&mut self, source: &str, id: String, attribute: Option<&ast::Identifier<&str>>) {
        if let Some(attribute) = attribute {
            self.attribute_references.push((id, attribute.name.to_owned(), span(source, attribute.name)));
        }
    }
}

/// `of-brand` of a line that begins `of-brand =`, or with the id alone.
fn id_of_line(line: &str) -> Option<String> {
    let id = line.split(['=', ' ', '{', ':']).next()?;
    let name = id.strip_prefix('-').unwrap_or(id);
    let is_id = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_id.then(|| id.to_owned())
}

/// Where a slice of the source stands in it.
fn span(source: &str, slice: &str) -> Range<usize> {
    let start = (slice.as_ptr() as usize).saturating_sub(source.as_ptr() as usize);
    start..start + slice.len()
}

/// The first `{` that is nested too deep.
fn deepest(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            // a message ends where a line begins with a letter or `-`
            b'\n' if text.as_bytes().get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'-') => {
                depth = 0
            }
            _ => {}
        }
        if depth > DEPTH {
            return Some(at);
        }
    }
    None
}

/// The mistakes of a stretch that the parser gave up on. What it dropped behind the first entry is read again, so that
/// neighbours don't hide each other.
fn mistakes(text: &str, error: &ParserError) -> Vec<Mistake> {
    let dropped = error.slice.clone().unwrap_or_else(|| error.pos.clone());
    let mut found = Vec::new();
    for (index, entry) in words::entries(text, dropped).into_iter().enumerate() {
        if index == 0 {
            found.push(words::mistake(text, entry, error));
        } else if let Err((_, errors)) = FluentResource::try_new(text[entry.clone()].to_owned())
            && let Some(error) = errors.first()
        {
            let mut moved = error.clone();
            moved.pos = error.pos.start + entry.start..error.pos.end + entry.start;
            found.push(words::mistake(text, entry, &moved));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_their_needs_are_read() {
        let text = "# note\nhello = Hi { $name }, { -brand } { other }\n-brand = É { $case ->\n  *[a] x\n }\n";
        let (file, problems) = parse(&SourcePath::new("locales/fr/a.ftl"), "fr", None, false, text);
        assert!(problems.is_empty(), "{problems:?}");
        let ids: Vec<_> = file.entries.iter().map(|e| (e.id.as_str(), &text[e.span.clone()])).collect();
        assert_eq!(ids, [("hello", "hello"), ("-brand", "-brand")]);
        let references: Vec<_> =
            file.entries[0].references.iter().map(|(id, at)| (id.as_str(), &text[at.clone()])).collect();
        assert_eq!(references, [("-brand", "-brand"), ("other", "other")]);
        assert_eq!(file.entries[0].arguments.iter().collect::<Vec<_>>(), ["name"]);
    }

    #[test]
    fn mistakes_are_told_and_the_rest_stands() {
        let text = "a = { x\nb = fine\nc\nb = again\n";
        let (file, problems) = parse(&SourcePath::new("a.ftl"), "fr", None, false, text);
        assert_eq!(file.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["b", "b"]);
        assert_eq!(problems.len(), 3, "{problems:#?}");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("a = {}", "{".repeat(100_000));
        let (_, problems) = parse(&SourcePath::new("a.ftl"), "fr", None, false, &text);
        assert_eq!(problems[0].message, "more than 64 nested \"{\"");
    }
}
