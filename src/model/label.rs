//! Words of the interface that stand in a text, with the language they are in when it isn't the text's own.
//!
//! Not here: finding them (`resolve::messages`), and strings that templates ask for (`render::language`).

use std::sync::Arc;

use crate::text::armour;

/// A string of the interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What it says.
    pub text: String,
    /// Its language, if it stands in for a translation that is missing.
    pub lang: Option<Arc<str>>,
}

impl Label {
    /// As HTML between elements.
    pub fn to_html(&self) -> String {
        let text = self.to_attribute();
        match &self.lang {
            Some(lang) => format!("<span lang=\"{lang}\" dir=\"auto\">{text}</span>"),
            None => text,
        }
    }

    /// As the value of an attribute, where no language can be said.
    pub fn to_attribute(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        armour::push_html(&self.text, &mut out);
        out
    }
}
