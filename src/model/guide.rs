//! A guide as one edition's readers meet it: pages in order, numbered, with addresses and titles.
//!
//! Not here: the texts themselves (`Body`, in `model::body`), and where they came from.

use std::sync::Arc;

use crate::path::{Address, SourcePath};

/// What a page is in its guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The guide's first page.
    Index,
    /// Step 3 of 6.
    Step {
        /// As readers see it, from 1.
        number: usize,
    },
    /// One of several ways to do a step.
    StepOption {
        /// The step's number.
        step: usize,
        /// As readers see it, from 1.
        number: usize,
    },
    /// A page without a number.
    Loose,
}

/// One page of a guide.
#[derive(Clone, Debug)]
pub struct Page {
    /// What its variants share: `03-code`. The same page in another locale has the same key.
    pub key: Arc<str>,
    /// Its place in the guide.
    pub kind: Kind,
    /// The index of its source among the site's content files.
    pub source: usize,
    /// The author's file.
    pub file: SourcePath,
    /// The locale its text is written in.
    pub lang: Arc<str>,
    /// The text is the source locale's, since there is no translation.
    pub is_fallback: bool,
    /// Its name.
    pub title: String,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// How long it takes, in minutes.
    pub duration: Option<u32>,
    /// What it is done on.
    pub device: Option<Device>,
    /// The writer's own keys, for templates.
    pub extra: tera::Value,
    /// Where it is published.
    pub address: Address,
    /// Old addresses that lead here, each with its index in the source's list.
    pub aliases: Vec<(usize, Address)>,
}

impl Page {
    /// The option that is recommended among its likes: `extra.recommended`.
    pub fn is_recommended(&self) -> bool {
        self.extra
            .as_map()
            .and_then(|map| map.get(&tera::value::Key::Str("recommended")))
            .is_some_and(tera::Value::is_truthy)
    }
}

/// What a step is done on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// A computer.
    Computer,
    /// A phone.
    Phone,
    /// Both, from one to the other.
    Both,
}

impl Device {
    /// Every device.
    pub const ALL: [Device; 3] = [Device::Computer, Device::Phone, Device::Both];

    /// The word in front matter.
    pub fn key(self) -> &'static str {
        match self {
            Self::Computer => "computer",
            Self::Phone => "phone",
            Self::Both => "both",
        }
    }
}

/// An ordered set of pages under one title.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The folder's name: `mfa`.
    pub id: Arc<str>,
    /// The first page, the steps with their options behind them, then the pages without a number. Never empty.
    pub pages: Vec<Page>,
}

impl Guide {
    /// The first page.
    pub fn index(&self) -> &Page {
        &self.pages[0]
    }

    /// How many steps there are.
    pub fn total(&self) -> usize {
        self.pages.iter().filter(|page| matches!(page.kind, Kind::Step { .. })).count()
    }

    /// The page with a key.
    pub fn find(&self, key: &str) -> Option<&Page> {
        self.pages.iter().find(|page| &*page.key == key)
    }

    /// The options of a step.
    pub fn options(&self, step: usize) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(move |page| matches!(page.kind, Kind::StepOption { step: own, .. } if own == step))
    }

    /// The address of another file in the guide's folder: `all.html`.
    pub fn sibling(&self, name: &str) -> Address {
        let index = self.index().address.as_str();
        let folder = index.rsplit_once('/').map_or("", |(folder, _)| folder);
        Address::new([folder, "/", name].concat())
    }

    /// Its address as one file with everything inside: `mfa.fr.html`, its folder's name beside the locale.
    pub fn single_file(&self) -> Address {
        let mut parts = self.index().address.as_str().split('/');
        let (locale, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Address::new(format!("{folder}.{locale}.html"))
    }
}
