//! A name as it was typed: what files are called by it, and what readers see.

use super::Refusal;
use crate::parse::markdown::slug;

/// A new thing's name.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    /// For files and addresses: `ask-for-the-code`.
    pub slug: String,
    /// For readers, until the writer finds a better one: "Ask for the code".
    pub title: String,
}

impl Name {
    /// From what was typed: a name for files, or a title.
    pub fn new(typed: &str) -> Result<Self, Refusal> {
        let typed = typed.trim();
        if typed.chars().any(|c| c.is_control() || "{}/\\".contains(c)) || !typed.contains(char::is_alphanumeric) {
            return Err(Refusal::new(format!("{typed:?} is no name: use letters, digits and hyphens")));
        }
        let slug = slug(typed);
        let title = if typed.contains(' ') { typed.to_owned() } else { typed.replace(['-', '_'], " ") };
        let mut letters = title.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        Ok(Self { slug, title: first + letters.as_str() })
    }

    /// The title between double quotes of YAML or TOML.
    pub fn quoted(&self) -> String {
        self.title.replace('\\', "\\\\").replace('"', "\\\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_titles() {
        for (typed, slug, title) in [
            ("code", "code", "Code"),
            ("ask-for-the-code", "ask-for-the-code", "Ask for the code"),
            ("Ask for the code", "ask-for-the-code", "Ask for the code"),
            ("Étape « 2 »", "étape-2", "Étape « 2 »"),
            ("VPN", "vpn", "VPN"),
            ("  code ", "code", "Code"),
        ] {
            assert_eq!(Name::new(typed), Ok(Name { slug: slug.to_owned(), title: title.to_owned() }), "{typed}");
        }
        for typed in ["", " ", "---", "a/b", "..", "a\\b", "{{ x }}", "a\nb"] {
            assert!(Name::new(typed).is_err(), "{typed}");
        }
        assert_eq!(Name::new("Press \"OK\"").map(|name| name.quoted()), Ok("Press \\\"OK\\\"".to_owned()));
    }
}
