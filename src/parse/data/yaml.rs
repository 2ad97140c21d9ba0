//! YAML 1.2 into the common tree, with every mistake of its form.
//!
//! The tree is built from the events of serde-saphyr's parser: they carry the place and the style of everything,
//! also of keys, lists and repeated keys. The parser stops at the first mistake, so reading goes on at the next
//! line that begins a key of the outermost table. Not here: texts so plain that they need no parser (`yaml_plain`),
//! the tree itself (`yaml_tree`), the words of the messages (`yaml_problem`), and what a writer has no use for:
//! includes, merge keys, tags beyond the core ones.

use std::ops::Range;

use serde_yaml::granit_parser::{Event, Parser, options};

use super::line::{line_end, next_line};
use super::yaml_plain::plain;
use super::yaml_problem::{Around, Fault, explain};
use super::yaml_tree::Tree;
use super::{Entry, Node, Problem, Value};

/// The tree of a stretch of a file that begins at byte `offset` of it, and what is wrong with its form. Places are
/// the file's. A stretch without any content is an empty table. Keys that can't be read are left out, so with a
/// problem in the list nobody can say that a key is missing.
pub fn yaml(text: &str, offset: usize) -> (Option<Node>, Vec<Problem>) {
    plain(text, offset).map_or_else(|| by_parser(text, offset), |node| (Some(node), Vec::new()))
}

/// The same of any text; `yaml_plain` must give what this gives.
pub(super) fn by_parser(text: &str, offset: usize) -> (Option<Node>, Vec<Problem>) {
    let mut tree = Tree::new(text);
    let mut from = 0;
    while let Err(fault) = read(&mut tree, from) {
        let resume = fault.resume.and_then(|at| key_line(text, at));
        tree.give_up(fault);
        match resume.filter(|at| *at > from && !tree.is_full()) {
            Some(at) => from = at,
            None => break,
        }
    }
    let (mut root, mut problems) = tree.finish();
    if let Some(node) = root.as_mut() {
        shift(node, offset);
    }
    for problem in &mut problems {
        shift_span(&mut problem.span, offset);
    }
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    (root, problems)
}

/// Reads from a byte on, to the end or the first mistake that stops the parser.
fn read(tree: &mut Tree<'_>, from: usize) -> Result<(), Fault> {
    let text = tree.text;
    let options = options! { emit_unresolved_aliases: true, emit_anchor_events: true, emit_comments: false };
    tree.begin(from);
    let mut last = from..from;
    for event in Parser::new_from_str_with_options(&text[from..], options) {
        match event {
            Ok((event, span)) => {
                let tag = span.tag_start().and_then(|tag| tag.byte_offset()).map(|tag| from + tag);
                let span = span.byte_range().unwrap_or_default();
                let span = from + span.start..from + span.end;
                if !span.is_empty() && !matches!(event, Event::DocumentStart(..) | Event::Anchor(..)) {
                    last = span.clone();
                }
                tree.take(event, span, tag)?;
            }
            Err(error) => {
                let at = from + error.marker().byte_offset().unwrap_or_default();
                let bracket = tree.open_bracket();
                return Err(explain(error.kind(), &Around { text, from, at, last, bracket }));
            }
        }
    }
    Ok(())
}

/// The first line from `at` on that begins a key of the outermost table.
fn key_line(text: &str, at: usize) -> Option<usize> {
    let begins_key = |line: &str| {
        let begins = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\''));
        let line = line.trim_end();
        begins && (line.ends_with(':') || line.contains(": "))
    };
    let end = line_end(text, at);
    if begins_key(&text[at..end]) { Some(at) } else { next_line(text, end, begins_key) }
}

fn shift(node: &mut Node, offset: usize) {
    shift_span(&mut node.span, offset);
    match &mut node.value {
        Value::List(nodes) => nodes.iter_mut().for_each(|node| shift(node, offset)),
        Value::Table(entries) => {
            for Entry { key_span, node, .. } in entries {
                shift_span(key_span, offset);
                shift(node, offset);
            }
        }
        _ => {}
    }
}

fn shift_span(span: &mut Range<usize>, offset: usize) {
    *span = span.start + offset..span.end + offset;
}

#[cfg(test)]
mod tests {
    use super::super::samples::sketch;
    use super::yaml;

    #[test]
    fn trees_keep_order_and_places() {
        for (text, tree) in [
            ("", "{}@0..0"),
            ("# nothing\n", "{}@10..10"),
            ("---\na: b\n", "{a@4..5: \"b\"@7..8}@4..8"),
            ("b: Ça va\na: \"é\\n😀\" # x\n", "{b@0..1: \"Ça va\"@3..9, a@10..11: \"é\\n😀\"@13..23}@0..23"),
            ("\u{feff}a: 'it''s'\r\nb: x\r\n", "{a@3..4: \"it's\"@6..13, b@15..16: \"x\"@18..19}@3..19"),
            (
                "a:\r\n  - 1\r\n  - b: 2\r\n    c: 3\r\n\r\n# x\r\nd:\r\n",
                "{a@0..1: [1@8..9, {b@15..16: 2@18..19, c@25..26: 3@28..29}@15..29]@6..29, \
                 d@38..39: null@39..39}@0..39",
            ),
            (
                "a: {b: 1, c: [x, ~]}\n",
                "{a@0..1: {b@4..5: 1@7..8, c@10..11: [\"x\"@14..15, null@17..18]@13..19}@3..20}@0..20",
            ),
            (
                "a: |\r\n  é\r\n   b\r\nc: >-\r\n  x\r\n  y\r\n",
                "{a@0..1: \"é\\n b\\n\"@8..18, c@18..19: \"x y\"@27..35}@0..35",
            ),
            ("a: x\n  é\nb: \"x\n  y\"\n", "{a@0..1: \"x é\"@3..9, b@10..11: \"x y\"@13..20}@0..20"),
            ("1: x\ntrue: y\n", "{1@0..1: \"x\"@3..4, true@5..9: \"y\"@11..12}@0..12"),
            (
                "a: &x {b: é}\nc: *x\n",
                "{a@0..1: {b@7..8: \"é\"@10..12}@6..13, c@14..15: {b@7..8: \"é\"@10..12}@6..13}@0..19",
            ),
            ("- a\n- b\n", "[\"a\"@2..3, \"b\"@6..7]@0..7"),
            ("\"a\"\n", "\"a\"@0..3"),
        ] {
            let (node, problems) = yaml(text, 0);
            assert_eq!(node.as_ref().map(sketch).as_deref(), Some(tree), "{text:?}");
            assert_eq!(problems, [], "{text:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let (node, problems) = yaml("é: [x]\nb: @\n", 4);
        assert_eq!(sketch(&node.unwrap()), "{é@4..6: [\"x\"@9..10]@8..11}@4..11");
        assert_eq!(problems[0].span, 15..16);
    }

    #[test]
    fn hostile_files_end_in_a_few_problems() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        let mut chain = "a0: &a0 [x]\n".to_owned();
        for i in 1..200 {
            let alias = format!("*a{}", i - 1);
            bomb += &format!("a{i}: &a{i} [{}]\n", [alias.as_str(); 10].join(", "));
            chain += &format!("a{i}: &a{i} [{alias}]\n");
        }
        for (text, problems) in [
            (bomb, 1),
            (chain, 1),
            ("[".repeat(5000), 1),
            ("{a: ".repeat(5000), 1),
            ("- ".repeat(5000), 1),
            ("a: 1\n".repeat(2000), 50),
            ("a: @\n".repeat(2000), 50),
            ("- a\n".repeat(110_000), 1),
        ] {
            let (_, found) = yaml(&text, 0);
            assert_eq!(found.len(), problems, "{}", &text[..12]);
        }
    }
}
