//! The texts of an edition's pages: expanded, read as Markdown, and their problems told in the author's lines.
//!
//! Not here: where links lead (`resolve::link`).

use std::ops::Range;
use std::sync::Arc;

use tera::Context;

use super::expand::{Compiled, Engine, Expanded};
use super::messages::Messages;
use super::spans::Spans;
use super::terms;
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::{Key, KeyMaker};
use crate::parse::content::ContentFile;
use crate::parse::markdown::{self, Body, Finding, Slot};

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
    told: Spans,
    context: Context,
}

/// What others need to know of a page's text, and what it asks for.
#[derive(Debug, Default)]
pub struct Facts {
    /// The ids that links may point at, in order.
    pub anchors: Vec<String>,
    /// Nothing of the text is left out for a mistake that has been told.
    pub is_whole: bool,
    /// The files of `assets/` that it names, as it names them; with whether they are shown as pictures.
    pub files: Vec<(String, bool)>,
    /// It links to a heading of another page.
    pub points_into_pages: bool,
    /// It says nothing at all.
    pub is_empty: bool,
}

impl Facts {
    /// Of a text.
    pub fn of(text: &PageText<'_>) -> Self {
        let slots = || text.body.slots.iter().map(|(_, slot)| slot);
        let file = |slot: &Slot| match slot {
            Slot::Picture(picture) => Some((picture.target.clone(), true)),
            Slot::File { target, .. } => Some((target.clone(), false)),
            _ => None,
        };
        Self {
            anchors: text.body.anchors.clone(),
            is_whole: text.is_whole,
            files: slots().filter_map(file).collect(),
            is_empty: text.body.html.is_empty() && text.body.slots.is_empty(),
            points_into_pages: slots().any(|slot| matches!(slot, Slot::Page { anchor: Some(_), .. })),
        }
    }

    /// The key of what links into the page depend on.
    pub fn key(&self) -> Key {
        let key = KeyMaker::new("anchors").number(u64::from(self.is_whole));
        self.anchors.iter().fold(key, |key, anchor| key.text(anchor)).make()
    }
}

impl<'c> PageText<'c> {
    /// Expands and reads a page's text. `compiled` is the file's text, if it was compiled before; `bad` are its tags
    /// that are known to be wrong, in bytes of the body.
    pub fn new(
        engine: &Engine,
        compiled: Option<&Compiled>,
        file: &'c ContentFile,
        bad: &[Range<usize>],
        context: Context,
        messages: &Arc<Messages>,
    ) -> Self {
        let (expanded, bad_names) = engine.expand(compiled, file.body(), bad, &context, messages);
        let body = markdown::render(&expanded.text, messages.typography());
        let told = Spans::of(bad.iter().cloned().chain(bad_names.iter().map(|bad| bad.span.clone())).collect());
        let problems = bad_names
            .into_iter()
            .map(|bad| {
                let place = Place::new(&file.path, bad.span.start + file.body_start..bad.span.end + file.body_start);
                Diagnostic::new(bad.code, place, bad.message).maybe_help(bad.help)
            })
            .collect();
        let is_whole = !file.is_lost && expanded.is_whole;
        Self { file, expanded, body, is_whole, problems, told, context }
    }

    /// A text that is expanded already, its values' words being holes.
    pub fn shaped(file: &'c ContentFile, text: &'c str, messages: &Arc<Messages>) -> Self {
        Self {
            file,
            expanded: Expanded::shaped(text),
            body: markdown::render(text, messages.typography()),
            is_whole: !file.is_lost,
            problems: Vec::new(),
            told: Spans::of(Vec::new()),
            context: Context::new(),
        }
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
        findings
            .map(|finding| (finding, origin.back(finding.span.clone())))
            .filter(|(_, span)| !self.told.touch(span))
            .map(|(finding, span)| {
                let place =
                    Place::new(&self.file.path, span.start + self.file.body_start..span.end + self.file.body_start);
                Diagnostic::new(finding.code, place, finding.message.clone()).maybe_help(finding.help.clone())
            })
            .collect()
    }
}
