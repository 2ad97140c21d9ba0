//! Parts of the way of a picture, each by itself; whole ways are in tests/screens.rs.

use image::metadata::Orientation;

use super::pixels::Pixels;
use super::*;

fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
    Area { x, y, width, height, span: 0..0 }
}

#[test]
fn widths_never_exceed_the_picture_or_what_webp_holds() {
    for (size, expected) in [
        ((1, 1), &[1][..]),
        ((479, 10), &[479]),
        ((480, 10), &[480]),
        ((481, 10), &[480, 481]),
        ((1080, 660), &[480, 960, 1080]),
        ((1920, 1200), &[480, 960, 1440, 1920]),
        ((16_383, 16), &[480, 960, 1440, 16_383]),
        ((20_000, 100), &[480, 960, 1440, 16_383]),
        ((1000, 20_000), &[480, 819]),
        ((100, 20_000), &[81]),
        ((1, 64_000_000), &[1]),
    ] {
        assert_eq!(widths(size.0, size.1), expected, "{size:?}");
        for width in widths(size.0, size.1) {
            assert!(scale::height_at(width, size.0, size.1) <= SIDE_LIMIT || size.0 == 1, "{size:?} at {width}");
        }
    }
}

#[test]
fn boxes_turn_with_their_picture() {
    // a stored picture of 7 × 5 in which one box is marked
    let (width, height) = (7, 5);
    let marked = area(1, 2, 3, 2);
    let mut data = vec![0; 7 * 5 * 3];
    for y in 2..4 {
        for x in 1..4 {
            data[(y * 7 + x) * 3] = 255;
        }
    }
    for exif in 1..=8 {
        let turn = Turn::from_exif(exif);
        let picture = image::RgbImage::from_raw(width, height, data.clone()).unwrap();
        let mut picture = image::DynamicImage::from(picture);
        picture.apply_orientation(Orientation::from_exif(exif).unwrap());
        let picture = picture.into_rgb8();
        assert_eq!(turn.size(picture.dimensions()), (width, height), "{exif}");
        let [left, top, right, bottom] = turn.upright(&marked, picture.dimensions());
        for (x, y, pixel) in picture.enumerate_pixels() {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            assert_eq!(pixel[0] == 255, inside, "orientation {exif} at {x}, {y}");
        }
        assert_eq!(turn.to_exif(), exif);
    }
    assert_eq!(Turn::from_exif(0), Turn::default());
    assert_eq!(Turn::from_exif(9), Turn::default());
}

#[test]
fn boxes_lie_inside_across_or_outside() {
    for (marked, expected) in [
        (area(0, 0, 100, 50), Lie::Inside),
        (area(99, 49, 1, 1), Lie::Inside),
        (area(99, 49, 2, 1), Lie::Across),
        (area(0, 0, 100, 51), Lie::Across),
        (area(u32::MAX, 0, u32::MAX, 1), Lie::Outside),
        (area(1, 1, u32::MAX, u32::MAX), Lie::Across),
        (area(100, 0, 1, 1), Lie::Outside),
        (area(0, 50, 1, 1), Lie::Outside),
    ] {
        assert_eq!(lie(&marked, (100, 50)), expected, "{marked:?}");
    }
}

#[test]
fn alpha_that_hides_nothing_is_dropped() {
    let opaque = Pixels::new(2, 1, 4, vec![1, 2, 3, 255, 4, 5, 6, 255]);
    assert_eq!(opaque, Pixels { width: 2, height: 1, channels: 3, data: vec![1, 2, 3, 4, 5, 6] });
    let seen_through = Pixels::new(2, 1, 4, vec![1, 2, 3, 255, 4, 5, 6, 254]);
    assert_eq!(seen_through.channels, 4);
}

#[test]
fn light_is_averaged_not_its_encoding() {
    let mut data = Vec::new();
    for y in 0..64_u32 {
        for x in 0..64_u32 {
            data.extend([if (x + y) % 2 == 0 { 255_u8 } else { 0 }; 3]);
        }
    }
    let scaler = scale::Scaler::new(Pixels { width: 64, height: 64, channels: 3, data }).unwrap();
    let small = scaler.scale(32, 32).unwrap();
    // half of the light is 188 in sRGB, not 128
    let middle = &small.data[(16 * 32 + 16) * 3..][..3];
    assert!(middle.iter().all(|byte| (186..=190).contains(byte)), "{middle:?}");
}

#[test]
fn flat_colours_stay_as_they_are() {
    for colour in [[0, 0, 0], [255, 255, 255], [1, 2, 3], [32, 33, 36], [0, 120, 212], [250, 251, 254]] {
        let data = colour.repeat(90 * 90);
        let scaler = scale::Scaler::new(Pixels { width: 90, height: 90, channels: 3, data }).unwrap();
        let small = scaler.scale(31, 31).unwrap();
        assert!(small.data.chunks_exact(3).all(|pixel| pixel == colour), "{colour:?}");
    }
}

#[test]
fn what_is_transparent_has_no_colour() {
    // red beside green that nobody sees
    let mut data = Vec::new();
    for _ in 0..60 {
        for x in 0..60 {
            data.extend(if x < 31 { [255, 0, 0, 255] } else { [0, 255, 0, 0] });
        }
    }
    let scaler = scale::Scaler::new(Pixels { width: 60, height: 60, channels: 4, data }).unwrap();
    let small = scaler.scale(20, 20).unwrap();
    assert_eq!(small.channels, 4);
    for pixel in small.data.chunks_exact(4).filter(|pixel| pixel[3] > 0) {
        assert_eq!(pixel[..3], [255, 0, 0], "{pixel:?}");
    }
}

#[test]
fn entries_are_read_as_they_were_written_or_not_at_all() {
    let file = |width: u32, bytes: &[u8]| Rendition { width, bytes: bytes.into() };
    let picture = Published {
        size: Some((960, 600)),
        turn: Turn::from_exif(6),
        files: vec![file(480, b"small"), file(960, b"larger")],
    };
    let entry = entry::write(&picture);
    assert_eq!(entry::read(&entry), Some(picture));
    for length in 0..entry.len() {
        assert_eq!(entry::read(&entry[..length]), None, "cut off after {length}");
    }
    assert_eq!(entry::read(&[&entry[..], b"!"].concat()), None);
    assert_eq!(entry::read(&[255; 64]), None);
}

#[test]
fn keys_tell_boxes_and_bytes_apart() {
    let keys = [
        key(&blake3::hash(b"a"), &[]),
        key(&blake3::hash(b"b"), &[]),
        key(&blake3::hash(b"a"), &[area(1, 2, 3, 4)]),
        key(&blake3::hash(b"a"), &[area(1, 2, 3, 5)]),
        key(&blake3::hash(b"a"), &[area(1, 2, 3, 4), area(1, 2, 3, 4)]),
    ];
    for (index, one) in keys.iter().enumerate() {
        assert!(keys[index + 1..].iter().all(|other| other != one), "{index}");
    }
}

#[test]
fn names_of_pictures_are_known_in_any_case() {
    for (name, picture, svg) in [
        ("code.png", true, false),
        ("CODE.PNG", true, false),
        ("a.b.jpeg", true, false),
        ("scan.TIFF", true, false),
        ("logo.Svg", true, true),
        ("form.pdf", false, false),
        ("png", false, false),
        ("", false, false),
    ] {
        assert_eq!((is_picture(name), is_svg(name)), (picture, svg), "{name}");
    }
}
