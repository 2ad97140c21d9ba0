//! A new brand: its theme, and what the site's texts expect every brand to have, so that it builds at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::facts::placeholders;
use super::name::Name;
use super::{Ground, NewFile, Plan, Refusal, settings};
use crate::model::variant::VariantName;
use crate::parse::fluent;
use crate::path::SourcePath;
use crate::screen;

/// A new brand at the end of site.toml, with a theme of its own.
pub fn brand(ground: &Ground<'_>, typed: &str) -> Result<Plan, Refusal> {
    let name = Name::new(typed)?;
    let id = name.slug.as_str();
    if !id.is_ascii() || id == "base" {
        return Err(Refusal::new(format!(
            "\"{id}\" can't be a brand's id: use letters from a to z, digits and hyphens"
        )));
    }
    if let Some(own) = ground.site.brands.iter().find(|own| own.id.eq_ignore_ascii_case(id)) {
        return Err(Refusal::new(format!(
            "there is a brand \"{0}\" already: its theme is themes/{0}/theme.toml",
            own.id
        )));
    }
    let settings = settings::with_brand(&ground.settings, id)?;
    let brands = ground.site.brands.iter();
    let theme_of = |id: &str| ground.snapshot.text(&SourcePath::new(format!("themes/{id}/theme.toml")));
    let themes: Vec<&str> = brands.filter_map(|brand| theme_of(&brand.id)).map(|text| &**text).collect();
    let asked = placeholders(&themes);
    let theme = include_str!("templates/theme.toml")
        .replace("@SCHEMA@", &ground.schema_line(2, "theme"))
        .replace("@NAME@", &name.quoted())
        .replace("@SUPPORT@", &asked.support)
        .replace("@FACTS@", &asked.facts);
    let mut plan = Plan { settings: Some(settings), ..Plan::default() };
    plan.files.push(NewFile::new(format!("themes/{id}/theme.toml"), theme));
    if !asked.keys.is_empty() {
        plan.notes.push(format!("Put its own values into themes/{id}/theme.toml: {}.", asked.keys.join(", ")));
    }
    let messages = messages(ground, &name);
    if !messages.is_empty() {
        let model = &ground.site.brands[0].name;
        plan.notes
            .push(format!("The messages in locales/ are {model}'s: read them, they name the brand in a sentence."));
    }
    plan.files.extend(messages);
    let screens = screens(ground, id);
    if !screens.is_empty() {
        plan.notes.push("The screens that every brand has of its own are grey: put its own in their place.".to_owned());
    }
    plan.files.extend(screens);
    plan.next = vec!["etape serve --open".to_owned(), "etape check".to_owned()];
    Ok(plan)
}

/// Files of messages that every brand has of its own, with the first brand's words and the new one's name.
fn messages(ground: &Ground<'_>, name: &Name) -> Vec<NewFile> {
    let Some(model) = ground.site.brands.first() else { return Vec::new() };
    let is_locale = |part: &str| ground.site.has_locale(part);
    type Files<'s> = Vec<(&'s SourcePath, VariantName, &'s Arc<str>)>;
    let mut by_locale: BTreeMap<&str, Files<'_>> = BTreeMap::new();
    for (path, _) in ground.snapshot.under("locales") {
        let Some(text) = ground.snapshot.text(path) else { continue };
        let variant = VariantName::parse(path.file_name(), is_locale);
        let locale = path.folder().strip_prefix("locales/").unwrap_or_default();
        by_locale.entry(locale).or_default().push((path, variant, text));
    }
    let mut made = Vec::new();
    for (locale, files) in by_locale {
        let ids = |brand: Option<&str>| -> BTreeSet<String> {
            let own = files.iter().filter(|(_, variant, _)| variant.brand.as_deref() == brand);
            own.flat_map(|(path, _, text)| fluent::parse(path, locale, None, false, text).0.entries)
                .map(|entry| entry.id)
                .collect()
        };
        let shared = ids(None);
        let of_all: Vec<BTreeSet<String>> = ground.site.brands.iter().map(|brand| ids(Some(&brand.id))).collect();
        for (path, variant, text) in &files {
            let own = fluent::parse(path, locale, None, false, text).0.entries;
            let is_asked = |id: &String| !shared.contains(id) && of_all.iter().all(|ids| ids.contains(id));
            if variant.brand.as_deref() == Some(&*model.id) && own.iter().any(|entry| is_asked(&entry.id)) {
                let path = format!("{}/{}@{}.ftl", path.folder(), variant.stem, name.slug);
                made.push(NewFile::new(path, text.replace(model.name.as_str(), &name.title)));
            }
        }
    }
    made
}

/// Screens that every brand has of its own and that have no form for all: a grey one of the same size for each.
fn screens(ground: &Ground<'_>, id: &str) -> Vec<NewFile> {
    type Variants<'p> = Vec<(&'p SourcePath, VariantName)>;
    let mut groups: BTreeMap<(String, Arc<str>, Arc<str>), Variants<'_>> = BTreeMap::new();
    for (path, _) in ground.snapshot.under("assets") {
        let variant = VariantName::parse(path.file_name(), |part| ground.site.has_locale(part));
        let group = (path.folder().to_owned(), variant.stem.clone(), variant.extension.clone());
        groups.entry(group).or_default().push((path, variant));
    }
    let fits = |files: &Variants<'_>, brand: &str| {
        ground.site.locales.iter().all(|locale| files.iter().any(|(_, file)| file.fit(brand, &locale.id).is_some()))
    };
    let Some(model) = ground.site.brands.first() else { return Vec::new() };
    let mut made = Vec::new();
    for ((folder, stem, extension), files) in &groups {
        if !screen::is_picture(&format!("x.{extension}"))
            || fits(files, id)
            || !ground.site.brands.iter().all(|brand| fits(files, &brand.id))
        {
            continue;
        }
        let source = &ground.site.source_locale().id;
        let best = files.iter().max_by_key(|(_, file)| file.fit(&model.id, source));
        let picture = best.and_then(|(path, _)| {
            let name = path.file_name();
            let size = screen::measure(name, &ground.snapshot.bytes(path).ok()?).ok()??;
            screen::blank(name, size)
        });
        if let Some(picture) = picture {
            made.push(NewFile::new(format!("{folder}/{stem}@{id}.{extension}"), picture));
        }
    }
    made
}
