//! What became of a page, an edition or a brand's own files: what is published of it, what it asks for, what is wrong.
//!
//! A sink that takes bytes has them by then, and the outcome doesn't list the files. For one that doesn't, the outcome
//! says by a key of its bytes what each file is, and the bytes are made when somebody asks for them (`tree`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ScreenUse;
use super::pictures::Made;
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::Key;
use crate::path::{Address, SourcePath};

/// What became of a part of a site.
#[derive(Default)]
pub struct Outcome {
    /// The files that are published, by address in the brand's folder, with the key of their bytes.
    pub files: BTreeMap<Address, Key>,
    /// What is wrong, in its parts too.
    pub problems: Vec<Diagnostic>,
    /// What is published in the brand's `assets/` because of it.
    pub asked: Asked,
    /// Which file each screen is, in its parts too, if somebody wants to know.
    pub screens: Vec<ScreenUse>,
    /// Links that lead to other sites, in its parts too, if somebody wants to know.
    pub elsewhere: Vec<(String, Place)>,
    /// Of a page: its text as it is placed. Of a frame: what stands around the texts.
    pub text: Option<Key>,
    /// Of the frames of a page: about what gzip makes of it.
    pub weight: usize,
    /// What became of its parts: an edition's pages.
    pub parts: Vec<Arc<Outcome>>,
}

impl Outcome {
    /// Takes in what became of a part: what is to be told of it is its own from now on.
    pub fn take(&mut self, part: Arc<Self>) {
        self.problems.extend(part.problems.iter().cloned());
        self.screens.extend(part.screens.iter().cloned());
        self.elsewhere.extend(part.elsewhere.iter().cloned());
        self.asked.used.extend(part.asked.used.iter().cloned());
        self.parts.push(part);
    }

    /// Itself and its parts.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.parts.iter().map(|part| &**part))
    }

    /// Is a file published at this address?
    pub fn contains(&self, address: &Address) -> bool {
        self.all().any(|part| part.files.contains_key(address))
    }

    /// A file of the brand's `assets/` that it has asked for.
    pub fn asset(&self, address: &Address) -> Option<&Asset> {
        self.all().find_map(|part| part.asked.files.get(address))
    }
}

/// What pages have asked to be published, and which sources they use.
#[derive(Clone, Default)]
pub struct Asked {
    /// By address in the brand's folder.
    pub files: BTreeMap<Address, Asset>,
    /// The files in `assets/` that were used.
    pub used: BTreeSet<SourcePath>,
}

/// A file in a brand's `assets/`.
#[derive(Clone)]
pub enum Asset {
    /// A file that is published as it is.
    Plain(Arc<[u8]>),
    /// A file of a screen, by its index.
    Picture(Arc<Made>, usize),
    /// A picture that is drawn when somebody wants it.
    Drawn(Arc<Drawing>),
    /// Whatever the last build has put there.
    Standing,
}

/// How a picture is drawn.
pub struct Drawing {
    /// Of everything that it shows, and of how it is drawn.
    pub key: blake3::Hash,
    /// Draws it; none if that can't be done.
    pub draw: Box<dyn Fn() -> Option<Vec<u8>> + Send + Sync>,
}

impl Asset {
    /// What is wrong with what it was made from.
    pub fn problems(&self) -> &[Diagnostic] {
        match self {
            Self::Plain(_) | Self::Drawn(_) | Self::Standing => &[],
            Self::Picture(made, _) => &made.problems,
        }
    }
}
