//! How alike two pictures look: SSIM, as its authors give it, on lightness, in windows of eight pixels.

use image::RgbImage;

/// The side of a window.
const WINDOW: usize = 8;
/// From one window to the next.
const STEP: usize = 4;

/// 1 for the same pictures, less for others. They must be of one size.
pub fn ssim(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let (width, height) = (one.width() as usize, one.height() as usize);
    let (one, other) = (lightness(one), lightness(other));
    let (mut sum, mut count) = (0.0, 0.0);
    for y in (0..height.saturating_sub(WINDOW - 1)).step_by(STEP) {
        for x in (0..width.saturating_sub(WINDOW - 1)).step_by(STEP) {
            sum += window(&one, &other, y * width + x, width);
            count += 1.0;
        }
    }
    sum / count
}

fn window(one: &[f32], other: &[f32], from: usize, width: usize) -> f64 {
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in 0..WINDOW {
        let start = from + row * width;
        for (&x, &y) in one[start..start + WINDOW].iter().zip(&other[start..start + WINDOW]) {
            let (x, y) = (f64::from(x), f64::from(y));
            (a, b, aa, bb, ab) = (a + x, b + y, aa + x * x, bb + y * y, ab + x * y);
        }
    }
    let n = (WINDOW * WINDOW) as f64;
    let (a, b) = (a / n, b / n);
    let (var_a, var_b, both) = (aa / n - a * a, bb / n - b * b, ab / n - a * b);
    let (c1, c2) = ((0.01_f64 * 255.0).powi(2), (0.03_f64 * 255.0).powi(2));
    (2.0 * a * b + c1) * (2.0 * both + c2) / ((a * a + b * b + c1) * (var_a + var_b + c2))
}

fn lightness(picture: &RgbImage) -> Vec<f32> {
    let light = |pixel: &image::Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    picture.pixels().map(light).collect()
}
