//! The tree that YAML's events make, within limits.
//!
//! An alias becomes a copy of what it stands for, with the places of the original: that is where a mistake in it
//! can be mended. Not here: the parser, and what it objects to (`yaml`, `yaml_problem`).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_yaml::granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::line::above;
use super::yaml_problem::{Fault, no_table, placeholder, special_start};
use super::yaml_scalar::scalar;
use super::{Entry, Node, Problem, Value};

/// Tables and lists inside each other.
const DEEPEST: usize = 64;
/// Mistakes that are told of one file; who makes more has another kind of file.
pub(super) const MOST_PROBLEMS: usize = 50;
/// Keys, values, lists and tables of one file, an alias as all that it stands for.
const MOST_NODES: usize = 100_000;

/// A tree in the making, and what was found wrong on the way.
pub(super) struct Tree<'t> {
    /// The whole text; places are bytes of it.
    pub text: &'t str,
    problems: Vec<Problem>,
    nodes: usize,
    documents: usize,
    /// Whether a part after a mistake has yet to show that it is a table like the part before.
    resuming: bool,
    root: Option<Node>,
    stack: Vec<Open>,
    anchors: HashMap<usize, Option<Node>>,
    /// The names of all anchors, also of those before a mistake.
    anchor_names: HashSet<String>,
}

/// A list or table that isn't closed yet.
struct Open {
    node: Node,
    flow: bool,
    anchor: usize,
    /// The key that waits for its value; without a text where it can't be one.
    key: Option<(Option<String>, Range<usize>)>,
    /// Where each key of a table stands.
    keys: HashMap<String, usize>,
}

impl Open {
    /// A table that was closed, open for more keys.
    fn again(node: Node) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            return None;
        };
        let keys = entries.iter().map(|entry| (entry.key.clone(), entry.key_span.start)).collect();
        Some(Self { node, flow: false, anchor: 0, key: None, keys })
    }
}

impl<'t> Tree<'t> {
    /// A tree of a text, with nothing in it.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: Vec::new(),
            nodes: 0,
            documents: 0,
            resuming: false,
            root: None,
            stack: Vec::new(),
            anchors: HashMap::new(),
            anchor_names: HashSet::new(),
        }
    }

    /// Whether so many mistakes were found that no more are told.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    /// Where the outermost bracket that isn't closed yet stands.
    pub fn open_bracket(&self) -> Option<usize> {
        self.stack.iter().find(|open| open.flow).map(|open| open.node.span.start)
    }

    /// A parser begins at a byte: at the beginning, or after a mistake.
    pub fn begin(&mut self, from: usize) {
        self.resuming = from > 0;
        self.documents = 0;
        self.anchors.clear();
    }

    /// Takes an event in; `tag_start` is where the value's tag stands.
    pub fn take(&mut self, event: Event<'_>, span: Range<usize>, tag_start: Option<usize>) -> Result<(), Fault> {
        if self.resuming && event.is_node() {
            self.resuming = false;
            if matches!(event, Event::MappingStart(..)) && self.stack.len() == 1 {
                return Ok(());
            }
        }
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, &span)?;
                let tag = tag.as_deref();
                let value = self.tag(tag, tag_start).then(|| scalar(&text, style, tag));
                let key = Some(text.into_owned()).filter(|_| !(span.is_empty() && style == ScalarStyle::Plain));
                let node = value.map(|value| Node { value, span: span.clone() });
                self.place(node, key, span, anchor);
                Ok(())
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.tag(tag.as_deref(), tag_start);
                self.open(Value::List(Vec::new()), style, anchor, span)
            }
            Event::MappingStart(style, anchor, tag) => {
                if style == StructureStyle::Flow && self.text[span.end..].starts_with(['{', '%']) {
                    return Err(placeholder(self.text, span.start));
                }
                self.tag(tag.as_deref(), tag_start);
                self.open(Value::Table(Vec::new()), style, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.stack.pop() {
                    if open.flow {
                        open.node.span.end = span.end;
                    }
                    let span = open.node.span.clone();
                    self.place(Some(open.node), None, span, open.anchor);
                }
                Ok(())
            }
            Event::Alias(id) => self.alias(id, span),
            Event::Anchor(_, name) => {
                self.anchor_names.insert(name.into_owned());
                Ok(())
            }
            Event::UnresolvedAlias(name) => {
                // An anchor before a mistake is gone, but it isn't another mistake to use it.
                if !self.anchor_names.contains(name.as_ref()) {
                    self.tell(special_start(self.text, span.start));
                }
                self.place(None, None, span, 0);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes a mistake that reading stopped at, and lets go of what it made unreadable.
    pub fn give_up(&mut self, fault: Fault) {
        self.stack.truncate(1);
        let at = fault.problem.span.start;
        match self.stack.last_mut() {
            Some(Open { node: Node { value: Value::Table(entries), .. }, key, flow: false, .. }) => {
                *key = None;
                let spoilt = |entry: &Entry| {
                    let end = entry.node.span.end;
                    fault.takes_last || at <= end || !self.text[end..at].contains('\n')
                };
                if entries.last().is_some_and(spoilt) {
                    entries.pop();
                }
            }
            _ => self.stack.clear(),
        }
        if self.stack.is_empty() {
            // A table that ended too early goes on after the mistake; a text was no table.
            self.stack.extend(self.root.take().and_then(Open::again));
        }
        self.tell(fault.problem);
    }

    /// The tree, or nothing if no part of the text could be read, and all mistakes.
    pub fn finish(mut self) -> (Option<Node>, Vec<Problem>) {
        let root = self.stack.drain(..).next().map(|open| open.node).or(self.root);
        let root = match root {
            None if self.problems.is_empty() => {
                Some(Node { value: Value::Table(Vec::new()), span: self.text.len()..self.text.len() })
            }
            Some(Node { value: Value::String(_), span })
                if !self.text[span.clone()].starts_with(['"', '\'', '|', '>']) =>
            {
                self.problems.push(no_table(self.text, span.start).problem);
                None
            }
            root => root,
        };
        (root, self.problems)
    }

    /// Notes a mistake, unless the line has one already: then it is a consequence.
    fn tell(&mut self, problem: Problem) {
        if self.is_full() {
            return;
        }
        let same_line = |other: &Problem| {
            let (a, b) = (other.span.start, problem.span.start);
            !self.text[a.min(b)..a.max(b)].contains('\n')
        };
        if !self.problems.iter().any(same_line) {
            self.problems.push(problem);
        }
    }

    fn document(&mut self, span: Range<usize>) -> Result<(), Fault> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let help = "keep one, without a line `---` or `...` inside it";
        Err(Fault::last(Problem::new("a second document begins here", span, help)))
    }

    fn open(&mut self, value: Value, style: StructureStyle, anchor: usize, span: Range<usize>) -> Result<(), Fault> {
        self.count(1, &span)?;
        if self.stack.len() >= DEEPEST {
            return Err(too_deep(span));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        let flow = style == StructureStyle::Flow;
        self.stack.push(Open { node: Node { value, span }, flow, anchor, key: None, keys: HashMap::new() });
        Ok(())
    }

    /// A value without a node is one that was told to be wrong; the key goes with it.
    fn place(&mut self, node: Option<Node>, key: Option<String>, span: Range<usize>, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = node;
            return;
        };
        let end = span.end;
        match &mut open.node.value {
            Value::Table(entries) => match open.key.take() {
                None => {
                    if key.is_none() && node.is_some() {
                        let shown = span.start..span.end.max(span.start + 1).min(self.text.len());
                        open.key = Some((None, span));
                        self.tell(Problem::new("a key must be text", shown, "write a word before the colon"));
                    } else {
                        open.key = Some((key, span));
                    }
                    return;
                }
                Some((Some(key), key_span)) => {
                    if let Some(first) = open.keys.get(&key) {
                        let help =
                            format!("remove one of the two; the first is {}", above(self.text, *first, key_span.start));
                        self.tell(Problem::new(format!("`{key}` is given twice"), key_span, help));
                    } else {
                        open.keys.insert(key.clone(), key_span.start);
                        entries.extend(node.map(|node| Entry { key, key_span, node }));
                    }
                }
                Some((None, _)) => {}
            },
            Value::List(nodes) => nodes.extend(node),
            _ => {}
        }
        if let Some(open) = self.stack.last_mut() {
            open.node.span.end = open.node.span.end.max(end);
        }
    }

    fn alias(&mut self, id: usize, span: Range<usize>) -> Result<(), Fault> {
        let node = self.anchors.get(&id).cloned().flatten();
        let Some(node) = node else {
            let help = "an alias can't stand inside what it stands for";
            return Err(Fault::at(Problem::new("an alias of itself", span, help), self.text));
        };
        let (size, depth) = measure(&node);
        if self.stack.len() + depth > DEEPEST {
            return Err(too_deep(span));
        }
        self.count(size, &span)?;
        let key = match &node.value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        self.place(Some(node), key, span, 0);
        Ok(())
    }

    fn count(&mut self, nodes: usize, span: &Range<usize>) -> Result<(), Fault> {
        self.nodes += nodes;
        if self.nodes <= MOST_NODES {
            return Ok(());
        }
        let message = format!("more than {MOST_NODES} keys and values");
        Err(Fault::last(Problem::new(message, span.clone(), "divide the file, or use fewer aliases")))
    }

    /// Whether a value's tag is one of the core ones, which only say what the value is anyway. A `!` alone is one
    /// too, but a writer means the sign.
    fn tag(&mut self, tag: Option<&Tag>, start: Option<usize>) -> bool {
        let known = tag.is_none_or(|tag| tag.core_suffix().is_some());
        if let (false, Some(start)) = (known, start) {
            self.tell(special_start(self.text, start));
        }
        known
    }
}

/// How many nodes a tree has, and how deep it is.
fn measure(node: &Node) -> (usize, usize) {
    let sum = |(size, depth): (usize, usize), node: &Node| {
        let (inner_size, inner_depth) = measure(node);
        (size + inner_size, depth.max(inner_depth + 1))
    };
    match &node.value {
        Value::List(nodes) => nodes.iter().fold((1, 1), sum),
        Value::Table(entries) => entries.iter().map(|entry| &entry.node).fold((1, 1), sum),
        _ => (1, 0),
    }
}

fn too_deep(span: Range<usize>) -> Fault {
    let message = format!("more than {DEEPEST} levels inside each other");
    Fault::last(Problem::new(message, span, "write it with fewer levels"))
}
