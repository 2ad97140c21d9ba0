//! JSON Schemas of the files that people write, for editors: what they complete, explain and underline.
//!
//! Editors know less than `etape check`, which has the last word: that a link leads somewhere, that a colour can be
//! read. Not here: reading those files (`config`, `parse`), which keeps to itself what a schema can't say.

pub mod forms;

use schemars::JsonSchema;
use serde_json::Value;

use crate::render::data;

/// A kind of file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// site.toml.
    Site,
    /// A brand's theme.toml.
    Theme,
    /// What stands between two lines of `---` at the top of a page.
    FrontMatter,
    /// What stands beside a screen.
    Sidecar,
    /// The guide.json that a build writes.
    Guide,
}

impl Schema {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Site, Self::Theme, Self::FrontMatter, Self::Sidecar, Self::Guide];

    /// Those of files that people write.
    pub const OF_FILES: [Self; 4] = [Self::Site, Self::Theme, Self::FrontMatter, Self::Sidecar];

    /// What it is asked for by, and what its file is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Theme => "theme",
            Self::FrontMatter => "front-matter",
            Self::Sidecar => "sidecar",
            Self::Guide => "guide",
        }
    }

    /// The schema itself.
    pub fn value(self) -> Value {
        match self {
            Self::Site => written::<forms::Site>(),
            Self::Theme => written::<forms::Theme>(),
            Self::FrontMatter => written::<forms::FrontMatter>(),
            Self::Sidecar => written::<forms::Sidecar>(),
            Self::Guide => data::schema(),
        }
    }

    /// The schema as a file holds it.
    pub fn text(self) -> String {
        format!("{:#}\n", self.value())
    }
}

fn written<T: JsonSchema>() -> Value {
    let mut schema = schemars::schema_for!(T).into();
    without_null(&mut schema);
    schema
}

/// What may be left out is left out: an empty value is a mistake in all of these files.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(forms)) = members.get_mut("anyOf") {
                forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
                if let [only] = forms.as_slice()
                    && let Some(only) = only.as_object().cloned()
                {
                    members.remove("anyOf");
                    members.extend(only);
                }
            }
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}
