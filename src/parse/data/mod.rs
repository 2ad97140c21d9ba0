//! One tree for TOML and YAML, with the place of everything in it: the shape that all settings are read from.
//!
//! A file is read in two steps, and neither stops at the first mistake: `toml` or `yaml` make the tree, `Table`
//! reads typed values out of it and notices keys that nobody knows. Not here: which keys exist and what they mean
//! (`config`, front matter, sidecars), and which code a problem gets.
//!
//! ```
//! use etape::parse::data::{Findings, Table, yaml};
//!
//! let file = "---\ntitel: Code\nduration: 5 minutes\n---\n";
//! let (node, problems) = yaml(&file[4..36], 4);
//! let mut findings = Findings::new(file, problems);
//! if let Some(table) = node.as_ref().and_then(|node| Table::of(node, &["title", "duration"], &mut findings)) {
//!     assert!(table.integer("duration", "a whole number of minutes", 1..=600, &mut findings).is_none());
//!     table.finish(&mut findings);
//! }
//! assert_eq!(findings.into_list().len(), 2);
//! ```

use std::ops::Range;

mod findings;
mod line;
#[cfg(test)]
mod samples;
mod source;
mod table;
#[cfg(test)]
mod table_mistakes;
mod toml;
#[cfg(test)]
mod toml_mistakes;
mod toml_problem;
mod yaml;
#[cfg(test)]
mod yaml_mistakes;
mod yaml_plain;
mod yaml_problem;
mod yaml_scalar;
mod yaml_tree;

pub use findings::{Finding, Findings, Kind};
pub use source::source_of;
pub use table::{Table, Text};
pub use toml::toml;
pub use yaml::yaml;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Bytes in the file: a string with its quotes, a block scalar from its first word, a TOML table as its header.
    pub span: Range<usize>,
}

/// What can be written. TOML's dates are strings, as they were typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, `~` or `null`; YAML only.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number, also a whole one beyond 64 bits.
    Float(f64),
    /// Text, decoded.
    String(String),
    /// Values in their order.
    List(Vec<Node>),
    /// Keys in the order of the file, each once.
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, decoded.
    pub key: String,
    /// Bytes in the file, with quotes.
    pub key_span: Range<usize>,
    /// What stands after it.
    pub node: Node,
}

/// A mistake in the form of a file. What it makes unreadable is left out of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Bytes in the file.
    pub span: Range<usize>,
    /// The cure.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at a place, with its cure.
    pub fn new(message: impl Into<String>, span: Range<usize>, help: impl Into<String>) -> Self {
        Self { message: message.into(), span, help: Some(help.into()) }
    }
}
