//! The forms of the files that people write, as types: their comments are what an editor shows.
//!
//! They are never made, only described: `config` and `parse` read these files key by key, to tell every mistake with
//! its place.

#![allow(rustdoc::bare_urls, reason = "editors show these words, and no brackets")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Map, Value};

/// The brands, languages and addresses of a site of guides.
#[derive(JsonSchema)]
#[schemars(title = "site.toml", deny_unknown_fields)]
pub struct Site {
    /// The site's title; "Guides" if it is left out.
    pub title: Option<String>,
    /// The languages, as tags such as "fr", "en" or "fr-CA". The first is written first and is the default; the others
    /// translate it.
    #[schemars(length(min = 1))]
    pub locales: Vec<Locale>,
    /// The brands by their ids. Their order here is their order everywhere. Each has a folder themes/ID/.
    #[schemars(extend("minProperties" = 1, "propertyNames" = {"pattern": "^(?!base$)[A-Za-z0-9_-]+$"}))]
    pub brands: BTreeMap<String, Brand>,
    /// Above which weight a page is reported.
    pub budget: Option<Budget>,
}

/// A language tag: "fr", "en", "fr-CA".
#[derive(JsonSchema)]
pub struct Locale(#[schemars(regex(pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"))] pub String);

/// A brand's own settings; its look is in its theme.toml.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Brand {
    /// Where it is published: "https://help.example.com/". The sitemap, canonical links and the pictures that others
    /// show need it.
    #[schemars(regex(pattern = "^https?://[^/:]"))]
    pub base_url: Option<String>,
}

/// Kilobytes, as they are sent (gzip).
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Budget {
    /// A page's HTML, style and script; 14 if it is left out.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub page: Option<f64>,
    /// A page's screens on a phone; 60 if it is left out.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub screens: Option<f64>,
}

/// A brand: its name, colours, contacts, and the facts that texts say about it.
#[derive(JsonSchema)]
#[schemars(title = "theme.toml", deny_unknown_fields)]
pub struct Theme {
    /// What readers call the brand.
    #[schemars(length(min = 1))]
    pub name: String,
    /// A file of the same folder; without it, the name stands in its place.
    pub logo: Option<String>,
    /// Colours on a light page. Those that are left out are derived.
    pub colors: Option<Colors>,
    /// How readers reach help. What is left out leaves no trace on the pages.
    pub support: Option<Support>,
    /// Whatever texts say about the brand, under free names: {{ brand.facts.sender }}.
    pub facts: Option<Map<String, Value>>,
}

/// A colour: "#123456" or "#123".
#[derive(JsonSchema)]
pub struct Color(#[schemars(regex(pattern = "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$"))] pub String);

/// Colours on a light page.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Colors {
    /// Buttons, the brand's own touch.
    pub primary: Option<Color>,
    /// Text on the primary colour.
    pub on_primary: Option<Color>,
    /// A second touch: markers, lines.
    pub accent: Option<Color>,
    /// Behind everything.
    pub background: Option<Color>,
    /// Behind cards and notes.
    pub surface: Option<Color>,
    /// Running text.
    pub text: Option<Color>,
    /// Less important text.
    pub muted: Option<Color>,
    /// Links.
    pub link: Option<Color>,
    /// Lines between things.
    pub border: Option<Color>,
    /// The same for readers who prefer a dark page.
    pub dark: Option<DarkColors>,
}

/// Colours on a dark page.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DarkColors {
    /// Buttons, the brand's own touch.
    pub primary: Option<Color>,
    /// Text on the primary colour.
    pub on_primary: Option<Color>,
    /// A second touch: markers, lines.
    pub accent: Option<Color>,
    /// Behind everything.
    pub background: Option<Color>,
    /// Behind cards and notes.
    pub surface: Option<Color>,
    /// Running text.
    pub text: Option<Color>,
    /// Less important text.
    pub muted: Option<Color>,
    /// Links.
    pub link: Option<Color>,
    /// Lines between things.
    pub border: Option<Color>,
}

/// How readers reach help.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Support {
    /// An e-mail address.
    pub email: Option<String>,
    /// A number as people write it.
    pub phone: Option<String>,
    /// When someone answers.
    pub hours: Option<String>,
}

/// What stands between two lines of --- at the top of a page.
#[derive(JsonSchema)]
#[schemars(title = "Front matter", deny_unknown_fields)]
pub struct FrontMatter {
    /// What readers see at the top of the page and in lists.
    #[schemars(length(min = 1))]
    pub title: String,
    /// One sentence: under a guide's title, in lists, in search engines.
    pub description: Option<String>,
    /// How long it takes, in minutes.
    #[schemars(range(min = 1, max = 10_000))]
    pub duration: Option<u32>,
    /// What it is done on.
    pub device: Option<Device>,
    /// Only for these brands; on a guide's index, the whole guide.
    pub brands: Option<Vec<String>>,
    /// The page's name in its address; the file's name without its number if it is left out.
    pub slug: Option<String>,
    /// Old addresses that lead here.
    pub aliases: Option<Vec<String>>,
    /// Left out of the site until it is built with --drafts.
    pub draft: Option<bool>,
    /// The fingerprint of the source text that this one translates. etape mark writes it.
    #[schemars(regex(pattern = "^[0-9a-f]{12}$"))]
    pub translates: Option<String>,
    /// Whatever the theme understands; the base theme: recommended, on an option.
    pub extra: Option<Map<String, Value>>,
}

/// What a page is done on.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Device {
    /// A computer.
    Computer,
    /// A phone.
    Phone,
    /// Both, from one to the other.
    Both,
}

/// What stands beside a screen: where to look, and what nobody may see.
#[derive(JsonSchema)]
#[schemars(title = "Sidecar of a screen", deny_unknown_fields)]
pub struct Sidecar {
    /// Drawn over the picture, in this order.
    pub marks: Option<Vec<Mark>>,
    /// Painted over in everything published; the original is never published.
    pub redact: Option<Vec<Redaction>>,
}

/// Something to press or to look at.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Mark {
    /// Around it.
    #[schemars(rename = "box")]
    pub area: Area,
    /// A message of locales/: what to do there.
    #[schemars(length(min = 1))]
    pub text: String,
}

/// Something that nobody may see.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Redaction {
    /// Around it.
    #[schemars(rename = "box")]
    pub area: Area,
}

/// From the left, from the top, width and height, in pixels of the stored picture.
#[derive(JsonSchema)]
pub struct Area(#[schemars(with = "[u32; 4]")] pub [u32; 4]);
