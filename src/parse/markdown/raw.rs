//! The author's own HTML inside Markdown: what is unsafe in it, and which of its addresses are the site's.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::links::{self, Target};
use super::writer::{Spanned, Writer};
use super::{Patch, Replacement, Slot};
use crate::diagnostic::Code;
use crate::text::{armour, html};

/// What stands in the place of an attribute's value.
pub(super) struct Placed {
    span: Range<usize>,
    is_quoted: bool,
    slot: Slot,
}

impl Placed {
    fn of(value: &html::Value, slot: Slot) -> Self {
        Self { span: value.span.clone(), is_quoted: value.is_quoted, slot }
    }
}

impl<'t> Writer<'t> {
    pub(super) fn html_block(&mut self, events: &[Spanned<'t>], at: usize) -> usize {
        let end = (at..events.len()).find(|&i| matches!(events[i].0, Event::End(TagEnd::HtmlBlock))).unwrap_or(at);
        let mut joined = String::new();
        let mut starts = Vec::new();
        for (event, span) in &events[at + 1..end] {
            if let Event::Html(raw) = event {
                self.patch_html(raw, span);
                starts.push((joined.len(), span.start));
                joined.push_str(raw);
            }
        }
        self.raw_html(&joined, &starts);
        end + 1
    }

    /// The author's own HTML; `starts` says which byte of it stands where in the text.
    pub(super) fn raw_html(&mut self, raw: &str, starts: &[(usize, usize)]) {
        let place = |span: &Range<usize>| {
            let at = |byte: usize| {
                let index = starts.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
                starts.get(index).map_or(0, |(start, text)| text + (byte - start))
            };
            at(span.start)..at(span.end)
        };
        let mut slots: Vec<Placed> = Vec::new();
        let mut removed: Vec<Range<usize>> = Vec::new();
        let mut count = 0;
        for finding in html::scan(raw) {
            match finding.kind {
                html::Kind::Unsafe(what) => {
                    count += 1;
                    self.unsafe_html(&what.to_string(), place(&finding.span));
                }
                html::Kind::Link(value) => slots.extend(self.raw_link(&value, place(&value.span))),
                html::Kind::Image { source, alt } => {
                    if alt.is_none() {
                        self.find(
                            Code::AltMissing,
                            place(&finding.span),
                            format!(
                                "the picture \"{}\" has no text for those who can't see it",
                                armour::strip(&source.text)
                            ),
                            Some("add alt=\"…\", or alt=\"\" if it is mere decoration".to_owned()),
                        );
                    }
                    slots.extend(self.raw_file(&source, place(&source.span)));
                }
                html::Kind::Load(value) => slots.extend(self.raw_file(&value, place(&value.span))),
                // what is empty is no id
                html::Kind::Anchor(value) if value.text.is_empty() => {}
                html::Kind::Anchor(value) => {
                    let id = armour::strip(&value.text).into_owned();
                    if value.attribute == "id" {
                        self.ids.say(&id);
                    }
                    self.body.anchors.push(id.clone());
                    slots.push(Placed::of(&value, Slot::Id(id)));
                }
                // the pages' policy ignores it, and would complain to the reader's browser
                html::Kind::Style => removed.push(finding.span),
                html::Kind::Unterminated => self.find(
                    Code::HtmlUnsafe,
                    place(&finding.span),
                    "a tag or comment that isn't closed would swallow what follows".to_owned(),
                    Some("close it, or write &lt; for the sign itself".to_owned()),
                ),
                html::Kind::Tag { name, form } => self.balance(&name, form, place(&finding.span)),
                html::Kind::Comment => {}
            }
        }
        if armour::has(raw) {
            // a value may complete what is unsafe: the finished HTML is what counts
            let mut finished = String::new();
            armour::push_raw_html(raw, &mut finished);
            let all = html::scan(&finished).into_iter().filter_map(|finding| match finding.kind {
                html::Kind::Unsafe(what) => Some(what.to_string()),
                _ => None,
            });
            for what in all.skip(count) {
                self.unsafe_html(&what, place(&(0..raw.trim_end().len())));
            }
        }
        let mut changes: Vec<(Range<usize>, Option<Placed>)> =
            slots.into_iter().map(|placed| (placed.span.clone(), Some(placed))).collect();
        changes.extend(removed.into_iter().map(|span| (span, None)));
        changes.sort_by_key(|(span, _)| span.start);
        let mut from = 0;
        for (span, placed) in changes {
            armour::push_raw_html(&raw[from..span.start], &mut self.body.html);
            from = span.end;
            if let Some(Placed { slot, is_quoted, .. }) = placed {
                if !armour::has(raw) && matches!(slot, Slot::Page { .. } | Slot::File { .. }) {
                    let with = Replacement::Slot(self.body.slots.len());
                    self.body.patches.push(Patch { span: place(&span), with });
                }
                // a space in what is put there would end a value without quotes
                let quote = if is_quoted { "" } else { "\"" };
                self.push(quote);
                self.slot(slot);
                self.push(quote);
            }
        }
        armour::push_raw_html(&raw[from..], &mut self.body.html);
    }

    /// Keeps account of what is open: an element left open, or closed too often, would take the page's own with it.
    fn balance(&mut self, name: &str, form: html::Form, span: Range<usize>) {
        // HTML closes these by itself
        const LENIENT: [&str; 12] =
            ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup"];
        if LENIENT.contains(&name) {
            return;
        }
        match form {
            html::Form::Open => self.open.push((name.to_owned(), span)),
            html::Form::Close if self.open.last().is_some_and(|(open, _)| open == name) => {
                self.open.pop();
            }
            // what was opened within it and left open is the mistake, not that it closes
            html::Form::Close if self.open.iter().any(|(open, _)| open == name) => {
                while let Some((inner, place)) = self.open.pop().filter(|(inner, _)| inner != name) {
                    // an element that is unsafe has been told as such
                    if self.body.findings.iter().all(|finding| finding.span != place) {
                        let help = format!("write </{inner}> before </{name}>");
                        self.find(Code::HtmlUnsafe, place, format!("<{inner}> isn't closed"), Some(help));
                    }
                    self.closed_late.push(inner);
                }
            }
            // `<b><i></b></i>`: the <i> has been told
            html::Form::Close if self.closed_late.last().is_some_and(|late| late == name) => {
                self.closed_late.pop();
            }
            html::Form::Close => self.find(
                Code::HtmlUnsafe,
                span,
                format!("</{name}> closes nothing that is open here"),
                Some("take it out, or close what was opened last first".to_owned()),
            ),
            html::Form::SelfClosing | html::Form::Void => {}
        }
    }

    /// What is open at the end of the text.
    pub(super) fn close_all(&mut self) {
        let told: HashSet<Range<usize>> = self.body.findings.iter().map(|finding| finding.span.clone()).collect();
        for (name, span) in std::mem::take(&mut self.open) {
            if told.contains(&span) {
                continue;
            }
            let help = format!("write </{name}> behind it");
            self.find(Code::HtmlUnsafe, span, format!("<{name}> isn't closed"), Some(help));
        }
    }

    fn unsafe_html(&mut self, what: &str, span: Range<usize>) {
        self.find(
            Code::HtmlUnsafe,
            span,
            format!("{what} can't stand in a text"),
            Some("take it out: pages carry no scripts and styles but the theme's own".to_owned()),
        );
    }

    pub(super) fn raw_link(&mut self, value: &html::Value, span: Range<usize>) -> Option<Placed> {
        let target = armour::strip(&value.text).into_owned();
        let slot = match links::classify(&target) {
            Target::Page(page, anchor) => {
                Slot::Page { target: links::decode_percent(page), anchor: anchor.map(links::decode_percent), span }
            }
            Target::File(file) => Slot::File { target: links::decode_percent(file), is_picture: false, span },
            Target::Anchor(anchor) => Slot::Anchor { anchor: links::decode_percent(anchor), span },
            Target::Absolute => {
                self.absolute(&target, span);
                return None;
            }
            Target::External if links::is_web(&target) => {
                self.body.elsewhere.push((links::href(&value.text), span));
                return None;
            }
            Target::External | Target::Empty => return None,
        };
        Some(Placed::of(value, slot))
    }

    pub(super) fn raw_file(&mut self, value: &html::Value, span: Range<usize>) -> Option<Placed> {
        let target = armour::strip(&value.text).into_owned();
        match links::classify(&target) {
            Target::External | Target::Absolute => {
                self.remote(span);
                None
            }
            Target::File(file) | Target::Page(file, _) => {
                let slot = Slot::File { target: links::decode_percent(file), is_picture: true, span };
                Some(Placed::of(value, slot))
            }
            Target::Anchor(_) | Target::Empty => None,
        }
    }

    pub(super) fn absolute(&mut self, target: &str, span: Range<usize>) {
        self.find(
            Code::LinkBroken,
            span,
            format!("a link to \"{target}\" works only at the top of a host"),
            Some("link to a source file, such as 03-code.md, or write the whole address".to_owned()),
        );
    }
}
