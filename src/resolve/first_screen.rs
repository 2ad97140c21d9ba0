//! The first picture of a page, against the budget of site.toml.
//!
//! It is the one that a reader waits for: a device takes it as the page opens, and every other one only when the
//! reader comes near it. Not here: the page's text (`render::weight`).

use crate::diagnostic::Code;
use crate::model::body::Part;
use crate::model::weight::{fits, kilobytes};
use crate::parse::markdown::{Finding, Slot};

/// What is wrong with the weight of a text's first picture. `budget` is in kilobytes.
pub fn check(slots: &[(usize, Slot)], parts: &[(usize, Part)], budget: f64) -> Option<Finding> {
    let (picture, figure) = slots.iter().zip(parts).find_map(|((_, slot), (_, part))| match (slot, part) {
        (Slot::Picture(picture), Part::Picture(figure)) => Some((picture, figure)),
        _ => None,
    })?;
    let weight = figure.weight_on_phone();
    (!fits(weight, budget)).then(|| Finding {
        code: Code::PageHeavy,
        span: picture.span.clone(),
        message: format!(
            "a phone takes {} KB for \"{}\" before it shows this page, more than {budget}",
            kilobytes(weight),
            picture.target
        ),
        help: Some(
            "show only the part of it that readers need, or raise `screens` under [budget] in site.toml".to_owned(),
        ),
    })
}
