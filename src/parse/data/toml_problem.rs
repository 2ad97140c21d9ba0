//! What the TOML parser objects to, in a writer's words, with the line as it should be.
//!
//! Not here: which of several objections is the mistake (`toml`).

use std::ops::Range;

use ::toml::de::Error;

use super::Problem;
use super::line::{Line, above, is_merge_mark, line_end, merge_mark, next_line, quote_help, quoted};

/// Whether an objection is about names that meet, not about the form of the file: the tree is whole all the same.
pub(super) fn is_about_names(error: &Error) -> bool {
    error.message() == "duplicate key" || error.message().starts_with("cannot extend value")
}

/// A list, table or text that runs to the end of the file because it isn't closed, and where reading can go on.
/// `opening` gives the value that ends at a byte.
pub(super) fn unclosed(
    text: &str,
    error: &Error,
    opening: impl Fn(usize) -> Option<Range<usize>>,
) -> Option<(Problem, usize)> {
    let message = error.message();
    let value = opening(error.span()?.start);
    if message.starts_with("unclosed array,") || message.starts_with("unclosed inline table") {
        let open = value?.start;
        let (mark, close) = if text[open..].starts_with('[') { ("[", "]") } else { ("{", "}") };
        let end = line_end(text, open);
        let problem = Problem::new(
            format!("the `{mark}` that opens here isn't closed"),
            open..open + 1,
            format!("write a `{close}` after the last entry"),
        );
        return Some((problem, next_line(text, end, begins_something).unwrap_or(text.len())));
    }
    if message.starts_with("invalid multi-line") {
        let open = value?.start;
        let mark = text.get(open..open + 3).filter(|mark| matches!(*mark, "\"\"\"" | "'''"))?;
        let problem = Problem::new(
            "the quotes that open here aren't closed",
            open..open + 3,
            format!("write {mark} after the end of the text"),
        );
        return Some((problem, text.len()));
    }
    None
}

/// An objection in a writer's words.
pub(super) fn explain(text: &str, error: &Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let span = text.floor_char_boundary(span.start)..text.floor_char_boundary(span.end);
    let line = Line::of_toml(text, span.start);
    let value = line.value_start..line.value_start + line.value.len();
    let message = error.message();
    let is = |start: &str| message.starts_with(start);
    if is_merge_mark(line.content) {
        merge_mark(&line)
    } else if is_about_names(error) {
        names_meet(text, &line, span, is("cannot extend"))
    } else if is("cannot recurse") || is("recursion limit") {
        Problem::new("nested too deeply", span, "write it with fewer brackets inside each other")
    } else if line.value.starts_with("{{") || line.value.starts_with("{%") {
        let help = quote_help("put the value in quotes", line.key_or("key"), " = ", line.value);
        Problem::new("a placeholder outside quotes", value, help)
    } else if line.content.starts_with('[') && line.key.is_none() {
        header(&line)
    } else if line.content.starts_with("//") || line.content.starts_with("--") {
        let mark = &line.content[..2];
        let span = line.start..line.start + 2;
        Problem::new(format!("`{mark}` doesn't begin a comment"), span, "a comment begins with `#`")
    } else if is("key with no value")
        || is("missing value for key")
        || is("invalid unquoted key")
        || is("unquoted keys")
    {
        key(&line, span)
    } else if is("string values must be quoted") || is("invalid boolean") || is("invalid float") || is("missing value")
    {
        bare_value(&line, value, span)
    } else if (is("invalid basic string") || is("invalid literal string")) && !message.contains("visible") {
        let quote = line.value.chars().next().unwrap_or('"');
        let help = format!("write a `{quote}` at the end of the text");
        Problem::new("the quote that opens here isn't closed", value.start..value.start + 1, help)
    } else if is("missing escaped value") || is("too few unicode") || is("invalid value") {
        let slash = text[..span.end].rfind('\\').unwrap_or(span.start);
        let help = r"write `\\` for a backslash, or put the text in single quotes";
        Problem::new("a backslash in double quotes begins a special character", slash..slash + 1, help)
    } else if is("unexpected key or value") {
        after_value(&line, span)
    } else if is("missing comma") {
        Problem::new("a comma is missing here", span, "write a comma between two entries")
    } else if is("extra comma") {
        Problem::new("a comma too many", span, "write one comma between two entries")
    } else if is("extra `=`") || line.value.starts_with('=') {
        let help = format!("write {} = {}", line.key_or("key"), line.value.trim_start_matches(['=', ' ']));
        Problem::new("an equals sign too many", span, help)
    } else if is("invalid literal") || is("invalid basic") || is("invalid multi-line") || is("invalid comment") {
        Problem::new("a character that can't be seen", span, "remove it")
    } else if is("carriage return") {
        let help = "save the file with the line ends of Unix or Windows";
        Problem::new("a line end of an old kind", span, help)
    } else if line.key.is_some() && !line.value.starts_with(['[', '{']) {
        let help = quote_help("if it is text, put it in quotes", line.key_or("key"), " = ", line.value);
        Problem::new("neither a number nor a date", value, help)
    } else {
        let help = "a line reads `key = value`, with text in quotes";
        Problem::new("this line can't be read", line.start..line.start + line.content.len(), help)
    }
}

fn names_meet(text: &str, line: &Line<'_>, span: Range<usize>, extends: bool) -> Problem {
    let header = line.content.starts_with('[');
    let name = if header { line.content.trim_matches(['[', ']', ' ']) } else { &text[span.clone()] };
    let own = if header { line.content } else { line.key_or(line.content) };
    // The nearest line above with the same beginning; the parser doesn't say which one it met.
    let first = text[..line.span.start].rmatch_indices(own).map(|(at, _)| at).find(|at| {
        let other = Line::of_toml(text, *at);
        other.start == *at && if header { other.content == own } else { other.key == Some(own) }
    });
    let place = first.map_or(String::new(), |first| format!("; the first is {}", above(text, first, span.start)));
    if extends {
        let help = format!("remove the value, or the keys below it{place}");
        Problem::new(format!("`{name}` is a value, so it can't hold keys"), span, help)
    } else if header {
        Problem::new(format!("the table `{name}` is given twice"), span, format!("put both under one header{place}"))
    } else {
        Problem::new(format!("`{name}` is given twice"), span, format!("remove one of the two{place}"))
    }
}

fn header(line: &Line<'_>) -> Problem {
    let span = line.start..line.start + line.content.len();
    let marks = if line.content.starts_with("[[") { 2 } else { 1 };
    let name = line.content.trim_matches(['[', ']']).trim();
    let (open, close) = ("[".repeat(marks), "]".repeat(marks));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.\"'".contains(c);
    let name = if name.is_empty() {
        "name".to_owned()
    } else if name.chars().all(plain) {
        name.to_owned()
    } else {
        quoted(name)
    };
    Problem::new("the name of a table can't be read", span, format!("write {open}{name}{close}"))
}

/// A line whose key can't be read, or that has nothing but a key.
fn key(line: &Line<'_>, span: Range<usize>) -> Problem {
    let whole = line.start..line.start + line.content.len();
    let quote = line.content.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote.filter(|quote| line.key_or("").matches(*quote).count() == 1) {
        let help = format!("write a `{quote}` before the `=`");
        return Problem::new("the quote that opens here isn't closed", line.start..line.start + 1, help);
    }
    if let Some((key, value)) = line.content.split_once(':').filter(|(key, _)| is_bare(key.trim())) {
        let colon = line.start + key.len();
        let value = if value.trim().is_empty() { "\"…\"" } else { value.trim() };
        let help = format!("write {} = {value}", key.trim());
        return Problem::new("a colon where TOML wants `=`", colon..colon + 1, help);
    }
    match line.key {
        Some("") => Problem::new("a value without a key", whole, "write a key before the `=`"),
        Some(key) => {
            let help = format!("put the key in quotes: {} = …", quoted(key));
            Problem::new("a key outside quotes has only letters from a to z, digits, `-` and `_`", span, help)
        }
        None => {
            let (word, value) = line.content.split_once([' ', '\t']).unwrap_or((line.content, ""));
            let help = match value.trim() {
                "" => format!("write a value: {word} = \"…\""),
                value => quote_help("write an equals sign", word, " = ", value),
            };
            Problem::new("a line without `=`", whole, help)
        }
    }
}

/// A value that is neither quoted nor a number, a date, true or false; or none at all.
fn bare_value(line: &Line<'_>, span: Range<usize>, part: Range<usize>) -> Problem {
    let key = line.key_or("key");
    if let Some(list) = line.value.strip_prefix('[') {
        let list = list.split(']').next().unwrap_or(list);
        let texts: Vec<String> = list.split(',').map(|text| quoted(text.trim().trim_matches(['"', '\'']))).collect();
        let help = format!("put each text in quotes: {key} = [{}]", texts.join(", "));
        return Problem::new("text outside quotes", part, help);
    }
    let (value, comment) = match line.value.split_once('#') {
        Some((value, _)) => (value.trim_end(), true),
        None => (line.value, false),
    };
    if value.is_empty() && comment {
        let help = quote_help("put the value in quotes", key, " = ", line.value);
        return Problem::new("`#` begins a comment, so there is no value", span, help);
    }
    let span = span.start..span.start + value.len();
    match value.to_lowercase().as_str() {
        "" => Problem::new(format!("`{key}` has no value"), span, "write one after the `=`, or remove the line"),
        "yes" | "on" | "true" => Problem::new("text outside quotes", span, format!("write {key} = true")),
        "no" | "off" | "false" => Problem::new("text outside quotes", span, format!("write {key} = false")),
        "null" | "nil" | "none" | "~" => {
            Problem::new("TOML has no word for nothing", span, "remove the line, or put text in quotes")
        }
        _ => {
            let digits = &value[..value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len())];
            let unit = value[digits.len()..].trim();
            if !digits.is_empty() && unit.chars().all(|c| c.is_alphabetic() || c == '%') {
                let help = format!("write only the number, {key} = {digits}, or text in quotes, {key} = \"{value}\"");
                return Problem::new("neither a number nor text in quotes", span, help);
            }
            let straight = value.trim_matches(['“', '”', '«', '»', '„', '‘', '’']).trim();
            let help = quote_help("put it in straight quotes", key, " = ", straight);
            Problem::new("text outside quotes", span, help)
        }
    }
}

/// Something after a value on the same line.
fn after_value(line: &Line<'_>, span: Range<usize>) -> Problem {
    let key = line.key_or("key");
    let message = "text after the end of the value";
    let quote = line.value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let help = match quote {
        Some(_) if line.value.contains("\", \"") || line.value.contains("', '") => {
            format!("write a list: {key} = [{}]", line.value)
        }
        Some(_) => quote_help("put the whole text in other quotes", key, " = ", line.value),
        None => "one line holds one key and one value".to_owned(),
    };
    Problem::new(message, span, help)
}

/// Whether a line begins a table, or a key and its value.
fn begins_something(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('[') && !line.starts_with("[\"")
        || line.split_once('=').is_some_and(|(key, _)| is_bare(key.trim()))
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}
