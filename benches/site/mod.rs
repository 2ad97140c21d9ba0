//! The site that the benchmarks build: as many brands as are asked for, in French and English.

#![expect(clippy::unwrap_used, reason = "a benchmark ends where it can't go on")]
#![allow(dead_code, reason = "each benchmark uses what it needs")]

use std::fs;
use std::path::Path;

/// How the brands' texts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All brands have one text with their names and facts in it.
    Shared,
    /// Each brand has a file of its own for every step.
    Variants,
}

/// Writes a site with so many brands: for each, in two languages, a first page and twelve steps of about 170 words.
pub fn write(root: &Path, brands: usize, form: Form) {
    let put = |path: String, text: String| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut site = "title = \"Guides\"\nlocales = [\"fr\", \"en\"]\n".to_owned();
    for brand in 0..brands {
        site.push_str(&format!("[brands.brand{brand}]\nbase_url = \"https://brand{brand}.example/\"\n"));
        put(
            format!("themes/brand{brand}/theme.toml"),
            format!(
                "name = \"Brand {brand}\"\n[colors]\nprimary = \"#0b5f{:02x}\"\n[support]\nemail = \"help@brand{brand}.example\"\n\
                 [facts]\nsender = \"no-reply@brand{brand}.example\"\n",
                brand % 256
            ),
        );
        put(format!("locales/fr/terms@brand{brand}.ftl"), format!("of-brand = de Brand {brand}\n"));
        put(format!("locales/en/terms@brand{brand}.ftl"), format!("of-brand = Brand {brand}'s\n"));
    }
    put("site.toml".to_owned(), site);
    put(
        "assets/mfa/screen.svg".to_owned(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"200\"><rect width=\"320\" height=\"200\"/></svg>\n"
            .to_owned(),
    );
    for locale in ["fr", "en"] {
        let index = format!("---\ntitle: Guide\nduration: 15\n---\n\n{} {{{{ brand.name }}}}.\n", words(locale, 80));
        put(format!("content/mfa/index.{locale}.md"), index);
        for number in 1..=12 {
            match form {
                Form::Shared => put(file(locale, number, ""), step(locale, number, "")),
                Form::Variants => (0..brands).for_each(|brand| {
                    put(
                        file(locale, number, &format!("@brand{brand}")),
                        step(locale, number, &format!("Brand {brand}.")),
                    );
                }),
            }
        }
    }
}

/// The path of a step's text.
pub fn file(locale: &str, number: usize, variant: &str) -> String {
    format!("content/mfa/{number:02}-step{number}{variant}.{locale}.md")
}

/// A step of a guide: paragraphs, a list, a screen, a note with a link, what else may be seen.
pub fn step(locale: &str, number: usize, first: &str) -> String {
    let some = |count| words(locale, count);
    let next = (number + 1).min(12);
    format!(
        "---\ntitle: \"Étape {number}\"\ndescription: \"{}\"\nduration: 2\ndevice: computer\n---\n\n\
         {first} {} {{{{ t(id=\"of-brand\") }}}}. {}\n\n\
         1. {} **{}**\n2. {} {{{{ brand.name }}}}.\n3. {} {{{{ brand.facts.sender }}}}.\n\n\
         ![{}](screen.svg)\n\n> [!NOTE]\n> {} [{}]({next:02}-step{next}.md).\n\n## {}\n\n{}\n: {}\n\n\
         {}\n: {} [{{{{ brand.support.email }}}}](mailto:{{{{ brand.support.email }}}}).\n",
        some(8),
        some(25),
        some(12),
        some(8),
        some(1),
        some(10),
        some(9),
        some(6),
        some(18),
        some(2),
        some(6),
        some(4),
        some(22),
        some(4),
        some(18),
    )
}

/// Words that mean nothing, the same each time.
fn words(locale: &str, count: usize) -> String {
    let all = if locale == "fr" {
        "un compte avec son code et sa page puis un message pour le téléphone ou bien un bouton sur la page de sécurité"
    } else {
        "an account with its code and its page then a message for the phone or a button on the page for security"
    };
    all.split(' ').cycle().take(count).collect::<Vec<_>>().join(" ")
}
