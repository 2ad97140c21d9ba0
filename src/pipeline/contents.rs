//! What stands where: every edition's pages with their addresses, for tools that show a site as a whole.
//!
//! Not here: the texts of pages.

use std::sync::Arc;

use super::brand::Plan;
use super::sources::Sources;
use crate::model::guide::Kind;
use crate::path::SourcePath;
use crate::render::context::Outline;

/// One brand in one locale, with all its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// The brand's id.
    pub brand: Arc<str>,
    /// What its readers call it.
    pub brand_name: String,
    /// The locale's id.
    pub locale: Arc<str>,
    /// Its name in itself: « Français ».
    pub locale_name: String,
    /// In the order of readers: each guide's first page, steps with their options, other pages.
    pub pages: Vec<PageEntry>,
}

/// One page of an edition.
#[derive(Clone, Debug, PartialEq)]
pub struct PageEntry {
    /// The guide's id.
    pub guide: Arc<str>,
    /// The same page in another edition has the same key.
    pub key: Arc<str>,
    /// Its place in the guide.
    pub kind: Kind,
    /// Its name.
    pub title: String,
    /// Where it is published, with the brand: `auvenir/fr/mfa/code.html`.
    pub address: String,
    /// The file it was written in.
    pub source: SourcePath,
    /// The text is the source locale's, since there is no translation.
    pub is_fallback: bool,
}

/// The contents of a brand's editions.
pub fn of(sources: &Sources, plan: &Plan) -> Vec<Edition> {
    let brand = &plan.brand;
    let edition = |outline: &Outline| Edition {
        brand: brand.id.clone(),
        brand_name: brand.name.clone(),
        locale: outline.locale.id.clone(),
        locale_name: outline.name.clone(),
        pages: outline
            .guides
            .iter()
            .flat_map(|guide| guide.pages.iter().map(|page| (&guide.id, page)))
            .map(|(guide, page)| PageEntry {
                guide: guide.clone(),
                key: page.key.clone(),
                kind: page.kind,
                title: page.title.clone(),
                address: format!("{}/{}", brand.id, page.address),
                source: sources.texts.files[page.source].path.clone(),
                is_fallback: page.is_fallback,
            })
            .collect(),
    };
    plan.outlines.iter().map(edition).collect()
}
