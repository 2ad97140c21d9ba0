//! Headings, and the ids of a text: each stands once on its page.
//!
//! Not here: how a heading's words become an id (`slug`), and ids of several texts on one page (`model::body`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Slot;
use super::slug::slug;
use super::writer::{Spanned, Writer, plain};
use crate::diagnostic::Code;
use crate::text::{armour, html};

/// Ids of the base theme's own.
const RESERVED: [&str; 7] =
    ["page-handoff", "page-main", "page-options", "page-resume", "page-steps", "page-support", "page-support-title"];

/// The ids of one text.
pub struct Ids {
    /// What no heading may be called of itself beside the reserved ones, and how often each was wanted.
    taken: BTreeMap<String, usize>,
    /// Those that the author has said outright, so far.
    said: BTreeSet<String>,
}

impl Ids {
    /// Before anything is written: what the author says outright comes first, wherever it stands.
    pub fn new(events: &[Spanned<'_>]) -> Self {
        let mut taken = BTreeMap::new();
        // a tag may stand on several lines, each an event
        let mut block = String::new();
        let mut scan = |raw: &str| {
            for finding in html::scan(raw) {
                if let html::Kind::Anchor(value) = finding.kind {
                    taken.insert(armour::strip(&value.text).into_owned(), 1);
                }
            }
        };
        let mut headings = Vec::new();
        for (event, _) in events {
            match event {
                Event::Html(raw) => block.push_str(raw),
                Event::End(TagEnd::HtmlBlock) => scan(&std::mem::take(&mut block)),
                Event::InlineHtml(raw) => scan(raw),
                Event::Start(Tag::Heading { id: Some(id), .. }) => headings.push(armour::strip(id).into_owned()),
                _ => {}
            }
        }
        taken.extend(headings.into_iter().map(|id| (id, 1)));
        Self { taken, said: BTreeSet::new() }
    }

    /// Takes an id that the author says outright, if it's the first time and it isn't the page's own.
    pub(super) fn say(&mut self, id: &str) -> bool {
        !RESERVED.contains(&id) && self.said.insert(id.to_owned())
    }

    /// The id, or the id with the next free number.
    fn free(&mut self, id: String) -> String {
        let reserved = usize::from(RESERVED.contains(&&*id));
        let count = self.taken.entry(id.clone()).or_insert(reserved);
        *count += 1;
        if *count == 1 {
            return id;
        }
        let numbered = format!("{id}-{count}");
        self.free(numbered)
    }
}

impl<'t> Writer<'t> {
    pub(super) fn heading(
        &mut self,
        events: &[Spanned<'t>],
        at: usize,
        level: u8,
        id: Option<&str>,
        classes: &[pulldown_cmark::CowStr<'t>],
    ) -> usize {
        let end = (at..events.len()).find(|&i| matches!(events[i].0, Event::End(TagEnd::Heading(_)))).unwrap_or(at);
        if level > self.last_level + 1 {
            let should = "#".repeat(usize::from(self.last_level) + 1);
            self.find(
                Code::HeadingSkipped,
                trimmed(self.text, &events[at].1),
                format!("a heading of level {level} follows one of level {}", self.last_level),
                Some(format!("write it with {should}")),
            );
        }
        self.last_level = level;
        let id = match id.filter(|id| !id.is_empty()) {
            Some(id) => {
                let id = armour::strip(id).into_owned();
                if self.ids.say(&id) { id } else { self.ids.free(id) }
            }
            None => self.ids.free(slug(&plain(&events[at + 1..end]))),
        };
        let shown = (level + self.shift).clamp(2, 5);
        self.push("<h");
        self.slot(Slot::Level(shown));
        self.push(" id=\"");
        self.slot(Slot::Id(id.clone()));
        if !classes.is_empty() {
            self.push("\" class=\"");
            let all: Vec<String> = classes.iter().map(|class| armour::strip(class).into_owned()).collect();
            armour::push_html(&all.join(" "), &mut self.body.html);
        }
        self.push("\">");
        self.body.anchors.push(id);
        self.before = None;
        self.write(events, at + 1..end);
        self.push("</h");
        self.slot(Slot::Level(shown));
        self.push(">\n");
        end + 1
    }
}

fn trimmed(text: &str, span: &Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).map_or(0, |part| part.trim_end().len());
    span.start..span.start + length
}
