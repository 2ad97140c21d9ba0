//! Pictures that tests are about, in all formats and as they shouldn't be.

use std::io::{Cursor, Write};

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A screen: a title bar, lines of text, a button.
pub fn screen(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let is_letter = (x * 7 + y * 13) % 11 < 4 && y % 20 < 11 && x % 90 > 20;
        match y {
            0..40 => Rgb([18, 52, 86]),
            _ if is_letter => Rgb([40, 44, 52]),
            _ => Rgb([250, 250, 252]),
        }
    })
}

pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encode(&picture.into(), ImageFormat::Png)
}

pub fn jpeg(picture: &RgbImage, quality: u8, exif: Option<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, quality);
    if let Some(orientation) = exif {
        encoder.set_exif_metadata(orientation_as_exif(orientation)).unwrap();
    }
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
    out
}

/// A PNG whose Exif says how to turn it.
pub fn turned_png(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut out = Vec::new();
    with_exif(PngEncoder::new(&mut out), picture, orientation);
    out
}

/// A WebP whose Exif says how to turn it.
pub fn turned_webp(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut out = Vec::new();
    with_exif(WebPEncoder::new_lossless(&mut out), picture, orientation);
    out
}

fn with_exif(mut encoder: impl ImageEncoder, picture: &RgbImage, orientation: u8) {
    encoder.set_exif_metadata(orientation_as_exif(orientation)).unwrap();
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
}

/// The smallest Exif that says how to turn a picture.
fn orientation_as_exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif
}

/// A PNG whose pixels are indices of a palette.
pub fn palette_png(picture: &RgbImage) -> Vec<u8> {
    let mut colours: Vec<Rgb<u8>> = picture.pixels().copied().collect();
    colours.sort_unstable_by_key(|colour| colour.0);
    colours.dedup();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours.iter().flat_map(|colour| colour.0).collect::<Vec<u8>>());
    let index = |pixel: &Rgb<u8>| colours.iter().position(|colour| colour == pixel).unwrap() as u8;
    let indices: Vec<u8> = picture.pixels().map(index).collect();
    encoder.write_header().unwrap().write_image_data(&indices).unwrap();
    out
}

/// A GIF that shows the picture first and something else then.
pub fn animated_gif(picture: &RgbImage) -> Vec<u8> {
    let first = DynamicImage::from(picture.clone()).into_rgba8();
    let then = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([200, 0, 0, 255]));
    let mut out = Vec::new();
    GifEncoder::new(&mut out).encode_frames([first, then].map(Frame::new)).unwrap();
    out
}

pub fn one_frame_gif(picture: &RgbImage) -> Vec<u8> {
    encode(&DynamicImage::from(DynamicImage::from(picture.clone()).into_rgba8()), ImageFormat::Gif)
}

/// The beginning of a PNG of this size, up to where its pixels would begin.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    push_chunk(&mut file, b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    push_chunk(&mut file, b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01");
    push_chunk(&mut file, b"IEND", b"");
    file
}

/// Appends a piece of a PNG.
pub fn push_chunk(file: &mut Vec<u8>, kind: &[u8], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let named = [kind, data].concat();
    file.extend(&named);
    file.extend(crc32(&named).to_be_bytes());
}

/// So many zeros as zlib packs them, in few bytes.
pub fn zlib_zeros(count: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let block = [0; 1 << 16];
    for _ in 0..count / block.len() {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// A JPEG of 16 × 16 pixels in one colour of four inks: each block is its average and nothing else.
pub fn cmyk_jpeg(inks: [u8; 4]) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    let mut segment = |marker: u8, data: &[u8]| {
        file.extend([0xFF, marker]);
        file.extend((data.len() as u16 + 2).to_be_bytes());
        file.extend(data);
    };
    segment(0xEE, b"Adobe\0\x64\0\0\0\0\0");
    segment(0xDB, &[&[0][..], &[1; 64]].concat());
    segment(0xC0, &[8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
    // lengths of averages: twelve kinds, four bits each; of the rest: only the end of a block, in one bit
    let twelve: Vec<u8> = (0..12).collect();
    segment(0xC4, &[&[0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &twelve].concat());
    segment(0xC4, &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    segment(0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    let mut bits = String::new();
    for block in 0..4 {
        for ink in inks {
            // an average is eight times the level; later blocks say that nothing has changed
            let average = if block == 0 { (i32::from(ink) - 128) * 8 } else { 0 };
            let length = 32 - average.unsigned_abs().leading_zeros();
            bits.push_str(&format!("{length:04b}"));
            let value = if average < 0 { average + (1 << length) - 1 } else { average };
            if length > 0 {
                bits.push_str(&format!("{value:0width$b}", width = length as usize));
            }
            bits.push('0');
        }
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap();
        file.push(byte);
        if byte == 0xFF {
            file.push(0);
        }
    }
    file.extend([0xFF, 0xD9]);
    file
}
