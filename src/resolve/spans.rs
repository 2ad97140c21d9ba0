//! Stretches of one text, to be asked whether another stretch meets one of them: however many there are, each answer
//! takes a binary search.
//!
//! Not here: what the stretches mean.

use std::ops::Range;

/// Stretches of a text.
pub struct Spans {
    /// In order; those that meet are one.
    merged: Vec<Range<usize>>,
}

impl Spans {
    /// Keeps these stretches, in any order.
    pub fn of(mut all: Vec<Range<usize>>) -> Self {
        all.sort_unstable_by_key(|span| (span.start, span.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(all.len());
        for span in all {
            match merged.last_mut() {
                // one that only touches the last stays its own: `overlap` asks for more
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        Self { merged }
    }

    /// Does one of them share a character with this stretch?
    pub fn overlap(&self, span: &Range<usize>) -> bool {
        let first = self.merged.partition_point(|own| own.end <= span.start);
        self.merged.get(first).is_some_and(|own| own.start < span.end)
    }

    /// Does one of them share a character with this stretch, or stand at one of its ends?
    pub fn touch(&self, span: &Range<usize>) -> bool {
        let first = self.merged.partition_point(|own| own.end < span.start);
        self.merged.get(first).is_some_and(|own| own.start <= span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Spans;

    #[test]
    fn they_answer_as_if_each_were_asked() {
        let all = [7..9, 2..4, 4..5, 12..18, 13..14, 20..20];
        let spans = Spans::of(all.to_vec());
        for start in 0..22 {
            for end in start..22 {
                let overlap = all.iter().any(|own| own.start < end && start < own.end);
                let touch = all.iter().any(|own| own.start <= end && start <= own.end);
                assert_eq!(
                    (spans.overlap(&(start..end)), spans.touch(&(start..end))),
                    (overlap, touch),
                    "{start}..{end}"
                );
            }
        }
    }
}
