//! Writing the fingerprint of a source text into a translation's front matter, and nothing else.
//!
//! Every form of YAML is marked where it can be; what comes of it is read again, and given only if nothing but the
//! mark is different. Not here: which text is the source, and files.

use std::ops::Range;

use super::content::front_matter_range;
use super::data::{self, Entry, Node, Value};

const KEY: &str = "translates";

/// Why a text can't be marked.
#[derive(Debug, PartialEq, Eq)]
pub enum Unmarkable {
    /// It has no front matter that can be read.
    Unreadable,
    /// Its front matter has a form in which there is no telling where the mark belongs.
    Form,
}

/// The text with this fingerprint as its mark; none if it has it already.
pub fn write(text: &str, fingerprint: &str) -> Result<Option<String>, Unmarkable> {
    let (yaml, node) = read(text).ok_or(Unmarkable::Unreadable)?;
    let Value::Table(entries) = &node.value else { return Err(Unmarkable::Unreadable) };
    let entry = entries.iter().find(|entry| entry.key == KEY);
    if entry.is_some_and(|entry| says(text, &entry.node, fingerprint)) {
        return Ok(None);
    }
    let (at, with) = match entry {
        Some(entry) => instead(text, &entry.key_span, &entry.node, fingerprint),
        None => beside(text, &yaml, &node, entries, fingerprint),
    };
    let mut marked = text.to_owned();
    marked.replace_range(at, &with);
    let is_all = read(&marked).is_some_and(|(_, after)| is_only_marked(text, &node, &marked, &after, fingerprint));
    if is_all { Ok(Some(marked)) } else { Err(Unmarkable::Form) }
}

/// The front matter's place and what it says, if all of it can be read.
fn read(text: &str) -> Option<(Range<usize>, Node)> {
    let yaml = front_matter_range(text)?;
    let (node, problems) = data::yaml(&text[yaml.clone()], yaml.start);
    problems.is_empty().then_some(())?;
    Some((yaml, node?))
}

fn says(text: &str, node: &Node, fingerprint: &str) -> bool {
    match &node.value {
        Value::String(value) => value == fingerprint,
        // digits alone are a number to YAML
        Value::Integer(_) | Value::Float(_) => text[node.span.clone()] == *fingerprint,
        _ => false,
    }
}

/// A value in the place of the one that is there, in its quotes.
fn instead(text: &str, key: &Range<usize>, value: &Node, fingerprint: &str) -> (Range<usize>, String) {
    let written = &text[value.span.clone()];
    if written.trim().is_empty() {
        let rest = &text[key.end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return match rest[blank..].starts_with(':') {
            true => (key.end + blank + 1..key.end + blank + 1, format!(" {fingerprint}")),
            false => (key.end..key.end, format!(": {fingerprint}")),
        };
    }
    let quote = if written.starts_with(['"', '\'']) { &written[..1] } else { "" };
    let end = value.span.start + written.trim_end().len();
    (value.span.start..end, format!("{quote}{fingerprint}{quote}"))
}

/// A key where there is none yet: a line at the end, or the first in braces.
fn beside(
    text: &str,
    yaml: &Range<usize>,
    node: &Node,
    entries: &[Entry],
    fingerprint: &str,
) -> (Range<usize>, String) {
    if let Some(rest) = text[node.span.clone()].strip_prefix('{') {
        let space = if rest.starts_with(char::is_whitespace) { "" } else { " " };
        let at = node.span.start + 1;
        return (at..at, format!("{KEY}: {fingerprint},{space}"));
    }
    let end = if text[..yaml.end].ends_with("\r\n") { "\r\n" } else { "\n" };
    // keys of one table stand below each other
    let first = entries.first().map_or(yaml.start, |entry| entry.key_span.start);
    let line = &text[text[..first].rfind('\n').map_or(0, |at| at + 1)..first];
    let indent = if line.trim().is_empty() { line } else { "" };
    (yaml.end..yaml.end, format!("{indent}{KEY}: {fingerprint}{end}"))
}

/// Is the mark the one difference, and right?
fn is_only_marked(text: &str, before: &Node, marked: &str, after: &Node, fingerprint: &str) -> bool {
    let (Value::Table(before), Value::Table(after)) = (&before.value, &after.value) else { return false };
    let others = |entries: &[Entry]| entries.iter().filter(|entry| entry.key != KEY).cloned().collect::<Vec<_>>();
    let mark = after.iter().find(|entry| entry.key == KEY);
    mark.is_some_and(|mark| says(marked, &mark.node, fingerprint))
        && are_same(&others(before), &others(after))
        && front_matter_range(text).map(|yaml| &text[yaml.end..])
            == front_matter_range(marked).map(|yaml| &marked[yaml.end..])
}

fn are_same(one: &[Entry], two: &[Entry]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.key == two.key && is_same(&one.node, &two.node))
}

/// The same, wherever it stands.
fn is_same(one: &Node, two: &Node) -> bool {
    match (&one.value, &two.value) {
        (Value::Table(one), Value::Table(two)) => are_same(one, two),
        (Value::List(one), Value::List(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_same(one, two))
        }
        (one, two) => one == two,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Front matter, and the same as it is marked with `PRINT`.
    const FORMS: &[(&str, &str)] = &[
        ("title: G\n", "title: G\ntranslates: PRINT\n"),
        ("", "translates: PRINT\n"),
        ("title: G\r\n", "title: G\r\ntranslates: PRINT\r\n"),
        ("  title: G\n", "  title: G\n  translates: PRINT\n"),
        ("? title\n: G\n", "? title\n: G\ntranslates: PRINT\n"),
        ("title: G\nextra:\n  a: |+\n    b\n\n", "title: G\nextra:\n  a: |+\n    b\n\ntranslates: PRINT\n"),
        ("extra:\n  translates: x\n", "extra:\n  translates: x\ntranslates: PRINT\n"),
        ("title: G\n# translates: x\n", "title: G\n# translates: x\ntranslates: PRINT\n"),
        // a value that is there
        ("translates: 000000000000\ntitle: G\n", "translates: PRINT\ntitle: G\n"),
        ("translates: \"0000\" # x\ntitle: G\n", "translates: \"PRINT\" # x\ntitle: G\n"),
        ("translates: '0000'\r\ntitle: G\r\n", "translates: 'PRINT'\r\ntitle: G\r\n"),
        ("\"translates\": 0000\n", "\"translates\": PRINT\n"),
        ("'translates' : 0000\n", "'translates' : PRINT\n"),
        ("? translates\n: 0000\n", "? translates\n: PRINT\n"),
        ("translates:\n  0000\ntitle: G\n", "translates:\n  PRINT\ntitle: G\n"),
        ("translates: |-\n  0000\ntitle: G\n", "translates: |-\n  PRINT\ntitle: G\n"),
        ("translates: 123456789012\n", "translates: PRINT\n"),
        ("translates: &a 0000\ntitle: G\n", "translates: &a PRINT\ntitle: G\n"),
        // none
        ("translates:\ntitle: G\n", "translates: PRINT\ntitle: G\n"),
        ("title: G\ntranslates:\n", "title: G\ntranslates: PRINT\n"),
        ("title: G\r\ntranslates:\r\n", "title: G\r\ntranslates: PRINT\r\n"),
        ("translates: # x\ntitle: G\n", "translates: PRINT # x\ntitle: G\n"),
        ("translates: ~\ntitle: G\n", "translates: PRINT\ntitle: G\n"),
        ("\"translates\" : null # x\n", "\"translates\" : PRINT # x\n"),
        // braces
        ("{title: G}\n", "{translates: PRINT, title: G}\n"),
        ("{ title: G }\n", "{translates: PRINT, title: G }\n"),
        ("{\n  title: G,\n}\n", "{translates: PRINT,\n  title: G,\n}\n"),
        ("{}\n", "{translates: PRINT, }\n"),
        ("{title: G, translates: 0000}\n", "{title: G, translates: PRINT}\n"),
        ("{title: G, \"translates\":'0000'}\n", "{title: G, \"translates\":'PRINT'}\n"),
        ("{title: G, \"translates\":}\n", "{title: G, \"translates\": PRINT}\n"),
        ("{title: G, translates: , draft: true}\n", "{title: G, translates: PRINT , draft: true}\n"),
        ("{translates, title: G}\n", "{translates: PRINT, title: G}\n"),
    ];

    #[test]
    fn every_form_is_marked_and_nothing_else_touched() {
        for print in ["0123456789ab", "012345678901", "1234567890e5"] {
            for (before, after) in FORMS {
                let text = |yaml: &str| format!("---\n{yaml}---\ntranslates: x\n");
                let after = text(&after.replace("PRINT", print));
                assert_eq!(write(&text(before), print), Ok(Some(after.clone())), "{before}");
                assert_eq!(write(&after, print), Ok(None), "{after}");
            }
        }
    }

    #[test]
    fn what_cannot_be_marked_is_refused() {
        for (yaml, why) in [
            ("title: \"G\n", Unmarkable::Unreadable),
            ("translates: 1\ntranslates: 2\n", Unmarkable::Unreadable),
            ("[title]\n", Unmarkable::Unreadable),
            ("title: &a G\ntranslates: *a\n", Unmarkable::Form),
            ("title: G\n? translates\n", Unmarkable::Form),
            ("title: G\ntranslates: !!null\n", Unmarkable::Form),
            ("title: G\n...\n", Unmarkable::Form),
        ] {
            assert_eq!(write(&format!("---\n{yaml}---\n"), "0123456789ab"), Err(why), "{yaml}");
        }
        assert_eq!(write("title: G\n", "0123456789ab"), Err(Unmarkable::Unreadable));
    }
}
