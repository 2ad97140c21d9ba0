//! Published pictures, each made once for all editions, on all threads.
//!
//! Not here: what is done to the pixels (`screen`), and where what took time is kept (`output::Store`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::Tools;
use super::outcome::Asset;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::memo::KeyMaker;
use crate::model::weight::gzipped;
use crate::parse::sidecar::{self, Area, Sidecar};
use crate::path::SourcePath;
use crate::resolve::link::Refusal;
use crate::screen::{self, Lie, PictureProblem, Published, entry};
use crate::source::{File, Snapshot};

/// A picture with its sidecar.
pub type Pair = (SourcePath, Option<SourcePath>);

/// Pictures of a site, made when they are first asked for.
pub struct Pictures {
    snapshot: Arc<Snapshot>,
    tools: Tools,
    /// What stands beside pictures, by file, with what is wrong with it.
    sidecars: BTreeMap<SourcePath, (Sidecar, Vec<Diagnostic>)>,
    slots: Mutex<BTreeMap<Pair, Arc<Slot>>>,
    /// Held while a large picture is worked on.
    large: Mutex<()>,
    count: AtomicUsize,
    /// Bytes of published files that are held from when they were read until they are handed over.
    held: AtomicUsize,
}

/// The most of them.
const HELD: usize = 16 << 20;

#[derive(Default)]
struct Slot {
    /// A thread has begun with it; others have better things to do than to wait.
    taken: AtomicBool,
    made: OnceLock<Result<Arc<Made>, Refusal>>,
}

/// A picture that is ready to be published. Its bytes are in the store, or here if that doesn't keep them.
pub struct Made {
    key: Pair,
    stored: blake3::Hash,
    kept: Option<Published>,
    /// In pixels, if known.
    pub size: Option<(u32, u32)>,
    /// The published files, the narrowest first.
    pub files: Vec<MadeFile>,
    /// The sidecar's marks: left, top, right and bottom as fractions of the picture, and a Fluent id.
    pub marks: Vec<(Option<[f64; 4]>, String)>,
    /// What is wrong with the boxes of its sidecar.
    pub problems: Vec<Diagnostic>,
}

/// A published file of a picture.
pub struct MadeFile {
    /// Its name, which holds its hash.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// What a device takes for it: after gzip where that helps.
    pub bytes: usize,
}

impl Pictures {
    /// None made yet.
    pub fn new(snapshot: &Arc<Snapshot>, tools: Tools) -> Self {
        let sidecar = |(path, file): (&SourcePath, &File)| match file {
            File::Text(text) if path.file_name().ends_with(".yaml") => Some((path.clone(), sidecar::parse(path, text))),
            _ => None,
        };
        let sidecars = snapshot.under("assets").filter_map(sidecar).collect();
        let (slots, large, count, held) = Default::default();
        Self { snapshot: snapshot.clone(), tools, sidecars, slots, large, count, held }
    }

    /// A file that is published as it is.
    pub fn plain(&self, path: &SourcePath) -> io::Result<Arc<[u8]>> {
        let (kept, round) = (&self.tools.kept, self.tools.kept.round());
        let key = KeyMaker::new("plain").text(path.as_str()).keys(self.snapshot.key(path)).make();
        if let Some(bytes) = kept.files.get(round, key) {
            return Ok(bytes);
        }
        let bytes = self.snapshot.bytes(path)?;
        kept.files.put(round, key, bytes.clone());
        Ok(bytes)
    }

    /// What stands beside pictures, with what is wrong with it, in order.
    pub fn sidecars(&self) -> &BTreeMap<SourcePath, (Sidecar, Vec<Diagnostic>)> {
        &self.sidecars
    }

    /// Makes some pictures on all threads, but those that another thread has begun with.
    ///
    /// Nothing in here waits for another thread but for a picture in the making, whose thread waits for nobody.
    pub fn prepare(&self, keys: &BTreeSet<Pair>) {
        let slots: Vec<_> = keys.iter().map(|key| (key, self.slot(key))).collect();
        slots.par_iter().for_each(|(key, slot)| {
            if !slot.taken.swap(true, Ordering::Relaxed) {
                // why there is none is told where a text asks for it
                let _ = self.fill(key, slot);
            }
        });
    }

    /// A picture, or why there is none.
    pub fn get(&self, path: &SourcePath, sidecar: Option<&SourcePath>) -> Result<Arc<Made>, Refusal> {
        let key = (path.clone(), sidecar.cloned());
        let slot = self.slot(&key);
        slot.taken.store(true, Ordering::Relaxed);
        self.fill(&key, &slot)
    }

    /// The bytes of a picture's files.
    pub fn bytes(&self, made: &Made) -> Result<Vec<Arc<[u8]>>, Diagnostic> {
        self.bytes_again(made).map_err(|refusal| {
            Diagnostic::new(refusal.code, Place::start_of(&made.key.0), refusal.message).help(refusal.help)
        })
    }

    fn bytes_again(&self, made: &Made) -> Result<Vec<Arc<[u8]>>, Refusal> {
        let stored = || self.tools.store.get(&made.stored).as_deref().and_then(entry::read);
        let published = match made.kept.clone().or_else(stored) {
            Some(published) => published,
            // somebody has emptied the cache in the meantime
            None => self.publish(&made.key.0, &self.read(&made.key.0)?, self.redact(&made.key))?,
        };
        Ok(published.files.into_iter().map(|file| file.bytes).collect())
    }

    /// Something else that takes time to draw: from the store, or drawn and kept there. None if it can't be drawn.
    pub fn drawn(&self, key: &blake3::Hash, draw: impl FnOnce() -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        if let Some(kept) = self.tools.store.get(key) {
            return Some(kept);
        }
        // as with screens: a mistake of who reads the logo is told as nothing worse than no icon
        let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw)).ok().flatten()?;
        self.tools.store.put(key, &drawn);
        Some(drawn)
    }

    /// The bytes of a published file.
    pub fn bytes_of(&self, asset: &Asset) -> Option<Arc<[u8]>> {
        match asset {
            Asset::Plain(bytes) => Some(bytes.clone()),
            Asset::Picture(made, index) => self.bytes(made).ok()?.get(*index).cloned(),
            Asset::Drawn(drawing) => self.drawn(&drawing.key, || (drawing.draw)()).map(Arc::from),
            Asset::Standing => None,
        }
    }

    /// How many pictures have been decoded.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn slot(&self, key: &Pair) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return slot.clone();
        }
        self.tools.progress.expect_picture();
        slots.entry(key.clone()).or_default().clone()
    }

    fn fill(&self, key: &Pair, slot: &Slot) -> Result<Arc<Made>, Refusal> {
        let make = || {
            let made = self.kept_or_made(key);
            self.tools.progress.end_picture();
            made
        };
        slot.made.get_or_init(make).clone()
    }

    fn kept_or_made(&self, pair: &Pair) -> Result<Arc<Made>, Refusal> {
        let (kept, round) = (&self.tools.kept, self.tools.kept.round());
        let files = [Some(&pair.0), pair.1.as_ref()];
        let key = files
            .into_iter()
            .flatten()
            .fold(KeyMaker::new("picture"), |key, path| key.text(path.as_str()).keys(self.snapshot.key(path)));
        let key = key.make();
        if let Some(made) = kept.pictures.get(round, key) {
            return Ok(made);
        }
        let made = Arc::new(self.make(pair)?);
        kept.pictures.put(round, key, made.clone());
        Ok(made)
    }

    fn make(&self, key: &Pair) -> Result<Made, Refusal> {
        let path = &key.0;
        let size = self.snapshot.size(path).unwrap_or_default();
        screen::check_file_size(path.file_name(), size).map_err(refusal)?;
        let redact = self.redact(key);
        let is_svg = screen::is_svg(path.file_name());
        // what has been read before needn't be read again to know what it became
        let (hash, bytes) = match self.snapshot.known_hash(path) {
            Some(hash) => (hash, None),
            None => {
                let bytes = self.read(path)?;
                (blake3::hash(&bytes), Some(bytes))
            }
        };
        let stored = screen::key(&hash, redact);
        let kept = if is_svg { None } else { self.tools.store.get(&stored).as_deref().and_then(entry::read) };
        let (published, is_kept) = match kept {
            Some(published) => {
                let is_kept = !self.holds(&published);
                (published, is_kept)
            }
            None => {
                self.tools.progress.begin_picture(path.file_name());
                let bytes = bytes.map_or_else(|| self.read(path), Ok)?;
                let published = self.publish(path, &bytes, redact)?;
                // SVG is made as fast as it is read
                let is_kept = !is_svg && self.tools.store.put(&stored, &entry::write(&published));
                (published, is_kept)
            }
        };
        let extension = if is_svg { "svg" } else { "webp" };
        let file = |file: &screen::Rendition| MadeFile {
            name: hashed_name(path, extension, &file.bytes),
            width: file.width,
            bytes: if is_svg { gzipped(&file.bytes) } else { file.bytes.len() },
        };
        Ok(Made {
            key: key.clone(),
            stored,
            size: published.size,
            files: published.files.iter().map(file).collect(),
            marks: self.marks(key, &published),
            problems: self.box_problems(key, &published),
            kept: (!is_kept).then_some(published),
        })
    }

    /// Is there room for a picture's files, so that they needn't be read a second time?
    fn holds(&self, published: &Published) -> bool {
        let size = published.files.iter().map(|file| file.bytes.len()).sum();
        !self.tools.kept.round().keeps() && self.held.fetch_add(size, Ordering::Relaxed) + size <= HELD
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, Refusal> {
        self.snapshot.bytes(path).map_err(|error| Refusal {
            code: Code::ImageUnreadable,
            message: format!("the picture \"{}\" can't be read: {error}", path.file_name()),
            help: "look at the file's permissions".to_owned(),
        })
    }

    fn publish(&self, path: &SourcePath, bytes: &[u8], redact: &[Area]) -> Result<Published, Refusal> {
        let name = path.file_name();
        if screen::is_svg(name) {
            return screen::publish_svg(name, bytes, redact).map_err(refusal);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        let is_large = screen::count_pixels(bytes).is_some_and(|pixels| pixels > screen::LARGE);
        let _alone = is_large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        // a decoder's mistake is told as the picture's; the pixels are gone with it
        let work = std::panic::AssertUnwindSafe(|| screen::publish(name, bytes, redact).map_err(refusal));
        std::panic::catch_unwind(work).unwrap_or_else(|_| {
            Err(Refusal {
                code: Code::ImageUnreadable,
                message: format!("the picture \"{name}\" can't be read"),
                help: "save it anew, as PNG for example".to_owned(),
            })
        })
    }

    fn sidecar(&self, key: &Pair) -> Option<(&SourcePath, &Sidecar)> {
        let (path, (sidecar, _)) = self.sidecars.get_key_value(key.1.as_ref()?)?;
        Some((path, sidecar))
    }

    fn redact(&self, key: &Pair) -> &[Area] {
        self.sidecar(key).map_or(&[], |(_, sidecar)| &sidecar.redact)
    }

    fn marks(&self, key: &Pair, published: &Published) -> Vec<(Option<[f64; 4]>, String)> {
        let Some((_, sidecar)) = self.sidecar(key) else { return Vec::new() };
        let place = |area: &Area| {
            let size = published.size?;
            let is_seen = screen::lie(area, published.turn.size(size)) != Lie::Outside;
            let (width, height) = (f64::from(size.0), f64::from(size.1));
            let [left, top, right, bottom] = published.turn.upright(area, size).map(f64::from);
            is_seen.then_some([left / width, top / height, right / width, bottom / height])
        };
        sidecar.marks.iter().map(|mark| (place(&mark.area), mark.text.value.clone())).collect()
    }

    fn box_problems(&self, key: &Pair, published: &Published) -> Vec<Diagnostic> {
        let Some((path, sidecar)) = self.sidecar(key) else { return Vec::new() };
        let name = key.0.file_name();
        let problem = |area: &Area| {
            let told =
                |message: String| Diagnostic::new(Code::RedactOutside, Place::new(path, area.span.clone()), message);
            let Some(size) = published.size else {
                return Some(
                    told(format!("the picture \"{name}\" doesn't say how large it is, so nothing can lie in it"))
                        .help("give its <svg> a width and a height"),
                );
            };
            let (width, height) = published.turn.size(size);
            let what = match screen::lie(area, (width, height)) {
                Lie::Inside => return None,
                Lie::Across => "reaches out of",
                Lie::Outside => "lies outside",
            };
            Some(told(format!("the box {what} the picture \"{name}\", which has {width} × {height} pixels")).help(
                "count x, y, width and height in pixels of the picture as it is stored, from its top left corner",
            ))
        };
        sidecar.marks.iter().map(|mark| &mark.area).chain(&sidecar.redact).filter_map(problem).collect()
    }
}

fn refusal(problem: PictureProblem) -> Refusal {
    Refusal { code: problem.code, message: problem.message, help: problem.help.to_owned() }
}

/// `code.0123456789ab.png`: a name that changes with the content, so that it can be kept for ever.
pub fn hashed_name(path: &SourcePath, extension: &str, bytes: &[u8]) -> String {
    let name = crate::model::variant::VariantName::parse(path.file_name(), |_| false);
    let stem: String =
        name.stem.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    format!("{stem}.{}.{extension}", &blake3::hash(bytes).to_hex()[..12])
}
