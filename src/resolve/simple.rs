//! Texts whose placeholders only print: expanded without Tera, which takes longer to begin than all of that.
//!
//! What comes out is what Tera writes. Whatever isn't simple, or can't be printed, is Tera's, and so is telling why. Not
//! here: everything else about expanding (`expand`).

use std::ops::Range;

use tera::value::Key;
use tera::{Context, Value};

use super::terms;
use crate::parse::tags;
use crate::text::armour;

/// A text cut up at its placeholders.
pub struct Simple {
    pieces: Vec<Piece>,
}

enum Piece {
    /// The author's own words.
    Text(Range<usize>),
    /// `{{ brand.name }}`: the place of the dotted name.
    Value(Range<usize>),
    /// `{{ t(id="of-brand") }}`: the place of the id.
    Message(Range<usize>),
}

impl Simple {
    /// A text all of whose placeholders are simple; none if one of them asks for more.
    pub fn new(text: &str) -> Option<Self> {
        // where Tera's comments would begin
        if text.contains('\u{1}') {
            return None;
        }
        let mut pieces = Vec::new();
        let mut at = 0;
        for tag in tags::tags(text) {
            // a dash trims what is around
            if !tag.is_output || tag.inner != (tag.span.start + 2..tag.span.end - 2) {
                return None;
            }
            pieces.push(Piece::Text(at..tag.span.start));
            pieces.push(read(text, tag.inner)?);
            at = tag.span.end;
        }
        if text[at..].contains("{{") || text[at..].contains("{%") {
            return None;
        }
        pieces.push(Piece::Text(at..text.len()));
        Some(Self { pieces })
    }

    /// The text with its values in armour; none if one of them isn't a string that is there, or if it gets longer than
    /// `limit`.
    pub fn expand(&self, text: &str, context: &Context, limit: usize) -> Option<String> {
        let mut out = Vec::with_capacity(text.len() + text.len() / 4);
        for piece in &self.pieces {
            match piece {
                Piece::Text(range) => out.extend_from_slice(&text.as_bytes()[range.clone()]),
                Piece::Value(name) => print(find(context, &text[name.clone()])?, &mut out)?,
                Piece::Message(id) => print(&terms::message(&text[id.clone()])?, &mut out)?,
            }
            if out.len() > limit {
                return None;
            }
        }
        String::from_utf8(out).ok()
    }
}

fn print(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    let text = value.as_str().filter(|_| !value.is_safe())?;
    armour::write(text, out).ok()
}

fn find<'c>(context: &'c Context, name: &'c str) -> Option<&'c Value> {
    let mut parts = name.split('.');
    let first = context.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.as_map()?.get(&Key::Str(part)))
}

/// Words that Tera doesn't take for names.
const WORDS: [&str; 8] = ["true", "false", "none", "True", "False", "None", "not", "loop"];

fn read(text: &str, inner: Range<usize>) -> Option<Piece> {
    let place = |part: &str| {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        start..start + part.len()
    };
    let trimmed = text[inner].trim_matches(|c: char| c.is_ascii_whitespace());
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !WORDS.contains(&part)
    };
    if trimmed.split('.').all(is_name) {
        return Some(Piece::Value(place(trimmed)));
    }
    let quoted = trimmed.strip_prefix("t(id=")?.strip_suffix(')')?;
    let id = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id.then(|| Piece::Message(place(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::values::map;

    fn context() -> Context {
        let mut context = Context::new();
        let brand = map([
            ("name", Value::normal_string("L'Été & Cie")),
            ("id", Value::normal_string("ete")),
            ("facts", map([("sender", Value::normal_string("no-reply@x.ca")), ("n", Value::from(3))])),
        ]);
        context.insert_value("brand", brand);
        context.insert_value("title", Value::normal_string("1. a_b"));
        context.insert_value("raw", Value::safe_string("<b>"));
        context.insert_value("nothing", Value::none());
        context
    }

    /// As `expand` has it.
    fn by_tera(text: &str) -> Option<String> {
        let mut tera = tera::Tera::new();
        tera.autoescape_on([""]);
        tera.set_escape_fn(armour::write);
        terms::register(&mut tera);
        tera.render_str(text, &context(), true).ok()
    }

    #[test]
    fn what_is_simple_comes_out_as_of_tera() {
        for text in [
            "",
            "no placeholder, { # and { { x",
            "{{ brand.name }}",
            "{{brand.name}}{{ brand.facts.sender }}\n",
            "a {{\n brand.id\t}} b\n\n{{ title }} é {{title}}",
            "- {{ title }}\n- x }} y",
        ] {
            let simple = Simple::new(text).unwrap();
            assert_eq!(simple.expand(text, &context(), 1 << 20), by_tera(text), "{text}");
        }
    }

    #[test]
    fn the_rest_is_teras() {
        for text in [
            "{{- brand.name }}",
            "{{ brand.name -}}",
            "{{ brand.name | upper }}",
            "{{ brand['name'] }}",
            "{{ brand.name ~ title }}",
            "{{ \"x\" }}",
            "{{ 1 }}",
            "{{ true }}",
            "{{ }}",
            "{{ brand. }}",
            "{{ .brand }}",
            "{{ t(id=title) }}",
            "{{ t(id=\"a\", x=1) }}",
            "{{ t(id=\"a\"~\"b\") }}",
            "{{ brand.name",
            "{% if brand.name %}x{% endif %}",
            "{% raw %}{{ brand.name }}{% endraw %}",
            "\u{1}\u{2} {{ title }} \u{2}\u{1}",
        ] {
            assert!(Simple::new(text).is_none(), "{text}");
        }
        for text in [
            "{{ brand.facts.n }}",
            "{{ brand.facts }}",
            "{{ brand.more }}",
            "{{ raw }}",
            "{{ nothing }}",
            "{{ x }}",
            "{{ title.x }}",
        ] {
            let simple = Simple::new(text).unwrap();
            assert_eq!(simple.expand(text, &context(), 1 << 20), None, "{text}");
        }
        let simple = Simple::new("{{ title }}").unwrap();
        assert_eq!(simple.expand("{{ title }}", &context(), 3), None);
    }
}
