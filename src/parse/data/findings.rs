//! What is found wrong in what a file says, and the words for it.
//!
//! Not here: reading values (`table`), and the form of files (`toml_problem`, `yaml_problem`).

use super::{Node, Problem, Value};

/// What kind of mistake a finding is; the caller chooses the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A key that nobody knows.
    UnknownKey,
    /// Anything else: form, type, range, absence.
    Invalid,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which code it belongs to.
    pub kind: Kind,
    /// What is wrong and where.
    pub problem: Problem,
}

/// The mistakes of one file, as they are found.
#[derive(Clone, Debug)]
pub struct Findings<'a> {
    /// The whole file.
    pub(super) file_text: &'a str,
    list: Vec<Finding>,
    /// Whether the file's form is right, so that what isn't in the tree isn't in the file.
    pub(super) whole: bool,
}

impl<'a> Findings<'a> {
    /// For a file with this text, beginning with what is wrong with its form. If something is, keys may be missing
    /// from the tree that the author wrote, so missing ones aren't reported.
    pub fn new(file_text: &'a str, problems: Vec<Problem>) -> Self {
        let whole = problems.is_empty();
        let invalid = |problem| Finding { kind: Kind::Invalid, problem };
        Self { file_text, list: problems.into_iter().map(invalid).collect(), whole }
    }

    /// Adds a mistake that the caller found.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(Finding { kind: Kind::Invalid, problem });
    }

    pub(super) fn push_unknown_key(&mut self, problem: Problem) {
        self.list.push(Finding { kind: Kind::UnknownKey, problem });
    }

    /// All of them, by place.
    pub fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.problem.span.start, finding.problem.span.end));
        self.list
    }
}

/// Pushes "`duration` must be a whole number of minutes, not text".
pub(super) fn wrong_type(name: &str, expected: &str, node: &Node, help: Option<String>, findings: &mut Findings<'_>) {
    let found = match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(_) => "text".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Table(_) => "a group of keys".to_owned(),
    };
    let message = format!("{name} must be {expected}, not {found}");
    findings.push(Problem { message, span: node.span.clone(), help });
}

/// The number that a text holds.
pub(super) fn number_help(node: &Node) -> Option<String> {
    let help = match &node.value {
        Value::String(text) => {
            let text = text.trim();
            let digits = &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())];
            match digits {
                "" => "write a number, in digits".to_owned(),
                _ if digits == text => format!("write it without quotes: {digits}"),
                _ => format!("write only the number: {digits}"),
            }
        }
        Value::Float(number) if number.is_finite() => {
            format!("write a whole number: {}", number.round())
        }
        _ => "write a number, in digits".to_owned(),
    };
    Some(help)
}

/// `"a", "b" or "c"`.
pub(super) fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// A word from a file, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
