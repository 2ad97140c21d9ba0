//! What can be said about a site's files before and beside its pages: names in placeholders, messages, sidecars,
//! files that nothing uses.
//!
//! Not here: problems of one page's text, which its edition finds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::messages;
use super::sources::Sources;
use super::texts;
use crate::diagnostic::{Code, Diagnostic, Place, Severity, nearest};
use crate::memo::{Key, KeyMaker};
use crate::model::site::Brand;
use crate::model::variant::VariantName;
use crate::parse::content::{ContentFile, Text};
use crate::parse::data::{Node, Value};
use crate::parse::fluent::Entry;
use crate::parse::tags::{self, Mentions};
use crate::path::SourcePath;
use crate::resolve::expand::Compiled;
use crate::resolve::messages::defined;
use crate::resolve::names::Vocabulary;
use crate::source::File;

/// What the tags of a content file speak of.
pub struct Spoken {
    /// Those of its body that are known to be wrong, in bytes of it.
    pub bad: Box<[Range<usize>]>,
    /// What they may use.
    pub mentioned: Mentioned,
}

/// Finds out what the tags of a file speak of, and checks the names in them. `compiled` is its body, if it is.
pub fn spoken(
    file: &ContentFile,
    compiled: Option<&Compiled>,
    vocabulary: &Vocabulary,
    drafts: bool,
) -> (Spoken, Vec<Diagnostic>) {
    let mut mentioned = Mentioned::default();
    let mut problems = Vec::new();
    let is_checked = drafts || !file.front.draft;
    for text in front_strings(file).iter().filter(|text| tags::has_tags(&text.value)) {
        mentioned.take(&text.value);
        let found = if is_checked { vocabulary.check(&text.value) } else { Vec::new() };
        problems.extend(found.into_iter().map(|bad| {
            let place = Place::new(&file.path, text.place(&file.text, bad.span));
            Diagnostic::new(bad.code, place, bad.message).maybe_help(bad.help)
        }));
    }
    let body = file.body();
    let bad = match compiled.and_then(|compiled| compiled.mentions(body)) {
        Some(mentions) => {
            mentioned.extend(&mentions);
            if is_checked { vocabulary.check_mentions(&mentions) } else { Vec::new() }
        }
        None => {
            mentioned.take(body);
            if is_checked { vocabulary.check(body) } else { Vec::new() }
        }
    };
    for bad in &bad {
        let place = Place::new(&file.path, bad.span.start + file.body_start..bad.span.end + file.body_start);
        problems.push(Diagnostic::new(bad.code, place, bad.message.clone()).maybe_help(bad.help.clone()));
    }
    (Spoken { bad: bad.into_iter().map(|bad| bad.span).collect(), mentioned }, problems)
}

/// Every string of a file's front matter that may hold placeholders.
fn front_strings(file: &ContentFile) -> Vec<Text> {
    let mut texts: Vec<Text> = vec![file.front.title.clone()];
    texts.extend(file.front.description.iter().chain(&file.front.slug).chain(&file.front.aliases).cloned());
    file.front.extra.iter().for_each(|node| strings(node, &mut texts));
    texts
}

fn strings(node: &Node, out: &mut Vec<Text>) {
    match &node.value {
        Value::String(_) => out.extend(Text::of(node)),
        Value::List(list) => list.iter().for_each(|node| strings(node, out)),
        Value::Table(entries) => entries.iter().for_each(|entry| strings(&entry.node, out)),
        _ => {}
    }
}

/// Checks what belongs to no single page. What nothing uses is told only when everything else is in order: a mistake
/// may hide a use. `used` are the files in `assets/` that some page uses, `mentioned` is what the texts of one brand do.
pub fn site(
    sources: &Sources,
    used: &BTreeSet<SourcePath>,
    mentioned: &BTreeMap<Arc<str>, Mentioned>,
    is_in_order: bool,
) -> Vec<Diagnostic> {
    let mut ids = Used::default();
    ids.collect(sources, mentioned);
    let key = KeyMaker::new("checks").key(ids.key()).key(sources.keys.messages()).key(sources.keys.assets);
    let key = key.key(sources.keys.site).number(u64::from(is_in_order)).make();
    let found = sources.kept.checks.get_or(sources.kept.round(), key, || {
        let mut problems = sidecars(sources, &mut ids);
        problems.extend(messages::references(sources));
        problems.extend(messages::translations(sources, &ids));
        if is_in_order && problems.iter().all(|problem| problem.severity() == Severity::Warning) {
            problems.extend(ids.unused_messages(sources));
        }
        problems.into()
    });
    let mut problems = found.to_vec();
    problems.extend(stray_pages(sources));
    // a part of the editions says nothing about what the others use
    let is_whole = sources.options.brands.is_empty() && sources.options.locales.is_empty();
    if is_in_order && is_whole && problems.iter().all(|problem| problem.severity() == Severity::Warning) {
        problems.extend(unused_assets(sources, used));
    }
    problems
}

/// The ids and files that something uses.
#[derive(Default)]
pub struct Used {
    messages: BTreeSet<String>,
    /// The ids that exist.
    known: BTreeSet<String>,
}

/// What texts may use: ids of messages, and texts that may be made into one.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Mentioned {
    messages: BTreeSet<String>,
    strings: BTreeSet<String>,
}

fn add(all: &mut BTreeSet<String>, text: &str) {
    if !all.contains(text) {
        all.insert(text.to_owned());
    }
}

impl Mentioned {
    /// With what a text may use.
    fn take(&mut self, text: &str) {
        if tags::has_tags(text) {
            self.extend(&tags::mentions(text));
        }
    }

    fn extend(&mut self, mentions: &Mentions<'_>) {
        mentions.messages.iter().for_each(|(id, _)| add(&mut self.messages, id));
        mentions.strings.iter().for_each(|text| add(&mut self.strings, text));
    }

    /// By the texts that only this brand has.
    pub fn by(sources: &Sources, brand: &Arc<str>) -> Self {
        let mut all = Self::default();
        for index in sources.texts.only_of(brand) {
            let own = &sources.texts.spoken[*index].0.mentioned;
            own.messages.iter().for_each(|id| add(&mut all.messages, id));
            own.strings.iter().for_each(|text| add(&mut all.strings, text));
        }
        all
    }
}

/// Interface strings that the program itself asks for.
const ASKED: &[&str] = &[
    "alert-",
    "close",
    "email-subject",
    "email-subject-step",
    "enlarge",
    "footnote-",
    "footnotes-title",
    "guides-title",
    "introduction",
    "language-name",
    "languages-title",
    "not-found-",
    "option-number",
    "recommended",
    "step-of-total",
    "table-label",
    "task-",
];

impl Used {
    fn collect(&mut self, sources: &Sources, of_brands: &BTreeMap<Arc<str>, Mentioned>) {
        self.known = sources.fluent.iter().flat_map(|file| &file.entries).map(|entry| entry.id.clone()).collect();
        self.messages.extend(ASKED.iter().map(|id| (*id).to_owned()));
        let is_left = |brand: Option<&Arc<str>>| brand.is_none_or(|id| !of_brands.contains_key(id));
        let others = sources.texts.by_brand().filter(|(brand, _)| is_left(*brand));
        of_brands.values().for_each(|mentioned| self.take(mentioned));
        let others = others.flat_map(|(_, files)| files).map(|index| &sources.texts.spoken[*index].0.mentioned);
        others.for_each(|mentioned| self.take(mentioned));
        for (path, file) in sources.snapshot.under("themes") {
            if let (File::Text(text), Some(key)) = (file, sources.snapshot.key(path)) {
                let mentioned = sources.kept.mentions.get_or(sources.kept.round(), key, || {
                    let mut mentioned = Mentioned::default();
                    mentioned.take(text);
                    Arc::new(mentioned)
                });
                self.take(&mentioned);
            }
        }
        for (id, _) in sources.fluent.iter().flat_map(|file| &file.entries).flat_map(|entry| &entry.references) {
            self.ask(id);
        }
    }

    /// Counts an id as used; for one that doesn't exist, the one that was probably meant.
    fn ask(&mut self, id: &str) {
        if self.messages.contains(id) {
            return;
        }
        if !self.known.contains(id)
            && let Some(near) = nearest(id, self.known.iter().map(String::as_str))
        {
            self.messages.insert(near.to_owned());
        }
        self.messages.insert(id.to_owned());
    }

    fn take(&mut self, mentioned: &Mentioned) {
        mentioned.messages.iter().for_each(|id| self.ask(id));
        for text in &mentioned.strings {
            if !self.messages.contains(text) {
                self.messages.insert(text.clone());
            }
        }
    }

    fn key(&self) -> Key {
        let key = self.known.iter().fold(KeyMaker::new("used"), |key, id| key.text(id)).number(0);
        self.messages.iter().fold(key, |key, id| key.text(id)).make()
    }

    /// An id that ends in `-` stands for all that begin with it: `t(id="device-" ~ page.device)`.
    pub fn has(&self, id: &str) -> bool {
        self.messages.contains(id)
            || self.messages.iter().any(|used| used.ends_with('-') && id.starts_with(used.as_str()))
    }

    fn unused_messages(&self, sources: &Sources) -> Vec<Diagnostic> {
        let source = &sources.site.source_locale().id;
        let in_source: BTreeSet<&str> = sources
            .fluent
            .iter()
            .filter(|file| file.locale == *source)
            .flat_map(|file| file.entries.iter().map(|entry| entry.id.as_str()))
            .collect();
        let mut problems = Vec::new();
        if sources.fluent_is_partial {
            return problems;
        }
        for file in sources.fluent.iter().filter(|file| !file.is_base) {
            for entry in file.entries.iter().filter(|entry| !self.has(&entry.id)) {
                // one mistake, one message: the source locale's, or a translation's of nothing
                if file.locale == *source || !in_source.contains(entry.id.as_str()) {
                    problems.push(
                        Diagnostic::new(
                            Code::MessageUnused,
                            Place::new(&file.path, entry.span.clone()),
                            format!("nothing uses \"{}\"", entry.id),
                        )
                        .help(if entry.id.starts_with('-') {
                            format!("take it out, in every locale, or use it in a message: {{ {} }}", entry.id)
                        } else {
                            format!("take it out, in every locale, or use it: {{{{ t(id=\"{}\") }}}}", entry.id)
                        }),
                    );
                }
            }
        }
        problems
    }
}

/// Mistakes in sidecars, and the messages that their marks use: each brand that may see a mark needs its text.
fn sidecars(sources: &Sources, used: &mut Used) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let source = sources.site.source_locale();
    if sources.snapshot.lost().any(|path| path.as_str().ends_with(".yaml")) {
        used.messages.extend(used.known.iter().cloned());
    }
    let of_brand =
        |brand: &Brand| (brand.id.clone(), defined(&sources.fluent_for(&brand.id), &brand.id, source, source));
    let has_marks = sources.pictures.sidecars().values().any(|(sidecar, _)| !sidecar.marks.is_empty());
    let known: Vec<_> = sources.site.brands.iter().filter(|_| has_marks).map(of_brand).collect();
    for (path, (sidecar, found)) in sources.pictures.sidecars() {
        if !found.is_empty() {
            // what a mistake hides isn't unused
            let text = sources.snapshot.text(path).map_or("", |text| text);
            let hidden: Vec<String> = used.known.iter().filter(|id| text.contains(id.as_str())).cloned().collect();
            used.messages.extend(hidden);
        }
        problems.extend(found.iter().cloned());
        let own = crate::model::variant::VariantName::parse(path.file_name(), |_| false).brand;
        for mark in &sidecar.marks {
            let id = mark.text.value.as_str();
            let is_lost = sources.fluent_is_partial || sources.fluent.iter().any(|file| file.lost.contains(id));
            for (_, known) in known.iter().filter(|(brand, _)| own.as_ref().is_none_or(|own| own == brand)) {
                let message = match known.get(id) {
                    None if is_lost => continue,
                    None => no_message(id, known.keys().copied(), &source.id),
                    Some(file) => match file.entries.iter().find(|entry| entry.id == id) {
                        Some(Entry { arguments, .. }) if !arguments.is_empty() => needs_argument(id, arguments),
                        _ => continue,
                    },
                };
                let (code, message, help) = message;
                problems.push(Diagnostic::new(code, Place::new(path, mark.text.span.clone()), message).help(help));
            }
            used.ask(id);
        }
    }
    problems
}

fn no_message<'k>(id: &str, known: impl Iterator<Item = &'k str>, source: &str) -> (Code, String, String) {
    let help = match nearest(id, known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write it in a file of locales/{source}/"),
    };
    (Code::MessageMissing, format!("no message \"{id}\""), help)
}

fn needs_argument(id: &str, arguments: &BTreeSet<String>) -> (Code, String, String) {
    let argument = arguments.first().map_or("", |argument| argument);
    (
        Code::MessageInvalid,
        format!("the message \"{id}\" needs the argument \"{argument}\""),
        "give marks a message that stands without arguments".to_owned(),
    )
}

/// A page that is too heavy in several languages is one mistake, told in the source locale's file if it is so there.
pub fn tell_heavy_once(sources: &Sources, problems: &mut Vec<Diagnostic>) {
    // by its text, or by its first picture
    let key = |problem: &Diagnostic| (problem.place.span.is_empty(), problem.place.file.clone());
    let heavy = |problem: &&Diagnostic| problem.code == Code::PageHeavy;
    let told: BTreeSet<_> = problems.iter().filter(heavy).map(key).collect();
    if told.is_empty() {
        return;
    }
    // a frame that is too heavy by itself is one mistake, whatever pages it is around
    let mut frames = BTreeSet::new();
    let original = |path: &SourcePath| texts::original(path, &sources.site);
    let is_page = |path: &SourcePath| path.as_str().starts_with("content/") || path.as_str().starts_with("assets/");
    problems.retain_mut(|problem| {
        let (is_text, file) = key(problem);
        if problem.code == Code::PageHeavy && !is_page(&file) {
            (problem.brand, problem.locale) = (None, None);
            return frames.insert(file);
        }
        problem.code != Code::PageHeavy || original(&file).is_none_or(|original| !told.contains(&(is_text, original)))
    });
}

/// Pages that stand in no guide's folder: no reader would ever see them.
fn stray_pages(sources: &Sources) -> Vec<Diagnostic> {
    let is_page = |path: &SourcePath| {
        let name = VariantName::parse(path.file_name(), |part| sources.site.has_locale(part));
        &*name.extension == "md" && name.locale.is_some()
    };
    let in_guide = |path: &SourcePath| path.as_str().split('/').count() == 3;
    let stray = sources.snapshot.under("content").filter(|(path, _)| !in_guide(path) && is_page(path));
    stray
        .map(|(path, _)| {
            let guide = path.as_str().split('/').nth(1).filter(|guide| !guide.ends_with(".md")).unwrap_or("…");
            Diagnostic::new(Code::AssetUnused, Place::start_of(path), format!("\"{path}\" stands in no guide"))
                .help(format!("move it into a guide's own folder: content/{guide}/{}", path.file_name()))
        })
        .collect()
}

/// Files that no page shows, in the folders that pages show something of, and in those of guides. What else stands in
/// assets/, such as what screens are made from, is the author's affair.
fn unused_assets(sources: &Sources, used: &BTreeSet<SourcePath>) -> Vec<Diagnostic> {
    let folder = |path: &SourcePath| path.as_str().split('/').nth(1).unwrap_or_default().to_owned();
    let mut folders: BTreeSet<String> = sources.texts.names.guides().map(str::to_owned).collect();
    folders.extend(used.iter().filter(|path| path.as_str().starts_with("assets/")).map(folder));
    let mut problems = Vec::new();
    for (path, _) in sources.snapshot.under("assets") {
        if folders.contains(&folder(path)) && !used.contains(path) && !sources.assets.is_lost(path) {
            problems.push(
                Diagnostic::new(Code::AssetUnused, Place::start_of(path), format!("nothing uses \"{path}\""))
                    .help("show it in a text, or take it out of assets/"),
            );
        }
    }
    problems
}
