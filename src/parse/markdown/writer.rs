//! The events of one text, written as HTML.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use super::links::{self, Target};
use super::{Body, Finding, Patch, Picture, Replacement, Slot};
use crate::diagnostic::Code;
use crate::text::typography::Typography;
use crate::text::{armour, html, qr};

/// The extensions of CommonMark that a guide may use, one by one.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

type Spanned<'t> = (Event<'t>, Range<usize>);
/// Footnotes: each label with the events of its text.
type Notes = Vec<(String, Range<usize>)>;

pub struct Writer<'t> {
    text: &'t str,
    typography: &'t Typography,
    events: Vec<Spanned<'t>>,
    /// Where link definitions (`[ref]: target`) stand.
    definitions: BTreeMap<String, Range<usize>>,
    has_values: bool,
    body: Body,
    /// The last character of the running text, for typography across marks.
    before: Option<char>,
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Added to each heading's level: a text that uses `#` begins one level below the page's title.
    shift: u8,
    last_level: u8,
    /// Labels of footnotes in the order of their first reference.
    notes: Vec<String>,
    note_references: BTreeMap<String, usize>,
}

impl<'t> Writer<'t> {
    pub fn new(text: &'t str, typography: &'t Typography) -> Self {
        let parser = Parser::new_ext(text, OPTIONS);
        let definitions = if text.contains("]:") {
            parser
                .reference_definitions()
                .iter()
                .map(|(id, definition)| (id.to_lowercase(), definition.span.clone()))
                .collect()
        } else {
            BTreeMap::new()
        };
        let events: Vec<_> = TextMergeWithOffset::new(parser.into_offset_iter()).collect();
        let uses_top = events
            .iter()
            .any(|(event, _)| matches!(event, Event::Start(Tag::Heading { level, .. }) if *level as u8 == 1));
        Self {
            text,
            typography,
            events,
            definitions,
            has_values: armour::has(text),
            body: Body { html: String::with_capacity(text.len() * 3 / 2), ..Body::default() },
            before: None,
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            shift: u8::from(uses_top),
            last_level: 1,
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
        self.body
    }

    fn write(&mut self, events: &[Spanned<'t>], range: Range<usize>) {
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
                let after = next_char(events, at + 1);
                self.prose(text, after);
            }
            Event::Code(code) => {
                self.note_code(span);
                self.push("<code>");
                armour::push_html(code, &mut self.body.html);
                self.push("</code>");
                self.before = code.chars().last();
            }
            Event::InlineHtml(raw) | Event::Html(raw) => self.raw_html(raw, &[(0, span.start)]),
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

    fn start(&mut self, events: &[Spanned<'t>], at: usize, tag: &Tag<'t>, span: &Range<usize>) {
        if !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }) {
            self.before = None;
        }
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::BlockQuote(None) => self.push("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let (class, message) = alert(*kind);
                self.push(&format!("<aside class=\"alert {class}\" role=\"note\">\n<p class=\"alert-title\">"));
                self.slot(Slot::Message(message, None));
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
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            Tag::Strikethrough => self.push("<del>"),
            Tag::Link { link_type, dest_url, title, id } => self.link(*link_type, dest_url, title, id, span),
            _ => {}
        }
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
            TagEnd::Table => "</tbody></table></div>\n",
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
            TagEnd::Link => "</a>",
            _ => "",
        };
        self.push(closing);
    }

    fn heading(
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
        let id = match id {
            Some(id) => armour::strip(id).into_owned(),
            None => slug(&plain(&events[at + 1..end])),
        };
        let id = self.unique(id);
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

    fn unique(&self, id: String) -> String {
        let taken = |id: &str| self.body.anchors.iter().any(|other| other == id);
        if !taken(&id) {
            return id;
        }
        (2..).map(|number| format!("{id}-{number}")).find(|id| !taken(id)).unwrap_or(id)
    }

    fn code_block(&mut self, events: &[Spanned<'t>], at: usize, kind: &CodeBlockKind<'t>) -> usize {
        let end = (at..events.len()).find(|&i| matches!(events[i].0, Event::End(TagEnd::CodeBlock))).unwrap_or(at);
        self.note_code(&events[at].1);
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
        for (event, _) in &events[at + 1..end] {
            if let Event::Text(text) = event {
                armour::push_html(text, &mut self.body.html);
            }
        }
        self.push("</code></pre>\n");
        end + 1
    }

    fn html_block(&mut self, events: &[Spanned<'t>], at: usize) -> usize {
        let end = (at..events.len()).find(|&i| matches!(events[i].0, Event::End(TagEnd::HtmlBlock))).unwrap_or(at);
        let mut joined = String::new();
        let mut starts = Vec::new();
        for (event, span) in &events[at + 1..end] {
            if let Event::Html(raw) = event {
                starts.push((joined.len(), span.start));
                joined.push_str(raw);
            }
        }
        self.raw_html(&joined, &starts);
        end + 1
    }

    /// The author's own HTML; `starts` says which byte of it stands where in the text.
    fn raw_html(&mut self, raw: &str, starts: &[(usize, usize)]) {
        let place = |span: &Range<usize>| {
            let at = |byte: usize| {
                let index = starts.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
                starts.get(index).map_or(0, |(start, text)| text + (byte - start))
            };
            at(span.start)..at(span.end)
        };
        let mut slots: Vec<(Range<usize>, Slot)> = Vec::new();
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
                html::Kind::Anchor(value) => {
                    let id = armour::strip(&value.text).into_owned();
                    self.body.anchors.push(id.clone());
                    slots.push((value.span, Slot::Id(id)));
                }
                _ => {}
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
        let mut from = 0;
        for (span, slot) in slots {
            armour::push_raw_html(&raw[from..span.start], &mut self.body.html);
            from = span.end;
            self.slot(slot);
        }
        armour::push_raw_html(&raw[from..], &mut self.body.html);
    }

    fn unsafe_html(&mut self, what: &str, span: Range<usize>) {
        self.find(
            Code::HtmlUnsafe,
            span,
            format!("{what} can't stand in a text"),
            Some("take it out: pages carry no scripts and styles but the theme's own".to_owned()),
        );
    }

    fn raw_link(&mut self, value: &html::Value, span: Range<usize>) -> Option<(Range<usize>, Slot)> {
        let target = armour::strip(&value.text).into_owned();
        let slot = match links::classify(&target) {
            Target::Page(page, anchor) => {
                Slot::Page { target: links::decode_percent(page), anchor: anchor.map(links::decode_percent), span }
            }
            Target::File(file) => Slot::File { target: links::decode_percent(file), span },
            Target::Anchor(anchor) => Slot::Anchor { anchor: links::decode_percent(anchor), span },
            Target::Absolute => {
                self.absolute(&target, span);
                return None;
            }
            Target::External | Target::Empty => return None,
        };
        Some((value.span.clone(), slot))
    }

    fn raw_file(&mut self, value: &html::Value, span: Range<usize>) -> Option<(Range<usize>, Slot)> {
        let target = armour::strip(&value.text).into_owned();
        match links::classify(&target) {
            Target::External | Target::Absolute => {
                self.remote(span);
                None
            }
            Target::File(file) | Target::Page(file, _) => {
                Some((value.span.clone(), Slot::File { target: links::decode_percent(file), span }))
            }
            Target::Anchor(_) | Target::Empty => None,
        }
    }

    fn absolute(&mut self, target: &str, span: Range<usize>) {
        self.find(
            Code::LinkBroken,
            span,
            format!("a link to \"{target}\" works only at the top of a host"),
            Some("link to a source file, such as 03-code.md, or write the whole address".to_owned()),
        );
    }

    fn remote(&mut self, span: Range<usize>) {
        self.find(
            Code::ImageRemote,
            span,
            "a picture from another site".to_owned(),
            Some("save it in assets/ and name it here: pages ask no other site for anything".to_owned()),
        );
    }

    fn link(&mut self, kind: LinkType, target: &str, title: &str, id: &str, span: &Range<usize>) {
        let definition = match kind {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.definitions.get(&id.to_lowercase()).cloned()
            }
            _ => None,
        };
        let place = links::place(self.text, span.clone(), target, definition);
        let typed = armour::strip(target).into_owned();
        self.push("<a href=\"");
        if html::unsafe_url(&typed) {
            self.find(
                Code::HtmlUnsafe,
                place.clone(),
                format!("a link to \"{typed}\" can't stand in a text"),
                Some(
                    "link to an address that begins with https:, mailto: or tel:, or to a page of the guide".to_owned(),
                ),
            );
        }
        if kind == LinkType::Email {
            self.push("mailto:");
        }
        match links::classify(&typed) {
            Target::Page(page, anchor) if kind != LinkType::Email => {
                self.body.patches.push(Patch { span: place.clone(), with: Replacement::Slot(self.body.slots.len()) });
                self.slot(Slot::Page {
                    target: links::decode_percent(page),
                    anchor: anchor.map(links::decode_percent),
                    span: place,
                });
            }
            Target::File(file) if kind != LinkType::Email => {
                self.body.patches.push(Patch { span: place.clone(), with: Replacement::Slot(self.body.slots.len()) });
                self.slot(Slot::File { target: links::decode_percent(file), span: place });
            }
            Target::Anchor(anchor) => self.slot(Slot::Anchor { anchor: links::decode_percent(anchor), span: place }),
            Target::Absolute => self.absolute(&typed, place),
            Target::Empty => self.find(
                Code::LinkBroken,
                place,
                "a link that leads nowhere".to_owned(),
                Some("name a source file, such as 03-code.md, or an address".to_owned()),
            ),
            _ => links::push_href(target, &mut self.body.html),
        }
        if !title.is_empty() {
            self.push("\" title=\"");
            armour::push_html(title, &mut self.body.html);
        }
        self.push("\">");
    }

    /// Writes a picture that begins at `at`; gives the index after its end.
    fn picture(&mut self, events: &[Spanned<'t>], at: usize, alone: bool) -> usize {
        let (Event::Start(Tag::Image { link_type, dest_url, title, id }), span) = &events[at] else { return at + 1 };
        let end = image_end(events, at);
        let alt = armour::strip(&plain(&events[at + 1..end])).trim().to_owned();
        let definition = match link_type {
            LinkType::Inline => None,
            _ => self.definitions.get(&id.to_lowercase()).cloned(),
        };
        let place = links::place(self.text, span.clone(), dest_url, definition);
        let target = armour::strip(dest_url).into_owned();
        let decorative = &**title == "decorative";
        if alt.is_empty() && !decorative {
            self.find(
                Code::AltMissing,
                span.clone(),
                format!("the picture \"{target}\" has no text for those who can't see it"),
                Some("say between the brackets what it shows, or mark it: ![](decor.png \"decorative\")".to_owned()),
            );
        }
        if let Some(data) = target.strip_prefix("qr:") {
            self.qr(data, &alt, span, &place);
        } else {
            match links::classify(&target) {
                Target::External | Target::Absolute => self.remote(place),
                Target::Empty | Target::Anchor(_) => self.find(
                    Code::ImageMissing,
                    place,
                    "a picture without a file".to_owned(),
                    Some("name a file of this guide's folder in assets/".to_owned()),
                ),
                Target::Page(..) | Target::File(_) => {
                    self.body
                        .patches
                        .push(Patch { span: place.clone(), with: Replacement::Slot(self.body.slots.len()) });
                    let mut text = String::new();
                    self.typography.apply(&alt, None, None, &mut text);
                    let alt = if decorative { String::new() } else { text };
                    self.slot(Slot::Picture(Picture {
                        target: links::decode_percent(&target),
                        alt,
                        alone,
                        span: place,
                    }));
                }
            }
        }
        self.before = None;
        end + 1
    }

    fn qr(&mut self, data: &str, alt: &str, span: &Range<usize>, place: &Range<usize>) {
        if html::unsafe_url(data) {
            self.find(
                Code::HtmlUnsafe,
                place.clone(),
                format!("a code for \"{data}\" can't stand in a text"),
                Some("encode an address that begins with https:".to_owned()),
            );
            return;
        }
        match qr::svg(data) {
            Ok(svg) => {
                self.push("<a class=\"qr\" href=\"");
                links::push_href(data, &mut self.body.html);
                self.push("\">");
                self.push(&svg);
                self.push("<span>");
                self.prose(alt, None);
                self.push("</span></a>\n");
                let twin = format!("[{alt}]({data})");
                self.body.patches.push(Patch { span: span.clone(), with: Replacement::Text(twin) });
            }
            Err(_) => self.find(
                Code::ImageUnreadable,
                place.clone(),
                "the address is too long for a QR code".to_owned(),
                Some("use a shorter address".to_owned()),
            ),
        }
    }

    fn prose(&mut self, text: &str, after: Option<char>) {
        if text.is_empty() {
            return;
        }
        let mut set = String::with_capacity(text.len() + 8);
        self.typography.apply(text, self.before, after, &mut set);
        armour::push_html(&set, &mut self.body.html);
        self.before = text.chars().last();
    }

    fn note_reference(&mut self, label: &str) {
        let number = match self.notes.iter().position(|other| other == label) {
            Some(index) => index + 1,
            None => {
                self.notes.push(label.to_owned());
                self.notes.len()
            }
        };
        let count = self.note_references.entry(label.to_owned()).or_default();
        *count += 1;
        let own = if *count == 1 { format!("note-ref-{number}") } else { format!("note-ref-{number}-{count}") };
        self.push("<sup class=\"footnote-reference\"><a id=\"");
        self.slot(Slot::Id(own));
        self.push("\" href=\"#");
        self.slot(Slot::Id(format!("note-{number}")));
        self.push("\" aria-label=\"");
        self.slot(Slot::Message("footnote-reference", Some(number)));
        self.push(&format!("\">{number}</a></sup>"));
        self.before = Some('1');
    }

    fn write_footnotes(&mut self, events: &[Spanned<'t>], notes: &[(String, Range<usize>)]) {
        if self.notes.is_empty() {
            return;
        }
        self.push("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        self.slot(Slot::Message("footnotes-title", None));
        self.push("\">\n<ol>\n");
        let mut index = 0;
        // a note may refer to another one, so the list grows while it is written
        while let Some(label) = self.notes.get(index).cloned() {
            index += 1;
            self.push("<li id=\"");
            self.slot(Slot::Id(format!("note-{index}")));
            self.push("\">\n");
            if let Some((_, range)) = notes.iter().find(|(other, _)| *other == label) {
                self.write(events, range.clone());
            }
            self.push("<p><a href=\"#");
            self.slot(Slot::Id(format!("note-ref-{index}")));
            self.push("\">");
            self.slot(Slot::Message("footnote-back", Some(index)));
            self.push("</a></p>\n</li>\n");
        }
        self.push("</ol>\n</section>\n");
    }

    fn push(&mut self, html: &str) {
        self.body.html.push_str(html);
    }

    fn slot(&mut self, slot: Slot) {
        self.body.slots.push((self.body.html.len(), slot));
    }

    fn find(&mut self, code: Code, span: Range<usize>, message: String, help: Option<String>) {
        self.body.findings.push(Finding { code, span, message, help });
    }

    fn note_code(&mut self, span: &Range<usize>) {
        if self.has_values {
            self.body.code.push(span.clone());
        }
    }
}

/// The ranges of events outside footnote definitions, and those inside each.
fn split_footnotes(events: &[Spanned<'_>]) -> (Vec<Range<usize>>, Notes) {
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

fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("alert-note", "alert-note"),
        BlockQuoteKind::Tip => ("alert-tip", "alert-tip"),
        BlockQuoteKind::Important => ("alert-important", "alert-important"),
        BlockQuoteKind::Warning => ("alert-warning", "alert-warning"),
        BlockQuoteKind::Caution => ("alert-caution", "alert-caution"),
    }
}

/// Is there nothing but one picture (not a QR code's link) before this end?
fn stands_alone(events: &[Spanned<'_>], at: usize, end: &TagEnd) -> bool {
    matches!(&events.get(at), Some((Event::Start(Tag::Image { dest_url, .. }), _)) if !dest_url.starts_with("qr:"))
        && matches!(events.get(image_end(events, at) + 1), Some((Event::End(found), _)) if found == end)
}

fn image_end(events: &[Spanned<'_>], at: usize) -> usize {
    let mut depth = 0;
    for (index, (event, _)) in events.iter().enumerate().skip(at) {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => {
                depth -= 1;
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    events.len().saturating_sub(1)
}

/// The text of some events without its marks.
fn plain(events: &[Spanned<'_>]) -> String {
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
            Event::Text(text) | Event::Code(text) => return text.chars().next(),
            Event::SoftBreak => return Some('\n'),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
            | Event::InlineHtml(_) => {}
            _ => return None,
        }
    }
    None
}

/// A heading's text as an id: letters and digits of any script, joined by `-`.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in armour::strip(text).chars() {
        if character.is_alphanumeric() {
            out.extend(character.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') && !matches!(character, '\'' | '’') {
            out.push('-');
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    if out.is_empty() { "section".to_owned() } else { out }
}

fn trimmed(text: &str, span: &Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).map_or(0, |part| part.trim_end().len());
    span.start..span.start + length
}
