//! Pages that are heavier than the budget of site.toml allows: HTML, style and script, after gzip.
//!
//! Compressing every page would take longer than making it. So the frame around a text is compressed once for each
//! template in each language, and a page only if its frame together with its text as it is (gzip makes it no larger)
//! could go beyond the budget. Most pages are far below. Whatever the order in which pages are made, the same is told of
//! each. Not here: pictures (`resolve::link`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::frame::Frame;
use super::stencil::Stencils;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::guide::Page;
use crate::model::weight::{Shared, fits, gzipped, kilobytes};

/// How much the frames of two pages may differ once compressed: titles, addresses, and which step is the current one.
const SLACK: usize = 512;

/// Frames that were compressed, of one theme in one language.
#[derive(Debug, Default)]
pub struct Frames {
    /// By template: its bytes as they are, and after gzip.
    by_template: Mutex<BTreeMap<&'static str, (usize, usize)>>,
    /// What brands without templates of their own share: pages of guides.
    pub stencils: Stencils,
    /// The same for files that belong to no guide.
    pub others: Stencils,
}

impl Frames {
    /// About how many bytes gzip makes of a frame: `SLACK` more at most.
    pub fn weigh(&self, template: &'static str, frame: &Frame) -> usize {
        let mut known = self.by_template.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(template) {
            Some((length, weight)) if frame.len() <= length + SLACK => *weight,
            _ => {
                let weight = gzipped(&frame.bytes());
                known.insert(template, (frame.len(), weight));
                weight
            }
        }
    }
}

/// Weighs the pages of one brand.
#[derive(Clone, Copy)]
pub struct Scales<'s> {
    /// What all pages share.
    pub shared: &'s Shared,
    /// In kilobytes.
    pub budget: f64,
}

impl Scales<'_> {
    /// Could a page be too heavy? `frame` is about what gzip makes of its frame, `text` what its text is as it is.
    pub fn doubt(&self, frame: usize, text: usize) -> bool {
        !fits(self.most() + frame + text + SLACK, self.budget)
    }

    /// The same before anything is compressed.
    pub fn doubt_whole(&self, html: usize) -> bool {
        !fits(self.most() + html, self.budget)
    }

    fn most(&self) -> usize {
        self.shared.style.most() + self.shared.script.most()
    }

    fn common(&self) -> usize {
        self.shared.style.weight() + self.shared.script.weight()
    }

    /// The problem of a page that is too heavy.
    pub fn weigh(&self, page: &Page, frame: &[u8], html: &[u8]) -> Option<Diagnostic> {
        let frame = gzipped(frame);
        if !fits(self.common() + frame, self.budget) {
            return Some(self.too_heavy_frame(frame));
        }
        let weight = gzipped(html);
        (!fits(self.common() + weight, self.budget)).then(|| {
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
        let (style, script) = (self.shared.style.weight(), self.shared.script.weight());
        let mut parts = [("HTML", html), ("style", style), ("script", script)];
        parts.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let parts = parts.map(|(name, weight)| format!("{name} {}", kilobytes(weight)));
        let whole = kilobytes(html + style + script);
        format!("{what} {whole} KB, more than {}: {}", self.budget, parts.join(", "))
    }
}
