//! Links, pictures and QR codes.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::links::{self, Target};
use super::writer::{Spanned, Writer, plain};
use super::{Patch, Picture, Replacement, Slot};
use crate::diagnostic::Code;
use crate::model::figure::Stand;
use crate::text::{armour, html, qr};

impl<'t> Writer<'t> {
    pub(super) fn remote(&mut self, span: Range<usize>) {
        self.find(
            Code::ImageRemote,
            span,
            "a picture from another site".to_owned(),
            Some("save it in assets/ and name it here: pages ask no other site for anything".to_owned()),
        );
    }

    pub(super) fn link(&mut self, kind: LinkType, target: &str, title: &str, id: &str, span: &Range<usize>) {
        let definition = match kind {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.definitions.get(&id.to_lowercase()).cloned()
            }
            _ => None,
        };
        let place = links::place(self.text, span.clone(), target, definition);
        let typed = armour::strip(target);
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
        if links::is_web(&typed) {
            self.body.elsewhere.push((links::href(target), place.clone()));
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
                self.slot(Slot::File { target: links::decode_percent(file), is_picture: false, span: place });
            }
            Target::Anchor(anchor) => self.slot(Slot::Anchor { anchor: links::decode_percent(anchor), span: place }),
            Target::Absolute => self.absolute(&typed, place),
            Target::Empty => self.find(
                Code::LinkBroken,
                place,
                "a link that leads nowhere".to_owned(),
                Some("name a source file, such as 03-code.md, or an address".to_owned()),
            ),
            _ => {
                let href = links::href(target);
                armour::push_html(&href, &mut self.body.html);
                if armour::has(target) {
                    self.patch(&place, href);
                }
            }
        }
        if !title.is_empty() {
            self.push("\" title=\"");
            let mut set = String::new();
            self.typography.apply(title, None, None, &mut set);
            armour::push_html(&set, &mut self.body.html);
        }
        self.push("\">");
        self.in_link = true;
    }

    /// Writes a picture that begins at `at`; gives the index after its end.
    pub(super) fn picture(&mut self, events: &[Spanned<'t>], at: usize, alone: bool) -> usize {
        let (Event::Start(Tag::Image { link_type, dest_url, title, id }), span) = &events[at] else { return at + 1 };
        let end = image_end(events, at);
        let alt = plain(&events[at + 1..end]).trim().to_owned();
        let definition = match link_type {
            LinkType::Inline => None,
            _ => self.definitions.get(&id.to_lowercase()).cloned(),
        };
        let place = links::place(self.text, span.clone(), dest_url, definition);
        let target = armour::strip(dest_url);
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
                Target::Absolute => self.find(
                    Code::ImageMissing,
                    place,
                    format!("no picture \"{target}\""),
                    Some("name a file of this guide's folder in assets/, without a slash before it".to_owned()),
                ),
                Target::External if target.starts_with("data:") => self.find(
                    Code::ImageRemote,
                    place,
                    "a picture written into its address".to_owned(),
                    Some("save it in assets/ and name it here".to_owned()),
                ),
                Target::External => self.remote(place),
                Target::Empty | Target::Anchor(_) => self.find(
                    Code::ImageMissing,
                    place,
                    "a picture without a file".to_owned(),
                    Some("name a file of this guide's folder in assets/".to_owned()),
                ),
                Target::Page(..) | Target::File(_) => {
                    let slot = self.body.slots.len();
                    self.body.patches.push(Patch { span: place.clone(), with: Replacement::Slot(slot) });
                    self.body.patches.push(Patch { span: span.end..span.end, with: Replacement::Marks(slot) });
                    let stand = match alone {
                        true => Stand::Alone,
                        false if self.in_link => Stand::Linked,
                        false => Stand::Inline,
                    };
                    let mut text = String::new();
                    self.typography.apply(&alt, None, None, &mut text);
                    let alt = if decorative { String::new() } else { armour::strip(&text).into_owned() };
                    self.slot(Slot::Picture(Picture {
                        target: links::decode_percent(&target),
                        alt,
                        stand,
                        span: place,
                    }));
                }
            }
        }
        self.before = None;
        end + 1
    }

    pub(super) fn qr(&mut self, data: &str, alt: &str, span: &Range<usize>, place: &Range<usize>) {
        if html::unsafe_url(data) {
            self.find(
                Code::HtmlUnsafe,
                place.clone(),
                format!("a code for \"{data}\" can't stand in a text"),
                Some("encode an address that begins with https:".to_owned()),
            );
            return;
        }
        if data.trim().is_empty() {
            let help = "write the address behind qr: such as qr:https://example.com".to_owned();
            self.find(Code::LinkBroken, place.clone(), "a QR code that leads nowhere".to_owned(), Some(help));
            return;
        }
        match qr::svg(data) {
            Ok(svg) => {
                let href = links::href(data);
                if links::is_web(data) {
                    self.body.elsewhere.push((href.clone(), place.clone()));
                }
                // a link in a link is none to a browser: the outer one stands
                if self.in_link {
                    self.push("<span class=\"qr\">");
                } else {
                    self.push("<a class=\"qr\" href=\"");
                    armour::push_html(&href, &mut self.body.html);
                    self.push("\">");
                }
                self.push(&svg);
                self.push("<span>");
                self.prose(alt, None);
                self.push(if self.in_link { "</span></span>" } else { "</span></a>" });
                let mut twin = "[".to_owned();
                armour::push_markdown(alt, &mut twin);
                twin.push_str(&format!("]({href})"));
                self.patch(span, twin);
            }
            Err(_) => self.find(
                Code::ImageUnreadable,
                place.clone(),
                "the address is too long for a QR code".to_owned(),
                Some("use a shorter address".to_owned()),
            ),
        }
    }
}

/// Is there nothing but one picture (not a QR code's link) before this end?
pub fn stands_alone(events: &[Spanned<'_>], at: usize, end: &TagEnd) -> bool {
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
