//! Stencils: what templates print for many brands at once, with holes where a brand's own values stand.
//!
//! A template that only prints a value, or asks whether it is there, prints the same around whatever it is. So what one
//! brand's page was made into serves every brand whose page differs in nothing but such values: the holes are filled
//! with its own. What a template looks at is known from its text (`parse::tags::looks`); what it asked the messages for
//! is written down as it runs, and must be the same in the other edition. Not here: texts, which stand in frames in the
//! same way (`frame`), and rendering (`pages`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tera::value::{self, Map};
use tera::{Context, Value};

use super::context;
use super::frame::{Frame, OPEN, Print, mark};
use super::pages::Edition;
use super::theme::Theme;
use crate::diagnostic::Diagnostic;
use crate::memo::{Key, KeyMaker};
use crate::model::guide::{Device, Guide, Kind};
use crate::parse::tags::looks::Looks;
use crate::resolve::messages::Messages;
use crate::resolve::terms::{self, Asked};

/// A value that may differ from brand to brand, by its last name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole(usize);

/// The holes of a page: its address, its mail to the brand's help, its code for a phone.
pub const URL: Hole = Hole(0);
/// See `URL`.
pub const MAILTO: Hole = Hole(1);
/// See `URL`.
pub const QR: Hole = Hole(2);

/// The last names of all holes, in their order: those of a page, then those of a brand's map, of its `support`, and of
/// the context itself.
const NAMES: [&str; 17] = [
    "url",
    "mailto",
    "qr",
    "id",
    "name",
    "icon",
    "touch_icon",
    "logo",
    "email",
    "phone",
    "phone_href",
    "hours",
    "style",
    "script",
    "csp",
    "app",
    "card",
];
const OF_BRAND: std::ops::Range<usize> = 3..8;
const OF_SUPPORT: std::ops::Range<usize> = 8..12;
const OF_CONTEXT: std::ops::Range<usize> = 12..17;

/// How many different stencils of a guide are kept: where every brand has titles of its own, none serves another.
const KEPT: usize = 16;

/// What a theme's templates print without looking at it.
#[derive(Debug, Default)]
pub struct Blind {
    /// For each hole; nothing is, if they take values from whole maps.
    holes: [bool; NAMES.len()],
    /// They may print facts of the brand, or name files of the theme.
    facts: bool,
    files: bool,
}

impl Blind {
    /// What these templates are blind for.
    pub fn new(templates: &mut dyn Iterator<Item = &str>) -> Self {
        let mut looks = Looks::default();
        templates.for_each(|text| looks.add(text));
        let does = |name: &str| [&looks.at, &looks.printed, &looks.raw].iter().any(|names| names.contains(name));
        let sees_all = looks.captures
            || ["brand", "support", "page"].iter().any(|name| does(name) || looks.looped.contains(*name))
            || does("alternates")
            || (looks.looped.contains("alternates") && looks.bound.iter().any(|name| looks.whole.contains(name)));
        let sees = |name: &str| sees_all || looks.at.contains(name) || looks.looped.contains(name);
        let is_blind = |name: &str| !sees(name) && !looks.raw.contains(name);
        let mut holes = NAMES.map(is_blind);
        // two names for addresses on the brand's own host
        holes[URL.0] &= is_blind("default_url");
        // the code's drawing is the same either way
        holes[QR.0] = !sees(NAMES[QR.0]);
        let files = looks.called.contains("asset") || looks.named.contains("assets");
        Self { holes, facts: looks.named.contains("facts"), files }
    }

    fn is(&self, hole: Hole) -> bool {
        self.holes[hole.0]
    }
}

/// A brand's values for the holes of a guide's pages, escaped as templates do.
type Values = [Option<String>; NAMES.len()];

/// Those of a brand, from what its pages share, and where it is published.
fn values_of(context: &Context, base: Option<&str>) -> Values {
    let mut values = Values::default();
    values[URL.0] = base.map(escape);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(escape);
    let brand = context.get("brand").and_then(Value::as_map);
    let in_map = |map: Option<&Map>, name| text(map.and_then(|map| map.get(&value::Key::Str(name))));
    let support = brand.and_then(|brand| brand.get(&value::Key::Str("support"))).and_then(Value::as_map);
    OF_BRAND.for_each(|at| values[at] = in_map(brand, NAMES[at]));
    OF_SUPPORT.for_each(|at| values[at] = in_map(support, NAMES[at]));
    OF_CONTEXT.for_each(|at| values[at] = text(context.get(NAMES[at])));
    values
}

/// The values of one page, as they are in HTML.
#[derive(Clone, Debug, Default)]
pub struct OfPage {
    /// `MAILTO`.
    pub mailto: Option<String>,
    /// `QR`.
    pub qr: Option<String>,
}

/// As templates escape a value.
pub fn escape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 8);
    // writing to a vector can't fail, and only whole characters are written
    let _ = tera::escape_html(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// What pages of a guide share, with marks in the place of the brand's values that are there.
fn masked(context: &Context, values: &[Option<String>], blind: &Blind) -> Context {
    let mut context = context.clone();
    // whether a value is empty can be asked, so that one stays
    let is_hole = |at: usize| blind.is(Hole(at)) && values[at].as_ref().is_some_and(|text| !text.is_empty());
    let put = |map: &mut Map, at: usize| {
        if is_hole(at) {
            map.insert(value::Key::Str(NAMES[at]), Value::normal_string(&mark(at)));
        }
    };
    if let Some(mut brand) = context.get("brand").and_then(Value::as_map).cloned() {
        OF_BRAND.for_each(|at| put(&mut brand, at));
        if let Some(mut support) = brand.get(&value::Key::Str("support")).and_then(Value::as_map).cloned() {
            OF_SUPPORT.for_each(|at| put(&mut support, at));
            brand.insert(value::Key::Str("support"), Value::from(support));
        }
        context.insert_value("brand", Value::from(brand));
    }
    for at in OF_CONTEXT.filter(|at| is_hole(*at)) {
        let name = NAMES[at];
        context.insert_value(name, Value::normal_string(&mark(at)));
    }
    context
}

/// What a template has printed, with holes.
#[derive(Debug)]
struct Stencil {
    print: Arc<Print>,
    /// What it has asked for, by its place in the list.
    asked: Vec<usize>,
}

/// Which of a guide's files: a page by its index, or all of them at once; and whether there are texts in it.
pub type Which = (Option<usize>, Vec<bool>);

/// The stencils of one guide, for all brands that are alike.
#[derive(Debug, Default)]
struct Set {
    stencils: Mutex<BTreeMap<Which, Arc<Stencil>>>,
    asked: Mutex<Vec<Asked>>,
}

/// The stencils of one theme in one language.
#[derive(Debug, Default)]
pub struct Stencils {
    sets: Mutex<BTreeMap<Key, Arc<Set>>>,
}

impl Stencils {
    /// What there is for the pages of a guide that share this context. `alike` is the key of everything else that they
    /// are made from.
    pub fn of_guide(&self, context: &Context, base: Option<&str>, blind: &Blind, alike: KeyMaker) -> Option<OfGuide> {
        if !blind.is(MAILTO) || !blind.is(QR) {
            return None;
        }
        let values = values_of(context, base);
        // it would be taken for a place
        if values.iter().flatten().any(|value| value.contains(OPEN)) {
            return None;
        }
        let mut key = alike;
        for (at, escaped) in values.iter().enumerate() {
            let is_blind = blind.is(Hole(at)) && escaped.as_ref().is_some_and(|text| !text.is_empty());
            key = key.number(u64::from(is_blind)).maybe(escaped.as_deref().filter(|_| !is_blind));
        }
        let brand = context.get("brand").and_then(Value::as_map);
        let of_brand = |name| brand.and_then(|brand| brand.get(&value::Key::Str(name))).map(ToString::to_string);
        key = key.maybe(of_brand("logo_width").as_deref()).maybe(of_brand("logo_height").as_deref());
        key = key.maybe(of_brand("facts").filter(|_| blind.facts).as_deref());
        key = key.maybe(context.get("assets").filter(|_| blind.files).map(ToString::to_string).as_deref());
        key = key.maybe(context.get("home").and_then(Value::as_str));
        let mut sets = lock(&self.sets);
        let (key, count) = (key.make(), sets.len());
        let set = match sets.get(&key) {
            Some(set) => set.clone(),
            None if count < KEPT => sets.entry(key).or_default().clone(),
            None => return None,
        };
        Some(OfGuide { set, values: values.into(), is_same: RefCell::default() })
    }
}

/// The stencils of a guide, and the values of the brand to fill them with.
pub struct OfGuide {
    set: Arc<Set>,
    /// As `Values`.
    values: Arc<[Option<String>]>,
    /// What stencils have asked for and this edition says too, as far as that was looked up.
    is_same: RefCell<Vec<Option<bool>>>,
}

impl OfGuide {
    /// A file's frame, from the stencil that is there, with the brand's values and the page's.
    pub fn frame(&self, which: &Which, page: &OfPage) -> Option<Frame> {
        let stencil = lock(&self.set.stencils).get(which)?.clone();
        stencil.asked.iter().all(|at| self.says_the_same(*at)).then(|| self.filled(&stencil.print, page))
    }

    fn filled(&self, print: &Arc<Print>, page: &OfPage) -> Frame {
        let own = [(MAILTO, &page.mailto), (QR, &page.qr)];
        let own = own.into_iter().filter_map(|(hole, value)| Some((hole.0, value.clone()?))).collect();
        Frame::filled(print.clone(), self.values.clone(), own)
    }

    fn says_the_same(&self, at: usize) -> bool {
        let mut known = self.is_same.borrow_mut();
        if known.len() <= at {
            known.resize(at + 1, None);
        }
        *known[at].get_or_insert_with(|| lock(&self.set.asked).get(at).is_some_and(terms::says_the_same))
    }

    /// What pages of the guide share, with marks in the place of the brand's values.
    pub fn masked(&self, context: &Context, blind: &Blind) -> Context {
        masked(context, &self.values, blind)
    }

    /// Keeps what a template has printed around marks, and gives it filled.
    pub fn keep(&self, which: Which, bytes: Vec<u8>, asked: Vec<Asked>, page: &OfPage) -> Frame {
        let print = Arc::new(Print::new(bytes));
        let frame = self.filled(&print, page);
        let mut all = lock(&self.set.asked);
        let mut places: Vec<usize> = asked
            .into_iter()
            .map(|one| {
                all.iter().position(|other| *other == one).unwrap_or_else(|| {
                    all.push(one);
                    all.len() - 1
                })
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        drop(all);
        lock(&self.set.stencils).entry(which).or_insert_with(|| Arc::new(Stencil { print, asked: places }));
        frame
    }
}

/// What a file that belongs to no guide is printed with.
pub struct Printed<'p> {
    /// The stencils of the theme in the edition's language.
    pub stencils: &'p Stencils,
    /// The templates.
    pub theme: &'p Theme,
    /// The edition's messages.
    pub messages: &'p Messages,
    /// Where the brand is published.
    pub base: Option<&'p str>,
}

impl Printed<'_> {
    /// Renders a template to the end of `out`, or fills what it has printed for another brand. It sees what the pages of a
    /// `folder` share, and what `insert` adds: `alike` is the key of that.
    pub fn print(
        &self,
        template: &str,
        folder: &Context,
        insert: &dyn Fn(&mut Context, &Blind),
        alike: KeyMaker,
        out: &mut Vec<u8>,
    ) -> Result<(), Box<Diagnostic>> {
        let blind = &self.theme.blind;
        let page = OfPage::default();
        if let Some(stencils) = self.stencils.of_guide(folder, self.base, blind, alike.text(template)) {
            let which = (None, Vec::new());
            if let Some(frame) = stencils.frame(&which, &page) {
                out.extend_from_slice(&frame.bytes());
                return Ok(());
            }
            let mut masked = stencils.masked(folder, blind);
            insert(&mut masked, blind);
            let mut bytes = Vec::new();
            let render = || self.theme.render(template, &masked, self.messages, &mut bytes);
            // what is wrong is told with the brand's own values
            if let (Ok(()), asked) = terms::recorded(render) {
                out.extend_from_slice(&stencils.keep(which, bytes, asked, &page).bytes());
                return Ok(());
            }
        }
        let mut own = folder.clone();
        insert(&mut own, &Blind::default());
        self.theme.render(template, &own, self.messages, out)
    }
}

/// Of all that the pages of a guide are made from, but for what its pages share: brands with the same are alike.
pub fn key(edition: &Edition<'_>, guide: &Guide) -> KeyMaker {
    let mut key = KeyMaker::new("stencils").text(&guide.id);
    let introduction = edition.messages.label("introduction", None);
    key = key.text(&introduction.text).maybe(introduction.lang.as_deref());
    for outline in edition.outlines {
        key = key.text(&outline.locale.id).text(&outline.name);
    }
    for page in &guide.pages {
        let number = |number: usize| number as u64;
        key = match page.kind {
            Kind::Index => key.number(0),
            Kind::Step { number: step } => key.number(1).number(number(step)),
            Kind::StepOption { step, number: option } => key.number(2).number(number(step)).number(number(option)),
            Kind::Loose => key.number(3),
        };
        key = key.text(&page.key).text(&page.title).maybe(page.description.as_deref()).text(&page.lang);
        key = key.number(u64::from(page.is_fallback)).number(page.duration.map_or(0, |minutes| 1 + u64::from(minutes)));
        key = key.maybe(page.device.map(Device::key)).text(page.address.as_str());
        key =
            key.maybe(page.extra.as_map().is_none_or(|map| !map.is_empty()).then(|| page.extra.to_string()).as_deref());
        for outline in edition.outlines {
            key = key.text(context::counterpart(outline, &guide.id, &page.key).as_str());
        }
    }
    key
}

/// What a page's context has in a hole's place: a mark where the templates are blind for it.
pub fn shown(hole: Hole, blind: &Blind, value: &str) -> String {
    if blind.is(hole) { mark(hole.0) } else { value.to_owned() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Snapshot;

    #[test]
    fn the_base_theme_is_blind_for_all_brands_have_of_their_own() {
        let (theme, problems) = Theme::new(&Snapshot::from_files([]), None);
        assert!(problems.is_empty());
        let seen: Vec<&str> =
            NAMES.into_iter().zip(theme.blind.holes).filter(|(_, blind)| !blind).map(|(n, _)| n).collect();
        assert!(seen.is_empty() && !theme.blind.facts && !theme.blind.files, "{seen:?} {:?}", theme.blind);
    }

    #[test]
    fn files_of_the_theme_are_named_in_two_ways() {
        for (text, files) in [
            ("{{ brand.name }}{{ style }}", false),
            ("{{ asset(path=\"x.svg\") }}", true),
            ("{{ assets['x.svg'] }}", true),
            ("{% for name, url in assets %}{{ url }}{% endfor %}", true),
            ("{% if assets %}{% endif %}", true),
        ] {
            assert_eq!(Blind::new(&mut [text].into_iter()).files, files, "{text}");
        }
    }
}
