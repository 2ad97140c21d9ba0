//! What can be wrong with a site, as plain values: severity, code, place, help.
//!
//! Here: the codes that docs/messages.md lists, and the one way to sort and merge messages. The forms they are
//! printed in stand beside: `text`, `json`, `github`, `sarif`. Not here: deciding what is wrong (each phase does
//! that for its own part), and printing (`cli`).

mod codes;
mod github;
mod json;
mod nearest;
mod position;
#[cfg(test)]
mod samples;
mod sarif;
mod text;
mod words;

use std::ops::Range;
use std::sync::Arc;

use crate::path::SourcePath;

pub use codes::Code;
pub use github::github;
pub use json::json;
pub use nearest::nearest;
pub use position::{Lines, Position, Texts};
pub use sarif::sarif;
pub use text::text;

/// How bad it is: errors keep a site from being written, warnings do so only with `--strict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site isn't written.
    Error,
    /// The site is written.
    Warning,
}

/// A stretch of a file, in bytes of its text as it is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The author's file.
    pub file: SourcePath,
    /// From, to; an empty range points between two characters.
    pub span: Range<usize>,
}

impl Place {
    /// A stretch of a file.
    pub fn new(file: &SourcePath, span: Range<usize>) -> Self {
        Self { file: file.clone(), span }
    }

    /// The file as a whole: its beginning.
    pub fn start_of(file: &SourcePath) -> Self {
        Self::new(file, 0..0)
    }
}

/// One problem, told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of problem.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where the author can mend it.
    pub place: Place,
    /// The cure: what to write instead, or what to do.
    pub help: Option<String>,
    /// The brand, if the problem is one brand's alone.
    pub brand: Option<Arc<str>>,
    /// The locale, if the problem is one locale's alone.
    pub locale: Option<Arc<str>>,
}

impl Diagnostic {
    /// A problem at a place, for every edition.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, help: None, brand: None, locale: None }
    }

    /// The same with a cure.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a cure if there is one.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// The same, seen in one edition.
    pub fn in_edition(mut self, brand: &Arc<str>, locale: &Arc<str>) -> Self {
        self.brand = Some(brand.clone());
        self.locale = Some(locale.clone());
        self
    }

    /// Error or warning.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Sorts messages by file and place, and tells each mistake once: the same code at the same place in several editions
/// is one message, which names a brand or a locale only if all of them agree on it. Its words may differ with the
/// brand's values. Several locales that lack a text are several mistakes, and so are two messages of one edition.
pub fn merge(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    all.sort_by(|a, b| {
        let place = |d: &Diagnostic| (d.place.span.start, d.place.span.end, d.severity(), d.code);
        (&a.place.file, place(a), &a.message).cmp(&(&b.place.file, place(b), &b.message))
    });
    let mut merged: Vec<Diagnostic> = Vec::with_capacity(all.len());
    for group in all.chunk_by(|a, b| a.code == b.code && a.place == b.place) {
        let twice =
            |a: &Diagnostic, b: &Diagnostic| a.message != b.message && a.brand == b.brand && a.locale == b.locale;
        let is_one = group[0].code != Code::TranslationMissing
            && !group.iter().enumerate().any(|(at, a)| group[at + 1..].iter().take(64).any(|b| twice(a, b)));
        for same in group.chunk_by(|a, b| is_one || a.message == b.message) {
            let mut one = same[0].clone();
            if same.iter().any(|other| other.brand != one.brand) {
                one.brand = None;
            }
            if same.iter().any(|other| other.locale != one.locale) {
                one.locale = None;
            }
            merged.push(one);
        }
    }
    merged
}
