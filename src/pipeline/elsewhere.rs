//! Links that lead to other sites, noted with their places while texts are linked, for whoever wants to ask for them.
//!
//! Not here: asking (`external`).

use std::sync::{Arc, Mutex, PoisonError};

use super::Sources;
use crate::diagnostic::{Code, Place};
use crate::parse::markdown::Finding;
use crate::resolve::messages::Messages;
use crate::resolve::text::PageText;

/// Notes a text's links, if somebody wants them.
pub fn note(sources: &Sources<'_>, text: &PageText<'_>, messages: &Arc<Messages>) {
    if !sources.options.external || text.body.elsewhere.is_empty() {
        return;
    }
    // they come back to the author's lines as problems do
    let links = text.body.elsewhere.iter();
    let links: Vec<Finding> = links
        .map(|(url, span)| Finding { code: Code::LinkBroken, span: span.clone(), message: url.clone(), help: None })
        .collect();
    let located = text.locate(&sources.engine, messages, links.iter());
    let mut all = sources.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
    all.extend(located.into_iter().map(|link| (link.message, link.place)));
}

/// Each address with each of its places once, by file and place.
pub fn in_order(noted: Mutex<Vec<(String, Place)>>) -> Vec<(String, Place)> {
    let mut links = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
    links.sort_by(|(a, one), (b, other)| (&one.file, one.span.start, a).cmp(&(&other.file, other.span.start, b)));
    links.dedup();
    links
}
