//! Is a page safe to open? Read by a tokenizer that isn't ours, as the standard of HTML has it.
//!
//! Not here: what else a page must be.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// Elements that run or load something, or change how the page is read: none comes from a text.
const RUNNING: [&str; 16] = [
    "applet",
    "base",
    "embed",
    "form",
    "frame",
    "frameset",
    "iframe",
    "link",
    "meta",
    "noscript",
    "object",
    "plaintext",
    "portal",
    "script",
    "style",
    "xmp",
];

/// Attributes whose addresses a browser loads by itself.
const LOADED: [&str; 7] = ["background", "data", "imagesrcset", "lowsrc", "poster", "src", "srcset"];

/// Attributes whose addresses are followed.
const FOLLOWED: [&str; 7] = ["action", "cite", "formaction", "href", "longdesc", "ping", "xlink:href"];

/// Nothing on a page runs but its own script, and nothing is loaded from elsewhere. The theme is trusted, the texts
/// aren't.
pub fn assert_safe(path: &str, html: &str) {
    // Inside SVG, what stands in a title or a style is markup: it must be safe either way.
    for switches in [true, false] {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(switches);
        let mut in_body = false;
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            let Token::StartTag(tag) = token else { continue };
            let name = text(&tag.name);
            in_body |= name == "body";
            let is_running = RUNNING.contains(&name.as_str());
            assert!(!(in_body && is_running), "{path}: <{name}> in\n{html}");
            if !is_running {
                let danger = danger(&tag, &name);
                assert!(danger.is_none(), "{path}: <{name}> with {danger:?} in\n{html}");
            }
        }
    }
}

/// The attribute of a tag that runs or loads something, with its value.
fn danger(tag: &StartTag<()>, element: &str) -> Option<(String, String)> {
    let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
    let is_link = matches!(element, "a" | "area");
    attributes.into_iter().find(|(name, value)| {
        let is_address = FOLLOWED.contains(&name.as_str());
        let is_loaded = LOADED.contains(&name.as_str()) || is_address && !is_link && name.ends_with("href");
        let mut parts = value.split(|c: char| name.ends_with("srcset") && (c == ',' || c.is_ascii_whitespace()));
        name.starts_with("on") || is_address && runs(value) || is_loaded && parts.any(leads_out)
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An address as a browser reads it: its scheme, and what follows.
fn address(url: &str) -> (Option<String>, String) {
    let url = url.trim_matches(|c: char| c <= ' ').replace(['\t', '\n', '\r'], "");
    let scheme = url.split_once(':').filter(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let found = scheme.map(|(scheme, rest)| (Some(scheme.to_ascii_lowercase()), rest.to_owned()));
    found.unwrap_or((None, url))
}

fn runs(url: &str) -> bool {
    let (scheme, rest) = address(url);
    match scheme.as_deref() {
        Some("javascript" | "vbscript") => true,
        Some("data") => !rest.starts_with("image/"),
        _ => false,
    }
}

fn leads_out(url: &str) -> bool {
    match address(url) {
        (Some(scheme), rest) => scheme != "data" || !rest.starts_with("image/"),
        (None, rest) => rest.replace('\\', "/").starts_with("//"),
    }
}
