//! A locale: the language a text is written in, as the reader's browser names it.

use std::sync::Arc;

use unic_langid::{CharacterDirection, LanguageIdentifier};

/// One of the site's languages.
#[derive(Clone, Debug)]
pub struct Locale {
    /// As site.toml spells it: `fr`, `fr-CA`.
    pub id: Arc<str>,
    /// The same for Fluent's plural rules.
    pub language: LanguageIdentifier,
}

impl Locale {
    /// From a BCP 47 tag; none if it isn't one.
    pub fn new(id: &str) -> Option<Self> {
        let language: LanguageIdentifier = id.parse().ok()?;
        // longer ones are allowed by the grammar, and none is registered
        if !(2..=3).contains(&language.language.as_str().len()) {
            return None;
        }
        Some(Self { id: id.into(), language })
    }

    /// `ltr` or `rtl`, for the `dir` attribute.
    pub fn direction(&self) -> &'static str {
        match self.language.character_direction() {
            CharacterDirection::RTL => "rtl",
            _ => "ltr",
        }
    }

    /// The language without script and region: `fr` of `fr-CA`.
    pub fn base(&self) -> &str {
        self.language.language.as_str()
    }
}
