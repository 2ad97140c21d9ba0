//! What is wrong with an entry that Fluent's parser gives up on: the place in it, and the words.
//!
//! The parser stops where it can't go on, which may be lines below the mistake, and it drops what stands between.
//! So an entry ends here where the next one begins, and an open `{` is looked for by itself.

use std::ops::Range;

use fluent_syntax::parser::{ErrorKind, ParserError};

/// A mistake in a text: where, what, and the cure.
pub struct Mistake {
    /// In bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// The entries in a stretch that the parser dropped: each begins at a line with an id and `=`.
pub fn entries(text: &str, dropped: Range<usize>) -> Vec<Range<usize>> {
    let mut starts = vec![dropped.start];
    let mut at = dropped.start;
    for line in text[dropped.clone()].split_inclusive('\n') {
        let is_entry =
            line.split_once('=').is_some_and(|(id, _)| super::id_of_line(id).is_some_and(|own| own == id.trim()));
        if at > dropped.start && is_entry {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([dropped.end]);
    starts.iter().zip(ends).map(|(start, end)| *start..end).collect()
}

/// The mistake of an entry, by the parser's error.
pub fn mistake(text: &str, entry: Range<usize>, error: &ParserError) -> Mistake {
    let tell = |span: Range<usize>, message: &str, help: &str| Mistake {
        span,
        message: message.to_owned(),
        help: help.to_owned(),
    };
    if let Some(open) = open_brace(text, entry.clone()) {
        return tell(open..open + 1, "this `{` isn't closed", "write } behind the name; to show a brace: { \"{\" }");
    }
    let place = place(text, &entry, error.pos.start);
    let words = |message: &str, help: &str| tell(place.clone(), message, help);
    match &error.kind {
        ErrorKind::ExpectedToken('=') => {
            let id = text[entry.start..place.start].trim();
            words(
                "`=` is missing between the message's id and its text",
                &format!("write: {} = …", hyphenated(id, text, &place)),
            )
        }
        ErrorKind::ExpectedToken('}') => words(
            "the `{ }` should end here",
            "one { } holds one thing: { $argument }, { message }, { -term } or { \"text\" }",
        ),
        ErrorKind::ExpectedToken(token) => words(&format!("`{token}` is missing here"), HELP),
        ErrorKind::ExpectedCharRange { .. } if attribute_without_text(text, place.start).is_some() => {
            let name = attribute_without_text(text, place.start).unwrap_or_default();
            tell(
                name.end..name.end,
                "`=` is missing between the attribute's name and its text",
                &format!("write: {} = …", &text[name]),
            )
        }
        ErrorKind::ExpectedCharRange { range } => words(
            &format!("a name must begin with a letter here ({range})"),
            "letters, digits, - and _ without accents make a name",
        ),
        ErrorKind::ExpectedMessageField { entry_id } if is_unindented(text, entry.end) => words(
            &format!("the message \"{entry_id}\" has no text"),
            "indent the lines that belong to it by four spaces, or write the text behind the =",
        ),
        ErrorKind::ExpectedMessageField { entry_id } => {
            words(&format!("the message \"{entry_id}\" has no text"), &format!("write it behind the =: {entry_id} = …"))
        }
        ErrorKind::ExpectedTermField { entry_id } => {
            words(&format!("the term \"-{entry_id}\" has no text"), &format!("write it behind the =: -{entry_id} = …"))
        }
        ErrorKind::ForbiddenCallee => words("a function is written in capitals", "there is NUMBER"),
        ErrorKind::MissingDefaultVariant => {
            let last = last_variant(text, entry.start..place.start).unwrap_or(place);
            tell(last, "none of the variants is the one for all other cases", "mark one with a star: *[other]")
        }
        ErrorKind::MultipleDefaultVariants => {
            words("two variants are marked with a star", "leave one star, for all other cases")
        }
        ErrorKind::MessageReferenceAsSelector | ErrorKind::MessageAttributeAsSelector => {
            words("a message can't choose between variants", CHOOSE)
        }
        ErrorKind::TermReferenceAsSelector => {
            words("a term can't choose between variants", "let one of its attributes choose: { -term.gender -> … }")
        }
        ErrorKind::ExpectedSimpleExpressionAsSelector => words("this can't choose between variants", CHOOSE),
        ErrorKind::TermAttributeAsPlaceable => words(
            "an attribute of a term can't stand in a text",
            "let it choose between variants: { -term.gender -> … }",
        ),
        ErrorKind::UnterminatedStringLiteral => words("the quote isn't closed", "write a \" at the end of the text"),
        ErrorKind::UnbalancedClosingBrace => {
            words("this `}` closes nothing", "open it with {; to show a brace: { \"}\" }")
        }
        ErrorKind::UnknownEscapeSequence(_) | ErrorKind::InvalidUnicodeEscapeSequence(_) => {
            words("a backslash before a character that needs none", "in quotes there is \\\\, \\\" and \\u00e9")
        }
        ErrorKind::ExpectedInlineExpression | ErrorKind::ExpectedLiteral => words("a name is missing here", HELP),
        ErrorKind::PositionalArgumentFollowsNamed => {
            words("an argument without a name behind one with", "write it first")
        }
        ErrorKind::DuplicatedNamedArgument(name) => {
            words(&format!("the argument \"{name}\" is given twice"), "take one of them out")
        }
        other => words(&other.to_string().to_lowercase(), HELP),
    }
}

const HELP: &str = "a message is written: id = text, with { $argument } or { -term } in it";
const CHOOSE: &str = "let an argument choose: { $number -> … }";

/// The errors of a text, but for those that are only what another one makes of lines that should be indented.
pub fn without_rest<'e>(text: &str, errors: &'e [ParserError]) -> Vec<&'e ParserError> {
    let mut own = Vec::with_capacity(errors.len());
    // where the lines go on that belong to a message without a text
    let mut rest = None;
    for error in errors {
        let slice = error.slice.clone().unwrap_or_else(|| error.pos.clone());
        let is_rest = rest == Some(slice.start) && is_unindented(text, slice.start);
        if !is_rest {
            own.push(error);
        }
        let is_empty = matches!(error.kind, ErrorKind::ExpectedMessageField { .. });
        rest = (is_rest || is_empty).then_some(slice.end);
    }
    own
}

/// Is the line that begins here a text without its indentation, and no entry or note of its own?
fn is_unindented(text: &str, at: usize) -> bool {
    let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    !line.is_empty() && !line.starts_with([' ', '#', '-', '.', '}']) && !line.contains('=')
}

/// The name of an attribute, `.title`, on the line of a byte, if no `=` follows it.
fn attribute_without_text(text: &str, at: usize) -> Option<Range<usize>> {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next()?;
    let start = line_start + line.len() - line.trim_start().len();
    let name = text[start..line_start + line.len()].strip_prefix('.')?;
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(name.len());
    (length > 0 && !name[length..].trim_start().starts_with('=')).then_some(start..start + 1 + length)
}

/// The key of the last variant in a stretch: `[other]`.
fn last_variant(text: &str, within: Range<usize>) -> Option<Range<usize>> {
    let mut last = None;
    let mut at = within.start;
    for line in text[within].split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        if let Some(end) = text[start..at + line.len()].strip_prefix('[').and_then(|rest| rest.find(']')) {
            last = Some(start..start + end + 2);
        }
        at += line.len();
    }
    last
}

/// `foo bar` was meant as `foo-bar`.
fn hyphenated(id: &str, text: &str, place: &Range<usize>) -> String {
    let odd = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
    let line = text[place.start..].lines().next().unwrap_or_default();
    let rest = line.split_once('=').map_or("", |(rest, _)| rest);
    let parts = id.split(odd).chain(rest.split(odd)).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// The innermost `{` of an entry that isn't closed; braces in quotes are text.
fn open_brace(text: &str, entry: Range<usize>) -> Option<usize> {
    let mut open = Vec::new();
    let mut in_quotes = false;
    let mut escaped = false;
    for (at, byte) in text[entry.clone()].bytes().enumerate() {
        match byte {
            b'\n' => in_quotes = false,
            _ if std::mem::take(&mut escaped) => {}
            b'\\' if in_quotes => escaped = true,
            b'"' if !open.is_empty() => in_quotes = !in_quotes,
            b'{' if !in_quotes => open.push(entry.start + at),
            b'}' if !in_quotes => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop().filter(|_| !in_quotes)
}

/// A character of the entry, never behind its last line.
fn place(text: &str, entry: &Range<usize>, at: usize) -> Range<usize> {
    let last = entry.start + text[entry.clone()].trim_end().len();
    let mut start = at.clamp(entry.start, last);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    // an error at the beginning of a line belongs to the line above, if the parser has gone past its end
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    if start == line && start > entry.start {
        start -= 1;
    }
    let length = text[start..].chars().next().filter(|first| !matches!(first, '\n' | '\r')).map_or(0, char::len_utf8);
    start..start + length
}
