//! What a brand publishes beside its pages: the front page, the 404 page, robots.txt, sitemap.xml, _headers, llms.txt.
//!
//! Not here: pages of guides (`render::pages`).

use std::fmt::Write;
use std::sync::Arc;

use tera::value::Key;
use tera::{Context, Value};

use super::context::{self, BrandFiles, Outline};
use super::pages::Put;
use super::stencil::{self, Blind, Printed, Stencils, URL};
use super::theme::Theme;
use super::twin;
use crate::diagnostic::Diagnostic;
use crate::memo::KeyMaker;
use crate::model::guide::Kind;
use crate::model::site::{Brand, Site};
use crate::path::Address;
use crate::resolve::messages::Messages;
use crate::resolve::terms;
use crate::resolve::values::map;
use crate::text::armour;

/// Everything that a brand's own files are made from.
pub struct BrandView<'b> {
    /// The site.
    pub site: &'b Site,
    /// The brand.
    pub brand: &'b Brand,
    /// What it has published.
    pub files: &'b BrandFiles,
    /// Its locales with their guides; the first is the default.
    pub outlines: &'b [Outline],
    /// The messages of its locales, in the same order.
    pub messages: &'b [Arc<Messages>],
    /// Its templates.
    pub theme: &'b Theme,
    /// What its default locale shares with other brands' files.
    pub stencils: &'b Stencils,
    /// The day of the build for the sitemap (`2026-11-22`), if the caller of the build has fixed it.
    pub date: Option<&'b str>,
}

/// Renders a brand's own files. Runs inside `terms::within` the default locale's messages.
pub fn brand(view: &BrandView<'_>, put: &mut Put<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    // the two stand in one folder
    let at = Address::new("index.html");
    let folder = context::folder(view.site, view.brand, view.files, &view.outlines[0], &at);
    front_page(view, &folder, &at, put, &mut problems);
    not_found(view, folder, put, &mut problems);
    put(&Address::new("robots.txt"), robots(view).as_bytes());
    if let Some(base) = &view.brand.base_url {
        put(&Address::new("sitemap.xml"), sitemap(view, base).as_bytes());
    }
    put(&Address::new("_headers"), headers(view).as_bytes());
    put(&Address::new("llms.txt"), llms(view).as_bytes());
    problems
}

/// Where a brand's own files are published.
pub fn addresses(brand: &Brand) -> impl Iterator<Item = Address> {
    let sitemap = brand.base_url.as_ref().map(|_| "sitemap.xml");
    let all = [Some("index.html"), Some("404.html"), Some("robots.txt"), sitemap, Some("_headers"), Some("llms.txt")];
    all.into_iter().flatten().map(Address::new)
}

/// `index.html`: the choice of language, or straight to the only one.
fn front_page(view: &BrandView<'_>, folder: &Context, at: &Address, put: &mut Put<'_>, problems: &mut Vec<Diagnostic>) {
    let first = &view.outlines[0];
    let message = |id: &str| view.messages[0].format(id, &[]).unwrap_or_else(|_| id.to_owned());
    let home = context::home(first);
    let titles = || view.outlines.iter().flat_map(|outline| &outline.guides).map(|guide| guide.index().title.as_str());
    let (template, kind, title, description, url) = if view.outlines.len() > 1 {
        let description = titles().collect::<Vec<_>>().join(" – ");
        ("languages.html", "languages", message("languages-title"), Some(description), String::new())
    } else {
        let title = first.guides.first().map_or(&view.site.title, |guide| &guide.index().title);
        ("redirect.html", "redirect", title.clone(), None, home.encoded())
    };
    let insert = |context: &mut Context, blind: &Blind| {
        context.insert_value("languages", context::languages(view.outlines, &first.locale, at, &context::home));
        let mut page = context::page_map(kind, &title, &first.locale.id);
        if let Some(description) = &description {
            page.insert(Key::Str("description"), Value::normal_string(description));
        } else {
            context.insert_value("target", Value::normal_string(&at.link_to(&home)));
        }
        if let Some(base) = &view.brand.base_url {
            let base = stencil::shown(URL, blind, base);
            page.insert(Key::Str("url"), Value::normal_string(&format!("{base}{url}")));
        }
        context.insert_value("page", Value::from(page));
    };
    let alike = KeyMaker::new("front page").text(&title).maybe(description.as_deref());
    let alike = view.outlines.iter().fold(alike, |key, outline| {
        key.text(&outline.locale.id).text(&outline.name).text(context::home(outline).as_str())
    });
    let printed = Printed {
        stencils: view.stencils,
        theme: view.theme,
        messages: &view.messages[0],
        base: view.brand.base_url.as_deref(),
    };
    let mut out = Vec::new();
    let result = printed.print(template, folder, &insert, alike, &mut out);
    finish(view, result, at, &out, put, problems);
}

/// `404.html`: hosts show it at any depth, so its links are absolute where the brand's address is known.
fn not_found(view: &BrandView<'_>, mut context: Context, put: &mut Put<'_>, problems: &mut Vec<Diagnostic>) {
    let at = Address::new("404.html");
    let languages = view.outlines.iter().zip(view.messages).map(|(outline, messages)| {
        let text = |id: &str| Value::normal_string(&terms::marked(&messages.label(id, None)));
        let home = context::home(outline);
        let href =
            view.brand.base_url.as_ref().map_or_else(|| at.link_to(&home), |base| format!("{base}{}", home.encoded()));
        map([
            ("locale", Value::normal_string(&outline.locale.id)),
            ("name", Value::normal_string(&outline.name)),
            ("dir", Value::normal_string(outline.locale.direction())),
            ("href", Value::normal_string(&href)),
            ("title", text("not-found-title")),
            ("text", text("not-found-text")),
            ("link", text("not-found-link")),
        ])
    });
    context.insert_value("languages", Value::from(languages.collect::<Vec<_>>()));
    context.insert_value("inline_style", Value::safe_string(&view.files.inline_style));
    let mut page = context::page_map("not-found", "", &view.outlines[0].locale.id);
    let title = view.messages[0].format("not-found-title", &[]).unwrap_or_default();
    page.insert(Key::Str("title"), Value::normal_string(&title));
    let text = view.messages[0].format("not-found-text", &[]).unwrap_or_default();
    page.insert(Key::Str("description"), Value::normal_string(&text));
    context.insert_value("page", Value::from(page));
    let mut out = Vec::new();
    let result = view.theme.render("not-found.html", &context, &view.messages[0], &mut out);
    finish(view, result, &at, &out, put, problems);
}

fn finish(
    view: &BrandView<'_>,
    result: Result<(), Box<Diagnostic>>,
    at: &Address,
    out: &[u8],
    put: &mut Put<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    match result {
        Ok(()) => put(at, out),
        Err(problem) => problems.push(problem.in_edition(&view.brand.id, &view.outlines[0].locale.id)),
    }
}

fn robots(view: &BrandView<'_>) -> String {
    let mut out = "User-agent: *\nAllow: /\n".to_owned();
    if let Some(base) = &view.brand.base_url {
        out.push_str(&format!("\nSitemap: {base}sitemap.xml\n"));
    }
    out
}

fn sitemap(view: &BrandView<'_>, base: &str) -> String {
    let links = if view.outlines.len() > 1 { view.outlines } else { &[] };
    let pages: usize = view.outlines.iter().flat_map(|outline| &outline.guides).map(|guide| guide.pages.len()).sum();
    let mut out = String::with_capacity(pages * (LINE + links.len() * LINE) + 2 * LINE);
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let base = escaped(base);
    for outline in view.outlines {
        for guide in &outline.guides {
            for page in &guide.pages {
                out.extend(["<url><loc>", &base]);
                page.address.push_encoded(&mut out);
                out.push_str("</loc>");
                if let Some(date) = view.date {
                    out.extend(["<lastmod>", date, "</lastmod>"]);
                }
                for other in links {
                    out.extend(["<xhtml:link rel=\"alternate\" hreflang=\"", &other.locale.id, "\" href=\"", &base]);
                    context::counterpart(other, &guide.id, &page.key).push_encoded(&mut out);
                    out.push_str("\"/>");
                }
                out.push_str("</url>\n");
            }
        }
    }
    out.push_str("</urlset>\n");
    out
}

/// About the bytes of a page in a sitemap, of one of its links, and of a page in `llms.txt`.
const LINE: usize = 160;

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    armour::push_html(text, &mut out);
    out
}

/// For hosts that read it: the pages' own policy and more, and how long to keep what.
fn headers(view: &BrandView<'_>) -> String {
    format!(
        "/*\n  Content-Security-Policy: {}; frame-ancestors 'none'\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer\n  \
         Permissions-Policy: camera=(), geolocation=(), microphone=()\n  Cross-Origin-Opener-Policy: same-origin\n  Cache-Control: public, max-age=300\n\
         /assets/*\n  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n",
        view.files.policy
    )
}

/// What assistants read: every page's Markdown twin, by language and guide.
fn llms(view: &BrandView<'_>) -> String {
    let pages: usize = view.outlines.iter().flat_map(|outline| &outline.guides).map(|guide| guide.pages.len()).sum();
    let mut out = String::with_capacity((pages + 2) * LINE);
    let text = armour::push_escaped;
    out.push_str("# ");
    text(&view.brand.name, &mut out);
    out.push_str(" – ");
    text(&view.site.title, &mut out);
    out.push('\n');
    for outline in view.outlines {
        for guide in &outline.guides {
            let index = guide.index();
            out.push_str("\n## ");
            text(&index.title, &mut out);
            out.push_str(" (");
            text(&outline.name, &mut out);
            out.push_str(")\n\n");
            if let Some(description) = &index.description {
                text(description, &mut out);
                out.push_str("\n\n");
            }
            for page in &guide.pages {
                out.push_str("- [");
                // writing to a string can't fail
                let _ = match page.kind {
                    Kind::Step { number } => write!(out, "{number}. "),
                    Kind::StepOption { step, number } => write!(out, "{step}.{number} "),
                    Kind::Index | Kind::Loose => Ok(()),
                };
                text(&page.title, &mut out);
                out.push_str("](");
                twin::address(&page.address).push_encoded(&mut out);
                out.push(')');
                if let Some(description) = page.description.as_ref().filter(|_| page.kind != Kind::Index) {
                    out.push_str(": ");
                    text(description, &mut out);
                }
                out.push('\n');
            }
        }
    }
    out
}
