//! The texts of an edition's pages: expanded, read as Markdown, and their problems told in the author's lines.
//!
//! Not here: where links lead (`resolve::link`).

use std::ops::Range;
use std::sync::Arc;

use tera::Context;

use super::expand::{Engine, Expanded};
use super::messages::Messages;
use super::terms;
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::content::ContentFile;
use crate::parse::markdown::{self, Body, Finding};

/// One page's text in one edition.
pub struct PageText<'c> {
    /// The author's file.
    pub file: &'c ContentFile,
    /// Markdown, values in armour.
    pub expanded: Expanded<'c>,
    /// What the Markdown says.
    pub body: Body,
    /// Nothing of it is left out for a mistake that has been told.
    pub is_whole: bool,
    /// What is wrong with the placeholders, in the author's file.
    pub problems: Vec<Diagnostic>,
    /// Where the author's placeholders are wrong: that has been told, and what follows from it isn't.
    told: Vec<Range<usize>>,
    context: Context,
}

impl<'c> PageText<'c> {
    /// Expands and reads a page's text. `bad` are its tags that are known to be wrong, in bytes of the body.
    pub fn new(
        engine: &Engine,
        file: &'c ContentFile,
        bad: &[Range<usize>],
        context: &Context,
        messages: &Arc<Messages>,
    ) -> Self {
        let (expanded, bad_names) = engine.expand(file.path.as_str(), file.body(), bad, context, messages);
        let body = markdown::render(&expanded.text, messages.typography());
        let told = bad.iter().cloned().chain(bad_names.iter().map(|bad| bad.span.clone())).collect();
        let problems = bad_names
            .into_iter()
            .map(|bad| {
                let place = Place::new(&file.path, bad.span.start + file.body_start..bad.span.end + file.body_start);
                Diagnostic::new(bad.code, place, bad.message).maybe_help(bad.help)
            })
            .collect();
        let is_whole = !file.is_lost && expanded.is_whole;
        Self { file, expanded, body, is_whole, problems, told, context: context.clone() }
    }

    /// Findings in the expanded text as problems of the author's file.
    pub fn locate<'f>(
        &self,
        engine: &Engine,
        messages: &Arc<Messages>,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Vec<Diagnostic> {
        let mut findings = findings.peekable();
        if findings.peek().is_none() {
            return Vec::new();
        }
        let origin = terms::within(messages, || engine.origin(&self.expanded, &self.context));
        let follows =
            |span: &Range<usize>| self.told.iter().any(|told| told.start <= span.end && span.start <= told.end);
        findings
            .map(|finding| (finding, origin.back(finding.span.clone())))
            .filter(|(_, span)| !follows(span))
            .map(|(finding, span)| {
                let place =
                    Place::new(&self.file.path, span.start + self.file.body_start..span.end + self.file.body_start);
                Diagnostic::new(finding.code, place, finding.message.clone()).maybe_help(finding.help.clone())
            })
            .collect()
    }
}
