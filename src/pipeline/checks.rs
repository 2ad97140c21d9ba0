//! What can be said about a site's files before and beside its pages: names in placeholders, messages, sidecars,
//! files that nothing uses.
//!
//! Not here: problems of one page's text, which its edition finds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::PoisonError;

use super::Sources;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::parse::content::{ContentFile, Text};
use crate::parse::data::{Node, Value};
use crate::parse::fluent::{Entry, FluentFile};
use crate::parse::{sidecar, tags};
use crate::path::SourcePath;
use crate::resolve::messages;
use crate::resolve::names::Vocabulary;
use crate::source::File;

/// Checks the names in a file's placeholders; gives the bad tags of its body too.
pub fn names(file: &ContentFile, vocabulary: &Vocabulary, drafts: bool) -> (Vec<Range<usize>>, Vec<Diagnostic>) {
    if file.front.draft && !drafts {
        return (Vec::new(), Vec::new());
    }
    let mut problems = Vec::new();
    for text in front_strings(file) {
        for bad in vocabulary.check(&text.value) {
            let place = Place::new(&file.path, text.place(&file.text, bad.span));
            problems.push(Diagnostic::new(bad.code, place, bad.message).maybe_help(bad.help));
        }
    }
    let bad = vocabulary.check(file.body());
    for bad in &bad {
        let place = Place::new(&file.path, bad.span.start + file.body_start..bad.span.end + file.body_start);
        problems.push(Diagnostic::new(bad.code, place, bad.message.clone()).maybe_help(bad.help.clone()));
    }
    (bad.into_iter().map(|bad| bad.span).collect(), problems)
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

/// Checks what belongs to no single page.
pub fn site(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let mut problems = references(sources);
    problems.extend(translations(sources));
    let mut used = Used::default();
    used.collect(sources);
    problems.extend(sidecars(sources, &mut used));
    problems.extend(used.unused_messages(sources));
    // a part of the editions says nothing about what the others use
    if sources.options.brands.is_empty() && sources.options.locales.is_empty() {
        problems.extend(unused_assets(sources));
    }
    problems
}

/// What is wrong in Fluent files beyond their syntax: references to what doesn't exist, unknown functions, circles.
fn references(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let mut shared: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    let mut of_brands: BTreeMap<&str, BTreeMap<&str, Vec<&Entry>>> = BTreeMap::new();
    let mut lost: BTreeSet<&str> = BTreeSet::new();
    for file in &sources.fluent {
        let entries = match file.brand.as_deref() {
            None => &mut shared,
            Some(brand) => of_brands.entry(brand).or_default(),
        };
        for entry in &file.entries {
            entries.entry(&entry.id).or_default().push(entry);
        }
        lost.extend(file.lost.iter().map(String::as_str));
    }
    let has = |brand: &str, id: &str| of_brands.get(brand).is_some_and(|entries| entries.contains_key(id));
    let mut problems = Vec::new();
    for file in &sources.fluent {
        let mut tell = |code, span: &Range<usize>, message: String, help: String| {
            problems.push(Diagnostic::new(code, Place::new(&file.path, span.clone()), message).help(help));
        };
        for entry in &file.entries {
            for (id, span) in &entry.references {
                let kind = if id.starts_with('-') { "term" } else { "message" };
                let lacking: Vec<&str> = match file.brand.as_deref() {
                    _ if sources.fluent_is_partial
                        || lost.contains(id.as_str())
                        || shared.contains_key(id.as_str()) =>
                    {
                        Vec::new()
                    }
                    Some(brand) => Some(brand).filter(|brand| !has(brand, id)).into_iter().collect(),
                    None => {
                        sources.site.brands.iter().map(|brand| &*brand.id).filter(|brand| !has(brand, id)).collect()
                    }
                };
                if lacking.is_empty() {
                    continue;
                }
                let somewhere = of_brands.values().any(|entries| entries.contains_key(id.as_str()));
                let known = shared.keys().copied().chain(of_brands.values().flat_map(BTreeMap::keys).copied());
                let help = match nearest(id, known) {
                    _ if somewhere => format!("write it for {} too, or in a file without @brand", lacking.join(", ")),
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("write the {kind} in a file of locales/{}/", file.locale),
                };
                let message = if somewhere {
                    format!("not every brand has the {kind} \"{id}\"")
                } else {
                    format!("no {kind} \"{id}\"")
                };
                tell(Code::MessageMissing, span, message, help);
            }
            for (id, attribute, span) in &entry.attribute_references {
                let all = shared
                    .get(id.as_str())
                    .into_iter()
                    .chain(of_brands.values().filter_map(|entries| entries.get(id.as_str())));
                let owners: Vec<&&Entry> = all.flatten().collect();
                if !owners.is_empty() && owners.iter().all(|owner| !owner.attributes.contains(attribute)) {
                    let attributes = owners.iter().flat_map(|owner| owner.attributes.iter().map(String::as_str));
                    let help = nearest(attribute, attributes).map_or_else(
                        || format!("write .{attribute} = … under it, or take the attribute away"),
                        |near| format!("did you mean \".{near}\"?"),
                    );
                    tell(Code::MessageInvalid, span, format!("\"{id}\" has no attribute \"{attribute}\""), help);
                }
            }
            for (function, span) in entry.functions.iter().filter(|(name, _)| name != "NUMBER") {
                let help = nearest(function, ["NUMBER"])
                    .map_or_else(|| "there is NUMBER".to_owned(), |near| format!("did you mean \"{near}\"?"));
                tell(Code::MessageInvalid, span, format!("no function \"{function}\""), help);
            }
        }
        let own: BTreeMap<&str, &Entry> = file.entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
        for (ids, span) in circles(&own) {
            let message = format!(
                "\"{}\" refers to itself{}",
                ids[0],
                if ids.len() > 1 { format!(" through \"{}\"", ids[1..].join("\", \"")) } else { String::new() }
            );
            tell(Code::MessageInvalid, &span, message, "break the circle: write one of them out".to_owned());
        }
    }
    problems
}

/// Circles of references within a file, each told once, at the reference of its first message.
fn circles<'e>(entries: &BTreeMap<&'e str, &'e Entry>) -> Vec<(Vec<&'e str>, Range<usize>)> {
    let mut found: Vec<(Vec<&str>, Range<usize>)> = Vec::new();
    for (start, entry) in entries {
        if found.iter().any(|(ids, _)| ids.contains(start)) {
            continue;
        }
        // the shortest way back, breadth first
        let mut ways: Vec<(&str, Vec<&str>, Range<usize>)> =
            entry.references.iter().map(|(id, span)| (id.as_str(), vec![*start], span.clone())).collect();
        let mut seen = BTreeSet::new();
        while let Some((id, way, span)) = (!ways.is_empty()).then(|| ways.remove(0)) {
            if id == *start {
                found.push((way, span));
                break;
            }
            if let Some((id, next)) = entries.get_key_value(id)
                && seen.insert(*id)
            {
                let way: Vec<&str> = way.iter().copied().chain([*id]).collect();
                ways.extend(next.references.iter().map(|(next, _)| (next.as_str(), way.clone(), span.clone())));
            }
        }
    }
    found
}

/// Messages that a locale lacks, or has with other arguments than the source locale.
fn translations(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let source = sources.site.source_locale();
    let mut problems = Vec::new();
    let of = |locale: &str, brand: Option<&str>| {
        let files = sources
            .fluent
            .iter()
            .filter(move |file| !file.is_base && *file.locale == *locale && file.brand.as_deref() == brand);
        files
            .flat_map(|file| file.entries.iter().map(move |entry| (entry.id.as_str(), (file, entry))))
            .collect::<BTreeMap<_, _>>()
    };
    let brands: BTreeSet<Option<&str>> = sources.fluent.iter().map(|file| file.brand.as_deref()).collect();
    let base: BTreeSet<(&str, &str)> = sources
        .fluent
        .iter()
        .filter(|file| file.is_base)
        .flat_map(|file| file.entries.iter().map(|entry| (&*file.locale, entry.id.as_str())))
        .collect();
    let lost: BTreeSet<&str> = sources.fluent.iter().flat_map(|file| file.lost.iter().map(String::as_str)).collect();
    if sources.fluent_is_partial {
        return problems;
    }
    for locale in sources.site.locales.iter().filter(|locale| locale.id != source.id) {
        let shared = of(&locale.id, None);
        for brand in &brands {
            let own = of(&locale.id, *brand);
            for (id, (file, entry)) in of(&source.id, *brand) {
                let translated = own.get(id).or_else(|| shared.get(id));
                match translated {
                    Some((other, translation)) if translation.arguments != entry.arguments => {
                        problems.push(differs(other, translation, entry, &source.id));
                    }
                    Some(_) => {}
                    // a term may be a matter of one language alone
                    None if id.starts_with('-') || base.contains(&(locale.base(), id)) || lost.contains(id) => {}
                    None => problems.push(
                        Diagnostic::new(
                            Code::TranslationMissing,
                            Place::new(&file.path, entry.span.clone()),
                            format!("the message \"{id}\" isn't translated into \"{}\"", locale.id),
                        )
                        .help(format!(
                            "write it in locales/{}/{}",
                            locale.id,
                            file.path.file_name()
                        )),
                    ),
                }
            }
        }
    }
    problems.extend(sources.site.locales.iter().filter_map(|locale| interface(sources, &locale.id, locale.base())));
    problems
}

fn differs(file: &FluentFile, translation: &Entry, original: &Entry, source: &str) -> Diagnostic {
    let list = |entry: &Entry| match entry.arguments.len() {
        0 => "no arguments".to_owned(),
        _ => entry.arguments.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", "),
    };
    Diagnostic::new(
        Code::MessageDiffers,
        Place::new(&file.path, translation.span.clone()),
        format!(
            "the message \"{}\" takes {} here, but {} in \"{source}\"",
            translation.id,
            list(translation),
            list(original)
        ),
    )
    .help("use the same arguments in both")
}

/// The interface's strings that a locale lacks, in one message: a new locale lacks them all.
fn interface(sources: &Sources<'_>, locale: &str, language: &str) -> Option<Diagnostic> {
    let has = |id: &str| {
        sources.fluent.iter().any(|file| {
            (*file.locale == *locale || (file.is_base && *file.locale == *language))
                && file.entries.iter().any(|entry| entry.id == id)
        })
    };
    let strings =
        sources.fluent.iter().filter(|file| file.is_base && &*file.locale == "en").flat_map(|file| &file.entries);
    let missing: Vec<&str> = strings.map(|entry| entry.id.as_str()).filter(|id| !has(id)).collect();
    let first = missing.first()?;
    Some(
        Diagnostic::new(
            Code::TranslationMissing,
            Place::start_of(&SourcePath::new(crate::config::SITE_FILE)),
            format!("the locale \"{locale}\" lacks {} strings of the interface, such as \"{first}\"", missing.len()),
        )
        .help(format!("write them in locales/{locale}/interface.ftl")),
    )
}

/// The ids and files that something uses.
#[derive(Default)]
struct Used {
    messages: BTreeSet<String>,
    /// The ids that exist.
    known: BTreeSet<String>,
}

/// Interface strings that the program itself asks for.
const ASKED: &[&str] = &[
    "alert-",
    "email-subject",
    "email-subject-step",
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
    fn collect(&mut self, sources: &Sources<'_>) {
        self.known = sources.fluent.iter().flat_map(|file| &file.entries).map(|entry| entry.id.clone()).collect();
        self.messages.extend(ASKED.iter().map(|id| (*id).to_owned()));
        for file in &sources.content {
            self.read(file.body());
            front_strings(file).iter().for_each(|text| self.read(&text.value));
        }
        for (_, file) in sources.snapshot.under("themes") {
            if let File::Text(text) = file {
                self.read(text);
            }
        }
        for (id, _) in sources.fluent.iter().flat_map(|file| &file.entries).flat_map(|entry| &entry.references) {
            self.ask(id);
        }
    }

    /// Counts an id as used; for one that doesn't exist, the one that was probably meant.
    fn ask(&mut self, id: &str) {
        if !self.known.contains(id)
            && let Some(near) = nearest(id, self.known.iter().map(String::as_str))
        {
            self.messages.insert(near.to_owned());
        }
        self.messages.insert(id.to_owned());
    }

    fn read(&mut self, text: &str) {
        if tags::has_tags(text) {
            let mentions = tags::mentions(text);
            mentions.messages.iter().for_each(|(id, _)| self.ask(id));
            self.messages.extend(mentions.strings.into_iter().map(str::to_owned));
        }
    }

    /// An id that ends in `-` stands for all that begin with it: `t(id="device-" ~ page.device)`.
    fn has(&self, id: &str) -> bool {
        self.messages.contains(id)
            || self.messages.iter().any(|used| used.ends_with('-') && id.starts_with(used.as_str()))
    }

    fn unused_messages(&self, sources: &Sources<'_>) -> Vec<Diagnostic> {
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
                        .help("take it out, in every locale, or use it: {{ t(id=\"…\") }}"),
                    );
                }
            }
        }
        problems
    }
}

/// Mistakes in sidecars, and the messages that their marks use.
fn sidecars(sources: &Sources<'_>, used: &mut Used) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let source = sources.site.source_locale();
    if sources.snapshot.lost().any(|path| path.as_str().ends_with(".yaml")) {
        used.messages.extend(used.known.iter().cloned());
    }
    for (path, file) in sources.snapshot.under("assets") {
        let File::Text(text) = file else { continue };
        if !path.file_name().ends_with(".yaml") {
            continue;
        }
        let (sidecar, found) = sidecar::parse(path, text);
        if !found.is_empty() {
            // what a mistake hides isn't unused
            let hidden: Vec<String> = used.known.iter().filter(|id| text.contains(id.as_str())).cloned().collect();
            used.messages.extend(hidden);
        }
        problems.extend(found);
        let brand = crate::model::variant::VariantName::parse(path.file_name(), |_| false).brand;
        let brand =
            brand.as_deref().or_else(|| sources.site.brands.first().map(|brand| &*brand.id)).unwrap_or_default();
        let known = messages::defined(&sources.fluent, brand, source, source);
        for mark in sidecar.marks {
            if !known.contains_key(mark.text.value.as_str()) && !sources.fluent_is_partial {
                let help = nearest(&mark.text.value, known.keys().copied()).map_or_else(
                    || format!("write it in a file of locales/{}/", source.id),
                    |near| format!("did you mean \"{near}\"?"),
                );
                problems.push(
                    Diagnostic::new(
                        Code::MessageMissing,
                        Place::new(path, mark.text.span.clone()),
                        format!("no message \"{}\"", mark.text.value),
                    )
                    .help(help),
                );
            }
            used.ask(&mark.text.value);
        }
    }
    problems
}

/// Files beside a guide's screens that no page shows.
fn unused_assets(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let used = sources.used.lock().unwrap_or_else(PoisonError::into_inner);
    let guides: BTreeSet<&str> = sources.content.iter().map(|file| &*file.guide).collect();
    let mut problems = Vec::new();
    for (path, _) in sources.snapshot.under("assets") {
        let guide = path.as_str().trim_start_matches("assets/").split('/').next().unwrap_or_default();
        if guides.contains(guide) && !used.contains(path) && !sources.assets.is_lost(path) {
            problems.push(
                Diagnostic::new(Code::AssetUnused, Place::start_of(path), format!("nothing uses \"{path}\""))
                    .help("show it in a text, or take it out of assets/"),
            );
        }
    }
    problems
}
