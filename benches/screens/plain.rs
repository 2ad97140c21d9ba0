//! The plain way: what a generator does that scales pictures and encodes them at quality 80. For each picture and width
//! it decodes, scales with Lanczos's filter the numbers as they are stored, and asks libwebp with its defaults.
//!
//! That is Zola's chain, step by step and with the same libraries, without all the rest that Zola does.

use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ImageBuffer, Rgb, RgbImage};
use rayon::prelude::*;

/// One published file.
pub struct Made {
    /// Which picture, by its place in the list.
    pub picture: usize,
    /// In pixels.
    pub width: u32,
    /// WebP.
    pub bytes: Vec<u8>,
}

/// Publishes every picture in every width, on all threads.
pub fn publish(pictures: &[PathBuf], widths: &[u32]) -> Vec<Made> {
    let jobs: Vec<(usize, u32)> =
        (0..pictures.len()).flat_map(|picture| widths.iter().map(move |width| (picture, *width))).collect();
    let make = |(picture, width): (usize, u32)| Made { picture, width, bytes: one(&pictures[picture], width) };
    jobs.into_par_iter().map(make).collect()
}

fn one(path: &Path, width: u32) -> Vec<u8> {
    let stored = image::open(path).unwrap();
    let height = height_at(&stored, width);
    let scaled =
        if width == stored.width() { stored } else { stored.resize_exact(width, height, FilterType::Lanczos3) };
    let scaled = scaled.into_rgb8();
    webp::Encoder::from_rgb(&scaled, scaled.width(), scaled.height()).encode(80.0).to_vec()
}

/// What a picture should look like at a width: the same filter, but on light, in numbers that don't round.
pub fn ideal(stored: &RgbImage, width: u32) -> RgbImage {
    if width == stored.width() {
        return stored.clone();
    }
    let table: Vec<f32> = (0..=255_u8).map(to_light).collect();
    let light: ImageBuffer<Rgb<f32>, Vec<f32>> = ImageBuffer::from_fn(stored.width(), stored.height(), |x, y| {
        Rgb(stored.get_pixel(x, y).0.map(|c| table[usize::from(c)]))
    });
    let height = height_at(&DynamicImage::from(stored.clone()), width);
    let scaled = image::imageops::resize(&light, width, height, FilterType::Lanczos3);
    RgbImage::from_fn(width, height, |x, y| Rgb(scaled.get_pixel(x, y).0.map(from_light)))
}

fn height_at(picture: &DynamicImage, width: u32) -> u32 {
    (f64::from(picture.height()) * f64::from(width) / f64::from(picture.width())).round() as u32
}

fn to_light(stored: u8) -> f32 {
    let part = f32::from(stored) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn from_light(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let part = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (part * 255.0).round() as u8
}
