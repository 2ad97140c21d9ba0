//! The events of one text, written as HTML.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memmem;
use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::headings::Ids;
use super::links;
use super::media::stands_alone;
use super::notes::split_footnotes;
use super::{Body, Finding, Slot};
use crate::diagnostic::Code;
use crate::text::armour;
use crate::text::typography::Typography;

/// The extensions of CommonMark that a guide may use, one by one.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

/// What code is to typography: a word, whatever stands in it.
const CODE: char = 'x';

/// An event with its place in the expanded text.
pub type Spanned<'t> = (Event<'t>, Range<usize>);

/// Writes one text; `headings`, `raw`, `media`, `notes` and `twin` hold the rest of its methods.
pub struct Writer<'t> {
    pub(super) text: &'t str,
    pub(super) typography: &'t Typography,
    events: Vec<Spanned<'t>>,
    /// Where link definitions (`[ref]: target`) stand.
    pub(super) definitions: BTreeMap<String, Range<usize>>,
    pub(super) body: Body,
    /// The last character of the running text, for typography across marks.
    pub(super) before: Option<char>,
    /// Where typography puts each run of text, before it is escaped.
    set: String,
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Added to each heading's level: a text that uses `#` begins one level below the page's title.
    pub(super) shift: u8,
    pub(super) last_level: u8,
    pub(super) in_link: bool,
    /// Elements of the author's own HTML that are open.
    pub(super) open: Vec<(String, Range<usize>)>,
    /// Those that were closed by what is around them.
    pub(super) closed_late: Vec<String>,
    pub(super) ids: Ids,
    /// Labels of footnotes in the order of their first reference.
    pub(super) notes: Vec<String>,
    pub(super) note_references: BTreeMap<String, usize>,
}

impl<'t> Writer<'t> {
    pub fn new(text: &'t str, typography: &'t Typography) -> Self {
        let parser = Parser::new_ext(text, OPTIONS);
        let definitions = if memmem::find(text.as_bytes(), b"]:").is_some() {
            parser
                .reference_definitions()
                .iter()
                .map(|(id, definition)| (id.to_lowercase(), definition.span.clone()))
                .collect()
        } else {
            BTreeMap::new()
        };
        let events = read(parser, text.len());
        let uses_top = events
            .iter()
            .any(|(event, _)| matches!(event, Event::Start(Tag::Heading { level, .. }) if *level as u8 == 1));
        let ids = Ids::new(&events);
        Self {
            text,
            typography,
            events,
            definitions,
            body: Body { html: String::with_capacity(text.len() * 3 / 2), ..Body::default() },
            before: None,
            set: String::new(),
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            shift: u8::from(uses_top),
            last_level: 1,
            in_link: false,
            open: Vec::new(),
            closed_late: Vec::new(),
            ids,
            notes: Vec::new(),
            note_references: BTreeMap::new(),
        }
    }

    pub fn run(mut self) -> Body {
        let events = std::mem::take(&mut self.events);
        let (main, notes) = split_footnotes(&events);
        for range in main {
            self.write(&events[..], range);
        }
        self.write_footnotes(&events, &notes);
        self.close_all();
        self.body
    }

    pub(super) fn write(&mut self, events: &[Spanned<'t>], range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            at = self.event(events, at).max(at + 1);
        }
    }

    /// Writes one event, or a few that belong together; gives the index of the next one.
    fn event(&mut self, events: &[Spanned<'t>], at: usize) -> usize {
        let (event, span) = &events[at];
        match event {
            Event::Start(Tag::Image { .. }) => return self.picture(events, at, false),
            Event::Start(Tag::Paragraph) if stands_alone(events, at + 1, &TagEnd::Paragraph) => {
                return self.picture(events, at + 1, true) + 1;
            }
            Event::Start(Tag::HtmlBlock) => return self.html_block(events, at),
            Event::Start(Tag::CodeBlock(kind)) => return self.code_block(events, at, kind),
            Event::Start(Tag::Heading { id, classes, level, .. }) => {
                return self.heading(events, at, *level as u8, id.as_deref(), classes);
            }
            Event::Start(tag) => self.start(events, at, tag, span),
            Event::End(end) => self.end(end),
            Event::Text(text) => {
                self.look_for_lost_link(text, span);
                let after = next_char(events, at + 1);
                self.prose(text, after);
            }
            Event::Code(code) => {
                if armour::has(code) {
                    self.patch(span, armour::code_span(code, !self.alignments.is_empty()));
                }
                self.push("<code>");
                armour::push_html(code, &mut self.body.html);
                self.push("</code>");
                self.before = Some(CODE);
            }
            Event::InlineHtml(raw) | Event::Html(raw) => {
                self.patch_html(raw, span);
                self.raw_html(raw, &[(0, span.start)]);
            }
            Event::FootnoteReference(label) => self.note_reference(label),
            Event::SoftBreak => {
                self.push("\n");
                self.before = Some('\n');
            }
            Event::HardBreak => {
                self.push("<br>\n");
                self.before = None;
            }
            Event::Rule => self.push("<hr>\n"),
            Event::TaskListMarker(done) => {
                let state = if *done { "task-done" } else { "task-open" };
                self.push(&format!("<span class=\"task-mark {state}\" role=\"img\" aria-label=\""));
                self.slot(Slot::Message(state, None));
                self.push("\"></span> ");
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
        at + 1
    }

    /// A target with a space is no link to Markdown; the brackets would be shown to readers.
    fn look_for_lost_link(&mut self, text: &str, span: &Range<usize>) {
        let Some(open) = links::end_of_text(text) else { return };
        let target = &text[open + 2..];
        let Some(end) = target.find(')') else { return };
        let target = &target[..end];
        if target.contains(' ') && target.split('#').next().is_some_and(|path| path.ends_with(".md")) {
            let start = self.text[span.clone()].find(target).map_or(span.start, |at| span.start + at);
            self.find(
                Code::LinkBroken,
                start..start + target.len(),
                "a target with a space is no link".to_owned(),
                Some(format!("put it in angle brackets: (<{target}>)")),
            );
        }
    }

    fn start(&mut self, events: &[Spanned<'t>], at: usize, tag: &Tag<'t>, span: &Range<usize>) {
        if !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }) {
            self.before = None;
        }
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::BlockQuote(None) => self.push("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let (class, message) = alert(*kind);
                self.push("<aside class=\"alert ");
                self.push(class);
                self.push("\" role=\"note\">\n<p class=\"alert-title\">");
                self.slot(Slot::Label(message, None));
                self.push("</p>\n");
            }
            Tag::List(None) => self.push("<ul>\n"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(start)) => self.push(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => {
                let is_task =
                    events[at + 1..].iter().take(2).any(|(event, _)| matches!(event, Event::TaskListMarker(_)));
                self.push(if is_task { "<li class=\"task\">" } else { "<li>" });
            }
            Tag::DefinitionList => self.push("<dl>\n"),
            Tag::DefinitionListTitle => self.push("<dt>"),
            Tag::DefinitionListDefinition => self.push("<dd>"),
            Tag::Table(alignments) => {
                self.alignments.clone_from(alignments);
                self.push("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"");
                self.slot(Slot::Message("table-label", None));
                self.push("\"><table>\n");
            }
            Tag::TableHead => {
                self.column = 0;
                self.in_head = true;
                self.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.push("<tr>");
            }
            Tag::TableCell => {
                let class = match self.alignments.get(self.column) {
                    Some(Alignment::Left) => " class=\"start\"",
                    Some(Alignment::Center) => " class=\"center\"",
                    Some(Alignment::Right) => " class=\"end\"",
                    _ => "",
                };
                self.push(if self.in_head { "<th scope=\"col\"" } else { "<td" });
                self.push(class);
                self.push(">");
            }
            Tag::Emphasis => self.emphasis("em", span),
            Tag::Strong => self.emphasis("strong", span),
            Tag::Strikethrough => self.emphasis("del", span),
            Tag::Link { link_type, dest_url, title, id } => self.link(*link_type, dest_url, title, id, span),
            _ => {}
        }
    }

    fn emphasis(&mut self, element: &str, span: &Range<usize>) {
        self.patch_emphasis(element, span);
        self.push("<");
        self.push(element);
        self.push(">");
    }

    fn end(&mut self, end: &TagEnd) {
        let closing = match end {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::BlockQuote(None) => "</blockquote>\n",
            TagEnd::BlockQuote(Some(_)) => "</aside>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::DefinitionList => "</dl>\n",
            TagEnd::DefinitionListTitle => "</dt>\n",
            TagEnd::DefinitionListDefinition => "</dd>\n",
            TagEnd::Table => {
                self.alignments.clear();
                "</tbody></table></div>\n"
            }
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead><tbody>\n"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell => {
                self.column += 1;
                if self.in_head { "</th>" } else { "</td>" }
            }
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Link => {
                self.in_link = false;
                "</a>"
            }
            _ => "",
        };
        self.push(closing);
    }

    fn code_block(&mut self, events: &[Spanned<'t>], at: usize, kind: &CodeBlockKind<'t>) -> usize {
        let end = (at..events.len()).find(|&i| matches!(events[i].0, Event::End(TagEnd::CodeBlock))).unwrap_or(at);
        self.push("<pre tabindex=\"0\"><code");
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or(""),
            CodeBlockKind::Indented => "",
        };
        if !language.is_empty() {
            self.push(" class=\"language-");
            armour::push_html(language, &mut self.body.html);
            self.push("\"");
        }
        self.push(">");
        self.patch_code(kind, &events[at + 1..end], &events[at].1);
        for (event, _) in &events[at + 1..end] {
            if let Event::Text(text) = event {
                armour::push_html(text, &mut self.body.html);
            }
        }
        self.push("</code></pre>\n");
        end + 1
    }

    pub(super) fn prose(&mut self, text: &str, after: Option<char>) {
        if text.is_empty() {
            return;
        }
        self.set.clear();
        self.typography.apply(text, self.before, after, &mut self.set);
        armour::push_html(&self.set, &mut self.body.html);
        self.before = text.chars().last();
    }

    pub(super) fn push(&mut self, html: &str) {
        self.body.html.push_str(html);
    }

    pub(super) fn slot(&mut self, slot: Slot) {
        self.body.slots.push((self.body.html.len(), slot));
    }

    pub(super) fn find(&mut self, code: Code, span: Range<usize>, message: String, help: Option<String>) {
        // a name of an attribute too may be a value's
        let typed = |text: String| armour::strip(&text).into_owned();
        self.body.findings.push(Finding { code, span, message: typed(message), help: help.map(typed) });
    }
}

fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("alert-note", "alert-note"),
        BlockQuoteKind::Tip => ("alert-tip", "alert-tip"),
        BlockQuoteKind::Important => ("alert-important", "alert-important"),
        BlockQuoteKind::Warning => ("alert-warning", "alert-warning"),
        BlockQuoteKind::Caution => ("alert-caution", "alert-caution"),
    }
}

/// All events of a text of some length. Texts that follow one another are one, as `TextMergeWithOffset` makes it, without
/// each event being moved twice.
fn read<'t>(parser: Parser<'t>, length: usize) -> Vec<Spanned<'t>> {
    let mut events: Vec<Spanned<'t>> = Vec::with_capacity(length / 16 + 8);
    // the last event's text, if it is of several
    let mut joined: Option<String> = None;
    for (event, span) in parser.into_offset_iter() {
        if let (Event::Text(more), Some((Event::Text(first), whole))) = (&event, events.last_mut()) {
            joined.get_or_insert_with(|| first.to_string()).push_str(more);
            whole.end = span.end;
        } else {
            if let Some(joined) = joined.take() {
                put(joined, &mut events);
            }
            events.push((event, span));
        }
    }
    if let Some(joined) = joined {
        put(joined, &mut events);
    }
    events
}

/// Puts a text in the place of the last one; nothing, if it says nothing.
fn put<'t>(joined: String, events: &mut Vec<Spanned<'t>>) {
    match events.last_mut() {
        Some((last, _)) if !joined.is_empty() => *last = Event::Text(joined.into()),
        _ => _ = events.pop(),
    }
}

/// The text of some events without its marks.
pub fn plain(events: &[Spanned<'_>]) -> String {
    let mut out = String::new();
    for (event, _) in events {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out
}

/// The first character of the text that follows in the same paragraph.
fn next_char(events: &[Spanned<'_>], at: usize) -> Option<char> {
    for (event, _) in &events[at.min(events.len())..] {
        match event {
            Event::Text(text) => return text.chars().next(),
            Event::Code(_) => return Some(CODE),
            Event::SoftBreak => return Some('\n'),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
            | Event::InlineHtml(_) => {}
            _ => return None,
        }
    }
    None
}
