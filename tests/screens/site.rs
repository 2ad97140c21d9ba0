//! Sites of one page with one screen, built in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use image::{ImageFormat, Rgba, RgbaImage};

use etape::output::Memory;
use etape::pipeline::{self, Options, Report, Tools};
use etape::source::Snapshot;

pub const SITE: &str = "locales = [\"fr\"]\n[brands.auvenir]\n";
pub const PAGE: &str = "---\ntitle: T\n---\n![Un écran](code.png)\n";
pub const WORDS: &str = "press = Appuyez ici\nlook = Regardez là\n";

/// Builds a site of one page in memory: the published files without their hashes, and what is said.
pub fn build(files: &[(&str, &[u8])]) -> (BTreeMap<String, Vec<u8>>, Report) {
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
pub fn pictures(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<u32, RgbaImage> {
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
pub fn said(report: &Report) -> Vec<String> {
    report.problems.iter().map(|problem| format!("{}: {}", problem.code.name(), problem.message)).collect()
}

/// Publishes a picture as `code.png`, with nothing to be said about it.
pub fn publish(bytes: &[u8], sidecar: &str) -> BTreeMap<u32, RgbaImage> {
    let (files, report) = build(&[("assets/mfa/code.png", bytes), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    let problems: Vec<String> = said(&report).into_iter().filter(|said| !said.starts_with("message-unused")).collect();
    assert_eq!(problems, [""; 0]);
    pictures(&files)
}

/// Is a colour another one than expected?
pub fn differs(pixel: &Rgba<u8>, colour: [u8; 3], most: u8) -> bool {
    (0..3).any(|channel| pixel[channel].abs_diff(colour[channel]) > most)
}
