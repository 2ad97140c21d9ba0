//! The values that texts may speak of: `brand`, `site`, `locale`, `guide`, `step`, `option`.
//!
//! Values are shared between pages; only what differs is made anew. Not here: the values of the theme's
//! templates, which see more (`render::context`).

use tera::value::{Key, Map};
use tera::{Context, Value};

use crate::model::guide::Kind;
use crate::model::locale::Locale;
use crate::model::site::{Brand, Site};

/// The values of an edition, a guide or a page.
#[derive(Clone)]
pub struct Values {
    context: Context,
    guide: Option<(Value, usize)>,
}

impl Values {
    /// The values of an edition.
    pub fn new(site: &Site, brand: &Value, locale: &Locale) -> Self {
        let mut context = Context::new();
        context.insert_value("site", map([("title", Value::normal_string(&site.title))]));
        context.insert_value("brand", brand.clone());
        context.insert_value("locale", Value::normal_string(&locale.id));
        Self { context, guide: None }
    }

    /// The same for the pages of a guide that has so many steps.
    pub fn for_guide(&self, id: &str, total: usize) -> Self {
        let id = Value::normal_string(id);
        let mut values = self.clone();
        values.context.insert_value("guide", map([("id", id.clone())]));
        values.guide = Some((id, total));
        values
    }

    /// The same with the guide's title, once that is known.
    pub fn with_title(&self, title: &str) -> Self {
        let mut values = self.clone();
        if let Some((id, _)) = &self.guide {
            values.context.insert_value("guide", map([("id", id.clone()), ("title", Value::normal_string(title))]));
        }
        values
    }

    /// The same for one page.
    pub fn for_page(&self, kind: Kind) -> Self {
        let total = self.guide.as_ref().map_or(0, |(_, total)| *total);
        let step = |number: usize| map([("number", Value::from(number)), ("total", Value::from(total))]);
        let mut values = self.clone();
        match kind {
            Kind::Step { number } => values.context.insert_value("step", step(number)),
            Kind::StepOption { step: of, number } => {
                values.context.insert_value("step", step(of));
                values.context.insert_value("option", map([("number", Value::from(number))]));
            }
            Kind::Index | Kind::Loose => {}
        }
        values
    }

    /// For Tera.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// For Tera.
    pub fn into_context(self) -> Context {
        self.context
    }
}

/// What texts may know of a brand: made once for all its editions.
pub fn brand(brand: &Brand) -> Value {
    map([
        ("id", Value::normal_string(&brand.id)),
        ("name", Value::normal_string(&brand.name)),
        ("support", Value::from(support(brand))),
        ("facts", brand.facts.clone()),
    ])
}

/// How to reach the brand's help; what is missing is absent.
pub fn support(brand: &Brand) -> Map {
    let entries = [("email", &brand.support.email), ("phone", &brand.support.phone), ("hours", &brand.support.hours)];
    let given =
        entries.into_iter().filter_map(|(key, value)| Some((Key::Str(key), Value::normal_string(value.as_ref()?))));
    given.collect()
}

/// A map from pairs.
pub fn map<const N: usize>(pairs: [(&'static str, Value); N]) -> Value {
    Value::from(pairs.into_iter().map(|(key, value)| (Key::Str(key), value)).collect::<Map>())
}
