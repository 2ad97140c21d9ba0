//! What texts may do with a value by its shape: a list is gone through, a text is put out.
//!
//! Tera goes through a text letter by letter, and puts a list out in brackets: nobody means either. Not here: whether
//! there is such a value (`resolve::names`).

use std::collections::BTreeMap;

use tera::Value;

use super::names::BadName;
use crate::diagnostic::Code;
use crate::model::site::Site;
use crate::parse::tags::{Mentions, Name};

/// The shape of each fact on which all brands that have it agree.
#[derive(Debug, Default)]
pub struct Shapes {
    facts: BTreeMap<String, Option<Shape>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Single,
    List,
    Table,
}

impl Shape {
    fn of(value: &Value) -> Self {
        match () {
            () if value.as_map().is_some() => Self::Table,
            () if value.as_array().is_some() => Self::List,
            () => Self::Single,
        }
    }
}

/// Groups of values that every text sees.
const TABLES: &[&str] = &["brand", "brand.facts", "brand.support", "guide", "option", "site", "step"];
/// Values by themselves.
const SINGLES: &[&str] = &[
    "brand.id",
    "brand.name",
    "brand.support.email",
    "brand.support.hours",
    "brand.support.phone",
    "guide.id",
    "guide.title",
    "locale",
    "option.number",
    "site.title",
    "step.number",
    "step.total",
];

impl Shapes {
    /// Of the brands of a site.
    pub fn new(site: &Site) -> Self {
        let mut facts: BTreeMap<String, Option<Shape>> = BTreeMap::new();
        for (key, value) in site.brands.iter().filter_map(|brand| brand.facts.as_map()).flat_map(|map| map.iter()) {
            let Some(key) = key.as_str() else { continue };
            let shape = Some(Shape::of(value));
            let known = facts.entry(key.to_owned()).or_insert(shape);
            if *known != shape {
                *known = None;
            }
        }
        Self { facts }
    }

    /// Values that are used against their shape.
    pub fn check(&self, mentions: &Mentions<'_>) -> Vec<BadName> {
        let printed = mentions.printed.iter().filter_map(|name| self.printed(name));
        printed.chain(mentions.looped.iter().filter_map(|name| self.looped(name))).collect()
    }

    fn shape(&self, dotted: &str) -> Option<Shape> {
        match dotted.strip_prefix("brand.facts.") {
            Some(fact) => *self.facts.get(fact)?,
            None if TABLES.contains(&dotted) => Some(Shape::Table),
            None => SINGLES.contains(&dotted).then_some(Shape::Single),
        }
    }

    fn printed(&self, name: &Name<'_>) -> Option<BadName> {
        let dotted = name.dotted();
        let (what, help) = match self.shape(&dotted)? {
            Shape::Single => return None,
            Shape::List => ("a list", format!("go through it: {{% for x in {dotted} %}}{{{{ x }}}}{{% endfor %}}")),
            Shape::Table => ("a group of values", format!("name one of them: {dotted}.…")),
        };
        Some(bad(name, format!("\"{dotted}\" is {what}, not a text"), help))
    }

    fn looped(&self, name: &Name<'_>) -> Option<BadName> {
        let dotted = name.dotted();
        (self.shape(&dotted)? == Shape::Single).then(|| {
            let help = match dotted.strip_prefix("brand.facts.") {
                Some(fact) => format!("write it as a list, {fact} = [\"…\"], or put it out: {{{{ {dotted} }}}}"),
                None => format!("put it out: {{{{ {dotted} }}}}"),
            };
            bad(name, format!("\"{dotted}\" is no list that a loop could go through"), help)
        })
    }
}

fn bad(name: &Name<'_>, message: String, help: String) -> BadName {
    let start = name.parts.first().map_or(0, |(_, span)| span.start);
    let end = name.parts.last().map_or(start, |(_, span)| span.end);
    BadName { span: start..end, message, help: Some(help), code: Code::TemplateInvalid }
}
