//! What the attributes of a tag mean to the page: unsafe, a link, a picture, something to load.
//!
//! Here: one tag at a time, already cut into attributes. Not here: cutting, and what is unsafe as an element.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Attribute, Finding, Kind, Unsafe, Value, length, unsafe_url, url};

/// A tag whose attributes are being read.
pub(super) struct Opened<'a> {
    pub html: &'a str,
    pub span: Range<usize>,
    pub element: &'a str,
    pub attributes: &'a [Attribute],
}

/// Tells what is to be said about a tag's attributes; only what is unsafe if the element is.
pub(super) fn judge(tag: &Opened, unsafe_element: bool, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let moves_links = moves_links(tag);
    for attribute in tag.attributes {
        let text = url::decode(&tag.html[attribute.value.clone()]);
        let span = attribute.whole.clone();
        if let Some(danger) = danger(tag.element, &attribute.name, &text, moves_links) {
            findings.push(Finding { span, kind: Kind::Unsafe(danger) });
        } else if seen.insert(attribute.name.as_str()) && !unsafe_element {
            // Browsers take the first of two attributes with one name.
            note(tag, attribute, &text, findings);
        }
    }
}

/// Whether an animation inside SVG changes where a link leads.
fn moves_links(tag: &Opened) -> bool {
    let to_href = |a: &Attribute| {
        let value = url::decode(&tag.html[a.value.clone()]);
        a.name == "attributename" && value.to_ascii_lowercase().contains("href")
    };
    matches!(tag.element, "animate" | "set") && tag.attributes.iter().any(to_href)
}

fn danger(element: &str, name: &str, text: &str, moves_links: bool) -> Option<Unsafe> {
    if name.starts_with("on") && name.len() > 2 {
        return Some(Unsafe::Handler(name.to_owned()));
    }
    let runs = match name {
        "srcset" | "imagesrcset" | "ping" => text.split([',', ' ', '\n', '\t']).any(unsafe_url),
        "values" | "to" | "from" | "by" if moves_links => text.split(';').any(unsafe_url),
        "src" if element == "img" => url::unsafe_picture(text),
        _ => ADDRESSES.contains(&name) && unsafe_url(text),
    };
    if runs {
        return Some(Unsafe::Address(name.to_owned()));
    }
    let ends_title = text.as_bytes().windows(7).any(|w| w.eq_ignore_ascii_case(b"</title"));
    ends_title.then(|| Unsafe::ClosingTag(name.to_owned()))
}

/// Tells what a safe attribute is to the page.
fn note(tag: &Opened, attribute: &Attribute, text: &str, findings: &mut Vec<Finding>) {
    let whole = &attribute.whole;
    let mut find = |span: &Range<usize>, kind| findings.push(Finding { span: span.clone(), kind });
    let value = |text: &str| Value {
        attribute: attribute.name.clone(),
        whole: whole.clone(),
        span: attribute.value.clone(),
        text: text.trim().to_owned(),
        is_quoted: attribute.value.end < whole.end,
    };
    match (tag.element, attribute.name.as_str()) {
        (_, "style") => find(whole, Kind::Style),
        (_, "id") | ("a", "name") => find(whole, Kind::Anchor(value(text))),
        ("a" | "area", "href" | "xlink:href") => find(whole, Kind::Link(value(text))),
        ("img", "src") => {
            let alt = tag.attributes.iter().find(|a| a.name == "alt");
            let alt = alt.map(|a| url::decode(&tag.html[a.value.clone()]).into_owned());
            find(&tag.span, Kind::Image { source: value(text), alt });
        }
        (_, "srcset" | "imagesrcset") => {
            let start = attribute.value.start;
            for (span, address) in candidates(&tag.html[attribute.value.clone()]) {
                let span = start + span.start..start + span.end;
                find(whole, Kind::Load(Value { span, ..value(&url::decode(address)) }));
            }
        }
        (_, "src" | "poster" | "background" | "data" | "ping" | "href" | "xlink:href")
            if !text.trim_start().starts_with('#') =>
        {
            find(whole, Kind::Load(value(text)));
        }
        _ => {}
    }
}

/// The addresses of a `srcset`, each with its place in it.
fn candidates(list: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < list.len() {
        at += length(&list.as_bytes()[at..], |b| b.is_ascii_whitespace() || b == b',');
        let end = at + length(&list.as_bytes()[at..], |b| !b.is_ascii_whitespace());
        let address = list[at..end].trim_end_matches(',');
        if !address.is_empty() {
            found.push((at..at + address.len(), address));
        }
        // A comma at the end of the address ends the candidate, else its size follows.
        let size = if at + address.len() < end { 0 } else { length(&list.as_bytes()[end..], |b| b != b',') };
        at = end + size;
    }
    found
}

/// Attributes that hold an address.
const ADDRESSES: &[&str] = &[
    "action",
    "background",
    "cite",
    "classid",
    "codebase",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "longdesc",
    "lowsrc",
    "manifest",
    "poster",
    "src",
    "srcdoc",
    "usemap",
    "xlink:href",
];
