//! Pictures that are drawn for a brand: icons from its logo, and the card that others show of a guide.
//!
//! Drawn from SVG without anything of the machine: text is set in the fonts beside this file, and pictures in pictures
//! aren't loaded. Not here: who gets which picture, and where it is kept (`pipeline`).

use std::collections::HashMap;
use std::sync::Arc;

use quick_xml::escape::escape;
use resvg::tiny_skia::{FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb};

use super::pixels::Pixels;
use super::{decode, publish_svg, redact, scale};
use crate::model::colors::{Palette, Rgb, Role};

/// The size of a card: what the networks ask for.
pub const CARD: (u32, u32) = (1200, 630);

/// Noto Sans Bold; beside this file stands its licence.
const FONTS: [&[u8]; 3] =
    [include_bytes!("fonts/latin.ttf"), include_bytes!("fonts/arabic.ttf"), include_bytes!("fonts/hebrew.ttf")];

/// The characters that the fonts hold.
const LETTERS: [std::ops::RangeInclusive<char>; 8] = [
    ' '..='~',
    '\u{a0}'..='\u{24f}',
    '\u{370}'..='\u{45f}',
    '\u{5d0}'..='\u{5f4}',
    '\u{60c}'..='\u{6d5}',
    '\u{1e00}'..='\u{1eff}',
    '\u{2010}'..='\u{2027}',
    '\u{202f}'..='\u{203a}',
];

/// What a card shows.
pub struct Card<'c> {
    /// A file: its name and bytes.
    pub logo: Option<(&'c str, &'c [u8])>,
    /// The brand's colours.
    pub palette: &'c Palette,
    /// In large letters.
    pub title: &'c str,
    /// In the band at the bottom.
    pub brand: &'c str,
    /// The text runs from right to left.
    pub is_rtl: bool,
}

/// A square icon as PNG: the logo on a ground, with a rim. None if the logo can't be drawn.
pub fn icon(logo: (&str, &[u8]), side: u32, ground: Rgb) -> Option<Vec<u8>> {
    let logo = Drawing::read(logo.0, logo.1)?;
    let mut pixmap = Pixmap::new(side, side)?;
    fill(&mut pixmap, ground);
    let side = side as f32;
    let rim = side * 0.09;
    logo.place(&mut pixmap, [rim, rim, side - 2.0 * rim, side - 2.0 * rim], 0.5);
    png(&pixmap)
}

/// A card as PNG. What the fonts can't write is left out.
pub fn card(card: &Card<'_>) -> Option<Vec<u8>> {
    const MARGIN: f32 = 80.0;
    let (width, height) = (CARD.0 as f32, CARD.1 as f32);
    let mut pixmap = Pixmap::new(CARD.0, CARD.1)?;
    fill(&mut pixmap, card.palette.get(Role::Background));
    let (x, anchor) = if card.is_rtl { (width - MARGIN, "end") } else { (MARGIN, "start") };
    let color = |role| card.palette.get(role);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <rect y=\"{}\" width=\"{width}\" height=\"100\" fill=\"{}\"/>",
        height - 100.0,
        color(Role::Primary)
    );
    let mut write = |text: &str, y: f32, size: f32, fill: Rgb| {
        if text.chars().all(is_letter) {
            let text = escape(text);
            svg.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\" text-anchor=\"{anchor}\">{text}</text>"
            ));
        }
    };
    write(card.brand, height - 36.0, 40.0, color(Role::OnPrimary));
    let (lines, size) = wrap(card.title, width - 2.0 * MARGIN);
    let first = 300.0 + (size - 60.0) * 0.5;
    for (line, at) in lines.iter().zip(0_u8..) {
        write(line, first + f32::from(at) * size * 1.2, size, color(Role::Text));
    }
    svg.push_str("</svg>");
    resvg::render(&tree(&svg)?, Transform::identity(), &mut pixmap.as_mut());
    if let Some(logo) = card.logo.and_then(|(name, bytes)| Drawing::read(name, bytes)) {
        logo.place(&mut pixmap, [MARGIN, 70.0, width - 2.0 * MARGIN, 110.0], if card.is_rtl { 1.0 } else { 0.0 });
    }
    png(&pixmap)
}

/// Can the fonts write it?
fn is_letter(letter: char) -> bool {
    LETTERS.iter().any(|range| range.contains(&letter))
}

/// A title in at most three lines, in letters as large as that allows; what doesn't fit in small ones is cut.
fn wrap(title: &str, width: f32) -> (Vec<String>, f32) {
    for size in [84.0, 72.0, 60.0] {
        let lines = lines(title, width / size);
        if lines.len() <= 3 {
            return (lines, size);
        }
    }
    let mut lines = lines(title, width / 60.0);
    lines.truncate(3);
    if let Some(last) = lines.last_mut() {
        last.push('…');
    }
    (lines, 60.0)
}

/// Lines of whole words, no wider than this many times the size of a letter.
fn lines(title: &str, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if measure(&format!("{line} {word}")) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How wide a text is, in sizes of a letter.
fn measure(text: &str) -> f32 {
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text font-size=\"100\">{}</text></svg>",
        escape(text)
    );
    tree(&svg).map_or(0.0, |tree| tree.root().abs_bounding_box().width() / 100.0)
}

/// An SVG ready to be drawn: with our fonts, and without any other file.
fn tree(svg: &str) -> Option<Tree> {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    let image_href_resolver =
        ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options {
        font_family: "Noto Sans".to_owned(),
        fontdb: Arc::new(fonts),
        image_href_resolver,
        ..Options::default()
    };
    Tree::from_str(svg, &options).ok()
}

/// A logo, ready to be drawn.
enum Drawing {
    Shapes(Box<Tree>),
    Pixels(Pixels),
}

impl Drawing {
    fn read(name: &str, bytes: &[u8]) -> Option<Self> {
        if super::is_svg(name) {
            let clean = publish_svg(name, bytes, &[]).ok()?;
            let clean = std::str::from_utf8(&clean.files.first()?.bytes).ok()?.to_owned();
            return Some(Self::Shapes(Box::new(tree(&clean)?)));
        }
        Some(Self::Pixels(redact::redact(decode::decode(name, bytes).ok()?, &[])))
    }

    /// As large as fits into a box (left, top, width, height), in the middle of its height; `along` is where in its
    /// width: 0 at the left, 1 at the right.
    fn place(self, pixmap: &mut Pixmap, [left, top, width, height]: [f32; 4], along: f32) {
        let (own_width, own_height) = match &self {
            Self::Shapes(tree) => (tree.size().width(), tree.size().height()),
            Self::Pixels(pixels) => (pixels.width as f32, pixels.height as f32),
        };
        let scale = (width / own_width).min(height / own_height);
        let left = left + (width - own_width * scale) * along;
        let top = top + (height - own_height * scale) / 2.0;
        match self {
            Self::Shapes(tree) => {
                resvg::render(&tree, Transform::from_row(scale, 0.0, 0.0, scale, left, top), &mut pixmap.as_mut());
            }
            Self::Pixels(pixels) => {
                let wanted = (own_width * scale).round().max(1.0) as u32;
                if let Some(logo) = scaled(pixels, wanted) {
                    let paint = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
                    let (left, top) = (left.round() as i32, top.round() as i32);
                    pixmap.draw_pixmap(left, top, logo.as_ref(), &paint, Transform::identity(), None);
                }
            }
        }
    }
}

/// Pixels at another width, as they are drawn: colours multiplied by alpha.
fn scaled(pixels: Pixels, width: u32) -> Option<Pixmap> {
    let height = scale::height_at(width, pixels.width, pixels.height);
    let pixels = scale::Scaler::new(pixels).ok()?.scale(width, height).ok()?;
    let mut data = Vec::with_capacity(width as usize * height as usize * 4);
    for pixel in pixels.data.chunks_exact(pixels.channels) {
        let alpha = pixel.get(3).copied().unwrap_or(u8::MAX);
        let by_alpha = |channel: u8| ((u16::from(channel) * u16::from(alpha) + 127) / 255) as u8;
        data.extend(pixel[..3].iter().map(|channel| by_alpha(*channel)).chain([alpha]));
    }
    Pixmap::from_vec(data, IntSize::from_wh(width, height)?)
}

fn fill(pixmap: &mut Pixmap, Rgb(red, green, blue): Rgb) {
    pixmap.fill(resvg::tiny_skia::Color::from_rgba8(red, green, blue, u8::MAX));
}

/// What is drawn has a ground, so nothing of it is transparent; and mostly it has few colours, which a table holds in a
/// third of the bytes.
fn png(pixmap: &Pixmap) -> Option<Vec<u8>> {
    let table = Table::of(pixmap.data());
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixmap.width(), pixmap.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(if table.is_some() { png::Filter::NoFilter } else { png::Filter::Adaptive });
    let data = match table {
        Some(Table { colors, indices }) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colors.as_flattened().to_vec());
            indices
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            pixmap.data().as_chunks().0.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect()
        }
    };
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&data).ok()?;
    writer.finish().ok()?;
    Some(out)
}

/// The colours of a picture, and which of them each pixel has.
struct Table {
    colors: Vec<[u8; 3]>,
    indices: Vec<u8>,
}

impl Table {
    /// None for a picture of more than 256 colours.
    fn of(pixels: &[u8]) -> Option<Self> {
        let mut known: HashMap<[u8; 3], u8> = HashMap::new();
        let mut table = Self { colors: Vec::new(), indices: Vec::with_capacity(pixels.len() / 4) };
        let mut last = None;
        for [red, green, blue, _] in pixels.as_chunks().0 {
            let color = [*red, *green, *blue];
            let index = match last {
                Some((own, index)) if own == color => index,
                _ => match known.get(&color) {
                    Some(index) => *index,
                    None => {
                        let index = u8::try_from(table.colors.len()).ok()?;
                        table.colors.push(color);
                        known.insert(color, index);
                        index
                    }
                },
            };
            last = Some((color, index));
            table.indices.push(index);
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::colors::Scheme;

    const LOGO: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><rect width=\"40\" height=\"20\" fill=\"#f00\"/></svg>";

    fn pixels(png: &[u8]) -> image::RgbImage {
        image::load_from_memory(png).unwrap().to_rgb8()
    }

    #[test]
    fn an_icon_is_the_logo_on_its_ground() {
        let icon = pixels(&icon(("logo.svg", LOGO), 100, Rgb(1, 2, 3)).unwrap());
        assert_eq!(icon.dimensions(), (100, 100));
        assert_eq!(icon.get_pixel(50, 50).0, [255, 0, 0]);
        assert_eq!(icon.get_pixel(50, 20).0, [1, 2, 3], "above the logo, which is wide");
        assert_eq!(icon.get_pixel(3, 50).0, [1, 2, 3], "the rim");
        assert_eq!(super::icon(("logo.svg", b"<svg"), 100, Rgb(1, 2, 3)), None);
    }

    #[test]
    fn a_card_has_its_title_where_reading_begins() {
        let palette = Palette::derive(Rgb(0, 0, 255), &|_| None, Scheme::Light);
        let dark = |title: &str, is_rtl: bool| {
            let card = Card { logo: None, palette: &palette, title, brand: "Étape", is_rtl };
            let card = pixels(&super::card(&card).unwrap());
            assert_eq!(card.dimensions(), CARD);
            assert_eq!(card.get_pixel(5, 625).0, [0, 0, 255], "the band");
            // how many dark pixels the left and the right half of the title have
            let count = |from: u32| {
                let all = (200..500).flat_map(|y| (from..from + 600).map(move |x| (x, y)));
                all.filter(|(x, y)| card.get_pixel(*x, *y).0[0] < 100).count()
            };
            (count(0), count(600))
        };
        let (left, right) = dark("Code", false);
        assert!(left > 1000 && right == 0, "{left} {right}");
        let (left, right) = dark("الرمز", true);
        assert!(right > 1000 && left == 0, "{left} {right}");
        assert_eq!(dark("認証", false), (0, 0), "no box in the place of a letter");
    }

    #[test]
    fn long_titles_are_set_smaller_and_then_cut() {
        let (one, large) = wrap("A short title", 1040.0);
        assert_eq!((one.len(), large), (1, 84.0));
        let (three, _) = wrap(&"letters ".repeat(12), 1040.0);
        assert!(three.len() <= 3 && !three.concat().contains('…'), "{three:?}");
        let (cut, size) = wrap(&"letters ".repeat(60), 1040.0);
        assert_eq!((cut.len(), size), (3, 60.0));
        assert!(cut[2].ends_with('…'), "{cut:?}");
    }

    #[test]
    fn a_logo_reads_no_other_file() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/page.png");
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><image href=\"{here}\" width=\"9\" height=\"9\"/></svg>"
        );
        let tree = tree(&svg).unwrap();
        assert!(tree.root().children().is_empty(), "the picture is left out");
    }
}
