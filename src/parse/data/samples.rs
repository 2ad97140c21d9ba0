//! What the tests of both languages compare: trees and problems as short text, and promises for any text at all.
//!
//! Not here: the tables of mistakes, which stand beside the messages.

use super::{Node, Problem, Value};

/// What a mistake leaves of a file, and what is told of it: place, message, help.
pub type Told<'t> = (&'t str, &'t str, &'t [(&'t str, &'t str, &'t str)]);

/// A tree on one line, each part with its place.
pub fn sketch(node: &Node) -> String {
    let value = match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}f"),
        Value::String(text) => format!("{text:?}"),
        Value::List(nodes) => format!("[{}]", nodes.iter().map(sketch).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let entry =
                |e: &super::Entry| format!("{}@{}..{}: {}", e.key, e.key_span.start, e.key_span.end, sketch(&e.node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    };
    format!("{value}@{}..{}", node.span.start, node.span.end)
}

/// Asserts that a text leaves just these keys, and that just this is told of it.
pub fn assert_told((text, keys, told): Told<'_>, (node, problems): (Option<Node>, Vec<Problem>)) {
    let left = match node.map(|node| node.value) {
        Some(Value::Table(entries)) => entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>().join(" "),
        Some(value) => format!("{value:?}"),
        None => "nothing".to_owned(),
    };
    assert_eq!(left, keys, "what is left of {text:?}");
    let problems: Vec<_> =
        problems.iter().map(|p| (&text[p.span.clone()], p.message.as_str(), p.help.as_deref().unwrap())).collect();
    assert_eq!(problems, told, "what is told of {text:?}");
}

/// Cuts and holes in texts: every result must have places inside the text, and tell problems in order.
pub fn assert_promises<'t>(texts: impl Iterator<Item = &'t str>, parse: impl Fn(&str) -> (Option<Node>, Vec<Problem>)) {
    for text in texts {
        for (at, c) in text.char_indices() {
            let hole = format!("{}{}", &text[..at], &text[at + c.len_utf8()..]);
            let strange = format!("{}\u{fe}\t\"{}", &text[..at], &text[at..]);
            for text in [&text[..at], &text[at..], &hole, &strange] {
                let (node, problems) = parse(text);
                node.iter().for_each(|node| assert_inside(node, text));
                assert!(problems.iter().all(|p| text.get(p.span.clone()).is_some()), "{problems:?} of {text:?}");
                assert!(problems.is_sorted_by_key(|p| p.span.start), "{problems:?} of {text:?}");
            }
        }
    }
}

fn assert_inside(node: &Node, text: &str) {
    assert!(text.get(node.span.clone()).is_some(), "{} of {text:?}", sketch(node));
    match &node.value {
        Value::List(nodes) => nodes.iter().for_each(|node| assert_inside(node, text)),
        Value::Table(entries) => entries.iter().for_each(|entry| {
            assert!(text.get(entry.key_span.clone()).is_some(), "{} of {text:?}", entry.key);
            assert_inside(&entry.node, text);
        }),
        _ => {}
    }
}
