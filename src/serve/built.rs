//! The site at one moment, and what makes it from a snapshot.
//!
//! Here: what the preview needs to know of a build. Pages are made from memory when they are asked for. Not here: when
//! to build (`rebuild`), and how (`pipeline`, the same function as for the command).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, Texts};
use crate::output::{Nothing, Store};
use crate::path::SourcePath;
use crate::pipeline::{self, Edition, Kept, Options, Tools, Tree};
use crate::source::Snapshot;

/// The site at one moment, as it would be published.
pub struct Built {
    /// None if there is no site to speak of.
    tree: Option<Tree>,
    problems: Vec<Diagnostic>,
    /// The texts that problems point into.
    sources: BTreeMap<SourcePath, Arc<str>>,
    pages: usize,
}

impl Built {
    /// A file by its path in the output, made now: `auvenir/fr/mfa/code.html`.
    pub fn get(&self, path: &str) -> Option<Arc<[u8]>> {
        self.tree.as_ref()?.get(path)
    }

    /// Is there a file with this path?
    pub fn contains(&self, path: &str) -> bool {
        self.tree.as_ref().is_some_and(|tree| tree.contains(path))
    }

    /// The path of every file.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.tree.iter().flat_map(Tree::paths)
    }

    /// The addresses of the files that are new, gone or different, in order: `/auvenir/fr/mfa/code.html`.
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let paths = match (&self.tree, &before.tree) {
            (Some(now), Some(then)) => now.changed_since(then),
            (Some(only), None) | (None, Some(only)) => only.paths().collect(),
            (None, None) => Vec::new(),
        };
        let mut changed: Vec<String> = paths.into_iter().map(|path| format!("/{path}")).collect();
        changed.sort_unstable();
        changed
    }

    /// Every problem once, by file and place.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The texts that problems' places are stretches of.
    pub fn texts(&self) -> Texts<'_> {
        Texts::of(&self.problems, |path| self.sources.get(path).map(|text| &**text))
    }

    /// Are there errors among the problems? Then it is nothing to publish.
    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity() == Severity::Error)
    }

    /// How many pages of guides there are, in all editions.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// What stands where: brands in the order of site.toml, in all their locales.
    pub fn editions(&self) -> &[Edition] {
        self.tree.as_ref().map_or(&[], Tree::contents)
    }

    /// How many editions there are.
    pub fn count(&self) -> usize {
        self.tree.as_ref().map_or(0, Tree::editions)
    }

    /// The id of the first brand.
    pub fn first_brand(&self) -> Option<&str> {
        self.tree.as_ref()?.first_brand()
    }
}

/// Builds one snapshot after the other, and keeps what may be kept between them.
pub struct Builder {
    options: Options,
    tools: Tools,
}

impl Builder {
    /// Builds with these options; pictures are kept in the store.
    pub fn new(options: Options, store: Arc<dyn Store + Send>) -> Self {
        Self { options, tools: Tools { store, kept: Arc::new(Kept::between_builds()), ..Tools::default() } }
    }

    /// Builds a snapshot: the same result, byte for byte, as a new builder would give.
    pub fn build(&mut self, snapshot: &Arc<Snapshot>) -> io::Result<Built> {
        let report = match pipeline::build(snapshot, &self.options, &self.tools, &Nothing) {
            Ok(Ok(report)) => report,
            Ok(Err(unknown)) => {
                let what = format!("no {} \"{}\" in the site", unknown.kind, unknown.name);
                return Err(io::Error::new(io::ErrorKind::NotFound, what));
            }
            Err(error) => return Err(io::Error::other(error)),
        };
        let files: BTreeSet<&SourcePath> = report.problems.iter().map(|problem| &problem.place.file).collect();
        let sources = files.into_iter().filter_map(|path| Some((path.clone(), snapshot.shown(path)?.into()))).collect();
        Ok(Built { tree: report.tree, problems: report.problems, sources, pages: report.pages })
    }
}
