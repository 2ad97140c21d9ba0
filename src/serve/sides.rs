//! What the page with every edition side by side shows: which pages there are, where each edition has them, and how
//! far their translation is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::built::Built;
use crate::diagnostic::Code;
use crate::model::guide::Kind;
use crate::pipeline::{Edition, PageEntry};

/// All of it, as JSON:
///
/// ```json
/// {"pages":[{"key":"mfa/03-code","guide":"mfa","label":"3","title":"Code"}],
///  "editions":[{"brand":"auvenir","brandName":"Auvenir","locale":"fr","localeName":"Français",
///               "pages":{"mfa/03-code":{"href":"/auvenir/fr/mfa/code.html","title":"Code"}}}]}
/// ```
///
/// A page whose text isn't in its edition's language has `"state":"missing"`, one whose source has changed since,
/// `"state":"outdated"`.
pub fn editions(built: &Built) -> String {
    let outdated: BTreeSet<&str> = built
        .problems()
        .iter()
        .filter(|problem| problem.code == Code::TranslationOutdated)
        .map(|problem| problem.place.file.as_str())
        .collect();
    let all = All {
        pages: union(built.editions()),
        editions: built
            .editions()
            .iter()
            .map(|edition| Side {
                brand: &edition.brand,
                brand_name: &edition.brand_name,
                locale: &edition.locale,
                locale_name: &edition.locale_name,
                pages: edition
                    .pages
                    .iter()
                    .map(|page| {
                        let state = match () {
                            () if page.is_fallback => Some("missing"),
                            () if outdated.contains(page.source.as_str()) => Some("outdated"),
                            () => None,
                        };
                        let href = format!("/{}", page.address);
                        (key(page), Place { href, title: &page.title, state })
                    })
                    .collect(),
            })
            .collect(),
    };
    // strings in lists and maps can't fail to become JSON
    serde_json::to_string(&all).unwrap_or_default()
}

#[derive(Serialize)]
struct All<'a> {
    pages: Vec<Entry<'a>>,
    editions: Vec<Side<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    key: String,
    guide: &'a str,
    /// `3`, `6.1`; empty for a page without a number.
    label: String,
    title: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Side<'a> {
    brand: &'a str,
    brand_name: &'a str,
    locale: &'a str,
    locale_name: &'a str,
    pages: BTreeMap<String, Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    href: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

fn key(page: &PageEntry) -> String {
    format!("{}/{}", page.guide, page.key)
}

/// Every page that some edition has, once: in the order of the first edition, and what others have beside it behind
/// the page that stands before it there.
fn union(editions: &[Edition]) -> Vec<Entry<'_>> {
    let mut order: Vec<Entry<'_>> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for edition in editions {
        let mut before: Option<String> = None;
        for page in &edition.pages {
            let key = key(page);
            if known.insert(key.clone()) {
                let at = before.as_ref().and_then(|before| order.iter().position(|entry| entry.key == *before));
                let label = match page.kind {
                    Kind::Step { number } => number.to_string(),
                    Kind::StepOption { step, number } => format!("{step}.{number}"),
                    Kind::Index | Kind::Loose => String::new(),
                };
                let entry = Entry { key: key.clone(), guide: &page.guide, label, title: &page.title };
                order.insert(at.map_or(0, |at| at + 1), entry);
            }
            before = Some(key);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::SourcePath;

    fn edition(brand: &str, pages: &[(&str, Kind)]) -> Edition {
        let page = |(key, kind): &(&str, Kind)| PageEntry {
            guide: "mfa".into(),
            key: (*key).into(),
            kind: *kind,
            title: (*key).to_owned(),
            address: format!("{brand}/fr/mfa/{key}.html"),
            source: SourcePath::new(format!("content/mfa/{key}.fr.md")),
            is_fallback: false,
        };
        Edition {
            brand: brand.into(),
            brand_name: brand.to_owned(),
            locale: "fr".into(),
            locale_name: "Français".to_owned(),
            pages: pages.iter().map(page).collect(),
        }
    }

    #[test]
    fn pages_of_one_brand_stand_where_it_has_them() {
        let step = |number| Kind::Step { number };
        let editions = [
            edition("a", &[("index", Kind::Index), ("01-x", step(1)), ("03-z", step(2)), ("support", Kind::Loose)]),
            edition("b", &[("index", Kind::Index), ("00-own", step(1)), ("01-x", step(2)), ("02-y", step(3))]),
            edition("c", &[("01-x", step(1)), ("01.1-o", Kind::StepOption { step: 1, number: 1 })]),
        ];
        let all: Vec<_> = union(&editions).into_iter().map(|entry| (entry.key, entry.label)).collect();
        let expected = [
            ("mfa/index", ""),
            ("mfa/00-own", "1"),
            ("mfa/01-x", "1"),
            ("mfa/01.1-o", "1.1"),
            ("mfa/02-y", "3"),
            ("mfa/03-z", "2"),
            ("mfa/support", ""),
        ];
        assert_eq!(all, expected.map(|(key, label)| (key.to_owned(), label.to_owned())));
    }
}
