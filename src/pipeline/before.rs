//! What a build notes of a brand for the next one, so that it makes only what would come out otherwise.
//!
//! A brand is made from its plan, its texts and `assets/`. If none of these has changed, all its files are taken over; if
//! only texts have, so are the files that aren't made from these texts. Of a brand with problems nothing is noted: they
//! are found anew. Not here: whether the files are still what they were (`output::ledger`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::outcome::{Asset, Outcome};
use crate::memo::Key;
use crate::path::{Address, SourcePath};

/// What was made of a brand, and from what.
#[derive(Serialize, Deserialize)]
pub struct Note {
    /// The key of all that it was made from.
    pub whole: Key,
    /// The key of its plan.
    pub plan: Key,
    /// The key of `assets/`.
    pub assets: Key,
    /// Pages of guides, in all its locales.
    pub pages: usize,
    /// Its editions, in order.
    pub editions: Vec<EditionNote>,
}

/// The same for an edition.
#[derive(Serialize, Deserialize)]
pub struct EditionNote {
    /// The keys of its pages' content files, in order.
    pub texts: Vec<Key>,
    /// The files in `assets/` that were used.
    used: Vec<String>,
    /// What is published in the brand's `assets/` because of it.
    files: Vec<String>,
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
