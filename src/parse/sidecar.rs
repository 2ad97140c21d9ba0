//! What stands beside a screen: marks to draw over it and boxes to redact.
//!
//! Not here: pixels (`screen`), and whether a box lies within its picture.

use std::ops::Range;

use super::content::{Text, diagnostic};
use super::data::{self, Findings, Table};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::SourcePath;

/// A parsed sidecar.
#[derive(Debug, Default)]
pub struct Sidecar {
    /// Drawn over the picture, in this order.
    pub marks: Vec<Mark>,
    /// Painted into the pixels of everything published.
    pub redact: Vec<Area>,
}

/// Something to press or to look at.
#[derive(Debug)]
pub struct Mark {
    /// Around it.
    pub area: Area,
    /// The Fluent id of what it says.
    pub text: Text,
}

/// A box in pixels of the stored picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
    /// Where the file says so.
    pub span: Range<usize>,
}

/// Reads one sidecar; what can't be read of it is left out and reported.
pub fn parse(path: &SourcePath, text: &str) -> (Sidecar, Vec<Diagnostic>) {
    let mut sidecar = Sidecar::default();
    let (node, problems) = data::yaml(text, 0);
    let mut findings = Findings::new(text, problems);
    if let Some(table) = node.as_ref().and_then(|node| Table::of(node, &["marks", "redact"], &mut findings)) {
        for mark in table.tables("marks", &["box", "text"], &mut findings).into_iter().flatten() {
            mark.require("text", "write text: and the id of a message in locales/", &mut findings);
            let text = mark.string("text", &mut findings).and_then(|text| Text::of(text.node));
            if let (Some(area), Some(text)) = (area(&mark, &mut findings), text) {
                sidecar.marks.push(Mark { area, text });
            }
            mark.finish(&mut findings);
        }
        for redact in table.tables("redact", &["box"], &mut findings).into_iter().flatten() {
            sidecar.redact.extend(area(&redact, &mut findings));
            redact.finish(&mut findings);
        }
        table.finish(&mut findings);
    }
    let problems =
        findings.into_list().into_iter().map(|finding| diagnostic(path, finding, Code::ConfigInvalid)).collect();
    (sidecar, problems)
}

fn area(table: &Table<'_>, findings: &mut Findings<'_>) -> Option<Area> {
    table.require("box", "write box: [x, y, width, height], in pixels of the picture", findings);
    let [x, y, width, height] = table.integers::<4>("box", "four whole numbers: x, y, width, height", findings)?;
    let span = table.entry("box")?.node.span.clone();
    // beyond any picture is outside all the same
    let number = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
    let area = Area { x: number(x), y: number(y), width: number(width), height: number(height), span };
    if area.width == 0 || area.height == 0 {
        findings.push(data::Problem::new("an empty box", area.span, "give it a width and a height of at least 1"));
        return None;
    }
    Some(area)
}
