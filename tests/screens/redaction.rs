//! What is painted over is gone, in every published file.

use std::collections::BTreeMap;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::made::{encode, jpeg, png, screen, turned_png, turned_webp};
use crate::site::{build, differs, pictures, publish, said};

/// What no published pixel may show.
const SECRET: Rgb<u8> = Rgb([255, 0, 255]);
const INK: [u8; 3] = [32, 33, 36];

/// How much of the secret's colour a pixel has: it is magenta, and nothing else is.
fn magenta(pixel: &Rgba<u8>) -> i16 {
    i16::from(pixel[0]).min(i16::from(pixel[2])) - i16::from(pixel[1])
}

/// No file shows anything of the secret, and the box is nothing but ink.
fn assert_redacted(name: &str, pictures: &BTreeMap<u32, RgbaImage>, own: u32, [x, y, w, h]: [u32; 4]) {
    assert!(!pictures.is_empty(), "{name}");
    for (width, picture) in pictures {
        for (at_x, at_y, pixel) in picture.enumerate_pixels() {
            assert!(magenta(pixel) < 24, "{name}, {width} wide: {pixel:?} at {at_x}, {at_y}");
        }
        let scale = f64::from(*width) / f64::from(own);
        let inner = |from: u32, length: u32| {
            let from = f64::from(from) * scale;
            (from + 3.0).ceil() as u32..(from + f64::from(length) * scale - 3.0).max(0.0) as u32
        };
        for at_y in inner(y, h) {
            for at_x in inner(x, w) {
                let pixel = picture.get_pixel(at_x, at_y);
                assert!(!differs(pixel, INK, 12), "{name}, {width} wide: {pixel:?} at {at_x}, {at_y} in the box");
            }
        }
    }
}

/// The same with a secret in a box, drawn in fine strokes.
fn with_secret(width: u32, height: u32, [x, y, w, h]: [u32; 4]) -> RgbImage {
    let mut picture = screen(width, height);
    for (at_x, at_y, pixel) in picture.enumerate_pixels_mut() {
        let inside = (x..x + w).contains(&at_x) && (y..y + h).contains(&at_y);
        if inside && (at_x + at_y) % 3 != 0 {
            *pixel = SECRET;
        }
    }
    picture
}

#[test]
fn nothing_of_a_redacted_box_is_left_in_any_file() {
    for (own, secret) in [
        ((1000, 220), [101, 77, 333, 51]),
        ((500, 120), [0, 0, 7, 5]),
        ((999, 221), [701, 170, 298, 51]),
        ((485, 103), [3, 5, 477, 1]),
        ((481, 103), [240, 1, 1, 101]),
    ] {
        let picture = with_secret(own.0, own.1, secret);
        let [x, y, w, h] = secret;
        let sidecar = format!("redact:\n  - box: [{x}, {y}, {w}, {h}]\n");
        let alpha = {
            let mut picture = DynamicImage::from(picture.clone()).into_rgba8();
            // what is covered is half transparent, and so is what is around it
            picture.pixels_mut().for_each(|pixel| pixel[3] = 130);
            picture
        };
        let deep = DynamicImage::from(picture.clone()).into_rgb16();
        let files: [(&str, Vec<u8>); 5] = [
            ("png", png(picture.clone())),
            ("16-bit png", png(deep)),
            ("webp", encode(&picture.clone().into(), ImageFormat::WebP)),
            ("jpeg", jpeg(&picture, 90, None)),
            ("jpeg, coarse", jpeg(&picture, 40, None)),
        ];
        for (name, bytes) in files {
            let pictures = publish(&bytes, &sidecar);
            assert_redacted(&format!("{name} {secret:?}"), &pictures, own.0, secret);
        }
        let pictures = publish(&png(alpha), &sidecar);
        let opaque = pictures[&own.0].get_pixel(x + w / 2, y + h / 2);
        assert_eq!(*opaque, Rgba([INK[0], INK[1], INK[2], 255]), "alpha {secret:?}");
        for picture in pictures.values() {
            assert!(picture.pixels().all(|pixel| magenta(pixel) < 24), "alpha {secret:?}");
        }
    }
}

#[test]
fn a_turned_picture_is_redacted_as_it_is_stored() {
    let (own, secret) = ((640, 480), [80, 96, 160, 32]);
    let picture = with_secret(own.0, own.1, secret);
    for orientation in 1..=8 {
        let files = [
            jpeg(&picture, 92, Some(orientation)),
            turned_png(&picture, orientation),
            turned_webp(&picture, orientation),
        ];
        for bytes in files {
            let pictures = publish(&bytes, "redact:\n  - box: [80, 96, 160, 32]\n");
            let (width, height) = if orientation < 5 { own } else { (own.1, own.0) };
            assert_eq!(pictures[&width].dimensions(), (width, height), "orientation {orientation}");
            for (width, picture) in &pictures {
                let seen = picture.pixels().map(magenta).max().unwrap();
                assert!(seen < 24, "orientation {orientation}, {width} wide: {seen}");
            }
        }
    }
}

#[test]
fn links_and_html_lead_to_the_redacted_picture_too() {
    let secret = [100, 60, 80, 30];
    let bytes = png(with_secret(500, 200, secret));
    let page = "---\ntitle: T\n---\n[voir](code.png)\n\n<img src=\"code.png\" alt=\"x\">\n\n[SVG](CODE2.PNG)\n";
    let (files, report) = build(&[
        ("content/mfa/index.fr.md", page.as_bytes()),
        ("assets/mfa/code.png", &bytes),
        ("assets/mfa/code.yaml", b"redact:\n  - box: [100, 60, 80, 30]\n"),
        ("assets/mfa/CODE2.PNG", &bytes),
        ("assets/mfa/CODE2.yaml", b"redact:\n  - box: [100, 60, 80, 30]\n"),
    ]);
    assert!(said(&report).iter().all(|said| said.starts_with("message-unused")), "{:?}", said(&report));
    assert_redacted("link", &pictures(&files), 500, secret);
    let kinds: Vec<&str> =
        files.keys().filter_map(|path| path.strip_prefix("auvenir/assets/")?.rsplit('.').next()).collect();
    assert!(!kinds.contains(&"png") && !kinds.contains(&"PNG"), "{kinds:?}");
}
