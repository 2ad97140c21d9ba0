//! site.toml and the theme.toml files: raw → validated once, every mistake told, unknown keys refused.
//!
//! Not here: TOML itself (`parse::data`), and other files of a theme (`render`).

mod theme;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::locale::Locale;
use crate::model::site::{Brand, Budget, Site};
use crate::parse::content::diagnostic;
use crate::parse::data::{self, Findings, Problem, Table};
use crate::path::SourcePath;
use crate::source::Snapshot;

/// The name of the file that makes a folder a site.
pub const SITE_FILE: &str = "site.toml";

/// Reads site.toml and the themes of its brands. Without a site that can be worked with there is none.
pub fn load(snapshot: &Snapshot) -> (Option<Site>, Vec<Diagnostic>) {
    let path = SourcePath::new(SITE_FILE);
    let Some(text) = snapshot.text(&path) else {
        // a site.toml that isn't text is a problem of the snapshot already
        return (None, Vec::new());
    };
    let (node, problems) = data::toml(text);
    let mut findings = Findings::new(text, problems);
    let raw = node.as_ref().and_then(|node| {
        let table = Table::of(node, &["title", "locales", "brands", "budget"], &mut findings)?;
        let raw = read(&table, &mut findings);
        table.finish(&mut findings);
        Some(raw)
    });
    let mut problems: Vec<Diagnostic> =
        findings.into_list().into_iter().map(|finding| diagnostic(&path, finding, Code::ConfigInvalid)).collect();
    let is_whole = problems.is_empty();
    let Some(raw) = raw.filter(|raw| !raw.locales.is_empty() && !raw.brands.is_empty()) else {
        return (None, problems);
    };
    let mut site = Site {
        title: raw.title,
        locales: raw.locales,
        brands: Vec::with_capacity(raw.brands.len()),
        places: BTreeMap::new(),
        budget: raw.budget,
    };
    let load = |(id, span, base_url): (String, _, _)| {
        let (theme, found) = theme::load(snapshot, &id, &Place::new(&path, span));
        (id, base_url, theme, found)
    };
    let loaded: Vec<_> = raw.brands.into_par_iter().map(load).collect();
    for (id, base_url, theme, found) in loaded {
        problems.extend(found);
        let id: Arc<str> = id.into();
        site.places.insert(id.clone(), site.brands.len());
        site.brands.push(Brand {
            id,
            base_url,
            name: theme.name,
            logo: theme.logo,
            colors: theme.colors,
            support: theme.support,
            facts: theme.facts,
            is_partial: theme.is_partial,
        });
    }
    // a brand or a locale that can't be read isn't unknown
    if is_whole {
        problems.extend(unlisted_folders(snapshot, &site));
    }
    (Some(site), problems)
}

struct Raw {
    title: String,
    locales: Vec<Locale>,
    brands: Vec<(String, Range<usize>, Option<String>)>,
    budget: Budget,
}

fn read<'n>(table: &Table<'n>, findings: &mut Findings<'n>) -> Raw {
    let title = table.string("title", findings).map_or_else(|| "Guides".to_owned(), |title| title.text.to_owned());
    Raw { title, locales: locales(table, findings), brands: brands(table, findings), budget: budget(table, findings) }
}

fn locales<'n>(table: &Table<'n>, findings: &mut Findings<'n>) -> Vec<Locale> {
    table.require("locales", "write locales = [\"fr\", \"en\"]; the first is the source locale", findings);
    let Some(list) = table.strings("locales", findings) else { return Vec::new() };
    let mut locales: Vec<Locale> = Vec::new();
    let mut is_clear = list.iter().all(|text| is_locale(text.text));
    for text in &list {
        let span = text.node.span.clone();
        match Locale::new(text.text).filter(|_| is_locale(text.text)) {
            None => findings.push(Problem::new(
                format!("\"{}\" is no locale", text.text),
                span,
                "write a language tag, such as \"fr\", \"en\" or \"fr-CA\"",
            )),
            Some(locale) if locales.iter().any(|other| other.id == locale.id) => {
                findings.push(Problem::new(
                    format!("the locale \"{}\" stands twice", locale.id),
                    span,
                    "take one of them out",
                ));
            }
            Some(locale) => {
                if let Some(other) = locales.iter().find(|other| other.id.eq_ignore_ascii_case(&locale.id)) {
                    findings.push(only_in_case("locale", &locale.id, &other.id, span));
                    is_clear = false;
                }
                locales.push(locale);
            }
        }
    }
    if list.is_empty()
        && let Some(entry) = table.entry("locales")
        && matches!(&entry.node.value, data::Value::List(list) if list.is_empty())
    {
        findings.push(Problem::new(
            "`locales` is empty",
            entry.node.span.clone(),
            "write locales = [\"fr\", \"en\"]; the first is the source locale",
        ));
    }
    // with an entry that can't be read, which files are of a listed locale can't be said
    if is_clear { locales } else { Vec::new() }
}

/// Two names for one folder, to many disks and hosts.
fn only_in_case(what: &str, name: &str, other: &str, span: Range<usize>) -> Problem {
    let message = format!("the {what} \"{name}\" differs from \"{other}\" only in capitals");
    Problem::new(message, span, "keep one of the two: many disks and hosts take their folders for one")
}

/// A language tag that can be a folder and a part of file names.
fn is_locale(text: &str) -> bool {
    Locale::new(text).is_some() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn brands<'n>(table: &Table<'n>, findings: &mut Findings<'n>) -> Vec<(String, Range<usize>, Option<String>)> {
    let help = "write a header for each brand: [brands.auvenir]";
    table.require("brands", help, findings);
    let Some(entries) = table.free("brands", findings) else { return Vec::new() };
    if entries.is_empty()
        && let Some(entry) = table.entry("brands")
    {
        findings.push(Problem::new("`brands` is empty", entry.node.span.clone(), help));
    }
    let mut brands = Vec::with_capacity(entries.len());
    let mut folders: HashMap<String, &str> = HashMap::new();
    for entry in entries {
        let id = &entry.key;
        let is_name = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_name || id == "base" {
            let message = if id == "base" {
                "a brand can't be called \"base\"".to_owned()
            } else {
                format!("\"{id}\" can't be a brand's id")
            };
            findings.push(Problem::new(
                message,
                entry.key_span.clone(),
                "use letters, digits and hyphens; themes/base/ is every brand's",
            ));
            continue;
        }
        if let Some(other) = folders.insert(id.to_ascii_lowercase(), id) {
            findings.push(only_in_case("brand", id, other, entry.key_span.clone()));
        }
        let mut base_url = None;
        if let Some(brand) = Table::inside(format!("brands.{id}"), &entry.node, &["base_url"], findings) {
            if let Some(url) = brand.string("base_url", findings) {
                base_url = check_url(&url, findings);
            }
            brand.finish(findings);
        }
        brands.push((id.clone(), entry.key_span.clone(), base_url));
    }
    brands
}

/// An absolute address that ends in `/`.
fn check_url(url: &data::Text<'_>, findings: &mut Findings<'_>) -> Option<String> {
    match normal_url(url.text) {
        Ok(url) => Some(url),
        Err(why) => {
            findings.push(Problem::new(
                format!("`base_url` {why}"),
                url.node.span.clone(),
                "write it whole: \"https://help.example.com/mfa/\"",
            ));
            None
        }
    }
}

/// The address in the form that pages need, or what is wrong with it.
pub fn normal_url(url: &str) -> Result<String, &'static str> {
    let rest =
        url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or("must begin with https://")?;
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err("has no host");
    }
    if url.contains(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '?' | '#' | '{' | '}')
    }) {
        return Err("has a character that an address of a folder can't have");
    }
    Ok(if url.ends_with('/') { url.to_owned() } else { format!("{url}/") })
}

fn budget<'n>(table: &Table<'n>, findings: &mut Findings<'n>) -> Budget {
    let mut budget = Budget { page: 14.0, screens: 60.0, span: 0..0 };
    if let Some(inner) = table.table("budget", &["page", "screens"], findings) {
        budget.span = inner.entry("page").map_or(0..0, |entry| entry.node.span.clone());
        budget.page = inner.positive("page", "a number of kilobytes", findings).unwrap_or(budget.page);
        budget.screens = inner.positive("screens", "a number of kilobytes", findings).unwrap_or(budget.screens);
        inner.finish(findings);
    }
    budget
}

/// Folders of themes and locales that site.toml doesn't list: most often a slip of the fingers.
fn unlisted_folders(snapshot: &Snapshot, site: &Site) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut last = String::new();
    for (path, _) in snapshot.under("themes").chain(snapshot.under("locales")) {
        let mut parts = path.as_str().split('/');
        let (Some(kind), Some(name), Some(_)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let folder = format!("{kind}/{name}");
        let is_known = if kind == "themes" { name == "base" || site.has_brand(name) } else { site.has_locale(name) };
        if is_known || folder == last {
            continue;
        }
        let problem = if kind == "themes" {
            let near = crate::diagnostic::nearest(name, site.brands.iter().map(|brand| &*brand.id));
            let help = near.map_or_else(
                || format!("add [brands.{name}] to site.toml, or take the folder away"),
                |near| format!("did you mean \"{near}\"?"),
            );
            Diagnostic::new(
                Code::BrandUnknown,
                Place::start_of(path),
                format!("no brand \"{name}\" for the folder \"{folder}\""),
            )
            .help(help)
        } else {
            let near = crate::diagnostic::nearest(name, site.locales.iter().map(|locale| &*locale.id));
            let help = near.map_or_else(
                || "add it to locales in site.toml, or take the folder away".to_owned(),
                |near| format!("did you mean \"{near}\"?"),
            );
            Diagnostic::new(
                Code::LocaleUnknown,
                Place::start_of(path),
                format!("no locale \"{name}\" for the folder \"{folder}\""),
            )
            .help(help)
        };
        problems.push(problem);
        last = folder;
    }
    problems
}
