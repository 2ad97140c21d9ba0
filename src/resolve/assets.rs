//! The files in `assets/`: which variant an edition's page gets when its text names one.
//!
//! Not here: reading, measuring and publishing them (`screen`).

use std::collections::BTreeMap;

use super::front::join;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::site::Site;
use crate::model::variant::{VariantName, looks_like_locale};
use crate::parse::listed::check_variant;
use crate::path::SourcePath;
use crate::source::Snapshot;

/// The files in `assets/`, by folder and name.
pub struct Assets {
    /// Folder below `assets/`, then the plain name, then its variants.
    folders: BTreeMap<String, BTreeMap<String, Vec<(VariantName, SourcePath)>>>,
}

/// What a name in a text leads to.
#[derive(Debug, PartialEq)]
pub enum Found<'a> {
    /// This file.
    File(&'a SourcePath),
    /// There are such files, but none for this edition.
    OtherEditions,
    /// Nothing; the nearest name in the same folder, if there is one.
    Nothing(Option<String>),
    /// Out of the site.
    Outside,
}

impl Assets {
    /// Sorts the files of a snapshot.
    pub fn new(snapshot: &Snapshot, site: &Site) -> (Self, Vec<Diagnostic>) {
        let mut folders: BTreeMap<String, BTreeMap<String, Vec<_>>> = BTreeMap::new();
        let mut problems = Vec::new();
        for (path, _) in snapshot.under("assets") {
            let name = VariantName::parse(path.file_name(), |part| site.has_locale(part) || looks_like_locale(part));
            problems.extend(check_variant(&name, path, site));
            let folder = path.folder().trim_start_matches("assets").trim_start_matches('/');
            let plain = if name.extension.is_empty() {
                name.stem.to_string()
            } else {
                format!("{}.{}", name.stem, name.extension)
            };
            folders.entry(folder.to_owned()).or_default().entry(plain).or_default().push((name, path.clone()));
        }
        (Self { folders }, problems)
    }

    /// The file that a name in a guide's text means in an edition.
    pub fn find(&self, guide: &str, target: &str, brand: &str, locale: &str) -> Found<'_> {
        let Some(path) = join(&format!("assets/{guide}"), target) else { return Found::Outside };
        let Some(path) = path.strip_prefix("assets/") else { return Found::Outside };
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(names) = self.folders.get(folder) else { return Found::Nothing(None) };
        let Some(variants) = names.get(name) else {
            let near = nearest(name, names.keys().map(String::as_str));
            return Found::Nothing(near.map(|near| {
                format!("{}{near}", &target[..target.len() - target.rsplit('/').next().unwrap_or(target).len()])
            }));
        };
        variants
            .iter()
            .filter_map(|(name, path)| Some((name.fit(brand, locale)?, path)))
            .max_by_key(|(fit, _)| *fit)
            .map_or(Found::OtherEditions, |(_, path)| Found::File(path))
    }

    /// Every file in the folder of a guide, in order.
    pub fn in_folder(&self, folder: &str) -> impl Iterator<Item = &SourcePath> {
        self.folders.get(folder).into_iter().flat_map(|names| names.values().flatten().map(|(_, path)| path))
    }
}
