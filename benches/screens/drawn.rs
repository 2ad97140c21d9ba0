//! Screens that nobody has taken: words, panels, gradients and what looks like photographs, always the same.
//!
//! Words come again and again, made of glyphs with soft edges, as an interface's do; without that, what is said of
//! lossless pictures would not hold for real ones.

use image::{Rgb, RgbImage};

/// How large each of them is.
pub const SIZE: (u32, u32) = (1920, 1200);
/// How many there are.
pub const COUNT: usize = 24;

/// What a screen is mostly made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words on flat panels: what most screens of a guide are.
    Flat,
    /// The same with gradients and soft shadows.
    Shaded,
    /// The same around something that looks like a photograph.
    Photo,
}

/// One of the screens, by its number: of four, two are flat, one is shaded and one holds a photograph.
pub fn screen(number: usize) -> (Kind, RgbImage) {
    let kind = match number % 4 {
        0 | 1 => Kind::Flat,
        2 => Kind::Shaded,
        _ => Kind::Photo,
    };
    let mut chance = Chance(number as u64 + 1);
    let picture = RgbImage::from_pixel(SIZE.0, SIZE.1, Rgb([250, 250, 252]));
    let mut pen = Pen { picture, glyphs: glyphs(), vocabulary: vocabulary() };
    let accent = Rgb([chance.below(80) as u8, 60 + chance.below(80) as u8, 120 + chance.below(120) as u8]);
    if kind == Kind::Shaded {
        pen.gradient([0, 0, SIZE.0, SIZE.1], [238, 242, 250], [214, 224, 240]);
    }
    pen.panel([0, 0, SIZE.0, 64], accent);
    pen.words([32, 22, 420, 28], Rgb([255, 255, 255]), &mut chance);
    pen.panel([0, 64, 300, SIZE.1 - 64], Rgb([240, 241, 244]));
    for row in 0..12 {
        pen.words([32, 110 + row * 44, 220, 20], Rgb([60, 64, 72]), &mut chance);
    }
    for card in 0..6 {
        let (x, y) = (340 + card % 2 * 780, 110 + card / 2 * 350);
        if kind == Kind::Shaded {
            pen.shadow([x, y, 740, 310]);
        }
        pen.panel([x, y, 740, 310], Rgb([255, 255, 255]));
        pen.words([x + 24, y + 24, 500, 24], Rgb([20, 24, 32]), &mut chance);
        if kind == Kind::Photo && card % 3 == 0 {
            pen.photograph([x + 24, y + 70, 692, 216], &mut chance);
            continue;
        }
        for line in 0..6 {
            let width = 400 + chance.below(280);
            pen.words([x + 24, y + 76 + line * 28, width, 18], Rgb([70, 74, 82]), &mut chance);
        }
        match kind {
            Kind::Shaded => pen.gradient([x + 560, y + 250, 150, 40], [0, 120, 212], [0, 80, 160]),
            _ => pen.panel([x + 560, y + 250, 150, 40], accent),
        }
        pen.words([x + 590, y + 261, 100, 18], Rgb([255, 255, 255]), &mut chance);
    }
    (kind, pen.picture)
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32 % limit
    }

    fn fraction(&mut self) -> f32 {
        self.below(1 << 16) as f32 / 65536.0
    }
}

/// Strokes from one point to another, in fractions of their box.
type Glyph = Vec<[f32; 4]>;

/// Thirty glyphs.
fn glyphs() -> Vec<Glyph> {
    let mut chance = Chance(99);
    let mut stroke = || {
        let mut end = || chance.below(4) as f32 / 3.0;
        [end(), end(), end(), end()]
    };
    (0..30).map(|_| (0..3).map(|_| stroke()).collect()).collect()
}

/// Words of two to nine glyphs.
fn vocabulary() -> Vec<Vec<usize>> {
    let mut chance = Chance(7);
    (0..150).map(|_| (0..2 + chance.below(8)).map(|_| chance.below(30) as usize).collect()).collect()
}

struct Pen {
    picture: RgbImage,
    glyphs: Vec<Glyph>,
    vocabulary: Vec<Vec<usize>>,
}

impl Pen {
    fn panel(&mut self, [x, y, width, height]: [u32; 4], colour: Rgb<u8>) {
        for at_y in y..y + height {
            for at_x in x..x + width {
                self.picture.put_pixel(at_x, at_y, colour);
            }
        }
    }

    fn gradient(&mut self, [x, y, width, height]: [u32; 4], from: [u8; 3], to: [u8; 3]) {
        for at_y in 0..height {
            let part = at_y as f32 / height as f32;
            let colour = Rgb([0, 1, 2].map(|c| mix(from[c], to[c], part)));
            for at_x in 0..width {
                self.picture.put_pixel(x + at_x, y + at_y, colour);
            }
        }
    }

    /// What a card throws on the ground around it.
    fn shadow(&mut self, [x, y, width, height]: [u32; 4]) {
        const REACH: u32 = 24;
        for at_y in y - REACH..(y + height + REACH).min(SIZE.1) {
            for at_x in x - REACH..(x + width + REACH).min(SIZE.0) {
                let across = x.saturating_sub(at_x).max(at_x.saturating_sub(x + width - 1));
                let down = y.saturating_sub(at_y).max(at_y.saturating_sub(y + height - 1));
                let away = ((across * across + down * down) as f32).sqrt() / REACH as f32;
                let dark = 0.25 * (1.0 - away).max(0.0).powi(2);
                self.ink(at_x, at_y, Rgb([20, 30, 60]), dark);
            }
        }
    }

    /// A line of words in a box, its letters as tall as that.
    fn words(&mut self, [x, y, width, height]: [u32; 4], colour: Rgb<u8>, chance: &mut Chance) {
        let (wide, thick) = (height * 5 / 8, height as f32 / 11.0);
        let mut at = x;
        loop {
            let word = self.vocabulary[chance.below(150) as usize].clone();
            if at + wide * word.len() as u32 > x + width {
                return;
            }
            for glyph in word {
                let glyph = self.glyphs[glyph].clone();
                self.glyph(&glyph, [at, y, wide * 3 / 4, height], thick, colour);
                at += wide;
            }
            at += wide;
        }
    }

    fn glyph(&mut self, glyph: &Glyph, [x, y, width, height]: [u32; 4], thick: f32, colour: Rgb<u8>) {
        for at_y in 0..height {
            for at_x in 0..width {
                let away = glyph.iter().map(|stroke| {
                    let [x1, y1, x2, y2] = *stroke;
                    let (across, down) = (width as f32 - 3.0, height as f32 - 3.0);
                    let from = (x1 * across + 1.0, y1 * down + 1.0);
                    let to = (x2 * across + 1.0, y2 * down + 1.0);
                    distance((at_x as f32, at_y as f32), from, to)
                });
                let nearest = away.fold(f32::MAX, f32::min);
                self.ink(x + at_x, y + at_y, colour, (thick + 0.5 - nearest).clamp(0.0, 1.0));
            }
        }
    }

    /// Soft shapes at several sizes with the grain of a camera.
    fn photograph(&mut self, [x, y, width, height]: [u32; 4], chance: &mut Chance) {
        let waves: Vec<[f32; 6]> = (0..9)
            .map(|size| {
                let turns = 0.004 * 1.9_f32.powi(size);
                let mut any = || chance.fraction() * 2.0 - 1.0;
                [any() * turns, any() * turns, any() * 3.0, any(), any(), any()]
            })
            .collect();
        for at_y in 0..height {
            for at_x in 0..width {
                let mut colour = [120.0, 118.0, 110.0];
                for (size, wave) in waves.iter().enumerate() {
                    let bent = (at_y as f32 * 0.02 * wave[2]).sin() * 8.0;
                    let value = ((at_x as f32 + bent) * wave[0] * 6.3 + at_y as f32 * wave[1] * 6.3 + wave[2]).sin();
                    let strength = 60.0 / 1.45_f32.powi(size as i32);
                    (0..3).for_each(|c| colour[c] += value * strength * (0.6 + 0.4 * wave[3 + c]));
                }
                let grain = chance.fraction() * 8.0 - 4.0;
                let pixel = Rgb(colour.map(|c| (c + grain).clamp(0.0, 255.0) as u8));
                self.picture.put_pixel(x + at_x, y + at_y, pixel);
            }
        }
    }

    fn ink(&mut self, x: u32, y: u32, colour: Rgb<u8>, part: f32) {
        if part > 0.0 {
            let pixel = self.picture.get_pixel_mut(x, y);
            *pixel = Rgb([0, 1, 2].map(|c| mix(pixel[c], colour[c], part)));
        }
    }
}

fn mix(from: u8, to: u8, part: f32) -> u8 {
    (f32::from(from) + (f32::from(to) - f32::from(from)) * part).round() as u8
}

/// How far a point is from a stroke.
fn distance((x, y): (f32, f32), (x1, y1): (f32, f32), (x2, y2): (f32, f32)) -> f32 {
    let (across, down) = (x2 - x1, y2 - y1);
    let length = across * across + down * down;
    let along = if length > 0.0 { (((x - x1) * across + (y - y1) * down) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x1 + along * across - x).hypot(y1 + along * down - y)
}
