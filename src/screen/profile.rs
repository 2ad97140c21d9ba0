//! Colour profiles: a picture in another space than sRGB is brought into it, since profiles aren't published.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::pixels::Pixels;

/// Brings pixels into sRGB. A profile that can't be used, or that means sRGB anyway, changes nothing.
pub fn to_srgb(pixels: &mut Pixels, profile: &[u8]) {
    let layout = if pixels.channels == 4 { Layout::Rgba } else { Layout::Rgb };
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else { return };
    // flat colours stay exactly as they are where the spaces differ by rounding alone
    let steps = [0u8, 51, 102, 153, 204, 255];
    let mut probe = Vec::new();
    for red in steps {
        for green in steps {
            for blue in steps {
                probe.extend([red, green, blue, u8::MAX].into_iter().take(pixels.channels));
            }
        }
    }
    let mut mapped = vec![0; probe.len()];
    if transform.transform(&probe, &mut mapped).is_err() || probe.iter().zip(&mapped).all(|(a, b)| a.abs_diff(*b) <= 2)
    {
        return;
    }
    let row = pixels.row();
    let mut before = vec![0; row];
    for line in pixels.data.chunks_exact_mut(row) {
        before.copy_from_slice(line);
        if transform.transform(&before, line).is_err() {
            line.copy_from_slice(&before);
        }
    }
}
