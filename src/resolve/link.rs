//! Links, pictures and interface strings of a text put in place: slots in, parts of a body out.
//!
//! Not here: what a link's target looks like in Markdown (`parse::markdown`), and how parts become HTML on a page
//! (`model::body`).

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use super::assets::{Assets, Found};
use super::first_screen;
use super::front::join;
use super::messages::Messages;
use super::outline::Names;
use super::text::{Facts, PageText};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::body::{Body, PageLink, Part};
use crate::model::figure::{Figure, Mark, Source};
use crate::model::guide::{Guide, Page};
use crate::model::variant::VariantName;
use crate::parse::content::ContentFile;
use crate::parse::markdown::{Finding, Picture, Replacement, Slot};
use crate::path::{Address, SourcePath, push_encoded};
use crate::text::armour;

/// Publishes files of `assets/` for a brand: the pipeline's, which remembers what it has published.
pub trait Publisher {
    /// A picture, redacted as its sidecar says.
    fn picture(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<PublishedPicture, Refusal>;
    /// Any file's address; for a picture it leads to the published one, redacted as its sidecar says.
    fn file(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<Address, Refusal>;
    /// Says that a file is in use, or would be but for a mistake that is told.
    fn note(&self, path: &SourcePath);
}

/// A picture that has been published.
#[derive(Clone, Debug)]
pub struct PublishedPicture {
    /// Its files, the narrowest first; never empty.
    pub sources: Vec<Source>,
    /// In pixels, if known.
    pub size: Option<(u32, u32)>,
    /// The marks of its sidecar: left, top, right and bottom as fractions of the picture, and a Fluent id.
    pub marks: Vec<(Option<[f64; 4]>, String)>,
}

/// Why a file can't be published.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which kind of problem.
    pub code: Code,
    /// In one sentence.
    pub message: String,
    /// The cure.
    pub help: String,
}

/// What links of an edition may lead to.
pub struct Linker<'l> {
    /// What is wrong with files of `assets/` themselves, told there and not at each use.
    pub file_problems: RefCell<Vec<Diagnostic>>,
    /// The edition's guides.
    pub guides: &'l [Guide],
    /// What is known of the texts of their pages, in the same order.
    pub facts: &'l [Vec<Arc<Facts>>],
    /// The content files of all editions.
    pub files: &'l [Arc<ContentFile>],
    /// The pages of all editions, for suggestions.
    pub names: &'l Names,
    /// The files in `assets/`.
    pub assets: &'l Assets,
    /// Where they are published.
    pub publisher: &'l dyn Publisher,
    /// What a page's first screen may weigh, in kilobytes.
    pub budget: f64,
    /// The edition's brand.
    pub brand: &'l str,
    /// The edition's locale.
    pub locale: &'l str,
}

impl Linker<'_> {
    /// Links the text of one page.
    pub fn link(&self, guide: usize, page: usize, text: &PageText<'_>, messages: &Messages) -> (Body, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut parts = Vec::with_capacity(text.body.slots.len());
        for (at, slot) in &text.body.slots {
            parts.push((*at, self.part(slot, guide, text, messages, &mut findings)));
        }
        findings.extend(first_screen::check(&text.body.slots, &parts, self.budget));
        let markdown = twin(text, &parts, &self.guides[guide].pages[page]);
        (Body::new(text.body.html.clone(), parts, markdown), findings)
    }

    fn part(
        &self,
        slot: &Slot,
        guide: usize,
        text: &PageText<'_>,
        messages: &Messages,
        findings: &mut Vec<Finding>,
    ) -> Part {
        match slot {
            Slot::Id(id) => Part::Id(id.clone()),
            Slot::Level(level) => Part::Level(*level),
            Slot::Message(id, number) => Part::Text(messages.label(id, *number).to_attribute()),
            Slot::Label(id, number) => Part::Text(messages.label(id, *number).to_html()),
            Slot::Anchor { anchor, span } => {
                if !anchor.is_empty() && text.is_whole && !text.body.anchors.contains(anchor) {
                    findings.push(anchor_broken(anchor, "this page", &text.body.anchors, span.clone()));
                }
                Part::Anchor(anchor.clone())
            }
            Slot::Page { target, anchor, span } => {
                match self.page(target, anchor.as_deref(), guide, text, span, findings) {
                    Some(link) => Part::Page(link),
                    None => Part::Text("#".to_owned()),
                }
            }
            Slot::File { target, is_picture, span } => {
                let file = self.file(target, *is_picture, guide, span, findings);
                let address = file.and_then(|path| {
                    let sidecar = self.sidecar(&self.guides[guide].id, target);
                    self.publisher.file(path, sidecar).map_err(|refusal| self.refuse(path, refusal)).ok()
                });
                address.map_or_else(|| Part::Text("#".to_owned()), Part::File)
            }
            Slot::Picture(picture) => {
                self.picture(picture, guide, messages, findings).map_or(Part::Text(String::new()), Part::Picture)
            }
        }
    }

    fn page(
        &self,
        target: &str,
        anchor: Option<&str>,
        guide: usize,
        text: &PageText<'_>,
        span: &Range<usize>,
        findings: &mut Vec<Finding>,
    ) -> Option<PageLink> {
        let own = &self.guides[guide];
        let broken =
            |code, message: String, help: Option<String>| Finding { code, span: path_span(text, span), message, help };
        let Some(path) = join(&["content/", &own.id].concat(), target).filter(|path| path.starts_with("content/"))
        else {
            findings.push(broken(
                Code::PathOutside,
                format!("the link \"{target}\" leads out of the site"),
                Some("link to a page of a guide, such as ../other/02-x.md".to_owned()),
            ));
            return None;
        };
        let mut names = path["content/".len()..].rsplitn(2, '/');
        let (file, folder) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let key = file.strip_suffix(".md").unwrap_or(file);
        if folder.is_empty() {
            let help = match own.find(key) {
                Some(page) => format!("did you mean \"{}.md\"?", page.key),
                None => "name the guide's folder too, such as ../other/02-x.md".to_owned(),
            };
            findings.push(broken(Code::LinkBroken, format!("no page \"{target}\""), Some(help)));
            return None;
        }
        let Some(other) = self.guides.iter().position(|guide| *guide.id == *folder) else {
            let known = self.names.guides().any(|id| id == folder);
            let (message, help) = if known {
                (
                    format!("the guide \"{folder}\" isn't for every brand that this text is for"),
                    Some("link to it only where it is: {% if brand.id == \"…\" %}".to_owned()),
                )
            } else {
                let near =
                    nearest(folder, self.names.guides()).map(|near| format!("did you mean \"../{near}/{file}\"?"));
                (format!("no guide \"{folder}\""), near)
            };
            findings.push(broken(Code::LinkBroken, message, help));
            return None;
        };
        let prefix = &target[..target.len() - file.len().min(target.len())];
        let Some(page) = self.guides[other].pages.iter().position(|page| *page.key == *key) else {
            findings.push(self.no_page(file, key, folder, prefix, broken));
            return None;
        };
        let found = &self.guides[other].pages[page];
        if let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty()) {
            let Facts { anchors, is_whole, .. } = &*self.facts[other][page];
            if *is_whole && !anchors.iter().any(|known| known == anchor) {
                findings.push(anchor_broken(anchor, &format!("\"{file}\""), anchors, anchor_span(text, span)));
            }
        }
        Some(PageLink {
            address: found.address.clone(),
            section: (other == guide).then(|| section_id(found)),
            anchor: anchor.filter(|anchor| !anchor.is_empty()).map(str::to_owned),
        })
    }

    fn no_page(
        &self,
        file: &str,
        key: &str,
        folder: &str,
        prefix: &str,
        broken: impl Fn(Code, String, Option<String>) -> Finding,
    ) -> Finding {
        let keys = self.names.keys(folder);
        let plain = VariantName::parse(file, |_| true);
        if keys.contains(&key)
            && self.files.iter().any(|file| {
                let is_for_it = file.brand.as_deref().is_none_or(|brand| brand == self.brand);
                *file.key == *key && *file.guide == *folder && is_for_it && file.front.draft
            })
        {
            return broken(
                Code::LinkBroken,
                format!("\"{file}\" is a draft"),
                Some("take \"draft\" out of its front matter, or this link until then".to_owned()),
            );
        }
        if keys.contains(&key) {
            return broken(
                Code::LinkBroken,
                format!("\"{file}\" isn't in every edition that this text is for"),
                Some(
                    "link to it only where it is: {% if brand.id == \"…\" %}; or write it for the other editions too"
                        .to_owned(),
                ),
            );
        }
        let help = if keys.contains(&&*plain.stem) {
            Some(format!("write \"{prefix}{}.md\": the edition is known", plain.stem))
        } else {
            let names: Vec<String> = keys.iter().map(|key| format!("{key}.md")).collect();
            let by_slug = self.guides.iter().filter(|guide| *guide.id == *folder).flat_map(|guide| &guide.pages);
            let by_slug = by_slug.filter(|page| section_id(page) == key).map(|page| format!("{}.md", page.key)).next();
            by_slug
                .as_deref()
                .or_else(|| nearest(file, names.iter().map(String::as_str)))
                .map(|near| format!("did you mean \"{prefix}{near}\"?"))
                .or_else(|| Some(format!("write it, or link to one of {}", some_of(&names))))
        };
        broken(Code::LinkBroken, format!("no step or page \"{file}\" in guide \"{folder}\""), help)
    }

    fn refuse(&self, path: &SourcePath, refusal: Refusal) {
        let problem = Diagnostic::new(refusal.code, Place::start_of(path), refusal.message).help(refusal.help);
        self.file_problems.borrow_mut().push(problem);
    }

    fn file(
        &self,
        target: &str,
        is_picture: bool,
        guide: usize,
        span: &Range<usize>,
        findings: &mut Vec<Finding>,
    ) -> Option<&SourcePath> {
        let guide = &self.guides[guide].id;
        let (code, message, help) = match self.assets.find(guide, target, self.brand, self.locale) {
            Found::File(path) => return Some(path),
            Found::Lost => return None,
            Found::Outside => outside(target),
            Found::OtherEditions => self.other_editions(guide, target),
            Found::Nothing(near) if is_picture => self.no_picture(guide, target, near),
            Found::Nothing(near) => {
                let is_page = |end: &str| ["html", "md"].iter().any(|own| own.eq_ignore_ascii_case(end));
                let name = target.rsplit_once('.').filter(|(_, end)| is_page(end)).map_or(target, |(name, _)| name);
                let slugs = self.guides.iter().filter(|own| own.id == *guide).flat_map(|guide| &guide.pages);
                let by_slug = slugs.filter(|page| section_id(page) == name).map(|page| &*page.key).next();
                let page = self.names.keys(guide).into_iter().find(|key| *key == name).or(by_slug);
                let help = match (page, near) {
                    (Some(page), _) => format!("did you mean \"{page}.md\"?"),
                    (None, Some(near)) => {
                        self.assets.variants(guide, &near).for_each(|path| self.publisher.note(path));
                        format!("did you mean \"{near}\"?")
                    }
                    (None, None) if target.ends_with('/') || target.ends_with("..") => {
                        format!("link to a page of the guide: \"{}/index.md\"", target.trim_end_matches('/'))
                    }
                    (None, None) => {
                        format!("link to a source file, such as 03-code.md, or put the file into assets/{guide}/")
                    }
                };
                (Code::LinkBroken, format!("no page and no file \"{target}\""), help)
            }
        };
        findings.push(Finding { code, span: span.clone(), message, help: Some(help) });
        None
    }

    fn picture(
        &self,
        picture: &Picture,
        guide: usize,
        messages: &Messages,
        findings: &mut Vec<Finding>,
    ) -> Option<Figure> {
        let guide = &self.guides[guide].id;
        let target = &picture.target;
        let (code, message, help) = match self.assets.find(guide, target, self.brand, self.locale) {
            Found::File(path) => match self.publisher.picture(path, self.sidecar(guide, target)) {
                Ok(PublishedPicture { sources, size, marks }) => {
                    // what is wrong with a mark's message is told by the check of the site
                    let marks = marks.into_iter().map(|(place, id)| Mark { place, label: messages.label(&id, None) });
                    return Some(Figure {
                        sources,
                        size,
                        alt: picture.alt.clone(),
                        stand: picture.stand,
                        marks: marks.collect(),
                        enlarge: messages.label("enlarge", None),
                        close: messages.label("close", None),
                    });
                }
                Err(refusal) => {
                    self.refuse(path, refusal);
                    return None;
                }
            },
            Found::Lost => return None,
            Found::Outside => outside(target),
            Found::OtherEditions => {
                let (_, message, help) = self.other_editions(guide, target);
                (Code::ImageMissing, message, help)
            }
            Found::Nothing(near) => self.no_picture(guide, target, near),
        };
        findings.push(Finding { code, span: picture.span.clone(), message, help: Some(help) });
        None
    }
}

impl Linker<'_> {
    /// A picture that doesn't exist. The one that was probably meant isn't unused.
    fn no_picture(&self, guide: &str, target: &str, near: Option<String>) -> (Code, String, String) {
        let help = match &near {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("put it into assets/{guide}/"),
        };
        near.iter().flat_map(|near| self.assets.variants(guide, near)).for_each(|path| self.publisher.note(path));
        (Code::ImageMissing, format!("no picture \"{target}\" in assets/{guide}/"), help)
    }

    fn other_editions(&self, guide: &str, target: &str) -> (Code, String, String) {
        self.assets.variants(guide, target).for_each(|path| self.publisher.note(path));
        (
            Code::LinkBroken,
            format!("\"{target}\" isn't there for every edition that this text is for"),
            "add a file without brand and locale in its name for the others".to_owned(),
        )
    }

    /// What stands beside a picture, by the same rule of variants.
    fn sidecar(&self, guide: &str, target: &str) -> Option<&SourcePath> {
        self.assets.sidecar(guide, target, self.brand, self.locale)
    }
}

fn outside(target: &str) -> (Code, String, String) {
    (
        Code::PathOutside,
        format!("\"{target}\" leads out of assets/"),
        "put the file into assets/ and name it from there".to_owned(),
    )
}

fn anchor_broken(anchor: &str, whose: &str, anchors: &[String], span: Range<usize>) -> Finding {
    let help = match nearest(anchor, anchors.iter().map(String::as_str)) {
        Some(near) => Some(format!("did you mean \"#{near}\"?")),
        None if anchors.is_empty() => Some("it has no headings; leave the part from # away".to_owned()),
        None => Some(format!("it has #{}", anchors.join(", #"))),
    };
    Finding { code: Code::AnchorBroken, span, message: format!("no heading \"#{anchor}\" in {whose}"), help }
}

/// The first few of some names.
fn some_of(names: &[String]) -> String {
    let more = if names.len() > 6 { " …" } else { "" };
    format!("{}{more}", names[..names.len().min(6)].join(", "))
}

/// The part of a link's target before `#`.
fn path_span(text: &PageText<'_>, span: &Range<usize>) -> Range<usize> {
    match text.expanded.text.get(span.clone()).and_then(|target| target.find('#')) {
        Some(at) if at > 0 => span.start..span.start + at,
        _ => span.clone(),
    }
}

/// The part of a link's target from `#` on.
fn anchor_span(text: &PageText<'_>, span: &Range<usize>) -> Range<usize> {
    match text.expanded.text.get(span.clone()).and_then(|target| target.find('#')) {
        Some(at) => span.start + at..span.end,
        None => span.clone(),
    }
}

/// The id of a page's section in `all.html`.
pub fn section_id(page: &Page) -> String {
    let name = page.address.as_str().rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".html").unwrap_or(name).to_owned()
}

/// The page's text as plain Markdown, everything expanded.
fn twin(text: &PageText<'_>, parts: &[(usize, Part)], page: &Page) -> String {
    let source: &str = &text.expanded.text;
    let mut out = String::with_capacity(source.len() + 64);
    let mut patches: Vec<_> = text.body.patches.iter().collect();
    patches.sort_by_key(|patch| patch.span.start);
    let mut from = 0;
    for patch in patches {
        // a patch inside another one's stretch has gone with it
        if patch.span.start < from {
            continue;
        }
        armour::push_markdown(&source[from..patch.span.start], &mut out);
        match &patch.with {
            Replacement::Text(with) => out.push_str(with),
            Replacement::Marks(slot) => {
                if let Some((_, Part::Picture(figure))) = parts.get(*slot) {
                    armour::push_escaped(&figure.marks_as_text(), &mut out);
                }
            }
            Replacement::Slot(slot) => match parts.get(*slot).map(|(_, part)| part) {
                Some(Part::Page(link)) => {
                    let link_to = page.address.link_to(&link.address);
                    push_encoded(link_to.strip_suffix("html").unwrap_or(&link_to), &mut out);
                    out.push_str("md");
                    if let Some(anchor) = &link.anchor {
                        out.push('#');
                        push_encoded(anchor, &mut out);
                    }
                }
                Some(Part::File(address)) => push_encoded(&page.address.link_to(address), &mut out),
                Some(Part::Picture(figure)) => {
                    if let Some(whole) = figure.whole() {
                        push_encoded(&page.address.link_to(whole), &mut out);
                    }
                }
                _ => armour::push_markdown(&source[patch.span.clone()], &mut out),
            },
        }
        from = patch.span.end;
    }
    armour::push_markdown(&source[from..], &mut out);
    out
}
