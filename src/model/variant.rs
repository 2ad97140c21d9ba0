//! The one rule for variants: `name[@brand][.locale].ext`, the most specific wins.
//!
//! Here: taking a file name apart and ranking. Not here: which brands and locales exist (`config`), and what
//! happens when nothing fits (`resolve`).

use std::sync::Arc;

use crate::path::split_last;

/// A file name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantName {
    /// What all variants share: `03-code`, `invitation`.
    pub stem: Arc<str>,
    /// `auvenir` in `03-code@auvenir.fr.md`.
    pub brand: Option<Arc<str>>,
    /// `fr` in `03-code@auvenir.fr.md`.
    pub locale: Option<Arc<str>>,
    /// `md`; empty for a name without one.
    pub extension: Arc<str>,
}

impl VariantName {
    /// Takes a file name apart. A part after the last dot of the stem is a locale if `is_locale` says so.
    pub fn parse(file_name: &str, is_locale: impl Fn(&str) -> bool) -> Self {
        let Parts { stem, brand, locale, extension } = Parts::of(file_name, is_locale);
        Self {
            stem: stem.into(),
            brand: brand.map(Arc::from),
            locale: locale.map(Arc::from),
            extension: extension.into(),
        }
    }

    /// How well this variant fits an edition: none if it belongs to another one. Brand and locale (3) before
    /// brand (2) before locale (1) before plain (0).
    pub fn fit(&self, brand: &str, locale: &str) -> Option<u8> {
        let brand_fits = match self.brand.as_deref() {
            None => 0,
            Some(own) if own == brand => 2,
            Some(_) => return None,
        };
        match self.locale.as_deref() {
            None => Some(brand_fits),
            Some(own) if own == locale => Some(brand_fits + 1),
            Some(_) => None,
        }
    }
}

/// The same, borrowed from the file's name.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'n> {
    /// What all variants share.
    pub stem: &'n str,
    /// The brand alone that the file is for.
    pub brand: Option<&'n str>,
    /// Its language.
    pub locale: Option<&'n str>,
    /// Empty for a name without one.
    pub extension: &'n str,
}

impl<'n> Parts<'n> {
    /// Takes a file name apart. A part after the last dot of the stem is a locale if `is_locale` says so.
    pub fn of(file_name: &'n str, is_locale: impl Fn(&str) -> bool) -> Self {
        let (rest, extension) = match split_last(file_name, b'.') {
            Some((rest, extension)) if !rest.is_empty() => (rest, extension),
            _ => (file_name, ""),
        };
        let (rest, locale) = match split_last(rest, b'.') {
            Some((rest, locale)) if !rest.is_empty() && is_locale(locale) => (rest, Some(locale)),
            _ => (rest, None),
        };
        match rest.split_once('@') {
            Some((stem, brand)) if !stem.is_empty() => Self { stem, brand: Some(brand), locale, extension },
            _ => Self { stem: rest, brand: None, locale, extension },
        }
    }
}

/// Does a part of a file name look like a locale (`fr`, `pt-BR`), whether or not the site has it?
pub fn looks_like_locale(part: &str) -> bool {
    let mut pieces = part.split('-');
    let language = pieces.next().unwrap_or("");
    let is_language = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    is_language
        && pieces.all(|piece| (2..=8).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        for (name, stem, brand, locale, extension) in [
            ("03-code.fr.md", "03-code", None, Some("fr"), "md"),
            ("03-code@auvenir.fr.md", "03-code", Some("auvenir"), Some("fr"), "md"),
            ("06.1-app.fr.md", "06.1-app", None, Some("fr"), "md"),
            ("06.1-app.md", "06.1-app", None, None, "md"),
            ("invitation@auvenir.png", "invitation", Some("auvenir"), None, "png"),
            ("code.en.png", "code", None, Some("en"), "png"),
            ("photo.min.png", "photo.min", None, None, "png"),
            ("terms@auvenir.ftl", "terms", Some("auvenir"), None, "ftl"),
            ("LICENSE", "LICENSE", None, None, ""),
        ] {
            let parsed = VariantName::parse(name, |part| matches!(part, "fr" | "en"));
            assert_eq!(
                (&*parsed.stem, parsed.brand.as_deref(), parsed.locale.as_deref(), &*parsed.extension),
                (stem, brand, locale, extension),
                "{name}"
            );
        }
    }

    #[test]
    fn the_most_specific_wins() {
        let rank = |name: &str| VariantName::parse(name, |part| matches!(part, "fr" | "en")).fit("auvenir", "en");
        assert_eq!(rank("code@auvenir.en.png"), Some(3));
        assert_eq!(rank("code@auvenir.png"), Some(2));
        assert_eq!(rank("code.en.png"), Some(1));
        assert_eq!(rank("code.png"), Some(0));
        assert_eq!(rank("code@streamworks.png"), None);
        assert_eq!(rank("code@auvenir.fr.png"), None);
    }
}
