//! The site at one moment, and what makes it from a snapshot.
//!
//! Here: what the preview needs to know of a build, kept in memory. Not here: when to build (`rebuild`), and how
//! (`pipeline`, the same function as for the command).

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{Memory, Store};
use crate::path::SourcePath;
use crate::pipeline::{self, Edition, Options, Tools};
use crate::source::Snapshot;

/// The site at one moment, as it would be published.
pub struct Built {
    files: BTreeMap<String, Arc<[u8]>>,
    problems: Vec<Diagnostic>,
    /// The texts that problems point into.
    sources: BTreeMap<SourcePath, Arc<str>>,
    pages: usize,
    editions: Vec<Edition>,
}

impl Built {
    /// A file by its path in the output: `auvenir/fr/mfa/code.html`.
    pub fn get(&self, path: &str) -> Option<Arc<[u8]>> {
        self.files.get(path).cloned()
    }

    /// Is there a file with this path?
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The path of every file, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The addresses of the files that are new, gone or different, in order: `/auvenir/fr/mfa/code.html`.
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let differing = |path: &&String| self.files.get(*path) != before.files.get(*path);
        let all = self.files.keys().chain(before.files.keys());
        let mut changed: Vec<String> = all.filter(differing).map(|path| format!("/{path}")).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// Every problem once, by file and place.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The text that a problem's place is a stretch of, if its file is a text.
    pub fn source(&self, path: &SourcePath) -> Option<&str> {
        self.sources.get(path).map(|text| &**text)
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
        &self.editions
    }
}

/// Builds one snapshot after the other, and keeps what may be kept between them.
pub struct Builder {
    options: Options,
    store: Arc<dyn Store + Send>,
}

impl Builder {
    /// Builds with these options; pictures are kept in the store.
    pub fn new(options: Options, store: Arc<dyn Store + Send>) -> Self {
        Self { options, store }
    }

    /// Builds a snapshot: the same result, byte for byte, as a new builder would give.
    pub fn build(&mut self, snapshot: Snapshot) -> io::Result<Built> {
        let memory = Memory::default();
        let tools = Tools { store: &*self.store, progress: &() };
        let report = match pipeline::build(&snapshot, &self.options, tools, &memory) {
            Ok(Ok(report)) => report,
            Ok(Err(unknown)) => {
                let what = format!("no {} \"{}\" in the site", unknown.kind, unknown.name);
                return Err(io::Error::new(io::ErrorKind::NotFound, what));
            }
            Err(error) => return Err(io::Error::other(error)),
        };
        let places = report.problems.iter().map(|problem| &problem.place.file);
        let sources = places.filter_map(|path| Some((path.clone(), snapshot.shown(path)?.into()))).collect();
        Ok(Built {
            files: memory.into_files(),
            problems: report.problems,
            sources,
            pages: report.pages,
            editions: report.contents,
        })
    }
}
