//! What a build would publish, with nothing made that nobody has asked for: which files there are, what tells one state
//! of a file from another, and the bytes of each on demand.
//!
//! Not here: serving them (`serve`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::brand::{self, Plan};
use super::contents::{self, Edition};
use super::edition;
use super::outcome::{Asset, Outcome};
use super::sources::Sources;
use crate::memo::Key;
use crate::path::Address;

/// What a build would publish.
pub struct Tree {
    sources: Arc<Sources>,
    /// In the order of site.toml.
    brands: Vec<BrandTree>,
    contents: OnceLock<Vec<Edition>>,
}

/// What is published of one brand.
pub struct BrandTree {
    /// What was known before its pages were made.
    pub plan: Arc<Plan>,
    /// The files of no guide.
    pub own: Arc<Outcome>,
    /// Its editions, in the order of the plan's outlines.
    pub editions: Vec<Arc<Outcome>>,
}

/// Files with what tells their states apart.
type Files<'f> = BTreeMap<&'f Address, &'f Key>;

impl Tree {
    /// Of the brands of a build.
    pub fn new(sources: Arc<Sources>, brands: Vec<BrandTree>) -> Self {
        Self { sources, brands, contents: OnceLock::new() }
    }

    /// A file by its path in the output, made now: `auvenir/fr/mfa/code.html`.
    pub fn get(&self, path: &str) -> Option<Arc<[u8]>> {
        let (brand, address) = self.find(path)?;
        if let Some(asset) = brand.asset(&address) {
            return self.sources.pictures.bytes_of(asset);
        }
        let (sources, plan) = (&self.sources, &brand.plan);
        if brand.own.contains(&address) {
            let mut found = None;
            brand::render_own(sources, plan, &mut |own, bytes| {
                if *own == address {
                    found = Some(Arc::from(bytes));
                }
            });
            return found;
        }
        let current = brand.editions.iter().position(|edition| edition.contains(&address))?;
        edition::render(sources, plan, current, &address).map(Arc::from)
    }

    /// Is there a file with this path?
    pub fn contains(&self, path: &str) -> bool {
        self.find(path).is_some_and(|(brand, address)| brand.contains(&address))
    }

    /// The path of every file, brand by brand.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.brands.iter().flat_map(BrandTree::paths)
    }

    /// The paths of files that are new, gone or different.
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let by_id = |tree: &'_ Self| -> BTreeMap<Arc<str>, usize> {
            tree.brands.iter().enumerate().map(|(index, brand)| (brand.plan.brand.id.clone(), index)).collect()
        };
        let (now, then) = (by_id(self), by_id(before));
        let of_brand = |(id, index): (&Arc<str>, &usize)| -> Vec<String> {
            let brand = &self.brands[*index];
            match then.get(id) {
                Some(index) => brand.changed_since(&before.brands[*index]),
                None => brand.paths().collect(),
            }
        };
        let mut changed: Vec<String> = now.par_iter().map(of_brand).flatten_iter().collect();
        for (_, index) in then.iter().filter(|(id, _)| !now.contains_key(*id)) {
            changed.extend(before.brands[*index].paths());
        }
        changed
    }

    /// What stands where, in the order of site.toml.
    pub fn contents(&self) -> &[Edition] {
        let all = || self.brands.iter().flat_map(|brand| contents::of(&self.sources, &brand.plan)).collect();
        self.contents.get_or_init(all)
    }

    /// How many editions there are.
    pub fn editions(&self) -> usize {
        self.brands.iter().map(|brand| brand.editions.len()).sum()
    }

    /// The id of the first brand.
    pub fn first_brand(&self) -> Option<&str> {
        self.brands.first().map(|brand| &*brand.plan.brand.id)
    }

    fn find(&self, path: &str) -> Option<(&BrandTree, Address)> {
        let (id, address) = path.split_once('/')?;
        let brand = self.brands.iter().find(|brand| *brand.plan.brand.id == *id)?;
        Some((brand, Address::new(address)))
    }
}

impl BrandTree {
    fn contains(&self, address: &Address) -> bool {
        self.asset(address).is_some() || self.outcomes().any(|outcome| outcome.contains(address))
    }

    /// A file of `assets/`.
    fn asset(&self, address: &Address) -> Option<&Asset> {
        let mut asked = self.editions.iter();
        self.plan.assets.get(address).or_else(|| asked.find_map(|edition| edition.asset(address)))
    }

    /// The addresses in `assets/`.
    fn assets(&self) -> BTreeSet<&Address> {
        let parts = self.editions.iter().flat_map(|edition| edition.all());
        self.plan.assets.keys().chain(parts.flat_map(|part| part.asked.files.keys())).collect()
    }

    fn outcomes(&self) -> impl Iterator<Item = &Arc<Outcome>> {
        self.editions.iter().chain([&self.own])
    }

    fn paths(&self) -> impl Iterator<Item = String> {
        let files = self.outcomes().flat_map(|outcome| outcome.all()).flat_map(|part| part.files.keys());
        files.chain(self.assets()).map(|address| self.path(address))
    }

    fn path(&self, address: &Address) -> String {
        format!("{}/{address}", self.plan.brand.id)
    }

    fn changed_since(&self, before: &Self) -> Vec<String> {
        let mut changed = Vec::new();
        let locales = |tree: &'_ Self| -> Vec<Arc<str>> {
            tree.plan.outlines.iter().map(|outline| outline.locale.id.clone()).collect()
        };
        let is_alike = locales(self) == locales(before);
        let is_same = is_alike
            && self.outcomes().zip(before.outcomes()).all(|(one, other)| Arc::ptr_eq(one, other))
            && Arc::ptr_eq(&self.plan, &before.plan);
        if is_same {
            return changed;
        }
        let pairs = || self.outcomes().zip(before.outcomes()).filter(|(own, other)| !Arc::ptr_eq(own, other));
        if !is_alike || pairs().any(|(now, then)| now.parts.len() != then.parts.len()) {
            // a file in assets/ has its hash in its name: under one name, it is the same
            let (now, then) = (self.assets(), before.assets());
            changed.extend(now.symmetric_difference(&then).map(|address| self.path(address)));
            let (now, then) = (self.files(), before.files());
            self.add_differing(&now, &then, &mut changed);
            return changed;
        }
        // part by part; a page that has taken another's place in its guide is new where that one is gone
        let (mut now, mut then) = (BTreeMap::new(), BTreeMap::new());
        let (mut assets, mut assets_then) = (BTreeSet::new(), BTreeSet::new());
        if !Arc::ptr_eq(&self.plan, &before.plan) {
            assets.extend(self.plan.assets.keys());
            assets_then.extend(before.plan.assets.keys());
        }
        for (own, other) in pairs() {
            let parts = own.parts.iter().zip(&other.parts).filter(|(own, other)| !Arc::ptr_eq(own, other));
            for (own, other) in parts.map(|(own, other)| (&**own, &**other)).chain([(&**own, &**other)]) {
                now.extend(&own.files);
                then.extend(&other.files);
                assets.extend(own.asked.files.keys());
                assets_then.extend(other.asked.files.keys());
            }
        }
        // what one part has ceased to ask for may be asked for by others still
        let differing = assets.symmetric_difference(&assets_then);
        let differing = differing.filter(|address| self.asset(address).is_some() != before.asset(address).is_some());
        changed.extend(differing.map(|address| self.path(address)));
        self.add_differing(&now, &then, &mut changed);
        changed
    }

    /// Its files outside of `assets/`.
    fn files(&self) -> Files<'_> {
        self.outcomes().flat_map(|outcome| outcome.all()).flat_map(|part| &part.files).collect()
    }

    fn add_differing(&self, now: &Files<'_>, then: &Files<'_>, changed: &mut Vec<String>) {
        let differing = now.iter().filter(|(address, key)| then.get(*address) != Some(key));
        let gone = then.keys().filter(|address| !now.contains_key(*address));
        changed.extend(differing.map(|(address, _)| *address).chain(gone.copied()).map(|address| self.path(address)));
    }
}
