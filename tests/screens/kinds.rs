//! Every kind of picture looks as it should: depths, palettes, inks, turns, colour profiles.

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage};

use crate::made::{animated_gif, cmyk_jpeg, encode, jpeg, palette_png, png, screen, turned_png, turned_webp};
use crate::site::{differs, publish};

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
        for bytes in
            [jpeg(&stored, 95, Some(orientation)), turned_png(&stored, orientation), turned_webp(&stored, orientation)]
        {
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
