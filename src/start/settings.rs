//! A brand or a locale more in site.toml, and nothing else in it touched.

use super::Refusal;
use crate::parse::data::{self, Node, Value};

/// site.toml with one more brand, behind the last one.
pub fn with_brand(text: &str, id: &str) -> Result<String, Refusal> {
    let by_hand = || Refusal::new(format!("site.toml lists its brands in another form: add [brands.{id}] to it"));
    let header = |line: &str| line.trim_start().starts_with("[brands.");
    // where the lines of the last brand end: before the next table, and what leads up to it
    let (mut at, mut end, mut inside) = (0, None, false);
    for line in text.split_inclusive('\n') {
        if header(line) {
            inside = true;
        } else if line.trim_start().starts_with('[') {
            inside = false;
        }
        at += line.len();
        let is_last = at == text.len();
        let says = !line.trim().is_empty() && (!line.trim_start().starts_with('#') || is_last);
        if inside && says {
            end = Some(at);
        }
    }
    let end = end.ok_or_else(by_hand)?;
    let (before, behind) = text.split_at(end);
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let open = if before.ends_with('\n') { "" } else { line_end };
    let new = format!("{before}{open}{line_end}[brands.{id}]{line_end}{behind}");
    let mut wanted = keys(text, "brands");
    wanted.push(id.to_owned());
    if keys(&new, "brands") == wanted { Ok(new) } else { Err(by_hand()) }
}

/// site.toml with one more locale, behind the last one.
pub fn with_locale(text: &str, id: &str) -> Result<String, Refusal> {
    let by_hand = || Refusal::new(format!("site.toml lists its locales in another form: add \"{id}\" to it"));
    let (node, _) = data::toml(text);
    let list = node.as_ref().and_then(|node| member(node, "locales")).ok_or_else(by_hand)?;
    let Value::List(items) = &list.value else { return Err(by_hand()) };
    let last = items.last().ok_or_else(by_hand)?;
    // one a line stays one a line
    let between = match items.as_slice() {
        [.., one, _] => text.get(one.span.end..last.span.start).filter(|between| !between.contains('#')),
        _ => None,
    };
    let between = between.unwrap_or(", ");
    let (before, behind) = text.split_at(last.span.end);
    let new = format!("{before}{between}\"{id}\"{behind}");
    let mut wanted = strings(text, "locales");
    wanted.push(id.to_owned());
    if strings(&new, "locales") == wanted { Ok(new) } else { Err(by_hand()) }
}

fn member<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Table(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
}

fn keys(text: &str, key: &str) -> Vec<String> {
    let (node, problems) = data::toml(text);
    match node.as_ref().and_then(|node| member(node, key)).map(|node| &node.value) {
        Some(Value::Table(entries)) if problems.is_empty() => entries.iter().map(|entry| entry.key.clone()).collect(),
        _ => Vec::new(),
    }
}

fn strings(text: &str, key: &str) -> Vec<String> {
    let (node, problems) = data::toml(text);
    let Some(Value::List(items)) = node.as_ref().and_then(|node| member(node, key)).map(|node| &node.value) else {
        return Vec::new();
    };
    let text = |node: &Node| match &node.value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    if problems.is_empty() { items.iter().filter_map(text).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_stands_behind_the_last_one() {
        for (old, new) in [
            ("[brands.a]", "[brands.a]\n\n[brands.x]\n"),
            (
                "locales = [\"fr\"]\n[brands.a]\nbase_url = \"https://a/\" # here\n",
                "locales = [\"fr\"]\n[brands.a]\nbase_url = \"https://a/\" # here\n\n[brands.x]\n",
            ),
            (
                "[brands.a]\n\n# How much a page may weigh.\n[budget]\npage = 20\n",
                "[brands.a]\n\n[brands.x]\n\n# How much a page may weigh.\n[budget]\npage = 20\n",
            ),
            ("[brands.a]\r\n[brands.b]\r\n", "[brands.a]\r\n[brands.b]\r\n\r\n[brands.x]\r\n"),
            ("[brands.a]\n# base_url = \"\"\n", "[brands.a]\n# base_url = \"\"\n\n[brands.x]\n"),
        ] {
            assert_eq!(with_brand(old, "x").as_deref(), Ok(new), "{old}");
        }
        for odd in ["brands = { a = {} }\n", "[brands]\na = {}\n", "", "[brands.a\n"] {
            assert!(with_brand(odd, "x").is_err(), "{odd}");
        }
    }

    #[test]
    fn a_locale_stands_behind_the_last_one() {
        for (old, new) in [
            ("locales = [\"fr\"]\n", "locales = [\"fr\", \"x\"]\n"),
            ("locales = [\"fr\", \"en\"] # two\n", "locales = [\"fr\", \"en\", \"x\"] # two\n"),
            ("locales = [\n  \"fr\",\n  \"en\",\n]\n", "locales = [\n  \"fr\",\n  \"en\",\n  \"x\",\n]\n"),
            ("locales = [\n  \"fr\", # first\n  \"en\",\n]\n", "locales = [\n  \"fr\", # first\n  \"en\", \"x\",\n]\n"),
        ] {
            assert_eq!(with_locale(old, "x").as_deref(), Ok(new), "{old}");
        }
        for odd in ["locales = \"fr\"\n", "locales = []\n", "", "locales = [\"fr\"\n"] {
            assert!(with_locale(odd, "x").is_err(), "{odd}");
        }
    }
}
