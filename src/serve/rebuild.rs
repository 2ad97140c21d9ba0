//! The loop of the preview: a change, a new snapshot, the same build as ever, and the result on the board.

use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::board::Board;
use super::built::{Builder, Built};
use super::quiet::Batch;
use super::watch::Changes;
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::output::Store;
use crate::path::SourcePath;
use crate::pipeline::Options;
use crate::source::{Before, Snapshot};

/// How long the loop waits for changes before it looks whether it should end.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long after a failure to read the files it is tried again.
const AGAIN: Duration = Duration::from_millis(30);

/// How often that is tried before it is told.
const TRIES: usize = 5;

/// What a rebuild came to, for the one who prints it.
#[derive(Debug, Default, PartialEq)]
pub struct Rebuilt {
    /// The files that differ, in order; none for the first build.
    pub sources: Vec<SourcePath>,
    /// How many pages of guides there are, in all editions.
    pub pages: usize,
    /// How many editions.
    pub editions: usize,
    /// How many published pages differ; none for the first build.
    pub changed: Option<usize>,
    /// From the first sign of the change to the event at the readers' pages.
    pub took: Duration,
    /// How many errors there are; then the last good pages stay.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// Messages that weren't there before, for people, in colour if that was asked for.
    pub messages: Vec<String>,
}

/// What the loop says.
#[derive(Debug, PartialEq)]
pub enum Note {
    /// The site is built anew.
    Rebuilt(Rebuilt),
    /// Something of the machine went wrong; the preview goes on.
    Trouble(String),
}

/// What to build, and from where.
#[derive(Clone)]
pub struct Site {
    /// The site's folder.
    pub root: PathBuf,
    /// How it is built.
    pub options: Options,
    /// Keeps pictures from one build, and from one preview, to the next.
    pub store: Arc<dyn Store + Send>,
    /// Ask for changes every so often, instead of being told by the system.
    pub poll: bool,
    /// Messages are for a terminal with colours.
    pub color: bool,
}

/// Builds a site, and again whenever it changes, until the board ends.
pub fn run(site: &Site, board: &Board, say: &dyn Fn(Note)) {
    let (mut changes, reason) = Changes::watch(&site.root, site.poll);
    if let Some(reason) = reason {
        say(polling(&reason));
    }
    let mut last = Last {
        builder: Builder::new(site.options.clone(), site.store.clone()),
        read: None,
        is_built: false,
        problems: Vec::new(),
    };
    let everything = || Batch { everything: true, ..Batch::default() };
    let mut batch = everything();
    let mut failures = 0;
    while !board.has_ended(Duration::ZERO) {
        let result = round(site, &batch, &mut last, board, say);
        match changes.settle(&batch) {
            Ok(false) => {}
            Ok(true) => {
                batch = everything();
                continue;
            }
            Err(reason) => say(polling(&reason)),
        }
        failures = if result.is_err() { failures + 1 } else { 0 };
        if let Err(error) = result {
            // a file that went while it was read comes back, or is told to have gone
            if failures < TRIES {
                board.has_ended(AGAIN);
                continue;
            }
            if failures == TRIES {
                say(Note::Trouble(format!("the site can't be built: {error}")));
            }
        }
        batch = loop {
            if let Some(next) = changes.next(PATIENCE) {
                break next;
            }
            if failures > 0 || board.has_ended(Duration::ZERO) {
                break everything();
            }
        };
    }
}

fn polling(reason: &str) -> Note {
    Note::Trouble(format!("{reason}: looking for changes every half second instead"))
}

/// What is kept from round to round.
struct Last {
    builder: Builder,
    /// The last snapshot, and when its reading began.
    read: Option<(Arc<Snapshot>, SystemTime)>,
    /// That snapshot could be built.
    is_built: bool,
    problems: Vec<Diagnostic>,
}

fn round(site: &Site, batch: &Batch, last: &mut Last, board: &Board, say: &dyn Fn(Note)) -> io::Result<()> {
    let start = batch.since.unwrap_or_else(Instant::now);
    let since = SystemTime::now();
    let touched = (!batch.everything).then_some(&batch.paths);
    let snapshot = match &last.read {
        Some((before, since)) => {
            Snapshot::read_again(&site.root, &Before { snapshot: before, since: *since }, touched)?
        }
        None => Snapshot::read(&site.root)?,
    };
    let snapshot = Arc::new(snapshot);
    let before = last.read.replace((snapshot.clone(), since));
    let sources = before.as_ref().map_or_else(Vec::new, |(before, _)| snapshot.changed_since(before));
    let is_first = !last.is_built;
    if sources.is_empty() && !is_first {
        return Ok(());
    }
    last.is_built = false;
    let built = Arc::new(build(&mut last.builder, site, &snapshot)?);
    let change = board.put(&built);
    let took = start.elapsed();
    let count = |severity| built.problems().iter().filter(|problem| problem.severity() == severity).count();
    let known: BTreeSet<_> = last.problems.iter().map(identity).collect();
    let is_new = |problem: &&Diagnostic| !known.contains(&identity(problem));
    let texts = built.texts();
    let text = |problem: &Diagnostic| diagnostic::text(problem, texts.get(problem), site.color);
    say(Note::Rebuilt(Rebuilt {
        sources,
        pages: built.pages(),
        editions: built.count(),
        changed: (!is_first).then(|| change.addresses.iter().filter(|address| address.ends_with(".html")).count()),
        took,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        messages: built.problems().iter().filter(is_new).map(text).collect(),
    }));
    last.problems = built.problems().to_vec();
    last.is_built = true;
    Ok(())
}

/// Builds; a panic, which would be a mistake of ours, doesn't take the preview down.
fn build(builder: &mut Builder, site: &Site, snapshot: &Arc<Snapshot>) -> io::Result<Built> {
    match catch_unwind(AssertUnwindSafe(|| builder.build(snapshot))) {
        Ok(result) => result,
        Err(_) => {
            // what it has kept may be half done
            *builder = Builder::new(site.options.clone(), site.store.clone());
            Err(io::Error::other("this is a mistake in etape, please report it"))
        }
    }
}

/// What makes a mistake the same one, wherever it has moved in its file.
fn identity(d: &Diagnostic) -> (Code, &SourcePath, Option<&str>, Option<&str>, &str) {
    (d.code, &d.place.file, d.brand.as_deref(), d.locale.as_deref(), &d.message)
}
