//! Mail to a brand's help that says which page it is about.
//!
//! Not here: where the link stands (the templates).

use std::borrow::Cow;

use super::pages::Edition;
use crate::model::guide::{Guide, Kind, Page};
use crate::resolve::messages::Argument;
use crate::text::percent;

/// A `mailto:` link with the edition, the guide and the page in its subject; none for a brand without an address.
pub fn link(edition: &Edition<'_>, guide: &Guide, page: &Page) -> Option<String> {
    let email = edition.brand.support.email.as_ref()?;
    let text = |text| Argument::Text(Cow::Borrowed(text));
    let (id, number) = match page.kind {
        Kind::Step { number } | Kind::StepOption { step: number, .. } => ("email-subject-step", Some(number)),
        Kind::Index | Kind::Loose => ("email-subject", None),
    };
    let arguments = [
        ("page", text(&page.title)),
        ("guide", text(&guide.index().title)),
        ("brand", text(&edition.brand.name)),
        ("language", text(&edition.outlines[edition.current].name)),
        ("number", Argument::Number(number.unwrap_or_default() as f64)),
    ];
    let arguments = if number.is_some() { &arguments[..] } else { &arguments[..4] };
    let subject = edition.message(id, arguments);
    let start = ["mailto:", email, "?subject="].concat();
    let mut mailto = String::with_capacity(start.len() + 2 * subject.len());
    mailto.push_str(&start);
    percent::push(&subject, percent::is_unreserved, &mut mailto);
    Some(mailto)
}
