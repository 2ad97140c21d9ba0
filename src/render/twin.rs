//! Markdown twins: a page as plain Markdown, for assistants and for those who copy it.
//!
//! Not here: the text itself as Markdown, which comes with the page's body (`resolve::link`).

use super::frame::{Frame, place_of};
use super::pages::Edition;
use crate::model::guide::{Guide, Kind};
use crate::path::Address;
use crate::resolve::messages::Argument;
use crate::text::armour;

/// The page as plain Markdown, without its text.
pub fn frame(edition: &Edition<'_>, guide: &Guide, index: usize) -> Frame {
    let page = &guide.pages[index];
    let mut text = String::with_capacity(page.title.len() + 128);
    text.push_str("# ");
    armour::push_escaped(&page.title, &mut text);
    text.push_str("\n\n");
    let number = |number: usize| Argument::Number(number as f64);
    if let Kind::Step { number: step } | Kind::StepOption { step, .. } = page.kind {
        let total = guide.total();
        text.push_str(&edition.message("step-of-total", &[("number", number(step)), ("total", number(total))]));
        if let Kind::StepOption { number: option, .. } = page.kind {
            text.push_str(" · ");
            text.push_str(&edition.message("option-number", &[("number", number(option))]));
        }
        text.push_str("\n\n");
    }
    text.push_str(&place_of(index, true));
    text.push('\n');
    if let Kind::Step { number: step } = page.kind {
        for option in guide.options(step) {
            let Kind::StepOption { number: own, .. } = option.kind else { continue };
            let label = edition.message("option-number", &[("number", number(own))]);
            let link = Address::new(page.address.link_to(&address(&option.address))).encoded();
            let recommended = if option.is_recommended() {
                format!(" ({})", edition.message("recommended", &[]))
            } else {
                String::new()
            };
            let mut title = String::new();
            armour::push_escaped(&option.title, &mut title);
            text.push_str(&format!("\n- {label}: [{title}]({link}){recommended}"));
        }
        if guide.options(step).next().is_some() {
            text.push('\n');
        }
    }
    Frame::new(text.into_bytes())
}

/// Where a page's Markdown twin is published.
pub fn address(page: &Address) -> Address {
    let path = page.as_str();
    Address::new([path.strip_suffix(".html").unwrap_or(path), ".md"].concat())
}
