//! Messages that say the same without plurals, terms and functions: texts with arguments between them.
//!
//! Most are so, and putting them together takes a fraction of what Fluent's resolver takes. Not here: typography, which
//! comes after both.

use std::borrow::Cow;
use std::fmt::{self, Write};

use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::unicode::unescape_unicode;

use super::Argument;
use crate::text::armour;

/// More than so many values are a mistake to Fluent.
const MOST: usize = 100;

/// What a message says, texts among its arguments in armour; none if Fluent is needed for that.
pub(super) fn write<'p>(pattern: &Pattern<&'p str>, arguments: &[(&str, Argument<'_>)]) -> Option<Cow<'p, str>> {
    if let [PatternElement::TextElement { value }] = pattern.elements.as_slice() {
        return Some(Cow::Borrowed(value));
    }
    if pattern.elements.len() > MOST {
        return None;
    }
    let mut out = String::with_capacity(SPACE);
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => out.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                InlineExpression::StringLiteral { value } => unescape_unicode(&mut out, value).ok()?,
                InlineExpression::VariableReference { id } => {
                    // the last of two with one name counts
                    match &arguments.iter().rfind(|(name, _)| *name == id.name)?.1 {
                        Argument::Text(text) => armour::push(text, &mut out),
                        Argument::Number(number) => push_number(*number, &mut out).ok()?,
                    }
                }
                _ => return None,
            },
            PatternElement::Placeable { .. } => return None,
        }
    }
    Some(Cow::Owned(out))
}

/// A number as Fluent writes one.
fn push_number(number: f64, out: &mut String) -> fmt::Result {
    // most are whole and small, and written faster as such
    let whole = number as u32;
    if f64::from(whole).to_bits() == number.to_bits() { write!(out, "{whole}") } else { write!(out, "{number}") }
}

/// Room for what most messages say.
const SPACE: usize = 128;
