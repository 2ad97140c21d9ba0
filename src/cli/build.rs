//! `etape build`: the sites of all brands, into a folder that is replaced as a whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use rayon::prelude::*;

use super::terminal::Terminal;
use super::{Ending, Format, site};
use crate::config::normal_url;
use crate::memo::{Key, KeyMaker};
use crate::output::{Entry, Folder, Input, Made, Said, Sink, Zipped};
use crate::path::SourcePath;
use crate::pipeline::Options;
use crate::source::{FOLDERS, Listing, Snapshot};
use crate::stamp::Stamp;

/// What `etape build` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Only this brand; may be given several times
    #[arg(long = "brand", value_name = "BRAND")]
    brands: Vec<String>,
    /// Only this language; may be given several times
    #[arg(long = "locale", value_name = "LOCALE")]
    locales: Vec<String>,
    /// Where to [default: dist in the site's folder]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Where it will be published, instead of what site.toml says; with several brands, each in a folder of it
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Pages marked as drafts too
    #[arg(long)]
    drafts: bool,
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
    /// Each guide also as one file with everything inside: BRAND/GUIDE.LOCALE.html
    #[arg(long)]
    single_file: bool,
    /// Each brand also as an archive: BRAND.zip
    #[arg(long)]
    zip: bool,
    /// How messages are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

fn base_url(url: &str) -> Result<String, String> {
    normal_url(url).map_err(|why| format!("it {why}"))
}

/// An output of so many files takes longer to link and to delete than to make a few pages of it.
const MANY_FILES: usize = 2000;

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match build(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

fn build(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let start = Instant::now();
    let root = site::find(root, terminal)?;
    let options = Options {
        brands: arguments.brands.clone(),
        locales: arguments.locales.clone(),
        drafts: arguments.drafts,
        base_url: arguments.base_url.clone(),
        external: false,
        date: site::date(terminal)?,
        single_file: arguments.single_file,
    };
    let output = arguments.output.clone().unwrap_or_else(|| root.join("dist"));
    if let Some(folder) = input_folder(&root, &output) {
        let output = shown(&output);
        terminal.complain(&format!(
            "{output} is in {folder}/, whose files the site is made of: choose another folder as --output, such as dist"
        ));
        return Err(Ending::Misuse);
    }
    let wait = || terminal.say("another build is writing beside this folder; waiting for it");
    let mut folder = Folder::open(&output, wait).map_err(|error| site::failed(&error, terminal))?;
    let since = SystemTime::now();
    let unreadable = |error: io::Error| site::unreadable(&root, &error, terminal);
    let cache = site::cache(&root.canonicalize().map_err(unreadable)?, true);
    let in_parallel =
        |count: usize, each: &(dyn Fn(usize) + Sync)| (0..count).into_par_iter().with_max_len(1).for_each(each);
    let remember = || maker().map(|maker| folder.remember(cache.clone(), maker, &in_parallel));
    let (listing, _) = rayon::join(|| Listing::new(&root), remember);
    let listing = listing.map_err(unreadable)?;
    if !listing.is_settled(since) {
        folder.forget();
    }
    folder.keep_old(&listing.root().join(".etape"), MANY_FILES);
    let whole = listing.key(since).filter(|_| !arguments.zip).map(|(key, fresh)| (options.key(key), fresh));
    let still = |texts: &[Said]| listing.still_says(texts);
    if let Some((made, summary)) = whole.as_ref().and_then(|(key, _)| folder.standing(*key, still, &in_parallel)) {
        terminal.time("finding everything as it was", start);
        let is_written = terminal.messages(&[], arguments.format, |_| None);
        terminal.say(&done(made.pages, made.editions, summary.files, &output, &[], start));
        return if is_written { Ok(Ending::Done) } else { Err(Ending::Broken) };
    }
    let known = |path: &SourcePath, stamp: &Stamp| folder.known_input(path.as_str(), stamp);
    let mut snapshot = listing.read_leanly(&known).map(Arc::new).map_err(unreadable)?;
    terminal.time("reading the site", start);
    let begin = Instant::now();
    Arc::get_mut(&mut snapshot).into_iter().for_each(|snapshot| snapshot.recall(&known));
    let zipped = arguments.zip.then(|| Zipped::new(&folder, options.date.as_deref()));
    let sink: &dyn Sink = zipped.as_ref().map_or(&folder, |zipped| zipped);
    let report = site::build(&snapshot, &options, sink, &cache, arguments.format, terminal)?;
    terminal.time("building the editions", begin);
    let begin = Instant::now();
    let (ending, found) = site::verdict(&report, arguments.strict);
    if ending != Ending::Done {
        drop(zipped);
        drop(folder);
        let state = if output.exists() { "stays as it was" } else { "isn't written" };
        terminal.say(&format!("{}: {} {state}", found.unwrap_or_default(), shown(&output)));
        return Ok(ending);
    }
    let archived = zipped.map_or(Ok(()), Zipped::finish);
    archived.map_err(|error| site::failed(&error, terminal))?;
    let inputs = stamped(inputs(&snapshot, terminal)?, &snapshot, since);
    if let Some((key, fresh)) = whole.filter(|_| report.problems.is_empty()) {
        let said = fresh.into_iter().filter_map(|path| snapshot.key(&path).map(|key| (path.to_string(), key)));
        folder.note_made(Made { key, pages: report.pages, editions: report.editions }, said.collect());
    }
    // nobody needs the texts any more, and a large site's take room
    drop(snapshot);
    let summary = folder.finish(inputs, &in_parallel).map_err(|error| site::failed(&error, terminal))?;
    terminal.time("exchanging the folders", begin);
    cache.prune();
    let made = (report.pictures > 0).then(|| format!("{} made", site::count(report.pictures, "screen")));
    let more: Vec<String> = made.into_iter().chain(found).collect();
    terminal.say(&done(report.pages, report.editions, summary.files, &output, &more, start));
    Ok(ending)
}

/// The folder of the site's own files that a path leads into, if it does.
fn input_folder(root: &Path, output: &Path) -> Option<&'static str> {
    let output = std::path::absolute(output).ok()?;
    let known = output.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = known?;
    let real = real.join(output.strip_prefix(above).ok()?);
    let inside = |folder: &&&str| root.join(folder).canonicalize().is_ok_and(|folder| real.starts_with(folder));
    FOLDERS.iter().find(inside).copied()
}

/// The line that says what was built.
fn done(pages: usize, editions: usize, files: usize, output: &Path, more: &[String], start: Instant) -> String {
    format!(
        "{} in {}, {} in {}{} ({:.2} s)",
        site::count(pages, "page"),
        site::count(editions, "edition"),
        site::count(files, "file"),
        shown(output),
        more.iter().map(|more| format!(", {more}")).collect::<String>(),
        start.elapsed().as_secs_f64()
    )
}

/// What tells this program from an earlier or a later one; none if the system doesn't say.
fn maker() -> Option<Key> {
    let path = std::env::current_exe().ok()?;
    let own = Stamp::of(&path.symlink_metadata().ok()?).key();
    Some(KeyMaker::new(env!("CARGO_PKG_VERSION")).text(&path.to_string_lossy()).key(own).make())
}

/// The same with the stamps of those that the next build needn't read if they stand as they do. Both are in order.
fn stamped(entries: Vec<Entry>, snapshot: &Snapshot, since: SystemTime) -> Vec<Input> {
    let mut stamps = snapshot.settled(since).peekable();
    let stamped = |entry: Entry| {
        let stamp = stamps.next_if(|(path, _)| path.as_str() == &*entry.path).map(|(_, stamp)| *stamp);
        (entry, stamp)
    };
    entries.into_iter().map(stamped).collect()
}

/// The files that a build is made from.
pub fn inputs(snapshot: &Snapshot, terminal: &Terminal) -> Result<Vec<Entry>, Ending> {
    let paths: Vec<_> = snapshot.own_files().collect();
    let entry = |path: &&SourcePath| match (snapshot.known_hash(path), snapshot.size(path)) {
        (Some(blake3), Some(size)) => Ok(Entry { path: path.as_str().into(), size, blake3 }),
        _ => snapshot.bytes(path).map(|bytes| Entry::of(path.as_str(), &bytes)),
    };
    let entries: Result<Vec<_>, _> = paths.par_iter().with_max_len(256).map(entry).collect();
    entries.map_err(|error| site::broken("can't read the site", &error, terminal))
}

/// A path as the caller would write it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
