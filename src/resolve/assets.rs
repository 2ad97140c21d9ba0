//! The files in `assets/`: which variant an edition's page gets when its text names one.
//!
//! Not here: reading, measuring and publishing them (`screen`).

use std::collections::{BTreeMap, BTreeSet};

use super::front::join;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::site::Site;
use crate::model::variant::{VariantName, looks_like_locale};
use crate::parse::listed::check_variant;
use crate::path::{SourcePath, split_last};
use crate::source::Snapshot;

/// The files of a folder: the plain name, then its variants.
type Folder = BTreeMap<String, Vec<(VariantName, SourcePath)>>;

/// The files in `assets/`, by folder and name.
pub struct Assets {
    /// By their path below `assets/`.
    folders: BTreeMap<String, Folder>,
    /// Files that couldn't be taken, or whose names are wrong: that has been told.
    lost: BTreeSet<SourcePath>,
}

/// What a name in a text leads to.
#[derive(Debug, PartialEq)]
pub enum Found<'a> {
    /// This file.
    File(&'a SourcePath),
    /// A file that couldn't be taken: that has been told.
    Lost,
    /// There are such files, but none for this edition.
    OtherEditions,
    /// Nothing; the nearest name in the same folder, if there is one.
    Nothing(Option<String>),
    /// Out of the site.
    Outside,
}

/// How a file stands to the others of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// There are no others.
    Only,
    /// It is made for the edition.
    Own,
    /// The edition has none of its own, while others have, and falls back to it.
    StandsIn,
}

impl Assets {
    /// Sorts the files of a snapshot.
    pub fn new(snapshot: &Snapshot, site: &Site) -> (Self, Vec<Diagnostic>) {
        let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
        let mut problems = Vec::new();
        let mut lost: BTreeSet<SourcePath> = snapshot
            .lost()
            .filter(|path| path.as_str() == "assets" || path.as_str().starts_with("assets/"))
            .cloned()
            .collect();
        let taken = snapshot.under("assets").map(|(path, _)| path.clone());
        let all: BTreeSet<SourcePath> = taken.chain(lost.iter().cloned()).collect();
        for path in &all {
            let mut name =
                VariantName::parse(path.file_name(), |part| site.has_locale(part) || looks_like_locale(part));
            if let Some(problem) = check_variant(&name, path, site) {
                problems.push(problem);
                lost.insert(path.clone());
                // where it was probably meant to stand
                let brands = site.brands.iter().map(|brand| &*brand.id);
                let locales = site.locales.iter().map(|locale| &*locale.id);
                name.brand = name.brand.and_then(|brand| nearest(&brand, brands).map(Into::into));
                name.locale = name.locale.and_then(|locale| nearest(&locale, locales).map(Into::into));
            }
            let folder = path.folder().trim_start_matches("assets").trim_start_matches('/');
            let plain = if name.extension.is_empty() {
                name.stem.to_string()
            } else {
                format!("{}.{}", name.stem, name.extension)
            };
            folders.entry(folder.to_owned()).or_default().entry(plain).or_default().push((name, path.clone()));
        }
        problems.extend(folders.values().flat_map(astray));
        (Self { folders, lost }, problems)
    }

    /// The file that a name in a guide's text means in an edition.
    pub fn find(&self, guide: &str, target: &str, brand: &str, locale: &str) -> Found<'_> {
        self.find_or(guide, target, brand, locale, |name, names| {
            let near = nearest(name, names.keys().map(String::as_str).filter(|name| !name.ends_with(".yaml")))?;
            Some(format!("{}{near}", &target[..target.len() - target.rsplit('/').next().unwrap_or(target).len()]))
        })
    }

    /// The same, with what to suggest where there is nothing: of a name and those there are in its folder.
    fn find_or(
        &self,
        guide: &str,
        target: &str,
        brand: &str,
        locale: &str,
        suggest: impl FnOnce(&str, &Folder) -> Option<String>,
    ) -> Found<'_> {
        let Some(path) = Within::new(guide, target) else { return Found::Outside };
        let (folder, name) = path.parts();
        if self.lost.iter().any(|lost| lost.as_str() == "assets") {
            return Found::Lost;
        }
        let Some(names) = self.folders.get(folder) else { return Found::Nothing(None) };
        let Some(variants) = names.get(name) else { return Found::Nothing(suggest(name, names)) };
        variants
            .iter()
            .filter_map(|(name, path)| Some((name.fit(brand, locale)?, path)))
            .max_by_key(|(fit, path)| (*fit, !self.lost.contains(path)))
            .map_or(
                Found::OtherEditions,
                |(_, path)| if self.lost.contains(path) { Found::Lost } else { Found::File(path) },
            )
    }

    /// What stands beside a picture in an edition: `code.yaml` for `code.png`, by the same rule of variants.
    pub fn sidecar(&self, guide: &str, target: &str, brand: &str, locale: &str) -> Option<&SourcePath> {
        let (stem, _) = split_last(target, b'.')?;
        match self.find_or(guide, &[stem, ".yaml"].concat(), brand, locale, |_, _| None) {
            Found::File(path) => Some(path),
            _ => None,
        }
    }

    /// How a file stands to the others of its name.
    pub fn standing(&self, guide: &str, target: &str, file: &SourcePath) -> Standing {
        let path = join(guide, target).unwrap_or_default();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let all = self.folders.get(folder).and_then(|names| names.get(name));
        let Some(all) = all.filter(|all| all.len() > 1) else { return Standing::Only };
        let own = all.iter().find(|(_, path)| path == file).map(|(name, _)| name);
        let lacks = |part: fn(&VariantName) -> bool| all.iter().any(|(name, _)| part(name)) && !own.is_some_and(part);
        if lacks(|name| name.brand.is_some()) || lacks(|name| name.locale.is_some()) {
            Standing::StandsIn
        } else {
            Standing::Own
        }
    }

    /// Every variant of a name, for all editions.
    pub fn variants(&self, guide: &str, target: &str) -> impl Iterator<Item = &SourcePath> {
        let path = join(guide, target).unwrap_or_default();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let variants = self.folders.get(folder).and_then(|names| names.get(name));
        variants.into_iter().flatten().map(|(_, path)| path)
    }

    /// Couldn't this file be taken?
    pub fn is_lost(&self, path: &SourcePath) -> bool {
        self.lost.contains(path)
    }
}

/// What a name in a guide's text stands for below `assets/`.
enum Within<'t> {
    /// A file of the guide's own folder, as nearly all are.
    Folder(&'t str, &'t str),
    /// Any other.
    Path(String),
}

impl<'t> Within<'t> {
    /// None for a name that leads out of `assets/`.
    fn new(guide: &'t str, target: &'t str) -> Option<Self> {
        let is_plain = |name: &str| !matches!(name, "" | "." | "..") && !name.bytes().any(|byte| byte == b'/');
        if is_plain(guide) && is_plain(target) {
            return Some(Self::Folder(guide, target));
        }
        let path = join(&["assets/", guide].concat(), target)?;
        Some(Self::Path(path.strip_prefix("assets/")?.to_owned()))
    }

    /// The folder and the name.
    fn parts(&self) -> (&str, &str) {
        match self {
            Self::Folder(folder, name) => (folder, name),
            Self::Path(path) => path.rsplit_once('/').unwrap_or(("", path)),
        }
    }
}

/// Files that were meant to stand beside a picture, but under a name that nothing reads: `code.yml`, `Code.yaml`,
/// `code.png.yaml`. What they redact would be published.
fn astray(names: &Folder) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let is_yaml =
        |name: &VariantName| name.extension.eq_ignore_ascii_case("yaml") || name.extension.eq_ignore_ascii_case("yml");
    let all = || names.values().flatten();
    let pictures: Vec<&VariantName> = all().map(|(name, _)| name).filter(|name| !is_yaml(name)).collect();
    for (name, path) in all().filter(|(name, _)| is_yaml(name)) {
        let is_read = &*name.extension == "yaml" && pictures.iter().any(|picture| picture.stem == name.stem);
        let meant = pictures.iter().find(|picture| {
            let whole = format!("{}.{}", picture.stem, picture.extension);
            [&*picture.stem, &whole].iter().any(|meant| meant.eq_ignore_ascii_case(&name.stem))
        });
        if let (false, Some(picture)) = (is_read, meant) {
            let own = path.file_name();
            let variant = own.get(name.stem.len()..own.len() - name.extension.len()).unwrap_or(".");
            let told = Diagnostic::new(Code::ConfigInvalid, Place::start_of(path), format!("nothing reads \"{own}\""));
            problems.push(told.help(format!("rename it to \"{}{variant}yaml\"", picture.stem)));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Within, join};

    proptest! {
        #[test]
        fn names_lead_where_they_do_when_they_are_joined(guide in "[a.]{0,3}", target in "([.]{0,3}[a/]{0,2}){0,4}") {
            let joined = join(&format!("assets/{guide}"), &target);
            let path = joined.as_deref().and_then(|path| path.strip_prefix("assets/"));
            let expected = path.map(|path| path.rsplit_once('/').unwrap_or(("", path)));
            let found = Within::new(&guide, &target);
            prop_assert_eq!(found.as_ref().map(Within::parts), expected);
        }
    }
}
