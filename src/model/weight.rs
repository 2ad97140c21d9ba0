//! What a reader's device takes over the line, against the budget of site.toml.
//!
//! Not here: which parts a page has (`render::weight` for text, `resolve::link` for screens).

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::diagnostic::Place;

/// What all pages of a brand share.
#[derive(Debug)]
pub struct Shared {
    /// The style sheet.
    pub style: Weighed,
    /// The script.
    pub script: Weighed,
    /// Where it can be made lighter: the theme's own style sheet or script, or the budget in site.toml.
    pub place: Place,
}

/// A file and how heavy it is.
#[derive(Debug)]
pub struct Weighed {
    bytes: Arc<[u8]>,
    most: usize,
    exact: OnceLock<usize>,
}

impl Weighed {
    /// A file of which gzip makes so many bytes at most: the sum of what it makes of its parts.
    pub fn about(bytes: Arc<[u8]>, most: usize) -> Self {
        Self { bytes, most, exact: OnceLock::new() }
    }

    /// How many bytes gzip makes of it at most.
    pub fn most(&self) -> usize {
        self.most
    }

    /// How many bytes gzip makes of it.
    pub fn weight(&self) -> usize {
        *self.exact.get_or_init(|| gzipped(&self.bytes))
    }
}

/// How many bytes gzip makes of these, as hosts set it.
pub fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Count(0), Compression::default());
    // counting can't fail
    let _ = encoder.write_all(bytes);
    encoder.finish().map_or(bytes.len(), |count| count.0)
}

/// Kilobytes, to one decimal place: 14.3.
pub fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Is this within a budget of kilobytes?
#[expect(clippy::cast_precision_loss, reason = "nobody has a page of 2^53 bytes")]
pub fn fits(bytes: usize, budget: f64) -> bool {
    bytes as f64 <= budget * 1024.0
}

/// Keeps nothing of what is written but its length.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0 += part.len();
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_what_gzip_makes() {
        assert_eq!(gzipped(b""), 20);
        assert!(gzipped(&[b'a'; 100_000]) < 200);
        assert_eq!([0, 1, 1024, 1025, 14_336].map(kilobytes), ["0.0", "0.1", "1.0", "1.1", "14.0"]);
        assert!(fits(14_336, 14.0) && !fits(14_337, 14.0));
    }
}
