//! What can be said about Fluent files together: references, circles, translations that lack or differ.
//!
//! Not here: the syntax of one file (`parse::fluent`), and messages that nothing uses (`checks`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::checks::Used;
use super::sources::Sources;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::parse::fluent::{Entry, FluentFile};
use crate::path::SourcePath;

/// What is wrong in Fluent files beyond their syntax: references to what doesn't exist, unknown functions, circles.
pub fn references(sources: &Sources) -> Vec<Diagnostic> {
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

/// The messages of some files by id, each with its file.
type Entries<'e> = BTreeMap<&'e str, (&'e FluentFile, &'e Entry)>;

/// Messages that a locale lacks, or has with other arguments than the source locale.
pub fn translations(sources: &Sources, used: &Used) -> Vec<Diagnostic> {
    let source = sources.site.source_locale();
    let mut problems = Vec::new();
    let mut grouped: BTreeMap<(&str, Option<&str>), Entries<'_>> = BTreeMap::new();
    for file in sources.fluent.iter().filter(|file| !file.is_base) {
        let entries = grouped.entry((&file.locale, file.brand.as_deref())).or_default();
        entries.extend(file.entries.iter().map(|entry| (entry.id.as_str(), (&**file, entry))));
    }
    let nothing = BTreeMap::new();
    let of = |locale, brand| grouped.get(&(locale, brand)).unwrap_or(&nothing);
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
            for (id, (file, entry)) in of(&source.id, *brand).iter().map(|(id, both)| (*id, *both)) {
                let translated = own.get(id).or_else(|| shared.get(id));
                match translated {
                    Some(_) => {}
                    // a term may be a matter of one language alone
                    None if id.starts_with('-')
                        || base.contains(&(locale.base(), id))
                        || lost.contains(id)
                        || !used.has(id) => {}
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
    for ((_, brand), entries) in grouped.iter().filter(|((locale, _), _)| **locale != *source.id) {
        for (id, (file, entry)) in entries {
            let original = of(&source.id, *brand).get(id);
            let shared = of(&source.id, None).get(id).filter(|_| original.is_none());
            if let Some((_, original)) = original.filter(|(_, original)| original.arguments != entry.arguments) {
                problems.push(differs(file, entry, original, &source.id));
            }
            // a brand's own wording may do without an argument, but not ask for more
            if let Some((_, shared)) = shared.filter(|(_, shared)| !entry.arguments.is_subset(&shared.arguments)) {
                problems.push(differs(file, entry, shared, &source.id));
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
fn interface(sources: &Sources, locale: &str, language: &str) -> Option<Diagnostic> {
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
