//! The site and its brands, as site.toml and the theme.toml files describe them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::colors::Colors;
use super::locale::Locale;
use super::variant::{Parts, looks_like_locale};

/// What site.toml says, and the themes of its brands.
#[derive(Clone, Debug)]
pub struct Site {
    /// The site's title.
    pub title: String,
    /// The source locale first; never empty.
    pub locales: Vec<Locale>,
    /// In the order of site.toml; never empty.
    pub brands: Vec<Brand>,
    /// Which of them has an id.
    pub places: BTreeMap<Arc<str>, usize>,
    /// Above which a page is reported.
    pub budget: Budget,
}

impl Site {
    /// The locale that is written first; the others translate it.
    pub fn source_locale(&self) -> &Locale {
        &self.locales[0]
    }

    /// Does the site have this locale?
    pub fn has_locale(&self, id: &str) -> bool {
        self.locales.iter().any(|locale| &*locale.id == id)
    }

    /// Does the site have this brand?
    pub fn has_brand(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// The parts of a file's name; a locale is one that the site has, or whatever looks like one.
    pub fn parts<'n>(&self, file_name: &'n str) -> Parts<'n> {
        Parts::of(file_name, |part| self.has_locale(part) || looks_like_locale(part))
    }

    /// The brand with this id.
    pub fn brand(&self, id: &str) -> Option<&Brand> {
        self.brands.get(*self.places.get(id)?)
    }
}

/// The weight of a page, in kilobytes after gzip.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Its HTML, style and script.
    pub page: f64,
    /// Its screens on a phone.
    pub screens: f64,
    /// Where site.toml says so, in bytes; its beginning if it doesn't.
    pub span: Range<usize>,
}

/// A company whose clients read the guides.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The key in site.toml and the folder in `dist/` and `themes/`.
    pub id: Arc<str>,
    /// Where it is published, ending in `/`; absolute addresses need it.
    pub base_url: Option<String>,
    /// What its readers call it.
    pub name: String,
    /// The logo's file name in the theme's folder.
    pub logo: Option<String>,
    /// Light and dark.
    pub colors: Colors,
    /// How its readers reach help.
    pub support: Support,
    /// What texts may say about it: `brand.facts`.
    pub facts: tera::Value,
    /// Its theme.toml couldn't be read as a whole: nothing is concluded from what it lacks.
    pub is_partial: bool,
}

/// How a brand's readers reach help; what is missing leaves no trace on a page.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// An address.
    pub email: Option<String>,
    /// A number as people write it.
    pub phone: Option<String>,
    /// When someone answers.
    pub hours: Option<String>,
}
