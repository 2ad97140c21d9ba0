//! `--single-file`: a guide as one file with everything inside, for a mail or a memory stick.
//!
//! The same sections as all.html and the same templates; style sheet, script and pictures stand in the page, and its
//! policy allows nothing else. Links within the guide stay within the page. Not here: reading the pictures back, which
//! is the caller's.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};
use tera::Value;

use super::context::{self, InsideFiles, Outline};
use super::pages::Edition;
use super::style;
use crate::diagnostic::Diagnostic;
use crate::model::body::{Filled, Placing};
use crate::model::guide::Guide;
use crate::model::media::media_type;
use crate::path::{Address, Links};
use crate::resolve::link::section_id;

/// The bytes of a published file.
pub type Bytes<'b> = dyn Fn(&Address) -> Option<Arc<[u8]>> + 'b;

/// What stands inside every single file of a brand. `files` are the theme's, which the style sheet names.
pub fn inside(css: &str, script: &str, bytes: &Bytes<'_>) -> InsideFiles {
    let style = closed(&style::inside(css, &|name| data_uri(&Address::new(format!("assets/{name}")), bytes)), "style");
    let script = closed(script, "script");
    let hash = |text: &str| BASE64.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}' data:; script-src 'sha256-{}'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(&script)
    );
    InsideFiles { style, script, policy }
}

/// Renders a guide as one file to the end of `out`.
pub fn guide(
    edition: &Edition<'_>,
    guide: &Guide,
    bodies: &[Filled],
    files: &InsideFiles,
    bytes: &Bytes<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Box<Diagnostic>> {
    let outline = &edition.outlines[edition.current];
    let links = Inside {
        at: guide.single_file(),
        base: edition.brand.base_url.as_deref(),
        sections: guide
            .pages
            .iter()
            .map(|page| (page.address.clone(), section_id(page)))
            .chain([(guide.sibling("all.html"), "page-main".to_owned())])
            .collect(),
        bytes,
    };
    let mut context = context::folder(edition.site, edition.brand, edition.files, outline, &links);
    context::insert_guide(&mut context, guide, &links);
    let mut is_first_picture = true;
    let sections = context::sections(guide, &mut |index, id, out| {
        bodies[index].place(Placing::Inside(&links, id), &mut is_first_picture, out);
    });
    context.insert_value("sections", sections);
    let find = |other: &Outline| match other.guides.iter().find(|own| own.id == guide.id) {
        Some(own) => own.single_file(),
        None => context::home(other),
    };
    context.insert_value("languages", context::languages(edition.outlines, &outline.locale, &links, &find));
    let index = guide.index();
    let mut page = context::page_map("single", &index.title, &index.lang);
    if let Some(description) = &index.description {
        page.insert(tera::value::Key::Str("description"), Value::normal_string(description));
    }
    context.insert_value("page", Value::from(page));
    context.insert_value("csp", Value::normal_string(&files.policy));
    context.insert_value("inline_style", Value::safe_string(&files.style));
    context.insert_value("inline_script", Value::safe_string(&files.script));
    edition.theme.render("all.html", &context, edition.messages, out)
}

/// How a page with everything inside writes its links.
struct Inside<'i> {
    /// The page itself.
    at: Address,
    /// Where the brand is published; links out of the page still lead somewhere when it has travelled.
    base: Option<&'i str>,
    /// The pages that are sections of it.
    sections: BTreeMap<Address, String>,
    bytes: &'i Bytes<'i>,
}

impl Links for Inside<'_> {
    fn page(&self, to: &Address) -> String {
        match (self.sections.get(to), self.base) {
            (Some(section), _) => format!("#{section}"),
            (None, Some(base)) => format!("{base}{}", to.encoded()),
            (None, None) => self.at.link_to(to),
        }
    }

    fn file(&self, to: &Address) -> String {
        data_uri(to, self.bytes).unwrap_or_else(|| self.page(to))
    }
}

/// A file as a link that holds it.
fn data_uri(address: &Address, bytes: &Bytes<'_>) -> Option<String> {
    let mut uri = format!("data:{};base64,", media_type(address.as_str()).replace(' ', ""));
    BASE64.encode_string(bytes(address)?, &mut uri);
    Some(uri)
}

/// A text that can stand in an element of this name: nothing in it ends the element. `\/` is `/` in style sheets and in
/// the strings of scripts.
fn closed(text: &str, element: &str) -> String {
    text.replace(&format!("</{element}"), &format!("<\\/{element}")).replace("<!--", "<\\!--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_allowed_by_its_hash_alone() {
        let picture: Arc<[u8]> = Arc::from(&b"<svg/>"[..]);
        let bytes = |address: &Address| (address.as_str() == "assets/cover.1.svg").then(|| picture.clone());
        let files = inside("a{b:url(cover.1.svg)}/*</style>*/", "f('</script>')", &bytes);
        assert_eq!(files.style, "a{b:url(data:image/svg+xml;base64,PHN2Zy8+)}/*<\\/style>*/");
        assert_eq!(files.script, "f('<\\/script>')");
        let hash = BASE64.encode(Sha256::digest(files.script.as_bytes()));
        assert!(files.policy.contains(&format!("script-src 'sha256-{hash}';")), "{}", files.policy);
        assert!(
            files.policy.starts_with("default-src 'none';") && !files.policy.contains("unsafe"),
            "{}",
            files.policy
        );
    }
}
