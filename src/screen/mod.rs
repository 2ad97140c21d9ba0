//! Pictures: read within limits, redacted, scaled and encoded, ready to be published; SVG made safe.
//!
//! Bytes in, bytes out. Not here: which picture an edition gets (`resolve::assets`), threads and what is remembered
//! (`pipeline`), and the disk (`output`).

mod blank;
mod decode;
pub mod draw;
mod encode;
pub mod entry;
mod pixels;
mod profile;
mod redact;
mod scale;
pub mod svg;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::parse::sidecar::Area;

pub use blank::blank;
pub use redact::{Lie, Turn, lie};

/// The most pixels that a picture may have, decided before it is decoded.
pub const PIXEL_LIMIT: u64 = 64_000_000;

/// The largest file that is read as a picture: 64 megapixels, not compressed at all.
pub const FILE_LIMIT: u64 = PIXEL_LIMIT * 8;

/// More pixels than these are worked on by one thread at a time, since each of them takes some twelve bytes.
pub const LARGE: u64 = 12_000_000;

/// The widths that screens are published in, beside their own.
pub const WIDTHS: [u32; 3] = [480, 960, 1440];

/// The most that WebP can hold on either side.
const SIDE_LIMIT: u32 = 16_383;

/// What a cached picture depends on beside its bytes and boxes. A change of anything that changes published bytes
/// needs another number.
const VERSION: &str = concat!("etape ", env!("CARGO_PKG_VERSION"), ", screens 3");

/// A picture as it is published.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// In pixels, upright; none for an SVG that doesn't say.
    pub size: Option<(u32, u32)>,
    /// How the stored picture was turned.
    pub turn: Turn,
    /// One file for each width, the narrowest first.
    pub files: Vec<Rendition>,
}

/// A picture at one width.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendition {
    /// In pixels; 0 for an SVG that doesn't say.
    pub width: u32,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// What is wrong with a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureProblem {
    /// Which kind.
    pub code: Code,
    /// In one sentence.
    pub message: String,
    /// The cure.
    pub help: &'static str,
}

impl PictureProblem {
    fn unreadable(name: &str, why: &str) -> Self {
        Self {
            code: Code::ImageUnreadable,
            message: format!("the picture \"{name}\" can't be read: {why}"),
            help: "save it anew as PNG, JPEG, WebP, GIF or SVG",
        }
    }

    fn too_large(name: &str, what: &str) -> Self {
        Self {
            code: Code::ImageTooLarge,
            message: format!("the picture \"{name}\" has {what}"),
            help: "save it smaller: no screen shows so many",
        }
    }
}

/// Is this the name of a picture, whether or not it can be published?
pub fn is_picture(name: &str) -> bool {
    const EXTENSIONS: [&str; 15] = [
        "apng", "avif", "bmp", "gif", "heic", "heif", "ico", "jfif", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp",
    ];
    extension(name).is_some_and(|own| EXTENSIONS.contains(&own.as_str()))
}

/// Is this the name of a picture made of shapes?
pub fn is_svg(name: &str) -> bool {
    extension(name).is_some_and(|own| own == "svg")
}

fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

/// Refuses a file by its size in bytes.
pub fn check_file_size(name: &str, size: u64) -> Result<(), PictureProblem> {
    if size > FILE_LIMIT {
        return Err(PictureProblem::too_large(
            name,
            &format!("{} MB: more bytes than 64 megapixels", size / 1_000_000),
        ));
    }
    Ok(())
}

/// What a published picture is known by in a cache: the hash of its stored bytes, its redacted boxes, and how it is made.
pub fn key(bytes: &blake3::Hash, redact: &[Area]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(VERSION.as_bytes());
    hasher.update(&(redact.len() as u64).to_le_bytes());
    for area in redact {
        for number in [area.x, area.y, area.width, area.height] {
            hasher.update(&number.to_le_bytes());
        }
    }
    hasher.update(bytes.as_bytes());
    hasher.finalize()
}

/// The pixels of a picture by its header, without decoding it; none if it has none that can be read.
pub fn count_pixels(bytes: &[u8]) -> Option<u64> {
    decode::header(bytes).map(|(width, height)| u64::from(width) * u64::from(height))
}

/// The size of a picture, by its header; none for an SVG that doesn't say.
pub fn measure(name: &str, bytes: &[u8]) -> Result<Option<(u32, u32)>, PictureProblem> {
    if is_svg(name) {
        return Ok(publish_svg(name, bytes, &[])?.size);
    }
    let unknown = || PictureProblem::unreadable(name, "it is no PNG, JPEG, WebP or GIF");
    decode::header(bytes).map(Some).ok_or_else(unknown)
}

/// Makes a picture of pixels ready; `name` is for messages, `redact` are boxes to paint over.
///
/// Each width is made and encoded before the next, so that few pixels are held at once.
pub fn publish(name: &str, bytes: &[u8], redact: &[Area]) -> Result<Published, PictureProblem> {
    let decoded = decode::decode(name, bytes)?;
    let turn = decoded.turn;
    let picture = redact::redact(decoded, redact);
    let (width, height) = (picture.width, picture.height);
    let failed = |why: String| PictureProblem::unreadable(name, &why);

    let mut widths = widths(width, height);
    let mut files = Vec::with_capacity(widths.len());
    // its own width first, while the pixels are still there as they were; one that WebP can't hold is scaled
    if width.max(height) <= SIDE_LIMIT {
        widths.pop();
        files.push(Rendition { width, bytes: encode::encode(&picture, encode::Width::Own).map_err(failed)?.into() });
    }
    if !widths.is_empty() {
        let scaler = scale::Scaler::new(picture).map_err(failed)?;
        for scaled in widths.into_iter().rev() {
            let scaled_height = scale::height_at(scaled, width, height).min(SIDE_LIMIT);
            let smaller = scaler.scale(scaled, scaled_height).map_err(failed)?;
            files.push(Rendition {
                width: scaled,
                bytes: encode::encode(&smaller, encode::Width::Scaled).map_err(failed)?.into(),
            });
        }
    }
    files.reverse();
    Ok(Published { size: Some((width, height)), turn, files })
}

/// Makes an SVG picture ready. There are no pixels to paint boxes into.
pub fn publish_svg(name: &str, bytes: &[u8], redact: &[Area]) -> Result<Published, PictureProblem> {
    if !redact.is_empty() {
        return Err(PictureProblem {
            code: Code::ImageUnreadable,
            message: format!("the picture \"{name}\" can't be redacted: an SVG keeps what a box covers"),
            help: "save it as PNG, and redact that",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| PictureProblem::unreadable(name, "it isn't UTF-8"))?;
    let cleaned = svg::clean(text).map_err(|error| PictureProblem::unreadable(name, &error.message))?;
    let pixels = |length: f64| length.round().clamp(1.0, 1e6) as u32;
    let size = cleaned.size.map(|(width, height)| (pixels(width), pixels(height)));
    let file = Rendition { width: size.map_or(0, |(width, _)| width), bytes: cleaned.svg.into_bytes().into() };
    Ok(Published { size, turn: Turn::default(), files: vec![file] })
}

/// The widths to publish a picture in, the narrowest first: never wider than it is, and never beyond what WebP holds.
fn widths(width: u32, height: u32) -> Vec<u32> {
    let longest = u64::from(width.max(height));
    let widest = match longest <= u64::from(SIDE_LIMIT) {
        true => width,
        false => (u64::from(width) * u64::from(SIDE_LIMIT) / longest).max(1) as u32,
    };
    WIDTHS.into_iter().filter(|candidate| *candidate < widest).chain([widest]).collect()
}
