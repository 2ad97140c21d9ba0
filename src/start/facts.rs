//! What every brand's theme.toml says, for a new one: the same keys, with values that nobody takes for real.
//!
//! Texts ask for these by name and don't get along without them; another company's address in their place would be
//! published unseen.

use crate::parse::data::{self, Entry, Node, Value};

/// The tables `[support]` and `[facts]` of a new theme, and the keys whose values are to be replaced.
pub struct Placeholders {
    /// As lines of theme.toml.
    pub support: String,
    /// As lines of theme.toml.
    pub facts: String,
    /// `support.email`, `facts.sender`.
    pub keys: Vec<String>,
}

const SUPPORT: [(&str, &str); 3] =
    [("email", "help@example.com"), ("phone", "+1 (555) 010-0100"), ("hours", "Monday to Friday, 8:30 to 17:00")];

/// From the texts of all other themes; the first one's comments and order are kept.
pub fn placeholders(themes: &[&str]) -> Placeholders {
    let trees: Vec<Option<Node>> = themes.iter().map(|text| data::toml(text).0).collect();
    let everywhere = |table: &str, key: &str| {
        trees.iter().flatten().all(|tree| entries(tree, table).iter().any(|entry| entry.key == key))
    };
    let mut made = Placeholders {
        support: "# Each may be left out: nothing of it then stands on the pages.\n[support]\n".to_owned(),
        facts: "# Whatever texts say about the brand: {{ brand.facts.sender }}. Strings, numbers and lists.\n[facts]\n"
            .to_owned(),
        keys: Vec::new(),
    };
    let (first, text) = match (trees.first(), themes.first()) {
        (Some(Some(first)), Some(text)) => (first, *text),
        _ => return made,
    };
    for (key, value) in SUPPORT {
        if everywhere("support", key) {
            made.keys.push(format!("support.{key}"));
            made.support.push_str(&format!("{key} = \"{value}\"\n"));
        } else {
            made.support.push_str(&format!("# {key} = \"{value}\"\n"));
        }
    }
    for entry in entries(first, "facts").iter().filter(|entry| everywhere("facts", &entry.key)) {
        made.keys.push(format!("facts.{}", entry.key));
        made.facts.push_str(comment_above(text, entry.key_span.start));
        made.facts.push_str(&format!("{} = {}\n", key(&entry.key), value(&entry.key, &entry.node.value)));
    }
    made.facts.insert(0, '\n');
    made
}

fn entries<'n>(tree: &'n Node, table: &str) -> &'n [Entry] {
    let Value::Table(all) = &tree.value else { return &[] };
    match all.iter().find(|entry| entry.key == table).map(|entry| &entry.node.value) {
        Some(Value::Table(entries)) => entries,
        _ => &[],
    }
}

/// The lines of comment that end above a place.
fn comment_above(text: &str, at: usize) -> &str {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut start = line;
    while let Some(end) = text[..start].strip_suffix('\n') {
        let above = end.rfind('\n').map_or(0, |end| end + 1);
        if !end[above..].starts_with('#') {
            break;
        }
        start = above;
    }
    &text[start..line]
}

fn key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's, all but DEL, which nobody writes
    serde_json::Value::from(text).to_string()
}

/// A value of the same kind that can't be taken for real. What may be a link stays one, so that it can be followed.
fn value(name: &str, old: &Value) -> String {
    match old {
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => match old {
            Value::Bool(value) => value.to_string(),
            Value::Integer(value) => value.to_string(),
            Value::Float(value) => format!("{value:?}"),
            _ => quoted(""),
        },
        Value::String(text) if text.contains("://") => quoted("https://example.com/"),
        Value::String(text) if text.contains('@') && !text.contains([' ', '#']) => {
            quoted(&format!("{}@example.com", name.replace('_', "-")))
        }
        Value::String(_) => quoted(&format!("[{}]", name.replace(['_', '-'], " "))),
        Value::List(items) => {
            let items: Vec<String> = items.iter().take(1).map(|item| value(name, &item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{} = {}", key(&entry.key), value(&entry.key, &entry.node.value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_brand_has_is_asked_for() {
        let one = "name = \"A\"\n[support]\nemail = \"x@a.ca\"\nphone = \"911\"\n[facts]\n# Who writes.\n# To whom.\n\
                   sender = \"no-reply@a.ca\"\n\nowner = \"A Inc.\"\nguest = \"a b#EXT#@c.com\"\nsites = [\"https://a.ca\", \"https://b.ca\"]\n\
                   seats = 3\nown = \"x\"\nplace = { city = \"B\", \"the code\" = true }\n";
        let other = "[support]\nemail = \"y@b.ca\"\n[facts]\nsender = \"s\"\nowner = \"\"\nguest = \"\"\nsites = []\nseats = 1\nplace = {}\n";
        let made = placeholders(&[one, other]);
        assert_eq!(
            made.support,
            "# Each may be left out: nothing of it then stands on the pages.\n[support]\nemail = \"help@example.com\"\n\
             # phone = \"+1 (555) 010-0100\"\n# hours = \"Monday to Friday, 8:30 to 17:00\"\n"
        );
        assert_eq!(
            made.facts,
            "\n# Whatever texts say about the brand: {{ brand.facts.sender }}. Strings, numbers and lists.\n[facts]\n\
             # Who writes.\n# To whom.\nsender = \"sender@example.com\"\nowner = \"[owner]\"\nguest = \"[guest]\"\n\
             sites = [\"https://example.com/\"]\nseats = 3\nplace = { city = \"[city]\", \"the code\" = true }\n"
        );
        assert_eq!(
            made.keys,
            [
                "support.email",
                "facts.sender",
                "facts.owner",
                "facts.guest",
                "facts.sites",
                "facts.seats",
                "facts.place"
            ]
        );
    }
}
