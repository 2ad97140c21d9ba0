//! Which pictures an edition's texts name, and which files these are.
//!
//! Not here: how they are made (`pipeline::pictures`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Edition;
use crate::pipeline::ScreenUse;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::pictures::Pair;
use crate::resolve::assets::Found;
use crate::resolve::text::Facts;
use crate::screen;

impl Edition<'_> {
    /// The pictures that the texts of pages name that aren't made yet.
    pub(super) fn screens(&self, facts: &[Vec<Arc<Facts>>], known: &[Vec<Option<Arc<Outcome>>>]) -> BTreeSet<Pair> {
        let mut keys = BTreeSet::new();
        for (guide, (facts, known)) in facts.iter().zip(known).enumerate() {
            let unmade = facts.iter().zip(known).filter(|(_, known)| known.is_none());
            for (target, is_shown) in unmade.flat_map(|(facts, _)| &facts.files) {
                if *is_shown || screen::is_picture(target) {
                    keys.extend(self.found(guide, target));
                }
            }
        }
        keys
    }

    pub(super) fn found(&self, guide: usize, target: &str) -> Option<Pair> {
        let outline = &self.plan.outlines[self.current];
        let (assets, brand, locale) = (&self.sources.assets, &self.plan.brand.id, &outline.locale.id);
        let guide = &outline.guides[guide].id;
        let Found::File(file) = assets.find(guide, target, brand, locale) else { return None };
        Some((file.clone(), assets.sidecar(guide, target, brand, locale).cloned()))
    }

    /// Which file each screen of a text is.
    pub(super) fn screen_uses(&self, guide: usize, facts: &Facts) -> Vec<ScreenUse> {
        let outline = &self.plan.outlines[self.current];
        let id = &outline.guides[guide].id;
        let shown = facts.files.iter().filter(|(_, is_shown)| *is_shown);
        let used = shown.filter_map(|(target, _)| {
            let (file, _) = self.found(guide, target)?;
            Some(ScreenUse {
                name: format!("{id}/{target}"),
                edition: format!("{}/{}", self.plan.brand.id, outline.locale.id),
                standing: self.sources.assets.standing(id, target, &file),
                file,
            })
        });
        used.collect()
    }
}
