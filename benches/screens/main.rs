//! What screens cost: time, bytes, likeness and memory, against the plain way of doing it.
//!
//! `cargo bench --bench screens`. It draws 24 screens of 1920 × 1200, builds a site with them by the released program,
//! cold and warm, and publishes the same screens in the same widths as `plain` does. Likeness is SSIM against the screen
//! as it should look at that width, scaled on light: for both ways the same.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends where it can't go on, and prints")]

mod drawn;
mod plain;
#[path = "../program/mod.rs"]
mod program;
mod similarity;

use program::build;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::RgbImage;
use rayon::prelude::*;

use drawn::Kind;

/// The widths that screens are published in, their own among them.
const WIDTHS: [u32; 4] = [480, 960, 1440, 1920];
/// Both ways take turns this often, and the best of each counts: others may be at work on the machine.
const TURNS: usize = 3;
/// Builds in which nothing has changed; their median counts.
const WARM: usize = 7;

/// A published file, whoever made it.
struct Published {
    picture: usize,
    width: u32,
    bytes: usize,
    likeness: f64,
}

fn main() {
    let site = tempfile::tempdir().unwrap();
    let screens: Vec<(Kind, RgbImage)> = (0..drawn::COUNT).into_par_iter().map(drawn::screen).collect();
    let files = make_site(site.path(), &screens);
    let (mut cold, mut plain, mut memory, mut made) = (Duration::MAX, Duration::MAX, 0, Vec::new());
    for _ in 0..TURNS {
        let _ = fs::remove_dir_all(site.path().join(".etape"));
        let (time, peak) = build(site.path(), None);
        (cold, memory) = (cold.min(time), memory.max(peak));
        let start = Instant::now();
        made = plain::publish(&files, &WIDTHS);
        plain = plain.min(start.elapsed());
    }
    let mut warm: Vec<Duration> = (0..WARM).map(|_| build(site.path(), None).0).collect();
    warm.sort();
    let made = made.into_iter().map(|file| (file.picture, file.width, file.bytes)).collect();
    let ideal = Ideal::new(&screens);
    let (ours, theirs) = (ideal.judge(read(site.path())), ideal.judge(made));

    println!(
        "| {} screens of {} × {} | etape | plain, lossy 80 | etape / plain |",
        drawn::COUNT,
        drawn::SIZE.0,
        drawn::SIZE.1
    );
    println!("| --- | --- | --- | --- |");
    let seconds = |time: Duration| time.as_secs_f64();
    println!("| cold, s | {:.2} | {:.2} | {:.2} |", seconds(cold), seconds(plain), seconds(cold) / seconds(plain));
    println!("| warm, s | {:.3} | | |", seconds(warm[WARM / 2]));
    println!("| peak memory, MB | {} | | |", memory / 1000);
    for width in WIDTHS {
        row(&format!("{width} wide"), &ours, &theirs, |file| file.width == width);
    }
    for (name, kind) in [("flat", Kind::Flat), ("shaded", Kind::Shaded), ("photo", Kind::Photo)] {
        row(&format!("{name}, own width"), &ours, &theirs, |file| {
            file.width == 1920 && screens[file.picture].0 == kind
        });
    }
    row("all", &ours, &theirs, |_| true);
}

/// KB a file and likeness, of the files that are asked for.
fn row(name: &str, ours: &[Published], theirs: &[Published], asked: impl Fn(&Published) -> bool) {
    let sum = |all: &[Published]| {
        let chosen: Vec<&Published> = all.iter().filter(|file| asked(file)).collect();
        let count = chosen.len() as f64;
        let bytes = chosen.iter().map(|file| file.bytes).sum::<usize>() as f64;
        (bytes / 1000.0 / count, chosen.iter().map(|file| file.likeness).sum::<f64>() / count)
    };
    let ((own, own_likeness), (other, other_likeness)) = (sum(ours), sum(theirs));
    println!(
        "| {name}, KB a file (SSIM) | {own:.1} ({own_likeness:.4}) | {other:.1} ({other_likeness:.4}) | {:.2} |",
        own / other
    );
}

/// A guide of one page that shows every screen; gives back where they lie.
fn make_site(root: &Path, screens: &[(Kind, RgbImage)]) -> Vec<PathBuf> {
    for folder in ["assets/mfa", "content/mfa", "themes/brand"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("site.toml"), "locales = [\"en\"]\n[brands.brand]\n").unwrap();
    fs::write(root.join("themes/brand/theme.toml"), "name = \"Brand\"\n").unwrap();
    let names: Vec<String> = (0..screens.len()).map(|number| format!("screen{number}.png")).collect();
    let shown: String = names.iter().map(|name| format!("![A screen]({name})\n\n")).collect();
    fs::write(root.join("content/mfa/index.en.md"), format!("---\ntitle: Screens\n---\n{shown}")).unwrap();
    let files: Vec<PathBuf> = names.iter().map(|name| root.join("assets/mfa").join(name)).collect();
    files.par_iter().zip(screens).for_each(|(file, (_, screen))| screen.save(file).unwrap());
    files
}

/// The published files of a site: picture, width, bytes.
fn read(root: &Path) -> Vec<(usize, u32, Vec<u8>)> {
    let folder = fs::read_dir(root.join("dist/brand/assets")).unwrap().map(|entry| entry.unwrap().path());
    let pictures = folder.filter(|path| path.extension().is_some_and(|extension| extension == "webp"));
    pictures
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let number = name.strip_prefix("screen").unwrap().split('.').next().unwrap().parse().unwrap();
            let bytes = fs::read(&path).unwrap();
            (number, decode(&bytes).width(), bytes)
        })
        .collect()
}

/// Every screen at every width as it should look.
struct Ideal(BTreeMap<(usize, u32), RgbImage>);

impl Ideal {
    fn new(screens: &[(Kind, RgbImage)]) -> Self {
        let all = (0..screens.len()).flat_map(|picture| WIDTHS.map(|width| (picture, width)));
        let all: Vec<(usize, u32)> = all.collect();
        Self(all.into_par_iter().map(|at| (at, plain::ideal(&screens[at.0].1, at.1))).collect())
    }

    fn judge(&self, files: Vec<(usize, u32, Vec<u8>)>) -> Vec<Published> {
        assert_eq!(files.len(), self.0.len());
        let judge = |(picture, width, bytes): (usize, u32, Vec<u8>)| {
            let likeness = similarity::ssim(&self.0[&(picture, width)], &decode(&bytes));
            Published { picture, width, bytes: bytes.len(), likeness }
        };
        files.into_par_iter().map(judge).collect()
    }
}

fn decode(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}
