//! One brand: its theme's files, its outlines, then each of its editions, handed to the sink as they are rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use rayon::prelude::*;
use sha2::Digest;

use super::contents::{self, Edition};
use super::drawn;
use super::pictures::{Key, hashed_name};
use super::published::BrandAssets;
use super::{ScreenUse, Sources};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::body::Body;
use crate::model::locale::Locale;
use crate::model::site::Brand;
use crate::output::{OutputError, Sink};
use crate::parse::markdown::Slot;
use crate::path::{Address, SourcePath};
use crate::render::context::{BrandFiles, Icons, Outline};
use crate::render::pages::{self, Put};
use crate::render::theme::Theme;
use crate::render::{feeds, single, style};
use crate::resolve::assets::Found;
use crate::resolve::link::{Linker, Publisher};
use crate::resolve::messages::Messages;
use crate::resolve::names;
use crate::resolve::outline::{self, Index, Input, Speech};
use crate::resolve::terms;
use crate::resolve::text::PageText;
use crate::resolve::values::{self, Values};
use crate::screen;

/// Builds a brand in some locales; gives back what is wrong, and what stands where.
pub fn build(
    sources: &Sources<'_>,
    index: &Index<'_>,
    brand: &Brand,
    locales: &[Locale],
    sink: &dyn Sink,
) -> Result<(Vec<Diagnostic>, Vec<Edition>), OutputError> {
    let mut problems = Vec::new();
    let own_theme = Theme::is_own(sources.snapshot, &brand.id).then(|| {
        let (theme, found) = Theme::new(sources.snapshot, Some(&brand.id));
        problems.extend(found);
        theme
    });
    let theme = own_theme.as_ref().unwrap_or(&sources.theme);
    let pictures = BrandAssets::new(&sources.pictures);
    let (mut files, found) = brand_files(sources, brand, &pictures);
    problems.extend(found);

    let source = sources.site.source_locale();
    let fluent = sources.fluent_for(&brand.id);
    let messages_of =
        |locale: &Locale| Arc::new(Messages::new(&fluent, sources.fluent_is_partial, &brand.id, locale, source));
    let messages: Vec<_> = locales.iter().map(messages_of).collect();
    let source_messages = match locales.iter().position(|locale| locale.id == source.id) {
        Some(at) => messages[at].clone(),
        None => messages_of(source),
    };

    let brand_value = values::brand(brand);
    let input = Input {
        site: sources.site,
        files: &sources.content,
        index,
        engine: &sources.engine,
        vocabulary: &sources.vocabulary,
        drafts: sources.options.drafts,
    };
    let mut outlines = Vec::with_capacity(locales.len());
    for (locale, own) in locales.iter().zip(&messages) {
        let values = Values::new(sources.site, &brand_value, locale);
        let speech = Speech { own, source: &source_messages };
        let (guides, found) = outline::outline(&input, brand, locale, &speech, &values);
        problems.extend(found);
        let name = own.own_text("language-name").unwrap_or_else(|| locale.id.to_string());
        outlines.push(Outline { locale: locale.clone(), name, guides });
    }
    drawn::add(sources, brand, &outlines, &pictures, &mut files);
    let guides = outlines.iter().flat_map(|outline| &outline.guides);
    let mut taken = outline::check_addresses(brand, &sources.site.locales, guides, &sources.content);
    outline::tell_once(&mut taken, &sources.content, source);
    problems.extend(taken);

    let writer = Writer { sink, brand: &brand.id, failed: Mutex::new(None) };
    let found: Vec<_> = (0..locales.len())
        .into_par_iter()
        .map(|current| {
            let speech = Speech { own: &messages[current], source: &source_messages };
            let edition =
                EditionInput { sources, index, brand, brand_value: &brand_value, speech, outlines: &outlines, current };
            edition.build(&files, theme, &pictures, &writer)
        })
        .collect();
    problems.extend(found.into_iter().flatten());

    let view = feeds::BrandView {
        site: sources.site,
        brand,
        files: &files,
        outlines: &outlines,
        messages: &messages,
        theme,
        date: sources.options.date.as_deref(),
    };
    problems
        .extend(terms::within(&messages[0], || feeds::brand(&view, &mut |address, bytes| writer.put(address, bytes))));

    if brand.is_partial {
        problems.retain(|problem| !names::is_lacking(problem));
    }
    let (used, found) = pictures.write(&|address, bytes| writer.put(address, bytes));
    problems.extend(found);
    sources.used.lock().unwrap_or_else(PoisonError::into_inner).extend(used);
    match writer.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // two files at one address are told as a problem of the content
        Some(error) if !matches!(error, OutputError::Twice { .. }) || problems.is_empty() => Err(error),
        _ => Ok((problems, contents::of(sources, brand, &outlines))),
    }
}

/// Puts a brand's files into the sink and remembers the first failure.
struct Writer<'w> {
    sink: &'w dyn Sink,
    brand: &'w str,
    failed: Mutex<Option<OutputError>>,
}

impl Writer<'_> {
    fn put(&self, address: &Address, bytes: &[u8]) {
        if let Err(error) = self.sink.put(&format!("{}/{address}", self.brand), bytes) {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }
}

struct EditionInput<'e> {
    sources: &'e Sources<'e>,
    index: &'e Index<'e>,
    brand: &'e Brand,
    brand_value: &'e tera::Value,
    speech: Speech<'e>,
    outlines: &'e [Outline],
    current: usize,
}

impl EditionInput<'_> {
    fn build(
        &self,
        files: &BrandFiles,
        theme: &Theme,
        publisher: &dyn Publisher,
        writer: &Writer<'_>,
    ) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let texts = self.texts();
        self.sources.pictures.prepare(&self.screens(&texts));
        let bodies = self.link(&texts, publisher, &mut problems);
        drop(texts);
        let edition = pages::Edition {
            site: self.sources.site,
            brand: self.brand,
            files,
            outlines: self.outlines,
            current: self.current,
            bodies: &bodies,
            theme,
            messages: self.speech.own,
            bytes: &|address| publisher.bytes(address),
        };
        let mut put: Box<Put<'_>> = Box::new(|address: &Address, bytes: &[u8]| writer.put(address, bytes));
        problems.extend(terms::within(self.speech.own, || pages::edition(&edition, &mut *put)));
        let pages = self.outlines[self.current].guides.iter().map(|guide| guide.pages.len()).sum();
        self.sources.pages.fetch_add(pages, std::sync::atomic::Ordering::Relaxed);
        problems
    }

    /// Every page's text, expanded and read.
    fn texts(&self) -> Vec<Vec<PageText<'_>>> {
        let outline = &self.outlines[self.current];
        let values = Values::new(self.sources.site, self.brand_value, &outline.locale);
        terms::within(self.speech.own, || {
            let guides = outline.guides.iter().map(|guide| {
                let values = values.for_guide(&guide.id, guide.total()).with_title(&guide.index().title);
                let pages = guide.pages.iter().map(|page| {
                    let values = values.for_page(page.kind);
                    let file = &self.sources.content[page.source];
                    let bad = &self.sources.bad_tags[page.source];
                    let messages = self.speech.of(page.is_fallback);
                    let read = || PageText::new(&self.sources.engine, file, bad, values.context(), messages);
                    if page.is_fallback { terms::within(messages, read) } else { read() }
                });
                pages.collect()
            });
            guides.collect()
        })
    }

    /// The pictures that the texts name. Which edition gets which file is noted on the way.
    fn screens(&self, texts: &[Vec<PageText<'_>>]) -> BTreeSet<Key> {
        let outline = &self.outlines[self.current];
        let (assets, brand, locale) = (&self.sources.assets, &self.brand.id, &outline.locale.id);
        let (mut keys, mut uses) = (BTreeSet::new(), Vec::new());
        for (guide, texts) in outline.guides.iter().zip(texts) {
            for (_, slot) in texts.iter().flat_map(|text| &text.body.slots) {
                let (target, is_shown) = match slot {
                    Slot::Picture(picture) => (&picture.target, true),
                    Slot::File { target, .. } if screen::is_picture(target) => (target, false),
                    _ => continue,
                };
                let Found::File(file) = assets.find(&guide.id, target, brand, locale) else { continue };
                keys.insert((file.clone(), assets.sidecar(&guide.id, target, brand, locale).cloned()));
                if is_shown {
                    uses.push(ScreenUse {
                        name: format!("{}/{target}", guide.id),
                        edition: format!("{brand}/{locale}"),
                        file: file.clone(),
                        standing: assets.standing(&guide.id, target, file),
                    });
                }
            }
        }
        self.sources.screens.lock().unwrap_or_else(PoisonError::into_inner).extend(uses);
        keys
    }

    fn link(
        &self,
        texts: &[Vec<PageText<'_>>],
        publisher: &dyn Publisher,
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<Vec<Body>> {
        let outline = &self.outlines[self.current];
        let linker = Linker {
            file_problems: std::cell::RefCell::default(),
            guides: &outline.guides,
            texts,
            files: &self.sources.content,
            index: self.index,
            assets: &self.sources.assets,
            publisher,
            brand: &self.brand.id,
            locale: &outline.locale.id,
        };
        let mut bodies = Vec::with_capacity(texts.len());
        for (guide, texts) in texts.iter().enumerate() {
            let mut linked = Vec::with_capacity(texts.len());
            for (page, text) in texts.iter().enumerate() {
                let messages = self.speech.of(outline.guides[guide].pages[page].is_fallback);
                let (body, findings) = linker.link(guide, page, messages);
                let all = text.body.findings.iter().chain(&findings);
                let located = text.locate(&self.sources.engine, messages, all);
                problems.extend(
                    text.problems
                        .iter()
                        .cloned()
                        .chain(located)
                        .map(|problem| problem.in_edition(&self.brand.id, &outline.locale.id)),
                );
                linked.push(body);
            }
            bodies.push(linked);
        }
        problems.extend(linker.file_problems.into_inner());
        bodies
    }
}

/// Publishes what a brand's pages share: the theme's files, the style sheet, the script.
fn brand_files(sources: &Sources<'_>, brand: &Brand, pictures: &BrandAssets<'_, '_>) -> (BrandFiles, Vec<Diagnostic>) {
    let snapshot = sources.snapshot;
    let mut problems = Vec::new();
    let mut theme: BTreeMap<String, (SourcePath, Address)> = BTreeMap::new();
    let own = format!("themes/{}", brand.id);
    for folder in ["themes/base", &own] {
        for (path, _) in snapshot.under(folder).filter(|(path, _)| is_theme_asset(path, folder)) {
            let Ok(bytes) = snapshot.bytes(path) else { continue };
            let extension = path.file_name().rsplit_once('.').map_or("", |(_, extension)| extension);
            let address = pictures.add(&hashed_name(path, extension, &bytes), bytes);
            theme.insert(path.as_str()[folder.len() + 1..].to_owned(), (path.clone(), address));
        }
    }
    let addresses: BTreeMap<String, Address> =
        theme.iter().map(|(name, (_, address))| (name.clone(), address.clone())).collect();
    let text_of = |folder: &str, name: &str| {
        let path = SourcePath::new(format!("{folder}/{name}"));
        snapshot.text(&path).cloned().map(|text| (path, text))
    };
    let mut css = style::colors(&brand.colors);
    for folder in ["themes/base", &own] {
        if let Some((path, text)) = text_of(folder, "style.css") {
            let (published, found) = style::publish(&path, &text, &addresses);
            css.push_str(&published);
            problems.extend(found);
        }
    }
    let overridden = |name: &str| {
        text_of(&own, name).or_else(|| text_of("themes/base", name)).map_or_else(|| Arc::from(""), |(_, text)| text)
    };
    let script = style::script(&overridden("guide.js"));
    let inline_style = format!("{}{}", style::colors(&brand.colors), overridden("not-found.css"));
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inline_style.as_bytes()));
    let named = |name: &str, extension: &str, text: &str| {
        pictures.add(&hashed_name(&SourcePath::new(name), extension, text.as_bytes()), Arc::from(text.as_bytes()))
    };
    let logo = brand.logo.as_ref().and_then(|name| {
        let (path, address) = theme.get(name)?;
        let size = snapshot.bytes(path).ok().and_then(|bytes| {
            let measured = screen::measure(path.file_name(), &bytes).map_err(|problem| {
                let place = Place::start_of(path);
                problems.push(Diagnostic::new(problem.code, place, problem.message).help(problem.help));
            });
            measured.ok().flatten()
        });
        Some((address.clone(), size))
    });
    let inside = sources.options.single_file.then(|| single::inside(&css, &script, &|address| pictures.bytes(address)));
    let files = BrandFiles {
        style: named("style.css", "css", &css),
        script: named("guide.js", "js", &script),
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

/// A file that templates and style sheets may name, not one of the theme's workings.
fn is_theme_asset(path: &SourcePath, folder: &str) -> bool {
    let name = &path.as_str()[folder.len() + 1..];
    let is_working = name.ends_with(".html")
        || name.ends_with(".ftl")
        || matches!(name, "theme.toml" | "style.css" | "guide.js" | "not-found.css");
    !is_working && !name.ends_with(".md") && !name.ends_with(".txt")
}
