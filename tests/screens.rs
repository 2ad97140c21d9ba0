//! Screens from the author's file to every published one: pictures are made here, published, and decoded again.
//!
//! Redaction is looked at pixel by pixel, in every file that comes out. What an odd or damaged picture leads to is told
//! in whole messages.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use tempfile::TempDir;

use etape::output::Memory;
use etape::pipeline::{self, Options, Report, Tools};
use etape::source::Snapshot;

const SITE: &str = "locales = [\"fr\"]\n[brands.auvenir]\n";
const PAGE: &str = "---\ntitle: T\n---\n![Un écran](code.png)\n";
const WORDS: &str = "press = Appuyez ici\nlook = Regardez là\n";

/// What no published pixel may show.
const SECRET: Rgb<u8> = Rgb([255, 0, 255]);
const INK: [u8; 3] = [32, 33, 36];

/// Builds a site of one page in memory: the published files without their hashes, and what is said.
fn build(files: &[(&str, &[u8])]) -> (BTreeMap<String, Vec<u8>>, Report) {
    let base: [(&str, &[u8]); 4] = [
        ("site.toml", SITE.as_bytes()),
        ("themes/auvenir/theme.toml", b"name = \"Auvenir\"\n"),
        ("content/mfa/index.fr.md", PAGE.as_bytes()),
        ("locales/fr/terms.ftl", WORDS.as_bytes()),
    ];
    let snapshot = Arc::new(Snapshot::from_files(base.into_iter().chain(files.iter().copied())));
    let memory = Memory::default();
    let report = pipeline::build(&snapshot, &Options::default(), &Tools::default(), &memory).unwrap().unwrap();
    let files = memory.into_files().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
    (files, report)
}

/// The published pictures of a build, by width.
fn pictures(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<u32, RgbaImage> {
    let webp = files.iter().filter(|(path, _)| path.starts_with("auvenir/assets/") && path.ends_with(".webp"));
    webp.map(|(path, bytes)| {
        let picture = image::load_from_memory_with_format(bytes, ImageFormat::WebP).unwrap().into_rgba8();
        for chunk in [b"EXIF", b"ICCP", b"XMP "] {
            assert!(!bytes.windows(4).any(|window| window == chunk), "{path} has metadata");
        }
        (picture.width(), picture)
    })
    .collect()
}

/// What is wrong, each as a code and a message.
fn said(report: &Report) -> Vec<String> {
    report.problems.iter().map(|problem| format!("{}: {}", problem.code.name(), problem.message)).collect()
}

/// Publishes a picture as `code.png`, with nothing to be said about it.
fn publish(bytes: &[u8], sidecar: &str) -> BTreeMap<u32, RgbaImage> {
    let (files, report) = build(&[("assets/mfa/code.png", bytes), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    let problems: Vec<String> = said(&report).into_iter().filter(|said| !said.starts_with("message-unused")).collect();
    assert_eq!(problems, [""; 0]);
    pictures(&files)
}

/// A screen: a title bar, lines of text, a button.
fn screen(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let is_letter = (x * 7 + y * 13) % 11 < 4 && y % 20 < 11 && x % 90 > 20;
        match y {
            0..40 => Rgb([18, 52, 86]),
            _ if is_letter => Rgb([40, 44, 52]),
            _ => Rgb([250, 250, 252]),
        }
    })
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

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encode(&picture.into(), ImageFormat::Png)
}

fn jpeg(picture: &RgbImage, quality: u8, exif: Option<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, quality);
    if let Some(orientation) = exif {
        encoder.set_exif_metadata(orientation_as_exif(orientation)).unwrap();
    }
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
    out
}

/// The smallest Exif that says how to turn a picture.
fn orientation_as_exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif
}

fn differs(pixel: &Rgba<u8>, colour: [u8; 3], most: u8) -> bool {
    (0..3).any(|channel| pixel[channel].abs_diff(colour[channel]) > most)
}

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

#[test]
fn every_width_is_published_once_and_named_in_the_page() {
    for (size, widths) in [
        ((1600, 500), &[480, 960, 1440, 1600][..]),
        ((1000, 300), &[480, 960, 1000]),
        ((480, 300), &[480]),
        ((37, 23), &[37]),
        ((1, 1), &[1]),
    ] {
        let (files, report) = build(&[("assets/mfa/code.png", &png(screen(size.0, size.1)))]);
        assert!(said(&report).iter().all(|said| said.starts_with("message-unused")), "{:?}", said(&report));
        let pictures = pictures(&files);
        assert_eq!(pictures.keys().copied().collect::<Vec<_>>(), widths);
        for (width, picture) in &pictures {
            let height = (f64::from(size.1) * f64::from(*width) / f64::from(size.0)).round().max(1.0);
            assert_eq!(f64::from(picture.height()), height, "{size:?} at {width}");
        }
        let page = String::from_utf8(files["auvenir/fr/mfa/index.html"].clone()).unwrap();
        assert!(page.contains(&format!("width=\"{}\" height=\"{}\"", size.0, size.1)), "{page}");
        for candidate in
            page.split("srcset=\"").nth(1).into_iter().flat_map(|rest| rest.split('"').next().unwrap().split(", "))
        {
            let (address, width) = candidate.split_once(' ').unwrap();
            let file = &files[&format!("auvenir/{}", address.trim_start_matches("../"))];
            let picture = image::load_from_memory(file).unwrap();
            assert_eq!(width, format!("{}w", picture.width()));
        }
        assert_eq!(page.contains("srcset"), widths.len() > 1, "{size:?}");
    }
}

#[test]
fn flat_screens_are_published_as_they_are() {
    let drawn = screen(1000, 300);
    let pictures = publish(&png(drawn.clone()), "");
    assert_eq!(DynamicImage::from(pictures[&1000].clone()).into_rgb8(), drawn);
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
        let pictures = publish(&jpeg(&picture, 92, Some(orientation)), "redact:\n  - box: [80, 96, 160, 32]\n");
        let (width, height) = if orientation < 5 { own } else { (own.1, own.0) };
        assert_eq!(pictures[&width].dimensions(), (width, height), "orientation {orientation}");
        for (width, picture) in &pictures {
            let seen = picture.pixels().map(magenta).max().unwrap();
            assert!(seen < 24, "orientation {orientation}, {width} wide: {seen}");
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

#[test]
fn every_kind_of_picture_is_read() {
    let drawn = screen(300, 200);
    let deep = DynamicImage::from(drawn.clone()).into_rgb16();
    let grey = DynamicImage::from(drawn.clone()).into_luma8();
    let grey_alpha = DynamicImage::from(drawn.clone()).into_luma_alpha16();
    for (name, bytes, expected, most) in [
        ("16 bits", png(deep), drawn.clone(), 1),
        ("grey", png(grey.clone()), DynamicImage::from(grey.clone()).into_rgb8(), 1),
        ("grey, alpha, 16 bits", png(grey_alpha), DynamicImage::from(grey).into_rgb8(), 1),
        ("palette", palette_png(&drawn), drawn.clone(), 0),
        ("webp", encode(&drawn.clone().into(), ImageFormat::WebP), drawn.clone(), 0),
        ("jpeg", jpeg(&drawn, 100, None), drawn.clone(), 40),
        ("gif", animated_gif(&drawn), drawn, 12),
    ] {
        let pictures = publish(&bytes, "");
        let picture = &pictures[&300];
        assert_eq!(picture.dimensions(), (300, 200), "{name}");
        let wrong = picture.enumerate_pixels().find(|(x, y, pixel)| differs(pixel, expected.get_pixel(*x, *y).0, most));
        assert_eq!(wrong, None, "{name}");
    }
}

#[test]
fn a_jpeg_in_four_inks_has_the_colours_of_its_inks() {
    // cyan, magenta, yellow and black, as Adobe stores them: 255 is no ink
    for (inks, expected) in [
        ([255, 255, 255, 255], [255, 255, 255]),
        ([0, 255, 255, 255], [0, 255, 255]),
        ([255, 0, 255, 255], [255, 0, 255]),
        ([255, 255, 255, 0], [0, 0, 0]),
        ([255, 255, 0, 128], [128, 128, 0]),
    ] {
        let pictures = publish(&cmyk_jpeg(inks), "");
        let pixel = pictures[&16].get_pixel(8, 8);
        assert!(!differs(pixel, expected, 6), "{inks:?} is {pixel:?}, not {expected:?}");
    }
}

#[test]
fn pictures_are_turned_as_their_metadata_says() {
    // a red corner at the top left once upright
    let mut upright = RgbImage::from_pixel(64, 32, Rgb([255, 255, 255]));
    for (x, y, pixel) in upright.enumerate_pixels_mut() {
        if x < 16 && y < 16 {
            *pixel = Rgb([220, 20, 20]);
        }
    }
    for orientation in 1..=8 {
        // stored the way that the metadata undoes
        let undo = [1, 2, 3, 4, 5, 8, 7, 6][usize::from(orientation) - 1];
        let mut stored = DynamicImage::from(upright.clone());
        stored.apply_orientation(image::metadata::Orientation::from_exif(undo).unwrap());
        let stored = stored.into_rgb8();
        let mut as_png = Vec::new();
        let mut encoder = PngEncoder::new(&mut as_png);
        encoder.set_exif_metadata(orientation_as_exif(orientation)).unwrap();
        encoder.write_image(&stored, stored.width(), stored.height(), ExtendedColorType::Rgb8).unwrap();
        for bytes in [jpeg(&stored, 95, Some(orientation)), as_png] {
            let pictures = publish(&bytes, "");
            let picture = &pictures[&64];
            assert_eq!(picture.dimensions(), (64, 32), "orientation {orientation}");
            assert!(!differs(picture.get_pixel(4, 4), [220, 20, 20], 20), "orientation {orientation}");
            for corner in [(60, 4), (4, 28), (60, 28)] {
                assert!(!differs(picture.get_pixel(corner.0, corner.1), [255; 3], 20), "orientation {orientation}");
            }
        }
    }
}

#[test]
fn colour_profiles_become_srgb() {
    let colour = Rgb([60, 160, 90]);
    let with_profile = |profile: moxcms::ColorProfile| {
        let picture = RgbImage::from_pixel(20, 20, colour);
        let mut out = Vec::new();
        let mut encoder = PngEncoder::new(&mut out);
        encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
        encoder.write_image(&picture, 20, 20, ExtendedColorType::Rgb8).unwrap();
        *publish(&out, "")[&20].get_pixel(10, 10)
    };
    let plain = with_profile(moxcms::ColorProfile::new_srgb());
    assert_eq!([plain[0], plain[1], plain[2]], colour.0);
    let wide = with_profile(moxcms::ColorProfile::new_display_p3());
    // the same numbers mean a stronger green there
    assert!(wide[0] < 40 && wide[1].abs_diff(160) < 6 && wide[2] < 90, "{wide:?}");
    let broken = {
        let mut out = Vec::new();
        let mut encoder = PngEncoder::new(&mut out);
        encoder.set_icc_profile(vec![7; 400]).unwrap();
        encoder.write_image(&RgbImage::from_pixel(20, 20, colour), 20, 20, ExtendedColorType::Rgb8).unwrap();
        *publish(&out, "")[&20].get_pixel(10, 10)
    };
    assert_eq!(broken, plain);
}

#[test]
fn damaged_pictures_are_told_and_nothing_panics() {
    let drawn = screen(120, 90);
    for (name, bytes) in [
        ("png", png(drawn.clone())),
        ("jpeg", jpeg(&drawn, 80, Some(6))),
        ("webp", encode(&drawn.clone().into(), ImageFormat::WebP)),
        ("gif", one_frame_gif(&drawn)),
    ] {
        // a trailer of a few bytes says nothing about the pixels
        let ends = (0..40).chain((40..bytes.len() - 13).step_by(bytes.len() / 23 + 1));
        for end in ends {
            let problem = etape::screen::publish("code.png", &bytes[..end], &[]);
            let told = problem.as_ref().map_or_else(|problem| problem.message.as_str(), |_| "nothing");
            assert!(
                told.starts_with("the picture \"code.png\" can't be read: "),
                "{name} cut off after {end} of {}: {told}",
                bytes.len()
            );
        }
        // bits flipped anywhere: told or not, but never a panic
        for at in (0..bytes.len()).step_by(bytes.len() / 61 + 1) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0b0101_0101;
            let _ = etape::screen::publish("code.png", &flipped, &[]);
        }
    }
}

#[test]
fn what_is_no_picture_or_too_large_is_told_at_the_file() {
    for (bytes, expected) in [
        (&b""[..], "image-unreadable: the picture \"code.png\" can't be read: the file is empty"),
        (b"not a picture", "image-unreadable: the picture \"code.png\" can't be read: it is no PNG, JPEG, WebP or GIF"),
        (
            &png_header(30_000, 30_000),
            "image-too-large: the picture \"code.png\" has 30000 × 30000 pixels, more than 64 megapixels",
        ),
        (
            &png_header(u32::MAX >> 1, 3),
            "image-too-large: the picture \"code.png\" has more data than 64 megapixels take",
        ),
        (
            b"GIF89a\x30\x75\x30\x75\0\0\0;\n",
            "image-too-large: the picture \"code.png\" has 30000 × 30000 pixels, more than 64 megapixels",
        ),
    ] {
        let (_, report) = build(&[("assets/mfa/code.png", bytes)]);
        assert_eq!(said(&report), [expected]);
        assert_eq!(report.problems[0].place.file.as_str(), "assets/mfa/code.png");
    }
}

#[test]
fn an_svg_loses_its_script_and_cant_be_redacted() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"90\" onload=\"x()\"><script>x()</script><rect width=\"9\" height=\"9\"/></svg>";
    let page = "---\ntitle: T\n---\n![Un dessin](code.svg)\n";
    let content = ("content/mfa/index.fr.md", page.as_bytes());
    let (files, _) = build(&[content, ("assets/mfa/code.svg", svg)]);
    let (_, published) = files.iter().find(|(path, _)| path.ends_with(".svg")).unwrap();
    assert_eq!(
        String::from_utf8_lossy(published),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"90\"><rect width=\"9\" height=\"9\"/></svg>"
    );
    let sidecar = ("assets/mfa/code.yaml", &b"redact:\n  - box: [1, 1, 2, 2]\n"[..]);
    let (files, report) = build(&[content, ("assets/mfa/code.svg", svg), sidecar]);
    assert_eq!(
        said(&report),
        ["image-unreadable: the picture \"code.svg\" can't be redacted: an SVG keeps what a box covers"]
    );
    assert!(!files.keys().any(|path| path.ends_with(".svg")));
}

#[test]
fn marks_are_drawn_over_the_picture_and_listed_under_it() {
    let sidecar = "marks:\n  - box: [100, 50, 100, 30]\n    text: press\n  - box: [0, 0, 400, 200]\n    text: look\n";
    let (files, report) =
        build(&[("assets/mfa/code.png", &png(screen(400, 200))), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    assert_eq!(said(&report), [""; 0]);
    let page = String::from_utf8(files["auvenir/fr/mfa/index.html"].clone()).unwrap();
    let figure = page.split("<figure").nth(1).unwrap().split("</figure>").next().unwrap();
    let name = figure.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let expected = format!(
        " class=\"screen\"><a class=\"zoom\" href=\"{name}\" data-close=\"Fermer\"><span class=\"canvas\">\
         <img src=\"{name}\" alt=\"Un écran\" width=\"400\" height=\"200\" decoding=\"async\">\
         <svg class=\"layer\" width=\"100%\" height=\"100%\" aria-hidden=\"true\">\
         <g><rect class=\"edge\" x=\"24.38%\" y=\"23.75%\" width=\"26.25%\" height=\"17.50%\" rx=\"4\"/>\
         <rect class=\"line\" x=\"24.38%\" y=\"23.75%\" width=\"26.25%\" height=\"17.50%\" rx=\"4\"/>\
         <g transform=\"translate(11 -11)\"><circle cx=\"24.38%\" cy=\"23.75%\" r=\"11\"/>\
         <text x=\"24.38%\" y=\"23.75%\" dy=\".36em\" text-anchor=\"middle\">1</text></g></g>\
         <g><rect class=\"edge\" x=\"-0.62%\" y=\"-1.25%\" width=\"101.25%\" height=\"102.50%\" rx=\"4\"/>\
         <rect class=\"line\" x=\"-0.62%\" y=\"-1.25%\" width=\"101.25%\" height=\"102.50%\" rx=\"4\"/>\
         <g transform=\"translate(11 -11)\"><circle cx=\"-0.62%\" cy=\"-1.25%\" r=\"11\"/>\
         <text x=\"-0.62%\" y=\"-1.25%\" dy=\".36em\" text-anchor=\"middle\">2</text></g></g></svg></span>\
         <span class=\"zoom-label\">Agrandir l’image</span></a>\
         <ol class=\"marks\" role=\"list\"><li><span class=\"number\">1</span> Appuyez ici</li>\
         <li><span class=\"number\">2</span> Regardez là</li></ol>"
    );
    assert_eq!(figure, expected);
    let twin = String::from_utf8(files["auvenir/fr/mfa/index.md"].clone()).unwrap();
    assert_eq!(twin, format!("# T\n\n![Un écran]({name}) (① Appuyez ici · ② Regardez là)\n"));
}

#[test]
fn marks_are_there_wherever_a_picture_stands() {
    let sidecar = b"marks:\n  - box: [100, 50, 100, 30]\n    text: press\n";
    let picture = png(screen(400, 200));
    for (text, list, link) in [
        ("1. ![Un écran](code.png)\n", "<span class=\"marks\" role=\"list\">", true),
        ("Voici ![Un écran](code.png) ici.\n", "<span class=\"marks\" role=\"list\">", true),
        ("[![Un écran](code.png)](https://example.com)\n", "<span class=\"marks\" role=\"list\">", false),
        ("![Un écran](code.png)\n", "<ol class=\"marks\" role=\"list\">", true),
        ("![](code.png \"decorative\")\n", "<ol class=\"marks\" role=\"list\">", false),
    ] {
        let page = format!("---\ntitle: T\n---\n{text}");
        let (files, _) = build(&[
            ("content/mfa/index.fr.md", page.as_bytes()),
            ("assets/mfa/code.png", &picture),
            ("assets/mfa/code.yaml", sidecar),
        ]);
        let html = String::from_utf8(files["auvenir/fr/mfa/index.html"].clone()).unwrap();
        assert!(html.contains(list) && html.contains("Appuyez ici"), "{text}{html}");
        assert_eq!(html.contains("class=\"zoom\""), link, "{text}{html}");
        assert!(html.contains("class=\"layer\""), "{text}");
    }
}

#[test]
fn boxes_outside_the_picture_are_told_where_they_stand() {
    let sidecar = "marks:\n  - box: [390, 0, 20, 10]\n    text: press\nredact:\n  - box: [0, 200, 5, 5]\n  - box: [0, 0, 400, 200]\n";
    let (_, report) =
        build(&[("assets/mfa/code.png", &png(screen(400, 200))), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    let told: Vec<(String, &str)> = report
        .problems
        .iter()
        .filter(|problem| problem.code.name() == "redact-outside")
        .map(|problem| (problem.message.clone(), &sidecar[problem.place.span.clone()]))
        .collect();
    assert_eq!(
        told,
        [
            (
                "the box reaches out of the picture \"code.png\", which has 400 × 200 pixels".to_owned(),
                "[390, 0, 20, 10]"
            ),
            ("the box lies outside the picture \"code.png\", which has 400 × 200 pixels".to_owned(), "[0, 200, 5, 5]"),
        ]
    );
}

#[test]
fn a_mark_needs_its_text_for_every_brand() {
    let config = "locales = [\"fr\"]\n[brands.auvenir]\n[brands.streamworks]\n";
    let files: [(&str, &[u8]); 6] = [
        ("site.toml", config.as_bytes()),
        ("themes/streamworks/theme.toml", b"name = \"Streamworks Tech\"\n"),
        ("locales/fr/terms.ftl", b"press = Appuyez ici\ncount = { $number } fois\n"),
        ("locales/fr/terms@auvenir.ftl", b"only = Ici\n"),
        ("assets/mfa/code.png", &png(screen(40, 20))),
        (
            "assets/mfa/code.yaml",
            b"marks:\n  - box: [1, 1, 2, 2]\n    text: only\n  - box: [1, 1, 2, 2]\n    text: count\n  - box: [1, 1, 2, 2]\n    text: pres\n",
        ),
    ];
    let (_, report) = build(&files);
    assert_eq!(
        said(&report),
        [
            "message-missing: no message \"only\"",
            "message-invalid: the message \"count\" needs the argument \"number\"",
            "message-missing: no message \"pres\""
        ]
    );
}

#[test]
fn a_cache_is_kept_used_mended_and_shared() {
    let site = site_on_disk();
    let cache = site.path().join(".etape/cache");
    let run = |arguments: &[&str]| {
        let run = common::etape(site.path(), arguments);
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(run.status.success(), "{said}");
        said
    };
    run(&["check"]);
    assert!(!site.path().join(".etape").exists(), "a check writes nothing");
    assert!(run(&["build"]).contains("2 screens made"));
    let cold = common::read(&site.path().join("dist"));
    assert_eq!(fs::read_dir(&cache).unwrap().filter(|entry| is_entry(&entry.as_ref().unwrap().path())).count(), 2);
    assert!(!run(&["build"]).contains("made"));
    assert_eq!(common::read(&site.path().join("dist")), cold);

    // bits flipped at several places of every entry
    for at in [0, 20, 60, 400, 2000] {
        for entry in fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).filter(|path| is_entry(path)) {
            let mut bytes = fs::read(&entry).unwrap();
            bytes[at] ^= 8;
            fs::write(&entry, bytes).unwrap();
        }
        fs::remove_dir_all(site.path().join("dist")).unwrap();
        assert!(run(&["build", "--jobs", "1"]).contains("2 screens made"), "byte {at}");
        assert_eq!(common::read(&site.path().join("dist")), cold, "byte {at}");
    }

    // two at once, on an empty cache, into folders of their own
    fs::remove_dir_all(site.path().join(".etape")).unwrap();
    let spawn = |output: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_etape"));
        command.current_dir(site.path()).args(["build", "--output", output]).env("SOURCE_DATE_EPOCH", "1700000000");
        command.stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    fs::create_dir_all(site.path().join("a")).unwrap();
    fs::create_dir_all(site.path().join("b")).unwrap();
    for child in ["a/one", "b/two"].map(spawn) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(common::read(&site.path().join("a/one")), cold);
    assert_eq!(common::read(&site.path().join("b/two")), cold);
    let names: Vec<String> =
        fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.starts_with('.')), "nothing is left half written: {names:?}");

    // one that can't be written is none
    fs::remove_dir_all(site.path().join(".etape")).unwrap();
    fs::write(site.path().join(".etape"), "in the way").unwrap();
    fs::remove_dir_all(site.path().join("dist")).unwrap();
    assert!(run(&["build"]).contains("2 screens made"));
    assert_eq!(common::read(&site.path().join("dist")), cold);
}

#[test]
fn check_tells_which_edition_falls_back_to_what() {
    let site = site_on_disk();
    let run = common::etape(site.path(), &["check", "-v"]);
    let said = String::from_utf8(run.stderr).unwrap();
    let told: Vec<&str> = said.lines().filter(|line| line.contains("code") || line.contains("screen")).collect();
    assert_eq!(
        told,
        ["screen mfa/code.png", "  auvenir/en has code.en.png", "  auvenir/fr falls back to code.png"],
        "{said}"
    );
}

fn is_entry(path: &Path) -> bool {
    path.file_name().unwrap().len() == 64
}

/// A site in two languages with one screen, which has a variant.
fn site_on_disk() -> TempDir {
    let site = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = site.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("site.toml", b"locales = [\"fr\", \"en\"]\n[brands.auvenir]\n");
    write("themes/auvenir/theme.toml", b"name = \"Auvenir\"\n");
    write("content/mfa/index.fr.md", PAGE.as_bytes());
    write("content/mfa/index.en.md", PAGE.as_bytes());
    write("assets/mfa/code.png", &png(screen(700, 300)));
    write("assets/mfa/code.en.png", &png(screen(701, 300)));
    site
}

/// A PNG whose pixels are indices of a palette.
fn palette_png(picture: &RgbImage) -> Vec<u8> {
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
fn animated_gif(picture: &RgbImage) -> Vec<u8> {
    let first = DynamicImage::from(picture.clone()).into_rgba8();
    let then = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([200, 0, 0, 255]));
    let mut out = Vec::new();
    GifEncoder::new(&mut out).encode_frames([first, then].map(Frame::new)).unwrap();
    out
}

fn one_frame_gif(picture: &RgbImage) -> Vec<u8> {
    encode(&DynamicImage::from(DynamicImage::from(picture.clone()).into_rgba8()), ImageFormat::Gif)
}

/// The beginning of a PNG of this size, up to where its pixels would begin.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        file.extend((data.len() as u32).to_be_bytes());
        let named = [kind, data].concat();
        file.extend(&named);
        file.extend(crc32(&named).to_be_bytes());
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01");
    chunk(b"IEND", b"");
    file
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
fn cmyk_jpeg(inks: [u8; 4]) -> Vec<u8> {
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
