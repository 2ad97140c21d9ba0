//! Brands and locales in file names, against those that site.toml lists.
//!
//! Not here: brands in front matter (`parse::content`) and folders of themes and locales (`config`).

use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::site::Site;
use crate::model::variant::VariantName;
use crate::path::SourcePath;

/// A variant for a brand or locale that the site doesn't have.
pub fn check_variant(name: &VariantName, path: &SourcePath, site: &Site) -> Option<Diagnostic> {
    if let Some(brand) = name.brand.as_deref()
        && !site.has_brand(brand)
    {
        let known = site.brands.iter().map(|brand| &*brand.id);
        let help = nearest(brand, known.clone()).map_or_else(
            || format!("site.toml lists {}", known.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean \"@{near}\"?"),
        );
        return Some(
            Diagnostic::new(Code::BrandUnknown, Place::start_of(path), format!("no brand \"{brand}\" in \"{path}\""))
                .help(help),
        );
    }
    let locale = name.locale.as_deref().filter(|locale| !site.has_locale(locale))?;
    Some(locale_unknown(locale, path, site))
}

/// A locale that the site doesn't have, in a file's name.
pub fn locale_unknown(locale: &str, path: &SourcePath, site: &Site) -> Diagnostic {
    let known = site.locales.iter().map(|locale| &*locale.id);
    let help = nearest(locale, known).map_or_else(
        || "add it to locales in site.toml, or rename the file".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    Diagnostic::new(Code::LocaleUnknown, Place::start_of(path), format!("no locale \"{locale}\" in \"{path}\""))
        .help(help)
}
