//! The line that a mistake stands on, taken apart just enough to say how it should read.
//!
//! Not here: TOML or YAML as such; this looks at lines that neither could read.

use std::ops::Range;

use super::Problem;

/// A line of the form `key: value` or `key = value`, as far as it has that form.
pub(super) struct Line<'a> {
    /// Bytes of the text, without the line end.
    pub span: Range<usize>,
    /// The line without indentation, list dashes and trailing white space.
    pub content: &'a str,
    /// Where `content` begins.
    pub start: usize,
    /// What stands before the first separator.
    pub key: Option<&'a str>,
    /// What stands after it, without white space; the whole content if there is none.
    pub value: &'a str,
    /// Where `value` begins.
    pub value_start: usize,
}

impl<'a> Line<'a> {
    /// The line around a byte, read as YAML.
    pub fn of_yaml(text: &'a str, at: usize) -> Self {
        let mut line = Self::of(text, at);
        while let Some(rest) = line.content.strip_prefix('-').filter(|r| r.starts_with([' ', '\t'])) {
            line.content = rest.trim_start();
        }
        line.start = line.span.start + text[line.span.clone()].rfind(line.content).unwrap_or_default();
        line.value = line.content;
        line.value_start = line.start;
        line.split(|rest| rest.starts_with(':') && (rest.len() == 1 || rest[1..].starts_with([' ', '\t'])))
    }

    /// The line around a byte, read as TOML.
    pub fn of_toml(text: &'a str, at: usize) -> Self {
        Self::of(text, at).split(|rest| rest.starts_with('='))
    }

    fn of(text: &'a str, at: usize) -> Self {
        let at = text.floor_char_boundary(at);
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let whole = &text[start..end];
        let content = whole.trim();
        let content_start = start + whole.len() - whole.trim_start().len();
        Self {
            span: start..start + whole.trim_end_matches('\r').len(),
            content,
            start: content_start,
            key: None,
            value: content,
            value_start: content_start,
        }
    }

    fn split(mut self, separates: impl Fn(&str) -> bool) -> Self {
        // A separator inside a quoted key isn't one.
        let quote = self.content.chars().next().filter(|c| matches!(c, '"' | '\''));
        let from = quote.and_then(|q| self.content[1..].find(q)).map_or(0, |close| close + 2);
        let found = self.content[from..].char_indices().find(|(i, _)| separates(&self.content[from + i..]));
        if let Some((i, _)) = found {
            let (key, rest) = self.content.split_at(from + i);
            self.key = Some(key.trim_end());
            self.value = rest[1..].trim_start();
            self.value_start = self.start + self.content.len() - self.value.len();
        }
        self
    }

    /// The key, or a word that stands for it.
    pub fn key_or(&self, word: &'a str) -> &'a str {
        self.key.unwrap_or(word)
    }
}

/// A text in quotes that need no escapes, in the way that both languages read.
pub(super) fn quoted(text: &str) -> String {
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (false, _) => format!("\"{text}\""),
        (true, false) => format!("'{text}'"),
        (true, true) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// A request, and `key: "text"` as it should be; without it where it would be too long to read.
pub(super) fn quote_help(request: &str, key: &str, separator: &str, value: &str) -> String {
    let inner = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) if value.len() > 1 && value.ends_with(quote) => &value[1..value.len() - 1],
        _ => value,
    };
    let written = format!("{key}{separator}{}", quoted(inner));
    if written.chars().count() > 100 { request.to_owned() } else { format!("{request}: {written}") }
}

/// What a version control system leaves in a file where two changes meet.
pub(super) fn is_merge_mark(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark))
}

/// A problem on such a line.
pub(super) fn merge_mark(line: &Line<'_>) -> Problem {
    let help = "keep one of the two versions, and remove the marks";
    Problem::new("the mark of an unfinished merge", line.start..line.start + line.content.len(), help)
}

/// How far above a byte another one stands: `3 lines above`.
pub(super) fn above(text: &str, first: usize, second: usize) -> String {
    let between = text.get(first..second).unwrap_or_default();
    match between.bytes().filter(|&b| b == b'\n').count() {
        0 => "on the same line".to_owned(),
        1 => "on the line above".to_owned(),
        lines => format!("{lines} lines above"),
    }
}

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..text.floor_char_boundary(at)].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of a byte ends, before its line feed.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// Where the next line after the one that ends at `end` begins which looks as asked for.
pub(super) fn next_line(text: &str, end: usize, looks: impl Fn(&str) -> bool) -> Option<usize> {
    let mut at = end + 1;
    for line in text.get(at..)?.split_inclusive('\n') {
        if looks(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}
