//! Footnotes: numbered by their first reference, written at the end of the text.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Slot;
use super::writer::{Spanned, Writer};

/// Footnotes: each label with the events of its text.
pub type Notes = Vec<(String, Range<usize>)>;

impl<'t> Writer<'t> {
    pub(super) fn note_reference(&mut self, label: &str) {
        let number = match self.notes.iter().position(|other| other == label) {
            Some(index) => index + 1,
            None => {
                self.notes.push(label.to_owned());
                self.notes.len()
            }
        };
        let count = self.note_references.entry(label.to_owned()).or_default();
        *count += 1;
        let own = if *count == 1 { format!("note-ref:{number}") } else { format!("note-ref:{number}:{count}") };
        self.push("<sup class=\"footnote-reference\"><a id=\"");
        self.slot(Slot::Id(own));
        self.push("\" href=\"#");
        self.slot(Slot::Id(format!("note:{number}")));
        self.push("\" aria-label=\"");
        self.slot(Slot::Message("footnote-reference", Some(number)));
        self.push(&format!("\">{number}</a></sup>"));
        self.before = Some('1');
    }

    pub(super) fn write_footnotes(&mut self, events: &[Spanned<'t>], notes: &[(String, Range<usize>)]) {
        if notes.is_empty() {
            return;
        }
        self.push("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        self.slot(Slot::Message("footnotes-title", None));
        self.push("\">\n<ol>\n");
        let mut index = 0;
        // a note may refer to another one, so the list grows while it is written
        while index < notes.len() {
            let label = match self.notes.get(index) {
                Some(label) => label.clone(),
                // a note that nothing refers to is a text all the same
                None => match notes.iter().find(|(label, _)| !self.notes.contains(label)) {
                    Some((label, _)) => label.clone(),
                    None => break,
                },
            };
            let is_cited = index < self.notes.len();
            if !is_cited {
                self.notes.push(label.clone());
            }
            index += 1;
            self.push("<li id=\"");
            self.slot(Slot::Id(format!("note:{index}")));
            self.push("\">\n");
            if let Some((_, range)) = notes.iter().find(|(other, _)| *other == label) {
                self.write(events, range.clone());
            }
            if !is_cited {
                self.push("</li>\n");
                continue;
            }
            self.push("<p><a href=\"#");
            self.slot(Slot::Id(format!("note-ref:{index}")));
            self.push("\">");
            self.slot(Slot::Label("footnote-back", Some(index)));
            self.push("</a></p>\n</li>\n");
        }
        self.push("</ol>\n</section>\n");
    }
}

/// The ranges of events outside footnote definitions, and those inside each.
pub fn split_footnotes(events: &[Spanned<'_>]) -> (Vec<Range<usize>>, Notes) {
    let (mut main, mut notes) = (Vec::new(), Vec::new());
    let mut from = 0;
    let mut open: Option<(String, usize)> = None;
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                main.push(from..at);
                open = Some((label.to_string(), at + 1));
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((label, start)) = open.take() {
                    notes.push((label, start..at));
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    main.push(from..events.len());
    (main, notes)
}
