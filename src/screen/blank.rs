//! A grey picture that holds a place until there is a real one.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

/// Light enough for marks to be seen, and clearly no screen.
const GREY: [u8; 3] = [217, 221, 226];

/// A grey picture in the format that its name says; none for a format that can't be written, or one beyond limits.
pub fn blank(name: &str, (width, height): (u32, u32)) -> Option<Vec<u8>> {
    if super::is_svg(name) {
        return Some(
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
                 <rect width=\"100%\" height=\"100%\" fill=\"#d9dde2\"/></svg>\n"
            )
            .into_bytes(),
        );
    }
    if u64::from(width) * u64::from(height) > super::PIXEL_LIMIT {
        return None;
    }
    let picture = DynamicImage::from(RgbImage::from_pixel(width, height, image::Rgb(GREY)));
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::from_path(name).ok()?).ok()?;
    Some(bytes)
}
