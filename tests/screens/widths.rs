//! Which files a screen is published as, and how the page names them.

use image::DynamicImage;

use crate::made::{png, screen};
use crate::site::{build, pictures, publish, said};

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
