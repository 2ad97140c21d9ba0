//! What a theme's templates see. docs/themes.md lists it for theme makers.
//!
//! Values are made once for a folder of pages and shared; a page adds what differs. Not here: what texts see
//! (`resolve::values`), which is less.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::value::{Key, Map};
use tera::{Context, Value};

use crate::model::guide::{Guide, Kind, Page};
use crate::model::locale::Locale;
use crate::model::site::{Brand, Site};
use crate::model::weight::Shared;
use crate::path::{Address, Links};
use crate::resolve::link::section_id;
use crate::resolve::values::{map, support};

/// What a brand has published for its pages.
pub struct BrandFiles {
    /// Its style sheet.
    pub style: Address,
    /// Its script.
    pub script: Address,
    /// How heavy the two are.
    pub weight: Shared,
    /// Its logo.
    pub logo: Option<Logo>,
    /// What is drawn from its logo.
    pub icons: Icons,
    /// The pictures that others show of its guides, by locale.
    pub cards: BTreeMap<Arc<str>, Address>,
    /// What a page with everything inside has in the place of style sheet and script, if such pages are asked for.
    pub inside: Option<InsideFiles>,
    /// The files of its theme, by name.
    pub theme: BTreeMap<String, Address>,
    /// The Content-Security-Policy of its pages.
    pub policy: String,
    /// The style sheet of the 404 page, which the policy allows by its hash.
    pub inline_style: String,
}

/// A brand's logo, as its pages show it.
pub struct Logo {
    /// Where it is published.
    pub address: Address,
    /// In pixels, if known.
    pub size: Option<(u32, u32)>,
    /// A link that holds it, if it is so small that asking for it would cost more.
    pub inside: Option<String>,
}

/// A brand's icons.
#[derive(Default)]
pub struct Icons {
    /// For the browser's tab.
    pub tab: Option<Address>,
    /// The same as a link that holds it, if it is so small that asking for it would cost more.
    pub tab_inside: Option<String>,
    /// For the start screen of a phone: a square of pixels.
    pub touch: Option<Address>,
    /// What a phone knows of the site as an app, by locale.
    pub apps: BTreeMap<Arc<str>, Address>,
}

/// What stands inside a page that needs no other file.
pub struct InsideFiles {
    /// The style sheet.
    pub style: String,
    /// The script.
    pub script: String,
    /// The policy that allows these two alone, by their hashes.
    pub policy: String,
}

/// One of a brand's locales with its guides.
pub struct Outline {
    /// Which.
    pub locale: Locale,
    /// Its name in itself: « Français ».
    pub name: String,
    /// Its guides.
    pub guides: Vec<Guide>,
}

/// What all pages of a folder share: every link in it is as seen from `at`, any page of the folder.
pub fn folder(site: &Site, brand: &Brand, files: &BrandFiles, outline: &Outline, at: &dyn Links) -> Context {
    let mut context = Context::new();
    let text = |text: &str| Value::normal_string(text);
    context.insert_value("site", map([("title", text(&site.title))]));
    context.insert_value("brand", brand_value(brand, files, at));
    context.insert_value("locale", text(&outline.locale.id));
    context.insert_value("dir", text(outline.locale.direction()));
    context.insert_value("style", text(&at.file(&files.style)));
    context.insert_value("script", text(&at.file(&files.script)));
    context.insert_value("csp", text(&files.policy));
    context.insert_value("home", text(&at.page(&home(outline))));
    let assets = files.theme.iter().map(|(name, address)| (Key::from(name.clone()), text(&at.file(address))));
    context.insert_value("assets", Value::from(assets.collect::<Map>()));
    let app = files.icons.apps.get(&outline.locale.id).map(|address| text(&at.file(address)));
    context.insert_value("app", app.unwrap_or_else(Value::none));
    let card = brand.base_url.as_ref().zip(files.cards.get(&outline.locale.id));
    let card = card.map(|(base, address)| text(&format!("{base}{}", address.encoded())));
    context.insert_value("card", card.unwrap_or_else(Value::none));
    for name in ["guide", "step", "option", "previous", "next", "inline_style", "inline_script"] {
        context.insert_value(name, Value::none());
    }
    for name in ["steps", "pages", "languages"] {
        context.insert_value(name, Value::from(Vec::<Value>::new()));
    }
    context
}

/// The first page of an edition: its only guide, or the list of them.
pub fn home(outline: &Outline) -> Address {
    match outline.guides.as_slice() {
        [only] => only.index().address.clone(),
        _ => Address::new(format!("{}/index.html", outline.locale.id)),
    }
}

fn brand_value(brand: &Brand, files: &BrandFiles, at: &dyn Links) -> Value {
    let mut help = support(brand);
    if let Some(dial) = brand.support.phone.as_deref().and_then(dialled) {
        help.insert(Key::Str("phone_href"), Value::normal_string(&format!("tel:{dial}")));
    }
    let mut pairs: Map = [
        ("id", Value::normal_string(&brand.id)),
        ("name", Value::normal_string(&brand.name)),
        ("support", Value::from(help)),
        ("facts", brand.facts.clone()),
    ]
    .into_iter()
    .map(|(key, value)| (Key::Str(key), value))
    .collect();
    let icons = &files.icons;
    let tab = icons.tab_inside.clone().or_else(|| Some(at.file(icons.tab.as_ref()?)));
    for (key, icon) in [("icon", tab), ("touch_icon", icons.touch.as_ref().map(|icon| at.file(icon)))] {
        if let Some(icon) = icon {
            pairs.insert(Key::Str(key), Value::normal_string(&icon));
        }
    }
    if let Some(Logo { address, size, inside }) = &files.logo {
        let logo = inside.clone().unwrap_or_else(|| at.file(address));
        pairs.insert(Key::Str("logo"), Value::normal_string(&logo));
        if let Some((width, height)) = size {
            pairs.insert(Key::Str("logo_width"), Value::from(*width));
            pairs.insert(Key::Str("logo_height"), Value::from(*height));
        }
    }
    Value::from(pairs)
}

/// The number as a phone dials it, if it can be dialled as it stands: `+18555288364`.
fn dialled(phone: &str) -> Option<String> {
    let dial: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let is_number = phone.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+()-./\u{2011}".contains(c));
    (is_number && dial.len() >= 3 && dial.rfind('+').unwrap_or(0) == 0).then_some(dial)
}

/// A guide as its pages see it: `guide`, `steps`, `pages`.
pub fn insert_guide(context: &mut Context, guide: &Guide, at: &dyn Links) {
    let index = guide.index();
    let mut pairs = described(index, at);
    pairs.insert(Key::Str("id"), Value::normal_string(&guide.id));
    pairs.insert(Key::Str("all"), Value::normal_string(&at.page(&guide.sibling("all.html"))));
    context.insert_value("guide", Value::from(pairs));
    let steps: Vec<Value> = guide
        .pages
        .iter()
        .filter_map(|page| match page.kind {
            Kind::Step { number } => Some(Value::from(step(guide, page, number, at))),
            _ => None,
        })
        .collect();
    context.insert_value("steps", Value::from(steps));
    let loose = guide.pages.iter().filter(|page| page.kind == Kind::Loose).map(|page| Value::from(described(page, at)));
    context.insert_value("pages", Value::from(loose.collect::<Vec<_>>()));
}

/// A step with its options.
pub fn step(guide: &Guide, page: &Page, number: usize, at: &dyn Links) -> Map {
    let mut pairs = described(page, at);
    pairs.insert(Key::Str("number"), Value::from(number));
    let options: Vec<Value> = guide.options(number).map(|page| Value::from(option(page, at))).collect();
    pairs.insert(Key::Str("options"), Value::from(options));
    pairs
}

/// An option of a step.
pub fn option(page: &Page, at: &dyn Links) -> Map {
    let mut pairs = described(page, at);
    if let Kind::StepOption { number, .. } = page.kind {
        pairs.insert(Key::Str("number"), Value::from(number));
    }
    pairs.insert(Key::Str("recommended"), Value::from(page.is_recommended()));
    pairs
}

/// What every list of pages says about one: title, description, address, language, duration, device.
pub fn described(page: &Page, at: &dyn Links) -> Map {
    let mut pairs = Map::new();
    pairs.insert(Key::Str("title"), Value::normal_string(&page.title));
    pairs.insert(Key::Str("href"), Value::normal_string(&at.page(&page.address)));
    pairs.insert(Key::Str("lang"), Value::normal_string(&page.lang));
    if let Some(description) = &page.description {
        pairs.insert(Key::Str("description"), Value::normal_string(description));
    }
    if let Some(duration) = page.duration {
        pairs.insert(Key::Str("duration"), Value::from(duration));
    }
    if let Some(device) = page.device {
        pairs.insert(Key::Str("device"), Value::normal_string(device.key()));
    }
    pairs
}

/// The same page in every language of the brand; `find` says where it is in each.
pub fn languages(outlines: &[Outline], current: &Locale, at: &dyn Links, find: &dyn Fn(&Outline) -> Address) -> Value {
    let all = outlines.iter().map(|outline| {
        map([
            ("locale", Value::normal_string(&outline.locale.id)),
            ("name", Value::normal_string(&outline.name)),
            ("dir", Value::normal_string(outline.locale.direction())),
            ("href", Value::normal_string(&at.page(&find(outline)))),
            ("current", Value::from(outline.locale.id == current.id)),
        ])
    });
    Value::from(all.collect::<Vec<_>>())
}

/// The same page in another locale; where there is none, the guide's first page; without that, the edition's.
pub fn counterpart(outline: &Outline, guide: &str, key: &str) -> Address {
    match outline.guides.iter().find(|other| *other.id == *guide) {
        Some(other) => other.find(key).unwrap_or(other.index()).address.clone(),
        None => home(outline),
    }
}

/// The pages of a guide as sections of one page; `text` writes the text of each, which has an index and an id.
pub fn sections(guide: &Guide, text: &mut dyn FnMut(usize, &str, &mut String)) -> Value {
    let mut sections = Vec::with_capacity(guide.pages.len());
    let mut html = String::new();
    for (index, page) in guide.pages.iter().enumerate() {
        let id = section_id(page);
        html.clear();
        text(index, &id, &mut html);
        let mut map = Map::new();
        let (kind, number, option) = match page.kind {
            Kind::Index => ("guide", None, None),
            Kind::Step { number } => ("step", Some(number), None),
            Kind::StepOption { step, number } => ("option", Some(step), Some(number)),
            Kind::Loose => ("page", None, None),
        };
        map.insert(Key::Str("id"), Value::normal_string(&id));
        map.insert(Key::Str("kind"), Value::normal_string(kind));
        map.insert(Key::Str("title"), Value::normal_string(&page.title));
        map.insert(Key::Str("lang"), Value::normal_string(&page.lang));
        map.insert(Key::Str("body"), Value::safe_string(&html));
        for (name, value) in [("number", number), ("option", option)] {
            if let Some(value) = value {
                map.insert(Key::Str(name), Value::from(value));
            }
        }
        sections.push(Value::from(map));
    }
    Value::from(sections)
}

/// What every page says of itself.
pub fn page_map(kind: &str, title: &str, lang: &str) -> Map {
    let mut map = Map::new();
    map.insert(Key::Str("kind"), Value::normal_string(kind));
    map.insert(Key::Str("title"), Value::normal_string(title));
    map.insert(Key::Str("lang"), Value::normal_string(lang));
    map.insert(Key::Str("fallback"), Value::from(false));
    map.insert(Key::Str("alternates"), Value::from(Vec::<Value>::new()));
    map.insert(Key::Str("extra"), Value::from(Map::new()));
    map
}

#[cfg(test)]
mod tests {
    use super::dialled;

    #[test]
    fn numbers_are_dialled_only_if_they_can_be() {
        for (phone, dial) in [
            ("+1 (855) 528-8364", Some("+18555288364")),
            ("514 555-0199", Some("5145550199")),
            ("1-800-ETAPE", None),
            ("911", Some("911")),
            ("", None),
            ("555 0199 ext. 12", None),
        ] {
            assert_eq!(dialled(phone).as_deref(), dial, "{phone}");
        }
    }
}
