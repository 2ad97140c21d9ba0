//! TOML into the common tree, with every mistake of its form.
//!
//! The parser recovers from most mistakes, but some take the rest of the file with them. So each mistake is told
//! once and what it spoils is blanked out, byte for byte, until the rest can be read: places stay true. Not here:
//! the words of the messages (`toml_problem`).

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue, Error};

use super::line::{line_end, line_start, next_line};
use super::toml_problem::{explain, is_about_names, unclosed};
use super::{Entry, Node, Problem, Value};

/// Mistakes that are told of one file; who makes more has another kind of file.
const MOST: usize = 50;

/// The tree of a TOML file and what is wrong with its form. Keys that can't be read are left out, so with a problem
/// in the list nobody can say that a key is missing.
pub fn toml(text: &str) -> (Option<Node>, Vec<Problem>) {
    let mut readable = text.to_owned();
    let mut problems = Vec::new();
    let root = loop {
        let (root, errors) = DeTable::parse_recoverable(&readable);
        let root = table(root.get_ref(), 0..text.len(), text);
        let mut faults = faults(&readable, &root, &errors);
        faults.truncate(MOST.saturating_sub(problems.len()));
        if faults.is_empty() {
            let (names, form): (Vec<_>, Vec<_>) = errors.iter().partition(|e| is_about_names(e));
            // A mistake that no line can be blamed for is still one.
            let left = form.into_iter().take(usize::from(problems.is_empty())).chain(names);
            let room = MOST.saturating_sub(problems.len());
            problems.extend(left.take(room).map(|error| explain(text, error)));
            break root;
        }
        for fault in faults {
            problems.push(fault.problem);
            blank(&mut readable, fault.spoilt);
        }
    };
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    (Some(root), problems)
}

/// A mistake, and the stretch that can't be read because of it.
struct Fault {
    problem: Problem,
    spoilt: Range<usize>,
}

/// The mistakes that can be told apart in this round, one a line; none when the rest of the file can be read.
fn faults(text: &str, root: &Node, errors: &[Error]) -> Vec<Fault> {
    // What isn't closed takes everything after it along: what else is wrong shows when it is gone.
    let open = errors.iter().find_map(|error| {
        let (problem, end) = unclosed(text, error, |at| opening(text, root, at))?;
        let spoilt = line_start(text, problem.span.start)..end;
        Some(Fault { problem, spoilt })
    });
    if let Some(fault) = open {
        return vec![fault];
    }
    let mut errors: Vec<(usize, &Error)> = errors
        .iter()
        .filter(|error| !is_about_names(error))
        .map(|error| (error.span().map_or(0, |span| span.start), error))
        .collect();
    errors.sort_by_key(|(at, _)| *at);
    let mut faults: Vec<Fault> = Vec::new();
    for (at, error) in errors {
        if faults.last().is_some_and(|fault| at <= fault.spoilt.end) {
            continue;
        }
        let spoilt = match error.span() {
            Some(_) => spoilt(text, root, at),
            // Without a place it is about the file as a whole: nested beyond the limit.
            None => 0..text.len(),
        };
        // A blank stretch was dealt with already; nothing more can be said of it.
        if !text[spoilt.clone()].trim().is_empty() {
            faults.push(Fault { problem: explain(text, error), spoilt });
        }
    }
    faults
}

/// The lines that a mistake at `at` makes unreadable: a header's whole table, a value with its key, or the line.
fn spoilt(text: &str, root: &Node, at: usize) -> Range<usize> {
    let start = line_start(text, at);
    let end = line_end(text, at);
    if text[start..end].trim_start().starts_with('[') && enclosing(root, at).is_none() {
        let header = |line: &str| line.trim_start().starts_with('[');
        return start..next_line(text, end, header).unwrap_or(text.len());
    }
    match enclosing(root, at) {
        Some(entry) => line_start(text, entry.start)..line_end(text, entry.end.max(at)),
        None => start..end,
    }
}

/// The key and value around a byte, if there is one that isn't spread over a header's lines.
fn enclosing(node: &Node, at: usize) -> Option<Range<usize>> {
    match &node.value {
        Value::Table(entries) => entries.iter().find_map(|entry| {
            let whole = entry.key_span.start..entry.node.span.end;
            if entry.node.span.start > entry.key_span.start {
                (whole.start <= at && at <= whole.end).then_some(whole)
            } else {
                enclosing(&entry.node, at)
            }
        }),
        Value::List(tables) => tables.iter().find_map(|table| enclosing(table, at)),
        _ => None,
    }
}

/// The outermost value in brackets or several quotes that ends exactly at `at`.
fn opening(text: &str, node: &Node, at: usize) -> Option<Range<usize>> {
    let opens = |start: usize| {
        let marks = ["[", "{", "\"\"\"", "'''"];
        marks.iter().any(|mark| text[start..].starts_with(mark))
    };
    match &node.value {
        _ if node.span.end == at && node.span.start > 0 && opens(node.span.start) => Some(node.span.clone()),
        Value::Table(entries) => entries.iter().find_map(|entry| opening(text, &entry.node, at)),
        Value::List(nodes) => nodes.iter().find_map(|node| opening(text, node, at)),
        _ => None,
    }
}

/// Spaces for everything but line ends, so that every other byte keeps its place.
fn blank(text: &mut String, stretch: Range<usize>) {
    let blanked: String = text[stretch.clone()]
        .chars()
        .map(|c| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) })
        .collect();
    text.replace_range(stretch, &blanked);
}

fn table(table: &DeTable<'_>, span: Range<usize>, text: &str) -> Node {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().clone().into_owned(),
            key_span: key.span(),
            node: node(value, text),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Node { value: Value::Table(entries), span }
}

fn node(spanned: &Spanned<DeValue<'_>>, text: &str) -> Node {
    let span = spanned.span();
    let value = match spanned.get_ref() {
        DeValue::String(string) => Value::String(string.clone().into_owned()),
        DeValue::Integer(integer) => whole_number(integer),
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(boolean) => Value::Bool(*boolean),
        DeValue::Datetime(_) => Value::String(text.get(span.clone()).unwrap_or_default().to_owned()),
        DeValue::Array(array) => Value::List(array.iter().map(|value| node(value, text)).collect()),
        DeValue::Table(inner) => return table(inner, span, text),
    };
    Node { value, span }
}

fn whole_number(integer: &DeInteger<'_>) -> Value {
    match i64::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(number) => Value::Integer(number),
        Err(_) => Value::Float(integer.as_str().parse().unwrap_or(f64::NAN)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::sketch;
    use super::toml;

    #[test]
    fn trees_keep_order_and_places() {
        for (text, tree) in [
            ("", "{}@0..0"),
            ("b = 1\na = 'é'\n", "{b@0..1: 1@4..5, a@6..7: \"é\"@10..14}@0..15"),
            ("\u{feff}a = 1\r\n\"b c\" = 2\r\n", "{a@3..4: 1@7..8, b c@10..15: 2@18..19}@0..21"),
            (
                "a = 0xFF\nb = 1_0.5e3\nc = true\nd = 1979-05-27T07:32:00Z\ne = 07:32:00\n",
                "{a@0..1: 255@4..8, b@9..10: 10500.0f@13..20, c@21..22: true@25..29, \
                 d@30..31: \"1979-05-27T07:32:00Z\"@34..54, e@55..56: \"07:32:00\"@59..67}@0..68",
            ),
            ("a = 99999999999999999999", "{a@0..1: 1e20f@4..24}@0..24"),
            ("a = \"\"\"\nb\\\n  c\"\"\"", "{a@0..1: \"bc\"@4..17}@0..17"),
            ("a = [1, 'b', {c = 2}]", "{a@0..1: [1@5..6, \"b\"@8..11, {c@14..15: 2@18..19}@13..20]@4..21}@0..21"),
            (
                "[x.y]\nz.w = 1\n[[l]]\nk = 2\n[[l]]\n",
                "{x@1..2: {y@3..4: {z@6..7: {w@8..9: 1@12..13}@6..7}@0..5}@1..2, \
                 l@16..17: [{k@20..21: 2@24..25}@14..19, {}@26..31]@14..19}@0..32",
            ),
        ] {
            let (node, problems) = toml(text);
            assert_eq!(node.as_ref().map(sketch).as_deref(), Some(tree), "{text:?}");
            assert_eq!(problems, [], "{text:?}");
        }
    }

    #[test]
    fn hostile_files_end_in_a_few_problems() {
        for (text, problems) in [
            (format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000)), 1),
            (format!("a{} = 1", ".a".repeat(5000)), 1),
            ("[a]\n".repeat(2000), 50),
            ("x y z\n".repeat(2000), 50),
            ("a = [\n".repeat(2000), 50),
        ] {
            let (node, found) = toml(&text);
            assert!(node.is_some());
            assert_eq!(found.len(), problems, "{}", &text[..20]);
        }
    }
}
