//! Where a mark's number stands: on the edge of its box, outside, and over no other box.

/// A number's circle, in CSS pixels.
pub const RADIUS: f64 = 11.0;

/// The width that a picture has on a narrow phone, in CSS pixels: there is the least room.
const NARROW: f64 = 320.0;

/// The line around a box stands this far from it on a narrow phone, in CSS pixels: it covers nothing of the box.
const AIR: f64 = 2.0;

/// A mark as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Badge {
    /// The line around the box: left, top, right and bottom as fractions of the picture.
    pub outline: [f64; 4],
    /// The corner that the number stands at, as fractions of the picture.
    pub anchor: [f64; 2],
    /// From there to the number's middle, in CSS pixels.
    pub offset: [f64; 2],
}

/// A way to stand at a box: which corner (0 is left or top, 1 is right or bottom), and which way from there.
struct Way {
    corner: [usize; 2],
    direction: [f64; 2],
}

/// The best way first: above, where a reader looks before the box itself, and at the right end, which the words over a
/// box seldom reach.
const WAYS: [Way; 12] = [
    Way { corner: [1, 0], direction: [-1.0, -1.0] },
    Way { corner: [0, 0], direction: [1.0, -1.0] },
    Way { corner: [1, 0], direction: [1.0, 1.0] },
    Way { corner: [0, 0], direction: [-1.0, 1.0] },
    Way { corner: [1, 1], direction: [-1.0, 1.0] },
    Way { corner: [0, 1], direction: [1.0, 1.0] },
    Way { corner: [1, 1], direction: [1.0, -1.0] },
    Way { corner: [0, 1], direction: [-1.0, -1.0] },
    Way { corner: [1, 0], direction: [1.0, -1.0] },
    Way { corner: [0, 0], direction: [-1.0, -1.0] },
    Way { corner: [1, 1], direction: [1.0, 1.0] },
    Way { corner: [0, 1], direction: [-1.0, 1.0] },
];

/// Places the numbers of some boxes, given as left, top, right and bottom in fractions of a picture with this size.
///
/// Each takes the first way in which it covers no box and no other number and stays in the picture; if there is none,
/// the one that covers the least. On wider screens there is more room around the same numbers, so nothing gets worse.
pub fn place(boxes: &[[f64; 4]], width: f64, height: f64) -> Vec<Badge> {
    let size = [NARROW.min(width), NARROW.min(width) * height / width];
    let grow = [AIR / size[0], AIR / size[1]];
    let outlines: Vec<[f64; 4]> = boxes
        .iter()
        .map(|[left, top, right, bottom]| [left - grow[0], top - grow[1], right + grow[0], bottom + grow[1]])
        .collect();
    let in_pixels = |area: [f64; 4]| [area[0] * size[0], area[1] * size[1], area[2] * size[0], area[3] * size[1]];
    let mut taken: Vec<[f64; 4]> = outlines.iter().map(|outline| in_pixels(*outline)).collect();
    let mut badges = Vec::with_capacity(boxes.len());
    for outline in outlines {
        let area = in_pixels(outline);
        let middle = |way: &Way| [0, 1].map(|axis| area[axis + 2 * way.corner[axis]] + way.direction[axis] * RADIUS);
        let circle = |[x, y]: [f64; 2]| [x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS];
        let cost = |way: &Way| {
            let circle = circle(middle(way));
            let covered: f64 = taken.iter().map(|other| overlap(&circle, other)).sum();
            let outside = 4.0 * RADIUS * RADIUS - overlap(&circle, &[0.0, 0.0, size[0], size[1]]);
            // to reach out of the picture is better than to cover something in it
            covered * 4.0 + outside
        };
        let mut best = &WAYS[0];
        for way in &WAYS[1..] {
            if cost(way) + 0.01 < cost(best) {
                best = way;
            }
        }
        taken.push(circle(middle(best)));
        badges.push(Badge {
            outline,
            anchor: [0, 1].map(|axis| outline[axis + 2 * best.corner[axis]]),
            offset: best.direction.map(|direction| direction * RADIUS),
        });
    }
    badges
}

/// The area that two boxes share.
fn overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let length = |axis: usize| (a[axis + 2].min(b[axis + 2]) - a[axis].max(b[axis])).max(0.0);
    length(0) * length(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a number's circle is on a screen where the picture has this width.
    fn circle(badge: &Badge, width: f64, height: f64) -> [f64; 4] {
        let x = badge.anchor[0] * width + badge.offset[0];
        let y = badge.anchor[1] * height + badge.offset[1];
        [x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS]
    }

    #[test]
    fn numbers_cover_no_box() {
        // name, boxes in pixels of a picture of 1080 × 1200
        let cases: [(&str, &[[f64; 4]]); 6] = [
            ("a button", &[[692.0, 680.0, 968.0, 788.0]]),
            ("at the top left corner", &[[0.0, 0.0, 200.0, 100.0]]),
            ("at the bottom right corner", &[[900.0, 1100.0, 1080.0, 1200.0]]),
            ("all of the width", &[[0.0, 140.0, 1080.0, 390.0]]),
            ("one under the other", &[[112.0, 496.0, 968.0, 604.0], [112.0, 606.0, 968.0, 714.0]]),
            (
                "side by side",
                &[[112.0, 496.0, 400.0, 604.0], [402.0, 496.0, 700.0, 604.0], [702.0, 496.0, 960.0, 604.0]],
            ),
        ];
        for (name, pixels) in cases {
            let boxes: Vec<[f64; 4]> =
                pixels.iter().map(|b| [b[0] / 1080.0, b[1] / 1200.0, b[2] / 1080.0, b[3] / 1200.0]).collect();
            let badges = place(&boxes, 1080.0, 1200.0);
            assert_eq!(badges.len(), boxes.len(), "{name}");
            for width in [320.0, 640.0, 1080.0] {
                let height = width * 1200.0 / 1080.0;
                for badge in &badges {
                    let circle = circle(badge, width, height);
                    for area in &boxes {
                        let area = [area[0] * width, area[1] * height, area[2] * width, area[3] * height];
                        assert_eq!(overlap(&circle, &area), 0.0, "{name} at {width}: {circle:?} covers {area:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_that_is_all_box_has_its_number_outside() {
        let badges = place(&[[0.0, 0.0, 1.0, 1.0]], 1000.0, 1000.0);
        let circle = circle(&badges[0], 1000.0, 1000.0);
        assert_eq!(overlap(&circle, &[0.0, 0.0, 1000.0, 1000.0]), 0.0);
    }
}
