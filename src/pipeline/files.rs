//! What all pages of a brand share: the theme's files, the style sheet, the script.
//!
//! A style sheet or script that is the same for many brands is made ready once for all of them. Not here: pictures that
//! are drawn for a brand (`drawn`).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use sha2::Digest;

use super::pictures::hashed_name;
use super::published::Shelf;
use super::safe;
use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::{KeyMaker, Round};
use crate::model::site::Brand;
use crate::model::weight::{Shared, Weighed, gzipped};
use crate::path::{Address, SourcePath};
use crate::render::context::{BrandFiles, Icons, Logo};
use crate::render::{single, style};
use crate::screen::{self, PictureProblem};
use crate::text::data_uri;

/// A style sheet or script of a theme, ready to be published.
pub struct Ready {
    text: Arc<str>,
    /// What a script is published as.
    name: OnceLock<String>,
    problems: Vec<Diagnostic>,
    /// In bytes, after gzip.
    weight: usize,
}

impl Ready {
    fn new(text: String, problems: Vec<Diagnostic>) -> Self {
        Self { weight: gzipped(text.as_bytes()), text: text.into(), name: OnceLock::new(), problems }
    }
}

/// Those of one build.
const THIS: Round = Round::Number(0);

/// Publishes what a brand's pages share.
pub fn publish(sources: &Sources, brand: &Brand, shelf: &Shelf) -> (BrandFiles, Vec<Diagnostic>) {
    let snapshot = &sources.snapshot;
    let mut problems = Vec::new();
    let mut theme: BTreeMap<String, (SourcePath, Address)> = BTreeMap::new();
    let own = format!("themes/{}", brand.id);
    for folder in ["themes/base", &own] {
        for (path, _) in snapshot.under(folder).filter(|(path, _)| is_theme_asset(path, folder)) {
            let Some(bytes) = safe::theme_file(&sources.pictures, path, &mut problems) else { continue };
            let extension = path.file_name().rsplit_once('.').map_or("", |(_, extension)| extension);
            let address = shelf.add(&hashed_name(path, extension, &bytes), bytes);
            theme.insert(path.as_str()[folder.len() + 1..].to_owned(), (path.clone(), address));
        }
    }
    let addresses: BTreeMap<String, Address> =
        theme.iter().map(|(name, (_, address))| (name.clone(), address.clone())).collect();
    let text_of = |folder: &str, name: &str| {
        let path = SourcePath::new(format!("{folder}/{name}"));
        snapshot.text(&path).cloned().map(|text| (path, text))
    };
    let colors = style::colors(&brand.colors);
    let sheets = ["themes/base", &own].into_iter().filter_map(|folder| text_of(folder, "style.css"));
    let sheets: Vec<_> = sheets.map(|(path, text)| style_sheet(sources, &path, &text, &addresses)).collect();
    let css: String =
        [&*colors].into_iter().chain(sheets.iter().map(|sheet| &*sheet.text)).collect::<Vec<_>>().concat();
    // gzip makes it no larger, and starting gzip takes longer than all the rest of this
    let style_weight = colors.len() + sheets.iter().map(|sheet| sheet.weight).sum::<usize>();
    problems.extend(sheets.iter().flat_map(|sheet| sheet.problems.iter().cloned()));
    let overridden = |name: &str| text_of(&own, name).or_else(|| text_of("themes/base", name));
    let script = script(sources, overridden("guide.js"));
    let inline_style = colors + overridden("not-found.css").as_ref().map_or("", |(_, text)| text);
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inline_style.as_bytes()));
    let logo = brand.logo.as_ref().and_then(|name| {
        let (path, address) = theme.get(name)?;
        let logo = logo(sources, path, address, shelf).map_err(|problem| problems.push(*problem));
        Some(logo.unwrap_or_else(|()| Logo { address: address.clone(), size: None, inside: None }))
    });
    let inside =
        sources.options.single_file.then(|| single::inside(&css, &script.text, &|address| shelf.bytes(address)));
    let (css, js): (Arc<[u8]>, Arc<[u8]>) = (css.into_bytes().into(), script.text.clone().into());
    let script_name = script.name.get_or_init(|| hashed_name(&SourcePath::new("guide.js"), "js", &js));
    let files = BrandFiles {
        style: shelf.add(&hashed_name(&SourcePath::new("style.css"), "css", &css), css.clone()),
        script: shelf.add(script_name, js.clone()),
        weight: weight(sources, &own, Weighed::about(css, style_weight), Weighed::about(js, script.weight)),
        logo,
        icons: Icons::default(),
        cards: BTreeMap::new(),
        inside,
        theme: addresses,
        // the pages themselves connect to nothing; tools that rate a page look for its robots.txt from within it
        policy: format!(
            "default-src 'none'; style-src 'self' 'sha256-{hash}'; script-src 'self'; img-src 'self' data:; manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
        ),
        inline_style,
    };
    (files, problems)
}

/// A logo that is no larger, in bytes, stands in the pages themselves.
const SMALL: usize = 2 << 10;

/// A brand's logo, measured.
fn logo(sources: &Sources, path: &SourcePath, address: &Address, shelf: &Shelf) -> Result<Logo, Box<Diagnostic>> {
    let unmeasured = |problem: PictureProblem| {
        Box::new(Diagnostic::new(problem.code, Place::start_of(path), problem.message).help(problem.help))
    };
    let original = sources.pictures.plain(path).ok();
    let size = original.map(|bytes| screen::measure(path.file_name(), &bytes)).transpose().map_err(unmeasured)?;
    let inside = shelf.bytes(address).and_then(|bytes| small_svg(path.file_name(), &bytes, SMALL));
    Ok(Logo { address: address.clone(), size: size.flatten(), inside })
}

/// A link that holds a published drawing, if that has so many bytes at most.
pub fn small_svg(name: &str, bytes: &[u8], most: usize) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| name.ends_with(".svg") && text.len() <= most)?;
    Some(data_uri::svg(text))
}

/// A style sheet with the published names of the files that it names.
fn style_sheet(sources: &Sources, path: &SourcePath, text: &str, addresses: &BTreeMap<String, Address>) -> Arc<Ready> {
    let make = || {
        let (text, problems) = style::publish(path, text, addresses);
        Arc::new(Ready::new(text, problems))
    };
    let named = addresses.iter().filter(|(name, _)| text.contains(name.as_str()));
    let key = KeyMaker::new("style sheet").keys(sources.snapshot.key(path));
    let key = named.fold(key, |key, (name, address)| key.text(name).text(address.as_str()));
    let ready = sources.ready.get_or(THIS, key.make(), make);
    // what is told of a name that is wrong depends on all the others
    if ready.problems.is_empty() { ready } else { make() }
}

fn script(sources: &Sources, found: Option<(SourcePath, Arc<str>)>) -> Arc<Ready> {
    let key = found.as_ref().and_then(|(path, _)| sources.snapshot.key(path));
    sources.ready.get_or(THIS, KeyMaker::new("script").keys(key).make(), || {
        let text = found.map_or_else(String::new, |(_, text)| style::script(&text));
        Arc::new(Ready::new(text, Vec::new()))
    })
}

/// How heavy what all pages share is, and where it can be made lighter.
fn weight(sources: &Sources, own: &str, style: Weighed, script: Weighed) -> Shared {
    let name = if script.most() > style.most() { "guide.js" } else { "style.css" };
    let paths = [own, "themes/base"].map(|folder| SourcePath::new(format!("{folder}/{name}")));
    let of_site = paths.iter().find(|path| sources.snapshot.is_own(path));
    let place = of_site.map_or_else(
        || Place::new(&SourcePath::new(crate::config::SITE_FILE), sources.site.budget.span.clone()),
        Place::start_of,
    );
    Shared { style, script, place }
}

/// A file that templates and style sheets may name, not one of the theme's workings.
fn is_theme_asset(path: &SourcePath, folder: &str) -> bool {
    let name = &path.as_str()[folder.len() + 1..];
    let is_working = name.ends_with(".html")
        || name.ends_with(".ftl")
        || matches!(name, "theme.toml" | "style.css" | "guide.js" | "not-found.css");
    !is_working && !name.ends_with(".md") && !name.ends_with(".txt")
}
