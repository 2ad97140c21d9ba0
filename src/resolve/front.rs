//! Front matter in an edition: its strings expanded, its address made.
//!
//! Not here: reading front matter (`parse::content`), and whether an address is free (`resolve::outline`).

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use memchr::memchr2;
use tera::Value as TeraValue;
use tera::value::{Key, Map};

use super::expand::Engine;
use super::messages::Messages;
use super::names::Vocabulary;
use super::values::Values;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::guide::{Kind, Page};
use crate::parse::content::{ContentFile, Text};
use crate::parse::data::{self, Node};
use crate::parse::{markdown, tags};
use crate::path::Address;
use crate::text::armour;

/// Expands the front matter of one file for one page.
pub struct Expander<'e> {
    /// For placeholders.
    pub engine: &'e Engine,
    /// Names that are known to be wrong are told elsewhere, once.
    pub vocabulary: &'e Vocabulary,
    /// The file.
    pub file: &'e ContentFile,
    /// What the page is.
    pub kind: Kind,
    /// The guide's values.
    pub values: &'e Values,
    /// The page's, if a string asks for some: few do.
    pub of_page: OnceCell<Values>,
    /// The messages of the text's language.
    pub messages: &'e Messages,
}

/// How an expanded string is used.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// Read by people: set as prose.
    Prose,
    /// Read by programs: as it is.
    Plain,
}

impl Expander<'_> {
    /// The page that the file makes in the guide's folder of a locale.
    pub fn page(
        &self,
        key: &Arc<str>,
        source: usize,
        is_fallback: bool,
        guide: &str,
        locale: &str,
        problems: &mut Vec<Diagnostic>,
    ) -> Page {
        let front = &self.file.front;
        let folder = [locale, "/", &in_address(guide)].concat();
        let slug = match (&front.slug, self.kind) {
            (_, Kind::Index) => "index".to_owned(),
            (Some(slug), _) if self.is_readable(slug) => self.slug(slug, problems),
            (Some(_), _) => default_slug(key),
            (None, _) => default_slug(key),
        };
        if self.kind == Kind::Index
            && let Some(slug) = &front.slug
        {
            problems.push(
                Diagnostic::new(
                    Code::FrontMatterInvalid,
                    Place::new(&self.file.path, slug.span.clone()),
                    "a guide's first page is always index.html",
                )
                .help("take the slug out"),
            );
        }
        // an address from the top of the site is the original's, not that of its stand-in in another locale
        let own = |alias: &Text| !(is_fallback && alias.value.starts_with('/')) && self.is_readable(alias);
        let aliases = front.aliases.iter().enumerate().filter(|(_, alias)| own(alias));
        let aliases =
            aliases.filter_map(|(index, alias)| Some((index, self.alias(alias, &folder, problems)?))).collect();
        Page {
            key: key.clone(),
            kind: self.kind,
            source,
            file: self.file.path.clone(),
            lang: self.file.locale.clone(),
            is_fallback,
            title: self.string(&front.title, Use::Prose, problems),
            description: front.description.as_ref().map(|text| self.string(text, Use::Prose, problems)),
            duration: front.duration,
            device: front.device,
            extra: front.extra.as_ref().map_or_else(|| TeraValue::from(Map::new()), |node| self.extra(node, problems)),
            address: Address::new([folder.as_str(), "/", &slug, ".html"].concat()),
            aliases,
        }
    }

    /// Are all its names known? If not, that is told elsewhere, and nothing more is said of it.
    fn is_readable(&self, text: &Text) -> bool {
        !tags::has_tags(&text.value) || self.vocabulary.check(&text.value).is_empty()
    }

    fn slug(&self, text: &Text, problems: &mut Vec<Diagnostic>) -> String {
        let slug = self.string(text, Use::Plain, problems);
        let is_good =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (c.is_alphanumeric() && !c.is_ascii());
        if !slug.is_empty() && slug.len() <= LONGEST && slug.chars().all(is_good) {
            return slug;
        }
        let near: String = markdown::slug(&slug).chars().take(60).collect();
        problems.push(
            Diagnostic::new(
                Code::FrontMatterInvalid,
                Place::new(&self.file.path, text.span.clone()),
                format!("\"{slug}\" can't be part of an address"),
            )
            .help(format!("use letters, digits and hyphens, such as \"{near}\"")),
        );
        near
    }

    fn alias(&self, text: &Text, folder: &str, problems: &mut Vec<Diagnostic>) -> Option<Address> {
        let alias = self.string(text, Use::Plain, problems);
        let (base, rest) = match alias.strip_prefix('/') {
            Some(rest) => ("", rest),
            None => (folder, alias.as_str()),
        };
        let is_odd =
            |c: char| c.is_control() || matches!(c, '?' | '#' | '\\' | ':' | '"' | '<' | '>' | '|' | '*' | '%' | ' ');
        let is_below_page = rest.split('/').rev().skip(1).any(|part| part.ends_with(".html") || part.ends_with(".htm"));
        let has_no_name = alias.is_empty() || matches!(rest.rsplit('/').next(), Some("." | ".."));
        let has_empty_part = rest.starts_with('/') || rest.contains("//");
        if has_no_name
            || has_empty_part
            || alias.contains(is_odd)
            || is_below_page
            || rest.split('/').any(|part| part.len() > LONGEST)
        {
            problems.push(
                Diagnostic::new(
                    Code::FrontMatterInvalid,
                    Place::new(&self.file.path, text.span.clone()),
                    format!("the alias \"{alias}\" is no path of a page"),
                )
                .help("write an old address in this folder, such as \"old-name.html\", or from the top of the site, such as \"/fr/old/name.html\""),
            );
            return None;
        }
        let Some(mut path) = join(base, rest) else {
            problems.push(
                Diagnostic::new(
                    Code::PathOutside,
                    Place::new(&self.file.path, text.span.clone()),
                    format!("the alias \"{alias}\" leads out of the site"),
                )
                .help("write an old address in this folder, such as \"old-name.html\", or from the top of the site, such as \"/fr/old/name.html\""),
            );
            return None;
        };
        if path.is_empty() {
            path.push_str("index.html");
        } else if rest.ends_with('/') {
            path.push_str("/index.html");
        } else if !path.ends_with(".html") && !path.ends_with(".htm") {
            path.push_str(".html");
        }
        Some(Address::new(path))
    }

    fn string(&self, text: &Text, for_use: Use, problems: &mut Vec<Diagnostic>) -> String {
        let (value, found) = self.expand(&text.value);
        problems.extend(found.into_iter().map(|bad| {
            let span = text.place(&self.file.text, bad.span);
            Diagnostic::new(bad.code, Place::new(&self.file.path, span), bad.message).maybe_help(bad.help)
        }));
        match for_use {
            Use::Plain => armour::strip(&value).into_owned(),
            Use::Prose => {
                let mut set = String::with_capacity(value.len() + 8);
                let mut line = Cow::Borrowed(value.trim());
                if memchr2(b'\n', b'\r', line.as_bytes()).is_some() {
                    line = line.replace(['\n', '\r'], " ").into();
                }
                self.messages.typography().apply(&line, None, None, &mut set);
                armour::stripped(set)
            }
        }
    }

    fn expand<'v>(&self, value: &'v str) -> (Cow<'v, str>, Vec<super::names::BadName>) {
        if !tags::has_tags(value) || !self.vocabulary.check(value).is_empty() {
            return (Cow::Borrowed(value), Vec::new());
        }
        let values = self.of_page.get_or_init(|| self.values.for_page(self.kind));
        let (expanded, found) = self.engine.expand(None, value, &[], values.context(), self.messages);
        (expanded.text, found)
    }

    /// The writer's own keys as a value for templates; strings in it are expanded too.
    fn extra(&self, node: &Node, problems: &mut Vec<Diagnostic>) -> TeraValue {
        match &node.value {
            data::Value::Null => TeraValue::none(),
            data::Value::Bool(value) => TeraValue::from(*value),
            data::Value::Integer(value) => TeraValue::from(*value),
            data::Value::Float(value) => TeraValue::from(*value),
            data::Value::String(_) => {
                let text = Text::of(node);
                TeraValue::normal_string(
                    &text.map_or_else(String::new, |text| self.string(&text, Use::Prose, problems)),
                )
            }
            data::Value::List(list) => {
                TeraValue::from(list.iter().map(|node| self.extra(node, problems)).collect::<Vec<_>>())
            }
            data::Value::Table(entries) => {
                let pairs =
                    entries.iter().map(|entry| (Key::from(entry.key.clone()), self.extra(&entry.node, problems)));
                TeraValue::from(pairs.collect::<Map>())
            }
        }
    }
}

/// The longest name of a page in an address, in bytes: file systems allow 255 with the ending.
const LONGEST: usize = 200;

/// The name of a page's file without its number.
fn default_slug(key: &str) -> String {
    let name = match key.split_once('-') {
        Some((number, rest))
            if !rest.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !number.is_empty() =>
        {
            rest
        }
        _ => key,
    };
    in_address(name)
}

/// A folder's or file's name as a part of an address.
fn in_address(name: &str) -> String {
    let is_good = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_good { name.to_owned() } else { markdown::slug(name) }
}

/// Joins a relative path to a folder; none if it leads above the top.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_names_without_numbers() {
        for (key, slug) in [
            ("03-code", "code"),
            ("06.1-app", "app"),
            ("support", "support"),
            ("3d-print", "3d-print"),
            ("04-Créer un compte", "créer-un-compte"),
            ("contact-us", "contact-us"),
        ] {
            assert_eq!(default_slug(key), slug);
        }
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(join("fr/mfa", "../x/y.html").as_deref(), Some("fr/x/y.html"));
        assert_eq!(join("fr/mfa", "../../../x").as_deref(), None);
        assert_eq!(join("", "x//./y").as_deref(), Some("x/y"));
    }
}
