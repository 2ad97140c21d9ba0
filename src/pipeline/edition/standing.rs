//! Files of an edition that stand in the output already, made from what they would be made from now.
//!
//! Not here: what was noted of them (`pipeline::before`).

use super::Edition;
use crate::model::guide::Page;
use crate::path::Address;
use crate::pipeline::brand::Writer;
use crate::pipeline::outcome::Outcome;
use crate::render::{data, pages, twin};

impl Edition<'_> {
    /// The whole edition, if none of its texts has changed.
    pub(super) fn standing(&self, writer: &Writer<'_>) -> Option<Outcome> {
        let note = writer.before?.editions.get(self.current)?;
        let stands = self.text_keys().eq(note.texts.iter().copied())
            && note.files().all(|address| writer.stands(&address))
            && writer.keep(self.files());
        stands.then(|| note.outcome())
    }

    /// A page with all that is made from its text alone, if that hasn't changed.
    pub(super) fn keeps_page(&self, guide: usize, index: usize, writer: &Writer<'_>) -> bool {
        let guides = &self.plan.outlines[self.current].guides;
        let (page, at) =
            (&guides[guide].pages[index], guides[..guide].iter().map(|guide| guide.pages.len()).sum::<usize>());
        let before = writer.before.and_then(|note| note.editions.get(self.current)?.texts.get(at + index));
        before.is_some_and(|key| *key == self.sources.texts.keys[page.source]) && writer.keep(files_of(page))
    }

    /// Everything that is published of the edition but what it asks for in `assets/`.
    fn files(&self) -> Vec<Address> {
        let outline = &self.plan.outlines[self.current];
        let mut files = vec![pages::list_address(outline)];
        for guide in &outline.guides {
            files.extend(guide.pages.iter().flat_map(files_of));
            files.extend([guide.sibling("all.html"), data::address(guide)]);
            files.extend(self.sources.options.single_file.then(|| guide.single_file()));
        }
        files
    }
}

fn files_of(page: &Page) -> impl Iterator<Item = Address> {
    let aliases = page.aliases.iter().map(|(_, alias)| alias.clone());
    [page.address.clone(), twin::address(&page.address)].into_iter().chain(aliases)
}
