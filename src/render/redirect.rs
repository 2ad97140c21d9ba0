//! Pages that lead on to another one: from the list of a single guide, and from addresses that pages had before.
//!
//! Not here: which addresses these are (`resolve::outline`).

use tera::value::Key;
use tera::{Context, Value};

use super::context;
use super::pages::Edition;
use super::stencil::{self, Blind, Printed, URL};
use crate::diagnostic::Diagnostic;
use crate::memo::KeyMaker;
use crate::model::guide::Page;
use crate::path::Address;

/// Renders the page at an address that leads to a page.
pub fn page(edition: &Edition<'_>, from: &Address, to: &Page, out: &mut Vec<u8>) -> Result<(), Box<Diagnostic>> {
    let target = from.link_to(&to.address);
    let base = edition.brand.base_url.as_deref();
    let outline = &edition.outlines[edition.current];
    let folder = context::folder(edition.site, edition.brand, edition.files, outline, from);
    let insert = |context: &mut Context, blind: &Blind| {
        context.insert_value("target", Value::normal_string(&target));
        let mut page = context::page_map("redirect", &to.title, &to.lang);
        if let Some(base) = base {
            let base = stencil::shown(URL, blind, base);
            page.insert(Key::Str("url"), Value::normal_string(&format!("{base}{}", to.address.encoded())));
        }
        context.insert_value("page", Value::from(page));
    };
    let alike = [&target, &to.title, &*to.lang, to.address.as_str()];
    let alike = alike.into_iter().fold(KeyMaker::new("redirect"), KeyMaker::text);
    let (stencils, theme, messages) = (&edition.frames.others, edition.theme, edition.messages);
    Printed { stencils, theme, messages, base }.print("redirect.html", &folder, &insert, alike, out)
}
