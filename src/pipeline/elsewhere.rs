//! Links that lead to other sites, noted with their places while texts are linked, for whoever wants to ask for them.
//!
//! Not here: asking (`external`).

use std::sync::Arc;

use super::sources::Sources;
use crate::diagnostic::{Code, Place};
use crate::parse::markdown::Finding;
use crate::resolve::messages::Messages;
use crate::resolve::text::PageText;

/// A text's links with their places, if somebody wants them.
pub fn links(sources: &Sources, text: &PageText<'_>, messages: &Arc<Messages>) -> Vec<(String, Place)> {
    if !sources.options.external || text.body.elsewhere.is_empty() {
        return Vec::new();
    }
    // they come back to the author's lines as problems do
    let links = text.body.elsewhere.iter();
    let links: Vec<Finding> = links
        .map(|(url, span)| Finding { code: Code::LinkBroken, span: span.clone(), message: url.clone(), help: None })
        .collect();
    let located = text.locate(&sources.engine, messages, links.iter());
    located.into_iter().map(|link| (link.message, link.place)).collect()
}

/// Each address with each of its places once, by file and place.
pub fn sort(links: &mut Vec<(String, Place)>) {
    links.sort_by(|(a, one), (b, other)| (&one.file, one.span.start, a).cmp(&(&other.file, other.span.start, b)));
    links.dedup();
}
