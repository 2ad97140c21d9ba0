//! Pages that are heavier than the budget of site.toml allows: HTML, style and script, after gzip.
//!
//! Compressing every page would take longer than making it. So the frame around a text is compressed once for each
//! template of an edition, and a page only if its frame together with its text as it is (gzip makes it no larger)
//! could go beyond the budget. Most pages are far below. Not here: pictures (`resolve::link`).

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::guide::Page;
use crate::model::weight::{Shared, fits, gzipped, kilobytes};

/// How much the frames of two pages may differ once compressed: titles, and which step is the current one.
const SLACK: usize = 512;

/// Weighs the pages of one edition.
pub struct Scales<'s> {
    shared: &'s Shared,
    budget: f64,
    /// The frame of each template: its bytes as they are, and after gzip.
    frames: BTreeMap<&'static str, (usize, usize)>,
    /// Frames that are too heavy by themselves have been told: no page is to blame.
    is_told: bool,
}

impl<'s> Scales<'s> {
    /// Empty ones. `budget` is in kilobytes.
    pub fn new(shared: &'s Shared, budget: f64) -> Self {
        Self { shared, budget, frames: BTreeMap::new(), is_told: false }
    }

    /// The problem of a page that is too heavy. `body` is the page's text as it stands in `html`.
    pub fn weigh(&mut self, template: &'static str, page: &Page, html: &[u8], body: &str) -> Option<Diagnostic> {
        let shared = self.shared.style + self.shared.script;
        let bare = html.len().saturating_sub(body.len());
        // most pages are light with no compression at all
        if self.is_told || fits(shared + html.len(), self.budget) {
            return None;
        }
        let frame = match self.frames.get(template) {
            Some((length, frame)) if bare <= length + SLACK => *frame,
            _ => {
                let frame = gzipped(&without(html, body));
                self.frames.insert(template, (bare, frame));
                frame
            }
        };
        if fits(shared + frame + body.len() + SLACK, self.budget) {
            return None;
        }
        if !fits(shared + frame, self.budget) {
            self.is_told = true;
            return Some(self.too_heavy_frame(frame));
        }
        let weight = gzipped(html);
        (!fits(shared + weight, self.budget)).then(|| {
            Diagnostic::new(Code::PageHeavy, Place::start_of(&page.file), self.message("this page weighs", weight))
                .help("split it into several steps, or raise `page` under [budget] in site.toml")
        })
    }

    fn too_heavy_frame(&self, frame: usize) -> Diagnostic {
        let message = self.message("without its text, a page weighs", frame);
        Diagnostic::new(Code::PageHeavy, self.shared.place.clone(), message)
            .help("make the theme's style, script or templates lighter, or raise `page` under [budget] in site.toml")
    }

    /// `… 16.2 KB, more than 14: HTML 9.1, style 5.9, script 1.2`, the largest part first.
    fn message(&self, what: &str, html: usize) -> String {
        let mut parts = [("HTML", html), ("style", self.shared.style), ("script", self.shared.script)];
        parts.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let parts = parts.map(|(name, weight)| format!("{name} {}", kilobytes(weight)));
        let whole = kilobytes(html + self.shared.style + self.shared.script);
        format!("{what} {whole} KB, more than {}: {}", self.budget, parts.join(", "))
    }
}

/// A page without its text.
fn without(html: &[u8], body: &str) -> Vec<u8> {
    let text = std::str::from_utf8(html).unwrap_or_default();
    match text.find(body) {
        Some(at) if !body.is_empty() => [&html[..at], &html[at + body.len()..]].concat(),
        // a template may change the text; then all of it counts as the frame
        _ => html.to_vec(),
    }
}
