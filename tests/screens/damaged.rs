//! Pictures that are cut off, damaged, too large or none at all.

use image::ImageFormat;

use crate::made::{encode, jpeg, one_frame_gif, png, png_header, push_chunk, screen, zlib_zeros};
use crate::site::{build, pictures, said};

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
fn what_stands_beside_the_pixels_takes_no_memory() {
    // a profile and a comment that would be 200 MB each, in a few hundred kilobytes
    let drawn = png(screen(60, 40));
    let zeros = zlib_zeros(200 << 20);
    for (kind, name) in [(b"iCCP", &b"x\0\0"[..]), (b"zTXt", b"Comment\0\0")] {
        let mut file = drawn[..33].to_vec();
        push_chunk(&mut file, kind, &[name, &zeros].concat());
        file.extend_from_slice(&drawn[33..]);
        match etape::screen::publish("code.png", &file, &[]) {
            Ok(published) => assert_eq!(published.size, Some((60, 40))),
            Err(problem) => assert_eq!(problem.code.name(), "image-too-large", "{}", problem.message),
        }
    }
}

#[test]
fn a_picture_longer_than_webp_holds_is_published_smaller() {
    for (size, widths) in [((1, 17_000), &[1][..]), ((17_000, 2), &[480, 960, 1440, 16_383])] {
        let (files, report) = build(&[("assets/mfa/code.png", &png(screen(size.0, size.1)))]);
        assert!(said(&report).iter().all(|said| said.starts_with("message-unused")), "{:?}", said(&report));
        assert_eq!(pictures(&files).into_keys().collect::<Vec<_>>(), widths);
    }
}
