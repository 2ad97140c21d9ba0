//! What a build notes of a brand for the next one, so that it makes only what would come out otherwise.
//!
//! A brand is made from its plan, its texts and `assets/`. If none of these has changed, all its files are taken over; if
//! only texts have, so are the files that aren't made from these texts. Of a brand with problems nothing is noted: they
//! are found anew. Not here: whether the files are still what they were (`output::ledger`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Options;
use super::checks::Mentioned;
use super::outcome::{Asset, Outcome};
use crate::memo::{Key, KeyMaker};
use crate::model::site::{Brand, Site};
use crate::output::Sink;
use crate::path::{Address, SourcePath};
use crate::source::{File, Snapshot};

/// What was made of a brand, and from what.
#[derive(Clone, Serialize, Deserialize)]
pub struct Note {
    /// The key of the files that it may be made from (`Inputs`).
    pub inputs: Key,
    /// The key of all that it was made from.
    pub whole: Key,
    /// The key of its plan.
    pub plan: Key,
    /// The key of `assets/`.
    pub assets: Key,
    /// Pages of guides, in all its locales.
    pub pages: usize,
    /// What its own texts may use.
    pub mentioned: Mentioned,
    /// Its editions, in order.
    pub editions: Vec<EditionNote>,
}

/// The same for an edition.
#[derive(Clone, Serialize, Deserialize)]
pub struct EditionNote {
    /// The keys of its pages' content files, in order.
    pub texts: Vec<Key>,
    /// The files in `assets/` that were used.
    used: Vec<String>,
    /// What is published in the brand's `assets/` because of it.
    files: Vec<String>,
}

/// Brands that stand in the output as they would come out now, by id.
pub type Untouched = BTreeMap<Arc<str>, Note>;

/// The files of a site before any text of one brand is read, as far as their keys tell what a brand is made from: these
/// texts are one brand's affair, and everything else may be everybody's.
pub struct Inputs<'s> {
    shared: KeyMaker,
    own: BTreeMap<Arc<str>, Vec<Own<'s>>>,
}

/// A text that only one brand has.
pub struct Own<'s> {
    /// Where it stands.
    pub path: &'s SourcePath,
    /// The key of what it says.
    pub key: Key,
    /// Itself.
    pub file: &'s File,
}

impl<'s> Inputs<'s> {
    /// Of a build.
    pub fn new(snapshot: &'s Snapshot, site: &Site, options: &Options) -> Self {
        let flags = [options.drafts, options.single_file, options.external];
        let mut shared = KeyMaker::new("inputs").maybe(options.date.as_deref());
        shared = flags.iter().fold(shared, |key, flag| key.number(u64::from(*flag)));
        shared = options.locales.iter().fold(shared, |key, locale| key.text(locale)).number(0);
        let mut own: BTreeMap<Arc<str>, Vec<_>> = BTreeMap::new();
        for (path, key, file) in snapshot.all() {
            shared = shared.text(path.as_str());
            match brand_of(path, site) {
                Some(brand) => own.entry(brand.id.clone()).or_default().push(Own { path, key, file }),
                None => shared = shared.key(key),
            }
        }
        Self { shared: KeyMaker::new("shared inputs").key(shared.make()), own }
    }

    /// The key of all that a brand may be made from.
    pub fn of(&self, brand: &Brand) -> Key {
        let own = self.own.get(&brand.id).into_iter().flatten().map(|own| own.key);
        self.shared.clone().text(&brand.id).maybe(brand.base_url.as_deref()).keys(own).make()
    }

    /// The texts that only a brand has.
    pub fn own(&self, brand: &Brand) -> &[Own<'s>] {
        self.own.get(&brand.id).map_or(&[], Vec::as_slice)
    }

    /// Takes over the brands that would be made from the same as what stands in the output.
    pub fn untouched(&self, brands: &[&Brand], sink: &dyn Sink) -> Untouched {
        let stands = |brand: &&&Brand| {
            let note = Note::read(&sink.noted(&brand.id)?)?;
            (note.inputs == self.of(brand) && sink.keep(&brand.id)).then(|| (brand.id.clone(), note))
        };
        brands.par_iter().filter_map(|brand| stands(&brand)).collect()
    }
}

/// The brand that a page is for alone, by its name.
pub fn brand_of<'s>(path: &SourcePath, site: &'s Site) -> Option<&'s Brand> {
    if !path.as_str().starts_with("content/") {
        return None;
    }
    let name = site.parts(path.file_name());
    site.brand(name.brand.filter(|_| name.extension == "md")?)
}

impl Note {
    /// Reads what was noted; none if it is damaged.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// As it is noted.
    pub fn bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// The files in `assets/` that were used.
    pub fn used(&self) -> BTreeSet<SourcePath> {
        self.editions.iter().flat_map(|edition| &edition.used).map(|path| SourcePath::new(path.as_str())).collect()
    }
}

impl EditionNote {
    /// Of an edition that was made from these texts.
    pub fn new(texts: Vec<Key>, outcome: &Outcome) -> Self {
        let used = outcome.asked.used.iter().map(ToString::to_string).collect();
        let files: BTreeSet<&Address> = outcome.all().flat_map(|part| part.asked.files.keys()).collect();
        Self { texts, used, files: files.into_iter().map(ToString::to_string).collect() }
    }

    /// What came of it then: its files stand in the output.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.asked.used = self.used.iter().map(|path| SourcePath::new(path.as_str())).collect();
        outcome.asked.files = self.files().map(|address| (address, Asset::Standing)).collect();
        outcome
    }

    /// What is published in the brand's `assets/` because of it.
    pub fn files(&self) -> impl Iterator<Item = Address> + '_ {
        self.files.iter().map(|path| Address::new(path.as_str()))
    }
}
