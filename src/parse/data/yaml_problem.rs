//! What the YAML parser objects to, in a writer's words, with the line as it should be.
//!
//! Most mistakes are one: text outside quotes that YAML reads as something else. Not here: where reading goes on
//! (`yaml`).

use std::ops::Range;

use serde_yaml::granit_parser::ErrorKind;

use super::Problem;
use super::line::{Line, is_merge_mark, line_end, line_start, merge_mark, quote_help};

/// A mistake that the parser can't read on after.
pub(super) struct Fault {
    pub problem: Problem,
    /// The line from which on reading may go on, if it may at all.
    pub resume: Option<usize>,
    /// Whether the key above the mistake is part of it.
    pub takes_last: bool,
}

impl Fault {
    /// Reading can go on with the line after the mistake.
    pub fn at(problem: Problem, text: &str) -> Self {
        let next = line_end(text, problem.span.start) + 1;
        Self { problem, resume: Some(next).filter(|next| *next < text.len()), takes_last: false }
    }

    /// Nothing after the mistake is worth reading.
    pub fn last(problem: Problem) -> Self {
        Self { problem, resume: None, takes_last: false }
    }
}

/// What is known where the parser stopped.
pub(super) struct Around<'t> {
    pub text: &'t str,
    /// Where this run of the parser began.
    pub from: usize,
    /// Where it stopped.
    pub at: usize,
    /// The last thing that it read.
    pub last: Range<usize>,
    /// The outermost bracket that isn't closed.
    pub bracket: Option<usize>,
}

/// An objection in a writer's words.
pub(super) fn explain(kind: &ErrorKind, around: &Around<'_>) -> Fault {
    let text = around.text;
    let at = text.floor_char_boundary(around.at);
    let line = Line::of_yaml(text, at);
    if line.value.starts_with("{{") || line.value.starts_with("{%") {
        return placeholder(text, line.value_start);
    }
    let problem = match kind {
        _ if is_merge_mark(line.content) => merge_mark(&line),
        ErrorKind::MappingValueNotAllowed => return second_colon(around, at, &line),
        ErrorKind::ExpectedDocumentStart => {
            let here = line_start(text, at);
            let fault = Fault::at(unlike_neighbours(text, &line), text);
            return if here > around.from { Fault { resume: Some(here), ..fault } } else { fault };
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => open_quote(around, at),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            let help = help_to_quote(&line);
            Problem::new("text after the closing quote", at..one(text, at), help)
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => bad_escape(text, at),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => tab(text, at),
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            let message = format!("a character that can't be seen (U+{:04X})", u32::from(*character));
            let at = text[at..].find(*character).map_or(at, |there| at + there);
            Problem::new(message, at..one(text, at), "remove it")
        }
        ErrorKind::BomInsideDocument => {
            Problem::new("a character that can't be seen (U+FEFF)", at..one(text, at), "remove it")
        }
        ErrorKind::RecursionLimitExceeded => {
            let problem =
                Problem::new("too many levels inside each other", at..one(text, at), "write it with fewer levels");
            return Fault::last(problem);
        }
        _ if around.bracket.is_some() => open_bracket(around, at),
        _ if line.key.is_none() && line.content.len() > 1 && line.content.starts_with('-') => {
            let help = format!("write - {}", shortened(&line.content[1..]));
            Problem::new("no space after the dash", line.start..line.start + 1, help)
        }
        _ if is_special(line.value) => special_start(text, line.value_start),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::BlockSequenceEntryNotAllowed
            if text[line.span.clone()].trim_start().starts_with("- ") =>
        {
            let dash = line.span.start + text[line.span.clone()].find('-').unwrap_or_default();
            if text[..line.span.start].lines().next_back().is_some_and(|l| l.trim_start().starts_with("- ")) {
                return Fault::at(unlike_neighbours(text, &line), text);
            }
            let help = "leave nothing after the colon of the key above, or write the whole list there: [a, b]";
            let problem = Problem::new("a list below a key that has a value already", dash..dash + 1, help);
            return Fault { takes_last: true, ..Fault::at(problem, text) };
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent => unlike_neighbours(text, &line),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => return no_table(text, at),
        _ => Problem::new("this line can't be read", line.start..line.start + line.content.len(), help_to_quote(&line)),
    };
    Fault::at(problem, text)
}

/// A placeholder at the beginning of a value, where its brace opens a table.
pub(super) fn placeholder(text: &str, at: usize) -> Fault {
    let line = Line::of_yaml(text, at);
    let end = text[at..line.span.end].find("}}").or_else(|| text[at..line.span.end].find("%}"));
    let end = end.map_or(line.span.end, |close| at + close + 2);
    let help = if at == line.value_start {
        help_to_quote(&line)
    } else {
        quote_help("put it in quotes", "", "", &text[at..end])
    };
    Fault::at(Problem::new("a placeholder outside quotes", at..end, help), text)
}

/// A value whose first character means something else in YAML.
pub(super) fn special_start(text: &str, at: usize) -> Problem {
    let line = Line::of_yaml(text, at);
    let first = text[at..].chars().next().unwrap_or(' ');
    let shown = if first == '`' { "a backtick".to_owned() } else { format!("`{first}`") };
    let message = format!("text outside quotes can't begin with {shown}");
    Problem::new(message, at..at + first.len_utf8(), help_to_quote(&line))
}

/// A text where a table is expected: its first line has no key.
pub(super) fn no_table(text: &str, at: usize) -> Fault {
    let line = Line::of_yaml(text, at);
    let whole = line.start..line.start + line.content.len();
    if is_merge_mark(line.content) {
        return Fault::at(merge_mark(&line), text);
    }
    let word_end = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    let word = &line.content[..line.content.find(word_end).unwrap_or(line.content.len())];
    let rest = line.content[word.len()..].trim_start();
    let value = rest.strip_prefix([':', '=']).map(str::trim);
    let problem = match value {
        Some(value) if rest.starts_with('=') && !word.is_empty() => {
            let equals = line.start + line.content.len() - rest.len();
            Problem::new(
                "an equals sign where YAML wants a colon",
                equals..equals + 1,
                format!("write {word}: {value}"),
            )
        }
        Some(value) if rest.starts_with(":\u{a0}") || rest.starts_with(":\u{202f}") => {
            let colon = line.start + line.content.len() - rest.len();
            let help = format!("write an ordinary space there: {word}: {value}");
            Problem::new("a non-breaking space after the colon", colon + 1..one(text, colon + 1), help)
        }
        Some(value) if !word.is_empty() => {
            let colon = line.start + line.content.len() - rest.len();
            Problem::new("no space after the colon", colon..colon + 1, format!("write {word}: {value}"))
        }
        _ => Problem::new(
            "a line without a key",
            whole,
            "write a key, a colon, a space and a value, as in `title: Code`",
        ),
    };
    Fault::at(problem, text)
}

/// A colon where no key can end.
fn second_colon(around: &Around<'_>, at: usize, line: &Line<'_>) -> Fault {
    let text = around.text;
    let continues = around.last.start < line.span.start && around.last.end > line.start;
    if continues && line.start == line.span.start {
        return no_table(text, around.last.start);
    }
    let problem = if continues {
        let key = line.key_or(line.content);
        let help = format!("write `{key}` at the beginning of its line, or put the text above in quotes");
        Problem::new("an indented line goes on with the text above", line.start..line.start + key.len(), help)
    } else {
        Problem::new("text outside quotes can't contain a colon and a space", at..one(text, at), help_to_quote(line))
    };
    Fault::at(problem, text)
}

fn open_quote(around: &Around<'_>, at: usize) -> Problem {
    let after = around.last.end.min(around.at);
    let found = around.text[after..].find(['"', '\'']).map_or(at, |quote| after + quote);
    let line = Line::of_yaml(around.text, found);
    let quote = around.text[found..].chars().next().unwrap_or('"');
    let help = format!("write a `{quote}` at the end of the text: {}{quote}", shortened(line.content));
    Problem::new("the quote that opens here isn't closed", found..one(around.text, found), help)
}

/// The backslash of a quoted text that begins nothing known.
fn bad_escape(text: &str, at: usize) -> Problem {
    let mut slash = at;
    let mut characters = text[at..].char_indices();
    while let Some((i, c)) = characters.next() {
        if c == '\\' {
            let next = characters.next().map_or(' ', |(_, next)| next);
            if !"0abt\tnvfre \"/\\N_LP\n\r".contains(next) {
                slash = at + i;
                break;
            }
        }
    }
    let help = r"write `\\` for a backslash, or put the text in single quotes";
    Problem::new("a backslash in double quotes begins a special character", slash..one(text, slash), help)
}

fn tab(text: &str, at: usize) -> Problem {
    let start = line_start(text, at);
    let tab = text[start..].find('\t').map_or(at, |tab| start + tab);
    Problem::new("a tab where YAML wants spaces", tab..one(text, tab), "indent with spaces, two for each level")
}

/// A list or table in brackets that can't be read to its end.
fn open_bracket(around: &Around<'_>, at: usize) -> Problem {
    let open = around.bracket.unwrap_or(at);
    let line = Line::of_yaml(around.text, open);
    let (mark, close) = if around.text[open..].starts_with('[') { ('[', ']') } else { ('{', '}') };
    if around.text[open..line.span.end].contains(close) {
        let help = quote_help("if it is text, put it in quotes", line.key_or(""), ": ", line.value);
        return Problem::new(format!("what stands after this `{mark}` can't be read"), open..open + 1, help);
    }
    let help = format!("write a `{close}` after the last entry, or put the value in quotes if it is text");
    Problem::new(format!("the `{mark}` that opens here isn't closed"), open..open + 1, help)
}

fn unlike_neighbours(text: &str, line: &Line<'_>) -> Problem {
    let written = text[line.span.clone()].trim_start();
    let span = line.span.end - written.len()..line.span.end - written.len() + written.trim_end().len();
    let help = "begin it in the same column as the lines that belong with it";
    Problem::new("a line with another indentation than its neighbours", span, help)
}

/// Whether a value begins with something that isn't text to YAML.
fn is_special(value: &str) -> bool {
    value.starts_with(['@', '`', '%', '*', '&', '!', '|', '>', '[', ']', '{', '}', ',', '?', '-'])
}

fn help_to_quote(line: &Line<'_>) -> String {
    match line.key {
        Some(key) => quote_help("put the value in quotes", key, ": ", line.value),
        None => quote_help("put the text in quotes", "", "", line.value),
    }
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

/// The end of the character at a byte.
fn one(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(0, char::len_utf8)
}
