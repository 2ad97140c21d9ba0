//! Pictures: read within limits, redacted, and made ready to be published.
//!
//! Not here: which picture an edition gets (`resolve::assets`), and writing (`output`).

pub mod svg;

use std::io::Cursor;
use std::sync::Arc;

use image::{DynamicImage, GenericImageView, ImageFormat, ImageReader, Limits, Rgba};

use crate::diagnostic::Code;
use crate::parse::sidecar::Area;

/// The most pixels that a picture may have, decided before it is decoded.
pub const PIXEL_LIMIT: u64 = 64_000_000;

/// A picture as it is published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The file.
    pub bytes: Arc<[u8]>,
    /// Its extension: `png`.
    pub extension: &'static str,
    /// In pixels, if known.
    pub size: Option<(u32, u32)>,
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
}

/// Makes a picture ready; `name` is for messages, `redact` are boxes to paint over.
pub fn publish(name: &str, bytes: &Arc<[u8]>, redact: &[Area]) -> Result<Published, PictureProblem> {
    if name.ends_with(".svg") {
        if !redact.is_empty() {
            return Err(PictureProblem {
                code: Code::ImageUnreadable,
                message: format!("the picture \"{name}\" can't be redacted: an SVG keeps what a box covers"),
                help: "save it as PNG, and redact that",
            });
        }
        return publish_svg(name, bytes);
    }
    let reader = ImageReader::new(Cursor::new(&**bytes))
        .with_guessed_format()
        .map_err(|error| PictureProblem::unreadable(name, &error.to_string()))?;
    let format = reader.format();
    let extension = match format {
        Some(ImageFormat::Png) => "png",
        Some(ImageFormat::Jpeg) => "jpg",
        Some(ImageFormat::WebP) => "webp",
        Some(ImageFormat::Gif) => "gif",
        _ => return Err(PictureProblem::unreadable(name, "it is no PNG, JPEG, WebP or GIF")),
    };
    let (width, height) = reader.into_dimensions().map_err(|error| PictureProblem::unreadable(name, &plain(&error)))?;
    if u64::from(width) * u64::from(height) > PIXEL_LIMIT {
        return Err(PictureProblem {
            code: Code::ImageTooLarge,
            message: format!("the picture \"{name}\" has {width} × {height} pixels, more than 64 megapixels"),
            help: "save it smaller: no screen shows so many",
        });
    }
    let picture = decode(name, bytes)?;
    if redact.is_empty() {
        return Ok(Published { bytes: bytes.clone(), extension, size: Some((width, height)) });
    }
    let painted = paint(picture, redact);
    let mut out = Cursor::new(Vec::new());
    painted.write_to(&mut out, ImageFormat::Png).map_err(|error| PictureProblem::unreadable(name, &plain(&error)))?;
    Ok(Published { bytes: out.into_inner().into(), extension: "png", size: Some((width, height)) })
}

fn publish_svg(name: &str, bytes: &Arc<[u8]>) -> Result<Published, PictureProblem> {
    let text = std::str::from_utf8(bytes).map_err(|_| PictureProblem::unreadable(name, "it isn't UTF-8"))?;
    let cleaned = svg::clean(text).map_err(|error| PictureProblem::unreadable(name, &error.message))?;
    let size = cleaned.size.map(|(width, height)| (width.round().max(1.0) as u32, height.round().max(1.0) as u32));
    Ok(Published { bytes: cleaned.svg.into_bytes().into(), extension: "svg", size })
}

fn decode(name: &str, bytes: &[u8]) -> Result<DynamicImage, PictureProblem> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| PictureProblem::unreadable(name, &error.to_string()))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIXEL_LIMIT * 8);
    reader.limits(limits);
    reader.decode().map_err(|error| PictureProblem::unreadable(name, &plain(&error)))
}

/// Paints boxes over a picture, pixel by pixel: nothing of what was there is left.
fn paint(picture: DynamicImage, redact: &[Area]) -> DynamicImage {
    let (width, height) = picture.dimensions();
    let mut pixels = picture.into_rgba8();
    for area in redact {
        for y in area.y.min(height)..area.y.saturating_add(area.height).min(height) {
            for x in area.x.min(width)..area.x.saturating_add(area.width).min(width) {
                pixels.put_pixel(x, y, Rgba([32, 33, 36, 255]));
            }
        }
    }
    pixels.into()
}

/// The first line of a decoder's message.
fn plain(error: &image::ImageError) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    line.chars().take(120).collect()
}
