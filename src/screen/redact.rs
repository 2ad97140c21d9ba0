//! Boxes painted over, and boxes brought from the stored picture to the upright one.
//!
//! Painting comes before anything else is done with the pixels, so that nothing can blend with what was there.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use super::decode::Decoded;
use super::pixels::Pixels;
use crate::parse::sidecar::Area;

/// What is painted over a box.
const INK: [u8; 4] = [32, 33, 36, 255];

/// Lossy formats keep colours in blocks of this side, and what is in one shines through all of it.
const BLOCK: u32 = 16;
/// And their filters carry some of it over the block's edge.
const BLEED: u32 = 2;

/// How a stored picture is turned to stand upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn(Orientation);

/// Where a box lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// In the picture.
    Inside,
    /// Partly in it.
    Across,
    /// Not in it at all.
    Outside,
}

impl Default for Turn {
    fn default() -> Self {
        Self(Orientation::NoTransforms)
    }
}

impl Turn {
    /// As metadata says.
    pub fn new(orientation: Orientation) -> Self {
        Self(orientation)
    }

    /// As Exif counts, from 1 to 8; anything else is no turn.
    pub fn from_exif(number: u8) -> Self {
        Orientation::from_exif(number).map_or(Self::default(), Self)
    }

    /// As Exif counts.
    pub fn to_exif(self) -> u8 {
        self.0.to_exif()
    }

    /// The size of the stored picture, by that of the upright one; also the other way round.
    pub fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self.0 {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }

    /// A box of the stored picture, cut to it, as `[left, top, right, bottom]` of the upright picture with this size.
    pub fn upright(self, area: &Area, size: (u32, u32)) -> [u32; 4] {
        let (width, height) = self.size(size);
        let [left, top, right, bottom] = cut(area, width, height);
        match self.0 {
            Orientation::NoTransforms => [left, top, right, bottom],
            Orientation::FlipHorizontal => [width - right, top, width - left, bottom],
            Orientation::Rotate180 => [width - right, height - bottom, width - left, height - top],
            Orientation::FlipVertical => [left, height - bottom, right, height - top],
            Orientation::Rotate90FlipH => [top, left, bottom, right],
            Orientation::Rotate90 => [height - bottom, left, height - top, right],
            Orientation::Rotate270FlipH => [height - bottom, width - right, height - top, width - left],
            Orientation::Rotate270 => [top, width - right, bottom, width - left],
        }
    }
}

/// Where a box lies in a stored picture of this size.
pub fn lie(area: &Area, (width, height): (u32, u32)) -> Lie {
    let end = |from: u32, length: u32| u64::from(from) + u64::from(length);
    if area.x >= width || area.y >= height {
        Lie::Outside
    } else if end(area.x, area.width) > u64::from(width) || end(area.y, area.height) > u64::from(height) {
        Lie::Across
    } else {
        Lie::Inside
    }
}

/// Paints the boxes and turns the picture upright.
///
/// Boxes count the pixels of the stored picture. If it is turned, somebody may have counted in a viewer that shows it
/// upright: what must not be seen is painted over either way.
pub fn redact(decoded: Decoded, areas: &[Area]) -> Pixels {
    let Decoded { mut pixels, turn, lossy } = decoded;
    paint_all(&mut pixels, areas, lossy);
    if turn == Turn::default() {
        return pixels;
    }
    let mut pixels = turned(pixels, turn);
    paint_all(&mut pixels, areas, lossy);
    pixels
}

fn turned(pixels: Pixels, turn: Turn) -> Pixels {
    let Pixels { width, height, channels, data } = pixels;
    let picture = match channels {
        4 => RgbaImage::from_raw(width, height, data).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, data).map(DynamicImage::from),
    };
    // the buffer is as long as it was when it came from a picture
    let mut picture = picture.unwrap_or_default();
    picture.apply_orientation(turn.0);
    Pixels { width: picture.width(), height: picture.height(), channels, data: picture.into_bytes() }
}

fn paint_all(pixels: &mut Pixels, areas: &[Area], lossy: bool) {
    for area in areas {
        let [mut left, mut top, mut right, mut bottom] = cut(area, pixels.width, pixels.height);
        if left >= right || top >= bottom {
            continue;
        }
        if lossy {
            left = (left / BLOCK * BLOCK).saturating_sub(BLEED);
            top = (top / BLOCK * BLOCK).saturating_sub(BLEED);
            right = (right.div_ceil(BLOCK) * BLOCK + BLEED).min(pixels.width);
            bottom = (bottom.div_ceil(BLOCK) * BLOCK + BLEED).min(pixels.height);
        }
        let (row, channels) = (pixels.row(), pixels.channels);
        let ink = &INK[..channels];
        for line in pixels.data.chunks_exact_mut(row).take(bottom as usize).skip(top as usize) {
            for pixel in line.chunks_exact_mut(channels).take(right as usize).skip(left as usize) {
                pixel.copy_from_slice(ink);
            }
        }
    }
}

/// A box as `[left, top, right, bottom]`, cut to a picture.
fn cut(area: &Area, width: u32, height: u32) -> [u32; 4] {
    [
        area.x.min(width),
        area.y.min(height),
        area.x.saturating_add(area.width).min(width),
        area.y.saturating_add(area.height).min(height),
    ]
}
