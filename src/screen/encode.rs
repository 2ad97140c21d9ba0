//! Pixels to WebP: the smaller of lossless and lossy.
//!
//! Flat screens at their own size are smaller without loss; scaled ones, whose edges are blurred, with it. Trying both
//! costs as much time as all the rest, so a sample of the rows is tried first, and both only where that is no answer.

use webp::{Encoder, PixelLayout, WebPConfig};

use super::pixels::Pixels;

/// The quality of lossy pictures.
const QUALITY: f32 = 80.0;
/// What libwebp does for a lossless picture: its fastest method with most of its search is smaller, on screens, than
/// the slower methods, and takes half their time.
const EFFORT: f32 = 90.0;
/// The search that is enough to compare.
const SAMPLE_EFFORT: f32 = 75.0;

/// How a picture came to its width, which says how much libwebp may try to make it small with loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// It has always had it: libwebp's own choice of method, which keeps somewhat more of the picture.
    Own,
    /// It was made smaller: the slowest method takes some hundredths off the bytes, for which a picture that was scaled
    /// in linear light has likeness to spare.
    Scaled,
}

impl Width {
    fn method(self) -> i32 {
        match self {
            Self::Own => 4,
            Self::Scaled => 6,
        }
    }
}

/// The rows of a sample stand in this many bands.
const BANDS: usize = 8;
/// Smaller pictures are tried whole.
const SAMPLED: usize = 96 * 1024;

/// Which way a picture may be smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    Lossless,
    Lossy,
    Open,
}

/// Encodes a picture; the error is libwebp's.
pub fn encode(pixels: &Pixels, width: Width) -> Result<Vec<u8>, String> {
    match guess(pixels)? {
        Guess::Lossless => lossless(pixels, EFFORT),
        Guess::Lossy => lossy(pixels, width),
        Guess::Open => {
            let lossy = lossy(pixels, width)?;
            let lossless = lossless(pixels, EFFORT)?;
            Ok(if lossless.len() <= lossy.len() { lossless } else { lossy })
        }
    }
}

/// Tries both ways on a sample.
fn guess(pixels: &Pixels) -> Result<Guess, String> {
    let Some(sample) = sample(pixels) else { return Ok(Guess::Open) };
    let lossy = lossy(&sample, Width::Own)?.len();
    let lossless = lossless(&sample, SAMPLE_EFFORT)?.len();
    Ok(match () {
        () if lossless * 4 < lossy * 3 => Guess::Lossless,
        () if lossy * 13 < lossless * 10 => Guess::Lossy,
        () => Guess::Open,
    })
}

/// Bands of rows from the whole height; none of a picture that is too small to be worth it.
fn sample(pixels: &Pixels) -> Option<Pixels> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let rows = (height / (BANDS * BANDS)).next_multiple_of(8);
    if width * height < SAMPLED || height < 2 * BANDS * rows {
        return None;
    }
    let mut data = Vec::with_capacity(pixels.row() * rows * BANDS);
    for band in 0..BANDS {
        let from = (height * band / BANDS + (height / BANDS - rows) / 2) * pixels.row();
        data.extend_from_slice(pixels.data.get(from..from + rows * pixels.row())?);
    }
    Some(Pixels { width: pixels.width, height: (rows * BANDS) as u32, channels: pixels.channels, data })
}

fn lossy(pixels: &Pixels, width: Width) -> Result<Vec<u8>, String> {
    run(pixels, false, QUALITY, width.method())
}

fn lossless(pixels: &Pixels, effort: f32) -> Result<Vec<u8>, String> {
    run(pixels, true, effort, 1)
}

fn run(pixels: &Pixels, lossless: bool, quality: f32, method: i32) -> Result<Vec<u8>, String> {
    let failed = || "it can't be written as WebP".to_owned();
    let mut config = WebPConfig::new().map_err(|()| failed())?;
    config.lossless = i32::from(lossless);
    config.quality = quality;
    config.method = method;
    let layout = if pixels.channels == 4 { PixelLayout::Rgba } else { PixelLayout::Rgb };
    let encoded = Encoder::new(&pixels.data, layout, pixels.width, pixels.height).encode_advanced(&config);
    encoded.map(|bytes| bytes.to_vec()).map_err(|_| failed())
}
