//! A whole new site: two locales, one brand, and one guide, which shows how to write guides.
//!
//! Its files stand in src/start/site as they are written, but for the order of the locales and the marks of
//! translations.

use super::{NewFile, Plan};
use crate::parse::content::fingerprint_of;
use crate::schema::Schema;

/// The file that tells git what not to keep; under another name here, where git would obey it.
pub const IGNORE_FILE: &str = ".gitignore";

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("site/", $name)))),*]
    };
}

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("site/content/writing/", $name, ".en.md")),
            include_str!(concat!("site/content/writing/", $name, ".fr.md")),
        )),*]
    };
}

/// Path in the site, text.
const FILES: &[(&str, &str)] = files![
    "themes/example/theme.toml",
    "themes/example/logo.svg",
    "locales/en/screens.ftl",
    "locales/fr/screens.ftl",
    "assets/writing/window.svg",
    "assets/writing/window.yaml",
];

/// The guide's pages: name, English, French.
const PAGES: &[(&str, &str, &str)] = pages![
    "index",
    "01-look",
    "02-step",
    "03-screen",
    "04-brand",
    "05-publish",
    "05.1-folder",
    "05.2-cloud",
    "support",
];

/// Which language a new site is written in first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Then French.
    English,
    /// Then English.
    French,
}

/// A whole new site.
pub fn site(first: First) -> Plan {
    let locales = match first {
        First::English => "\"en\", \"fr\"",
        First::French => "\"fr\", \"en\"",
    };
    let settings = include_str!("site/site.toml").replace("@LOCALES@", locales);
    let mut files = vec![NewFile::new("site.toml".to_owned(), settings)];
    for (name, english, french) in PAGES {
        let (source, other, ids) = match first {
            First::English => (english, french, ["en", "fr"]),
            First::French => (french, english, ["fr", "en"]),
        };
        let mark = format!("translates: {}\n---\n\n", fingerprint_of(source));
        files.push(NewFile::new(format!("content/writing/{name}.{}.md", ids[0]), *source));
        files.push(NewFile::new(format!("content/writing/{name}.{}.md", ids[1]), other.replacen("---\n\n", &mark, 1)));
    }
    files.extend(FILES.iter().map(|(path, text)| NewFile::new((*path).to_owned(), *text)));
    for schema in Schema::OF_FILES {
        files.push(NewFile::new(format!("schemas/{}.schema.json", schema.name()), schema.text()));
    }
    files.push(NewFile::new(IGNORE_FILE.to_owned(), include_str!("site/gitignore")));
    Plan { files, ..Plan::default() }
}
