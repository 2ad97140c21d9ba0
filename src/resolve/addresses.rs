//! Addresses that two pages of a brand would have, or a page and another file that is published.
//!
//! Not here: which address a page has (`outline`).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::guide::Guide;
use crate::model::locale::Locale;
use crate::model::site::Brand;
use crate::parse::content::{ContentFile, Text};
use crate::path::Address;

/// Two pages of a brand can't have one address. `guides` are the brand's in all its locales. Addresses that differ
/// only in case are one address on many hosts.
pub fn check<'c>(
    brand: &'c Brand,
    locales: &[Locale],
    guides: impl Iterator<Item = &'c Guide>,
    files: &'c [Arc<ContentFile>],
) -> Vec<Diagnostic> {
    let front = ["index.html", "404.html"].into_iter().map(str::to_owned);
    let reserved = front.chain(locales.iter().map(|locale| format!("{}/index.html", locale.id)));
    let mut check = Check { brand, taken: BTreeMap::new(), problems: Vec::new() };
    check.taken.extend(reserved.map(|path| (path, Owner::Part("the site itself"))));
    let guides = check.folders(guides, files);
    let pages = || guides.iter().flat_map(|guide| &guide.pages).map(|page| (page, &files[page.source]));
    for guide in &guides {
        check.taken.insert(guide.sibling("all.html").as_str().to_lowercase(), Owner::Part("the page with everything"));
        check.taken.insert(guide.single_file().as_str().to_lowercase(), Owner::Part("the guide as one file"));
    }
    // who says a name outright is to blame before who has it by nature
    for (page, file) in pages().filter(|(_, file)| file.front.slug.is_none()) {
        check.take(&page.address, file, None, "give this page another name, or a slug in its front matter");
    }
    for (page, file) in pages().filter(|(_, file)| file.front.slug.is_some()) {
        check.take(&page.address, file, file.front.slug.as_ref(), "give this page another slug");
    }
    for (page, file) in pages() {
        for (index, alias) in &page.aliases {
            check.take(alias, file, file.front.aliases.get(*index), "take this alias out");
        }
    }
    check.problems
}

struct Check<'c> {
    brand: &'c Brand,
    /// Addresses in lower case, with who has them.
    taken: BTreeMap<String, Owner<'c>>,
    problems: Vec<Diagnostic>,
}

/// Who has an address.
enum Owner<'c> {
    /// A page, whatever the language.
    Page(&'c ContentFile),
    /// A file that is published anyway: what it is.
    Part(&'static str),
}

impl Owner<'_> {
    /// As messages name it.
    fn name(&self) -> String {
        match self {
            Self::Page(file) => format!("\"{}\"", file.sibling("").file_name().replace("..md", ".md")),
            Self::Part(name) => (*name).to_owned(),
        }
    }
}

impl<'c> Check<'c> {
    /// The guides with a folder of their own; of the others no more is told.
    fn folders<'g>(&mut self, guides: impl Iterator<Item = &'g Guide>, files: &[Arc<ContentFile>]) -> Vec<&'g Guide> {
        let mut own: BTreeMap<String, &Guide> = BTreeMap::new();
        let mut alone = Vec::new();
        for guide in guides {
            let index = guide.index();
            let address = index.address.as_str();
            let Some(other) = own.get(&address.to_lowercase()) else {
                own.insert(address.to_lowercase(), guide);
                alone.push(guide);
                continue;
            };
            let file = &files[index.source];
            let shown = address.split_once('/').map_or(address, |(_, rest)| rest);
            let message = format!("the address \"{shown}\" is taken by the guide \"{}\"", other.id);
            self.problems.push(
                Diagnostic::new(Code::AddressTaken, Place::start_of(&file.path), message)
                    .help(format!("rename one of the two folders: content/{} or content/{}", other.id, guide.id))
                    .in_edition(&self.brand.id, &file.locale),
            );
        }
        alone
    }

    fn take(&mut self, address: &Address, file: &'c ContentFile, text: Option<&Text>, help: &str) {
        let other = match self.taken.entry(address.as_str().to_lowercase()) {
            Entry::Vacant(free) => {
                free.insert(Owner::Page(file));
                return;
            }
            Entry::Occupied(taken) => taken.get().name(),
        };
        let name = address.as_str().rsplit('/').next().unwrap_or_default();
        let place = Place::new(&file.path, text.map_or(0..0, |text| text.span.clone()));
        self.problems.push(
            Diagnostic::new(Code::AddressTaken, place, format!("the address \"{name}\" is taken by {other}"))
                .help(help)
                .in_edition(&self.brand.id, &file.locale),
        );
    }
}

/// Drops what is told of a translation and of its original alike.
pub fn tell_once(problems: &mut Vec<Diagnostic>, files: &[Arc<ContentFile>], source: &Locale) {
    let originals: Vec<(String, String)> = problems
        .iter()
        .filter(|problem| problem.code == Code::AddressTaken && problem.place.span.is_empty())
        .map(|problem| (problem.place.file.as_str().to_owned(), problem.message.clone()))
        .collect();
    problems.retain(|problem| {
        if problem.code != Code::AddressTaken || !problem.place.span.is_empty() {
            return true;
        }
        let Some(file) = files.iter().find(|file| file.path == problem.place.file) else { return true };
        let original = file.sibling(&source.id);
        file.locale == source.id
            || !originals.iter().any(|(path, message)| path == original.as_str() && *message == problem.message)
    });
}
