//! The words that several forms of a message share.
//!
//! Not here: messages themselves; each phase writes its own.

use super::{Diagnostic, Lines, Position, Severity};

impl Severity {
    /// `error` or `warning`, as every form spells it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl Diagnostic {
    /// Where it begins and ends; line 1, column 1 if the text isn't known.
    pub(super) fn positions(&self, lines: Option<&Lines<'_>>) -> (Position, Position) {
        let first = Position { line: 1, column: 1 };
        lines.map_or((first, first), |lines| lines.positions(&self.place.span))
    }

    /// `in auvenir, fr`, if the problem is one brand's or one locale's alone.
    pub(super) fn edition_note(&self) -> Option<String> {
        match (&self.brand, &self.locale) {
            (Some(brand), Some(locale)) => Some(format!("in {brand}, {locale}")),
            (Some(one), None) | (None, Some(one)) => Some(format!("in {one}")),
            (None, None) => None,
        }
    }

    /// Message, help and edition, a line each: for forms that have a single field for all three.
    pub(super) fn body(&self) -> String {
        let mut body = self.message.clone();
        for line in self.help.clone().into_iter().chain(self.edition_note()) {
            body.push('\n');
            body.push_str(&line);
        }
        body
    }
}
