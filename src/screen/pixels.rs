//! Pixels in memory: eight bits for each of red, green, blue and, if any of it is transparent, alpha.

/// A picture in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    /// In pixels, at least 1.
    pub width: u32,
    /// In pixels, at least 1.
    pub height: u32,
    /// 3, or 4 with alpha.
    pub channels: usize,
    /// Row by row.
    pub data: Vec<u8>,
}

impl Pixels {
    /// From decoded rows; alpha that hides nothing is dropped.
    pub fn new(width: u32, height: u32, channels: usize, data: Vec<u8>) -> Self {
        let pixels = Self { width, height, channels, data };
        let opaque = channels == 4 && pixels.data.iter().skip(3).step_by(4).all(|alpha| *alpha == u8::MAX);
        if opaque { pixels.without_alpha() } else { pixels }
    }

    /// The bytes of one row.
    pub fn row(&self) -> usize {
        self.width as usize * self.channels
    }

    /// Moved together in place, so that there is no second picture for a moment.
    fn without_alpha(mut self) -> Self {
        let count = self.data.len() / 4;
        for pixel in 0..count {
            self.data.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
        }
        self.data.truncate(count * 3);
        self.data.shrink_to_fit();
        self.channels = 3;
        self
    }
}
