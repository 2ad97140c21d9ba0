//! Typed values out of a tree, with a finding for everything that isn't as expected.
//!
//! A reader asks a `Table` for each key that it knows, goes on with what it gets, and calls `finish` at the end.
//! A key without a value counts as absent. Not here: which keys there are, and what their values mean.

use std::ops::{Range, RangeInclusive};

use super::findings::{Findings, number_help, one_of, shown, wrong_type};
use super::line::{Line, quoted};
use super::{Entry, Node, Problem, Value};
use crate::diagnostic::nearest;

/// A text value and its node, whose place `source_of` refines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Text<'a> {
    /// The decoded text.
    pub text: &'a str,
    /// Where it stands.
    pub node: &'a Node,
}

/// A table whose keys are read one by one.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    entries: &'a [Entry],
    span: Range<usize>,
    path: String,
    known: &'a [&'a str],
}

impl<'a> Table<'a> {
    /// The outermost table of a file. Anything but a table is a finding.
    pub fn of(node: &'a Node, known: &'a [&'a str], findings: &mut Findings<'_>) -> Option<Self> {
        Self::inside(String::new(), node, known, findings)
    }

    /// A table somewhere inside: messages call its keys `path.key`.
    pub fn inside(path: String, node: &'a Node, known: &'a [&'a str], findings: &mut Findings<'_>) -> Option<Self> {
        match &node.value {
            Value::Table(entries) => Some(Self { entries, span: node.span.clone(), path, known }),
            _ => {
                let name = if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
                let help = "write keys with values of their own below it";
                let help = if path.is_empty() { "write lines with a key and its value" } else { help };
                wrong_type(&name, "a group of keys", node, Some(help.to_owned()), findings);
                None
            }
        }
    }

    /// The table's place: of a TOML table its header, else from the first key to the last value.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// All keys and values, also unknown ones.
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// A key that has a value, of whatever type.
    pub fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key && !matches!(entry.node.value, Value::Null))
    }

    /// Reports a key that is missing, or has no value or an empty text. `help` says what to write. A key that is there
    /// under a name almost its own is left to `finish`.
    pub fn require(&self, key: &str, help: &str, findings: &mut Findings<'_>) {
        match self.entries.iter().find(|entry| entry.key == key) {
            Some(entry) => match &entry.node.value {
                Value::Null => {
                    let line = Line::of_yaml(findings.file_text, entry.key_span.start);
                    let comment = line.value.starts_with('#');
                    let help = if comment { "`#` begins a comment: put the value in quotes" } else { help };
                    findings.push(Problem::new(
                        format!("{} has no value", self.name(key)),
                        entry.key_span.clone(),
                        help,
                    ));
                }
                Value::String(text) if text.trim().is_empty() => {
                    findings.push(Problem::new(format!("{} is empty", self.name(key)), entry.node.span.clone(), help));
                }
                _ => {}
            },
            None if findings.whole && !self.is_misspelt(key) => {
                let header = findings.file_text.get(self.span.clone()).is_some_and(|text| text.starts_with('['));
                let end = if header { self.span.end } else { self.span.start };
                findings.push(Problem::new(format!("{} is missing", self.name(key)), self.span.start..end, help));
            }
            None => {}
        }
    }

    fn is_misspelt(&self, key: &str) -> bool {
        self.unknown().any(|entry| nearest(&entry.key, self.known.iter().copied()) == Some(key))
    }

    fn unknown(&self) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str()))
    }

    /// A text.
    pub fn string(&self, key: &str, findings: &mut Findings<'_>) -> Option<Text<'a>> {
        text_of(|| self.name(key), &self.entry(key)?.node, findings)
    }

    /// One word of a few.
    pub fn choice(&self, key: &str, words: &[&str], findings: &mut Findings<'_>) -> Option<Text<'a>> {
        let choice = self.string(key, findings)?;
        if words.contains(&choice.text) {
            return Some(choice);
        }
        let help = match nearest(choice.text, words.iter().copied()) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => format!("write {}", one_of(words)),
        };
        let message = format!("{} can't be \"{}\"", self.name(key), shown(choice.text));
        findings.push(Problem::new(message, choice.node.span.clone(), help));
        None
    }

    /// A value as it stands in the file, for what looks like a number to YAML and isn't one: `012345678901`.
    pub fn written(&self, key: &str, findings: &mut Findings<'a>) -> Option<Text<'a>> {
        let node = &self.entry(key)?.node;
        let written = match &node.value {
            Value::Bool(_) | Value::Integer(_) | Value::Float(_) => findings.file_text.get(node.span.clone()),
            _ => return self.string(key, findings),
        };
        written.map(|text| Text { text, node })
    }

    /// A whole number in a range; `what` says it in words, as in "a whole number of minutes".
    pub fn integer(
        &self,
        key: &str,
        what: &str,
        range: RangeInclusive<i64>,
        findings: &mut Findings<'_>,
    ) -> Option<i64> {
        let node = &self.entry(key)?.node;
        match node.value {
            Value::Integer(number) if range.contains(&number) => return Some(number),
            Value::Integer(_) => {
                let help = format!("write a number from {} to {}", range.start(), range.end());
                wrong_type(&self.name(key), what, node, Some(help), findings);
            }
            _ => wrong_type(&self.name(key), what, node, number_help(node), findings),
        }
        None
    }

    /// A number, whole or not, above zero.
    pub fn positive(&self, key: &str, what: &str, findings: &mut Findings<'_>) -> Option<f64> {
        let node = &self.entry(key)?.node;
        let number = match node.value {
            #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 nobody counts kilobytes one by one")]
            Value::Integer(number) => number as f64,
            Value::Float(number) => number,
            _ => {
                wrong_type(&self.name(key), what, node, number_help(node), findings);
                return None;
            }
        };
        if number > 0.0 && number.is_finite() {
            return Some(number);
        }
        wrong_type(&self.name(key), what, node, Some("write a number above zero".to_owned()), findings);
        None
    }

    /// `true` or `false`.
    pub fn boolean(&self, key: &str, findings: &mut Findings<'_>) -> Option<bool> {
        let node = &self.entry(key)?.node;
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        let help = match &node.value {
            Value::String(text) => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" | "oui" => "write true, without quotes",
                "false" | "no" | "off" | "non" => "write false, without quotes",
                _ => "write true or false",
            },
            _ => "write true or false",
        };
        wrong_type(&self.name(key), "true or false", node, Some(help.to_owned()), findings);
        None
    }

    /// A list of anything.
    pub fn list(&self, key: &str, findings: &mut Findings<'_>) -> Option<&'a [Node]> {
        let node = &self.entry(key)?.node;
        if let Value::List(nodes) = &node.value {
            return Some(nodes);
        }
        let help = match &node.value {
            Value::String(text) => {
                let words: Vec<String> = text.split(',').map(|word| quoted(word.trim())).collect();
                let list = words.join(", ");
                if list.len() <= 80 {
                    format!("write a list: [{list}]")
                } else {
                    "write a list: [\"…\", \"…\"]".to_owned()
                }
            }
            _ => "write a list, in brackets".to_owned(),
        };
        wrong_type(&self.name(key), "a list", node, Some(help), findings);
        None
    }

    /// A list of texts; entries that aren't texts are left out of it.
    pub fn strings(&self, key: &str, findings: &mut Findings<'_>) -> Option<Vec<Text<'a>>> {
        let name = || format!("each entry of {}", self.name(key));
        let nodes = self.list(key, findings)?;
        Some(nodes.iter().filter_map(|node| text_of(name, node, findings)).collect())
    }

    /// A list of exactly so many whole numbers that aren't negative; `what` says it in words.
    pub fn integers<const N: usize>(&self, key: &str, what: &str, findings: &mut Findings<'_>) -> Option<[i64; N]> {
        let node = &self.entry(key)?.node;
        let numbers: Option<Vec<i64>> = match &node.value {
            Value::List(nodes) => nodes.iter().map(natural).collect(),
            _ => None,
        };
        if let Some(numbers) = numbers.and_then(|numbers| numbers.try_into().ok()) {
            return Some(numbers);
        }
        let help = format!("write {N} numbers in brackets, with commas between them");
        findings.push(Problem::new(format!("{} must be {what}", self.name(key)), node.span.clone(), help));
        None
    }

    /// A table inside this one.
    pub fn table(&self, key: &str, known: &'a [&'a str], findings: &mut Findings<'_>) -> Option<Table<'a>> {
        Table::inside(self.path(key), &self.entry(key)?.node, known, findings)
    }

    /// A table inside this one whose keys are the author's own.
    pub fn free(&self, key: &str, findings: &mut Findings<'_>) -> Option<&'a [Entry]> {
        self.table(key, &[], findings).map(|table| table.entries)
    }

    /// A list of tables inside this one; entries that aren't tables are left out of it.
    pub fn tables(&self, key: &str, known: &'a [&'a str], findings: &mut Findings<'_>) -> Option<Vec<Table<'a>>> {
        let nodes = self.list(key, findings)?;
        let inside = |node| Table::inside(self.path(key), node, known, findings);
        Some(nodes.iter().filter_map(inside).collect())
    }

    /// Reports the keys that nobody knows.
    pub fn finish(self, findings: &mut Findings<'_>) {
        for entry in self.unknown() {
            let place = if self.path.is_empty() { String::new() } else { format!(" in `{}`", self.path) };
            let help = match nearest(&entry.key, self.known.iter().copied()) {
                Some(known) => format!("did you mean \"{known}\"?"),
                None if self.known.is_empty() => "remove it".to_owned(),
                None => format!("remove it; the keys here are {}", self.known.join(", ")),
            };
            let message = format!("unknown key \"{}\"{place}", shown(&entry.key));
            let problem = Problem::new(message, entry.key_span.clone(), help);
            findings.push_unknown_key(problem);
        }
    }

    fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn name(&self, key: &str) -> String {
        format!("`{}`", self.path(key))
    }
}

fn text_of<'a>(name: impl Fn() -> String, node: &'a Node, findings: &mut Findings<'_>) -> Option<Text<'a>> {
    if let Value::String(text) = &node.value {
        return Some(Text { text, node });
    }
    let raw = findings.file_text.get(node.span.clone()).unwrap_or_default();
    let help = match node.value {
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {
            format!("put it in quotes: {}", quoted(raw))
        }
        _ if raw.starts_with(['[', '{']) && !raw.contains('\n') => {
            format!("if it is text, put it in quotes: {}", quoted(raw))
        }
        _ => "write one text".to_owned(),
    };
    wrong_type(&name(), "text", node, Some(help), findings);
    None
}

fn natural(node: &Node) -> Option<i64> {
    match node.value {
        Value::Integer(number) if number >= 0 => Some(number),
        _ => None,
    }
}
