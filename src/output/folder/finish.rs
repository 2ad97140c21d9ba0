//! The end of a build: the new tree gets what the old one holds already, takes its place, and is noted.
//!
//! Not here: the files that are new (`folder`), and the steps that rename and delete (`place`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError};

use super::{Folder, Input, Kept, Put, Summary, top};
use crate::output::OutputError;
use crate::output::compare::holds_only;
use crate::output::each::{AT_ONCE, Each, by_chunks};
use crate::output::ledger::{self, Ledger, Line, Whole};
use crate::output::manifest::{self, Entry, Text};
use crate::output::place::{Swap, swap};
use crate::output::spare::Spare;
use crate::output::tree::Tree;
use crate::stamp::Stamp;

/// A file of the new tree.
struct Done<'f> {
    line: Line<&'f Entry>,
    /// The old tree holds it.
    is_kept: bool,
    /// The new tree is made of a spare one, which holds it too.
    is_there: AtomicBool,
    /// It got a link or another place, which the disk counts as a change.
    is_touched: AtomicBool,
}

impl<'f> Done<'f> {
    fn new(line: Line<&'f Entry>, is_kept: bool) -> Self {
        Self { line, is_kept, is_there: AtomicBool::new(false), is_touched: AtomicBool::new(false) }
    }

    fn put(put: &'f Put) -> Self {
        Self::new(Line::new(&put.line.entry, put.line.stamp), put.is_kept)
    }

    fn kept(kept: Kept, line: &'f Line) -> Self {
        Self::new(Line::new(&line.entry, kept.stamp.unwrap_or_default()), true)
    }

    fn path(&self) -> &'f str {
        &self.line.entry.path
    }

    /// How it stands in the new tree, for the next build.
    fn noted(&self, is_copied: bool, begun: &Stamp, tree: &mut Tree<'_>) -> Line<&'f Entry> {
        let is_touched = self.is_touched.load(Ordering::Relaxed);
        if self.line.is_known() && !(is_touched && is_copied) {
            return Line { is_linked: is_touched, ..self.line };
        }
        let found = tree.look(self.path(), None).ok().map(|found| found.stamp);
        // of what is written to meanwhile, nothing is known
        let stamp = found.filter(|stamp| stamp.is_written_before(begun)).unwrap_or_default();
        Line::new(self.line.entry, stamp)
    }
}

/// What became of the output.
struct End {
    is_same: bool,
    /// Some files were copied, since links can't be made.
    is_copied: bool,
    inputs: Vec<Input>,
    manifest: Entry,
}

/// All files by their paths: those that were put, and those of the old tree's `lines` that are kept.
fn in_order<'f>(put: &'f [Vec<Put>], mut kept: Vec<Kept>, lines: &'f [Line], each: Each) -> Vec<Done<'f>> {
    // lines are in order
    kept.sort_unstable_by_key(|kept| kept.index);
    let kept = kept.into_iter().filter_map(|kept| Some(Done::kept(kept, lines.get(kept.index)?)));
    let folders = by_top(put);
    let sorted = by_chunks(&folders, FOLDERS_AT_ONCE, each, &|folders| {
        let mut done = Vec::with_capacity(folders.iter().map(Vec::len).sum());
        for folder in folders {
            let start = done.len();
            done.extend(folder.iter().map(|put| Done::put(put)));
            done[start..].sort_by(|a, b| a.path().cmp(b.path()));
        }
        done
    });
    let count = put.iter().map(Vec::len).sum::<usize>() + kept.size_hint().1.unwrap_or_default();
    let mut done = Vec::with_capacity(count);
    let mut kept = kept.peekable();
    for put in sorted.into_iter().flatten() {
        while let Some(kept) = kept.next_if(|kept| kept.path() < put.path()) {
            done.push(kept);
        }
        done.push(put);
    }
    done.extend(kept);
    done
}

/// Folders at the top whose files are put in order in one go.
const FOLDERS_AT_ONCE: usize = 8;

/// Files by their folders at the top, which are in order: files of one follow each other mostly, so this is quick, and
/// what is in a folder can be put in order by itself.
fn by_top(put: &[Vec<Put>]) -> Vec<Vec<&Put>> {
    let mut folders: BTreeMap<&str, Vec<&Put>> = BTreeMap::new();
    for same in put.iter().flat_map(|put| put.chunk_by(|a, b| top(a.path()) == top(b.path()))) {
        if let Some(first) = same.first() {
            folders.entry(top(first.path())).or_default().extend(same);
        }
    }
    folders.into_values().collect()
}

impl Folder {
    /// Writes the manifest and puts the new tree in the place of the old. `inputs` are the files that the build was made
    /// from, in any order, with the stamps of those that the next build needn't read if they stand as they do. On an
    /// error the old tree stands, but for one: if the old tree can't be deleted, the new one is in place. When nothing
    /// has changed, the output isn't touched at all.
    pub fn finish(self, inputs: Vec<Input>, each: Each) -> Result<Summary, OutputError> {
        self.finish_by(inputs, each, swap)
    }

    pub(in crate::output) fn finish_by(
        mut self,
        mut inputs: Vec<Input>,
        each: Each,
        swap: Swap,
    ) -> Result<Summary, OutputError> {
        self.piles.take_all().iter_mut().try_for_each(|pile| self.write(pile))?;
        if let Some(path) = self.twice.take() {
            return Err(OutputError::Twice { path: path.into_string() });
        }
        let put = std::mem::take(&mut *self.put.lock().unwrap_or_else(PoisonError::into_inner));
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        let ledger = self.ledger.take();
        let old = ledger.as_ref().map_or(&[][..], |ledger| &ledger.files);
        let done = in_order(&put, kept, old, each);
        if let Some([twice, _]) = done.array_windows().find(|[a, b]| a.path() == b.path()) {
            return Err(OutputError::Twice { path: twice.path().to_owned() });
        }
        let summary = Summary {
            files: done.len(),
            bytes: done.iter().map(|done| done.line.entry.size).sum(),
            kept: done.iter().filter(|done| done.is_kept).count(),
        };
        inputs.sort_unstable_by(|a, b| a.0.path.cmp(&b.0.path));
        let (files, made_from) = (done.iter().map(|done| done.line.entry), inputs.iter().map(|(entry, _)| entry));
        let text = Text::new(&files.collect::<Vec<_>>(), &made_from.collect::<Vec<_>>(), each);
        let text = text.map_err(|error| self.failed("write", manifest::NAME, error))?;

        let is_same = summary.kept == summary.files && self.kept_as.is_some();
        let find = |path: &str| done.binary_search_by(|done| done.path().cmp(path)).ok();
        let is_same = is_same && holds_only(&self.place.dist, done.len(), &|path| find(path).is_some(), each);
        let is_copied = if is_same {
            // One rename is as whole as an exchange.
            if !self.is_in_old(text.entry()) {
                self.write_manifest(&text)?;
                let renamed = fs::rename(self.in_new(manifest::NAME), self.in_old(manifest::NAME));
                renamed.map_err(|error| self.failed("replace", manifest::NAME, error))?;
            }
            false
        } else {
            let replaced = OnceLock::new();
            // nobody needs to know what the manifest is before all is in its place
            each(2, &|index| match index {
                0 => _ = text.entry(),
                _ => _ = replaced.set(self.replace(&done, &text, summary, swap, each)),
            });
            // if nobody has done it, nothing may be noted
            let lost = || self.failed("replace", manifest::NAME, io::Error::other("it was left undone"));
            replaced.into_inner().unwrap_or_else(|| Err(lost()))?
        };
        self.finished = true;
        self.place.clear(each)?;
        let manifest = text.entry().clone();
        drop(text);
        self.note(&done, End { is_same, is_copied, inputs, manifest }, ledger.as_ref(), each);
        Ok(summary)
    }

    /// Fills the new tree up and exchanges it for the old one. Says whether files had to be copied.
    fn replace(
        &self,
        done: &[Done],
        text: &Text,
        summary: Summary,
        swap: Swap,
        each: Each,
    ) -> Result<bool, OutputError> {
        let is_worth_it = |spare: &&Spare| summary.files >= spare.least && summary.kept > summary.files / 2;
        let spare = self.spare.as_ref().filter(is_worth_it);
        if let Some(spare) = spare
            && self.strip(spare, done, each)
        {
            let is_copied = self.fill(&spare.path, done, each)?;
            let (beside, manifest) = (spare.path.join("manifest.json.new"), spare.path.join(manifest::NAME));
            let written = File::create(&beside).and_then(|file| text.write(file));
            let written = written.and_then(|()| fs::rename(&beside, &manifest));
            written.map_err(|error| self.failed("write", manifest::NAME, error))?;
            self.place.exchange(&spare.path, swap)?;
            return Ok(is_copied);
        }
        let is_copied = self.fill(&self.place.new, done, each)?;
        self.write_manifest(text)?;
        self.place.exchange(&self.place.new, swap)?;
        spare.into_iter().for_each(|spare| spare.take(&self.place.new));
        Ok(is_copied)
    }

    /// Leaves in the spare tree only what the new one is to hold: files that are those of the old tree.
    fn strip(&self, spare: &Spare, done: &[Done], each: Each) -> bool {
        let is_candidate = |done: &&Done| done.is_kept && done.line.is_known();
        let mut candidates: Vec<(u64, &Done)> =
            done.iter().filter(is_candidate).map(|done| (done.line.stamp.number(), done)).collect();
        candidates.sort_unstable_by_key(|(number, _)| *number);
        let stays = |path: &str, number: u64| {
            let start = candidates.partition_point(|(other, _)| *other < number);
            let same = candidates.iter().skip(start).take_while(|(other, _)| *other == number);
            let found = same.map(|(_, done)| done).find(|done| done.path() == path);
            found.inspect(|done| done.is_there.store(true, Ordering::Relaxed)).is_some()
        };
        let is_stripped = spare.strip(&self.place.new, &stays, each);
        if !is_stripped {
            done.iter().for_each(|done| done.is_there.store(false, Ordering::Relaxed));
        }
        is_stripped
    }

    /// Brings files to where they aren't yet in `tree`: those of the old tree as links, and those that were written to
    /// the new one if it is another. Says whether some had to be copied.
    fn fill(&self, tree: &Path, done: &[Done], each: Each) -> Result<bool, OutputError> {
        let is_elsewhere = tree != self.place.new;
        let filled = by_chunks(done, AT_ONCE, each, &|done| {
            let [mut old, mut new, mut to] = [&*self.place.dist, &self.place.new, tree].map(Tree::new);
            let mut is_copied = false;
            for done in done.iter().filter(|done| !done.is_there.load(Ordering::Relaxed)) {
                if done.is_kept {
                    is_copied |= !self.link(done.line.entry, &mut old, &mut to)?;
                } else if is_elsewhere {
                    let moved = to.take(&mut new, done.path());
                    moved.map_err(|error| self.failed("write", done.path(), error))?;
                }
                done.is_touched.store(done.is_kept || is_elsewhere, Ordering::Relaxed);
            }
            Ok(is_copied)
        });
        filled.into_iter().try_fold(false, |so_far, is_copied| Ok(so_far | is_copied?))
    }

    /// Links one file, or copies it where links can't be made; says which.
    fn link(&self, entry: &Entry, old: &mut Tree<'_>, to: &mut Tree<'_>) -> Result<bool, OutputError> {
        if to.link(old, &entry.path).is_ok() {
            return Ok(true);
        }
        let bytes = fs::read(self.in_old(&entry.path)).map_err(|error| self.failed("read", &entry.path, error))?;
        if blake3::hash(&bytes) != entry.blake3 {
            return Err(self.failed("read", &entry.path, io::Error::other("it has just been changed")));
        }
        let written = to.create(&entry.path).and_then(|mut file| file.write_all(&bytes));
        written.map(|()| false).map_err(|error| self.failed("write", &entry.path, error))
    }

    /// Writes the rest of the manifest after its mark.
    fn write_manifest(&self, text: &Text) -> Result<(), OutputError> {
        let file = File::options().append(true).open(self.in_new(manifest::NAME));
        let written = file.and_then(|file| text.write_rest(file));
        written.map_err(|error| self.failed("write", manifest::NAME, error))
    }

    /// Notes how the output stands, for the next build. What can't be noted is found out again then.
    fn note(&self, done: &[Done], end: End, before: Option<&Ledger>, each: Each) {
        let Some(shelf) = &self.shelf else { return };
        let End { is_same, is_copied, inputs, manifest } = end;
        let mut parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        parts.sort_unstable();
        let line = |(entry, stamp): Input| stamp.map(|stamp| Line::new(entry, stamp));
        let inputs: Vec<Line> = inputs.into_iter().filter_map(line).collect();
        let is_made = |ledger: &Ledger| {
            let noted = ledger.whole.as_ref().map(|whole| (&whole.made, &whole.fresh));
            noted == self.whole.as_ref().map(|(made, fresh)| (made, fresh))
        };
        let is_noted = |ledger: &Ledger| ledger.parts == parts && ledger.inputs == inputs && is_made(ledger);
        if is_same && done.iter().all(|done| done.line.is_known()) && before.is_some_and(is_noted) {
            return;
        }
        // files are looked at after the clock
        let clock = if is_same { self.begun } else { self.place.clock().ok() };
        let Some((clock, begun)) = clock.zip(self.begun) else { return };
        let files = by_chunks(done, AT_ONCE, each, &|done| {
            let mut tree = Tree::new(&self.place.dist);
            ledger::lines(&done.iter().map(|done| done.noted(is_copied, &begun, &mut tree)).collect::<Vec<_>>())
        });
        let whole = self.whole.clone().and_then(|(made, fresh)| {
            let stamp = Tree::new(&self.place.dist).look(manifest::NAME, None).ok()?.stamp;
            Some(Whole { made, fresh, manifest: Line::new(manifest, stamp) })
        });
        let links = (begun, clock);
        let ledger = Ledger { maker: shelf.maker, clock, links, files: Vec::new(), parts, whole, inputs };
        shelf.write(&ledger, &files);
    }
}
