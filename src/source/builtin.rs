//! The base theme and its interface strings, built into the binary: a site elsewhere needs no copy of them.
//!
//! A test in `source` asserts that this list and the folder `themes/base` are the same.

macro_rules! base {
    ($($name:literal),* $(,)?) => {
        /// Path in a site, text.
        pub const FILES: &[(&str, &str)] = &[$((
            concat!("themes/base/", $name),
            include_str!(concat!("../../themes/base/", $name)),
        )),*];
    };
}

base![
    "all.html",
    "guide.html",
    "guide.js",
    "guides.html",
    "languages.html",
    "layout.html",
    "locales/en/interface.ftl",
    "locales/fr/interface.ftl",
    "not-found.css",
    "not-found.html",
    "page.html",
    "redirect.html",
    "step.html",
    "style.css",
];
