//! Pictures of pixels decoded: limits first, then the pixels, in sRGB.
//!
//! Orientation, colour profile and nothing else is taken from the metadata.

use std::error::Error;
use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::pixels::Pixels;
use super::redact::Turn;
use super::{PIXEL_LIMIT, PictureProblem, profile};

/// The most that a decoder may take beside the pixels, in bytes: for a palette, a profile, a row.
const BESIDE: u64 = 64 << 20;
/// The most that one pixel takes: four times 16 bits.
const PIXEL: u64 = 8;

/// A decoded picture as it is stored, not yet upright.
pub struct Decoded {
    /// As they are stored.
    pub pixels: Pixels,
    /// What makes them upright.
    pub turn: Turn,
    /// The format blurs edges, so that colours stand beside where they belong.
    pub lossy: bool,
}

/// Width and height by the header alone; none if there is none that can be read.
pub fn header(bytes: &[u8]) -> Option<(u32, u32)> {
    let format = image::guess_format(bytes).ok()?;
    open(bytes, format, BESIDE).map(|decoder| decoder.dimensions()).ok()
}

/// Decodes a picture, if its header says that it is small enough.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Decoded, PictureProblem> {
    let unreadable = |why: &str| PictureProblem::unreadable(name, why);
    let failed = |error: ImageError| match error {
        ImageError::Limits(_) => PictureProblem::too_large(name, "more data than 64 megapixels take"),
        error => unreadable(&plain(&error, bytes)),
    };
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)) => format,
        _ if bytes.is_empty() => return Err(unreadable("the file is empty")),
        _ => return Err(unreadable("it is no PNG, JPEG, WebP or GIF")),
    };
    let (width, height) = open(bytes, format, BESIDE).map_err(failed)?.dimensions();
    let count = u64::from(width) * u64::from(height);
    if count == 0 {
        return Err(unreadable("it has no pixels"));
    }
    if count > PIXEL_LIMIT {
        return Err(PictureProblem::too_large(name, &format!("{width} × {height} pixels, more than 64 megapixels")));
    }
    let mut decoder = open(bytes, format, BESIDE + count * PIXEL).map_err(failed)?;
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(unreadable("the file is cut off"));
    }
    // metadata that can't be read is no metadata
    let turn = decoder.orientation().map_or(Turn::default(), Turn::new);
    let colours = decoder.icc_profile().ok().flatten();
    let lossy = format == ImageFormat::Jpeg || (format == ImageFormat::WebP && is_lossy_webp(bytes));
    let decoded = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let mut pixels = flatten(decoded);
    if let Some(colours) = colours {
        profile::to_srgb(&mut pixels, &colours);
    }
    Ok(Decoded { pixels, turn, lossy })
}

/// Reads a picture's head; nothing that is larger than the limit is held for it then.
fn open(bytes: &[u8], format: ImageFormat, limit: u64) -> Result<impl ImageDecoder, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(limit);
    reader.limits(limits);
    reader.into_decoder()
}

fn flatten(decoded: DynamicImage) -> Pixels {
    let (width, height) = (decoded.width(), decoded.height());
    if decoded.color().has_alpha() {
        Pixels::new(width, height, 4, decoded.into_rgba8().into_raw())
    } else {
        Pixels::new(width, height, 3, decoded.into_rgb8().into_raw())
    }
}

/// Does a JPEG go on to its end? The decoder fills what is missing with grey instead of saying so.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    // each marker is 0xFF and a byte; most say how long they are
    let mut at = 2;
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(0xFF), Some(0xFF)) => at += 1,
            (Some(0xFF), Some(0xD9)) => return true,
            (Some(0xFF), Some(0x01 | 0xD0..=0xD8)) => at += 2,
            (Some(0xFF), Some(&marker)) => {
                let (Some(&high), Some(&low)) = (bytes.get(at + 2), bytes.get(at + 3)) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
                // the pixels themselves follow their header, up to the next marker
                if marker == 0xDA {
                    at = end_of_scan(bytes, at);
                }
            }
            (Some(_), Some(_)) => at += 1,
            _ => return false,
        }
    }
}

fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF | 0xD0..=0xD7);
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(2).position(is_marker).map_or(bytes.len(), |at| from + at)
}

/// The frame of a WebP is lossy (`VP8 `) or not (`VP8L`); where both may be, the first counts.
fn is_lossy_webp(bytes: &[u8]) -> bool {
    let find = |kind: &[u8]| bytes.windows(4).position(|window| window == kind).unwrap_or(usize::MAX);
    find(b"VP8 ") < find(b"VP8L")
}

/// Is a WebP shorter than it says? Its length stands behind its first four bytes, without these eight.
fn is_cut_webp(bytes: &[u8]) -> bool {
    let said = bytes.get(4..8).and_then(|said| said.try_into().ok()).map(u32::from_le_bytes);
    bytes.starts_with(b"RIFF") && said.is_none_or(|said| (bytes.len() as u64) < u64::from(said) + 8)
}

/// The first line of what a decoder says is wrong.
fn plain(error: &ImageError, bytes: &[u8]) -> String {
    // the format is known, and said in the help
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    if text.to_ascii_lowercase().contains("unexpected end of file") || is_cut_webp(bytes) {
        return "the file is cut off".to_owned();
    }
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.');
    line.chars().take(120).collect()
}
