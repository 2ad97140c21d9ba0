//! Draws a QR code as inline SVG.
//!
//! Here: the drawing, in as few bytes as rows of rectangles allow. Not here: the link around it, its size on the
//! page (the style sheet's), and the text for those who can't see it.

use std::fmt::{self, Write};

use fast_qr::{ECL, QRBuilder};

/// Modules of white around the code; scanners count on four.
const QUIET: usize = 4;

/// The data doesn't fit into a QR code (2,331 bytes do at its level of repair, M).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is too long for a QR code")
    }
}

impl std::error::Error for TooLong {}

/// The SVG of a QR code: black on white in every colour scheme, one unit a module, without a size of its own.
pub fn svg(data: &str) -> Result<String, TooLong> {
    let code = QRBuilder::new(data).ecl(ECL::M).build().map_err(|_| TooLong)?;
    let side = code.size + 2 * QUIET;
    let mut svg = String::with_capacity(400 + code.size * code.size * 4);
    // Writing to a String can't fail.
    let _ = write!(
        svg,
        "<svg class=\"qr-code\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-hidden=\"true\" focusable=\"false\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path stroke=\"#000\" d=\"M{QUIET} {QUIET}.5"
    );
    // a line one module thick, drawn from where the last one ended
    let (mut left, mut top) = (0, 0);
    for y in 0..code.size {
        let mut x = 0;
        for run in code[y].chunk_by(|a, b| a.value() == b.value()) {
            if run[0].value() {
                if (x, y) != (left, top) {
                    let _ = write!(svg, "m{} {}", x as i64 - left as i64, y - top);
                }
                let _ = write!(svg, "h{}", run.len());
                (left, top) = (x + run.len(), y);
            }
            x += run.len();
        }
    }
    svg.push_str("\"/></svg>");
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the path back into rows of modules, quiet zone included.
    fn drawn(svg: &str) -> Vec<Vec<bool>> {
        let (side, rest) = svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once(' ').unwrap();
        let side: usize = side.parse().unwrap();
        let path = rest.split_once("<path stroke=\"#000\" d=\"M4 4.5").unwrap().1;
        let path = path.strip_suffix("\"/></svg>").unwrap();
        let mut rows = vec![vec![false; side]; side];
        let (mut x, mut y) = (QUIET as i64, QUIET as i64);
        for piece in path.split('m') {
            let mut lines = piece.split('h');
            if let Some((right, down)) = lines.next().unwrap().split_once(' ') {
                (x, y) = (x + right.parse::<i64>().unwrap(), y + down.parse::<i64>().unwrap());
            }
            for length in lines {
                let (left, length) = (x as usize, length.parse::<usize>().unwrap());
                let row = &mut rows[y as usize][left..left + length];
                assert!(row.iter().all(|black| !black), "drawn twice");
                row.fill(true);
                x += length as i64;
            }
        }
        rows
    }

    #[test]
    fn the_drawing_is_the_code() {
        let long = "é".repeat(700);
        for data in ["", "1", "ABC", "https://apps.apple.com/app/microsoft-authenticator/id983156458", &long] {
            let code = QRBuilder::new(data).ecl(ECL::M).build().unwrap();
            let rows = drawn(&svg(data).unwrap());
            assert_eq!(rows.len(), code.size + 2 * QUIET);
            for (y, row) in rows.iter().enumerate() {
                for (x, black) in row.iter().enumerate() {
                    let inside = |at: usize| (QUIET..QUIET + code.size).contains(&at);
                    let expected = inside(x) && inside(y) && code[y - QUIET][x - QUIET].value();
                    assert_eq!(*black, expected, "{data}: {x} {y}");
                }
            }
        }
    }

    #[test]
    fn the_frame_is_small_and_without_styles() {
        let svg = svg("https://a.b/<&\"").unwrap();
        let start = "<svg class=\"qr-code\" viewBox=\"0 0 33 33\" shape-rendering=\"crispEdges\" role=\"img\" \
             aria-hidden=\"true\" focusable=\"false\"><path fill=\"#fff\" d=\"M0 0h33v33H0z\"/>\
             <path stroke=\"#000\" d=\"M4 4.5h7m";
        assert_eq!(&svg[..start.len()], start);
        assert!(svg.ends_with("\"/></svg>"), "{svg}");
    }

    #[test]
    fn too_long() {
        assert!(svg(&"a".repeat(2331)).is_ok());
        assert_eq!(svg(&"a".repeat(2332)), Err(TooLong));
        assert_eq!(svg(&"a".repeat(5_000_000)), Err(TooLong));
        assert_eq!(TooLong.to_string(), "the text is too long for a QR code");
    }
}
