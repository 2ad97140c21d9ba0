//! A published picture in a text: its widths, the marks over it and the list of what they say, as HTML.
//!
//! Marks are placed by fractions of the picture and drawn in CSS pixels, so they stay readable at every size. Their
//! list under the picture is for everyone, and all that screen readers get of them; the drawing is hidden from these.
//! Not here: making pictures (`screen`), and what else stands in a text (`model::body`).

mod badges;

use std::fmt::Write;

use super::label::Label;
use crate::path::{Address, Links};
use crate::text::armour;

use badges::{Badge, RADIUS};

/// What the base theme leaves empty beside the column of text, in CSS pixels.
const GUTTERS: u32 = 32;
/// The width of a phone, in CSS pixels.
const PHONE: u32 = 360;
/// A narrower picture is shown whole on any phone.
const NARROW: u32 = 320;
/// The narrowest file that browsers without `srcset` get.
const PLAIN_WIDTH: u32 = 960;

/// A published picture in a text.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its files, the narrowest first; never empty.
    pub sources: Vec<Source>,
    /// In pixels, if known.
    pub size: Option<(u32, u32)>,
    /// What those hear who can't see it; empty for decoration.
    pub alt: String,
    /// Where it stands.
    pub stand: Stand,
    /// Drawn over it, in this order.
    pub marks: Vec<Mark>,
    /// What its link says that leads to the whole picture.
    pub enlarge: Label,
    /// What closes the picture when it is enlarged.
    pub close: Label,
}

/// One file of a picture.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is published.
    pub address: Address,
    /// In pixels.
    pub width: u32,
    /// What a device takes for it, in bytes: after gzip where that helps.
    pub bytes: usize,
}

/// How tall a picture is for its width: tall ones are shown narrower, so that they fit into a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Wide,
    Tall,
    VeryTall,
}

impl Shape {
    fn of(size: Option<(u32, u32)>) -> Self {
        let (width, height) = size.map_or((1, 1), |(width, height)| (u64::from(width), u64::from(height)));
        match height * 10 {
            tenths if tenths >= width * 18 => Self::VeryTall,
            tenths if tenths >= width * 11 => Self::Tall,
            _ => Self::Wide,
        }
    }

    /// The class of its figure.
    fn class(self) -> &'static str {
        match self {
            Self::Wide => "screen",
            Self::Tall => "screen tall",
            Self::VeryTall => "screen very-tall",
        }
    }

    /// The most width that the base theme gives it, in CSS pixels.
    fn width(self) -> u32 {
        match self {
            Self::Wide => 672,
            Self::Tall => 480,
            Self::VeryTall => 320,
        }
    }
}

/// Where a picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// A figure of its own.
    Alone,
    /// In a line of text.
    Inline,
    /// In the text of a link, which leads elsewhere.
    Linked,
}

/// How the files of a picture come onto a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By links: the browser chooses among the widths, and a press leads to the whole picture.
    Linked,
    /// Inside the page: one file, and nothing to lead to.
    Inside,
}

/// Something to press or to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Left, top, right and bottom as fractions of the picture; none if it lies outside.
    pub place: Option<[f64; 4]>,
    /// What it says.
    pub label: Label,
}

impl Figure {
    /// The whole picture.
    pub fn whole(&self) -> Option<&Address> {
        self.sources.last().map(|source| &source.address)
    }

    /// What a phone takes for it at least, in bytes: one 360 pixels wide. Finer screens take more, and most are finer,
    /// but what a writer is told must hold for every reader.
    pub fn weight_on_phone(&self) -> usize {
        let column = PHONE - GUTTERS;
        let shown = self.size.map_or(column, |(width, _)| width.min(Shape::of(self.size).width()).min(column));
        let fits = |source: &&Source| source.width >= shown;
        self.sources.iter().find(fits).or(self.sources.last()).map_or(0, |source| source.bytes)
    }

    /// What the marks say, for the Markdown twin: ` (① Press “Next” · ② …)`.
    pub fn marks_as_text(&self) -> String {
        let mut out = String::new();
        for (index, mark) in self.marks.iter().enumerate() {
            // writing to a string can't fail
            let _ = write!(out, "{}{} {}", if index == 0 { " (" } else { " · " }, circled(index + 1), mark.label.text);
        }
        if !out.is_empty() {
            out.push(')');
        }
        out
    }

    /// Appends the HTML for a page. The first picture of a page is asked for at once.
    pub fn place(&self, page: &dyn Links, form: Form, eager: bool, out: &mut String) {
        // a line of text can only hold what is itself a line of text
        let is_block = self.stand == Stand::Alone;
        if !is_block && self.marks.is_empty() {
            return self.push_picture(page, form, eager, out);
        }
        out.push_str(if is_block { "<figure class=\"" } else { "<span class=\"" });
        out.push_str(Shape::of(self.size).class());
        out.push_str("\">");
        let zooms = form == Form::Linked && self.zooms();
        if zooms {
            self.push_link(page, out);
        }
        if zooms || !self.marks.is_empty() {
            out.push_str("<span class=\"canvas\">");
            self.push_picture(page, form, eager, out);
            self.push_marks(out);
            out.push_str("</span>");
        } else {
            self.push_picture(page, form, eager, out);
        }
        if zooms {
            out.push_str("<span class=\"zoom-label\">");
            out.push_str(&self.enlarge.to_html());
            out.push_str("</span></a>");
        }
        self.push_list(is_block, out);
        out.push_str(if is_block { "</figure>\n" } else { "</span>" });
    }

    /// Leads it to a larger view of itself? Decoration doesn't, nor what is shown whole on any phone.
    fn zooms(&self) -> bool {
        let is_narrow = self.size.is_some_and(|(width, _)| width <= NARROW);
        self.stand != Stand::Linked && !self.alt.is_empty() && !is_narrow
    }

    fn push_link(&self, page: &dyn Links, out: &mut String) {
        out.push_str("<a class=\"zoom\" href=\"");
        out.push_str(&self.whole().map_or_else(String::new, |whole| page.file(whole)));
        out.push_str("\" data-close=\"");
        out.push_str(&self.close.to_attribute());
        if let Some(lang) = &self.close.lang {
            let _ = write!(out, "\" data-close-lang=\"{lang}");
        }
        out.push_str("\">");
    }

    fn push_picture(&self, page: &dyn Links, form: Form, eager: bool, out: &mut String) {
        let plain = self.sources.iter().find(|source| source.width >= PLAIN_WIDTH).or(self.sources.last());
        out.push_str("<img src=\"");
        out.push_str(&plain.map_or_else(String::new, |plain| page.file(&plain.address)));
        out.push('"');
        if form == Form::Linked && self.sources.len() > 1 {
            for (index, source) in self.sources.iter().enumerate() {
                out.push_str(if index == 0 { " srcset=\"" } else { ", " });
                let _ = write!(out, "{} {}w", page.file(&source.address), source.width);
            }
            out.push_str("\" sizes=\"");
            self.push_sizes(out);
            out.push('"');
        }
        out.push_str(" alt=\"");
        armour::push_html(&self.alt, out);
        out.push('"');
        if let Some((width, height)) = self.size {
            let _ = write!(out, " width=\"{width}\" height=\"{height}\"");
        }
        if !eager {
            out.push_str(" loading=\"lazy\"");
        }
        out.push_str(" decoding=\"async\">");
    }

    /// How wide the base theme shows it.
    fn push_sizes(&self, out: &mut String) {
        let widest = Shape::of(self.size).width();
        let shown = self.size.map_or(widest, |(width, _)| width.min(widest));
        let _ = write!(out, "(min-width: {}px) {shown}px, calc(100vw - {GUTTERS}px)", shown + GUTTERS);
    }

    fn push_marks(&self, out: &mut String) {
        let Some((width, height)) = self.size else { return };
        let places: Vec<(usize, [f64; 4])> =
            self.marks.iter().enumerate().filter_map(|(index, mark)| Some((index + 1, mark.place?))).collect();
        if places.is_empty() {
            return;
        }
        let boxes: Vec<[f64; 4]> = places.iter().map(|(_, place)| *place).collect();
        let badges = badges::place(&boxes, f64::from(width), f64::from(height));
        out.push_str("<svg class=\"layer\" width=\"100%\" height=\"100%\" aria-hidden=\"true\">");
        for ((number, _), badge) in places.iter().zip(&badges) {
            push_mark(*number, badge, out);
        }
        out.push_str("</svg>");
    }

    fn push_list(&self, is_block: bool, out: &mut String) {
        if self.marks.is_empty() {
            return;
        }
        // without bullets some readers no longer call it a list, unless its role says so
        let (list, item, end, item_end) = if is_block {
            ("<ol class=\"marks\" role=\"list\">", "<li>", "</ol>", "</li>")
        } else {
            ("<span class=\"marks\" role=\"list\">", "<span role=\"listitem\">", "</span>", "</span>")
        };
        out.push_str(list);
        for (index, mark) in self.marks.iter().enumerate() {
            let _ = write!(out, "{item}<span class=\"number\">{}</span> ", index + 1);
            out.push_str(&mark.label.to_html());
            out.push_str(item_end);
        }
        out.push_str(end);
    }
}

/// One mark: its box, twice for the contrasting edge, and its number.
fn push_mark(number: usize, badge: &Badge, out: &mut String) {
    let [left, top, right, bottom] = badge.outline.map(|fraction| fraction * 100.0);
    let (width, height) = (right - left, bottom - top);
    out.push_str("<g>");
    for class in ["edge", "line"] {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{left:.2}%\" y=\"{top:.2}%\" width=\"{width:.2}%\" height=\"{height:.2}%\" rx=\"4\"/>"
        );
    }
    let [x, y] = badge.anchor.map(|fraction| fraction * 100.0);
    let [across, down] = badge.offset;
    let _ = write!(
        out,
        "<g transform=\"translate({across} {down})\"><circle cx=\"{x:.2}%\" cy=\"{y:.2}%\" r=\"{RADIUS}\"/><text x=\"{x:.2}%\" y=\"{y:.2}%\" dy=\".36em\" text-anchor=\"middle\">{number}</text></g></g>"
    );
}

/// ① to ㊿, then (51).
fn circled(number: usize) -> String {
    let first = match number {
        1..=20 => 0x2460 - 1,
        21..=35 => 0x3251 - 21,
        36..=50 => 0x32B1 - 36,
        _ => return format!("({number})"),
    };
    u32::try_from(first + number).ok().and_then(char::from_u32).map_or_else(String::new, String::from)
}
